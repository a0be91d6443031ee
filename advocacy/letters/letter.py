"""Letters, and the gate that each must pass before it is printed or mailed.

A `Letter` is text with citations and metadata; a `CheckedLetter` is one whose every fact
holds on its date. Documents are made of checked letters alone, so that nothing unchecked
can be printed or mailed.
"""

from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import NoReturn

from advocacy.campaign.bills.positions import BillPosition
from advocacy.campaign.campaign import Cosigner, Precedent, Sender, Signatory
from advocacy.campaign.demand import Demand
from advocacy.campaign.facts import Fact
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.sources import Source
from advocacy.campaign.supporters import Supporter, Supporters
from advocacy.campaign.supporters.model import letter_file_name
from advocacy.errors import Hint, Place, Problem, has_errors
from advocacy.files.cache import IdentityCache
from advocacy.files.enclosed_pdf import EnclosedFile
from advocacy.files.pictures import Picture
from advocacy.templating.citation_marks import Prose
from advocacy.templating.typography import typeset


@dataclass(frozen=True, slots=True)
class CitedFact:
    """A fact in a citation, with the records it needs."""

    id: str
    fact: Fact
    source: Source
    via: Source | None = None


@dataclass(frozen=True, slots=True)
class Cite:
    """One citation mark in the text: a note with one or several facts."""

    facts: tuple[CitedFact, ...]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class PreviousSending:
    """What became of the letter before a reminder, for one person; no campaign file says this.

    `sent` is None where nobody looked. `day` is when it was sent, in the campaign's timezone, if
    that is known, and `variant` is the name of its subject's variant.
    """

    sent: bool | None = None
    day: date | None = None
    variant: str = ""


@dataclass(frozen=True, slots=True)
class PreviousLetter:
    """What a reminder may print of the letter before: day and subject, and the same as `texts`."""

    date: date | None
    subject: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person gets: text with citations, and what stands around it.

    Texts are in the letter's language. What it shares with others is in
    `letters.shared_content.SharedContent`.
    """

    id: str
    """The recipient's id, or `<supporter>--<addressee>`; unique in its stage."""
    campaign: str
    """The campaign's id."""
    title: str
    """The campaign's title."""
    stage: str
    """The stage's name in the campaign file."""
    date: date
    """The day that the letter is dated, in the campaign's timezone."""
    language: str
    """A language tag: `en-US`."""
    timezone: str
    """A name in the IANA database: `America/Los_Angeles`."""
    time: time
    """The time of day that its email and files are dated, there."""
    style: str
    """The citation style's id: `chicago-notes-bibliography`."""
    layout: str
    """The layout for paper: `letter` is `layouts/letter.html`."""
    subject: str
    recipient: Recipient
    inside_address: tuple[str, ...]
    """The lines of the recipient's address as they are printed, the name first."""
    salutation: str
    """The whole line: `Dear Mr. Smith:`."""
    close: str
    """The complimentary close: `Sincerely,`."""
    body: Prose
    """Markdown with a mark for each printed value and each citation; and the values."""
    cites: tuple[Cite, ...]
    """The citation of each mark in the body, in their order."""
    sender: Sender
    signatories: tuple[Signatory, ...]
    """Who signs: the sender's people, or the supporters who are named."""
    folder: Path
    """The campaign's folder, from which logo and signatures are named."""
    demand: Demand | None = None
    """The stage's demand, or the campaign's; None where the stage makes none."""
    precedents: tuple[Precedent, ...] = ()
    cosigners: tuple[Cosigner, ...] = ()
    enclosures: tuple[str, ...] = ()
    enclosed: tuple[EnclosedFile, ...] = ()
    """The enclosures that are files, with their titles."""
    cc: tuple[str, ...] = ()
    """Names for the cc line."""
    attach: tuple[str, ...] = ()
    """The formats that are attached to its email: `("pdf",)`."""
    variants: tuple[tuple[str, str], ...] = ()
    """The names of the variants that this letter has, by part: `(("subject", "a"),)`."""
    position: BillPosition | None = None
    """What the recipient is to the stage's bill; None where it is about none."""
    supporters: Supporters | None = None
    """The supporters who write it; None for the sender's own letters."""
    subscribed: bool = False
    """Whether it goes to subscribers, and so explains how to unsubscribe."""
    follows: PreviousSending = PreviousSending()
    """What became of the letter that this one follows."""
    previous: PreviousLetter | None = None
    """That letter; None where this one follows none."""
    cover: str = ""
    """The line above the email for an aide; empty where the recipient gets it."""
    dateline: str = ""
    """The date with the place before it; empty for the date alone."""
    delivery: str = ""
    """How it is delivered, printed above the address: `Einschreiben`."""
    reference_lines: tuple[tuple[str, str], ...] = ()
    """Labels and texts of reference lines: `(("Our ref:", "EX/26"),)`."""
    preview: str = ""
    """The preview text after the subject; empty for the first sentence of the body."""
    others: str = ""
    """The text for supporters who are not named: `and 1,240 others`."""
    pictures: tuple[Picture, ...] = ()
    """The pictures in the body, each once."""
    lines: tuple[Place, ...] = ()
    """The template lines that the marks of a traced body refer to; otherwise empty."""

    @property
    def file_name(self) -> str:
        """The name of its files, without an ending."""
        return letter_file_name(self.recipient, self.supporters)

    @property
    def supporter(self) -> Supporter | None:
        """The one supporter who writes it, if there is one."""
        return self.supporters.one if self.supporters else None

    @property
    def writer(self) -> tuple[str, ...]:
        """The lines above a supporter's own letter: name and address; empty without an address."""
        one = None if self.joint else self.supporter
        if one is None or not one.address:
            return ()
        return tuple(typeset(line, self.language) for line in (one.name, *one.address))

    @property
    def joint(self) -> bool:
        """Whether supporters sign it together; their names are then set in columns."""
        return self.supporters is not None and self.supporters.joint

    @property
    def facts(self) -> tuple[CitedFact, ...]:
        """The facts it cites, each once, in the order of their first citation."""
        return tuple({c.id: c for cite in self.cites for c in cite.facts}.values())


