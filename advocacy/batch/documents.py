"""The documents of one letter: which, and what stands in their way."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from advocacy.batch.manifest import versions
from advocacy.errors import Level, Problem, has_errors
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import CheckedLetter, Letter

if TYPE_CHECKING:
    from advocacy.documents.unsubscribe_links import Leaving

Format = Literal["pdf", "eml", "html", "txt", "docx"]
FORMATS: tuple[Format, ...] = get_args(Format)
DEFAULT_FORMATS: tuple[Format, ...] = ("pdf", "eml")
Typeset = Literal["auto", "full"]
"""How PDFs are laid out: fast where they come out the same, or each in full."""
Beside = Callable[[CheckedLetter, Mapping[str, str]], tuple[dict[str, bytes], Sequence[Problem]]]
"""Makes what stands beside a letter's documents, by file name, given the versions used."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to make of each letter, and where it goes.

    `leaving` says where a letter's own recipient unsubscribes; otherwise it is where all do.
    """

    workspace: Workspace
    output: Path
    formats: tuple[Format, ...] = DEFAULT_FORMATS
    formats_asked_for: bool = False
    beside: Beside | None = None
    leaving: "Callable[[Letter], Leaving] | None" = None
    typeset: Typeset = "auto"


@dataclass(slots=True)
class Made:
    """What came of a letter: documents by file name, and what stood in the way of others.

    `sums` are SHA-256 sums of documents, as far as they are known. `typeset` says how a PDF was
    laid out, fast or in full, and `why` not fast.
    """

    documents: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    sums: dict[str, str] = field(default_factory=dict)
    typeset: str | None = None
    why: str = ""


@lru_cache(maxsize=64)
def letter_folder(output: Path, campaign: str, stage: str) -> Path:
    """The folder of a stage's letters: `<output>/<campaign>/<stage>`."""
    return output / campaign / stage


def make_documents(checked: CheckedLetter, job: Job, printed: bytes | None = None) -> Made:
    """A letter's documents.

    `printed` is the letter's PDF, where it was made before.
    A format that cannot be made (no email address, a character without a font) is left out,
    with an error where the user asked for it by name and a warning where not.
    """
    letter, made = checked.letter, Made()
    digest: str | None = None
    wants_paper = "pdf" in job.formats or ("eml" in job.formats and "pdf" in letter.attach)
    if wants_paper and printed is None:
        from advocacy.documents.pdf import render as pdf

        result = pdf.printed(checked, job.workspace, job.typeset)
        if isinstance(result, pdf.Pdf):
            printed, made.typeset, made.why = result.data, result.typeset, result.why
            digest = result.digest
            made.problems += result.problems
        else:
            made.problems += result
    for kind in job.formats:
        name = f"{letter.id}.{kind}"
        if kind == "pdf" and printed is not None:
            made.documents[name] = printed
            if digest is not None:
                made.sums[name] = digest
        elif kind == "eml":
            from advocacy.documents.email import message as email

            found = email.obstacles(checked)
            if has_errors(found):
                made.problems += _levelled(found, job.formats_asked_for)
            elif "pdf" not in letter.attach or printed is not None:
                attached = printed if "pdf" in letter.attach else None
                leaving = job.leaving(letter) if job.leaving else None
                made.documents[name] = email.render_email(
                    checked, job.workspace, pdf=attached, leaving=leaving
                )
        elif kind != "pdf":
            made.documents[name] = _plain(kind, checked, job.workspace)
    return made


def _plain(kind: Format, checked: CheckedLetter, workspace: Workspace) -> bytes:
    """A document that nothing can stand in the way of; each loads only what it needs."""
    if kind == "html":
        from advocacy.documents.email.html import render_html

        return render_html(checked, workspace).encode()
    if kind == "txt":
        from advocacy.documents.text import render_text

        return render_text(checked, workspace).encode()
    from advocacy.documents.word.docx import render_docx

    return render_docx(checked, workspace)


def _levelled(problems: Iterable[Problem], asked_for: bool) -> list[Problem]:
    if asked_for:
        return list(problems)
    return [p.at(Level.WARNING) if p.level is Level.ERROR else p for p in problems]


@cache
def used_versions(typeset: bool) -> dict[str, str]:
    """The versions that a letter's documents depend on; Pango's where there is a PDF."""
    if not typeset:
        return versions()
    from advocacy.documents.pdf.typesetter import pango_version

    return versions(pango_version())
