"""The longest letters on paper: what does not fit, and how many pages there are."""

from dataclasses import dataclass
from typing import Any

from advocacy.campaign.loading import Campaign
from advocacy.checks.branches import telling
from advocacy.documents.pdf.fitting import spilling, unfit_problems
from advocacy.documents.pdf.obstacles import obstacles
from advocacy.documents.pdf.paper import layout_css, paper_html
from advocacy.documents.pdf.render import pdf_from_html
from advocacy.errors import AdvocacyError, Problem, has_errors
from advocacy.letters.letter import CheckedLetter


@dataclass(frozen=True, slots=True)
class Printed:
    """What came of a letter on paper."""

    problems: tuple[Problem, ...]
    pages: int = 0

    @property
    def fits(self) -> bool:
        """Whether all of it is in its place."""
        return not self.problems


def printed(checked: CheckedLetter, campaign: Campaign, limit: int, made_up: str) -> Printed:
    """Lay a letter out, and say what is wrong with it; `limit` is of pages."""
    letter, workspace = checked.letter, campaign.workspace
    css = layout_css(letter.layout, workspace)
    found = obstacles(checked, workspace)
    if has_errors(found):
        return Printed(tuple(found) if not made_up else ())
    spilt: list[str] = []

    def look(document: Any) -> None:
        spilt.extend(spilling(document))

    try:
        pdf = pdf_from_html(paper_html(checked, workspace), workspace, css, inspect=look)
    except AdvocacyError as error:
        return Printed(error.problems)
    who = "them" if made_up else letter.recipient.called
    problems = unfit_problems(pdf.unfit, letter)
    if pdf.pages > limit and not letter.joint:
        place = campaign.file.stages[letter.stage].place("template")
        problems.append(telling.third_page(letter.stage, who, pdf.pages, limit, place))
    problems += telling.overflow(letter.stage, who, spilt, css)
    if made_up:
        problems = [telling.would_not_fit(one, made_up) for one in problems]
    return Printed(tuple(problems), pdf.pages)
