"""One turn: from what a tab shows and writes to the letter, and what is told of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from advocacy.campaign.campaign import Stage
from advocacy.campaign.loading import Campaign
from advocacy.errors import AdvocacyError, Problem, has_errors
from advocacy.files.text import read_text
from advocacy.preview.drafts import Drafts
from advocacy.preview.facts import beside
from advocacy.preview.files import ChangedError, File, by_path, digest_of, editable
from advocacy.preview.letters import PreviewDocuments, email_notes, lints, make
from advocacy.preview.paper import LaidOutLetter, sheet_of
from advocacy.preview.people import Settled, Show, languages, settle
from advocacy.preview.studio import PreviewState
from advocacy.preview.telling import told
from advocacy.preview.texts import fields_of, with_field


@dataclass(frozen=True, slots=True)
class PreviewTurn:
    """What a tab's letter came to: the payload for the page, and what later steps need."""

    payload: dict[str, Any]
    campaign: Campaign | None = None
    settled: Settled | None = None
    made: PreviewDocuments = field(default_factory=PreviewDocuments)
    sheet: LaidOutLetter | None = None
    names: Mapping[Path, str] | None = None


def first(studio: PreviewState, drafts: Drafts, show: Show) -> PreviewTurn:
    """Compose the letter and write its email and text; what is quick, and shown at once."""
    studio.refresh()
    base, roll = studio.campaign, studio.roll
    if base is None or roll is None:
        unread = told(studio.problems, None, {}, drafts.line)
        return PreviewTurn({"title": studio.path.name, "ok": False, "problems": unread})
    settled = settle(base, show.choices, roll)
    stage = settled.stage if settled else next(iter(base.file.stages))
    files = editable(base, stage, studio.templates)
    names = by_path(files)
    campaign, problems = _written(studio, drafts, show, files)
    made, sheet = PreviewDocuments(), None
    payload: dict[str, Any] = {}
    if campaign is not None:
        campaign = drafts.over(campaign)
        settled = settle(campaign, show.choices, roll)
    # As with `render`: with an error in one of its files a campaign has no letters.
    if campaign is not None and settled is not None and not has_errors(problems):
        made = make(campaign, settled, base.workspace)
        problems += made.problems
        payload["sentences"] = _sentences(made, drafts, names)
        if made.checked is not None:
            problems += email_notes(made.checked)
            try:
                sheet = sheet_of(made.checked, base.workspace)
            except AdvocacyError as error:
                problems += error.problems
    payload |= {
        "title": base.file.title.get(base.file.language) or base.file.id,
        "ok": made.screen is not None,
        "paperOk": sheet is not None,
        "stages": [_stage(name, one) for name, one in base.file.stages.items()],
        "chosen": _chosen(settled, base) if settled else None,
        "people": {"count": len(roll), "complete": roll.complete},
        "files": [{**file.record(), "digest": _digest(file)} for file in files.values()],
        "fields": [one.record() for one in fields_of(base, stage)],
        "campaignFile": base.path.name,
        "problems": told(drafts.told([*problems, *roll.problems]), base, names, drafts.line),
    }
    if made.screen is not None:
        payload |= screen_of(made)
    return PreviewTurn(payload, campaign, settled, made, sheet, names)


def _written(
    studio: PreviewState, drafts: Drafts, show: Show, files: Mapping[str, File]
) -> tuple[Campaign | None, list[Problem]]:
    """The campaign as it is being written; None where it cannot be understood."""
    templates: dict[str, tuple[Path, str]] = {}
    yaml: dict[Path, str] = {}
    for name, text in show.drafts.items():
        file = files.get(name)
        if file is not None and file.kind == "yaml":
            yaml[file.path.resolve()] = text
        elif file is not None and not file.built_in:
            templates[name] = (file.path, text)
    problems: list[Problem] = []
    for one in show.fields:
        file = files.get(one.file)
        if file is None or file.kind != "yaml":
            continue
        try:
            path = file.path.resolve()
            text = yaml[path] if path in yaml else read_text(file.path)
            yaml[path] = with_field(text, file.path, one.keys, one.text)
        except ChangedError:
            continue  # it is gone from the file; saving tells
        except AdvocacyError as error:
            problems += error.problems
    drafts.put(templates, yaml)
    campaign, found = studio.load(yaml)
    return campaign, [*found, *problems]


def then(turn: PreviewTurn, drafts: Drafts, studio: PreviewState) -> dict[str, Any]:
    """What takes a little longer: the other checks, the facts, what can be typed."""
    payload: dict[str, Any] = {"lints": []}
    if turn.campaign is None or turn.settled is None:
        return payload
    if turn.made.sentences:
        # What stops a letter has been told; of a letter that stops nothing else is said.
        found = lints(turn.campaign, turn.settled) if turn.made.checked else []
        known = {(p.code, p.place, p.message) for p in turn.made.problems}
        found = [p for p in found if (p.code, p.place, p.message) not in known]
        payload["lints"] = told(drafts.told(found), studio.campaign, turn.names or {}, drafts.line)
    return payload | beside(turn.campaign, turn.settled)


def screen_of(made: PreviewDocuments) -> dict[str, Any]:
    """The email, the text and the line of the inbox."""
    screen = made.screen
    if screen is None:
        return {}
    inbox = screen.inbox
    return {
        "html": screen.html,
        "text": screen.text,
        "inbox": {
            "sender": inbox.sender,
            "address": inbox.address,
            "subject": inbox.subject,
            "begins": inbox.begins,
        }
        if inbox
        else None,
    }


def _sentences(
    made: PreviewDocuments, drafts: Drafts, names: Mapping[Path, str]
) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for one in made.sentences:
        place = drafts.real(one.place)
        found.append(
            {
                "text": one.text,
                "mark": one.mark,
                "why": one.why,
                "name": names.get(place.path.resolve()) if place else None,
                "line": place.line if place else None,
                "column": place.column if place else None,
            }
        )
    return found


def _stage(name: str, stage: Stage) -> dict[str, object]:
    return {
        "name": name,
        "subject": str(stage.subject),
        "from": stage.from_.isoformat() if stage.from_ else None,
        "until": stage.until.isoformat() if stage.until else None,
    }


def _chosen(settled: Settled, campaign: Campaign) -> dict[str, object]:
    person, stage = settled.person, campaign.file.stages[settled.stage]
    return {
        "stage": settled.stage,
        "person": {"id": person.letter_id, "name": person.called, "where": person.title or ""},
        "day": settled.day.isoformat(),
        "language": settled.language,
        "languages": languages(campaign, settled.stage),
        "variants": settled.variants,
        "offered": {part: list(getattr(stage.variants, part)) for part in settled.variants},
        "template": f"letters/{stage.template}.md",
    }


def _digest(file: File) -> str | None:
    try:
        return digest_of(read_text(file.path))
    except AdvocacyError:
        return None
