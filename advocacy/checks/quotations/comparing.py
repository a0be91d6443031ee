"""Compare the quotes of facts with kept copies, and with the record of earlier comparisons."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from advocacy.campaign.loading import Campaign
from advocacy.checks.codes import problem
from advocacy.checks.quotations.comparison_record import (
    Comparison,
    ComparisonRecord,
    digests_of_cited,
)
from advocacy.checks.quotations.copies import (
    KeptCopies,
    UnreadableCopyError,
    own_folder,
    read_in,
)
from advocacy.checks.quotations.nearest import find_nearest_passage
from advocacy.checks.quotations.verbatim import is_verbatim
from advocacy.errors import Problem, count_noun
from advocacy.letters.letter import CitedFact

_WORDS = {
    "quote": "the quote", "translations": "the translations", "speaker": "the speaker",
    "source": "`source`", "locator": "`locator`", "from": "`from`", "until": "`until`",
    "contradicts": "`contradicts`", "issued": "the publication date",
    "reference": "the author, title, or address of a source", "statement": "the statement",
    "superseded_by": "`superseded_by`",
}  # fmt: skip


def check_copies(
    campaign: Campaign,
    cited: Sequence[CitedFact],
    folder: Path | None = None,
    *,
    others: bool = True,
) -> Iterator[Problem]:
    """Report cited facts whose quote is not in the kept copy, those without a copy, and changes.

    `folder` overrides the campaign's `copies:`. Of the `others`, the facts that no letter cites,
    those are judged that have a copy or a record.
    """
    record = ComparisonRecord.of(campaign)
    yield from record.problems
    where = folder or own_folder(campaign)
    copies = KeptCopies.of(where) if where is not None and where.is_dir() else None
    every = all_facts(campaign) if others else cited
    changed = _changed(every, record.comparisons, copies)
    yield from _changes(campaign, changed, record.comparisons)
    yield from _never_compared(cited, record.comparisons)
    whole = {name for name, one in record.comparisons.items() if one.has_quote}
    known = whole - changed.keys()
    quoting = [one for one in cited if one.fact.quote]
    if copies is None:
        unknown = [one for one in quoting if one.id not in whole]
        if unknown:
            yield _no_folder(campaign, where, len(unknown))
        yield from _not_here(campaign, [one for one in quoting if one.id in known], record)
        return
    yield from _with_copies(campaign, quoting, copies, known, record)
    known_ids = {one.id for one in cited}
    yield from _not_cited([one for one in every if one.id not in known_ids], copies)


def all_facts(campaign: Campaign) -> list[CitedFact]:
    """Every fact of a campaign that has its source."""
    sources = campaign.sources
    return [
        CitedFact(name, fact, sources[fact.source], sources.get(fact.via) if fact.via else None)
        for name, fact in campaign.facts.items()
        if fact.source in sources
    ]


def _with_copies(
    campaign: Campaign,
    quoting: Sequence[CitedFact],
    copies: KeptCopies,
    known: Collection[str],
    record: ComparisonRecord,
) -> Iterator[Problem]:
    missing: dict[str, list[CitedFact]] = {}
    not_here: list[CitedFact] = []
    reported: set[str] = set()
    for one in quoting:
        source = read_in(one, copies)
        if source in copies.files:
            yield from _compared(one, source, copies, reported)
        elif one.id in known:
            not_here.append(one)
        elif (elsewhere := _elsewhere(one, copies)) is not None:
            yield _in_other_copy(one, elsewhere)
        else:
            missing.setdefault(source, []).append(one)
    for source, facts in missing.items():
        yield _no_copy(source, facts)
    yield from _not_here(campaign, not_here, record)


def _changed(
    facts: Sequence[CitedFact],
    comparisons: Mapping[str, Comparison],
    copies: KeptCopies | None,
) -> dict[str, tuple[str, ...]]:
    """What has changed of each fact since it was compared; a copy that is here proves its quote."""
    changed: dict[str, tuple[str, ...]] = {}
    for one in facts:
        if (comparison := comparisons.get(one.id)) is None:
            continue
        keys = comparison.changed(digests_of_cited(one))
        if copies is not None and read_in(one, copies) in copies.files:
            keys = tuple(key for key in keys if key != "quote")
        if keys:
            changed[one.id] = keys
    return changed


def _never_compared(
    cited: Sequence[CitedFact], comparisons: Mapping[str, Comparison]
) -> Iterator[Problem]:
    """Report facts that the record beside them lacks, as it does after a fact's id was changed.

    Records of earlier versions have facts with quotations alone.
    """
    complete = {facts_file(one) for one in cited if _is_complete(comparisons.get(one.id))}
    for one in cited:
        if one.id not in comparisons and facts_file(one) in complete:
            yield problem(
                "never-compared",
                f"`{one.id}` is not in the record of comparisons, which has other facts of its "
                f"file.",
                "Compare it with its source. Then run `advocacy facts compare`, if you have the "
                "copies. If its id was changed, change it in the record, too.",
                one.fact.place(),
            )


def _is_complete(comparison: Comparison | None) -> bool:
    return comparison is not None and comparison.complete


def facts_file(one: CitedFact) -> Path | None:
    """The file in which a fact is written."""
    place = one.fact.place()
    return place.path if place else None


def _changes(
    campaign: Campaign,
    changed: Mapping[str, tuple[str, ...]],
    comparisons: Mapping[str, Comparison],
) -> Iterator[Problem]:
    """Report what has changed; facts for which only a source's day has, once for the source."""
    dated: dict[str, list[str]] = {}
    for name, keys in changed.items():
        fact, day = campaign.facts[name], comparisons[name].day
        if keys == ("issued",):
            dated.setdefault(fact.source, []).append(name)
            continue
        listed = [_WORDS.get(key, f"`{key}`") for key in keys]
        what = ", ".join(listed[:-1]) + (" and " if len(listed) > 1 else "") + listed[-1]
        have = "have" if len(keys) > 1 or keys == ("translations",) else "has"
        file = fact.place()
        yield problem(
            "changed-since-compared",
            f"{what[:1].upper()}{what[1:]} of `{name}` {have} changed since the fact was compared "
            f"with its source on {day}.",
            "Check the source. If the change is correct, record it: `advocacy facts touch "
            f"{file.path.name if file else 'FACTSFILE'} {name}`, or if you have the copies, "
            f"`advocacy facts compare`.",
            fact.place(*(key for key in keys[:1] if key not in ("issued", "reference"))),
        )
    for source, names in dated.items():
        day = max(comparisons[name].day for name in names)
        yield problem(
            "changed-since-compared",
            f"The publication date of `{source}`, or of the source that quotes it, has changed "
            f"since {day}, when {_ids(names)} {'were' if len(names) > 1 else 'was'} compared.",
            "Check the source. If the change is correct, record it with `advocacy facts touch`, "
            "or if you have the copies, `advocacy facts compare`.",
            campaign.sources[source].place("issued"),
        )


