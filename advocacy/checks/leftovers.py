"""What is left over from writing: notes to oneself, fields to fill in, broken markup.

In any language: what stands in brackets outside a quotation, a word in capitals with a colon,
and quotation marks that do not close. Markup is found elsewhere: in what is filled in by
`printed_values.py`, and in templates by `templating.markup_problems`.
"""

import re
from collections.abc import Iterator, Sequence

from advocacy.campaign.campaign import Stage
from advocacy.checks.codes import problem
from advocacy.checks.patterns import pattern
from advocacy.checks.sentences import TextBlock, quote_spans
from advocacy.errors import Place, Problem
from advocacy.letters.letter import Letter
from advocacy.templating.typography import hebrew_marks

_CAPITAL = "[A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜÑ]"
_NOTE = re.compile(
    rf"""
    \[\[ [^\]\n]{{0,80}} \]\]
  | \[ (?!\d+\]|[.…\s]+\]|\w\]|sic\]) [^\]\n]{{2,80}} \]
  | (?<!\w) X{{2,}} (?: [./:-] X{{2,}} )+
  | \b (?:TT|DD|JJ|dd) [./-] (?:MM|mm) [./-] (?:JJJJ|YYYY|AAAA|yyyy) \b
  | << [^<>\n]{{1,80}} >>
  | \{{ [A-Za-z_][\w. ]{{0,40}} \}}
  # A word in capitals and a colon: “CHECK:”; before a quotation, it is who speaks.
  | (?<![\w-]) (?!(?:COVID|HTTPS?|URL|NOTA|PS|PPS)\b)
    {_CAPITAL}{{4,}} (?:\s{_CAPITAL}{{2,}}){{0,3}} \s? : (?=\s[^\s"“„«‘'])
  | \b (?:À|A) \s (?:COMPLÉTER|VÉRIFIER|REMPLIR|FAIRE|CONFIRMER) \b
  | \b POR \s (?:COMPLETAR|CONFIRMAR|REVISAR|DEFINIR) \b
  | \b NOCH \s [A-ZÄÖÜ]{{4,}} \b
  | \b (?:PENDIENTE|EINFÜGEN|ERGÄNZEN|EINSETZEN|PRÜFEN|COMPLETAR|INSERTAR|CHECK \s THIS) \b
  | \( \s* (?:TODO|TK|TBD|FIXME|XX+|\?\?+) [^)\n]* \)
    """,
    re.VERBOSE,
)


def leftover_problems(
    letter: Letter, blocks: Sequence[TextBlock], stage: Stage
) -> Iterator[Problem]:
    """Notes to oneself, and marks without partners."""
    typed = "\n".join(letter.body.values)
    place = stage.place("subject")
    yield from note_problems(letter.subject, "the subject", place)
    for block in blocks:
        for sentence in block.sentences:
            yield from note_problems(sentence.text, "the letter", sentence.place, typed)
        yield from _partners(block, typed)


def note_problems(text: str, where: str, place: Place | None, typed: str = "") -> Iterator[Problem]:
    """Report notes to oneself in a text; `where` names it, `typed` are values meant so."""
    quotes = quote_spans(text)
    known = [found.span() for found in pattern("placeholder").finditer(text)]
    for found in _NOTE.finditer(text):
        inside = any(start <= found.start() and found.end() <= end for start, end in quotes)
        twice = any(start < found.end() and found.start() < end for start, end in known)
        if inside or twice or found[0] in typed:
            continue
        yield problem(
            "placeholder",
            f"`{found[0]}` is a placeholder in {where} and would be printed literally.",
            "Replace it, or remove it.",
            place,
        )


def _partners(block: TextBlock, typed: str) -> Iterator[Problem]:
    alone = _lone_quotation_mark(block.text)
    if alone is not None and '"' not in typed:
        near = block.text[max(0, alone - 12) : alone + 24]
        yield _broken(block, alone, "a quotation mark has no match", near)
    elif block.text.count("(") > block.text.count(")") and "(" not in typed:
        at = block.text.rfind("(")
        yield _broken(block, at, "a parenthesis is not closed", block.text[at : at + 24])


def _lone_quotation_mark(text: str) -> int | None:
    """Where a straight quotation mark opens and none closes; after a figure it may be inches."""
    opened = None
    text = hebrew_marks(text)
    for mark in re.finditer('"', text):
        at = mark.start()
        if opened is not None:
            opened = None
        elif not (at and (text[at - 1].isdigit() or text[at - 1] == "″")):
            opened = at
    return opened


def _broken(block: TextBlock, at: int, what: str, near: str) -> Problem:
    number = min(block.at(at), len(block.sentences) - 1)
    place = block.sentences[number].place if block.sentences else None
    return problem(
        "broken-markup",
        f"Near “{' '.join(near.split())}” {what}.",
        "Close the mark, or remove it.",
        place,
    )
