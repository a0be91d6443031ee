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
from advocacy.preview.plain_words import plain_message

BOTH = 2
"""The neighbors of a sentence."""
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
    (`changed`), may be another one of equal sentences (`unclear`), is not there any more (`gone`),
    or whether it is on another letter (`elsewhere`). `at` is the number of the sentence, None for
    the subject and the whole letter, and `now` how it reads now.
    """
    try:
        comments = read_comments(campaign.path)
    except AdvocacyError as error:
        return {"comments": [], "commentsFault": plain_message(error.problems[0])}
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
        texts = [subject or "", *(one.text for one in sentences)]
        place, is_sure = _among_equal(comment, texts)
        state = "here" if texts[place] == comment.sentence else "changed"
        if same_letter and not is_sure:
            state = "unclear"
        return {"state": state, "at": place - 1 if place else None, "now": texts[place]}
    if not same_text or not sentences:  # of a letter that cannot be composed nothing is known
        return {"state": "here" if same_text else "elsewhere", "at": None, "now": None}
    near = max(there, key=lambda text: _likeness(comment.sentence, text))
    if _likeness(comment.sentence, near) < ALIKE:
        # Without a checked letter its subject is not known, and the comment may be on that.
        gone = same_letter and subject is not None
        return {"state": "gone" if gone else "elsewhere", "at": None, "now": None}
    state = "changed" if same_letter else "here"
    return {"state": state, "at": numbers.get(near), "now": near}


def _among_equal(comment: Comment, texts: Sequence[str]) -> tuple[int, bool]:
    """Which of a letter's texts a comment is on, if several are alike, and whether that is sure.

    The sentences before and after tell it; where they do not, its number among the equal ones.
    """
    places = [at for at, text in enumerate(texts) if text == comment.sentence]
    wanted = places[min(comment.nth, len(places)) - 1]
    if not comment.before and not comment.after:  # from a gallery that did not tell
        return wanted, True
    fits = {at: _fit(comment, texts, at) for at in range(len(texts))}
    best = max(fits[at] for at in places)
    winners = [at for at in places if fits[at] == best]
    changed = [at for at in fits if fits[at] == BOTH]
    if best < BOTH and comment.equal > 1 and len(changed) == 1:
        return changed[0], True  # what stands in its place reads otherwise now
    at = wanted if wanted in winners else winners[0]
    is_same_count = len(places) == comment.equal
    return at, (best > 0 and (len(winners) == 1 or is_same_count)) or comment.equal == 1


def _fit(comment: Comment, texts: Sequence[str], at: int) -> int:
    """How many of a comment's two neighbors stand beside a text."""
    before = texts[at - 1] if at else ""
    after = texts[at + 1] if at + 1 < len(texts) else ""
    return (before == comment.before) + (after == comment.after)


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
