"""Which stage's letter a recipient gets, and which variant of it.

A stage is chosen by its window, its `to` and who signs its letters. Variants are there to learn
which wording works; each is reviewed like any letter. They are not a means to make bulk mail look
less like bulk mail: do not use them to get past filters.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

from advocacy.campaign.bills.model import Bill
from advocacy.campaign.bills.positions import BillPosition, bill_for, position_on
from advocacy.campaign.bills.states import bill_state, chamber_name, describe_state
from advocacy.campaign.campaign import Stage
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.set_phrases import SetPhrases, read_set_phrases
from advocacy.errors import Hint, Level, Problem, did_you_mean
from advocacy.files.cache import IdentityCache


def stage_for(
    campaign: Campaign,
    recipient: Recipient,
    day: date,
    wanted: str | None = None,
    *,
    by_supporters: bool = False,
) -> tuple[str | None, list[Problem]]:
    """The stage whose letter a recipient gets on a day; `wanted` overrides the windows.

    `by_supporters`: the letter is one of supporters, for which there may be stages of their own.
    Of several stages that are open that day, the first whose `to:` matches is taken, `everyone
    else` after all others; a stage without `to:` is for those whom no other names. Returns no name
    and no problem where the wanted stage is not for this recipient.
    """
    stages = campaign.file.stages
    signed = stages_signed(campaign, by_supporters=by_supporters)
    if (wanted or next(iter(signed), None)) not in signed:
        return None, [_wrong_signer(campaign, wanted or next(iter(stages)), by_supporters)]
    if wanted is not None:
        return next(_stages_for(campaign, [wanted], recipient, day), None), []
    fitting = list(_stages_for(campaign, _open_stages(campaign, day, signed), recipient, day))
    if named := [name for name in fitting if stages[name].to]:
        # The order of the file decides, and who is named comes before everyone else.
        fitting = [min(named, key=lambda name: "everyone else" in stages[name].to)]
    if len(fitting) == 1:
        return fitting[0], []
    elsewhere = _bill_elsewhere(campaign, recipient, day, signed)
    if elsewhere is not None:
        return None, [elsewhere]
    who = recipient.called
    if fitting:
        names = " and ".join(f"`{name}`" for name in fitting)
        problem = Problem(
            "several-stages",
            f"Several stages cover {day} for {who}: {names}.",
            f"Choose a stage: `--stage {fitting[0]}`.",
            stages[fitting[1]].place(),
        )
    else:
        mine = list(_stages_for(campaign, signed, recipient, day))
        problem = _no_stage(campaign, recipient, day, mine)
    return None, [problem]


# Saves 2 microseconds a letter for each stage whose window does not cover the day.
_open: IdentityCache[tuple[str, ...]] = IdentityCache(16)


def _open_stages(campaign: Campaign, day: date, names: Sequence[str]) -> tuple[str, ...]:
    """Those of the stages whose windows cover a day."""
    stages = campaign.file.stages
    return _open.get(
        (campaign,),
        (day, *names),
        lambda: tuple(name for name in names if stages[name].covers(day)),
    )


def is_addressed(campaign: Campaign, stage: Stage, recipient: Recipient, day: date) -> bool:
    """Whether a stage's letters are for a recipient on a day, by `to:` and the bill alone.

    A stage about a bill is for nobody in a chamber that has neither this bill nor a related one of
    the campaign.
    """
    return _is_for(stage, recipient, bill_position(campaign, stage, recipient, day))


def _stages_for(
    campaign: Campaign, names: Iterable[str], recipient: Recipient, day: date
) -> Iterator[str]:
    """The stages that are for a recipient; what they are to a bill is worked out once."""
    positions: dict[str | None, BillPosition | None] = {None: None}
    for name in names:
        stage = campaign.file.stages[name]
        if stage.bill not in positions:
            positions[stage.bill] = bill_position(campaign, stage, recipient, day)
        if _is_for(stage, recipient, positions[stage.bill]):
            yield name


def _is_for(stage: Stage, recipient: Recipient, position: BillPosition | None) -> bool:
    if stage.bill is not None and position is None:
        return False
    if stage.is_for(recipient):
        return True
    return position is not None and (
        "everyone else" in stage.to or any(name in stage.to for name in position.names)
    )


# A letter's stage is chosen by it, and a moment later its text: saves one of the two.
_positions: IdentityCache[BillPosition | None] = IdentityCache(1024)


def bill_position(
    campaign: Campaign, stage: Stage, recipient: Recipient, day: date
) -> BillPosition | None:
    """What a recipient is to the stage's bill on a day, or to the related one of their chamber.

    None for a stage about no bill, and for a recipient whose chamber has no such bill.
    """
    bill = campaign.bills.get(stage.bill or "")
    if bill is None:
        return None

    def find() -> BillPosition | None:
        person = recipient.people[0]
        about = bill_for(bill, campaign.bills, person, day)
        return position_on(about, person, day, stage.position) if about is not None else None

    return _positions.get((campaign, recipient), (bill.id, day, stage.position), find)


def fill_subject(text: str, stage: Stage, bill: Bill | None, words: SetPhrases) -> str:
    """A stage's subject, or a variant of it, with the bill and the position in its braces.

    `bill` is the one that the recipient is written to about: `S. 3779, Parks Act: Support`.
    """
    if bill is None:
        return text
    blanks = {"{bill}": bill.name, "{position}": getattr(words, stage.position)}
    return re.sub(r"\{bill\}|\{position\}", lambda found: blanks[found[0]], text)


def shown_subject(campaign: Campaign, stage: Stage, language: str) -> str:
    """A stage's subject as lists and pictures show it, with the stage's own bill."""
    text = stage.subject.get(language) or str(stage.subject)
    words = read_set_phrases(campaign.file.language, campaign.workspace)
    return fill_subject(text, stage, campaign.bills.get(stage.bill or ""), words)


# The same for all letters of a stage: saves going through the bill's events for each.
_overs: IdentityCache[Problem | None] = IdentityCache()


def bill_over(campaign: Campaign, stage: Stage, day: date) -> Problem | None:
    """That nothing can be asked for the stage's bill any more on a day: it is law, or dead.

    A stage without a demand may still thank or tell.
    """
    if stage.bill is None:
        return None
    return _overs.get((campaign, stage), (day,), lambda: _bill_over(campaign, stage, day))


def _bill_over(campaign: Campaign, stage: Stage, day: date) -> Problem | None:
    bill = campaign.bills.get(stage.bill or "")
    if bill is None or campaign.file.stage_demand(stage) is None:
        return None
    state = bill_state(bill, day)
    if not state.is_final and state.kind != "not introduced":
        return None
    return Problem(
        "bill-over",
        f"On {day}, {bill.number} {describe_state(bill, state)}, but the letter asks for "
        "something.",
        "End the stage before that day (`until:`). For a letter that asks for nothing, write "
        "`demand: none`.",
        stage.place("bill"),
    )


# A letter asks whether its stage is over; to go through a bill's events takes longer than the rest.
_over: IdentityCache[tuple[Problem, ...]] = IdentityCache(64)


def stage_over(campaign: Campaign, stage: Stage, day: date) -> tuple[Problem, ...]:
    """That a letter of a day comes too late: for the stage's bill, or for its event."""

    def find() -> tuple[Problem, ...]:
        found = bill_over(campaign, stage, day), event_over(campaign, stage, day)
        return tuple(problem for problem in found if problem)

    return _over.get((campaign, stage), (day,), find)


