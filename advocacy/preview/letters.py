"""One letter for the page: composed, checked, and made into email and text."""

import re
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path

from advocacy.campaign.addressing import not_in_office, without_address
from advocacy.campaign.loading import Campaign
from advocacy.checks.run import run_checks
from advocacy.documents.email.html import render_html
from advocacy.documents.email.message import build_message
from advocacy.documents.email.message import obstacles as email_obstacles
from advocacy.documents.text import render_text
from advocacy.errors import AdvocacyError, Level, Problem, has_errors
from advocacy.files.workspace import Workspace
from advocacy.letters.compose import compose_letter
from advocacy.letters.letter import CheckedLetter, Letter, check
from advocacy.preview.facts import Marked, marked
from advocacy.preview.people import Settled
from advocacy.templating.citation_marks import LINE, Prose

SNIPPET = 180


@dataclass(frozen=True, slots=True)
class Inbox:
    """How the email stands in a list of messages: from whom, its subject, how it begins."""

    sender: str
    address: str
    subject: str
    begins: str


@dataclass(frozen=True, slots=True)
class Screen:
    """The letter as it is read on a screen."""

    html: str
    text: str
    inbox: Inbox | None


@dataclass(frozen=True, slots=True)
class PreviewDocuments:
    """What became of a letter: the checked one with its screen, or what stands in the way.

    `sentences` are there as soon as the letter could be composed.
    """

    checked: CheckedLetter | None = None
    screen: Screen | None = None
    sentences: tuple[Marked, ...] = ()
    problems: tuple[Problem, ...] = ()


def make(campaign: Campaign, settled: Settled, plain: Workspace) -> PreviewDocuments:
    """Compose a letter, pass it through the gate, and write its email and text.

    `plain` is the workspace without drafts, in which what layouts need is known already.
    """
    person, day = settled.person, settled.day
    problems = [p for p in (not_in_office(person, day), without_address(campaign, person)) if p]
    try:
        traced = compose_letter(
            campaign,
            person,
            settled.stage,
            day,
            trace=True,
            variants=settled.variants,
            supporters=settled.supporters,
        )
    except AdvocacyError as error:
        return PreviewDocuments(problems=(*error.problems, *problems))
    sentences = marked(traced, campaign)
    checked, found = check(untraced(traced), campaign)
    problems = [*found, *problems]
    if checked is None or has_errors(problems):
        return PreviewDocuments(sentences=sentences, problems=tuple(problems))
    try:
        screen = _screen(checked, plain)
    except AdvocacyError as error:
        return PreviewDocuments(sentences=sentences, problems=(*error.problems, *problems))
    return PreviewDocuments(checked, screen, sentences, tuple(problems))


def untraced(traced: Letter) -> Letter:
    """The letter as it would have been composed without marks of its lines."""
    prose = Prose(LINE.sub("", traced.body.markdown), traced.body.values)
    return replace(traced, body=prose, lines=())


def lints(campaign: Campaign, settled: Settled) -> list[Problem]:
    """What the checks say of the letter besides; without what can be seen on no page."""
    try:
        report = run_checks(
            campaign, day=settled.day, stage=settled.stage, recipients=[settled.person]
        )
    except AdvocacyError as error:
        return list(error.problems)
    return [problem for problem in report.problems if problem.code != "no-copy"]


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
            first_words(html),
        )
    return Screen(html, text, inbox)


def email_notes(checked: CheckedLetter) -> list[Problem]:
    """That there is no email of this letter, as a note beside its HTML."""
    return [problem.at(Level.WARNING) for problem in email_obstacles(checked)]


class _Visible(HTMLParser):
    """The text of a page that is seen, as far as a list of messages shows it."""

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


def first_words(html: str) -> str:
    """The first visible words of an email, as mail programs print them after the subject."""
    page = _Visible()
    page.feed(html)
    words = re.sub(r"\s+", " ", page.text).strip()
    return words if len(words) <= SNIPPET else f"{words[:SNIPPET].rsplit(' ', 1)[0]} …"


def page_name(settled: Settled, campaign: Campaign) -> str:
    """What the letter's PDF is called when it is kept."""
    folder = Path(campaign.file.id)
    return f"{folder.name}-{settled.stage}-{settled.person.letter_id}.pdf"
