"""Check what a letter on a bill asks of a lawmaker against the bill's record on the letter's day.

A letter that thanks someone who has withdrawn, or asks someone to cosponsor what is closed, shows
that the sender has not looked.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from advocacy.campaign.bills.positions import NO_FLOOR_VOTE, BillPosition
from advocacy.campaign.bills.states import bill_state, can_cosponsor, describe_state
from advocacy.campaign.campaign import Stage
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.stages import bill_position
from advocacy.checks.codes import problem
from advocacy.checks.sentences import TextBlock
from advocacy.checks.wording import asks_of
from advocacy.errors import Place, Problem
from advocacy.letters.letter import Letter
from advocacy.resources import read_table


@dataclass(frozen=True, slots=True)
class BillWordsRule:
    """What a sentence does, and to whom that is wrong; with two sentences that show it."""

    says: str
    wrong: str
    pattern: re.Pattern[str]
    example: str
    counter: str
    unless: re.Pattern[str] | None

    def fits(self, sentence: str) -> bool:
        """Whether a sentence does it."""
        excused = self.unless is not None and self.unless.search(sentence) is not None
        return self.pattern.search(sentence) is not None and not excused


@lru_cache(maxsize=1)
def bill_words_rules() -> tuple[BillWordsRule, ...]:
    """All rules, in the order of their file."""
    return tuple(
        BillWordsRule(
            one["says"],
            one["wrong"],
            re.compile(one["pattern"], re.IGNORECASE),
            one["example"],
            one["counter"],
            re.compile(one["unless"], re.IGNORECASE) if "unless" in one else None,
        )
        for one in read_table("checks/bill_words.toml")["rule"]
    )


def bill_problems(
    letter: Letter, blocks: Sequence[TextBlock], campaign: Campaign
) -> Iterator[Problem]:
    """Report sentences and asks that do not fit the reader's position on the stage's bill."""
    stage = campaign.file.stages[letter.stage]
    if letter.position is None:
        return
    readers = _readers(letter, campaign, stage)
    seen: set[str] = set()
    for text, place in _sentences(letter, blocks):
        for rule in bill_words_rules():
            if text in seen or not rule.fits(text):
                continue
            reasons = (_reason(rule.wrong, *one, letter.date, stage) for one in readers)
            if why := next(filter(None, reasons), ""):
                seen.add(text)
                yield problem(
                    "bill-position",
                    f"The letter to {letter.recipient.called} {rule.says}, but {why}: “{text}”",
                    "Check `recipient.position` and `recipient.ask` in the template, or list the "
                    "positions that the stage is for in its `to:`.",
                    place or stage.place("template"),
                )


def _readers(
    letter: Letter, campaign: Campaign, stage: Stage
) -> list[tuple[BillPosition, Recipient]]:
    """Each person whom a letter addresses, with what they are to the bill."""
    people = letter.recipient.people
    if len(people) == 1 and letter.position is not None:
        return [(letter.position, letter.recipient)]
    found = ((bill_position(campaign, stage, one, letter.date), one) for one in people)
    return [(position, one) for position, one in found if position is not None]


def _sentences(letter: Letter, blocks: Sequence[TextBlock]) -> Iterator[tuple[str, Place | None]]:
    for block in blocks:
        for sentence in block.sentences:
            yield sentence.text, sentence.place
    yield from asks_of(letter)


def _reason(
    wrong: str, position: BillPosition, recipient: Recipient, day: date, stage: Stage
) -> str:
    """Why a sentence is wrong for this reader, or for the stage; empty where it is not."""
    if wrong == ("for" if stage.position == "oppose" else "against"):
        return f"the stage has `position: {stage.position}`"
    bill = position.bill
    supports = "sponsor" in position.names or "cosponsor" in position.names
    chamber = recipient.text_of("chamber") or bill.origin
    match wrong:
        case "no-supporter" if not supports:
            if position.withdrew:
                return f"{recipient.called} withdrew from {bill.number} on {position.withdrew}"
            return f"{recipient.called} does not sponsor {bill.number} on {day}"
        case "supporter" if supports:
            return f"{recipient.called} is a {position.name} of {bill.number}"
        case "cannot-cosponsor" if not supports and not can_cosponsor(bill, chamber, day):
            state = describe_state(bill, bill_state(bill, day))
            return f"{bill.number} {state}, and its list of cosponsors is closed"
        case "unofficial" if not supports and not bill.official:
            return (
                f"the list of cosponsors of {bill.number} is not the legislature's own "
                "(`official: false`)"
            )
        case "no-yea" if position.vote != "yea":
            return _voted(position, recipient.called)
        case "no-nay" if position.vote != "nay":
            return _voted(position, recipient.called)
        case "cannot-vote" if chamber == "house" and recipient.text_of("state") in NO_FLOOR_VOTE:
            return f"{recipient.called} has no vote on the floor of the House"
    return ""


def _voted(position: BillPosition, called: str) -> str:
    """How a lawmaker voted, as far as the campaign's votes say."""
    number = position.bill.number
    if not position.vote:
        return f"no vote of {called} on {number} is known (`votes:`)"
    if position.vote == "not voting":
        return f"{called} did not vote on {number}"
    return f"{called} voted “{position.vote}” on {number}"
