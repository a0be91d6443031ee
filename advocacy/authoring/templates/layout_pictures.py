"""The layouts of paper that letters may have, and a page with a picture of each."""

import base64
import io
from dataclasses import dataclass, replace
from pathlib import Path

from advocacy.campaign.loading import Campaign
from advocacy.errors import AdvocacyError
from advocacy.files.workspace import Workspace
from advocacy.files.writing import prepare_folder, write_file
from advocacy.letters.letter import Letter
from advocacy.resources import read_table, render_page, templates_dir

NAME = "layouts.html"
_OTHER = ("audit", "email")
_WIDTH = 720
"""Pixels across of a page's picture."""


@dataclass(frozen=True, slots=True)
class PaperLayout:
    """A layout: its name, what it is for, and whether the package has it."""

    name: str
    purpose: str
    built_in: bool


@dataclass(frozen=True, slots=True)
class LayoutPicture:
    """A layout with its first page as an address of a PNG file, or why there is none."""

    layout: PaperLayout
    address: str
    problem: str = ""


def paper_layouts(workspace: Workspace) -> list[PaperLayout]:
    """The layouts of a workspace, the built-in ones first."""
    purposes: dict[str, str] = read_table("authoring/templates/layouts.toml")["purposes"]
    names = [name for name in workspace.template_names("layouts", ".html") if name not in _OTHER]
    own = templates_dir() / "layouts"
    found = [
        PaperLayout(name, purposes.get(name, "your own"), (own / f"{name}.html").is_file())
        for name in names
    ]
    order = list(purposes)
    return sorted(found, key=lambda one: order.index(one.name) if one.name in order else len(order))


def write_layouts_page(campaign: Campaign, folder: Path) -> Path:
    """Write a page that shows a letter of the campaign in every layout; returns its path.

    Raises AdvocacyError where no letter can be made, or the page cannot be written.
    """
    letter = _a_letter(campaign)
    shown = [_pictured(letter, one, campaign) for one in paper_layouts(campaign.workspace)]
    prepare_folder(folder)
    page = render_page("authoring/templates/layouts.html.jinja", title="Layouts", shown=shown)
    write_file(folder / NAME, page.encode())
    return folder / NAME


def _a_letter(campaign: Campaign) -> Letter:
    """The letter of the first stage, on a day on which it is true."""
    from advocacy.letters.compose import compose_letters

    stage = next(iter(campaign.file.stages))
    day = campaign.file.stages[stage].from_ or campaign.letter_date(None)
    composed = compose_letters(campaign, day=day, stage=stage)
    if not composed.letters:
        raise AdvocacyError(composed.problems)
    return composed.letters[0]


def _pictured(letter: Letter, layout: PaperLayout, campaign: Campaign) -> LayoutPicture:
    import pypdfium2

    from advocacy.documents.pdf.render import render_pdf
    from advocacy.letters.letter import check

    checked, problems = check(replace(letter, layout=layout.name), campaign)
    if checked is None:
        return LayoutPicture(layout, "", problems[0].message)
    try:
        data = render_pdf(checked, campaign.workspace).data
    except AdvocacyError as error:
        return LayoutPicture(layout, "", error.problems[0].message)
    with pypdfium2.PdfDocument(data) as pdf:
        page = pdf[0]
        picture = page.render(scale=_WIDTH / page.get_width()).to_pil()
    out = io.BytesIO()
    picture.quantize(64).save(out, "PNG", optimize=True)
    encoded = base64.b64encode(out.getvalue()).decode()
    return LayoutPicture(layout, f"data:image/png;base64,{encoded}")
