"""Report branches that no one sees, and what does not fit on the pages of the longest letters."""

from dataclasses import replace
from typing import Any

from advocacy.campaign.loading import Campaign
from advocacy.checks.branches.reaching_values import describe_values, find_reaching_values
from advocacy.checks.branches.watch import Branch
from advocacy.checks.codes import problem
from advocacy.documents.pdf.fitting import obstacles, spilling, unfit_problems
from advocacy.documents.pdf.page_filling import half_empty_pages, lines_on_last_page
from advocacy.documents.pdf.paper import layout_css, paper_html
from advocacy.documents.pdf.render import pdf_from_html
from advocacy.errors import AdvocacyError, Level, Place, Problem, count_noun, has_errors
from advocacy.letters.letter import CheckedLetter


def unseen(branch: Branch) -> Problem:
    """Report that nobody sees what a branch prints."""
    return problem(
        "branch-unseen",
        f"Nobody can see the passage under {written(branch)}: {_why(branch)}.",
        f"{_cure(branch)} Correct the condition, or remove the passage. If another campaign needs "
        f"it, check that campaign, too: `advocacy check --branches campaigns/*.yaml`.",
        Place(branch.path, branch.line),
    )


def unlisted(branch: Branch, viewer: str) -> Problem:
    """Report that nobody on the list sees a branch, though a made-up person does."""
    return problem(
        "branch-unlisted",
        f"Nobody on the list sees the passage under {written(branch)}; {viewer} does.",
        "It was rendered without errors. Ask somebody to read it, or remove it if nobody will "
        "ever get it.",
        Place(branch.path, branch.line),
    )


def mistaken(found: Problem, made_up: str) -> Problem:
    """Report a mistake that stops no letter yet, except to a made-up person."""
    return replace(found, message=f"For {made_up}: {found.message}", level=Level.WARNING)


def written(branch: Branch) -> str:
    """A branch as it is written in its file."""
    line, opened = branch.opened
    where = "" if line == branch.line else f" in line {line}"
    match branch.kind:
        case "else" | "for-else":
            return f"the `{{% else %}}` of `{{% {opened} %}}`{where}"
        case "inline-if":
            return f"`… if {branch.head}`"
        case "inline-else":
            return f"the `else` of `… if {branch.head} else …`"
    return f"`{{% {branch.head} %}}`"


def _why(branch: Branch) -> str:
    reasons = {
        "for": "the list is always empty, or no item meets the condition",
        "for-else": "the list is never empty",
        "else": "an earlier condition is always true",
        "inline-else": "the condition is always true",
    }
    return reasons.get(branch.kind, "the condition is never true here")


def _cure(branch: Branch) -> str:
    reaching = find_reaching_values(branch)
    if not reaching:
        return "No made-up recipient gets it."
    tried = "; ".join(describe_values(values) for values in reaching[:2])
    return f"It was tested with {tried}."


def _bad_breaks(document: Any, stage: str, place: Place | None) -> list[Problem]:
    """Pages of a letter that its text fills badly, for its writer to change."""
    found = [
        problem(
            "half-empty-page",
            f"Page {number} of a letter of the stage `{stage}` is more than half empty, because "
            "what follows does not fit there with its notes.",
            "Divide the paragraph that begins the next page, or shorten its notes.",
            place,
        )
        for number in half_empty_pages(document)
    ]
    lines = lines_on_last_page(document)
    if lines is not None:
        found.append(
            problem(
                "short-last-page",
                f"The last page of a letter of the stage `{stage}` has only "
                f"{count_noun(lines, 'line', 'lines')} of the text above the signature.",
                "Shorten the letter by these lines, or make its last paragraph longer.",
                place,
            )
        )
    return found


def printed(checked: CheckedLetter, campaign: Campaign, limit: int, made_up: str) -> list[Problem]:
    """Lay a letter out, and report what does not fit; `limit` is its greatest number of pages."""
    letter, workspace = checked.letter, campaign.workspace
    css = layout_css(letter.layout, workspace)
    found = obstacles(checked.letter, workspace)
    if has_errors(found):
        return [] if made_up else found
    spilt: list[str] = []
    bad_breaks: list[Problem] = []
    place = campaign.file.stages[letter.stage].place("template")

    def look(document: Any) -> None:
        spilt.extend(spilling(document))
        bad_breaks.extend(_bad_breaks(document, letter.stage, place))

    try:
        pdf = pdf_from_html(paper_html(checked, workspace), workspace, css, inspect=look)
    except AdvocacyError as error:
        return list(error.problems)
    who = "them" if made_up else letter.recipient.called
    problems = [] if made_up or letter.joint else bad_breaks
    problems += unfit_problems(pdf.unfit, letter)
    if pdf.pages > limit and not letter.joint:
        problems.append(
            problem(
                "letter-too-long",
                f"The letter of the stage `{letter.stage}` to {who} has {pdf.pages} pages; the "
                f"limit is {limit}.",
                "Shorten the letter, or set `checks: {letter-too-long: {limit: …, reason: …}}`.",
                place,
            )
        )
    problems += [
        problem(
            "text-overflows",
            f"In the letter of the stage `{letter.stage}` to {who} this text does not fit in its "
            f"place: “{text}”.",
            f"Shorten it, or make room or set `overflow-wrap: anywhere` in {css.name}.",
            Place(css),
        )
        for text in spilt
    ]
    if made_up:
        problems = [
            problem(
                "would-not-fit",
                f"For {made_up}: {found.message}",
                "Nobody on the list has such values. If somebody could, make room in the layout, "
                "or shorten the letter.",
                found.place,
            )
            for found in problems
        ]
    return problems
