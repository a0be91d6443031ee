"""The gate of words: no letter is made of which `advocacy check` reports an error.

The gate of days stands with the letter (`letters.letter.check`). This one judges all the rest, as
`advocacy check --date` does for the letter's stage and day, and in the same words. It judges each
wording once: what letters of one stage, day, and language say alike. What is a person's own is
looked through letter by letter.

The checks themselves (`judge.py`) are imported when something is judged: who trusts an earlier
verdict starts faster without them.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from advocacy.campaign.bills.positions import NO_FLOOR_VOTE
from advocacy.campaign.loading import Campaign
from advocacy.checks.letters import hide_own_values, own_values_count
from advocacy.checks.patterns import search
from advocacy.errors import Level, Problem
from advocacy.files.cache import IdentityCache
from advocacy.letters.letter import Letter
from advocacy.templating.markup_rules import value_markup

if TYPE_CHECKING:
    from advocacy.checks.judge import Judge

MOST_WORDINGS = 4096


@dataclass(frozen=True, slots=True)
class WordingVerdict:
    """The errors and warnings of a wording, and the printed values that were read with it."""

    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    values: frozenset[str]


Verdicts = Mapping[Hashable, WordingVerdict]
"""Verdicts by wording."""


class WordsGate:
    """Judges the letters of one campaign, as its files are when it is first asked."""

    def __init__(self, campaign: Campaign, today: date | None = None) -> None:
        self._campaign = campaign
        self._today = today or campaign.today()
        self._wordings: dict[Hashable, WordingVerdict] = {}
        # Letters that are alike share the same citations: saves 10 microseconds a letter.
        self._cited: IdentityCache[Hashable] = IdentityCache(64)

    def errors(self, letter: Letter) -> list[Problem]:
        """Every error of a letter: of its wording, and of the values that are its own."""
        return self.findings(letter)[0]

    def findings(self, letter: Letter) -> tuple[list[Problem], tuple[Problem, ...]]:
        """The errors of a letter, and the warnings of its wording, which refuse no letter."""
        verdict = self._verdict(letter)
        own = [value for value in letter.body.values if value not in verdict.values]
        return [*verdict.errors, *self._own_errors(letter, own)], verdict.warnings

    def wording_errors(self, letter: Letter) -> tuple[Problem, ...]:
        """The errors of what a letter says like others."""
        return self._verdict(letter).errors

    def trust(self, letter: Letter) -> None:
        """Take a letter's wording to be without errors, as it was judged to be by an earlier run.

        Whoever says so knows that nothing has changed since that the verdict rests on. Its
        warnings are not known: a mailing asks for none.
        """
        read = hide_own_values(letter, self._campaign).body.values
        self._wordings[self._wording(letter)] = WordingVerdict((), (), frozenset(read))

    @property
    def verdicts(self) -> Verdicts:
        """The verdicts so far, for the gate of another process: see `learn`."""
        return dict(self._wordings)

    def learn(self, verdicts: Verdicts) -> None:
        """Take over the verdicts of another process on the same campaign and day."""
        self._wordings |= verdicts

    def _verdict(self, letter: Letter) -> WordingVerdict:
        key = self._wording(letter)
        known = self._wordings.get(key)
        if known is None:
            if len(self._wordings) >= MOST_WORDINGS:
                self._wordings.clear()
            found = self._judge.judge(letter)
            errors, warnings = (_of(level, found) for level in (Level.ERROR, Level.WARNING))
            read = hide_own_values(letter, self._campaign).body.values
            known = self._wordings[key] = WordingVerdict(errors, warnings, frozenset(read))
        return known

    def _wording(self, letter: Letter) -> Hashable:
        """What decides the verdict of a letter, beside the campaign."""
        cited = self._cited.get(
            (letter.cites,),
            (),
            lambda: tuple(tuple(fact.id for fact in cite.facts) for cite in letter.cites),
        )
        own = letter.body.values if own_values_count(letter, self._campaign) else ()
        return (
            letter.stage, letter.date, letter.language, letter.subject, letter.body.markdown,
            cited, letter.supporters is None, own, self._position(letter),
        )  # fmt: skip

    @staticmethod
    def _position(letter: Letter) -> Hashable:
        """What a lawmaker is to the stage's bill: the same words may be wrong for another."""
        position, recipient = letter.position, letter.recipient
        if position is None:
            return None
        if len(recipient.people) > 1:
            return recipient.letter_id
        votes = recipient.text_of("chamber"), recipient.text_of("state") in NO_FLOOR_VOTE
        return position.bill.id, position.names, position.withdrew, position.vote, votes

    @cached_property
    def _judge(self) -> "Judge":
        from advocacy.checks.judge import Judge

        return Judge(self._campaign, self._today)

    def _own_errors(self, letter: Letter, values: Sequence[str]) -> tuple[Problem, ...]:
        """What nobody filled in, and markup, in the texts that are one person's own."""
        texts = (
            *values, letter.salutation, letter.close, letter.delivery, *letter.inside_address,
            letter.recipient.your_ref or "",
        )  # fmt: skip
        text = "\n".join(texts)
        if not search("placeholder", text) and value_markup(text) is None:
            return ()
        return _of(Level.ERROR, self._judge.judge_own(letter, values))


def _of(level: Level, problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(one for one in problems if one.level is level))


_gates: IdentityCache[WordsGate] = IdentityCache(4)


def gate_of(campaign: Campaign) -> WordsGate:
    """The gate of a campaign; the same one for as long as the campaign is not loaded anew."""
    return _gates.get((campaign,), (campaign.today(),), lambda: WordsGate(campaign))
