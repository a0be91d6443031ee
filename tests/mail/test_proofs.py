"""What passed once is not judged again, and whatever it rests on may not change meanwhile."""

from collections.abc import Callable
from pathlib import Path

import pytest

from advocacy.checks import media
from advocacy.letters.approvals import record_approval

from .sink import Sink
from .test_send import DAY, TODAY, N, Run, advocacy, load_campaign, parks, people, person, sink
from .test_send import write_list as write

__all__ = ["advocacy", "parks", "people", "sink"]
Asked = list[str]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Asked:
    """Grows by the media of each proof that is made anew, in a cache folder of the test's own."""
    monkeypatch.setenv("ADVOCACY_CACHE", str(tmp_path / "cache"))
    made: Asked = []
    check = media.check_media

    def note(letters, campaign, shown):
        made.append(" ".join(shown))
        return check(letters, campaign, shown)

    monkeypatch.setattr(media, "check_media", note)
    return made


def approve(path: Path) -> None:
    campaign, _ = load_campaign(path)
    assert campaign is not None
    record_approval(campaign, "call", "Jane Doe", DAY)


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def test_a_run_after_a_dry_run_judges_nothing_again(
    advocacy: Run, parks: Path, people: Path, sink: Sink, asked: Asked
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY)
    assert advocacy(*command) == 0
    assert asked == ["HTML text"]
    assert advocacy(*command, "--send", "--yes", N, "--new-mailing") == 0
    assert asked == ["HTML text"]
    assert sink.to.total() == N


CHANGES: dict[str, Callable[[Path, Path], object]] = {
    "the letter": lambda folder, _: edit(
        folder / "templates/letters/open.md", "Many came", "People came"
    ),
    "a fact": lambda folder, _: edit(folder / "facts.yaml", "page: 3", "page: 4"),
    "a source": lambda folder, _: edit(folder / "sources.yaml", "in Figures", "in Numbers"),
    "the campaign": lambda folder, _: edit(folder / "parks.yaml", "title: Chair", "title: Head"),
    "the list": lambda _, people: write(people, [person(n) for n in range(1, N)]),
    "a row": lambda _, people: edit(people, "Person 0", "Person 0 Smith"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_changes_is_judged_again(
    advocacy: Run, parks: Path, people: Path, sink: Sink, asked: Asked, name: str
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY)
    assert advocacy(*command) == 0
    CHANGES[name](parks.parent, people)
    approve(parks)
    assert advocacy(*command) == 0
    assert len(asked) == 2


def test_a_layout_that_hides_the_text_after_a_proof_stops_the_mailing(
    advocacy: Run, parks: Path, people: Path, sink: Sink, asked: Asked,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    command = ("send", parks, "--recipients", people, *TODAY)
    assert advocacy(*command) == 0
    layout = parks.parent / "templates" / "layouts" / "email.css"
    layout.parent.mkdir(exist_ok=True)
    layout.write_text("p { display: none }", "utf-8")
    approve(parks)
    for _ in range(2):  # what failed is not kept
        capsys.readouterr()
        assert advocacy(*command) == 1
        assert "missing-in-medium" in capsys.readouterr().err
    assert len(asked) == 3


def test_a_cache_that_was_damaged_counts_for_nothing(
    advocacy: Run, parks: Path, people: Path, sink: Sink, asked: Asked, tmp_path: Path
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY)
    assert advocacy(*command) == 0
    (kept,) = (tmp_path / "cache" / "proofs").iterdir()
    kept.write_bytes(kept.read_bytes().replace(b"passed", b"passed?"))
    assert advocacy(*command) == 0
    assert len(asked) == 2