def _ids(names: Sequence[str], most: int = 6) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def _not_here(
    campaign: Campaign, facts: Sequence[CitedFact], record: ComparisonRecord
) -> Iterator[Problem]:
    if facts:
        last = max(record.comparisons[one.id].day for one in facts)
        first = min(record.comparisons[one.id].day for one in facts)
        when = f"on {last}" if first == last else f"between {first} and {last}"
        quotes = count_noun(len(facts), "quote was", "quotes were")
        copies = "The copy is" if len(facts) == 1 else "The copies are"
        yield problem(
            "copy-not-here",
            f"{quotes} compared with kept copies {when}, and nothing has changed since. {copies} "
            f"not available here.",
            "To compare again, name the folder of copies in `copies:` or with `--copies`.",
            campaign.file.place("copies"),
        )


def _compared(
    one: CitedFact, source: str, copies: KeptCopies, reported: set[str]
) -> Iterator[Problem]:
    quote, path = one.fact.quote or "", copies.files[source]
    try:
        texts = copies.texts(source)
    except UnreadableCopyError as error:
        if source not in reported:
            reported.add(source)
            yield problem(
                "copy-not-readable",
                f"The kept copy {path.name} cannot be compared: {error}.",
                "Save the page again as text (.txt), HTML, or PDF.",
                one.source.place(),
            )
        return
    if any(is_verbatim(quote, text) for text in texts):
        return
    elsewhere = _elsewhere(one, copies)
    if one.via is None and elsewhere is not None:
        yield _in_other_copy(one, elsewhere)
        return
    found = (find_nearest_passage(quote, text) for text in texts)
    near = max(filter(None, found), key=lambda passage: passage.likeness, default=None)
    if near:
        says = f"The nearest passage is “{near.passage}”."
        says += f" Different: {near.differences}." if near.differences else ""
        hint = "Correct the quote to match the copy, and mark omissions with …"
    else:
        says = "The copy has no similar passage."
        hint = "Check that the source is correct and that the copy is complete."
    yield problem(
        "quote-not-in-copy",
        f"The quote of `{one.id}` is not in {path.name}, the kept copy of `{source}`. {says}",
        hint,
        one.fact.place("quote"),
    )