def event_over(campaign: Campaign, stage: Stage, day: date) -> Problem | None:
    """That a letter is dated after the event that its stage is written for."""
    event = campaign.file.events.get(stage.event or "")
    if event is None or day <= event.day:
        return None
    return Problem(
        "event-over",
        f"The letter is dated {day}, after the event that it is written for: {event.what} on "
        f"{event.day}.",
        f"End the stage with the event: `until: {event.day}`.",
        stage.place("event"),
    )


def _bill_elsewhere(
    campaign: Campaign, recipient: Recipient, day: date, names: Collection[str]
) -> Problem | None:
    """That a recipient's chamber has no bill that the open stages are about."""
    for name in names:
        stage = campaign.file.stages[name]
        bill = campaign.bills.get(stage.bill or "")
        if bill is None or not stage.covers(day):
            continue
        if bill_for(bill, campaign.bills, recipient, day) is None:
            there, here = chamber_name(bill.origin), chamber_name(recipient.text_of("chamber"))
            return Problem(
                "bill-elsewhere",
                f"{bill.number} is before {there}, so members of {here} get no letter.",
                f"If {here} has a related bill, add its file to `bills:`.",
                stage.place("bill"),
                Level.NOTE,
            )
    return None


def _no_stage(campaign: Campaign, recipient: Recipient, day: date, mine: list[str]) -> Problem:
    """That no stage covers a day for a recipient, who gets the letters of the stages `mine`.

    The hint never names a stage for that day: outside its window a letter is always refused.
    """
    stages, place = campaign.file.stages, campaign.file.place("stages")
    if not mine:
        cure = f"Add `{recipient.letter_id}` to the `to:` of a stage"
        message = f"No stage is for {recipient.called}."
        return Problem("no-stage", message, Hint("fix-or-exclude", cure=cure), place)
    windows = "; ".join(f"{name}: {stages[name].days.text()}" for name in mine)
    hint = "Add a stage, or change the window of a stage."
    nearest_days = {stages[name].days.nearest(day): name for name in mine}
    for other in sorted(nearest_days, key=lambda other: abs(other - day)):
        if [name for name in mine if stages[name].covers(other)] == [nearest_days[other]]:
            hint = Hint("day-of-stage", day=str(other), stage=nearest_days[other])
            break
    message = f"No stage covers {day} for {recipient.called} ({windows})."
    return Problem("no-stage", message, hint, place)


