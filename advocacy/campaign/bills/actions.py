"""What an action in a bill's record means: rules as data, read from `actions.toml`."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from advocacy.campaign.bills.model import Chamber, EventKind
from advocacy.resources import read_table

TABLE = "campaign/bills/actions.toml"
_CHAMBERS: dict[str, Chamber] = {"house": "house", "senate": "senate"}


@dataclass(frozen=True, slots=True)
class ActionRule:
    """One rule: the event that actions with these codes, or with such a text, are."""

    event: EventKind
    codes: frozenset[str]
    pattern: re.Pattern[str]
    example: str
    counter: str


@lru_cache(maxsize=1)
def action_rules() -> tuple[ActionRule, ...]:
    """All rules, in the order of their file."""
    return tuple(
        ActionRule(
            rule["event"],
            frozenset(rule.get("codes", ())),
            re.compile(rule["pattern"], re.IGNORECASE),
            rule["example"],
            rule["counter"],
        )
        for rule in read_table(TABLE)["rule"]
    )


def classify_action(text: str, code: str = "") -> tuple[EventKind, Chamber | None] | None:
    """The kind of event that an action is, and the chamber that its text names.

    None for an action that changes nothing about what can be asked of a lawmaker: a debate, an
    amendment, a procedural vote.
    """
    for rule in action_rules():
        if code in rule.codes:
            return rule.event, _named_chamber(rule.pattern.match(text))
    for rule in action_rules():
        if found := rule.pattern.match(text):
            return rule.event, _named_chamber(found)
    return None


def _named_chamber(found: re.Match[str] | None) -> Chamber | None:
    names = [name for name in found.groupdict().values() if name] if found else []
    return _CHAMBERS[names[0].casefold()] if names else None


@lru_cache(maxsize=1)
def openstates_events() -> dict[str, EventKind]:
    """The kind of event of each classification that Open States gives an action."""
    return cast("dict[str, EventKind]", read_table(TABLE)["openstates"])
