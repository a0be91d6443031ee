"""What became of the rows of a mailing's list that no message is made of.

`send` reads the list as `render` does, and tells its problems the same way: by kind, with the rows
in `problems.csv`, to correct and feed back.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path

from advocacy.batch.problem_kinds import LeftOutRows, ProblemCollector
from advocacy.campaign.addressing import columns_of, list_of
from advocacy.campaign.recipients.select import Selection
from advocacy.errors import AdvocacyError, Level, Problem
from advocacy.mail.sending.mailing_settings import MailingSettings

OUTPUT = Path("output")
OF_ADDRESS = "`email`:"
"""How the problem begins that a row's email address is invalid; the row stays, without it."""


def rejected_rows(mailing: MailingSettings, problems: Iterable[Problem]) -> Counter[str]:
    """Count the rows of a mailing's list that are no letters, by the code of the reason.

    Those are rows that cannot be read, and people listed twice. `problems` are those of reading
    the list. They are counted where the whole list is asked for.
    """
    return Counter(problem.code for problem in _rejected(mailing, problems))


def rejected_cells(
    mailing: MailingSettings, problems: Iterable[Problem]
) -> Iterator[dict[str, str]]:
    """The same rows by the names of their columns, with the `reason` of each.

    Of a list whose rows do not stand in lines of their own there is the reason alone.
    """
    found = {one.place.line: one for one in _rejected(mailing, problems) if one.place is not None}
    lines = sorted(line for line in found if line is not None)
    for line, row in cells_of(mailing, lines):
        yield {**row, "reason": f"line {line}: {found[line].message}"}


def cells_of(
    mailing: MailingSettings, lines: Sequence[int]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Some rows of a mailing's list as they are written, by the names of their columns.

    Of a list whose rows do not stand in lines of their own they are empty.
    """
    listed, columns = list_of(mailing.campaign, mailing.people), mailing.campaign.file.columns
    cells: Iterable[dict[str, str]] = repeat({}, len(lines))
    if listed is not None and lines:
        from advocacy.batch.rejects import read_cells

        cells = read_cells(listed, lines, columns)
    yield from zip(lines, cells, strict=True)


def _rejected(mailing: MailingSettings, problems: Iterable[Problem]) -> list[Problem]:
    """The first problem of each row of the list that is no letter."""
    people = mailing.people
    by_rows = people.supporters is None and people.selection == Selection()
    rows = LeftOutRows(list_of(mailing.campaign, people) if by_rows else None)
    return [problem for problem in problems if rows.add(problem)]


@dataclass(frozen=True, slots=True)
class ListProblems:
    """The problems of a mailing's list by kind, and the file that has the rows to correct.

    Those are the rows that get no letter: rejected, without a valid address, or not composed.
    `rejects` is None where there are no such rows.
    """

    problems: list[Problem] = field(default_factory=list)
    rejects: Path | None = None


def sort_problems(
    mailing: MailingSettings, problems: Iterable[Problem], output: Path = OUTPUT
) -> ListProblems:
    """Sort the problems of a mailing's list and of its letters by kind.

    Rows to correct are written below `output`, where `render` writes them; where they cannot be,
    that is a problem more.
    """
    from advocacy.batch.rejects import write_rejects  # readers of tables; not for the first message

    campaign, people = mailing.campaign, mailing.people
    path = people.supporters or list_of(campaign, people)
    collector = ProblemCollector(path)
    problems = list(problems)
    collector.add(problems)
    rejects = None
    try:
        columns = columns_of(campaign, people)
        # Whoever gets the letter is not to be corrected and sent to again.
        lost = [p for p in problems if p.level is Level.ERROR or p.message.startswith(OF_ADDRESS)]
        rejects = write_rejects(lost, path, columns, output / campaign.file.id)
    except AdvocacyError as error:
        collector.add(error.problems)
    return ListProblems(collector.problems(), rejects)
