"""What somebody is writing and has not saved: read instead of the files, which stay as they are.

Templates that are being written stand in a folder of their own, in front of the search path;
YAML is read from memory. Places of problems are those of the real files.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from advocacy.campaign.loading import Campaign
from advocacy.errors import Place
from advocacy.files.text import split_lines
from advocacy.files.workspace import Workspace


@dataclass(frozen=True, slots=True)
class DraftTexts:
    """Unsaved texts as they are at one moment.

    `templates` are real files and texts by the paths of their drafts, `yaml` texts by path.
    """

    templates: Mapping[Path, tuple[Path, str]] = field(default_factory=dict)
    yaml: Mapping[Path, str] = field(default_factory=dict)

    def real_place(self, place: Place | None) -> Place | None:
        """The place in the file that is being written, for a place in its draft."""
        if place is None or place.path not in self.templates:
            return place
        return replace(place, path=self.templates[place.path][0])

    def line(self, place: Place) -> str | None:
        """The line at a place of a real file as it is being written; None without a draft."""
        if place.line is None:
            return None
        text = self.yaml.get(place.path.resolve())
        for real_path, draft in self.templates.values():
            if real_path == place.path:
                text = draft
        lines = split_lines(text) if text is not None else []
        return lines[place.line - 1] if place.line <= len(lines) else None


class Drafts:
    """The unsaved texts of one tab. `close` removes what was written for it."""

    def __init__(self, parent: Path | None = None) -> None:
        """`parent` is the folder in which the drafts get one of their own."""
        self._parent = parent
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.texts = DraftTexts()

    def replace_all(
        self, templates: Mapping[str, tuple[Path, str]], yaml: Mapping[Path, str]
    ) -> None:
        """Keep these texts as the drafts, and no others.

        `templates` are real files and texts by name (`letters/call.md`); `yaml` are texts by path.
        """
        before = self.texts.templates
        if not templates and not before:
            self.texts = DraftTexts({}, yaml)
            return
        root = self._root()
        drafts = {root / name: draft for name, draft in templates.items()}
        for path in before:
            if path not in drafts:
                path.unlink(missing_ok=True)
        for path, (_, text) in drafts.items():
            if path in before and before[path][1] == text:
                continue
            path.parent.mkdir(exist_ok=True)
            # A new file each time: caches tell files apart by their inode, size and time.
            path.unlink(missing_ok=True)
            path.write_text(text, "utf-8", newline="\n")
        self.texts = DraftTexts(drafts, yaml)

    def _root(self) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(
                prefix="advocacy-preview-", dir=self._parent, ignore_cleanup_errors=True
            )
        return Path(self._folder.name).resolve()

    def apply_to(self, campaign: Campaign) -> Campaign:
        """The campaign with the drafts in front of its templates."""
        if not self.texts.templates:
            return campaign
        workspace = campaign.workspace
        templates = (self._root(), *workspace.templates)
        return replace(campaign, workspace=Workspace(workspace.folder, templates))

    def close(self) -> None:
        """Remove the folder of drafts."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
        self.texts = DraftTexts()
