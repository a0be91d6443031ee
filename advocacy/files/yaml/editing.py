"""Every edit of people's YAML files: in place, with all that it does not concern untouched.

    edit_file(path, SetValue(("microsoft-ban", "checked"), day, after=("until",)))

An edit is written only if the file then reads as before but for that edit.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advocacy.errors import AdvocacyError, Place, Problem, did_you_mean, has_errors
from advocacy.files.writing import replace_file
from advocacy.files.yaml.reading import YamlMap, read_text, scan_yaml_text
from advocacy.files.yaml.splicing import Keys, NoPlaceError, append_in, remove_in, set_in


@dataclass(frozen=True, slots=True)
class SetValue:
    """Set what stands at `keys`.

    A key that is not there yet is added to its mapping, after the last of the keys `after`
    that is there, else at the end. A value is a text, number, day, or lists and mappings of
    these.
    """

    keys: Keys
    value: Any
    after: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove a key with its value, or an item of a list."""

    keys: Keys


@dataclass(frozen=True, slots=True)
class AppendItems:
    """Add items at the end of the list at `keys`."""

    keys: Keys
    items: Sequence[Any]


Edit = SetValue | Remove | AppendItems
Accept = Callable[[YamlMap], Sequence[Problem]]


@dataclass(frozen=True, slots=True)
class Change:
    """What edits made of a file's text."""

    path: Path
    before: str
    after: str

    def __bool__(self) -> bool:
        return self.before != self.after

    def diff(self) -> str:
        """The changed lines with their neighbours, as a unified diff."""
        from difflib import unified_diff  # here: few edits are shown

        lines = unified_diff(
            self.before.splitlines(), self.after.splitlines(), str(self.path), str(self.path),
            lineterm="", n=2,
        )  # fmt: skip
        return "\n".join(lines)


def edit_file(
    path: Path, *edits: Edit, accept: Accept | None = None, dry_run: bool = False
) -> Change:
    """Make edits in a YAML file: all of them, or none.

    `accept` reads the edited file and returns what is wrong with it; an error that was not
    there before stops the edit. The file is replaced whole, under its own mode; a link stays a
    link. Raises AdvocacyError: the file cannot be read or written, the keys lead nowhere, or
    the edit would change anything else.
    """
    return rewrite_file(
        path, lambda before: edited(before, path, *edits, accept=accept), dry_run=dry_run
    )


def rewrite_file(path: Path, change: Callable[[str], str], *, dry_run: bool = False) -> Change:
    """Replace a file whole by what `change` makes of its text, under its own mode.

    A byte order mark stays, a link stays a link, and line ends are those of the file. Raises
    AdvocacyError where the file cannot be read or written, and what `change` raises.
    """
    target = path.resolve()
    read_text(path)  # says what is wrong with an unreadable file
    raw = target.read_bytes()
    mark = "\ufeff" if raw.startswith(b"\xef\xbb\xbf") else ""
    before = raw.decode("utf-8").removeprefix("\ufeff")
    after = change(before)
    if after != before and not dry_run:
        _replace(target, raw, (mark + after).encode("utf-8"))
    return Change(path, before, after)


def create_file(path: Path, text: str) -> None:
    """Write a YAML file that is not there yet, whole or not at all.

    Raises AdvocacyError where the text is not valid YAML, or the file cannot be written.
    """
    _read(text, path)
    _replace(path, None, text.encode("utf-8"))


def edited(text: str, path: Path, *edits: Edit, accept: Accept | None = None) -> str:
    """The text of a YAML file after edits; `path` is what problems name.

    Raises AdvocacyError as `edit_file` does.
    """
    data = _read(text, path)
    known = {(p.code, p.message) for p in accept(data)} if accept else set()
    expected = _plain(data)
    for edit in edits:
        text = _spliced(text, path, edit)
        expected = _applied(expected, edit)
    try:
        result = _read(text, path)
    except AdvocacyError as error:
        raise AdvocacyError(_refused(path, error.problems[0].message)) from error
    if not _same(_plain(result), expected):
        raise AdvocacyError(_refused(path, "it would change another value as well"))
    if accept:
        new = [p for p in accept(result) if (p.code, p.message) not in known]
        if has_errors(new):
            # Their places are in a text that was never written.
            raise AdvocacyError(
                Problem(p.code, p.message, p.hint, Place(path), p.level) for p in new
            )
    return text


def _read(text: str, path: Path) -> YamlMap:
    data, problems = scan_yaml_text(re.sub("\r\n?", "\n", text), path)
    if data is None or has_errors(problems):
        raise AdvocacyError(problems)
    return data


def _spliced(text: str, path: Path, edit: Edit) -> str:
    try:
        if isinstance(edit, SetValue):
            return set_in(text, edit.keys, edit.value, edit.after)
        if isinstance(edit, Remove):
            return remove_in(text, edit.keys)
        return append_in(text, edit.keys, edit.items)
    except NoPlaceError:
        raise AdvocacyError(_no_place(text, path, edit)) from None


def _no_place(text: str, path: Path, edit: Edit) -> Problem:
    data: Any = _read(text, path)
    for key in edit.keys:
        known = list(data) if isinstance(data, dict) else []
        if (isinstance(data, dict) and key in data) or (
            isinstance(data, list) and isinstance(key, int) and 0 <= key < len(data)
        ):
            data = data[key]  # type: ignore[index]
            continue
        message = f"There is no `{key}` in this file."
        hint = did_you_mean(str(key), known, "Check the name.")
        return Problem("nothing-to-edit", message, hint, Place(path))
    where = ".".join(str(key) for key in edit.keys)
    hint = "Edit the file by hand."
    return Problem("nothing-to-edit", f"`{where}` cannot be edited in place.", hint, Place(path))


def _refused(path: Path, why: str) -> Problem:
    return Problem(
        "edit-refused",
        f"The edit was not made: {why.rstrip('.')}.",
        "The file is unchanged. Edit it by hand.",
        Place(path),
    )


def _plain(value: Any) -> Any:
    """The data without places: new dicts and lists all the way down."""
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    return [_plain(entry) for entry in value] if isinstance(value, list) else value


def _applied(data: Any, edit: Edit) -> Any:
    """The data after an edit, made without the text: what the edited file has to say."""
    at = data
    *way, last = edit.keys or ("",)
    if isinstance(edit, AppendItems):
        for key in edit.keys:
            at = at[key]
        at.extend(_plain(list(edit.items)))
        return data
    for key in way:
        at = at[key]
    if isinstance(edit, Remove):
        del at[last]
    else:
        at[last] = _plain(list(edit.value) if isinstance(edit.value, tuple) else edit.value)
    return data


def _same(one: Any, two: Any) -> bool:
    """Equal in value and in kind: `1` is neither `true` nor `"1"`."""
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(_same(one[key], two[key]) for key in one)
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(_same, one, two))
    return type(one) is type(two) and bool(one == two)


def _replace(path: Path, before: bytes | None, after: bytes) -> None:
    advice = "Free up space, or change the permissions"
    with replace_file(path, shared=True, durable=True, advice=advice) as file:
        file.write(after)
        if (path.read_bytes() if path.exists() else None) != before:
            raise AdvocacyError(_refused(path, "the file was changed by another program"))
