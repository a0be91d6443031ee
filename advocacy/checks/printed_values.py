"""The values that a letter prints as they were typed, wherever they stand, and markup in them.

There is one judgment for all of them (`templating.markup_rules.value_markup`). In a campaign's
own texts markup is an error. A list of recipients comes from elsewhere, and a name may be written
so: there it is a warning.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace

from advocacy.campaign.campaign import Sender, Stage
from advocacy.campaign.languages import LocalText
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.sender_details import LetterReferences
from advocacy.campaign.set_phrases import read_set_phrases
from advocacy.checks.codes import problem
from advocacy.checks.sentences import quote_spans
from advocacy.errors import Level, Place, Problem
from advocacy.letters.letter import Letter
from advocacy.templating.citation_marks import Own
from advocacy.templating.markup_rules import value_markup

_BLANK = re.compile(r"\{\w+\}")
"""What a stage's `greeting`, a subject, and a set phrase have for a value."""
_BRACKETS = re.compile(
    r"\[\[[^\]\n]{0,80}\]\] | \[(?!\d+\]|[.…\s]+\]|\w\]|sic\])[^\]\n]{2,80}\] | <<[^<>\n]{1,80}>>",
    re.VERBOSE,
)
_PERSONAL = (
    "name", "given_name", "family_name", "suffix", "honorific", "title", "organization",
    "city", "region", "salutation", "greeting", "closing", "delivery", "your_ref",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PrintedValue:
    """A text that is printed as typed: what messages call it, and where it stands."""

    text: str
    name: str
    place: Place | None
    has_blanks: bool = False
    """Whether `{name}` and the like in it are replaced."""

    @property
    def typed(self) -> str:
        """What of it is printed."""
        return _BLANK.sub("", self.text) if self.has_blanks else self.text


def campaign_value_problems(letter: Letter, campaign: Campaign) -> Iterator[Problem]:
    """Markup, and fields that nobody filled in, in a campaign's own texts around a letter's body.

    Texts that are judged elsewhere as sentences are not looked through for fields here.
    """
    stage = campaign.file.stages[letter.stage]
    for value in _of_letter(letter, stage):
        if "{{" not in value.text:  # a placeholder, which is looked for where it is printed
            yield from markup_problems_in(value)
    for value in (*_of_stage(letter, stage), *_of_campaign(letter, campaign)):
        yield from markup_problems_in(value)
        yield from _unfilled(value)
    for value in _set_phrases(letter, campaign):
        yield from markup_problems_in(value)


def recipient_value_problems(letter: Letter, campaign: Campaign) -> Iterator[Problem]:
    """Markup in the texts of a letter's own recipient: a warning for those on a list."""
    for person in letter.recipient.people:
        place = person.place()
        listed = place is None or place.path != campaign.path
        for value in recipient_values(person):
            for found in markup_problems_in(value):
                yield replace(found, level=Level.WARNING) if listed else found


def recipient_values(person: Recipient) -> Iterator[PrintedValue]:
    """The texts of a recipient that letters print."""
    for name in _PERSONAL:
        text = getattr(person, name)
        if text:
            called = f"The `{name}` of {person.called}"
            yield PrintedValue(text, called, person.place(name) or person.place())
    for number, line in enumerate(person.address):
        place = person.place("address", number) or person.place()
        yield PrintedValue(line, f"The address of {person.called}", place)


def list_markup_problems(letter: Letter, values: Iterable[str]) -> Iterator[Problem]:
    """Markup in a recipient's own values that a body prints, which may be meant: warnings."""
    for value in values:
        if isinstance(value, Own):
            for found in markup_problems_in(
                PrintedValue(value, "The list", letter.recipient.place())
            ):
                yield replace(found, level=Level.WARNING)


def markup_problems_in(value: PrintedValue) -> Iterator[Problem]:
    """Report markup in a text that is printed as typed."""
    found = value_markup(value.typed)
    if found is not None:
        what, rule = found
        made = problem(
            "markup-in-value",
            f"{value.name} contains `{what.strip()}`. Markup works only in templates, so this is "
            "printed literally.",
            "Write plain text here, and format it in the template.",
            value.place,
        )
        yield made if rule.level is Level.ERROR else replace(made, level=rule.level)


def _unfilled(value: PrintedValue) -> Iterator[Problem]:
    """Report a field to fill in: `[Town]`, `{town}`; in quotation marks it may be an editor's."""
    typed = value.typed
    quotes = quote_spans(typed)
    for pattern in (_BRACKETS, _BLANK):
        for found in pattern.finditer(typed):
            if any(start <= found.start() and found.end() <= end for start, end in quotes):
                continue
            yield problem(
                "placeholder",
                f"`{found[0]}` is a placeholder in {value.name[0].lower()}{value.name[1:]} and "
                "would be printed literally.",
                "Replace it, or remove it.",
                value.place,
            )


def _of_letter(letter: Letter, stage: Stage) -> Iterator[PrintedValue]:
    """What a letter says that is judged as its sentences are."""
    language = letter.language
    yield PrintedValue(letter.subject, "The subject", _subject_place(letter, stage))
    yield PrintedValue(letter.preview, "The preview text", stage.place("preview"))
    if letter.demand is not None:
        place = letter.demand.place
        summary = letter.demand.summary.get(language) or ""
        yield PrintedValue(summary, "The demand", place("summary"))
        for number, ask in enumerate(letter.demand.asks):
            yield PrintedValue(ask.get(language) or "", "The ask", place("asks", number))
    for peer in letter.precedents:
        yield PrintedValue(peer.organization, "The precedent", peer.place("organization"))
        yield PrintedValue(peer.action.get(language) or "", "The precedent", peer.place("action"))
    for cited in letter.facts:
        statement = cited.fact.statement.get(language) or ""
        yield PrintedValue(statement, f"The fact `{cited.id}`", cited.fact.place("statement"))


def _subject_place(letter: Letter, stage: Stage) -> Place | None:
    if stage.variants:
        for name, text in stage.variants.subject.items():
            if text.get(letter.language) == letter.subject:
                return stage.variants.place("subject", name)
    return stage.place("subject")


def _of_stage(letter: Letter, stage: Stage) -> Iterator[PrintedValue]:
    for key in ("greeting", "closing", "delivery"):
        text: LocalText | None = getattr(stage, key)
        if text is not None:
            said = text.get(letter.language) or ""
            blanks = key != "delivery"
            yield PrintedValue(said, f"The stage’s `{key}`", stage.place(key), blanks)
    yield from _references(stage.reference_lines)


def _references(lines: LetterReferences | None) -> Iterator[PrintedValue]:
    if lines is None:
        return
    for key in ("your_ref", "our_ref", "contact", "phone"):
        if text := getattr(lines, key):
            yield PrintedValue(text, f"The reference line `{key}`", lines.place(key))


def _of_campaign(letter: Letter, campaign: Campaign) -> Iterator[PrintedValue]:
    """What all letters of a campaign print: of its sender, its target, and those who sign."""
    file = campaign.file
    yield PrintedValue(letter.title, "The title", file.place("title"))
    yield from _references(file.reference_lines)
    yield from _of_sender(file.sender, letter.language)
    target = file.target
    yield PrintedValue(target.organization, "The target’s name", target.place("organization"))
    for number, line in enumerate(target.address):
        yield PrintedValue(line, "The target’s address", target.place("address", number))
    for number, text in enumerate(letter.enclosures):
        yield PrintedValue(text, "The enclosure", file.place("enclosures", number))
    for number, text in enumerate(letter.cc):
        yield PrintedValue(text, "The cc line", file.place("cc", number))
    for cosigner in letter.cosigners:
        for text in filter(None, (cosigner.organization, cosigner.name, cosigner.title)):
            yield PrintedValue(text, "The list of cosigners", cosigner.place())
    for one in letter.signatories if letter.supporters is None else ():
        for text in filter(None, (one.name, one.office, one.organization)):
            yield PrintedValue(text, "The signature block", one.place())


def _of_sender(sender: Sender, language: str) -> Iterator[PrintedValue]:
    yield PrintedValue(sender.organization, "The sender’s name", sender.place("organization"))
    for number, line in enumerate(sender.address):
        yield PrintedValue(line, "The sender’s address", sender.place("address", number))
    if sender.town is not None:
        town = sender.town.get(language) or ""
        yield PrintedValue(town, "The sender’s `town`", sender.place("town"))
    if sender.phone:
        yield PrintedValue(sender.phone, "The sender’s `phone`", sender.place("phone"))
    for office in sender.offices:
        for text in filter(None, (office.name, *office.address, office.phone)):
            yield PrintedValue(text, "The office", office.place())


def _set_phrases(letter: Letter, campaign: Campaign) -> Iterator[PrintedValue]:
    words = read_set_phrases(letter.language, campaign.workspace)
    for field in fields(words):
        said = getattr(words, field.name)
        name = f"The set phrase `{field.name}` of `{letter.language}`"
        yield PrintedValue(said, name, None, has_blanks=True)
