"""One letter for the page: compose it, check it, and make its email and text."""

import re
from dataclasses import dataclass, replace

from advocacy.campaign.addressing import not_in_office, postal_problem
from advocacy.campaign.loading import Campaign
from advocacy.checks.gate import WordsGate
from advocacy.checks.run import run_checks
from advocacy.documents.email.html import render_html
from advocacy.documents.email.message import build_message
from advocacy.documents.email.message import obstacles as email_obstacles
from advocacy.documents.text import render_text
from advocacy.errors import AdvocacyError, Problem, has_errors
from advocacy.files.html_reader import HtmlReader
from advocacy.files.workspace import Workspace
from advocacy.letters.compose import compose_letter
from advocacy.letters.letter import CheckedLetter, Letter, check
from advocacy.letters.previous import example_sending
from advocacy.preview.facts import MarkedSentence, mark_sentences
from advocacy.preview.people import ChosenLetter
from advocacy.templating.citation_marks import LINE, Prose

SNIPPET = 180  # characters


@dataclass(frozen=True, slots=True)
class Inbox:
    """The email in a list of messages: its sender, its subject and its first words."""

    sender: str
    address: str
    subject: str
    begins: str


@dataclass(frozen=True, slots=True)
class Screen:
    """The letter's email and plain text; no `inbox` where nobody can be mailed."""

    html: str
    text: str
    inbox: Inbox | None


@dataclass(frozen=True, slots=True)
class ComposedLetter:
    """A letter that was composed, with the marks of its lines, and checked for its days.

    `traced` is None where it cannot be composed, `checked` where it may not go out.
    """

    traced: Letter | None = None
    checked: CheckedLetter | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class PreviewDocuments:
    """A checked letter with its email and text, or the problems that stop it.

    A letter that was composed has `sentences`, whether or not it was refused afterwards.
    """

    checked: CheckedLetter | None = None
    screen: Screen | None = None
    sentences: tuple[MarkedSentence, ...] = ()
    problems: tuple[Problem, ...] = ()


def compose_for_preview(campaign: Campaign, chosen: ChosenLetter) -> ComposedLetter:
    """Compose and check a letter: all that its pages are made of."""
    person, day = chosen.person, chosen.day
    problems = [p for p in (not_in_office(person, day), postal_problem(campaign, person)) if p]
    try:
        traced = compose_letter(
            campaign,
            person,
            chosen.stage,
            day,
            trace=True,
            variants=chosen.variants,
            supporters=chosen.supporters,
            follows=example_sending(campaign, chosen.stage, day),
        )
    except AdvocacyError as error:
        return ComposedLetter(problems=(*error.problems, *problems))
    checked, found = check(_without_trace(traced), campaign)
    problems = [*found, *problems]
    if has_errors(problems):
        checked = None
    return ComposedLetter(traced, checked, tuple(problems))


def make_preview_documents(
    composed: ComposedLetter, campaign: Campaign, workspace: Workspace
) -> PreviewDocuments:
    """Mark the sentences of a letter, and make its email and text.

    `workspace` is the one without drafts, for which the layouts are cached already.
    """
    if composed.traced is None:
        return PreviewDocuments(problems=composed.problems)
    sentences = mark_sentences(composed.traced, campaign)
    checked, problems = composed.checked, composed.problems
    if checked is None:
        return PreviewDocuments(sentences=sentences, problems=problems)
    try:
        screen = _screen(checked, workspace)
    except AdvocacyError as error:
        return PreviewDocuments(sentences=sentences, problems=(*error.problems, *problems))
    return PreviewDocuments(checked, screen, sentences, problems)


def _without_trace(traced: Letter) -> Letter:
    """The letter as it is composed without the marks of its lines."""
    prose = Prose(LINE.sub("", traced.body.markdown), traced.body.values)
    return replace(traced, body=prose, lines=())


_OF_COPIES = ("no-copy", "copy-not-here")


def check_further(campaign: Campaign, chosen: ChosenLetter) -> list[Problem]:
    """Run the checks of `advocacy check` on the stage; kept copies do not concern a page."""
    try:
        report = run_checks(
            campaign, day=chosen.day, stage=chosen.stage, recipients=[chosen.person]
        )
    except AdvocacyError as error:
        return list(error.problems)
    return [problem for problem in report.problems if problem.code not in _OF_COPIES]


def judge_words(
    campaign: Campaign, checked: CheckedLetter
) -> tuple[list[Problem], tuple[Problem, ...]]:
    """What the gate of words says of the letter, as `render` asks it: errors, and warnings."""
    return WordsGate(campaign).findings(checked.letter)


def _screen(checked: CheckedLetter, workspace: Workspace) -> Screen:
    html, text = render_html(checked, workspace), render_text(checked, workspace)
    inbox = None
    if not email_obstacles(checked):
        message = build_message(checked, workspace)
        sender = message["From"].addresses[0]
        inbox = Inbox(
            sender.display_name or sender.addr_spec,
            sender.addr_spec,
            str(message["Subject"]),
            inbox_snippet(html),
        )
    return Screen(html, text, inbox)


class _Visible(HtmlReader):
    """Collects the first visible text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._hidden += tag in ("style", "title", "head")
        self.text += " "

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "title", "head")
        self.text += "" if tag in ("a", "sup", "em", "strong", "span", "bdi") else " "

    def handle_data(self, data: str) -> None:
        if not self._hidden and len(self.text) < 4 * SNIPPET:
            self.text += data


def inbox_snippet(html: str) -> str:
    """The first visible words of an email, as mail programs print them after the subject."""
    page = _Visible()
    page.feed(html)
    words = re.sub(r"\s+", " ", page.text).strip()
    return words if len(words) <= SNIPPET else f"{words[:SNIPPET].rsplit(' ', 1)[0]} …"