def stages_signed(campaign: Campaign, *, by_supporters: bool) -> list[str]:
    """The stages of a campaign for supporters' letters, or those for the sender's own.

    Where no stage says `signed_by: supporters`, all may be either.
    """
    stages = campaign.file.stages
    theirs = [name for name, stage in stages.items() if stage.signed_by == "supporters"]
    if by_supporters:
        return theirs or list(stages)
    return [name for name in stages if name not in theirs]


def stage_sets(campaign: Campaign) -> list[tuple[bool, list[str]]]:
    """The stages of which one at most may fit a day: the sender's own, and the supporters'.

    Each with whether supporters sign its letters.
    """
    own = stages_signed(campaign, by_supporters=False)
    theirs = [name for name in campaign.file.stages if name not in own]
    return [(signer, names) for signer, names in ((False, own), (True, theirs)) if names]


def _wrong_signer(campaign: Campaign, stage: str, by_supporters: bool) -> Problem:
    """That a stage is not for those who are to sign its letters."""
    place = campaign.file.stages[stage].place("signed_by")
    if not by_supporters:
        message = f"The letters of the stage `{stage}` are signed by supporters."
        return Problem(
            "wrong-signer", message, "Name the list of supporters: `--supporters FILE`.", place
        )
    theirs = stages_signed(campaign, by_supporters=True)
    return Problem(
        "wrong-signer",
        f"The letters of the stage `{stage}` are signed by {campaign.file.sender.organization}, "
        "not by supporters.",
        f"Omit `--supporters`, or choose a stage for supporters: `--stage {theirs[0]}`.",
        place,
    )


def unknown_stage(campaign: Campaign, stage: str | None) -> Problem | None:
    """That the campaign has no stage of the name that is asked for."""
    known = campaign.file.stages
    if stage is None or stage in known:
        return None
    hint = did_you_mean(stage, known)
    message = f"The campaign has no stage `{stage}`."
    return Problem("unknown-stage", message, hint, campaign.file.place("stages"))


PARTS = ("subject", "opening")


def choose(campaign: str, stage: str, recipient: str, part: str, names: Collection[str]) -> str:
    """The variant that a recipient gets, by a hash of campaign, stage and recipient alone.

    The same person gets the same one on every machine, whoever else is on the list. Each name
    gets a hash of its own and the largest wins, so that a new variant takes its share of
    people from the others and moves nobody between them (rendezvous hashing).
    """

    def rank(name: str) -> bytes:
        text = "\0".join((campaign, stage, recipient, part, name))
        return hashlib.sha256(text.encode()).digest()

    return max(names, key=rank)


def chosen(campaign: str, stage_name: str, stage: Stage, recipient: str) -> dict[str, str]:
    """The names of the variants that a recipient gets, by part: `{"subject": "a"}`."""
    if stage.variants is None:
        return {}
    return {
        part: choose(campaign, stage_name, recipient, part, texts)
        for part in PARTS
        if (texts := getattr(stage.variants, part))
    }
