"""Make the audit sheet of a letter: each sentence with its evidence or the check's remark."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from advocacy.campaign.loading import Campaign
from advocacy.checks.accepting import acceptances
from advocacy.checks.agreement.library import Library
from advocacy.checks.claims.rules import Names, find_claim
from advocacy.checks.claims.uncited import UncitedClaim, UncitedMarks, find_uncited, party_names
from advocacy.checks.letters import trace_letter
from advocacy.checks.quotations.comparison_record import ComparisonRecord, digests_of_cited
from advocacy.checks.quotations.copies import KeptCopies, own_folder, read_in
from advocacy.checks.quotations.verbatim import normalize_text
from advocacy.checks.run import check_body
from advocacy.checks.sentences import Sentence, TextBlock, cited_facts, read_letter, split_sentences
from advocacy.checks.settings import CheckSettings
from advocacy.checks.wording import printed_own_words
from advocacy.documents.audit import LANGUAGE, Paragraph, Passage, Signing, render_audit
from advocacy.documents.frame import long_date
from advocacy.errors import Place, Problem
from advocacy.files.workspace import Workspace
from advocacy.letters.approvals import Acceptance
from advocacy.letters.letter import CheckedLetter, CitedFact, Letter


def audit_documents(
    campaign: Campaign, checked: CheckedLetter, versions: Mapping[str, str]
) -> tuple[dict[str, bytes], tuple[Problem, ...]]:
    """Render the audit sheet of a letter: `<file name>.audit.html` and `.pdf`, and its problems.

    `versions` of everything that decides the letter's bytes are printed in the sheet's head.
    Raises AdvocacyError if the sheet's layout is wrong.
    """
    letter = checked.letter
    paragraphs = audit_paragraphs(letter, campaign)
    signing = Signing(
        tuple(accepted_problems(letter, campaign)), dict(comparisons(letter, campaign))
    )
    sheet = render_audit(checked, paragraphs, campaign.workspace, versions, signing)
    documents = {f"{letter.file_name}.audit.html": sheet.html}
    if sheet.pdf is not None:
        documents[f"{letter.file_name}.audit.pdf"] = sheet.pdf
    return documents, sheet.problems


def accepted_problems(letter: Letter, campaign: Campaign) -> Iterator[Acceptance]:
    """The words of people who accepted what the checks report of a letter now."""
    known = acceptances(campaign)
    if not known:
        return
    traced, settings = trace_letter(letter, campaign), CheckSettings(campaign.file)
    found = check_body(traced, campaign, settings, UncitedMarks(), Library(campaign))
    bases = dict.fromkeys(one.basis for one in settings.apply(found))
    yield from (known[basis] for basis in bases if basis in known)


def comparisons(letter: Letter, campaign: Campaign) -> Iterator[tuple[str, str]]:
    """When each fact of a letter was compared with which kept copy, in words, by its id."""
    known = ComparisonRecord.of(campaign).comparisons
    folder = own_folder(campaign)
    copies = KeptCopies.of(folder) if folder is not None and folder.is_dir() else None
    for cited in letter.facts:
        one = known.get(cited.id)
        here = _compared_now(cited, copies)
        if one is None or not one.has_quote:
            none_yet = "with no kept copy yet" if cited.fact.quote else ""
            yield cited.id, here or none_yet
            continue
        source = one.copied or (cited.via or cited.source).id
        words = f"on {long_date(one.day, LANGUAGE)}, with the kept copy of {source}"
        words += ", and in this run again" if here else ""
        changed = one.changed(digests_of_cited(cited))
        yield cited.id, f"{words}; changed since: {', '.join(changed)}" if changed else words


def _compared_now(cited: CitedFact, copies: KeptCopies | None) -> str:
    """With which kept copy this run compares a fact's quotation; empty where with none."""
    if copies is None or not cited.fact.quote:
        return ""
    source = read_in(cited, copies)
    has = copies.has(source, cited.fact.quote)
    return f"in this run, with the kept copy of {source}" if has else ""


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
    words = normalize_text(printed_own_words(letter))
    if not words:
        yield from passages
        return
    parts = split_sentences(words, letter.language)
    for passage in passages:
        text = normalize_text(passage.text)
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
