"""Reading votes on the passage of bills: the XML of both chambers of Congress, and tables.

The House Clerk's files (schema: https://xml.house.gov, “Roll Call Votes”) name members by Bioguide
id. The Senate's (https://www.senate.gov/legislative/votes_new.htm) name them by an id of its
Legislative Information System, which congress-legislators has as `id.lis`. A table names them as
the list of recipients does.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from xml.etree.ElementTree import Element

from advocacy.campaign.bills.model import (
    Bill,
    Bills,
    BillVote,
    VoteCast,
    VoteFile,
    another_bill_hint,
    bill_id,
)
from advocacy.campaign.recipients.lists import read_list
from advocacy.errors import Level, Place, Problem, Report, count_noun, reporting
from advocacy.files.workspace import Workspace
from advocacy.files.xml_reading import read_xml
from advocacy.resources import read_table

_WORDS: Mapping[str, VoteCast] = {
    word: cast
    for cast, words in read_table("campaign/bills/kinds.toml")["votes"].items()
    for word in words
}
# Questions by which a chamber passes a measure; a vote to end debate or to amend is none.
_PASSAGE = re.compile(
    r"on (final )?passage|suspend the rules and (pass|agree)|overrid|objections of the president"
    r"|agreeing to the (concurrent |joint )?resolution|on the (joint |concurrent )?resolution"
    r"|motion to concur|conference report",
    re.IGNORECASE,
)


def read_votes(
    workspace: Workspace,
    named: Iterable[tuple[VoteFile | str, Place | None]],
    bills: Bills,
    report: Report,
) -> dict[str, Bill]:
    """The bills with the votes of these files, the earliest first.

    Every problem of a file is reported with its place. A vote on a question other than passage is
    left out with a warning, and so is one on a bill that the campaign does not have.
    """
    votes: dict[str, list[BillVote]] = {}
    for one, place in named:
        with reporting(report):
            vote = _read(workspace, one, place, report)
            if vote is not None and vote.bill not in bills:
                report(_other_bill(vote, bills, place))
            elif vote is not None:
                votes.setdefault(vote.bill, []).append(vote)
    return {
        name: replace(bill, votes=tuple(sorted(votes.get(name, ()), key=lambda vote: vote.day)))
        for name, bill in bills.items()
    }


def _read(
    workspace: Workspace, named: VoteFile | str, place: Place | None, report: Report
) -> BillVote | None:
    if isinstance(named, VoteFile):
        path = workspace.file(named.file, named.place("file"))
        casts = dict(_table(path, named.day, report))
        return BillVote(named.bill, named.chamber, named.day, casts)
    path = workspace.file(named, place)
    if path.suffix.casefold() != ".xml":
        hint = f"Say which vote it is: `{{file: {named}, bill: …, chamber: …, day: …}}`."
        report(Problem("not-a-vote", "A table does not say which vote it is.", hint, place))
        return None
    root = read_xml(path)
    read = {"rollcall-vote": _house_vote, "roll_call_vote": _senate_vote}.get(root.tag)
    vote = read(root, path, report) if read is not None else None
    if read is None or (vote is None and _question(root) is None):
        report(
            Problem(
                "not-a-vote",
                "This file is not a vote on a bill.",
                "Use the XML file of a roll call, from https://clerk.house.gov/Votes or "
                "https://www.senate.gov/legislative/votes_new.htm, or a table.",
                Place(path),
            )
        )
    return vote


def _house_vote(root: Element, path: Path, report: Report) -> BillVote | None:
    """A vote of the House: `H R 1` of the Congress, by Bioguide id."""
    head = root.find("vote-metadata")
    day = _day(_text(head, "action-date"), "%d-%b-%Y")
    number, congress = _text(head, "legis-num"), _text(head, "congress")
    if day is None or not number or not congress or _other_question(root, path, report):
        return None
    pairs = (
        (item.get("name-id", ""), _text(one, "vote"))
        for one in root.iterfind("vote-data/recorded-vote")
        if (item := one.find("legislator")) is not None
    )
    casts = dict(_casts(pairs, path, report))
    return BillVote(bill_id("us", congress, number), "house", day, casts)


def _senate_vote(root: Element, path: Path, report: Report) -> BillVote | None:
    """A vote of the Senate: on `document`, by LIS id."""
    document = root.find("document")
    day = _day(", ".join(_text(root, "vote_date").split(", ")[:2]), "%B %d, %Y")
    number = f"{_text(document, 'document_type')}{_text(document, 'document_number')}"
    congress = _text(document, "document_congress") or _text(root, "congress")
    if day is None or not number or not congress or _other_question(root, path, report):
        return None
    pairs = (
        (_text(one, "lis_member_id"), _text(one, "vote_cast"))
        for one in root.iterfind("members/member")
    )
    casts = dict(_casts(pairs, path, report))
    return BillVote(bill_id("us", congress, number), "senate", day, casts)


def _question(root: Element) -> str | None:
    """The question that was put to the vote; None where the file has none."""
    house = root.find("vote-metadata")
    return _text(house, "vote-question") or _text(root, "question", "vote_question_text") or None


def _other_question(root: Element, path: Path, report: Report) -> bool:
    """Whether a vote is on another question than passage; reports it."""
    question = _question(root) or ""
    if _PASSAGE.search(question):
        return False
    if question:
        message = f"This vote is not on passage but on “{question}”, so it is left out."
        hint = "Use the file of the vote on passage."
        report(Problem("vote-not-on-passage", message, hint, Place(path), Level.WARNING))
    return True


def _table(path: Path, day: date, report: Report) -> Iterator[tuple[str, VoteCast]]:
    """The votes of a table, by the ids of its rows, else by their names."""
    problems: list[Problem] = []
    rows = list(read_list(path, day, problems.append))
    if any(one.code == "no-name-column" for one in problems):  # ids are enough
        problems.clear()
        rows = list(read_list(path, day, problems.append, columns={"id": "name"}))
    for problem in problems:
        report(problem)
    pairs = [((row.id or row.full_name), row.text_of("vote")) for row in rows]
    yield from _casts(iter(pairs), path, report)


def _casts(
    pairs: Iterator[tuple[str, str]], path: Path, report: Report
) -> Iterator[tuple[str, VoteCast]]:
    """Each member with the vote; words that are no vote are told once each."""
    unknown: Counter[str] = Counter()
    for member, word in pairs:
        cast = _WORDS.get(" ".join(word.casefold().split()))
        if cast is None:
            unknown[word] += 1
        elif member:
            yield member.casefold(), cast
    for word, count in unknown.items():
        message = f"{count_noun(count, 'vote')} “{word}” cannot be read."
        hint = "Write yea, nay, present, or not voting."
        report(Problem("unknown-vote", message, hint, Place(path)))


def _other_bill(vote: BillVote, bills: Bills, place: Place | None) -> Problem:
    cure = "Add the bill's file to `bills:`, or remove the vote."
    hint = another_bill_hint(vote.bill, bills, cure)
    return Problem("unknown-bill", f"The campaign has no bill `{vote.bill}`.", hint, place)


def _text(element: Element | None, *names: str) -> str:
    """The text of the first of these children that has any."""
    if element is None:
        return ""
    return next((text for name in names if (text := (element.findtext(name) or "").strip())), "")


def _day(text: str, form: str) -> date | None:
    """A day of a record, which is one of Washington."""
    try:
        return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, without a time
    except ValueError:
        return None
