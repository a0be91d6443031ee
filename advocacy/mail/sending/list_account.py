"""What became of the rows of a mailing's list that no message is made of.

`send` reads the list as `render` does, and tells its problems the same way: by kind, with the rows
in `problems.csv`, to correct and feed back.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from advocacy.batch.campaigns import columns_of, list_of
from advocacy.batch.problem_kinds import LeftOutRows, ProblemCollector, sum_up
from advocacy.batch.rejects import write_rejects
from advocacy.campaign.recipients.select import Selection
from advocacy.errors import AdvocacyError, Problem
from advocacy.mail.sending.mailing_settings import MailingSettings

OUTPUT = Path("output")


@dataclass(frozen=True, slots=True)
class ListAccount:
    """The problems of a mailing's list by kind, and the rows that they cost.

    `unread` counts rows that cannot be read and people listed twice, by the code of the reason,
    where the whole list is asked for. `rejects` is the file that has the rows, if there are any.
    """

    problems: list[Problem] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    rejects: Path | None = None


def account_for(
    mailing: MailingSettings,
    problems: Iterable[Problem],
    letters: int | None = None,
    left_out: Counter[str] | None = None,
    output: Path = OUTPUT,
) -> ListAccount:
    """Account for a mailing's list by its problems.

    Where it is known how many `letters` are to be sent, and how many not, by reason (`left_out`),
    a note says how the list adds up. Rows to correct are written below `output`, where `render`
    writes them; where they cannot be, that is a problem more.
    """
    campaign, people = mailing.campaign, mailing.people
    path = people.supporters or list_of(campaign, people)
    by_rows = people.supporters is None and people.selection == Selection()
    collector, rows = ProblemCollector(path), LeftOutRows(path if by_rows else None)
    problems = list(problems)
    collector.add(problems)
    for problem in problems:
        rows.add(problem)
    if rows.counts and letters is not None:
        everyone = rows.counts + (left_out or Counter())
        note = sum_up(letters + everyone.total(), everyone, path)
        collector.add([note] if note else [])
    rejects = None
    try:
        columns = columns_of(campaign, people)
        rejects = write_rejects(problems, path, columns, output / campaign.file.id)
    except AdvocacyError as error:
        collector.add(error.problems)
    return ListAccount(collector.problems(), rows.counts, rejects)