def _elsewhere(one: CitedFact, copies: KeptCopies) -> str | None:
    """Another source whose copy has the quote."""
    own = {one.source.id, one.via.id if one.via else ""}
    quote = one.fact.quote or ""
    others = (source for source in copies.files if source not in own)
    return next((source for source in others if copies.has(source, quote)), None)


def _in_other_copy(one: CitedFact, elsewhere: str) -> Problem:
    return problem(
        "quote-in-other-copy",
        f"The quote of `{one.id}` is in the kept copy of `{elsewhere}`, not in one of "
        f"`{one.source.id}`.",
        f"If it was read there, add `via: {elsewhere}`. Otherwise, save a copy of "
        f"`{one.source.id}` "
        "that has it.",
        one.fact.place("quote"),
    )


def _no_folder(campaign: Campaign, where: Path | None, count: int) -> Problem:
    if campaign.file.copies and where is None:
        name = Path(campaign.file.copies).name
        inside = name if name.strip(".") else "copies"
        return problem(
            "outside-workspace",
            f"`copies`: `{campaign.file.copies}` is outside the campaign's folder.",
            f"Copy the folder to {campaign.workspace.folder / inside}, and write "
            f"`copies: {inside}`, or name the folder with `--copies`.",
            campaign.file.place("copies"),
        )
    if where is not None:
        why = f"the folder {where.name} does not exist"
    else:
        why = "the campaign names no folder of copies"
    quotes = count_noun(count, "quote was", "quotes were")
    return problem(
        "no-copy",
        f"{quotes} not compared with kept copies of sources: {why}.",
        "Save each source as `<source id>.txt`, `.html`, or `.pdf` in a folder. Then name the "
        "folder in `copies:` or with `--copies`.",
        campaign.file.place("copies"),
    )


def _no_copy(source: str, facts: Sequence[CitedFact]) -> Problem:
    names = ", ".join(f"`{one.id}`" for one in facts)
    record = next((s for one in facts for s in (one.source, one.via) if s and s.id == source), None)
    return problem(
        "no-copy",
        f"There is no kept copy of `{source}` to compare the quote of {names} with.",
        f"Save it as `{source}.txt`, `.html`, or `.pdf` in the folder of copies.",
        record.place() if record else None,
    )


def _not_cited(facts: Sequence[CitedFact], copies: KeptCopies) -> Iterator[Problem]:
    reported: set[str] = set()
    for one in facts:
        where = read_in(one, copies)
        if one.fact.quote and where in copies.files:
            yield from _compared(one, where, copies, reported)
