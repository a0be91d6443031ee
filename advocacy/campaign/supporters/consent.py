"""Whether a supporter's consent to a letter in their name is given, and can be shown.

A letter about politics in somebody's name reveals a political opinion. In the European Union,
Regulation (EU) 2016/679 (GDPR) forbids to process such data, unless the person has given explicit
consent to it for a specified purpose (article 9(2)(a)), and whoever relies on consent must be able
to demonstrate it (article 7(1)): when it was given, and to which words. The regulation is law in
Iceland, Liechtenstein, and Norway by the EEA agreement, and in the United Kingdom as the UK GDPR,
whose articles have the same numbers.
"""

from datetime import date

from advocacy.campaign.campaign import SupporterRules
from advocacy.campaign.recipients import Recipient

YES = "yes"
GDPR_COUNTRIES = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK "
    "IS LI NO GB".split()
)


def answer(row: Recipient, rules: SupporterRules) -> str:
    """What a row says in the column of consent; `yes` alone is consent."""
    return row.text_of(rules.consent).strip().casefold()


def missing_proof(
    row: Recipient, rules: SupporterRules, day: date, home: str | None
) -> tuple[str, ...]:
    """The columns that a row must fill in before a letter of that day is written in its name.

    They are the day of the consent, not after `day`, and its words. `home` is where people
    live whose row has no country. Empty outside the countries of the GDPR.
    """
    if (row.country or home) not in GDPR_COUNTRIES:
        return ()
    missing = []
    if not _was_given(row.text_of(rules.consent_on), day):
        missing.append(rules.consent_on)
    if not row.text_of(rules.consent_text).strip():
        missing.append(rules.consent_text)
    return tuple(missing)


def _was_given(text: str, day: date) -> bool:
    try:
        return date.fromisoformat(text.strip()[:10]) <= day
    except ValueError:
        return False
