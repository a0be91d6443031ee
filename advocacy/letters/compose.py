"""Composing letters: campaign × recipient → letter."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from advocacy.campaign.addressing import People, inside_address, not_in_office, postal_problem
from advocacy.campaign.bills.positions import BillPosition
from advocacy.campaign.campaign import Stage
from advocacy.campaign.citation_styles import read_style
from advocacy.campaign.joint_letters import join_people
from advocacy.campaign.languages import primary_language
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.forms_of_address import address_officer
from advocacy.campaign.salutations import close_of, salutation_of
from advocacy.campaign.set_phrases import SetPhrases, read_set_phrases
from advocacy.campaign.stages import (
    bill_position,
    chosen,
    stage_for,
    stage_over,
    unknown_stage,
)
from advocacy.campaign.supporters import Correspondence, Supporters
from advocacy.campaign.supporters.letters import correspondence
from advocacy.campaign.supporters.model import letter_id
from advocacy.errors import AdvocacyError, Level, Place, Problem, Report, count_noun, has_errors
from advocacy.letters.letter import Letter, PreviousSending
from advocacy.letters.previous import sending_for
from advocacy.letters.shared_content import find_citations, find_pictures, stage_content_for
from advocacy.letters.stage_parts import reference_lines
from advocacy.letters.typesetting import typeset_lines, typeset_people, typeset_prose
from advocacy.letters.variables import own_variables
from advocacy.templating import Body, render_body
from advocacy.templating.citation_marks import Prose
from advocacy.templating.language_forms import in_language
from advocacy.templating.typography import typeset
from advocacy.templating.values import number


@dataclass(slots=True)
class Composed:
    """The letters that could be composed, and the problems of those that could not."""

    letters: list[Letter] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def compose_letters(
    campaign: Campaign,
    *,
    day: date | None = None,
    stage: str | None = None,
    only: Sequence[str] = (),
    people: People | None = None,
) -> Composed:
    """Compose the letters of a campaign for a day.

    `stage` names the stage for all; without it, exactly one stage must apply to each recipient on
    the day. `people` are those who get a letter (default: all) and those who write it; `only`
    are ids of letters. A problem with one letter does not keep the others from being composed.
    """
    day = campaign.letter_date(day)
    people = (people or People()).only(tuple(only))
    result = Composed()
    report = result.problems.append
    wanted = correspondence(campaign, day, report, people)
    result.letters += compose_each(campaign, wanted, day, report, stage)
    result.problems = list(dict.fromkeys(result.problems))
    return result


def compose_each(
    campaign: Campaign,
    wanted: Iterable[Correspondence],
    day: date,
    report: Report,
    stage: str | None = None,
) -> Iterator[Letter]:
    """Compose letters one at a time, so that a list may be streamed.

    A note at the end counts the letters that are in another language than their recipient's.
    """
    unknown = unknown_stage(campaign, stage)
    if unknown:
        report(unknown)
        return
    languages = Languages()
    for one in wanted:
        recipient, supporters = one.recipient, one.supporters
        name, problems = stage_for(
            campaign, recipient, day, stage, by_supporters=supporters is not None
        )
        letter = None
        if name is not None:
            letter, problems = compose_for(campaign, recipient, name, day, supporters=supporters)
        for problem in problems:
            report(problem)
        if letter is not None:
            languages.count(recipient.language, letter.language)
            yield letter
    for note in languages.notes():
        report(note)


def compose_for(
    campaign: Campaign,
    recipient: Recipient,
    stage: str,
    day: date,
    *,
    supporters: Supporters | None = None,
    follows: PreviousSending | None = None,
) -> tuple[Letter | None, list[Problem]]:
    """One recipient's letter of a stage, or None; with every problem that stands in its way.

    `stage` is the stage that `stage_for` found for this recipient and day. `supporters` write
    the letter; without them, the sender does. `follows` is the sending of the letter before, where
    somebody looked it up. A recipient who is not in office on the day, or who has no address, gets
    none.
    """
    found = (
        not_in_office(recipient, day),
        postal_problem(campaign, recipient),
        *stage_over(campaign, campaign.file.stages[stage], day),
    )
    problems = [problem for problem in found if problem]
    if has_errors(problems):
        return None, problems
    try:
        letter = compose_letter(
            campaign, recipient, stage, day, supporters=supporters, follows=follows
        )
    except AdvocacyError as error:
        return None, [*problems, *error.problems]
    return letter, problems


class Languages:
    """Counts the letters that are in another language than their recipient's."""

    def __init__(self) -> None:
        self._others: Counter[tuple[str, str]] = Counter()

    def count(self, wanted: str | None, got: str) -> None:
        """Count a letter in `got` to a recipient of whom the list says `wanted`."""
        if wanted and primary_language(wanted) != primary_language(got):
            self._others[wanted, got] += 1

    def notes(self) -> list[Problem]:
        """What to tell of them, once for each pair of languages."""
        return [_other_language(*pair, count) for pair, count in self._others.items()]


def _other_language(wanted: str, got: str, count: int) -> Problem:
    letters = count_noun(count, "letter is", "letters are")
    return Problem(
        "other-language",
        f"{letters} in `{got}`, but the list requires `{wanted}`.",
        f"Translate the template (`….{primary_language(wanted)}.md`) and the campaign’s texts.",
        None,
        Level.NOTE,
    )


