"""People of a list whom the ledger may take for somebody else: both are shown, with their names."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from advocacy.errors import Level, Problem, count_noun
from advocacy.mail.ledger import Taken
from advocacy.mail.sending.account import Category

NAMED = 4
"""The number of people who are named in a message; `status --report csv` lists all."""
OTHER_PERSON, SIMILAR_NAME = "other-person", "similar-name"
CODES = (OTHER_PERSON, SIMILAR_NAME)
_ALL = "`advocacy status … --report csv` lists all of them."


@dataclass(slots=True)
class OtherPeople:
    """Collects those of a list who get no letter because the ledger may have another person."""

    _counts: Counter[Category] = field(default_factory=Counter)
    _named: dict[Category, list[str]] = field(default_factory=dict)

    def note(self, why: Category, letter_id: str, now: str, standing: Taken) -> None:
        """Note one who is listed as `now`, with what the ledger has."""
        self._counts[why] += 1
        named = self._named.setdefault(why, [])
        if len(named) < NAMED:
            named.append(f"{letter_id} is {now}, and {words_of_other(why, standing)}")

    def problems(self) -> Iterator[Problem]:
        """One problem for each kind that was found."""
        for why, found in ((Category.OTHER_PERSON, _other), (Category.SIMILAR_NAME, _similar)):
            count, named = self._counts[why], self._named.get(why, [])
            if count:
                more = f"; and {count - len(named):,} more" if count > len(named) else ""
                yield found(count, f"{'; '.join(named)}{more}")


def words_of_other(why: Category, standing: Taken) -> str:
    """Whose letter the ledger has in place of the listed person's."""
    then = f"{standing.person or 'somebody'} <{standing.address}>"
    if why is Category.OTHER_PERSON:
        return f"was {then}"
    return f"the ledger has {then} as {standing.others[0]}"


def _other(count: int, named: str) -> Problem:
    return Problem(
        OTHER_PERSON,
        f"{count_noun(count, 'id belongs', 'ids belong')} to another person in the ledger: "
        f"{named}.",
        "These people did not get the letter. Write ids in the list that no other list has, such "
        "as `IA-1`, or send to this list as another mailing with `--mailing NAME`. If it is the "
        f"same person under a new name, write the name that the ledger has. {_ALL}",
        level=Level.WARNING,
    )


def _similar(count: int, named: str) -> Problem:
    return Problem(
        SIMILAR_NAME,
        f"{count_noun(count, 'person has', 'people have')} a name similar to that of somebody at "
        f"the same address in the ledger: {named}.",
        "They did not get the letter, since each may be the same person. If so, write the name or "
        "the id that the ledger has. If they are two people, put both on the list, each with an "
        f"id: then both get it. {_ALL}",
        level=Level.WARNING,
    )
