"""Make the audit sheet of a letter: each sentence with its evidence or the check's remark."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from advocacy.campaign.loading import Campaign
from advocacy.checks.claims.rules import Names, find_claim
from advocacy.checks.claims.uncited import UncitedClaim, UncitedMarks, find_uncited, party_names
from advocacy.checks.letters import trace_letter
from advocacy.checks.sentences import Sentence, TextBlock, cited_facts, read_letter, split_sentences
from advocacy.checks.settings import CheckSettings
from advocacy.documents.audit import Paragraph, Passage, render_audit
from advocacy.errors import Place, Problem
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import CheckedLetter, Letter


def audit_documents(
    campaign: Campaign, checked: CheckedLetter, versions: Mapping[str, str]
) -> tuple[dict[str, bytes], tuple[Problem, ...]]:
    """Render the audit sheet of a letter: `<file name>.audit.html` and `.pdf`, and its problems.

    `versions` of everything that decides the letter's bytes are printed in the sheet's head.
    Raises AdvocacyError if the sheet's layout is wrong.
    """
    letter = checked.letter
    sheet = render_audit(checked, audit_paragraphs(letter, campaign), campaign.workspace, versions)
    documents = {f"{letter.file_name}.audit.html": sheet.html}
    if sheet.pdf is not None:
        documents[f"{letter.file_name}.audit.pdf"] = sheet.pdf
    return documents, sheet.problems


def audit_paragraphs(letter: Letter, campaign: Campaign) -> tuple[Paragraph, ...]:
    """Read the letter's paragraphs, each sentence with its facts or the check's remark."""
    traced = trace_letter(letter, campaign)
    blocks = read_letter(traced)
    uncited = _uncited(traced, blocks, campaign)
    names = party_names(traced, campaign)
    paragraphs = []
    for block in blocks:
        passages = tuple(_with_own(_passages(block.sentences, traced, uncited, names), traced))
        places = [sentence.place for sentence in block.sentences if sentence.place]
        where = _where(places[0], campaign.workspace) if places else ""
        paragraphs.append(Paragraph(block.kind, where, passages))
    return tuple(paragraphs)


def _passages(
    sentences: Sequence[Sentence],
    letter: Letter,
    uncited: Mapping[int, UncitedClaim],
    names: Names,
) -> Iterator[Passage]:
    for number, sentence in enumerate(sentences):
        found = uncited.get(id(sentence))
        facts = cited_facts(letter, [sentence])
        if found is None and not facts and find_claim(sentence.text, names, letter.language):
            # The check accepts a citation in the next sentence, so that is its evidence.
            facts = cited_facts(letter, sentences[number + 1 : number + 2])
        states, reason = (found.what, found.reason) if found else ("", "")
        yield Passage(sentence.text, tuple(facts), states, reason)


def _with_own(passages: Iterable[Passage], letter: Letter) -> Iterator[Passage]:
    """Mark the passages that are the supporter's own words.

    What supporters say about themselves needs no citation: it is not the sender's to prove.
    """
    words = " ".join(letter.supporter.own_words.split()) if letter.supporter else ""
    if not words:
        yield from passages
        return
    parts = split_sentences(words, letter.language)
    for passage in passages:
        text = " ".join(passage.text.split())
        theirs = text in words or any(part in text for part in parts)
        own = theirs and not passage.facts
        yield replace(passage, own=True, states="", reason="") if own else passage


def _uncited(
    letter: Letter, blocks: Sequence[TextBlock], campaign: Campaign
) -> dict[int, UncitedClaim]:
    """What the check for claims finds, by the sentence's identity, at the campaign's levels."""
    settings = CheckSettings(campaign.file)
    return {
        id(found.sentence): found
        for found in find_uncited(letter, blocks, campaign, UncitedMarks())
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
