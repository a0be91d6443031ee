"""Lay out documents: those of the package here, those of other people in a process with limits.

A document is other people's where the workspace has layouts of its own, or where the text is very
long. What is laid out here all the same, because its boxes are looked at, is tried there first.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from advocacy.documents.pdf.layout_child import (
    LayoutFailed,
    LayoutRequest,
    LayoutWaited,
    layout_child,
)
from advocacy.documents.pdf.pages import Pdf, lay_out
from advocacy.documents.pdf.tagging import finish
from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.cache import file_status, held_files, once_per_run
from advocacy.files.workspace import Workspace
from advocacy.resources import templates_dir

LONG = 100_000
"""Characters of HTML from which on a document is laid out with limits, whatever its layout."""
_FAILURES_AT_MOST = 3
"""After so many failures in a row a layout is given up until its files change."""
_failures: dict[tuple[object, ...], tuple[int, str, str]] = {}
"""By layout: how many documents in a row failed, why the last one did, and that document."""


def pdf_from_html(
    html: str,
    workspace: Workspace,
    css: Path | None = None,
    *,
    compress: bool = True,
    inspect: Callable[[Any], None] | None = None,
    finisher: Callable[[Any, Any], None] = finish,
) -> Pdf:
    """A tagged PDF of a whole HTML document (see `pages.lay_out`), made within limits.

    `finisher` is a function of a module. Raises AdvocacyError if the document loads what it may
    not, or cannot be laid out within the limits.
    """
    if needs_limits(html, workspace, css):
        pdf = _within_limits(html, workspace, css, compress, finisher, inspect is None)
        if pdf is not None:
            return pdf
    return lay_out(html, workspace, css, compress=compress, inspect=inspect, finisher=finisher)


def try_layout(html: str, workspace: Workspace, css: Path | None) -> None:
    """Lay out a document with limits, if it needs them, before it is laid out in this process.

    Raises AdvocacyError as `pdf_from_html` does.
    """
    if needs_limits(html, workspace, css):
        _within_limits(html, workspace, css, True, finish, False)


def needs_limits(html: str, workspace: Workspace, css: Path | None) -> bool:
    """Whether other people wrote the layout of a letter, or its text is very long.

    Documents without a stylesheet of their own are the package's, such as labels.
    """
    return css is not None and (
        len(html) > LONG or once_per_run(("own layouts", workspace), lambda: _has_own(workspace))
    )


def _has_own(workspace: Workspace) -> bool:
    ours = templates_dir().resolve()
    folders = (folder / "layouts" for folder in workspace.templates if folder != ours)
    return any(folder.is_dir() and any(folder.iterdir()) for folder in folders)


def _within_limits(
    html: str,
    workspace: Workspace,
    css: Path | None,
    compress: bool,
    finisher: Callable[[Any, Any], None],
    wants_pdf: bool,
) -> Pdf | None:
    files = _files(css, workspace)
    key = (workspace, *files, *map(_state, files))
    count, reason, last = _failures.get(key, (0, "", ""))
    # A letter is laid out to be printed and again to be proven: it fails twice, and takes its time.
    if count >= _FAILURES_AT_MOST or last == html:
        raise AdvocacyError(_failed(reason, files))
    asked = (*key, html, compress, finisher)
    latest: list[tuple[object, Pdf]] = once_per_run("latest layout", list)
    if wants_pdf and latest and latest[0][0] == asked:  # the proof of what was just printed
        return latest[0][1]
    request = LayoutRequest(html, workspace, css, compress, finisher, wants_pdf, held_files())
    try:
        pdf = layout_child.lay_out(request)
    except LayoutFailed as failed:
        final = "" if isinstance(failed, LayoutWaited) else html
        _failures[key] = count + 1, str(failed), final
        raise AdvocacyError(_failed(str(failed), files)) from None
    _failures.pop(key, None)
    if pdf is not None:
        latest[:] = [(asked, pdf)]
    return pdf


def _files(css: Path | None, workspace: Workspace) -> tuple[Path, ...]:
    """The files of a letter's layout, the campaign's own in front."""
    html = workspace.template(f"layouts/{css.stem}.html") if css else None
    files = (path for path in (html, css) if path is not None)
    return tuple(sorted(files, key=lambda path: path.is_relative_to(templates_dir())))


def _state(path: Path) -> tuple[int, int]:
    status = file_status(str(path))
    return (status.st_mtime_ns, status.st_size) if status else (0, 0)


def _failed(reason: str, files: tuple[Path, ...]) -> Problem:
    layout = files[0].stem if files else ""
    return Problem(
        "layout-fails",
        f"The letter cannot be laid out with the layout `{layout}`, because {reason}.",
        f"Simplify {layout}.css and {layout}.html, or undo the last change. If the letter is very "
        "long, shorten it.",
        Place(files[0]) if files else None,
    )