@dataclass(frozen=True, slots=True)
class CheckedLetter:
    """A letter that passed `check`, or a `draft`: the only things that documents are made of.

    A draft's documents say on each page that they are one.
    """

    letter: Letter
    _passed: object
    draft: bool = False

    def __post_init__(self) -> None:
        if self._passed is not _PASSED:
            raise TypeError("only check and make_draft create a CheckedLetter")

    def __reduce__(self) -> NoReturn:
        # What was checked elsewhere could be anything by now: send the letter and check it there.
        raise TypeError("a CheckedLetter cannot be pickled, copied, or sent; send its letter")


_PASSED = object()


def make_draft(letter: Letter) -> CheckedLetter:
    """A letter as a draft, whatever is wrong with it; what is made of it is never sent."""
    return CheckedLetter(letter, _PASSED, draft=True)


def check(
    letter: Letter, campaign: Campaign, day: date | None = None
) -> tuple[CheckedLetter | None, list[Problem]]:
    """Whether the letter may go out on that day (default: its own date).

    Returns the checked letter, or None with the errors: the stage's window must cover the
    day, every fact that the letter cites must hold on it, and every source be published.
    """
    day = day or letter.date
    problems = _checks.get(
        (letter.cites, campaign),
        (letter.stage, letter.language, letter.date, day),
        lambda: _problems(letter, campaign, day),
    )
    if has_errors(problems):
        return None, list(problems)
    return CheckedLetter(letter, _PASSED), list(problems)


# Letters with the same citations are right or wrong together.
_checks: IdentityCache[tuple[Problem, ...]] = IdentityCache(64)


def _problems(letter: Letter, campaign: Campaign, day: date) -> tuple[Problem, ...]:
    problems = [*_window(letter, campaign, day)]
    for cite in letter.cites:
        for cited in cite.facts:
            problems += _stale(cited, cite.place, letter, campaign, day)
    return tuple(dict.fromkeys(problems))


def _window(letter: Letter, campaign: Campaign, day: date) -> list[Problem]:
    stage = campaign.file.stages[letter.stage]
    if stage.covers(day):
        return []
    nearest = stage.days.nearest(day)
    return [
        Problem(
            "outside-window",
            f"{_dated(letter, day)} is outside the days of the stage `{letter.stage}`: "
            f"{stage.days.text()}.",
            _what_fits(letter, campaign, day, nearest=str(nearest)),
            stage.place("until" if stage.until and day > stage.until else "from"),
        )
    ]


def _stale(
    cited: CitedFact, place: Place | None, letter: Letter, campaign: Campaign, day: date
) -> list[Problem]:
    fact, problems = cited.fact, []
    statement = fact.statement.get(letter.language) or ""
    says = f"The letter cites `{cited.id}` (“{statement}”)"
    state = fact.state(day)
    if state == "not yet":
        problems.append(
            Problem(
                "fact-not-yet",
                f"{says}, which is true from {fact.from_}, but the letter {_is_of(letter, day)}.",
                _what_fits(letter, campaign, day),
                place,
            )
        )
    elif state in ("ended", "superseded"):
        lead = ""
        new = campaign.facts.get(fact.superseded_by) if fact.superseded_by else None
        if new is not None:
            replaced = new.statement.get(letter.language) or ""
            lead = f"It was replaced by `{fact.superseded_by}`: “{replaced}” "
        problems.append(
            Problem(
                "fact-ended",
                f"{says}, which was true until {fact.until}, but the letter {_is_of(letter, day)}.",
                _what_fits(letter, campaign, day, lead),
                place,
            )
        )
    problems += [
        Problem(
            "source-too-new",
            f"{_dated(letter, day, 'The')} cites `{cited.id}` from `{source.id}`, "
            f"published {source.issued}, after that date.",
            "Cite an earlier source, or give the letter a later date.",
            place,
        )
        for source in (cited.source, cited.via)
        if source is not None and not source.published_by(day)
    ]
    return problems


def _is_of(letter: Letter, day: date) -> str:
    return f"is dated {day}" if day == letter.date else f"would be sent on {day}"


def _dated(letter: Letter, day: date, article: str = "A") -> str:
    if day == letter.date:
        return f"{article} letter dated {day}"
    return f"{article} letter dated {letter.date} that is sent on {day}"


def _what_fits(
    letter: Letter, campaign: Campaign, day: date, lead: str = "", nearest: str = ""
) -> Hint:
    """The hint that names the stages that fit the day; `lead` stands before it.

    `nearest` is the nearest day of the letter's own stage, if the stage does not cover the day.
    """
    names = [name for name in campaign.stages_on(day) if name != letter.stage]
    if nearest and not names:
        return Hint("day-of-stage", day=nearest, stage=letter.stage)
    kind = "other-stage" if names else "no-other-stage"
    return Hint(kind, names, day=str(day), lead=lead, nearest=nearest)
