"""Reading text files that people edit: encodings, line ends, sizes, odd characters."""

import errno
import os
import re
import stat
from io import BufferedReader
from pathlib import Path

from advocacy.errors import AdvocacyError, Place, Problem, nearest
from advocacy.files.cache import held_files
from advocacy.files.characters import BAD_CHARACTERS, character_name

LARGEST = 20_000_000  # bytes
MOST_CHARACTERS = 100  # bad characters that are reported one by one


def read_text(path: Path) -> str:
    """The text of a file that people edit: UTF-8, with or without a byte order mark.

    Line ends become line feeds. Raises AdvocacyError for a file that is missing, not
    readable, not a file, larger than 20 MB, or not UTF-8.
    """
    place = Place(path)
    data = read_start(path, LARGEST + 1)
    if len(data) > LARGEST:
        raise AdvocacyError(
            Problem(
                "file-too-large",
                f"The file is larger than {LARGEST // 1_000_000} MB.",
                "Check that it is the right file, or split it.",
                place,
            )
        )
    return _decode(data, path)


def read_start(path: Path, most: int) -> bytes:
    """At most so many bytes of a file, from its beginning; of a held file, those that are held.

    Raises AdvocacyError where it is missing, not readable, or not an ordinary file.
    """
    held = held_files()
    key = held and held.key(str(path))
    if held and key:
        return held.contents[key][:most]
    try:
        with open_binary(path) as file:
            return file.read(most)
    except OSError as error:
        raise AdvocacyError(_unreadable(path, error)) from None


def open_binary(path: Path) -> BufferedReader:
    """A file that people edit, opened for reading bytes.

    Raises AdvocacyError where it is missing, not readable, or not an ordinary file.
    """
    try:
        file = open(path, "rb", opener=_open_at_once)  # noqa: SIM115 - the caller closes it
    except (OSError, ValueError) as error:
        raise AdvocacyError(_unreadable(path, error)) from None
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise AdvocacyError(
        Problem("not-a-file", "This is not a regular file.", "Name a file.", Place(path))
    )


def _open_at_once(name: str, flags: int) -> int:
    # Opening a pipe that nobody writes to would wait for ever.
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))


def _unreadable(path: Path, error: OSError | ValueError) -> Problem:
    place = Place(path)
    number = error.errno if isinstance(error, OSError) else errno.ENOENT
    if number == errno.EISDIR:
        return Problem("is-a-folder", "This is a folder, not a file.", "Name a file in it.", place)
    if number == errno.EACCES:
        hint = f"Run `chmod u+r {path}`."
        message = "You do not have permission to read this file."
        return Problem("not-readable", message, hint, place)
    if number in (errno.ENOENT, errno.ENOTDIR):
        return Problem("file-missing", "There is no such file.", _neighbour(path), place)
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return Problem("not-readable", f"The file cannot be read: {reason}.", "Try again.", place)


def _neighbour(path: Path) -> str:
    folder = path.parent
    try:
        names = [entry.name for entry in os.scandir(folder)]
    except (OSError, ValueError):
        return f"There is no folder `{folder}` either: check where you are."
    near = nearest(path.name, names)
    return f"Did you mean `{folder / near}`?" if near else "Check the name and the folder."


def wrong_encoding(start: bytes, path: Path, save_as: str = "UTF-8") -> Problem | None:
    """That a file which begins so is not text in UTF-8, if that can be seen at its beginning."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        message = "The file is in UTF-16, which some programs call “Unicode”."
        return Problem("not-utf8", message, f"Save it as {save_as}.", Place(path))
    if b"\0" in start:
        message = "This is not a text file: it contains zero bytes."
        return Problem("binary-file", message, "Name a text file.", Place(path))
    return None


def bad_byte(byte: int, where: str, hint: str, place: Place) -> Problem:
    """That a byte is not UTF-8, with what it is in the encoding that it most likely comes from."""
    guess = bytes([byte]).decode("cp1252", "replace")
    message = f"The byte 0x{byte:02X} {where} is not UTF-8; in Windows-1252 it is “{guess}”."
    return Problem("not-utf8", message, hint, place)


def _decode(data: bytes, path: Path) -> str:
    wrong = wrong_encoding(data, path)
    if wrong:
        raise AdvocacyError(wrong)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line_start = max(before.rfind(b"\n"), before.rfind(b"\r")) + 1
        line = len(re.findall(rb"\r\n|\r|\n", before)) + 1
        column = len(before[line_start:].decode("utf-8", "replace")) + 1
        hint = "Save the file as UTF-8 in your editor, or type "
        hint += f"`iconv -f windows-1252 -t utf-8 {path.name} > new.yaml`."
        place = Place(path, line, column)
        raise AdvocacyError(bad_byte(data[error.start], "here", hint, place)) from None
    return re.sub(r"\r\n?", "\n", text)


def split_lines(text: str) -> list[str]:
    """The lines of a text, as places count them: LF, CR and CR LF end a line, and nothing else.

    `str.splitlines` also breaks at U+000B, U+2028 and others, which no editor counts.
    """
    return re.split(r"\r\n?|\n", text)


def without_bad_characters(text: str, path: Path) -> tuple[str, list[Problem]]:
    """The text with U+FFFD for each character that no file may hold, and a problem for each.

    The text keeps its length, so that what is read from it still stands in the same places.
    """
    problems: list[Problem] = []
    line, line_start, seen = 1, 0, 0
    for count, found in enumerate(BAD_CHARACTERS.finditer(text)):
        if count == MOST_CHARACTERS:
            break
        at = found.start()
        line += text.count("\n", seen, at)
        line_start, seen = text.rfind("\n", 0, at) + 1, at
        problems.append(
            Problem(
                "bad-character",
                f"This text contains the character {character_name(found[0])}, which is "
                "invisible or cannot be printed.",
                "Delete it, or retype the text by hand. Copied text often contains such "
                "characters.",
                Place(path, line, at - line_start + 1),
            )
        )
    return (BAD_CHARACTERS.sub("\ufffd", text) if problems else text), problems
