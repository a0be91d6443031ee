"""Layouts: HTML with Jinja, in which values are escaped."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from advocacy.errors import AdvocacyError
from advocacy.files.text import read_text
from advocacy.files.workspace import Workspace
from advocacy.templating.citation_marks import reads_left_to_right, value_html
from advocacy.templating.environment import TemplateEnvironment
from advocacy.templating.filters import counted
from advocacy.templating.running import RUN, WATCH, TemplateWatch, ValueMistake
from advocacy.templating.sandbox import trusted
from advocacy.templating.source import LAYOUT_TAGS
from advocacy.templating.values import display

IMPORT = re.compile(r'\s*@import\s+"([a-z0-9-]+)\.css"\s*;')
"""The first line of a stylesheet that is based on another layout's."""


class LayoutEnvironment(TemplateEnvironment):
    """The layouts and partials of one workspace."""

    folders = ("layouts/", "partials/")
    tags = LAYOUT_TAGS
    is_layout = True

    def __init__(self, workspace: Workspace, watch: TemplateWatch | None = None) -> None:
        super().__init__(workspace, watch)
        self.filters["value_html"] = counted(_value_html)
        self.filters["small_marks"] = counted(_small_marks)
        self.filters["isolated"] = counted(_isolated)

    def own(self, text: str) -> Markup:
        """A value as HTML."""
        return escape(text)

    def plain(self, text: Markup) -> str:
        """The text of a piece of HTML."""
        return text.striptags()

    def change(self, text: Markup, change: Callable[[str], str]) -> Markup:  # noqa: ARG002
        """Finished HTML cannot be changed by a filter for text."""
        raise ValueMistake(
            "This filter changes text, but this value is already HTML.",
            "Apply it before the value becomes HTML.",
        )


def _value_html(value: Any) -> Markup:
    """A value as HTML with its line breaks."""
    if isinstance(value, Markup):
        return value
    return trusted(value_html(display(value, RUN.get().language)))


_APOSTROPHE = re.compile(r"(?<=\w)’(?=\w|\s|$)")


def _small_marks(value: Any) -> Markup:
    """A value as HTML whose apostrophes have a class of their own, for small capitals."""
    found = _value_html(value)
    return trusted(_APOSTROPHE.sub('<span class="small-mark">’</span>', found))


def _isolated(value: Any, around: str) -> Any:
    """A line as HTML that keeps its order in a letter from right to left (`around` is `rtl`).

    There a line in Latin letters that begins or ends with a figure, such as `12 Main St.`, would
    have the figure on its other side.
    """
    if around != "rtl":
        return value
    found = _value_html(value)
    if not reads_left_to_right(found.striptags()):
        return value
    return trusted(f'<span dir="ltr">{found}</span>')


@lru_cache(maxsize=32)
def layout_environment(
    workspace: Workspace, watch: TemplateWatch | None = None
) -> LayoutEnvironment:
    """The environment of a workspace's layouts.

    `layout_environment(workspace).get_template("layouts/letter.html").render(…)` is HTML; the
    variable `lang` is the language of its dates and lists.
    """
    return LayoutEnvironment(workspace, watch)


def render_layout(name: str, workspace: Workspace, variables: Mapping[str, Any]) -> str:
    """A layout (`letter` is `layouts/letter.html`) filled with variables, as HTML.

    Raises AdvocacyError with all problems of the layout.
    """
    environment = layout_environment(workspace, WATCH.get())
    path = environment.find(f"layouts/{name}.html")
    if path is None:
        raise AdvocacyError(environment.unknown_template(f"layouts/{name}.html"))
    return environment.compiled(path).render(variables)


def stylesheets(layout: str, workspace: Workspace) -> dict[str, Path]:
    """The stylesheets of a layout by name (`layouts/letter.css`): its own, and those it builds on.

    Those that do not exist or cannot be read are left out.
    """
    found: dict[str, Path] = {}
    name: str | None = f"layouts/{layout}.css"
    while name is not None and name not in found:
        path = workspace.template(name)
        if path is None:
            break
        found[name] = path
        try:
            builds_on = IMPORT.match(read_text(path))
        except AdvocacyError:
            break
        name = f"layouts/{builds_on[1]}.css" if builds_on else None
    return found
