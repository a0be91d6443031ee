"""Describe the state of a campaign's facts on a day, their uses and sources."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from advocacy.authoring.facts.uses import Use, fact_uses
from advocacy.campaign.facts import Fact, FactState
from advocacy.campaign.loading import Campaign
from advocacy.campaign.sources import Source


@dataclass(frozen=True, slots=True)
class FactStanding:
    """A fact on a day. `due` says that nobody has looked at its source for too long."""

    id: str
    fact: Fact
    statement: str
    state: FactState
    due: bool
    source: Source | None
    via: Source | None
    uses: tuple[Use, ...]

    @property
    def label(self) -> str:
        """The state in words: `holds`, `not yet`, `ended`, `superseded by microsoft-ban`."""
        state = self.state
        if state == "superseded":
            return f"superseded by {self.fact.superseded_by}"
        return f"{state}, due for recheck" if self.due and state == "holds" else state

    @property
    def days(self) -> str:
        """The days on which it holds: `2020-06-10 to 2021-05-17`, `from 2020-06-11`."""
        return self.fact.days.text()

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages that rely on it, in their order."""
        return tuple(dict.fromkeys(use.stage for use in self.uses))

    def cited(self) -> str:
        """`call call-to-follow.md:18; keep keep-the-promise.md:3`, or empty."""
        by_stage: dict[str, list[str]] = {}
        for use in self.uses:
            by_stage.setdefault(use.stage, []).append(use.short)
        return "; ".join(f"{stage} {', '.join(lines)}" for stage, lines in by_stage.items())

    @property
    def speaker(self) -> str:
        """Who says the quoted words: `Jane Roe (Widget Works)`, `Widget Works, as reported`."""
        if self.fact.speaker is None:
            return ""
        how = ", as reported" if self.fact.speech == "reported" else ""
        return self.fact.speaker.label + how

    def record(self) -> dict[str, Any]:
        """The same for programs."""
        fact = self.fact
        return {
            "id": self.id,
            "statement": self.statement,
            "state": self.state,
            "due_for_recheck": self.due,
            "superseded_by": fact.superseded_by,
            "from": _day(fact.from_),
            "until": _day(fact.until),
            "checked": _day(fact.checked),
            "source": fact.source,
            "source_title": self.source.title if self.source else None,
            "via": fact.via,
            "speaker": fact.speaker.label if fact.speaker else None,
            "speech": fact.speech if fact.quote else None,
            "place": str(fact.place()) if fact.place() else None,
            "cited": [{"stage": use.stage, **use.record()} for use in self.uses],
        }


def standings(campaign: Campaign, day: date | None = None) -> tuple[FactStanding, ...]:
    """Describe every fact of the campaign's files on a day (default: the letters' date)."""
    day = campaign.letter_date(day)
    uses: dict[str, list[Use]] = {}
    for use in fact_uses(campaign):
        uses.setdefault(use.fact, []).append(use)
    language, after = campaign.file.language, campaign.file.recheck_after
    return tuple(
        FactStanding(
            id=name,
            fact=fact,
            statement=fact.statement.get(language) or str(fact.statement),
            state=fact.state(day),
            due=fact.recheck_due(day, after),
            source=campaign.sources.get(fact.source),
            via=campaign.sources.get(fact.via) if fact.via else None,
            uses=tuple(uses.get(name, ())),
        )
        for name, fact in campaign.facts.items()
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
