"""Compose the letter that a tab shows, and everything that the page says about it.

A payload is the JSON that a tab's scripts get: parts by name, as `page/main.js` reads them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from advocacy.campaign.campaign import Stage
from advocacy.campaign.loading import Campaign
from advocacy.campaign.stages import shown_subject
from advocacy.documents.email.message import obstacles
from advocacy.errors import AdvocacyError, Level, Problem, has_errors
from advocacy.files.content_digests import text_digest
from advocacy.files.text import read_text
from advocacy.letters.letter import CheckedLetter
from advocacy.letters.parts import image_files
from advocacy.preview.commenting import describe_comments
from advocacy.preview.drafts import Drafts, DraftTexts
from advocacy.preview.facts import describe_surroundings
from advocacy.preview.files import (
    ChangedError,
    EditableFile,
    list_files,
)
from advocacy.preview.history import describe_approval
from advocacy.preview.letters import (
    PreviewDocuments,
    check_further,
    compose_for_preview,
    judge_words,
    make_preview_documents,
)
from advocacy.preview.paper import PaperHtml, prepare_paper
from advocacy.preview.people import ChosenLetter, Show, choose_letter, languages
from advocacy.preview.problems import Medium, place_record, placed, problem_records
from advocacy.preview.state import PreviewState
from advocacy.preview.texts import list_text_fields, replace_text
from advocacy.templating.bodies import find_body


@dataclass(frozen=True, slots=True)
class ComposedPreview:
    """A tab's letter: the payload for the page, and what later steps need.

    `campaign` is the campaign with the tab's drafts, None where it cannot be read; `paper` is
    None where the letter cannot be laid out, and `unprinted` says why; `names` are the files'
    names by path, and `texts` the unsaved texts that it was made of.
    """

    payload: dict[str, Any]
    campaign: Campaign | None = None
    chosen: ChosenLetter | None = None
    documents: PreviewDocuments = field(default_factory=PreviewDocuments)
    paper: PaperHtml | None = None
    names: Mapping[Path, str] = field(default_factory=dict)
    unprinted: tuple[Problem, ...] = ()
    texts: DraftTexts = field(default_factory=DraftTexts)


def compose_preview(
    state: PreviewState,
    drafts: Drafts,
    show: Show,
    begin_pages: Callable[[PaperHtml, CheckedLetter], object] = lambda *_: None,
) -> ComposedPreview:
    """Compose the letter of a tab, and write its email and text: the quick part of the work.

    `begin_pages` is called as soon as the letter can be laid out, which takes longest. The pages
    are not wanted where the result has no `paper`.
    """
    state.refresh()
    base, people = state.campaign, state.people
    if base is None or people is None:
        problems = problem_records(state.problems, None, {}, drafts.texts)
        return ComposedPreview({"title": state.path.name, "ok": False, "problems": problems})
    chosen = choose_letter(base, show.choices, people)
    stage = chosen.stage if chosen else next(iter(base.file.stages))
    files = list_files(base, stage, state.templates)
    names = {file.path.resolve(): name for name, file in files.items()}
    campaign, found = _load_with_drafts(state, drafts, show, files)
    documents, paper = PreviewDocuments(), None
    unmailed: list[Problem] = []
    unprinted: list[Problem] = []
    payload: dict[str, Any] = {}
    if campaign is not None:
        campaign = drafts.apply_to(campaign)
        chosen = choose_letter(campaign, show.choices, people)
    # As with `render`: with an error in one of its files a campaign has no letters.
    if campaign is not None and chosen is not None and not has_errors(found):
        composed = compose_for_preview(campaign, chosen)
        if composed.checked is not None:
            try:
                of_stage = campaign.file.stages[chosen.stage]
                pictures = image_files(campaign, of_stage).values()
                paper = prepare_paper(composed.checked, base.workspace, pictures)
            except AdvocacyError as error:
                unprinted += error.problems
            else:
                begin_pages(paper, composed.checked)
        documents = make_preview_documents(composed, campaign, base.workspace)
        found += documents.problems
        payload["sentences"] = [
            {"text": one.text, "mark": one.mark, "why": one.why}
            | place_record(drafts.texts.real_place(one.place), names)
            for one in documents.sentences
        ]
        if documents.checked is not None:
            # What keeps it from being mailed is a warning: the page shows it all the same.
            unmailed += [one.at(Level.WARNING) for one in obstacles(documents.checked)]
        else:
            paper, unprinted = None, []

    def records(problems: Iterable[Problem], medium: Medium | None = None) -> list[Any]:
        return problem_records(problems, base, names, drafts.texts, medium=medium)

    payload |= {
        "title": base.file.title.get(base.file.language) or base.file.id,
        "ok": documents.screen is not None,
        "paperOk": paper is not None,
        "stages": [_stage_record(base, name, one) for name, one in base.file.stages.items()],
        "chosen": _chosen_record(chosen, base) if chosen else None,
        "used": _used_files(documents, drafts.texts, names),
        "people": people.progress(),
        "files": [{**file.record(), "digest": _digest(file)} for file in files.values()],
        "fields": [one.record() for one in list_text_fields(base, stage)],
        "campaignFile": base.path.name,
        "problems": [
            *records([*found, *people.problems]),
            *records(unmailed, "email"),
            *records(placed(unprinted, documents.sentences), "paper"),
        ],
    }
    if documents.screen is not None:
        payload |= asdict(documents.screen)
    return ComposedPreview(
        payload, campaign, chosen, documents, paper, names, tuple(unprinted), drafts.texts
    )


def _load_with_drafts(
    state: PreviewState, drafts: Drafts, show: Show, files: Mapping[str, EditableFile]
) -> tuple[Campaign | None, list[Problem]]:
    """Keep the tab's unsaved texts as drafts, and load the campaign that they make."""
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
            yaml[path] = replace_text(text, file.path, one.keys, one.text)
        except ChangedError:
            continue  # the text is gone from the file; saving it says so
        except AdvocacyError as error:
            problems += error.problems
    drafts.replace_all(templates, yaml)
    campaign, found = state.load(yaml)
    return campaign, [*found, *problems]


