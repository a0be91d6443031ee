"""The manifest: what each letter is, which facts it relies on, and which files it became.

One JSON object a line, merged by letter id, so that rendering a part of a list never drops
the record of the rest.
"""

import importlib.metadata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from advocacy.errors import Place, Problem
from advocacy.letters.digests import letter_digest, recipient_digest
from advocacy.letters.letter import Letter
from advocacy.resources import version

NAME = "manifest.jsonl"
_PACKAGES = (("weasyprint", "weasyprint"), ("harfbuzz", "uharfbuzz"), ("fonts", "rendercv-fonts"))
Entry = dict[str, Any]
"""One line: `id`, `campaign`, `stage`, `date`, `recipient`, `files` and the rest."""


def entry(
    letter: Letter,
    files: Mapping[str, str],
    versions: Mapping[str, str],
    digests: tuple[str, str] | None = None,
    inputs: Mapping[str, str] | None = None,
    typeset: str | None = None,
) -> Entry:
    """The manifest's line for a letter; `files` maps names to SHA-256 sums.

    `digests` are the letter's and the recipient's, where they are known already; `inputs` maps
    names to digests of what the files were made of. `typeset` is how the PDF was laid out: `fast`
    or `full`.
    """
    recipient = letter.recipient
    digest, person_digest = digests or (letter_digest(letter), recipient_digest(recipient))
    person = {
        "name": recipient.full_name,
        "organization": recipient.organization,
        "email": recipient.email,
        # Where those are reached who have no email address: members of Congress, say.
        "url": recipient.other.get("url"),
        "contact_form": recipient.other.get("contact_form"),
    }
    line: Entry = {
        "id": letter.id,
        "campaign": letter.campaign,
        "stage": letter.stage,
        "date": letter.date.isoformat(),
        "language": letter.language,
        "layout": letter.layout,
        "subject": letter.subject,
        "recipient": {key: value for key, value in person.items() if value},
        "files": dict(files),
        "facts": [cited.id for cited in letter.facts],
        "inputs": dict(inputs or {}),
        "digest": digest,
        "recipient_digest": person_digest,
        "versions": dict(versions),
    }
    if typeset:
        line["typeset"] = typeset
    if letter.supporters is not None:
        one = letter.supporter
        line["supporters"] = letter.supporters.count
        if one is not None:
            line["supporter"] = {"id": one.id, "name": one.name, "email": one.email}
            line["own_words"] = bool(one.own_words)
    if letter.variants:
        line["variants"] = dict(letter.variants)
    return line


def versions(pango: str | None = None) -> dict[str, str]:
    """The versions of everything that decides a document's bytes.

    `pango` is given by who has loaded it: finding it out here would load WeasyPrint.
    """
    found = {"advocacy": version()}
    for name, package in _PACKAGES:
        found[name] = importlib.metadata.version(package)
    found["pandoc"] = importlib.metadata.version("pypandoc-binary")
    if pango:
        found["pango"] = pango
    return found


def unreadable(path: Path, line: int | None) -> Problem:
    """That a manifest, or a line of it, is none."""
    return Problem(
        "broken-manifest",
        "The manifest cannot be read.",
        "Move it away and render the letters again; it will be written anew.",
        Place(path, line),
    )
