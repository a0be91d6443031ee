"""The gate of words: what `check` calls an error is not printed, labelled, shown or sent."""

import json
import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from advocacy.batch import cluster
from advocacy.batch.campaigns import RenderRequest, render_campaign
from advocacy.batch.documents import BatchSettings
from advocacy.batch.gallery.making import render_gallery
from advocacy.batch.labels import print_addresses
from advocacy.batch.recorder import RenderSummary
from advocacy.batch.worker import Executor, TaskResult, WantedLetter
from advocacy.campaign.addressing import People
from advocacy.campaign.loading import load_campaign
from advocacy.checks import gate, media
from advocacy.checks.judge import Judge
from advocacy.checks.run import run_checks
from advocacy.documents.print_shop.stationery import SHEETS
from advocacy.errors import Level, Problem
from advocacy.letters.samples import sample_letter
from advocacy.mail.sending.mailing_settings import choose_mailing, find_obstacles

INVENTED = "They said: “We will close every park in town.”"


@pytest.fixture
def spoil(small_campaign: Path, edit: Any) -> Callable[[str], None]:
    """Put a sentence into the template."""

    def spoiled(sentence: str) -> None:
        template = small_campaign.parent / "templates/letters/open.md"
        edit(template, "Many came after work.", sentence)

    return spoiled


@pytest.fixture
def render(small_campaign: Path, tmp_path: Path) -> Callable[..., RenderSummary]:
    """Render the campaign as emails, which are made quickly."""

    def rendered(**options: Any) -> RenderSummary:
        options = {"formats": ("eml",), "output": tmp_path / "out", "workers": 1} | options
        return render_campaign(RenderRequest(small_campaign, **options))

    return rendered


def people(folder: Path, *names: str) -> People:
    path = folder / "list.csv"
    rows = [f"p{n},{name},p{n}@list.example,1 Main Street,Springfield,IL,62701,US"
            for n, name in enumerate(names)]  # fmt: skip
    header = "id,name,email,address,city,region,postal_code,country"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return People(list=path)


def errors(problems: list[Problem]) -> list[Problem]:
    return [one for one in problems if one.level is Level.ERROR]


def test_a_letter_with_an_invented_quotation_is_refused_in_the_words_of_check(
    small_campaign: Path, spoil: Any, render: Any, tmp_path: Path
) -> None:
    spoil(INVENTED)
    result = render()
    assert (result.made, result.refused) == (0, 1)
    assert [one.code for one in errors(result.problems)] == ["quotation-not-verbatim"]
    campaign, _ = load_campaign(small_campaign)
    assert campaign is not None
    assert errors(result.problems) == errors(list(run_checks(campaign).problems))
    assert not list((tmp_path / "out").rglob("*.eml"))


def test_what_is_only_worth_a_look_refuses_no_letter(spoil: Any, render: Any) -> None:
    spoil("\n\nThe Springfield Parks Department closed two parks in 2024.")
    assert render().made == 1


def test_a_warning_that_a_campaign_raises_to_an_error_refuses_letters(
    small_campaign: Path, spoil: Any, render: Any, edit: Any
) -> None:
    spoil("\n\nThe Springfield Parks Department closed two parks in 2024.")
    edit(small_campaign, "demand:", "checks: {uncited-claim: {level: error}}\ndemand:")
    result = render()
    assert [one.code for one in errors(result.problems)] == ["uncited-claim"]


def test_a_field_left_in_one_row_refuses_that_letter_and_makes_the_others(
    render: Any, tmp_path: Path
) -> None:
    listed = people(tmp_path, "Ann Lee", "{recipient.name}", "Bo Day")
    result = render(people=listed)
    assert (result.made, result.refused) == (2, 1)
    assert {one.code for one in errors(result.problems)} == {"placeholder"}
    assert "{recipient.name}" in errors(result.problems)[0].message


def test_the_words_of_a_value_are_their_owners_and_not_judged_as_the_letters(
    small_campaign: Path, render: Any, tmp_path: Path, edit: Any
) -> None:
    template = small_campaign.parent / "templates/letters/open.md"
    edit(template, "Many came after work.", "Dear {{ recipient.name }}, many came.")
    listed = people(tmp_path, "Ann “will close 77 parks” Lee (the", "Bo Day")
    assert render(people=listed).made == 2


