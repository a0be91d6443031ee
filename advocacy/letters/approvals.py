"""Approvals: who signed off which text, and whether it is still that text.

An approval holds digests of all that a reader of the stage's letters reads and all that they
rely on, but for what is the recipient's own. So a new recipient changes nothing, and any
change of a template, a fact, a source, a subject, an ask, the sender or a layout is noticed and
named. A stage's days (`from`, `until`, `to`) are no text, and a fact's `checked` is no claim:
the gate by date judges those anew each time.

They stand beside the campaign, in `<campaign>.approvals.yaml`. It is a record among colleagues
and no lock: whoever may edit the campaign may edit it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from advocacy.campaign.field_types import Day, Line
from advocacy.campaign.loading import Campaign
from advocacy.errors import AdvocacyError, Level, Problem
from advocacy.files.yaml.editing import SetValue, create_file, edit_file
from advocacy.files.yaml.reading import Located, YamlMap, parse, read_yaml
from advocacy.files.yaml.splicing import written
from advocacy.letters.parts import (
    cited_ids,
    image_files,
    layout_files,
    letter_files,
    sample_letter,
    word_files,
)

HEADER = """\
# Who approved which text: written by `advocacy approve`, read by `check` and `send`.
"""


class Approval(Located):
    """One stage's approval, as the file has it."""

    by: Line = Field(description="Who approved it.")
    on: Day = Field(alias="date", description="The day, in the campaign's timezone.")
    digest: Line = Field(description="The digest of all parts: names exactly this text.")
    parts: dict[Line, Line] = Field(description="The digest of each thing that it consists of.")


@dataclass(frozen=True, slots=True)
class Approved:
    """Whether a stage's text is approved; `changes` say what is no longer as it was."""

    state: Literal["approved", "stale", "not approved"]
    approval: Approval | None = None
    changes: tuple[str, ...] = ()


def approvals_path(campaign: Path) -> Path:
    """The file of a campaign's approvals: `microsoft.approvals.yaml` beside `microsoft.yaml`."""
    return campaign.with_name(f"{campaign.stem}.approvals.yaml")


def read_approvals(campaign: Path) -> dict[str, Approval]:
    """The approvals of a campaign by stage; none where there is no file.

    Raises AdvocacyError where the file cannot be understood.
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


def parts_of(campaign: Campaign, stage_name: str) -> dict[str, str]:
    """The digests (SHA-256) of all that a stage's letter consists of and relies on, by name."""
    file = campaign.file
    stage = file.stages[stage_name]
    told = _plain(stage)
    text: dict[str, Any] = {
        "title": file.title.plain(),
        "language": file.language,
        "timezone": file.timezone,
        "citation_style": file.citation_style,
        "target": {k: v for k, v in _plain(file.target).items() if k != "addressees"},
        "demand": _plain(file.stage_demand(stage)),
        "precedents": [_plain(precedent) for precedent in file.stage_precedents(stage)],
        "sender": _plain(file.sender),
        "cosigners": [_plain(cosigner) for cosigner in file.cosigners],
        "cc": file.cc,
        "enclosures": file.enclosures,
        # All other keys of the stage, those included that it may get one day.
        **{
            k: v
            for k, v in told.items()
            if k not in ("from", "until", "to", "demand", "precedents")
        },
    }
    parts = {f"campaign/{key}": _digest(value) for key, value in text.items() if value}
    letter = sample_letter(campaign, stage_name)
    if letter is not None:
        body = [letter.body.markdown, *letter.body.values]
        address = [*letter.inside_address, letter.salutation, letter.close]
        parts["letter"] = _digest([letter.subject, body, address])
    for group, files in (
        ("templates", letter_files(campaign, stage)),
        ("templates", layout_files(campaign, stage)),
        ("templates", word_files(campaign, stage)),
        ("images", image_files(campaign)),
    ):
        parts |= {f"{group}/{name}": _file_digest(path) for name, path in files.items()}
    used: dict[str, None] = {}
    for name in cited_ids(campaign, stage_name):
        fact = campaign.facts[name]
        plain = {key: value for key, value in _plain(fact).items() if key != "checked"}
        parts[f"facts/{name}"] = _digest(plain)
        used.update(dict.fromkeys(one for one in (fact.source, fact.via) if one))
    for name in used:
        if name in campaign.sources:
            parts[f"sources/{name}"] = _digest(_plain(campaign.sources[name]))
    return dict(sorted(parts.items()))


