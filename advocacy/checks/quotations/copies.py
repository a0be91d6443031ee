"""Quotes of facts against the kept copies of their sources."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from advocacy.campaign.loading import Campaign
from advocacy.checks.codes import problem
from advocacy.checks.quotations.copy_files import Copies, NotReadable
from advocacy.checks.quotations.verbatim import nearest_passage, stands_in
from advocacy.errors import Problem
from advocacy.letters.letter import CitedFact


def verbatim(
    campaign: Campaign, cited: Sequence[CitedFact], folder: Path | None = None
) -> Iterator[Problem]:
    """Cited facts whose quote is not in the copy, or for which there is none to look into.

    `folder` overrides the campaign's `copies:`. Of facts that no letter cites, those are judged
    that have a copy.
    """
    quoting = [one for one in cited if one.fact.quote]
    where = folder or _own_folder(campaign)
    if where is None or not where.is_dir():
        if quoting:
            yield _no_folder(campaign, where, len(quoting))
        return
    copies = Copies.of(where)
    missing: dict[str, list[CitedFact]] = {}
    told: set[str] = set()
    for one in quoting:
        source = _read_in(one, copies)
        if source in copies.files:
            yield from _compared(one, source, copies, told)
        elif not one.source.accessed and (elsewhere := _elsewhere(one, copies)) is not None:
            yield _without_via(one, elsewhere)  # nobody says to have read it at its own address
        else:
            missing.setdefault(source, []).append(one)
    for source, facts in missing.items():
        yield _no_copy(source, facts)
    yield from _not_cited(campaign, {one.id for one in cited}, copies, told)


def _own_folder(campaign: Campaign) -> Path | None:
    name = campaign.file.copies
    folder = campaign.workspace.folder / name if name else None
    return folder if folder is not None and campaign.workspace.contains(folder) else None


def _read_in(one: CitedFact, copies: Copies) -> str:
    """The source whose copy counts: the one it was read in, unless only the other has a copy."""
    if one.via is not None and (one.via.id in copies.files or one.source.id not in copies.files):
        return one.via.id
    return one.source.id


def _compared(one: CitedFact, source: str, copies: Copies, told: set[str]) -> Iterator[Problem]:
    quote, path = one.fact.quote or "", copies.files[source]
    try:
        texts = copies.texts(source)
    except NotReadable as error:
        if source not in told:
            told.add(source)
            yield problem(
                "copy-not-readable",
                f"The kept copy {path.name} cannot be compared: {error}.",
                "Save the page again as text (.txt), HTML or PDF.",
                one.source.place(),
            )
        return
    if any(stands_in(quote, text) for text in texts):
        return
    elsewhere = _elsewhere(one, copies)
    if one.via is None and elsewhere is not None:
        yield _without_via(one, elsewhere)
        return
    near = nearest_passage(quote, texts[0])
    if near:
        says = f"The nearest passage is “{near.passage}”."
        says += f" Different: {near.differences}." if near.differences else ""
        hint = "Correct the quote after the copy; mark what you leave out by …"
    else:
        says = "Nothing in the copy comes near to it."
        hint = "Look whether it is the right source, and whether the copy is complete."
    yield problem(
        "quote-not-in-copy",
        f"The quote of `{one.id}` is not in {path.name}, the kept copy of `{source}`. {says}",
        hint,
        one.fact.place("quote"),
    )


def _elsewhere(one: CitedFact, copies: Copies) -> str | None:
    """Another source whose copy has the quote."""
    own = {one.source.id, one.via.id if one.via else ""}
    quote = one.fact.quote or ""
    others = (source for source in copies.files if source not in own)
    return next((source for source in others if copies.has(source, quote)), None)


def _without_via(one: CitedFact, elsewhere: str) -> Problem:
    return problem(
        "quote-without-via",
        f"The quote of `{one.id}` is in the kept copy of `{elsewhere}`, not in one of "
        f"`{one.source.id}`: it seems to have been read there.",
        f"If it was, write `via: {elsewhere}`; else keep a copy of `{one.source.id}` that has it.",
        one.fact.place("quote"),
    )


def _no_folder(campaign: Campaign, where: Path | None, count: int) -> Problem:
    if campaign.file.copies and where is None:
        why = f"`{campaign.file.copies}` lies outside the campaign's folder"
    elif where is not None:
        why = f"there is no folder {where.name}"
    else:
        why = "the campaign names no folder of copies"
    quotes = "1 quote was" if count == 1 else f"{count} quotes were"
    return problem(
        "no-copy",
        f"{quotes} not compared with kept copies of sources: {why}.",
        "Save each source as `<source id>.txt`, `.html` or `.pdf` in a folder, and name it in "
        "`copies:` or by `--copies`.",
        campaign.file.place("copies"),
    )


def _no_copy(source: str, facts: Sequence[CitedFact]) -> Problem:
    names = ", ".join(f"`{one.id}`" for one in facts)
    record = next((s for one in facts for s in (one.source, one.via) if s and s.id == source), None)
    return problem(
        "no-copy",
        f"There is no kept copy of `{source}` to compare the quote of {names} with.",
        f"Save it as `{source}.txt`, `.html` or `.pdf` in the folder of copies.",
        record.place() if record else None,
    )


def _not_cited(
    campaign: Campaign, cited: set[str], copies: Copies, told: set[str]
) -> Iterator[Problem]:
    for name, fact in campaign.facts.items():
        source = campaign.sources.get(fact.source)
        if name in cited or not fact.quote or source is None:
            continue
        one = CitedFact(name, fact, source, campaign.sources.get(fact.via) if fact.via else None)
        where = _read_in(one, copies)
        if where in copies.files:
            yield from _compared(one, where, copies, told)
