"""The audit sheet of a letter: its text with the evidence under each paragraph.

It is what a lawyer or an editor signs: every cited sentence with its facts, and every sentence
that the check for claims marked. The HTML stands alone; the PDF is tagged, as letters are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from string import ascii_lowercase
from typing import Any

from markupsafe import Markup

from advocacy.campaign.facts import Fact
from advocacy.documents.fonts import BODY, describe, font_library
from advocacy.documents.frame import direction, draft_html, long_date
from advocacy.documents.pdf.paper import layout_css, layout_text, moment, page_css, unbroken_hosts
from advocacy.documents.pdf.render import finisher_of, pdf_from_html
from advocacy.documents.references import formatted
from advocacy.errors import Level, Problem
from advocacy.files.workspace import Workspace
from advocacy.letters.approvals import Acceptance
from advocacy.letters.digests import letter_digest
from advocacy.letters.letter import CheckedLetter, Cite, CitedFact, Letter
from advocacy.resources import version
from advocacy.templating import render_layout

LAYOUT = "audit"
LANGUAGE = "en"
"""The sheet is in English; text of the letter keeps its own language."""
_SCREEN_FONTS = f'html {{ font-family: "{BODY}", Garamond, Georgia, serif }}'


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of the letter: the facts it cites, or what the check said of it.

    `states` is what in it needs a source though it has none, empty where nothing does;
    `reason` is why the template lets it go without. `own`: it is the supporter's own words.
    """

    text: str
    facts: tuple[CitedFact, ...] = ()
    states: str = ""
    reason: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, heading or list item, and where the template has it."""

    kind: str
    where: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Signing:
    """What a signer should know beside the letter's own text.

    `accepted` is what the checks report and people accepted. `compared` says of facts, by id, when
    and with which kept copy each was compared.
    """

    accepted: tuple[Acceptance, ...] = ()
    compared: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Audit:
    """A letter's sheet in both forms; `pdf` is None where it cannot be printed."""

    html: bytes
    pdf: bytes | None
    problems: tuple[Problem, ...] = ()


def render_audit(
    checked: CheckedLetter,
    paragraphs: tuple[Paragraph, ...],
    workspace: Workspace,
    versions: Mapping[str, str],
    signing: Signing,
) -> Audit:
    """The sheet of a letter. `paragraphs` are its body, in order, with what was found.

    Raises AdvocacyError where the layout or the citation style is wrong.
    """
    letter = checked.letter
    variables = _variables(letter, paragraphs, workspace, versions, signing)
    css = layout_text(LAYOUT, workspace)
    variables["css"] = Markup(css.replace("</", "<\\/"))  # noqa: S704 - the layout's own
    # On a screen the reader's fonts; on paper those of the package, by their addresses here.
    variables |= {"page_css": Markup(_SCREEN_FONTS), "printed": False}  # noqa: S704 - our own
    html = render_layout(LAYOUT, workspace, variables)
    library = font_library(workspace)
    missing = library.unprintable(html)
    if missing:
        html = draft_html(html) if checked.draft else html
        return Audit(html.encode(), None, (_unprintable(letter, missing),))
    printed_css = page_css(letter.language, css, html, library)
    variables |= {"page_css": Markup(printed_css), "printed": True}  # noqa: S704
    printed = render_layout(LAYOUT, workspace, variables)
    css_file = layout_css(LAYOUT, workspace)
    pdf = pdf_from_html(printed, workspace, css_file, finisher=finisher_of(checked))
    html = draft_html(html) if checked.draft else html
    return Audit(html.encode(), pdf.data, pdf.problems)


def _unprintable(letter: Letter, missing: tuple[str, ...]) -> Problem:
    return Problem(
        "unprintable-character",
        f"The audit sheet of `{letter.id}` cannot be printed because no font has "
        f"{', '.join(map(describe, missing[:3]))}.",
        "Print the HTML file instead, or replace these characters in the facts.",
        letter.recipient.place(),
        Level.WARNING,
    )


