"""The rules by which clauses need a source, or none, in each language (`clause_rules.toml`)."""

import re
from dataclasses import dataclass
from functools import lru_cache

from advocacy.checks.agreement.reading import Reading, read
from advocacy.checks.language import LANGUAGES, language_of
from advocacy.resources import read_table

FEW = 10
"""A number up to this that counts the letter's own things is no claim: “three steps”."""
# Clauses are judged each by itself: what follows “although” is no wish of the sender's.
_CLAUSES = re.compile(
    r"[;:]\s+|\s[–—]\s|,\s+(?=(?:even\s+though|even\s+if|although|though|while|whereas|because|since|now\s+that"
    r"|given\s+that|auch\s+wenn|obwohl|obgleich|weil|zumal|während|wobei|nachdem|denn|même\s+si|alors\s+qu|bien\s+qu"
    r"|puisqu|car\b|tandis\s+qu|d'autant|aunque|porque|mientras|ya\s+que|si\s+bien|pese\s+a|a\s+pesar|pues\b)\b)",
    re.IGNORECASE,
)
_OWN_THINGS = re.compile(
    r"(?:step|question|ask|request|point|reason|thing|way|word|letter|measure|demand|page|proposal|wish"
    r"|schritt|frage|bitte|punkt|grund|gründ|ding|wort|brief|maßnahm|forderung|seite|vorschl|wunsch|wünsch"
    r"|étape|question|demande|point|raison|chose|mot|lettre|mesure|page|propos|pas|annonce"
    r"|paso|pregunta|petici|punto|raz|cosa|palabra|carta|medida|págin|propuest|exigenc)",
)
# “These two evenings” were named before.
_NAMED_BEFORE = re.compile(
    r"\b(?:these|those|our|diese[rn]?|jene[rn]?|unsere[rn]?|ces|nos|est[oa]s|es[oa]s|nuestr[oa]s)\s+$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: a pattern, and two sentences that show what it is for."""

    kind: str
    language: str
    says: str
    written: str
    example: str
    counter: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern, made when it is first asked for: a letter needs those of its language."""
        return _compiled(self.written)


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """All rules in the order of their file."""
    return tuple(
        Rule(
            one["kind"],
            one["language"],
            one["says"],
            one["pattern"],
            one["example"],
            one["counter"],
        )
        for one in read_table("checks/claims/clause_rules.toml")["rule"]
    )


@lru_cache(maxsize=256)
def _compiled(written: str) -> re.Pattern[str]:
    return re.compile(written, re.IGNORECASE)


@lru_cache(maxsize=8)
def _of(language: str, kind: str) -> tuple[Rule, ...]:
    return tuple(rule for rule in rules() if rule.language == language and rule.kind == kind)


_SHARE_OF_THEM = "how many of them"


def strong_claim(text: str, language: str) -> str | None:
    """What needs a source wherever it stands: hearsay, a deed in thanks, a claim in a question."""
    main = language.split("-")[0]
    found = _found(text, main, "strong")
    if found and found.startswith(_SHARE_OF_THEM) and is_own(text, main):
        return None  # how many of the sender's own members
    return found


def rule_claim(text: str, language: str) -> str | None:
    """What in a sentence needs a source, by the rules and its numbers; None where nothing does."""
    main = language.split("-")[0]
    reading = read(text, language)
    if main not in LANGUAGES or reading is None:
        return None
    flat = reading.outside
    if found := _found(flat, main, "strong"):
        return found
    if re.search(r"\?[\"'”’»)]*$", flat.strip()):
        return None
    for clause in _CLAUSES.split(flat):
        if is_own(clause.strip(" ,"), main) or reading.language.finds("opinions", clause):
            continue
        if found := _number(reading, clause) or _found(clause, main, "claim"):
            return found
    return None


def without_contact(text: str, language: str) -> str:
    """A text without phone numbers, hours and addresses, which are no figures of a claim."""
    main = language.split("-")[0]
    if known := language_of(main):
        text = known.patterns["addresses"].sub(" ", text)
    for rule in _of(main, "contact"):
        text = rule.pattern.sub(" ", text)
    return text


def clause_claim(text: str, language: str) -> str | None:
    """What a clause states that is not the sender's own, by the rules alone."""
    main = language.split("-")[0]
    for clause in _CLAUSES.split(text):
        clause = clause.strip(" ,")
        if not is_own(clause, main) and (found := _found(clause, main, "claim")):
            return found
    return None


def is_own(clause: str, language: str) -> bool:
    """Whether a clause speaks of the sender, asks, offers, thanks or gives an opinion."""
    return any(rule.pattern.match(clause) for rule in _of(language.split("-")[0], "own"))


def _found(text: str, language: str, kind: str) -> str | None:
    for rule in _of(language, kind):
        if match := rule.pattern.search(text):
            words = match["what"] if "what" in rule.pattern.groupindex else match[0]
            return f"{rule.says} (“{' '.join(words.split()[:10])}”)"
    return None


def _number(reading: Reading, clause: str) -> str | None:
    """A quantity or a day of a clause, but for what counts the letter's own things."""
    begin = reading.outside.find(clause)
    end = begin + len(clause)
    for quantity in reading.own_quantities:
        if not begin <= quantity.start < end:
            continue
        counted = quantity.kind == "count" and not quantity.unit
        named = _OWN_THINGS.match(quantity.noun) or _NAMED_BEFORE.search(
            reading.outside[: quantity.start]
        )
        if counted and quantity.low <= FEW and (not quantity.noun or named or quantity.low < 2):
            continue
        return f"a figure (“{quantity.words}”)"
    for day in reading.own_days:
        if begin <= day.start < end:
            return f"a date (“{day.words}”)"
    return None


def has_rules(language: str) -> bool:
    """Whether there are rules for a language."""
    return language_of(language) is not None
