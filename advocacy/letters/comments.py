"""Comments of readers on the sentences of letters, kept beside the campaign.

A reader writes them in the file that `advocacy gallery` makes, and saves them as a file of JSON. It
comes from outside: its texts are only ever shown as text. The page of `preview` keeps them in
`.advocacy/comments/<campaign>.yaml`, which Git ignores and its owner alone may read. They name
people, so `advocacy forget` looks through them.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints

from advocacy.campaign.field_types import Day
from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.cache import by_file
from advocacy.files.characters import BAD_CHARACTERS
from advocacy.files.unsaved import FOLDER, private_folder
from advocacy.files.writing import cannot_write, write_file
from advocacy.files.yaml.reading import Located, parse, read_yaml
from advocacy.files.yaml.splicing import written

COMMENTS = "comments"
FORMAT: Literal["advocacy-comments"] = "advocacy-comments"
MOST_IN_FILE, MOST_KEPT = 1000, 2000
HEADER = """\
# What readers said about the letters: imported, answered and closed on the page of `preview`.
"""


def _without_bad(value: Any) -> Any:
    """Text without the characters that no file may hold: a stranger's may have any."""
    return BAD_CHARACTERS.sub("", value.replace("\r\n", "\n")) if isinstance(value, str) else value


_Clean = Annotated[str, BeforeValidator(_without_bad), StringConstraints(strip_whitespace=True)]
Short = Annotated[_Clean, StringConstraints(min_length=1, max_length=200)]
Long = Annotated[_Clean, StringConstraints(min_length=1, max_length=4000)]
Sentence = Annotated[_Clean, StringConstraints(max_length=4000)]
CommentId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16,64}$")]


class LetterOfComment(Located):
    """The letter that a reader saw: its stage, whom it is to, and how it was worded.

    `to` is the recipient's id, `name` what the reader saw in its place, `wording` the names of
    variants by part.
    """

    stage: Short
    to: Short
    name: Short
    language: Short
    wording: dict[Short, Short] = Field(default_factory=dict, max_length=8)
    day: Day


class NewComment(Located):
    """A comment as a reader's file has it; an empty `sentence` stands for the whole letter.

    Of `equal` sentences with one text it is on the one with the number `nth` (from 1), between the
    sentences `before` and `after`.
    """

    id: CommentId
    letter: LetterOfComment
    sentence: Sentence
    nth: Annotated[int, Field(ge=1, le=10_000)] = 1
    equal: Annotated[int, Field(ge=1, le=10_000)] = 1
    before: Sentence = ""
    after: Sentence = ""
    by: Short
    when: AwareDatetime
    text: Long


class Remark(Located):
    """What somebody answered to a comment."""

    by: Short
    when: AwareDatetime
    text: Long


class Comment(NewComment):
    """A comment with what became of it: the answers, and who closed it."""

    answers: tuple[Remark, ...] = Field((), max_length=200)
    closed: Short | None = None


class FileOfComments(Located):
    """The file that a reader saved."""

    format: Literal["advocacy-comments"]
    campaign: Short
    comments: tuple[NewComment, ...] = Field(max_length=MOST_IN_FILE)


class KeptComments(Located):
    """The file beside the campaign, in the order in which comments came."""

    comments: tuple[Comment, ...] = ()


def comments_path(campaign: Path) -> Path:
    """The path of a campaign's comments: `.advocacy/comments/parks.yaml` beside `parks.yaml`."""
    return campaign.parent / FOLDER / COMMENTS / f"{campaign.stem}.yaml"


def read_comments(campaign: Path) -> tuple[Comment, ...]:
    """The comments of a campaign file; none where there are none yet.

    Raises AdvocacyError where the file cannot be read.
    """
    path = comments_path(campaign)
    # Read with each letter that is shown: a hundred comments take some 30 ms.
    return by_file(str(path), COMMENTS, lambda: _read(path)) if path.is_file() else ()


def _read(path: Path) -> tuple[Comment, ...]:
    kept, problems = parse(KeptComments, read_yaml(path))
    if kept is None:
        raise AdvocacyError(problems)
    return kept.comments


def write_comments(campaign: Path, comments: Iterable[Comment]) -> None:
    """Keep these comments and no others. Raises AdvocacyError where they cannot be written."""
    records = [one.model_dump(mode="json", exclude_defaults=True) for one in comments]
    text = f"{HEADER}{written({'comments': records}, flow=False)}\n"
    path = comments_path(campaign)
    try:
        private_folder(campaign.parent, COMMENTS)
    except OSError as error:
        raise AdvocacyError(cannot_write(path, error, "Change the permissions of it")) from error
    write_file(path, text.encode())


def add_comments(
    campaign: Path, campaign_id: str, files: Iterable[FileOfComments]
) -> tuple[int, int]:
    """Add what readers saved: how many comments are new, and how many were there before.

    A reader may save again after a change: the later text of a comment takes the place of the
    earlier one, and its answers stay. Raises AdvocacyError for comments on another campaign, for
    too many, and where they cannot be kept.
    """
    known = {one.id: one for one in read_comments(campaign)}
    before = len(known)
    count = 0
    for file in files:
        if file.campaign != campaign_id:
            raise AdvocacyError(_of_another(file.campaign, campaign_id, campaign))
        for one in file.comments:
            old = known.get(one.id)
            count += 1
            if old is None:
                known[one.id] = Comment.model_validate(one.model_dump())
            elif one.when > old.when:
                known[one.id] = old.model_copy(update={"text": one.text, "when": one.when})
    if len(known) > MOST_KEPT:
        message = f"With these, the campaign would have more than {MOST_KEPT:,} comments."
        hint = "Delete comments that are closed, then import the file again."
        raise AdvocacyError(Problem("too-many-comments", message, hint))
    write_comments(campaign, known.values())
    return len(known) - before, count - (len(known) - before)


def change_comment(
    campaign: Path, comment_id: str, change: Callable[[Comment], Comment | None]
) -> bool:
    """Change a comment, or with None remove it; whether there was one of that id.

    Raises AdvocacyError where the comments cannot be read or written.
    """
    comments = list(read_comments(campaign))
    at = next((n for n, one in enumerate(comments) if one.id == comment_id), None)
    if at is None:
        return False
    changed = change(comments[at])
    comments[at : at + 1] = [changed] if changed else []
    write_comments(campaign, comments)
    return True


def _of_another(there: str, here: str, campaign: Path) -> Problem:
    message = f"These comments are on the campaign `{there}`. This is the campaign `{here}`."
    hint = "Open the campaign that they are on, and import them there."
    return Problem("comments-elsewhere", message, hint, Place(campaign))
