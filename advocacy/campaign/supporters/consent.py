"""Whether a supporter's consent to a letter in their name is given, and can be shown.

A letter about politics in somebody's name reveals a political opinion. In the European Union,
Regulation (EU) 2016/679 (GDPR) forbids to process such data, unless the person has given explicit
consent to it for a specified purpose (article 9(2)(a)), and whoever relies on consent must be able
to demonstrate it (article 7(1)): when it was given, and to which words. The regulation is law in
Iceland, Liechtenstein, and Norway by the EEA agreement, and in the United Kingdom as the UK GDPR,
whose articles have the same numbers.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from advocacy.campaign.campaign_rules import SupporterRules
from advocacy.campaign.recipients import Recipient
from advocacy.errors import Place

YES = "yes"
GDPR_COUNTRIES = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK "
    "IS LI NO GB".split()
)


LINES_SHOWN = 5


@dataclass(slots=True)
class SupporterTally:
    """Rows that were left out; `notes` reports them together when the list has been read."""

    agreed: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    held: list[int] = field(default_factory=list)
    held_count: int = 0
    unproven: Counter[str] = field(default_factory=Counter)
    unproven_count: int = 0
    unproven_at: Place | None = None
    targetless: Place | None = None
    targetless_count: int = 0

    def hold(self, place: Place | None) -> None:
        """Count a row whose own words nobody has approved."""
        self.held_count += 1
        if len(self.held) < LINES_SHOWN and place and place.line:
            self.held.append(place.line)

    def without_proof(self, columns: Sequence[str], place: Place | None) -> None:
        """Count a row whose consent cannot be shown, since these columns are not filled in."""
        self.unproven_count += 1
        self.unproven.update(columns)
        self.unproven_at = self.unproven_at or place

    def without_target(self, place: Place | None) -> None:
        """Count a row whose supporter has nobody to write to."""
        self.targetless_count += 1
        self.targetless = self.targetless or place


def agreeing(
    rows: Iterable[Recipient],
    rules: SupporterRules,
    day: date,
    home: str | None,
    tally: SupporterTally,
    excluded: frozenset[str],
) -> Iterator[Recipient]:
    """Those who consented to a letter of that day; all others are counted, or `excluded`."""
    for row in rows:
        said = row.text_of(rules.consent).strip().casefold()
        if said != YES:
            tally.refused[said if len(tally.refused) < 1000 else "…"] += 1
            continue
        tally.agreed += 1
        missing = missing_proof(row, rules, day, home)
        if missing:
            tally.without_proof(missing, row.place())
        elif not row.goes_by(excluded) and (row.email or "").casefold() not in excluded:
            yield row


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
