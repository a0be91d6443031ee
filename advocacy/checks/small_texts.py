"""The short texts around a letter, and tables without a note: what they claim is told, too.

A salutation, a close, reference lines, the way of delivery, copies, people's titles and a
workspace's own set phrases name or greet somebody: “Director”, “Sincerely,”. An accusation or a
claim in them is read as one in the body is. A number alone claims nothing there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

from advocacy.campaign.languages import primary_language
from advocacy.campaign.loading import Campaign
from advocacy.campaign.set_phrases import read_set_phrases
from advocacy.checks.agreement.evidence import Evidence
from advocacy.checks.agreement.quantity import Quantity
from advocacy.checks.agreement.reading import Reading, read
from advocacy.checks.claims.clause_rules import clause_claim, rule_claim, strong_claim
from advocacy.checks.codes import problem
from advocacy.checks.language import language_of
from advocacy.checks.sentences import TextBlock, shorten
from advocacy.errors import Place, Problem
from advocacy.files.yaml.reading import read_yaml
from advocacy.letters.letter import Letter

FEW = 12
"""Up to this many things a table may count without a source."""


@dataclass(frozen=True, slots=True)
class SmallText:
    """A short text around a letter, with its place."""

    text: str
    place: Place | None
    name: str


def small_texts(letter: Letter, campaign: Campaign) -> Iterator[SmallText]:
    """The short texts around a letter's body, each with its place."""
    file, stage = campaign.file, campaign.file.stages[letter.stage]
    if stage.greeting is not None:
        yield SmallText(letter.salutation, stage.place("greeting"), "the salutation")
    if stage.closing is not None:
        yield SmallText(letter.close, stage.place("closing"), "the close")
    if letter.delivery:
        place = stage.place("delivery") if stage.delivery else letter.recipient.place()
        yield SmallText(letter.delivery, place, "the line of delivery")
    for _, text in letter.reference_lines:
        source = stage if stage.reference_lines is not None else file
        yield SmallText(text, source.place("reference_lines"), "the reference line")
    for number, text in enumerate(letter.cc):
        yield SmallText(text, file.place("cc", number), "the cc line")
    people = [
        *((one.title, one.place()) for one in file.target.addressees),
        *((one.title, one.place()) for one in letter.cosigners),
        (letter.recipient.title, letter.recipient.place()),
    ]
    for title, place in people:
        yield SmallText(title or "", place, "the title")
    for signatory in letter.signatories if letter.supporters is None else ():
        yield SmallText(signatory.office or "", signatory.place(), "the title")
    yield from _set_phrases(letter, campaign)


def _set_phrases(letter: Letter, campaign: Campaign) -> Iterator[SmallText]:
    """The set phrases of a letter's language that differ from those that come with the program."""
    workspace, language = campaign.workspace, letter.language
    names = (language, primary_language(language))
    path = next(filter(None, (workspace.template(f"words/{name}.yaml") for name in names)), None)
    own = workspace.templates[-1] / "words"
    if path is None or path.parent == own:
        return
    shipped = own / f"{primary_language(language)}.yaml"
    known = set(read_yaml(shipped).values()) if shipped.is_file() else set()
    for name, text in asdict(read_set_phrases(language, workspace)).items():
        if text not in known:
            yield SmallText(str(text), Place(path), f"the phrase `{name}`")


def small_problems(letter: Letter, campaign: Campaign) -> Iterator[Problem]:
    """Report claims in the short texts around a letter."""
    for one in small_texts(letter, campaign):
        if what := _claimed(one, letter.language):
            yield problem(
                "uncited-claim",
                f"{one.name[0].upper()}{one.name[1:]} “{shorten(one.text, 110)}” states {what}, "
                "but cites no source.",
                "State it in the letter, with a citation.",
                one.place,
            )


def _claimed(one: SmallText, code: str) -> str | None:
    """What in a short text needs a source: an accusation, a claim; in a greeting, a number."""
    language = language_of(code)
    if language is None or len(one.text.split()) < 2:
        return None
    if accuses := language.finds("accuses", one.text):
        return f"an accusation (“{accuses[0]}”)"
    text = one.text.strip(" ,.")
    if found := strong_claim(text, code) or clause_claim(text, code):
        return found
    if one.name == "the salutation":
        return rule_claim(text, code)
    return None


def table_problems(
    letter: Letter, blocks: Sequence[TextBlock], evidence: Sequence[Evidence]
) -> Iterator[Problem]:
    """Report figures of a table that has no note, nor the text before or after it."""
    known = [q for one in evidence for part in one.said for q in part.quantities]
    numbered = list(enumerate(blocks))
    for kind, group in groupby(numbered, key=lambda one: one[1].kind):
        rows = list(group)
        around = [blocks[at] for at in (rows[0][0] - 1, rows[-1][0] + 1) if 0 <= at < len(blocks)]
        near = (*(block for _, block in rows), *around)
        if kind != "row" or any(s.cites for block in near for s in block.sentences):
            continue
        for _, block in rows:
            reading = read(block.text, letter.language)
            if reading is not None and (figure := _unknown_figure(reading, known)):
                yield problem(
                    "uncited-claim",
                    f"The row “{shorten(block.text, 110)}” states a figure (“{figure.words}”), but "
                    "neither the table nor the text beside it cites a source.",
                    'Add `{{ cite("…") }}` to a cell, or after the sentence before the table.',
                    block.sentences[0].place if block.sentences else None,
                )


def _unknown_figure(reading: Reading, known: Sequence[Quantity]) -> Quantity | None:
    """A figure that no fact of the letter has, and that counts more than a few things."""
    for figure in reading.own_quantities:
        if any(figure.low == one.low and figure.high == one.high for one in known):
            continue
        if figure.unit == "time" or (not figure.unit and abs(figure.high) <= FEW):
            continue
        return figure
    return None
