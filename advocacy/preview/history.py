"""What a file was before, and what of a letter is approved."""

from typing import Any

from advocacy.campaign.loading import Campaign
from advocacy.errors import AdvocacyError
from advocacy.files.saved_texts import keep_text, list_texts
from advocacy.files.text import read_text
from advocacy.letters.approvals import ApprovalStatus, approvals_path, judge_approval
from advocacy.preview.files import EditableFile, save_file
from advocacy.resources import templates_dir

BUILT_IN = "built-in"
"""The id of the text that comes with the package."""


def save_and_keep(
    campaign: Campaign, file: EditableFile, text: str, base: str
) -> dict[str, object]:
    """Save a file as `files.save_file` does, and keep its texts before and after.

    The save counts even where they cannot be kept.
    """
    folder = campaign.workspace.folder
    before = read_text(file.path)
    saved = save_file(file, text, base)
    try:
        keep_text(folder, file.name, before)
        keep_text(folder, file.name, text)
    except (AdvocacyError, OSError):
        saved["kept"] = False
    return saved


def list_history(campaign: Campaign, file: EditableFile) -> list[dict[str, Any]]:
    """The texts of a file, newest first: each with its id and the time of its save.

    The last is the built-in text, if the file replaces one.
    """
    texts = list_texts(campaign.workspace.folder, file.name)
    found: list[dict[str, Any]] = [
        {"id": one.id, "when": one.when.isoformat(timespec="seconds")} for one in texts
    ]
    if (templates_dir() / file.name).is_file() and not file.built_in:
        found.append({"id": BUILT_IN, "when": None})
    return found


def read_history(campaign: Campaign, file: EditableFile, text_id: str) -> str | None:
    """A text of a file by its id; None where there is none."""
    if text_id == BUILT_IN:
        path = templates_dir() / file.name
        return read_text(path) if path.is_file() else None
    for one in list_texts(campaign.workspace.folder, file.name):
        if one.id == text_id:
            return one.read()
    return None


def describe_approval(
    saved: Campaign | None, written: Campaign | None, stage: str
) -> dict[str, Any] | None:
    """Who approved a stage's text, what has changed since, and whether saving would undo it.

    `written` is the campaign with what is not saved. None for a campaign without approvals.
    """
    if saved is None or not approvals_path(saved.path).exists():
        return None
    try:
        status = judge_approval(saved, stage)
        now = status if written is saved or written is None else judge_approval(written, stage)
    except AdvocacyError:
        return None  # `check` tells what is wrong with the file of approvals
    return {
        "state": status.state,
        "by": status.approval.by if status.approval else None,
        "on": status.approval.on.isoformat() if status.approval else None,
        "changes": list(status.changes),
        "undone": _is_undone(status, now),
    }


def _is_undone(status: ApprovalStatus, now: ApprovalStatus) -> bool:
    return status.state == "approved" and now.state != "approved"
