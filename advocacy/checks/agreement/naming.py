"""Who is named as the speaker beside a quotation without a verb of saying in its own sentence.

“Clean Bay is right. It said: …”; “…” So wrote Clean Bay; a heading “What Clean Bay says” above a
block quotation; “Clean Bay's words, …”, “the view of Clean Bay (…)”.
"""

import re
from collections.abc import Sequence

from advocacy.checks.agreement.names import name_parts
from advocacy.checks.agreement.speakers import SHORT, Attribution, attributions
from advocacy.checks.language import CAPITAL, Language
from advocacy.checks.sentences import Sentence, TextBlock

_NAME = (
    r"(?:(?:[Tt]he|[Dd](?:er|ie|as|es|em|en)|[Ll][ae]s?|[Ee]l|[Ll]os)\s+)?"
    r"(?!(?:In|To|By|As|With|What|Was|Ce|Lo|Mit|Nach|En|Con|Selon|Según|Sie|It|She|He|They)\b)"
    rf"{CAPITAL}(?:\s+{CAPITAL}){{0,4}}"
)
_END = r"\s*[,(:]?\s*[\"“„«»‘‚(]*\s*$"
_WORDS = r"(?:words?|views?|opinions?|statements?|answers?|promises?|phrase)"
_BESIDE = tuple(
    re.compile(written + _END)
    for written in (
        rf"\b{_WORDS}\s+of\s+(?P<name>{_NAME})",
        rf"(?P<name>{_NAME})(?:'s|s')\s+(?:own\s+)?{_WORDS}",
        rf"\b(?:Worten?|Ansicht|Meinung|Antwort|Aussage)\s+(?:von\s+|der\s+|des\s+)(?P<name>{_NAME})",
        rf"\b(?:mots|paroles|avis|réponse|déclaration)\s+(?:de\s+la\s+|de\s+l'|de\s+|du\s+|d')(?P<name>{_NAME})",
        rf"\b(?:palabras|opinión|respuesta|declaración)\s+(?:de\s+la\s+|del\s+|de\s+)(?P<name>{_NAME})",
    )
)
_PRONOUN = re.compile(
    r"\W*(?:It|She|He|They|Sie|Er|Es|Elle|Il|Elles|Ils|Ella|Él|Ellas|Ellos)\s+(?P<rest>\S+(?:\s+\S+){0,3})"
)
_BEGINS = re.compile(rf"\W*(?P<name>{_NAME})\s+[a-zäöüàéèê]")
_SO = re.compile(r"\W*(?:So|Thus|Ainsi|Así)\s+(?=\w)")
_SHE = re.compile(r"\W*Sie\s+\w+(?<!n)\s*[:,„“»]")


def named_beside(
    lead: str, before: Sentence | None, after: Sentence | None, language: Language
) -> list[Attribution]:
    """Whom the words before a quotation, or a sentence beside it, name as its speaker."""
    for pattern in _BESIDE:
        if found := pattern.search(lead):
            return [_by_name(found["name"])]
    pronoun = _PRONOUN.match(lead)
    if pronoun and before is not None and language.finds("says", pronoun["rest"]):
        subject = _BEGINS.match(before.text.replace("’", "'"))
        return [_by_name(subject["name"])] if subject else []
    if after is not None and _SO.match(after.text) and len(after.text.split()) <= SHORT:
        return attributions(_SO.sub("", after.text, count=1), language)
    return []


def says_she(lead: str, language: Language) -> bool:
    """Whether “Sie sagte” leads to a quotation: she, and not the reader, by the verb."""
    return language.code == "de" and _SHE.match(lead) is not None


def heading_above(blocks: Sequence[TextBlock], number: int) -> str:
    """The heading directly above a block quotation."""
    above = blocks[number - 1] if number and blocks[number].kind == "quote" else None
    return above.text.replace("’", "'") if above is not None and above.kind == "heading" else ""


def _by_name(name: str) -> Attribution:
    return Attribution(name, name_parts(name), you=False, we=False)