def _variables(
    letter: Letter,
    paragraphs: tuple[Paragraph, ...],
    workspace: Workspace,
    versions: Mapping[str, str],
    signing: Signing,
) -> dict[str, Any]:
    """What the layout may print, by name."""
    facts = dict.fromkeys(c.id for p in paragraphs for s in p.passages for c in s.facts)
    numbers = {name: number for number, name in enumerate(facts, 1)}
    evidence = {
        one["id"]: one | {"compared": signing.compared.get(one["id"], "")}
        for one in _evidence(letter, numbers, workspace)
    }
    shown = list(_shown(paragraphs, numbers, evidence))
    passages = [passage for paragraph in paragraphs for passage in paragraph.passages]
    digest = letter_digest(letter)
    name = f"{letter.campaign}/{letter.stage}/{letter.id}"
    return {
        "letter": letter,
        "name": name,
        "lang": LANGUAGE,
        "letter_lang": letter.language,
        "letter_dir": direction(letter.language),
        "date": long_date(letter.date, LANGUAGE),
        "created": moment(letter.date, letter.timezone, letter.time),
        "generator": f"advocacy {version()}",
        "digest": digest,
        "versions": " · ".join(f"{what} {number}" for what, number in versions.items()),
        "counts": {
            "facts": len(facts),
            "cited": sum(bool(passage.facts) for passage in passages),
            "marked": sum(bool(p.states and not p.reason) for p in passages),
            "excused": sum(bool(p.reason) for p in passages),
            "own": sum(passage.own for passage in passages),
        },
        "paragraphs": shown,
        "without_note": [one for paragraph in shown for one in paragraph["remarks"]],
        "accepted": [
            {
                "code": one.code,
                "message": one.message,
                "by": one.by,
                "on": long_date(one.on, LANGUAGE),
                "reason": one.reason,
            }
            for one in signing.accepted
        ],
    }


def _shown(
    paragraphs: tuple[Paragraph, ...],
    numbers: Mapping[str, int],
    evidence: Mapping[str, Mapping[str, Any]],
) -> Iterator[dict[str, Any]]:
    """Each paragraph with the evidence that appears in it for the first time, and the rest."""
    told: set[str] = set()
    letters = _letters()
    for paragraph in paragraphs:
        here = dict.fromkeys(c.id for passage in paragraph.passages for c in passage.facts)
        sentences = [
            {
                "text": passage.text,
                "numbers": tuple(dict.fromkeys(numbers[c.id] for c in passage.facts)),
                "letter": next(letters) if passage.states else "",
                "states": passage.states,
                "reason": passage.reason,
                "own": passage.own,
            }
            for passage in paragraph.passages
        ]
        yield {
            "kind": paragraph.kind,
            "where": paragraph.where,
            "sentences": sentences,
            "own": any(sentence["own"] for sentence in sentences),
            "remarks": [sentence for sentence in sentences if sentence["states"]],
            "evidence": [evidence[name] for name in here if name not in told],
            "again": [evidence[name] for name in here if name in told],
        }
        told.update(here)


def _letters() -> Iterator[str]:
    """Name remarks: a to z, then aa, ab and so on."""
    yield from ascii_lowercase
    for first in ascii_lowercase:
        yield from (first + second for second in ascii_lowercase)


def _evidence(
    letter: Letter, numbers: Mapping[str, int], workspace: Workspace
) -> Iterator[dict[str, Any]]:
    """The facts as the sheet prints them."""
    cited = [fact for fact in letter.facts if fact.id in numbers]
    # Each fact as a note of its own, so that each has its source in full.
    alone = replace(letter, cites=tuple(Cite((fact,)) for fact in cited))
    citations = formatted(alone, workspace)
    for fact, places in zip(cited, citations.numbers, strict=True):
        record = fact.fact
        entries = [citations.references[place - 1] for place in places]
        yield {
            "number": numbers[fact.id],
            "id": fact.id,
            "statement": record.statement.get(letter.language) or "",
            "quote": record.quote or "",
            "references": tuple(
                Markup(unbroken_hosts(entry.html))  # noqa: S704 - escaped where made
                for entry in entries
            ),
            "addresses": tuple(_addresses(fact, " ".join(entry.text for entry in entries))),
            "locator": ", ".join(f"{label} {value}" for label, value in record.locator.items()),
            "days": days(record),
            "checked": long_date(record.checked, LANGUAGE) if record.checked else "never",
            "state": _state(record, letter.date),
        }


def _addresses(fact: CitedFact, printed: str) -> Iterator[str]:
    """Where the sources can be read, unless the reference says so itself."""
    for source in (fact.source, fact.via):
        if source is None:
            continue
        address = source.url or (f"https://doi.org/{source.doi}" if source.doi else "")
        if address and address not in printed:
            yield address


def days(fact: Fact) -> str:
    """The days on which a fact holds, in words."""
    first, last = (day and long_date(day, LANGUAGE) for day in (fact.from_, fact.until))
    if first and last:
        return f"on {first} alone" if first == last else f"from {first} to {last}"
    if first:
        return f"from {first}, with no last day"
    return f"until {last}" if last else "always (it has no first or last day)"


def _state(fact: Fact, day: date) -> str:
    """What a signer should know of the fact's days."""
    if fact.until == day:
        after = f", and {fact.superseded_by} follows" if fact.superseded_by else ""
        return f"The letter’s date is its last day{after}."
    return ""
