"""The sentences of a letter with what is to be said of each, and where the template has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from advocacy.campaign.loading import Campaign
from advocacy.checks.claims.claims import Silences, judged
from advocacy.checks.claims.sentences import read
from advocacy.errors import Place
from advocacy.letters.letter import Letter

Mark = Literal["", "uncited", "excused", "dead"]


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence as it is read, its place in the template, and its mark with the reason.

    `uncited`: it claims something and has no source; `excused`: the template says why; `dead`: a
    fact that it cites does not hold on the letter's day.
    """

    text: str
    place: Place | None
    mark: Mark = ""
    why: str = ""
    facts: tuple[str, ...] = ()


def marked(traced: Letter, campaign: Campaign) -> tuple[Marked, ...]:
    """The sentences of a letter that was composed with `trace`."""
    blocks = read(traced.body, traced.language, traced.lines)
    claims = {id(one.sentence): one for one in judged(traced, blocks, campaign, Silences())}
    found: list[Marked] = []
    for sentence in (sentence for block in blocks for sentence in block.sentences):
        cites = [traced.cites[index] for index in sentence.cites]
        cited = tuple(dict.fromkeys(one.id for cite in cites for one in cite.facts))
        claim = claims.get(id(sentence))
        dead = _dead(traced, sentence.cites)
        if dead:
            found.append(Marked(sentence.text, sentence.place, "dead", dead, cited))
        elif claim is None:
            found.append(Marked(sentence.text, sentence.place, facts=cited))
        elif claim.reason:
            found.append(Marked(sentence.text, sentence.place, "excused", claim.reason, cited))
        else:
            why = f"It states {claim.what}, and no citation stands by it."
            found.append(Marked(sentence.text, sentence.place, "uncited", why, cited))
    return tuple(found)


def _dead(letter: Letter, cites: Sequence[int]) -> str:
    """Why a sentence is not true on the letter's day; empty if it is."""
    for index in cites:
        for cited in letter.cites[index].facts:
            state = cited.fact.state(letter.date)
            if state == "not yet":
                return f"It cites `{cited.id}`, which holds from {cited.fact.from_}."
            if state != "holds":
                return f"It cites `{cited.id}`, which held until {cited.fact.until}."
    return ""
