"""What a stage's letters are made of, read at one moment: digests, and the files themselves.

A run holds these files while it composes (`files.cache.files_held`), so that what somebody saves
meanwhile reaches no letter. What is not among them cannot be read; so the digests cover all that
any letter can print or rely on.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from advocacy.campaign.loading import Campaign
from advocacy.campaign.sender_details import enclosure_title
from advocacy.errors import AdvocacyError, Problem
from advocacy.files.cache import files_held, held_files
from advocacy.files.content_digests import digest_of, file_digest, plain_values
from advocacy.files.held import HeldFiles, hold_files
from advocacy.files.text import read_text
from advocacy.files.workspace import Workspace
from advocacy.letters.cosigning import cosigners_of
from advocacy.letters.letter import Letter
from advocacy.letters.parts import cited_ids, image_files, layout_files, letter_files, word_files
from advocacy.letters.samples import sample_letter
from advocacy.resources import templates_dir

COVERS, COVERED = "covers", "2"
"""The part that states what the others cover; older records do not have it."""
_NOT_TEXT = ("from", "until", "to")


@dataclass(frozen=True, slots=True)
class StageText:
    """The parts of a stage's letters with their digests (see `digest_parts`), and its files."""

    parts: Mapping[str, str]
    files: HeldFiles

    def uncovered(self, letter: Letter) -> list[Problem]:
        """The facts that a letter cites and no part covers, since their ids were worked out."""
        return [
            Problem(
                "outside-approval",
                f"The letter cites `{cited.id}`, which the approval of the stage "
                f"`{letter.stage}` does not cover.",
                f'Write its id in the template: `{{{{ cite("{cited.id}") }}}}`, inside '
                "`{% if … %}` if it depends on the recipient. Then approve the stage again.",
                cite.place,
            )
            for cite in letter.cites
            for cited in cite.facts
            if f"facts/{cited.id}" not in self.parts
        ]


NOTHING_READ = StageText({}, HeldFiles())
"""The text of a stage of which nothing is composed."""


def read_stage_text(campaign: Campaign, stage: str) -> StageText:
    """Read all that a stage's letters are made of; inside a run, what the run holds."""
    held = held_files()
    if held is None:
        files = chain.from_iterable(each.values() for each in _files(campaign, stage).values())
        held = hold_files(files, campaign.workspace.templates)
    with files_held(held):
        return StageText(_parts(campaign, stage), held)


def digest_parts(campaign: Campaign, stage: str) -> dict[str, str]:
    """The digest of each thing that a stage's letter prints or relies on, by its name.

    Names are `campaign/subject`, `letter`, `templates/letters/call.md`, `images/logo.svg`,
    `facts/ibm-exit`, `sources/ibm-letter`; digests are SHA-256 in hexadecimal.
    """
    return dict(read_stage_text(campaign, stage).parts)


def _files(campaign: Campaign, stage_name: str) -> dict[str, dict[str, Path]]:
    """The files of a stage's letters by their names, in groups."""
    stage = campaign.file.stages[stage_name]
    layouts = layout_files(campaign, stage)
    templates = {**letter_files(campaign, stage), **layouts, **word_files(campaign, stage)}
    images = named_files(campaign.workspace, layouts.values()) | image_files(campaign, stage)
    return {"templates": templates, "images": images}


def _parts(campaign: Campaign, stage_name: str) -> dict[str, str]:
    file = campaign.file
    stage = file.stages[stage_name]
    text: dict[str, Any] = {
        "title": file.title.plain(),
        "language": file.language,
        "timezone": file.timezone,
        "citation_style": file.citation_style,
        "audience": file.audience if file.audience == "subscribers" else None,
        "target": {k: v for k, v in plain_values(file.target).items() if k != "addressees"},
        "sender": plain_values(file.sender),
        "cosigners": [plain_values(each) for each in cosigners_of(campaign, stage_name)],
        "cc": [one.plain() for one in file.cc],
        "enclosures": [enclosure_title(one).plain() for one in file.enclosures],
        "reference_lines": plain_values(file.reference_lines),
        # All other keys of the stage, so that a key that it gets one day is covered too.
        **{k: v for k, v in plain_values(stage).items() if k not in _NOT_TEXT},
        # The stage's own, or the campaign's.
        "demand": plain_values(file.stage_demand(stage)),
        "precedents": [plain_values(each) for each in file.stage_precedents(stage)],
    }
    parts = {f"campaign/{key}": digest_of(value) for key, value in text.items() if value}
    letter = sample_letter(campaign, stage_name)
    if letter is not None:
        body = [letter.body.markdown, *letter.body.values]
        address = [*letter.inside_address, letter.salutation, letter.close]
        parts["letter"] = digest_of([letter.subject, body, address])
    for group, files in _files(campaign, stage_name).items():
        parts |= {f"{group}/{name}": file_digest(path) for name, path in files.items()}
    for name in cited_ids(campaign, stage_name):
        fact = campaign.facts[name]
        values = {key: value for key, value in plain_values(fact).items() if key != "checked"}
        parts[f"facts/{name}"] = digest_of(values)
        for source in (fact.source, fact.via):
            if source and source in campaign.sources:
                parts[f"sources/{source}"] = digest_of(plain_values(campaign.sources[source]))
    return {**dict(sorted(parts.items())), COVERS: COVERED}


def is_built_in(part: str, digest: str) -> bool:
    """Whether a part is a template of the package, as it came with it."""
    path = templates_dir() / part.removeprefix("templates/")
    return part.startswith("templates/") and path.is_file() and file_digest(path) == digest


# Whatever may be an address in HTML or CSS.
_ADDRESSES = (
    re.compile(r"""url\(\s*["']?(?P<address>[^"')]+)""", re.IGNORECASE),
    re.compile(r"""(?P<quote>["'])(?P<address>[^"'\n]+)(?P=quote)"""),
    re.compile(r"""=(?P<address>[^\s"'<>=]+)"""),
)
_CSS_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))")


def named_files(workspace: Workspace, layouts: Iterable[Path]) -> dict[str, Path]:
    """The campaign's files (pictures, fonts) that layouts and stylesheets name, by these names.

    Whatever may be an address counts, so that none is missed; it is one where it leads to a file
    of the campaign's folder.
    """
    found: dict[str, Path] = {}
    for path in layouts:
        try:
            text = read_text(path)
        except AdvocacyError:  # it is told where the layout is used
            continue
        for name in _addresses(text):
            if name not in found and _is_own(workspace, name):
                found[name] = workspace.folder / name
    return found


def _addresses(text: str) -> Iterator[str]:
    """What may name a file in a layout, with the escapes of HTML, CSS and URLs undone."""
    plain = html.unescape(text)
    for variant in dict.fromkeys((text, plain, _CSS_ESCAPE.sub(_unescaped, plain))):
        for pattern in _ADDRESSES:
            for match in pattern.finditer(variant):
                address = match["address"].strip()
                if address.lower().startswith("file:"):
                    address = urlsplit(address).path
                yield unquote(address)
                yield unquote(re.split(r"[?#]", address)[0])


def _unescaped(escape: re.Match[str]) -> str:
    return chr(min(int(escape[1], 16), 0x10FFFF)) if escape[1] else str(escape[2])


def _is_own(workspace: Workspace, name: str) -> bool:
    if not name or len(name) > _LONGEST_NAME or "\0" in name:
        return False
    try:
        path = workspace.folder / name
        return path.is_file() and workspace.contains(path)
    except (OSError, ValueError, UnicodeError):
        return False


_LONGEST_NAME = 1024
