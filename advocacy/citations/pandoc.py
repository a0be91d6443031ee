"""Running pandoc: in its sandbox, by JSON in and out, the binary of the package alone."""

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from advocacy.citations.styles import folder_of, missing
from advocacy.errors import AdvocacyError, Problem

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
        command = [str(pandoc_path()), "--sandbox", f"--data-dir={folder}", "--citeproc"]
        command += ["--from=json", "--to=json", f"--csl={style}"]
        try:
            done = subprocess.run(  # noqa: S603 - our own binary, no shell
                command,
                input=json.dumps(document).encode(),
                capture_output=True,
                timeout=TIMEOUT,
                check=True,
            )
            blocks: list[Any] = json.loads(done.stdout)["blocks"]
        except subprocess.TimeoutExpired:
            problem = Problem(
                "citations-timeout",
                f"pandoc did not format the citations within {TIMEOUT:g} seconds.",
                "Look in the sources for very long texts, or try again on a less busy machine.",
            )
        except subprocess.CalledProcessError as error:
            said = " ".join(error.stderr.decode("utf-8", "replace").split())[-300:]
            problem = Problem(
                "citations-failed",
                f"pandoc could not format the citations: {said or error}",
                "Look at the sources that the letter cites for anything unusual.",
            )
        except (OSError, ValueError, KeyError) as error:
            problem = Problem(
                "citations-failed",
                f"pandoc cannot be run: {error}",
                "Install it anew: pip install --force-reinstall pypandoc-binary",
            )
        else:
            return blocks
    raise AdvocacyError(problem)
