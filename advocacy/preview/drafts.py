"""What somebody is writing and has not saved: read instead of the files, which stay as they are.

Templates that are being written stand in a folder of their own, in front of the search path;
YAML is read from memory. Places of problems are those of the real files.
"""

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from advocacy.campaign.loading import Campaign
from advocacy.errors import Place, Problem
from advocacy.files.workspace import Workspace


class Drafts:
    """The unsaved texts of one tab. `close` removes what was written for it."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._real: dict[Path, Path] = {}
        self.yaml: dict[Path, str] = {}

    def put(self, templates: Mapping[str, tuple[Path, str]], yaml: Mapping[Path, str]) -> bool:
        """Take these texts for what is written, and no others; whether that changes anything.

        `templates` are real files and texts by name (`letters/call.md`); the others by path.
        """
        changed = dict(yaml) != self.yaml
        self.yaml = dict(yaml)
        if not templates and not self._real:
            return changed
        root = self._root()
        wanted = {root / name: pair for name, pair in templates.items()}
        for path in [path for path in self._real if path not in wanted]:
            path.unlink(missing_ok=True)
            del self._real[path]
            changed = True
        for path, (real, text) in wanted.items():
            if path in self._real and path.read_text("utf-8") == text:
                continue
            path.parent.mkdir(exist_ok=True)
            # A new file each time, so that whoever remembers the old one sees the difference.
            path.unlink(missing_ok=True)
            path.write_text(text, "utf-8", newline="\n")
            self._real[path] = real
            changed = True
        return changed

    def _root(self) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="advocacy-preview-")
        return Path(self._folder.name).resolve()

    def over(self, campaign: Campaign) -> Campaign:
        """The campaign with what is being written in front of its templates."""
        if not self._real:
            return campaign
        workspace = campaign.workspace
        shown = Workspace(workspace.folder, (self._root(), *workspace.templates), workspace.named)
        return replace(campaign, workspace=shown)

    def real(self, place: Place | None) -> Place | None:
        """A place in the file that people know."""
        if place is None or place.path not in self._real:
            return place
        return replace(place, path=self._real[place.path])

    def told(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems at the places that people know."""
        return [replace(problem, place=self.real(problem.place)) for problem in problems]

    def line(self, place: Place) -> str | None:
        """The line of a place as it is being written, if it is."""
        texts = {real: path for path, real in self._real.items()}
        if place.line is None:
            return None
        if place.path in texts:
            text = texts[place.path].read_text("utf-8")
        else:
            resolved = self.yaml.get(place.path.resolve())
            if resolved is None:
                return None
            text = resolved
        lines = text.splitlines()
        return lines[place.line - 1] if place.line <= len(lines) else None

    def close(self) -> None:
        """Remove the folder."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
        self._real.clear()
