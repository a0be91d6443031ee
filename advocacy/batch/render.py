"""The documents of one letter: which, and what stands in their way."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from advocacy.batch.manifest import versions
from advocacy.errors import Level, Problem, has_errors
from advocacy.letter import CheckedLetter
from advocacy.workspace import Workspace

Format = Literal["pdf", "eml", "html", "txt", "docx"]
FORMATS: tuple[Format, ...] = get_args(Format)
DEFAULT_FORMATS: tuple[Format, ...] = ("pdf", "eml")
Beside = Callable[[CheckedLetter, Mapping[str, str]], tuple[dict[str, bytes], Sequence[Problem]]]
"""Makes what stands beside a letter's documents, by file name, given the versions used."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to make of each letter, and where it goes."""

    workspace: Workspace
    output: Path
    formats: tuple[Format, ...] = DEFAULT_FORMATS
    formats_asked_for: bool = False
    beside: Beside | None = None


def letter_folder(output: Path, campaign: str, stage: str) -> Path:
    """The folder of a stage's letters: `<output>/<campaign>/<stage>`."""
    return output / campaign / stage


def make_documents(
    checked: CheckedLetter, job: Job
) -> tuple[dict[str, bytes], int | None, list[Problem]]:
    """A letter's documents by file name, the pages on paper, and what stands in the way.

    A format that cannot be made (no email address, a character without a font) is left out,
    with an error where the user asked for it by name and a warning where not.
    """
    from advocacy.documents import docx, email, html, paper, pdf, text

    plain: dict[str, Callable[[CheckedLetter, Workspace], bytes]] = {
        "html": lambda *letter: html.render_html(*letter).encode(),
        "txt": lambda *letter: text.render_text(*letter).encode(),
        "docx": docx.render_docx,
    }
    letter, pages = checked.letter, None
    documents: dict[str, bytes] = {}
    problems: list[Problem] = []
    printed: bytes | None = None
    wants_paper = "pdf" in job.formats or ("eml" in job.formats and "pdf" in letter.attach)
    if wants_paper:
        found = paper.obstacles(checked, job.workspace)
        if not has_errors(found):
            result = pdf.render_pdf(checked, job.workspace)
            printed, pages, found = result.data, result.pages, [*found, *result.problems]
        problems += found
    for kind in job.formats:
        name = f"{letter.id}.{kind}"
        if kind == "pdf" and printed is not None:
            documents[name] = printed
        elif kind == "eml":
            found = email.obstacles(checked)
            if has_errors(found):
                problems += _levelled(found, job.formats_asked_for)
            elif "pdf" not in letter.attach or printed is not None:
                attached = printed if "pdf" in letter.attach else None
                documents[name] = email.render_email(checked, job.workspace, pdf=attached)
        elif kind != "pdf":
            documents[name] = plain[kind](checked, job.workspace)
    return documents, pages, problems


def _levelled(problems: Iterable[Problem], asked_for: bool) -> list[Problem]:
    if asked_for:
        return list(problems)
    return [p.at(Level.WARNING) if p.level is Level.ERROR else p for p in problems]


@cache
def used_versions(typeset: bool) -> dict[str, str]:
    """The versions that a letter's documents depend on; Pango's where there is a PDF."""
    if not typeset:
        return versions()
    from advocacy.documents.typesetter import pango_version

    return versions(pango_version())
