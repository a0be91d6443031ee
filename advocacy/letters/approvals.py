"""Approvals: who approved the text of a stage, and whether it is still that text.

An approval holds a digest of each thing that the stage's letters print or rely on (see
`stage_text`), except what is the recipient's own. So a new recipient changes nothing, and a change
of a template, a fact, a source, a subject, an ask, the sender or a layout is noticed and named. Two
things do not count: a stage's days and recipients (`from`, `until`, `to`), and the day on which a
fact was last `checked`. The gate by date judges those each time.

Approvals are kept beside the campaign, in `<campaign>.approvals.yaml`. The file is a record among
colleagues, not a lock: whoever may edit the campaign may edit it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from advocacy.campaign.field_types import Day
from advocacy.campaign.loading import Campaign
from advocacy.errors import AdvocacyError, Level, Problem
from advocacy.files.characters import RecordedLine
from advocacy.files.content_digests import digest_of
from advocacy.files.yaml.editing import SetValue, create_file, edit_file
from advocacy.files.yaml.reading import Located, YamlMap, parse, read_yaml
from advocacy.files.yaml.splicing import written
from advocacy.letters.stage_text import COVERS, digest_parts, is_built_in

HEADER = """\
# Who approved which text: written by `advocacy approve`, read by `check` and `send`.
"""


class Acceptance(Located):
    """What a check says of one sentence, and a person accepted."""

    code: RecordedLine = Field(description="The code of the problem.")
    message: RecordedLine = Field(description="What the check reports about the sentence.")
    by: RecordedLine = Field(description="The person who accepted it.")
    on: Day = Field(alias="date", description="The day, in the campaign's time zone.")
    reason: RecordedLine = Field(description="Why the sentence is correct despite the problem.")
    basis: RecordedLine = Field(
        description="The digest of the sentence, its facts, and their sources."
    )


class Approval(Located):
    """The approval of one stage, as it is written in the file."""

    by: RecordedLine = Field(description="The person who approved it.")
    on: Day = Field(alias="date", description="The day, in the campaign's time zone.")
    digest: RecordedLine = Field(description="The digest of all parts, and of what was accepted.")
    parts: dict[RecordedLine, RecordedLine] = Field(description="The digest of each part.")
    accepted: tuple[Acceptance, ...] = Field(
        default=(), description="The reported problems that were accepted."
    )


@dataclass(frozen=True, slots=True)
class ApprovalStatus:
    """Whether a stage's text is approved.

    `changes` say in words what differs from the approved text: `the fact `x` changed`.
    """

    state: Literal["approved", "stale", "not approved"]
    approval: Approval | None = None
    changes: tuple[str, ...] = ()


def approvals_path(campaign: Path) -> Path:
    """The path of a campaign's approvals: `microsoft.approvals.yaml` beside `microsoft.yaml`."""
    return campaign.with_name(f"{campaign.stem}.approvals.yaml")


def read_approvals(campaign: Path) -> dict[str, Approval]:
    """The approvals of a campaign file, by stage; empty if there are none yet.

    Raises AdvocacyError with every entry that cannot be read.
    """
    path = approvals_path(campaign)
    if not path.exists():
        return {}
    approvals: dict[str, Approval] = {}
    problems: list[Problem] = []
    data = read_yaml(path)
    for stage, entry in data.items():
        if isinstance(entry, YamlMap):
            approval, found = parse(Approval, entry)
            problems += found
            if approval is not None:
                approvals[stage] = approval
        else:
            place = data.value_place(stage)
            message = f"The approval of `{stage}` cannot be read."
            hint = "Remove it, and approve the stage again."
            problems.append(Problem("bad-approval", message, hint, place))
    if problems:
        raise AdvocacyError(problems)
    return approvals


def judge_approval(campaign: Campaign, stage: str) -> ApprovalStatus:
    """Whether the text of a stage, as it is now, is the text that was approved.

    Raises AdvocacyError if the approvals cannot be read.
    """
    approval = read_approvals(campaign.path).get(stage)
    if approval is None:
        return ApprovalStatus("not approved")
    parts = digest_parts(campaign, stage)
    if COVERS not in approval.parts:
        # What an older version did not look at cannot have been edited in the package.
        parts = {k: v for k, v in parts.items() if k in approval.parts or not is_built_in(k, v)}
    changes = tuple(describe_changes(approval.parts, parts))
    if not changes and approval.digest != _seal(approval.parts, approval.accepted):
        changes = ("the approval itself was edited by hand",)
    return ApprovalStatus("stale" if changes else "approved", approval, changes)


