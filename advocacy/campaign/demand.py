"""What a campaign or a stage asks for, and the letter that a reminder follows."""

import datetime as dt

from pydantic import Field, PrivateAttr

from advocacy.campaign.field_types import Day, Slug, Span
from advocacy.campaign.languages import LocalLine, LocalText
from advocacy.errors import Place
from advocacy.files.yaml.reading import Located


class Demand(Located):
    """What the campaign asks for, and the deadline."""

    summary: LocalLine = Field(description="The demand in one line.")
    asks: tuple[LocalText, ...] = Field((), description="What is asked for, one sentence per item.")
    reply_by: Span | Day | None = Field(
        None, description="The deadline: a date, or a span after the letter's date (`14 days`)."
    )

    _records: "tuple[Located, ...]" = PrivateAttr(default=())

    def deadline(self, letter_date: dt.date) -> dt.date | None:
        """The day by which a letter of that date asks for an answer."""
        if isinstance(self.reply_by, dt.timedelta):
            # A window may end on 9999-12-31, “never”; the calendar ends there too.
            return letter_date + min(self.reply_by, dt.date.max - letter_date)
        return self.reply_by

    def place(self, *keys: str | int) -> Place | None:
        """Where a value stands, also one that a stage takes from the campaign."""
        for record in self._records:
            if keys and record.has(str(keys[0])):
                return record.place(*keys)
        return self._records[0].place(*keys) if self._records else super().place(*keys)


class StageDemand(Located):
    """What one letter asks for. The rest is as in the campaign's demand."""

    summary: LocalLine | None = Field(None, description="The demand in one line.")
    asks: tuple[LocalText, ...] = Field((), description="What is asked for, one sentence per item.")
    reply_by: Span | Day | None = Field(
        None, description="The deadline: a date, or a span after the letter's date (`14 days`)."
    )


def inherited_demand(own: StageDemand, whole: Demand) -> Demand:
    """A stage's demand with the campaign's in all that it does not say."""
    taken = {name: getattr(own if own.has(name) else whole, name) for name in Demand.model_fields}
    demand = Demand.model_construct(
        {name for name in taken if own.has(name) or whole.has(name)}, **taken
    )
    demand._records = (own, whole)
    return demand


class Follows(Located):
    """The letter that a reminder is about."""

    stage: Slug = Field(description="The stage of the earlier letter.")
    date: Day | None = Field(
        None,
        description="The date of that letter. Default: the only day of that stage’s window, or the "
        "day on which `send` sent each person that letter.",
    )

    def day(self, first: dt.date | None, last: dt.date | None) -> dt.date | None:
        """The date of the earlier letter, whose stage has these first and last days."""
        return self.date or (first if first is not None and first == last else None)