def approved(campaign: Campaign, stage: str) -> Approved:
    """Whether the text of a stage, as it is now, is what somebody approved.

    Raises AdvocacyError where the approvals cannot be read.
    """
    approval = read_approvals(campaign.path).get(stage)
    if approval is None:
        return Approved("not approved")
    changes = tuple(changes_between(approval.parts, parts_of(campaign, stage)))
    if not changes and approval.digest != _digest(approval.parts):
        changes = ("the approval itself was edited by hand",)
    return Approved("stale" if changes else "approved", approval, changes)


def approval_problems(campaign: Campaign, stages: Iterable[str] | None = None) -> list[Problem]:
    """Stages whose text nobody approved (a note), or which is not what was approved (a warning).

    `stages` left out are all; then a campaign without a file of approvals has no problem. A
    caller that mails makes errors of them.
    """
    every = stages is None
    if every and not approvals_path(campaign.path).exists():
        return []
    problems: list[Problem] = []
    for name in campaign.file.stages if stages is None else stages:
        try:
            found = approved(campaign, name)
        except AdvocacyError as error:
            return list(error.problems)
        command = f"advocacy approve {campaign.path} --stage {name} --by NAME"
        if found.approval is None:
            problems.append(
                Problem(
                    "not-approved",
                    f"Nobody has approved the text of the stage `{name}`.",
                    f"Read it, then type: {command}",
                    campaign.file.stages[name].place(),
                    Level.NOTE,
                )
            )
        elif found.state == "stale":
            who = f"{found.approval.by} on {found.approval.on}"
            problems.append(
                Problem(
                    "approval-stale",
                    f"The stage `{name}` is not what {who} approved: {_joined(found.changes)}.",
                    f"Read what changed, then type: {command}",
                    found.approval.place(),
                    Level.WARNING,
                )
            )
    return problems


def record_approval(campaign: Campaign, stage: str, by: str, on: date) -> Path:
    """Record that somebody approves a stage's text as it is now; returns the file.

    Whether it deserves it is asked in `advocacy.checks.approving`. Raises AdvocacyError where
    the file cannot be read or written.
    """
    path = approvals_path(campaign.path)
    parts = parts_of(campaign, stage)
    entry = {"by": by, "date": on, "digest": _digest(parts), "parts": parts}
    if path.exists():
        read_approvals(campaign.path)
        edit_file(path, SetValue((stage,), entry))
    else:
        create_file(path, f"{HEADER}{written({stage: entry}, flow=False)}\n")
    return path


def changes_between(before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[str]:
    """What differs between the parts of two texts (`parts_of`), in words."""
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    # The letter as composed follows from the rest; alone, it means another version of the tool.
    for name in changed if changed == ["letter"] else [one for one in changed if one != "letter"]:
        what = _called(name)
        if name not in before:
            yield f"{what} is new"
        else:
            yield f"{what} changed" if name in after else f"{what} is no longer there"


def _called(name: str) -> str:
    group, _, rest = name.partition("/")
    kinds = {"facts": "the fact", "sources": "the source", "templates": "the template",
             "images": "the image"}  # fmt: skip
    if group == "letter":
        return "the letter that the tool makes of the same files"
    return f"{kinds[group]} `{rest}`" if group in kinds else f"`{rest}`"


def _joined(changes: tuple[str, ...], most: int = 6) -> str:
    shown = "; ".join(changes[:most])
    return shown if len(changes) <= most else f"{shown}; and {len(changes) - most} more"


def _plain(model: Located | None) -> Any:
    return model and model.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _digest(content: Any) -> str:
    text = json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _file_digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


__all__ = [
    "Approval", "Approved", "approval_problems", "approvals_path", "approved", "changes_between",
    "parts_of", "read_approvals", "record_approval",
]  # fmt: skip