def compose_letter(
    campaign: Campaign,
    recipient: Recipient,
    stage_name: str,
    day: date,
    *,
    trace: bool = False,
    variants: Mapping[str, str] | None = None,
    supporters: Supporters | None = None,
    follows: PreviousSending | None = None,
) -> Letter:
    """Compose one letter of a stage for a day.

    With `trace`, its body carries marks of the template's lines (`Letter.lines`). `variants`
    are names of variants by part, instead of those that are the recipient's own. `supporters`
    write the letter; without them, the sender does. `follows` is the sending of the letter before.
    Raises AdvocacyError with every problem of the template and of the texts that it needs.
    """
    file, workspace = campaign.file, campaign.workspace
    stage = file.stages[stage_name]
    position = bill_position(campaign, stage, recipient, day)
    several = len(recipient.people) > 1
    people = [
        _as_officer(one, bill_position(campaign, stage, one, day) if several else position, day)
        for one in recipient.people
    ]
    recipient = join_people(people, campaign.file.language)
    language = letter_language(campaign, recipient, stage)
    name = letter_id(recipient, supporters)
    if variants is None:
        variants = chosen(file.id, stage_name, stage, name)
    words = read_set_phrases(language, workspace)
    wording = tuple(variants.items())
    count = supporters.count if supporters else 0
    bill = position.bill if position is not None else campaign.bills.get(stage.bill or "")
    sending = sending_for(campaign, stage, name, follows)
    content = stage_content_for(
        campaign, words, stage_name, day, language, wording, count, sending, bill
    )
    own = own_variables(campaign, recipient, supporters, position)
    if trace:
        variables = {**content.variables, **own}
        known = (campaign.facts, campaign.sources)
        in_text = read_style(file.citation_style).in_text
        body = render_body(
            stage.template, workspace, language, variables, *known, in_text=in_text, trace=True
        )
    else:
        body = content.template_run.render(own)
    salutation = salutation_of(recipient, words, language, content.parts.greeting)
    markdown = in_language(
        body.prose.markdown,
        language,
        after_comma=salutation.line.endswith(","),
        cites_in_text=read_style(file.citation_style).in_text,
    )
    if markdown != body.prose.markdown:
        prose = Prose(markdown, body.prose.values)
        body = Body(prose, body.cites, body.path, body.language, body.lines)
    prose = typeset_prose(body.prose, language)
    if not _prints_words(prose):
        raise AdvocacyError(_empty(body.path))
    signatories = content.signatories
    if supporters is not None:  # who are named
        signed = tuple(one.signatory() for one in supporters.people)
        signatories = typeset_people(signed, language)
    return Letter(
        id=name,
        campaign=file.id,
        title=content.title,
        stage=stage_name,
        date=day,
        language=language,
        timezone=file.timezone,
        time=stage.time,
        style=file.citation_style,
        layout=stage.layout,
        subject=content.subject,
        preview=content.preview,
        recipient=recipient,
        inside_address=typeset_lines(inside_address(campaign, recipient, language), language),
        salutation=typeset(salutation.line, language),
        close=typeset(
            close_of(
                recipient, words, content.parts.closing, salutation, max(count, len(signatories))
            ),
            language,
        ),
        body=prose,
        cites=find_citations(campaign, body),
        pictures=find_pictures(campaign, body, signatories),
        lines=body.lines,
        sender=content.sender,
        signatories=signatories,
        follows=sending,
        previous=content.previous,
        cover=words.cover.replace("{name}", recipient.greeted) if recipient.aide else "",
        dateline=content.parts.dateline,
        delivery=recipient.delivery or content.parts.delivery,
        reference_lines=reference_lines(content.parts, recipient, words, language),
        position=position,
        supporters=supporters,
        subscribed=file.audience == "subscribers",
        others=_unnamed(supporters, words, language),
        folder=workspace.folder,
        demand=content.demand,
        precedents=file.stage_precedents(stage),
        cosigners=content.cosigners,
        enclosures=content.parts.enclosures,
        enclosed=content.parts.enclosed,
        cc=content.parts.cc,
        attach=stage.attach,
        variants=wording,
    )


def _as_officer(recipient: Recipient, position: BillPosition | None, day: date) -> Recipient:
    """A person as of the day, as chair or ranking member of a committee that has the bill."""
    recipient = recipient.on(day)
    if position is None or position.office is None:
        return recipient
    return address_officer(recipient, *position.office)


# A character that is neither white space nor the mark of a value, a citation or a line.
_WORD = re.compile(r"[^\s\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")


def _prints_words(prose: Prose) -> bool:
    """Whether a body prints anything to read: words of the template, or values."""
    return bool(_WORD.search(prose.markdown)) or any(value.strip() for value in prose.values)


def _unnamed(supporters: Supporters | None, words: SetPhrases, language: str) -> str:
    """The line for supporters who are not named: `and 1,240 others`; empty if there are none."""
    left = supporters.count - len(supporters.people) if supporters else 0
    return words.others.replace("{count}", number(left, language)) if left else ""


def _empty(template: Path) -> Problem:
    return Problem(
        "empty-letter",
        "The template produces no text for this letter.",
        "Write the letter's text. If it is inside `{% if … %}`, check the condition.",
        Place(template),
    )


def letter_language(campaign: Campaign, recipient: Recipient, stage: Stage) -> str:
    """The recipient's language where there is a template in it, else the campaign's.

    With such a template every text that the letter prints is needed in that language.
    """
    own, wanted = campaign.file.language, recipient.language
    if wanted is None or wanted == own:
        return own
    main = primary_language(wanted)
    if main == primary_language(own):
        return wanted
    names = (wanted, main)
    template = any(
        campaign.workspace.template(f"letters/{stage.template}.{name}.md") for name in names
    )
    words = any(campaign.workspace.template(f"words/{name}.yaml") for name in names)
    return wanted if template and words else own