def approval_problems(campaign: Campaign, stages: Iterable[str] | None = None) -> list[Problem]:
    """A note for each stage that nobody approved, a warning for each that changed since.

    Without `stages`, all stages are looked at, and a campaign that has no file of approvals has
    no problem. `send` raises these problems to errors.
    """
    every = stages is None
    if every and not approvals_path(campaign.path).exists():
        return []
    problems: list[Problem] = []
    for name in campaign.file.stages if stages is None else stages:
        try:
            found = judge_approval(campaign, name)
        except AdvocacyError as error:
            return list(error.problems)
        command = f"advocacy approve {campaign.path} --stage {name} --by NAME"
        if found.approval is None:
            problems.append(
                Problem(
                    "not-approved",
                    f"The text of the stage `{name}` is not approved.",
                    f"Read it, then run: {command}",
                    campaign.file.stages[name].place(),
                    Level.NOTE,
                )
            )
        elif found.state == "stale":
            who = f"{found.approval.by} on {found.approval.on}"
            problems.append(
                Problem(
                    "approval-stale",
                    f"The stage `{name}` has changed since the approval by {who}: "
                    f"{_listed(found.changes)}.",
                    f"Review the changes, then run: {command}",
                    found.approval.place(),
                    Level.WARNING,
                )
            )
    return problems


def record_approval(
    campaign: Campaign, stage: str, by: str, on: date, accepted: Iterable[Acceptance] = ()
) -> Path:
    """Write into the file that `by` approves a stage's text as it is now; returns its path.

    `accepted` is what people accepted of what the checks report.

    Whether the text may be approved is judged in `advocacy.checks.approving`. Raises
    AdvocacyError if the file cannot be read or written.
    """
    path = approvals_path(campaign.path)
    parts = digest_parts(campaign, stage)
    accepted = tuple(accepted)
    seal = _seal(parts, accepted)
    entry: dict[str, Any] = {"by": by, "date": on, "digest": seal, "parts": parts}
    words = [one.model_dump(by_alias=True) for one in accepted]
    entry |= {"accepted": words} if words else {}
    if path.exists():
        read_approvals(campaign.path)
        edit_file(path, SetValue((stage,), entry))
    else:
        create_file(path, f"{HEADER}{written({stage: entry}, flow=False)}\n")
    return path


def _seal(parts: Mapping[str, str], accepted: Sequence[Acceptance]) -> str:
    """The digest of a text and of what people accepted in it."""
    words = [one.model_dump(mode="json", by_alias=True) for one in accepted]
    return digest_of([dict(parts), words] if words else dict(parts))


def describe_changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """What differs between the parts of two texts (see `digest_parts`), in words."""
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    is_older = COVERS not in before
    changed = [name for name in changed if name != COVERS]
    # The composed letter follows from the other parts. If it alone changed, the tool did.
    for name in (
        changed if changed == ["letter"] else [each for each in changed if each != "letter"]
    ):
        what = _name_part(name)
        if name not in before:
            unseen = ", or unknown to the older version of advocacy that recorded the approval"
            yield f"{what} is new{unseen if is_older else ''}"
        else:
            yield f"{what} changed" if name in after else f"{what} was removed"


_KINDS = {
    "facts": "the fact",
    "sources": "the source",
    "templates": "the template",
    "images": "the image",
}


def _name_part(name: str) -> str:
    group, _, rest = name.partition("/")
    if group == "letter":
        return "the letter that advocacy makes from the same files"
    return f"{_KINDS[group]} `{rest}`" if group in _KINDS else f"`{rest}`"


def _listed(changes: tuple[str, ...], most: int = 6) -> str:
    shown = "; ".join(changes[:most])
    return shown if len(changes) <= most else f"{shown}; and {len(changes) - most} more"