HIDDEN = '{% if letter.recipient.name == "Bo Day" %} style="display:none"{% endif %}'
UNCITED = '{% if letter.recipient.name != "Bo Day" %}{{ reference.html }}{% endif %}'


@pytest.mark.parametrize(
    ("layout", "before", "after", "kind"),
    [
        ("email.html", "<li id=", f"<li{HIDDEN} id=", "eml"),
        ("email.html", "{{ reference.html }}", UNCITED, "eml"),
        ("letter.html", "{{ body }}", f"<div{HIDDEN}>{{{{ body }}}}</div>", "pdf"),
    ],
)
def test_what_a_layout_hides_from_one_person_refuses_that_letter_and_makes_the_others(
    small_campaign: Path, render: Any, tmp_path: Path, project_root: Path,
    layout: str, before: str, after: str, kind: str,
) -> None:  # fmt: skip
    own = small_campaign.parent / "templates/layouts" / layout
    own.parent.mkdir()
    text = (project_root / "templates/layouts" / layout).read_text("utf-8")
    assert before in text
    own.write_text(text.replace(before, after), "utf-8")
    result = render(people=people(tmp_path, "Ann Lee", "Bo Day", "Cy Fox"), formats=(kind,))
    assert (result.made, result.refused) == (2, 1)
    assert {one.code for one in errors(result.problems)} == {"missing-in-medium"}


