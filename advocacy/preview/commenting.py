"""Readers' comments on the page: where each stands in the letter as it is now, and answers."""

from collections.abc import Sequence
from datetime import datetime
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any, Literal

from advocacy.campaign.loading import Campaign
from advocacy.errors import AdvocacyError
from advocacy.letters.comments import (
    Comment,
    FileOfComments,
    Long,
    Remark,
    Short,
    add_comments,
    change_comment,
    read_comments,
)
from advocacy.preview.facts import MarkedSentence
from advocacy.preview.letters import PreviewDocuments
from advocacy.preview.people import ChosenLetter, Name, RequestModel

ALIKE = 0.75
"""How alike (0 to 1) two sentences are of which one is taken for the other after a change."""


class ImportComments(RequestModel):
    """A file of comments that a reader saved."""

    desk: Name
    file: FileOfComments


class ChangeComment(RequestModel):
    """What is done with a comment, by whom; `text` is the answer."""

    desk: Name
    id: Name
    do: Literal["answer", "close", "reopen", "delete"]
    by: Short
    text: Long | None = None


def describe_comments(
    campaign: Campaign, chosen: ChosenLetter, documents: PreviewDocuments
) -> dict[str, Any]:
    """The payload of a campaign's comments, in the order of the letter that is shown.

    `state` says of each whether its sentence is in this letter (`here`), reads otherwise now
    (`changed`), is not there any more (`gone`), or whether it is on another letter (`elsewhere`).
    `at` is the number of the sentence, None for the subject and the whole letter, and `now` how it
    reads now.
    """
    try:
        comments = read_comments(campaign.path)
    except AdvocacyError as error:
        return {"comments": [], "commentsFault": error.problems[0].message}
    checked = documents.checked
    subject = checked.letter.subject if checked is not None else None
    records = [_record(one) | _place(one, chosen, documents.sentences, subject) for one in comments]
    last = len(documents.sentences)
    records.sort(key=lambda one: last if one["at"] is None else one["at"])
    return {"comments": records, "commentsFault": None}


def _record(comment: Comment) -> dict[str, Any]:
    return comment.model_dump(mode="json")


def _place(
    comment: Comment,
    chosen: ChosenLetter,
    sentences: Sequence[MarkedSentence],
    subject: str | None,
) -> dict[str, Any]:
    letter = comment.letter
    same_text = (letter.stage, letter.language) == (chosen.stage, chosen.language)
    same_letter = same_text and (letter.to, letter.wording, letter.day) == (
        chosen.person.letter_id,
        chosen.variants,
        chosen.day,
    )
    if not comment.sentence:
        return {"state": "here" if same_text else "elsewhere", "at": None, "now": None}
    numbers = {one.text: at for at, one in reversed([*enumerate(sentences)])}
    there = [*numbers] + ([subject] if subject else [])
    if comment.sentence in there:
        return {"state": "here", "at": numbers.get(comment.sentence), "now": comment.sentence}
    if not same_text or not sentences:  # of a letter that cannot be composed nothing is known
        return {"state": "here" if same_text else "elsewhere", "at": None, "now": None}
    near = max(there, key=lambda text: _likeness(comment.sentence, text))
    if _likeness(comment.sentence, near) < ALIKE:
        # Without a checked letter its subject is not known, and the comment may be on that.
        gone = same_letter and subject is not None
        return {"state": "gone" if gone else "elsewhere", "at": None, "now": None}
    state = "changed" if same_letter else "here"
    return {"state": state, "at": numbers.get(near), "now": near}


@lru_cache(maxsize=20_000)  # with each key that is typed, all sentences but one are as before
def _likeness(one: str, other: str) -> float:
    """How alike two sentences are, from 0 to 1; 0 where they are less alike than `ALIKE`."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0.0
    return matcher.ratio()


def import_comments(campaign: Campaign, file: FileOfComments) -> dict[str, int]:
    """Keep what a reader saved: how many comments are new, and how many were known.

    Raises AdvocacyError for comments on another campaign, and where they cannot be kept.
    """
    new, known = add_comments(campaign.path, campaign.file.id, [file])
    return {"new": new, "known": known}


def act_on_comment(campaign: Campaign, asked: ChangeComment) -> bool:
    """Answer, close, reopen, or delete a comment; whether it was still there.

    Raises AdvocacyError where the comments cannot be read or written.
    """

    def change(comment: Comment) -> Comment | None:
        if asked.do == "delete":
            return None
        if asked.do == "close":
            return comment.model_copy(update={"closed": asked.by})
        if asked.do == "reopen":
            return comment.model_copy(update={"closed": None})
        if not asked.text:
            return comment
        now = datetime.now().astimezone().replace(microsecond=0)
        answer = Remark(by=asked.by, when=now, text=asked.text)
        return comment.model_copy(update={"answers": (*comment.answers, answer)})

    return change_comment(campaign.path, asked.id, change)
