"""What is left over from writing: notes to oneself, fields to fill in, broken markup.

In any language: what stands in brackets outside a quotation, a word in capitals with a colon,
marks of Markdown and HTML that print as they stand, and quotation marks that do not close.
"""

import re
from collections.abc import Iterator, Sequence

from advocacy.campaign.campaign import Stage
from advocacy.checks.codes import problem
from advocacy.checks.patterns import pattern
from advocacy.checks.sentences import TextBlock, quote_spans
from advocacy.errors import Place, Problem
from advocacy.letters.letter import Letter

_CAPITAL = "[A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜÑ]"
_NOTE = re.compile(
    rf"""
    \[\[ [^\]\n]{{0,80}} \]\]
  | \[ (?!\d+\]|[.…\s]+\]|\w\]|sic\]) [^\]\n]{{2,80}} \]
  | (?<!\w) X{{2,}} (?: [./:-] X{{2,}} )+
  | \b (?:TT|DD|JJ|dd) [./-] (?:MM|mm) [./-] (?:JJJJ|YYYY|AAAA|yyyy) \b
  | << [^<>\n]{{1,80}} >>
  | \{{ [A-Za-z_][\w. ]{{0,40}} \}}
  # A word in capitals and a colon: “CHECK:”.
  | (?<![\w-]) (?!(?:COVID|HTTPS?|URL|NOTA|PS|PPS)\b)
    {_CAPITAL}{{4,}} (?:\s{_CAPITAL}{{2,}}){{0,3}} \s? : (?=\s\S)
  | \b (?:À|A) \s (?:COMPLÉTER|VÉRIFIER|REMPLIR|FAIRE|CONFIRMER) \b
  | \b POR \s (?:COMPLETAR|CONFIRMAR|REVISAR|DEFINIR) \b
  | \b NOCH \s [A-ZÄÖÜ]{{4,}} \b
  | \b (?:PENDIENTE|EINFÜGEN|ERGÄNZEN|EINSETZEN|PRÜFEN|COMPLETAR|INSERTAR|CHECK \s THIS) \b
  | \( \s* (?:TODO|TK|TBD|FIXME|XX+|\?\?+) [^)\n]* \)
    """,
    re.VERBOSE,
)
_MARKUP = re.compile(
    r"""
    \*{1,3} (?=\S) | (?<=\S) \*{1,3} | (?<!\w) _{1,2} (?=[^\W_]) | (?<=[^\W_]) _{1,2} (?!\w) | ~~
  | \]\( [^)\n]* \)? | </?[a-zA-Z][a-zA-Z0-9]{0,9}(?:\s[^<>\n]*)?/?> | &(?:[a-z]{2,8}|\#\d{2,5});
  | ` | (?<![\w/])\#{1,6}\s(?=\w) | \{\{ | \}\} | \{% | %\} | \{\# | \#\}
    """,
    re.VERBOSE,
)


def leftover_problems(
    letter: Letter, blocks: Sequence[TextBlock], stage: Stage
) -> Iterator[Problem]:
    """Notes and broken markup in the body and the subject."""
    typed = "\n".join(letter.body.values)
    place = stage.place("subject")
    yield from note_problems(letter.subject, "the subject", place)
    for block in blocks:
        for sentence in block.sentences:
            yield from note_problems(sentence.text, "the letter", sentence.place, typed)
        yield from _markup(block, typed)


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
            f"`{found[0]}` is left in {where}: it would be printed as it stands.",
            "Write what belongs there, or take it out.",
            place,
        )


def _markup(block: TextBlock, typed: str) -> Iterator[Problem]:
    for found in _MARKUP.finditer(block.text):
        near = block.text[max(0, found.start() - 12) : found.end() + 12]
        if found[0] in typed or pattern("placeholder").search(near):
            continue
        yield _broken(block, found.start(), f"the mark `{found[0]}` is printed as it stands", near)
        return
    straight = [m.start() for m in re.finditer(r'(?<![\d″])"', block.text)]
    if len(straight) % 2 and '"' not in typed:
        near = block.text[max(0, straight[-1] - 12) : straight[-1] + 24]
        yield _broken(block, straight[-1], "a quotation mark has no partner", near)
    elif block.text.count("(") > block.text.count(")") and "(" not in typed:
        at = block.text.rfind("(")
        yield _broken(block, at, "a parenthesis does not close", block.text[at : at + 24])


def _broken(block: TextBlock, at: int, what: str, near: str) -> Problem:
    number = min(block.at(at), len(block.sentences) - 1)
    place = block.sentences[number].place if block.sentences else None
    return problem(
        "broken-markup",
        f"Near “{' '.join(near.split())}” {what}.",
        "Close the mark, or take it out; in a value that is meant so, it prints as typed.",
        place,
    )