def test_letters_of_one_shape_are_proven_once_whatever_their_own_texts_are(
    small_campaign: Path, render: Any, tmp_path: Path, project_root: Path, edit: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    proven: list[str] = []
    prove = media.seen_texts
    monkeypatch.setattr(media, "seen_texts", lambda page: proven.append(page) or prove(page))
    assert render(people=people(tmp_path, "Ann Lee", "Bo Day")).made == 2
    assert proven == []  # our own layouts hide nothing from anybody
    own = small_campaign.parent / "templates/layouts/email.html"
    own.parent.mkdir()
    own.write_text((project_root / "templates/layouts/email.html").read_text("utf-8"), "utf-8")
    assert render(people=people(tmp_path, "Ann Lee", "Bo Day", "Cy Fox"), force=True).made == 3
    assert len(proven) == 1
    edit(own, "{{ body }}", "{{ body }}{% set x = letter.recipient.name | upper %}<i>{{ x }}</i>")
    assert render(people=people(tmp_path, "Ann Lee", "Bo Day", "Cy Fox"), force=True).made == 3
    assert len(proven) == 4


class NearCluster(Executor):
    """Makes letters as a cluster's worker does, from the packed batch, in this process."""

    def __init__(self, settings: BatchSettings, address: str) -> None:
        assert address == "tcp://near"
        super().__init__(settings)
        self._packed = cluster.pack_batch(settings)

    def submit(self, wanted: Sequence[WantedLetter]) -> Future[TaskResult]:
        future: Future[TaskResult] = Future()
        future.set_result(cluster.make_remotely(self._packed, wanted))
        return future


@pytest.mark.parametrize("where", [None, "tcp://near"])
def test_letters_that_a_cluster_makes_are_judged_like_others(
    spoil: Any,
    render: Any,
    small_campaign: Path,
    monkeypatch: pytest.MonkeyPatch,
    where: str | None,
) -> None:
    monkeypatch.setattr(cluster, "Cluster", NearCluster)
    spoil(INVENTED)
    found = render(cluster=where)
    assert (found.made, found.refused) == (0, 1)
    assert [one.code for one in errors(found.problems)] == ["quotation-not-verbatim"]
    template = small_campaign.parent / "templates/letters/open.md"
    template.write_text(template.read_text("utf-8").replace(INVENTED, "Many came."), "utf-8")
    assert (render(cluster=where).made, render(cluster=where).unchanged) == (1, 1)


def test_a_wording_is_judged_once_for_a_list_and_not_again_in_the_next_run(
    render: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []
    judge = Judge.judge

    def counted(self: Judge, letter: Any) -> Any:
        judged.append(letter.id)
        return judge(self, letter)

    monkeypatch.setattr(Judge, "judge", counted)
    listed = people(tmp_path, *(f"Person {n}" for n in range(9)))
    assert render(people=listed).made == 9
    assert len(judged) == 1
    monkeypatch.setattr(gate, "gate_of", None)  # asking it would fail
    again = render(people=listed)
    assert (again.made, again.unchanged, again.refused) == (0, 9, 0)


def test_a_verdict_falls_when_what_it_read_changes_and_is_kept_again(
    small_campaign: Path, render: Any, tmp_path: Path, edit: Any
) -> None:
    assert render().made == 1
    manifest = tmp_path / "out/parks/call/manifest.jsonl"
    before = json.loads(manifest.read_text("utf-8"))
    # A reason that the letter's own text does not show.
    facts = small_campaign.parent / "facts.yaml"
    facts.write_text("# Looked through.\n" + facts.read_text("utf-8"), encoding="utf-8")
    assert render().unchanged == 1
    after = json.loads(manifest.read_text("utf-8"))
    assert after.pop("judged") != before.pop("judged")
    assert after == before


def test_the_verdict_on_unchanged_letters_is_the_one_on_new_letters(
    run_cli: Any, small_campaign: Path, edit: Any
) -> None:
    def verdict(*options: str) -> str:
        printed = run_cli("render", small_campaign, "--format", "txt", *options)
        return str(printed.stdout).strip().splitlines()[-1]

    assert verdict().startswith("Worth a look.")
    assert verdict() == verdict("--force")
    # It is judged anew, though it reads the same: what is remembered follows.
    settings = "checks: {quote-without-via: {level: note, reason: We have the report.}}\nfacts: ["
    edit(small_campaign, "facts: [", settings)
    assert verdict() == verdict() == verdict("--force") == "Good."
    letter = small_campaign.parent / "templates/letters/open.md"
    edit(letter, "Many came after work.", "In 2019 it had 900 trees.")
    assert verdict().startswith("Worth a look.")
    assert verdict() == verdict("--force")


def test_a_copy_that_arrives_later_is_compared_although_the_letter_is_made(
    small_campaign: Path, render: Any, edit: Any
) -> None:
    edit(small_campaign, "facts: [facts.yaml]", "copies: copies\nfacts: [facts.yaml]")
    assert render().made == 1
    copies = small_campaign.parent / "copies"
    copies.mkdir()
    (copies / "report.txt").write_text("There were 39,000 visits in all.", encoding="utf-8")
    result = render()
    assert result.refused == 1
    assert [one.code for one in errors(result.problems)] == ["quote-not-in-copy"]


def test_labels_and_the_gallery_leave_out_a_letter_that_is_refused(
    small_campaign: Path, spoil: Any, tmp_path: Path
) -> None:
    spoil(INVENTED)
    request = RenderRequest(small_campaign, output=tmp_path / "out", formats=("txt",))
    labels = print_addresses(request, SHEETS["avery-5160"])
    assert labels.labels == 0
    assert [one.code for one in errors(labels.problems)] == ["quotation-not-verbatim"]
    gallery = render_gallery(request)
    assert (gallery.letters, gallery.refused) == (0, 1)
    assert [one.code for one in errors(gallery.problems)] == ["quotation-not-verbatim"]


def test_a_mailing_with_such_a_letter_does_not_begin(small_campaign: Path, spoil: Any) -> None:
    spoil(INVENTED)
    campaign, _ = load_campaign(small_campaign)
    assert campaign is not None
    found = find_obstacles(choose_mailing(campaign, People(), today=campaign.file.date))
    assert "quotation-not-verbatim" in [one.code for one in found]


def test_a_verdict_that_another_process_found_is_not_found_again(
    small_campaign: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[str], None]
) -> None:
    spoil(INVENTED)
    campaign, _ = load_campaign(small_campaign)
    assert campaign is not None
    letter = sample_letter(campaign, "call")
    assert letter is not None
    first, second = gate.WordsGate(campaign), gate.WordsGate(campaign)
    found = first.errors(letter)
    assert found
    second.learn(pickle.loads(pickle.dumps(first.verdicts)))  # as it travels to a worker
    monkeypatch.delattr(Judge, "judge")
    assert second.errors(letter) == found
