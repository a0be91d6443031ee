"""Running pandoc: in its sandbox, on its JSON, the binary of the package alone."""

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from advocacy.campaign.citation_styles import folder_of, missing
from advocacy.errors import AdvocacyError, Problem
from advocacy.resources import PACKAGE

TIMEOUT = 30.0
"""Seconds that pandoc may take for the citations of one letter; it needs less than one."""


def pandoc_path() -> Path:
    """The pandoc that comes with pypandoc-binary, never another on the machine.

    Raises AdvocacyError (`missing-library`).
    """
    folder = folder_of("pypandoc") / "files"
    for path in (folder / "pandoc", folder / "pandoc.exe"):
        if path.is_file():
            return path
    raise missing("pypandoc")


def cite(style_xml: str, document: Mapping[str, Any]) -> list[Any]:
    """The blocks of a document, in pandoc's JSON, after its citation processor.

    Raises AdvocacyError: `citations-timeout`, `citations-failed`, `missing-library`.
    """
    with tempfile.TemporaryDirectory(prefix="advocacy-") as folder:
        style = Path(folder) / "style.csl"
        style.write_text(style_xml, encoding="utf-8")
        options = ["--sandbox", "--citeproc", "--to=json", f"--csl={style}"]
        try:
            blocks: list[Any] = json.loads(_run(document, folder, options))["blocks"]
        except subprocess.TimeoutExpired:
            problem = Problem(
                "citations-timeout",
                f"pandoc did not format the citations within {TIMEOUT:g} seconds.",
                "Check the sources for very long texts, or try again later.",
            )
        except subprocess.CalledProcessError as error:
            problem = Problem(
                "citations-failed",
                f"pandoc could not format the citations: {_said(error)}",
                "Check the sources that the letter cites for unusual values.",
            )
        except (OSError, ValueError, KeyError) as error:
            problem = Problem(
                "citations-failed",
                f"pandoc cannot be run: {error}",
                "Reinstall it: pip install --force-reinstall pypandoc-binary",
            )
        else:
            return blocks
    raise AdvocacyError(problem)


def _run(
    document: Mapping[str, Any], folder: str, options: list[str], clock: Mapping[str, str] = {}
) -> bytes:
    """What pandoc makes of a document in its JSON; its data are looked for in a folder alone."""
    done = subprocess.run(  # noqa: S603 - our own binary, no shell
        [str(pandoc_path()), f"--data-dir={folder}", "--from=json", *options],
        input=json.dumps(document).encode(),
        capture_output=True,
        timeout=TIMEOUT,
        check=True,
        env=os.environ | clock,
    )
    return done.stdout


def _said(error: subprocess.CalledProcessError) -> str:
    return " ".join(error.stderr.decode("utf-8", "replace").split())[-300:] or str(error)


_ZIP_EPOCH = 315532800  # 1980: a zip file knows no earlier day
# The text alone: the title is a property of the file, and the subject stands in the letter.
_TEMPLATE = PACKAGE / "documents" / "word" / "letter.openxml"


def write_docx(
    blocks: Sequence[Mapping[str, Any]],
    meta: Mapping[str, str],
    reference: bytes,
    created: str,
    pictures: Mapping[str, bytes] = {},
) -> bytes:
    """A Word file of blocks in pandoc's JSON, with the styles and paper of a reference document.

    `meta` are its properties (`title`, `author`, `lang`), `created` (ISO 8601) the one time in
    it, `pictures` the files that blocks name. Raises AdvocacyError: `docx-failed`,
    `missing-library`.
    """
    document = {
        "pandoc-api-version": [1, 23, 1],
        "meta": {name: {"t": "MetaString", "c": text} for name, text in meta.items()},
        "blocks": blocks,
    }
    # Else pandoc takes the time of the day, and the zip file the zone of the machine.
    moment = max(int(datetime.fromisoformat(created).timestamp()), _ZIP_EPOCH)
    clock = {"SOURCE_DATE_EPOCH": str(moment), "TZ": "UTC"}
    with tempfile.TemporaryDirectory(prefix="advocacy-") as folder:
        styles = Path(folder) / "reference.docx"
        styles.write_bytes(reference)
        for name, data in pictures.items():
            (Path(folder) / name).write_bytes(data)
        # In its sandbox pandoc has no clock. Blocks name pictures of this folder alone, and their
        # one raw part is a page break, so none is needed.
        options = ["--to=docx", f"--template={_TEMPLATE}", f"--reference-doc={styles}"]
        options += [f"--resource-path={folder}"] * bool(pictures)
        try:
            return _run(document, folder, [*options, "--output=-"], clock)
        except subprocess.CalledProcessError as error:
            said = _said(error)
        except (OSError, subprocess.TimeoutExpired) as error:
            said = str(error)
    raise AdvocacyError(
        Problem(
            "docx-failed",
            f"pandoc could not write the Word file: {said}",
            "Leave `docx` out of `--format`, or reinstall pandoc: pip install --force-reinstall "
            "pypandoc-binary",
        )
    )
