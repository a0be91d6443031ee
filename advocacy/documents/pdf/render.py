"""Make the PDF of a letter: stamped into a master, or laid out in full.

Stamping takes a five-hundredth of the time and comes out the same (`stamp`). Where it cannot be
done, the letter is laid out by itself:

1. `fitting.obstacles`: characters that no font has, pictures that are missing or broken
2. `paper.paper_html`: the layout filled with the letter's text
3. `guarded.pdf_from_html`: WeasyPrint lays it out, in a process with limits where other people
   wrote the layout, and `tagging` puts its tags right
4. `fitting.unfit_problems`: texts that are too long for their place
5. `enclosures.append_enclosures`: the enclosed files behind it
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

from advocacy.documents.pdf.enclosures import append_enclosures
from advocacy.documents.pdf.fitting import obstacles, unfit_problems
from advocacy.documents.pdf.guarded import pdf_from_html
from advocacy.documents.pdf.pages import Pdf
from advocacy.documents.pdf.paper import layout_css, paper_html
from advocacy.documents.pdf.stamp import stamp_letter
from advocacy.documents.pdf.tagging import finish
from advocacy.documents.pdf.watermark import mark_pages
from advocacy.errors import AdvocacyError, Problem, has_errors
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import CheckedLetter
from advocacy.templating.running import WATCH

__all__ = ["Pdf", "Typeset", "pdf_from_html", "printed", "render_pdf"]

Typeset = Literal["auto", "full"]
"""How to lay out letters: fast where they come out the same, or each in full."""
ASKED_FOR, A_DRAFT = "asked for", "drafts"


def render_pdf(checked: CheckedLetter, workspace: Workspace, *, typeset: Typeset = "auto") -> Pdf:
    """The printed letter: stamped into its master, or laid out in `full` where it must be.

    Raises AdvocacyError with all that stands in its way: characters that no font has, and
    files that the layout may not load, and an address too long for its window. Lesser problems
    come with the PDF.
    """
    pdf = printed(checked, workspace, typeset)
    if isinstance(pdf, Pdf):
        return pdf
    raise AdvocacyError(pdf)


def printed(
    checked: CheckedLetter, workspace: Workspace, typeset: Typeset = "auto"
) -> Pdf | list[Problem]:
    """The printed letter, or what keeps it off paper, such as characters that no font has.

    Raises AdvocacyError as `render_pdf` does, but for these.
    """
    why = A_DRAFT if checked.draft else ASKED_FOR
    if (
        typeset == "auto" and not checked.draft and WATCH.get() is None
    ):  # who watches a layout wants each letter's own
        stamped = stamp_letter(checked, workspace)
        if isinstance(stamped, Pdf):
            return _whole(stamped, checked, workspace)
        why = stamped.reason
    problems = obstacles(checked.letter, workspace)
    if has_errors(problems):
        return problems
    html = paper_html(checked, workspace)
    css = layout_css(checked.letter.layout, workspace)
    pdf = pdf_from_html(html, workspace, css, finisher=finisher_of(checked))
    if pdf.unfit:
        raise AdvocacyError(unfit_problems(pdf.unfit, checked.letter))
    pdf = replace(pdf, problems=(*problems, *pdf.problems), why=why)
    return _whole(pdf, checked, workspace)


def _whole(pdf: Pdf, checked: CheckedLetter, workspace: Workspace) -> Pdf:
    """The letter with its enclosures."""
    enclosed = checked.letter.enclosed
    return append_enclosures(pdf, enclosed, workspace) if enclosed else pdf


def finisher_of(checked: CheckedLetter) -> Callable[[Any, Any], None]:
    """What puts the tags of a letter's pages right, and marks those of a draft."""
    return _finish_draft if checked.draft else finish


def _finish_draft(document: Any, pdf: Any) -> None:
    finish(document, pdf)
    mark_pages(pdf)