def add_details(composed: ComposedPreview, state: PreviewState) -> dict[str, Any]:
    """The payload of what takes longer: the other checks, the facts, what can be typed."""
    payload: dict[str, Any] = {"lints": [], "wordsOk": True}
    if composed.campaign is None or composed.chosen is None:
        return payload
    documents = composed.documents
    if documents.checked is not None:  # a refused letter has its reasons already
        of_paper = (*composed.unprinted, *(composed.paper.problems if composed.paper else ()))
        # A place on paper may be a line, and here none: the message tells them apart.
        known = {(p.code, p.message) for p in (*documents.problems, *of_paper)}
        refused, warned = judge_words(composed.campaign, documents.checked)
        found = check_further(composed.campaign, composed.chosen)
        new = [p for p in [*found, *refused] if (p.code, p.message) not in known]
        own = {(p.code, p.message) for p in (*refused, *warned)}
        # What the gate does not find concerns something that this letter does not contain.
        elsewhere = [p for p in new if p.level is not Level.NOTE and (p.code, p.message) not in own]
        payload["lints"] = problem_records(
            new, state.campaign, composed.names, composed.texts, elsewhere=elsewhere
        )
        payload["wordsOk"] = not refused
    stage = composed.chosen.stage
    payload["approval"] = describe_approval(state.campaign, composed.campaign, stage)
    payload |= describe_comments(composed.campaign, composed.chosen, documents)
    return payload | describe_surroundings(composed.campaign, composed.chosen)


def _stage_record(campaign: Campaign, name: str, stage: Stage) -> dict[str, object]:
    return {
        "name": name,
        "subject": shown_subject(campaign, stage, campaign.file.language),
        "from": stage.from_.isoformat() if stage.from_ else None,
        "until": stage.until.isoformat() if stage.until else None,
    }


def _chosen_record(chosen: ChosenLetter, campaign: Campaign) -> dict[str, object]:
    person, stage = chosen.person, campaign.file.stages[chosen.stage]
    return {
        "stage": chosen.stage,
        "person": {"id": person.letter_id, "name": person.called, "where": person.title or ""},
        "day": chosen.day.isoformat(),
        "language": chosen.language,
        "languages": languages(campaign, chosen.stage),
        "variants": chosen.variants,
        "offered": {part: list(getattr(stage.variants, part)) for part in chosen.variants},
        "template": _template_name(campaign, stage.template, chosen.language),
    }


def _template_name(campaign: Campaign, template: str, language: str) -> str:
    """The name of the file that a letter in a language is written in."""
    try:
        return f"letters/{find_body(template, campaign.workspace, language)[0].name}"
    except AdvocacyError:
        return f"letters/{template}.md"


def _used_files(
    documents: PreviewDocuments, texts: DraftTexts, names: Mapping[Path, str]
) -> list[str]:
    """The names of the files that the sentences of the letter stand in."""
    places = (texts.real_place(one.place) for one in documents.sentences)
    used = (names.get(place.path.resolve()) for place in places if place is not None)
    return sorted({name for name in used if name is not None})


def _digest(file: EditableFile) -> str | None:
    try:
        return text_digest(read_text(file.path))
    except AdvocacyError:
        return None
