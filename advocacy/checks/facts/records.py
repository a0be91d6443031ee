"""Check the records themselves: sources that a reader cannot find, records that nothing uses."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from advocacy.campaign.facts import Fact
from advocacy.campaign.loading import Campaign
from advocacy.campaign.sources import Source
from advocacy.checks.codes import problem
from advocacy.errors import Problem, join_words
from advocacy.letters.letter import CitedFact

READ_AT_MOST = 1_000_000
"""The largest file that is read as a template or campaign."""
SHOWN_AT_MOST = 10
"""Up to this many unused records of one file are reported individually; more are one problem."""

# CSL types that nobody but the writer may have, and laws, which are found by their number.
_PRIVATE = {"personal_communication", "manuscript", "interview"}
_BY_NUMBER = {"bill", "legislation", "legal_case", "regulation", "treaty", "patent", "standard"}
_QUOTED_ID = re.compile(r"[\"']([a-z0-9][a-z0-9._-]*)[\"']")  # cite("widget-stopped")
_PRECEDENT = re.compile(r"\bfact:\s*[\"']?([a-z0-9][a-z0-9._-]*)")


def check_sources(cited: Sequence[CitedFact]) -> Iterator[Problem]:
    """Report what a reader misses in the sources of cited facts."""
    for source in used_sources(cited):
        yield from _findable(source)
        yield from _addresses(source)
    for fact in cited:
        yield from _read_there(fact)


def used_sources(cited: Sequence[CitedFact]) -> list[Source]:
    """Collect the sources of facts and those in which they were read, each once."""
    used = (source for fact in cited for source in (fact.source, fact.via))
    return list({source.id: source for source in used if source}.values())


def _findable(source: Source) -> Iterator[Problem]:
    title, address = source.title, source.url or source.doi
    printed = title and source.issued and (source.publisher or source.container_title)
    by_number = source.type in _BY_NUMBER and (source.number or title)
    if not (address or printed or by_number or source.type in _PRIVATE):
        place_printed = source.publisher or source.container_title
        named = {"title": title, "issued": source.issued}
        named["publisher` or `container-title"] = place_printed
        lacks = [f"`{name}`" for name, has in named.items() if not has]
        yield problem(
            "source-not-findable",
            f"A reader cannot find the source `{source.id}`, because it has no address and no "
            f"{join_words(lacks, 'or')}.",
            "Add `URL:` or `DOI:`. For print, add the title, the publisher or publication, and "
            "the date.",
            source.place(),
        )
    elif not title and source.type not in _PRIVATE | _BY_NUMBER:
        yield problem(
            "source-without-title",
            f"The source `{source.id}` has no title, so its note would contain only an address.",
            "Copy the title from the page.",
            source.place(),
        )
    if not source.issued and source.type not in _PRIVATE:
        yield problem(
            "source-without-date",
            f"The source `{source.id}` has no date, so it cannot be compared with the date of the "
            f"letter.",
            "Add `issued:` with the day, month, or year of publication.",
            source.place(),
        )


def _addresses(source: Source) -> Iterator[Problem]:
    if source.url:
        scheme = urlsplit(source.url).scheme
        if scheme != "https":
            secure = re.sub(r"^(http:|//)?(//)?", "https://", source.url, count=1)
            yield problem(
                "address-not-https",
                f"The address of the source `{source.id}` does not begin with https: {source.url}.",
                f"Open {secure} in a browser. If the page loads, use that address.",
                source.place("URL"),
            )
    if source.doi and not source.doi.startswith("10."):
        bare = re.search(r"10\.\d{4,9}/\S+", source.doi)
        yield problem(
            "bad-doi",
            f"`{source.doi}` is not a DOI in standard form.",
            f"Write only the DOI: `{bare[0]}`." if bare else "A DOI begins with `10.`.",
            source.place("DOI"),
        )


def _read_there(cited: CitedFact) -> Iterator[Problem]:
    """A quotation from an address at which nobody says to have read it."""
    fact, source = cited.fact, cited.source
    if fact.quote and fact.via is None and source.url and not source.accessed:
        yield problem(
            "quote-without-via",
            f"`{cited.id}` quotes `{source.id}`, but the source has no `accessed:` date.",
            "If it was read there, add `accessed:` to the source; if it was read in another "
            "publication, name that one in `via:`.",
            fact.place("quote"),
        )
    if fact.via == fact.source:
        yield problem(
            "quote-without-via",
            f"`{cited.id}` names its own source `{fact.source}` in `via:`.",
            "Name the publication in which it was read, or remove `via:`.",
            fact.place("via"),
        )


def check_unused(campaign: Campaign, cited: Collection[str]) -> Iterator[Problem]:
    """Report facts that no letter cites, and sources that no fact names.

    A fact counts as used where its id stands in any template or any campaign file beside this
    one: libraries are shared, and a passage may be meant for another day.
    """
    facts, known = campaign.facts, campaign.sources
    used = set(cited) | (_mentioned(campaign) & facts.keys())
    for fact in facts.values():
        used.update(fact.contradicts)
        if fact.superseded_by:
            used.add(fact.superseded_by)
    yield from _report("unused-fact", facts, used, "is not cited by any letter of these campaigns")
    named = {name for fact in facts.values() for name in (fact.source, fact.via or "")}
    named |= {event.source for event in campaign.file.events.values()}
    yield from _report("unused-source", known, named, "is not used by any fact")


def _mentioned(campaign: Campaign) -> set[str]:
    """What templates may cite, and what campaigns beside this one name as precedents."""
    workspace = campaign.workspace
    templates = [path for root in workspace.templates for path in root.rglob("*.md")]
    campaigns = [*workspace.folder.glob("*.yaml"), campaign.path]
    words: set[str] = set()
    for pattern, paths in ((_QUOTED_ID, templates), (_PRECEDENT, campaigns)):
        for path in paths:
            if path.is_file() and path.stat().st_size < READ_AT_MOST:
                words.update(pattern.findall(path.read_text("utf-8", errors="replace")))
    return words


def _report(
    code: str, records: Mapping[str, Fact] | Mapping[str, Source], used: Collection[str], how: str
) -> Iterator[Problem]:
    kind = code.removeprefix("unused-")
    # Records without a place are not written by anybody: they are made of a bill's file.
    places = {
        name: record.place()
        for name, record in records.items()
        if name not in used and record.place() is not None
    }
    by_file: dict[Path | None, list[str]] = {}
    for name, place in places.items():
        by_file.setdefault(place.path if place else None, []).append(name)
    for names in by_file.values():
        if len(names) > SHOWN_AT_MOST:
            some = ", ".join(f"`{name}`" for name in names[:SHOWN_AT_MOST])
            yield problem(
                code,
                f"{len(names)} {kind}s of this file are not used: {some} …",
                "A shared library may contain more than is used. Remove what you do not need.",
                places[names[0]],
            )
            continue
        for name in names:
            yield problem(
                code,
                f"The {kind} `{name}` {how}.",
                "Use it, remove it, or keep it for a later letter.",
                places[name],
            )
