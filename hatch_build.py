"""Builds the page's editor into the wheel, where Node.js is there to do it.

Without it the wheel is built all the same and says so: the page then has a plain text area.
"""

import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

EDITOR = "advocacy/preview/editor"
BUNDLE = "advocacy/preview/page/editor.bundle.js"
LICENSES = "advocacy/preview/page/editor.licenses.txt"
# As in build.mjs: of these a bundle is made.
SOURCES = (
    "build.mjs", "blocks.js", "chips.js", "completing.js", "editor.js", "package-lock.json",
    "pasting.js", "theme.js", "../page/dom.js", "../page/words.js",
)  # fmt: skip


class EditorHook(BuildHookInterface):  # type: ignore[type-arg]
    """Makes the bundle before a wheel is packed, unless there is one of these sources."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Make the bundle, or say why there is none."""
        root = Path(self.root)
        if version == "editable" or up_to_date(root):
            return
        npm = shutil.which("npm")
        if npm is None or shutil.which("node") is None:
            self._without("Node.js and npm are not installed")
            return
        for command in ([npm, "ci", "--no-audit", "--no-fund"], [npm, "run", "build"]):
            done = subprocess.run(  # noqa: S603 - npm by its path, with words of our own
                command, cwd=root / EDITOR, capture_output=True, text=True, check=False
            )
            if done.returncode:
                (root / BUNDLE).unlink(missing_ok=True)
                last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
                self._without(f"`{' '.join(command[1:])}` failed: {' '.join(last)}")
                return

    def _without(self, why: str) -> None:
        self.app.display_warning(
            f"The wheel has no editor for `advocacy preview`, only a plain text area: {why}."
        )


def up_to_date(root: Path) -> bool:
    """Whether there is a bundle, with its licences, of the sources as they are."""
    bundle = root / BUNDLE
    if not bundle.is_file() or not (root / LICENSES).is_file():
        return False
    digest = hashlib.sha256()
    for name in SOURCES:
        digest.update((root / EDITOR / name).read_bytes())
    with bundle.open(encoding="utf-8") as file:
        return digest.hexdigest() in file.readline()
