"""The first message leaves soon: nothing is loaded or read that it does not need.

`send --yes N` begins before a long list is read to its end, and sends to no more than N.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from advocacy.campaign.recipients import list_details
from advocacy.campaign.recipients.list_details import most_rows
from advocacy.mail.sending import candidates
from advocacy.mail.sending.preparation import PreparedMailing

from .sink import Sink
from .test_send import TODAY, N, Run, advocacy, parks, people, sink

__all__ = ["advocacy", "parks", "people", "sink"]


def test_a_list_with_no_more_rows_than_are_allowed_is_not_counted_first(
    advocacy: Run, parks: Path, people: Path, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def count(_self: PreparedMailing) -> int:
        raise AssertionError("the whole list was read before the first message")

    monkeypatch.setattr(PreparedMailing, "count_left", count)
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--new-mailing")
    assert advocacy(*command, "--yes", N) == 0
    assert sink.to.total() == N


def test_a_run_that_goes_on_reads_the_list_once(
    advocacy: Run, parks: Path, people: Path, sink: Sink, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", N)
    assert advocacy(*command, "--new-mailing", "--limit", "7") == 0
    read: list[str] = []
    listed = candidates.Candidates._listed

    def note(self: candidates.Candidates):
        for one in listed(self):
            read.append(one.letter_id)
            yield one

    monkeypatch.setattr(candidates.Candidates, "_listed", note)
    capsys.readouterr()
    assert advocacy(*command) == 0
    assert read == [f"p{n}" for n in range(N)]
    told = " ".join(capsys.readouterr().out.split())
    assert f"{N - 7} messages sent now. {N} listed {N} sent 0 left" in told
    assert set(sink.to.values()) == {1}


def test_a_longer_list_is_counted_and_no_more_are_sent_than_are_allowed(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes")
    assert advocacy(*command, N - 1, "--new-mailing") == 2
    assert f"{N} messages are left, more than --yes {N - 1} allows" in capsys.readouterr().err
    assert sink.to.total() == 0
    assert advocacy(*command, "5", "--new-mailing", "--limit", "5") == 0
    assert advocacy(*command, N - 6) == 2, "those who have it do not count"
    assert advocacy(*command, N - 5) == 0
    assert sink.to.total() == N
    capsys.readouterr()
    assert advocacy(*command, N) == 0
    assert "no messages left" in capsys.readouterr().out


_SEND = """
import sys
from advocacy.cli import main
code = main(sys.argv[1:])
print("loaded", sorted({"weasyprint", "fontTools", "pypandoc", "sqlalchemy.dialects.postgresql"}
                       & set(sys.modules)))
sys.exit(code)
"""


def test_emails_without_a_pdf_load_no_typesetter(parks: Path, people: Path, sink: Sink) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SEND, "send", str(parks), "--recipients", str(people), *TODAY,
         "--send", "--yes", str(N), "--new-mailing"],
        capture_output=True, text=True, cwd=parks.parent,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "loaded []"
    assert sink.to.total() == N


_COMPOSE = """
import sys
from datetime import date
from pathlib import Path
import advocacy.batch.preloaded
print("heavy", sorted({"weasyprint", "fontTools", "sqlalchemy"} & set(sys.modules)))
from advocacy.batch.worker import make_letters
from advocacy.campaign.addressing import People
from advocacy.mail.sending.preparation import PreparedMailing, SendRequest
request = SendRequest(Path(sys.argv[1]), People(Path(sys.argv[2])), today=date(2026, 3, 2))
prepared = PreparedMailing.open(request)
wanted, settings = list(prepared.candidates().left()), prepared.renderer().settings
before = set(sys.modules)
assert all(outcome.documents for outcome in make_letters(settings, wanted))
print("loaded", sorted(name for name in set(sys.modules) - before if name.startswith("advocacy")))
"""


def test_workers_share_all_that_they_need_to_compose_a_message(parks: Path, people: Path) -> None:
    told = subprocess.check_output(
        [sys.executable, "-c", _COMPOSE, str(parks), str(people)], text=True, cwd=parks.parent
    )
    assert told.splitlines() == ["heavy []", "loaded []"]


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"id\na\nb\n", 2),
        (b"id\na\nb", 2),
        (b"id\r\na\r\nb\r\n", 2),
        (b"id\ra\rb", 2),
        (b"", 0),
        (b"id", 0),
        (b'id,name\na,"two\nlines"\n', 2),
        (b"id\na\n\n\n", 3),
        ("id\r\na\r\n".encode("utf-16"), 4),
    ],
)
def test_a_list_never_has_more_rows_than_its_line_breaks_tell(
    tmp_path: Path, data: bytes, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(data)
    assert most_rows(path) == rows
    for size in range(1, 5):
        monkeypatch.setattr(list_details, "_PIECE", size)
        assert most_rows(path) == rows


def test_of_other_files_the_rows_are_not_told(tmp_path: Path) -> None:
    assert most_rows(tmp_path / "people.xlsx") is None
    assert most_rows(tmp_path / "missing.csv") is None
