"""Bills: what a legislature has before it, as values; every part knows its days.

A bill file states what was known on the day `as_of`. All days are days at the seat of the
legislature, both ends included.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import Field

from advocacy.campaign.days import Days
from advocacy.campaign.field_types import Day, FileName, Slug
from advocacy.errors import Place, did_you_mean
from advocacy.files.yaml.reading import Located

Chamber = Literal["house", "senate", "legislature", "upper", "lower"]
"""A chamber. `house` and `senate` are those of Congress, `upper` and `lower` those of a state;
`legislature` is the one chamber of Nebraska."""

EventKind = Literal[
    "introduced", "referred", "reported", "discharged", "hearing", "markup",
    "passed", "failed", "received", "held", "presented",
    "enacted", "vetoed", "overridden", "sustained", "withdrawn",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class BillMember:
    """A lawmaker as a bill file names them; `id` is a Bioguide or Open States id, or empty."""

    id: str
    name: str
    chamber: Chamber | None = None
    party: str = ""
    state: str = ""
    district: str = ""


@dataclass(frozen=True, slots=True)
class Sponsorship:
    """A cosponsor, with the days of joining and withdrawing; None where no day is known."""

    member: BillMember
    joined: date | None = None
    withdrawn: date | None = None
    original: bool = False

    def covers(self, day: date) -> bool:
        """Whether the member is a cosponsor on that day; the day of withdrawing is none."""
        joined = self.joined is None or self.joined <= day
        return joined and (self.withdrawn is None or day < self.withdrawn)


@dataclass(frozen=True, slots=True)
class Referral:
    """A full committee that a bill was referred to, until it reported or was discharged."""

    code: str
    name: str
    chamber: Chamber | None
    referred: date
    ended: date | None = None

    def is_open(self, day: date) -> bool:
        """Whether the committee has the bill before it on that day."""
        return self.referred <= day and (self.ended is None or day < self.ended)


@dataclass(frozen=True, slots=True)
class BillEvent:
    """Something that happened to a bill; `text` is the record's own wording."""

    day: date
    kind: EventKind
    chamber: Chamber | None
    text: str


@dataclass(frozen=True, slots=True)
class RelatedBill:
    """Another bill of the same session; `identical` if the record calls it that."""

    id: str
    number: str
    chamber: Chamber | None
    identical: bool


@dataclass(frozen=True, slots=True)
class RollCall:
    """A recorded vote on a bill."""

    chamber: Chamber
    day: date
    number: int
    url: str


VoteCast = Literal["yea", "nay", "present", "not voting"]


@dataclass(frozen=True, slots=True)
class BillVote:
    """How members of a chamber voted on the passage of a bill.

    `casts` has a member's vote by what the record calls the member, in lowercase: a Bioguide id
    in the House, a LIS id in the Senate, an id or a name in a table.
    """

    bill: str
    chamber: Chamber
    day: date
    casts: Mapping[str, VoteCast]


class VoteFile(Located):
    """A table of votes on the passage of a bill (CSV or XLSX).

    Its columns are `id` or `name`, as in your list of recipients, and `vote`: yea, nay, present,
    or not voting.
    """

    file: FileName = Field(description="The table.")
    bill: Slug = Field(description="The id of the bill.")
    chamber: Chamber = Field(description="The chamber that voted.")
    day: Day = Field(description="The day of the vote.")


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill or resolution: its texts, its people, and what happened to it, in order of days.

    `number` is as people write it (`S. 3779`). `session` is a Congress (`119`) or a session of a
    state's legislature. `last_day` is the last day on which the bill can become law; None where
    nobody has said. `official` says whether the list of cosponsors comes from the legislature, so
    that who is not on it is no cosponsor. `votes` come from files of their own (`bills.votes`).
    """

    id: str
    legislature: str
    session: str
    number: str
    title: str
    origin: Chamber | None
    as_of: date
    introduced: date | None = None
    short_title: str = ""
    sponsors: tuple[BillMember, ...] = ()
    cosponsors: tuple[Sponsorship, ...] = ()
    referrals: tuple[Referral, ...] = ()
    events: tuple[BillEvent, ...] = ()
    related: tuple[RelatedBill, ...] = ()
    roll_calls: tuple[RollCall, ...] = ()
    votes: tuple[BillVote, ...] = ()
    law: str = ""
    last_day: date | None = None
    url: str = ""
    official: bool = True
    place: Place | None = None

    @property
    def name(self) -> str:
        """What letters call it: `S. 3779, ICE Out of Our Faces Act`."""
        return f"{self.number}, {self.short_title}" if self.short_title else self.number


Bills = Mapping[str, Bill]
"""Bills by id, in the order of their files."""


def bill_id(legislature: str, session: str, number: str) -> str:
    """The id of a bill: `us-119-s3779` for S. 3779 of the 119th Congress."""
    return f"{legislature}-{session}-{plain_number(number)}".casefold().replace(" ", "-")


def plain_number(number: str) -> str:
    """A bill's number without stops and spaces: `s3779` for `S. 3779`."""
    return "".join(one for one in number.casefold() if one.isalnum())


def another_bill_hint(wanted: str, bills: Iterable[str], cure: str) -> str:
    """A hint for a bill id that a campaign does not have, from the ids that it has.

    Each Congress or session counts from 1, so a bill of the same number is no slip of the pen.
    """
    known = list(bills)
    number = wanted.rpartition("-")[2]
    same = next((one for one in known if one.rpartition("-")[2] == number), None)
    if same is None:
        return did_you_mean(wanted, known, cure)
    return f"`{same}` is a bill of another session or legislature that has the same number. {cure}"


def ordinal(number: int) -> str:
    """A number as an English ordinal: `117th`, `2nd`."""
    teens = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def congress_days(number: int) -> Days:
    """The first and last day of a Congress.

    A Congress begins at noon on January 3 of an odd year (Twentieth Amendment, section 1), so the
    last whole day of the one before it is January 2. The 1st began in 1789. Bills live through
    both of its sessions.
    """
    year = 1787 + 2 * number
    return Days(date(year, 1, 3), date(year + 2, 1, 2))
