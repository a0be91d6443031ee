"""What an audit sheet shows of a letter: its cited sentences, and those that the check marked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from advocacy.campaign.loading import Campaign
from advocacy.checks.claims import claims
from advocacy.checks.claims.claims import Names, claim
from advocacy.checks.claims.sentences import Sentence, TextBlock, read, split
from advocacy.checks.settings import CheckSettings
from advocacy.documents.audit import Paragraph, Passage, render_audit
from advocacy.errors import Place, Problem
from advocacy.files.workspace import Workspace
from advocacy.letters.compose import compose_letter
from advocacy.letters.letter import CheckedLetter, CitedFact, Letter


def audit_documents(
    campaign: Campaign, checked: CheckedLetter, versions: Mapping[str, str]
) -> tuple[dict[str, bytes], tuple[Problem, ...]]:
    """The audit sheet of a letter as `<letter id>.audit.html` and `.pdf`, and its problems.

    `versions` are those of everything that decides the letter's bytes, for the sheet's head.
    Raises AdvocacyError where the sheet's layout is wrong.
    """
    letter = checked.letter
    sheet = render_audit(checked, reviewed(letter, campaign), campaign.workspace, versions)
    documents = {f"{letter.id}.audit.html": sheet.html}
    if sheet.pdf is not None:
        documents[f"{letter.id}.audit.pdf"] = sheet.pdf
    return documents, sheet.problems


def reviewed(letter: Letter, campaign: Campaign) -> tuple[Paragraph, ...]:
    """The letter's paragraphs, each sentence with the facts it cites or the check's remark."""
    traced = compose_letter(
        campaign,
        letter.recipient,
        letter.stage,
        letter.date,
        trace=True,
        variants=dict(letter.variants),
        supporters=letter.supporters,
    )
    blocks = read(traced.body, traced.language, traced.lines)
    judged = _judged(traced, blocks, campaign)
    names = claims.names_in(traced, campaign)
    paragraphs = []
    for block in blocks:
        passages = tuple(_with_own(_passages(block.sentences, traced, judged, names), traced))
        places = [sentence.place for sentence in block.sentences if sentence.place]
        where = _where(places[0], campaign.workspace) if places else ""
        paragraphs.append(Paragraph(block.kind, where, passages))
    return tuple(paragraphs)


def _passages(
    sentences: Sequence[Sentence],
    letter: Letter,
    judged: Mapping[int, claims.Judgement],
    names: Names,
) -> Iterator[Passage]:
    for number, sentence in enumerate(sentences):
        found = judged.get(id(sentence))
        facts = _facts(sentence, letter)
        if found is None and not facts and claim(sentence.text, names, letter.language):
            # The check is content with a citation in the next sentence: so it is its evidence.
            facts = tuple(
                f for later in sentences[number + 1 : number + 2] for f in _facts(later, letter)
            )
        states, reason = (found.what, found.reason) if found else ("", "")
        yield Passage(sentence.text, facts, states, reason)


def _with_own(passages: Iterable[Passage], letter: Letter) -> Iterator[Passage]:
    """The passages, with those marked that are the supporter's own words.

    What a supporter says of themselves needs no citation, and is not the sender's to prove.
    """
    words = " ".join(letter.supporter.own_words.split()) if letter.supporter else ""
    if not words:
        yield from passages
        return
    starts = split(words, letter.language)
    parts = [words[a:b].strip() for a, b in zip(starts, [*starts[1:], None], strict=True)]
    for passage in passages:
        text = " ".join(passage.text.split())
        theirs = bool(words) and (text in words or any(part in text for part in parts))
        own = theirs and not passage.facts
        yield replace(passage, own=True, states="", reason="") if own else passage


def _facts(sentence: Sentence, letter: Letter) -> tuple[CitedFact, ...]:
    return tuple({f.id: f for mark in sentence.cites for f in letter.cites[mark].facts}.values())


def _judged(
    letter: Letter, blocks: Sequence[TextBlock], campaign: Campaign
) -> dict[int, claims.Judgement]:
    """What the check for claims says, by the sentence's identity, as the campaign has it set."""
    settings = CheckSettings(campaign.file)
    return {
        id(found.sentence): found
        for found in claims.judged(letter, blocks, campaign, claims.Silences())
        if settings.apply([found.problem])
    }


def _where(place: Place, workspace: Workspace) -> str:
    """A place as the sheet prints it: the template's own name, never a machine's folders."""
    path = Path(place.path).resolve()
    for root in workspace.templates:
        if path.is_relative_to(root):
            name = path.relative_to(root).as_posix()
            return f"{name}, line {place.line}" if place.line else name
    return path.name
