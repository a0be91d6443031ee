"""What stands around the text in all letters of a stage: date line, reference lines, enclosures."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from advocacy.campaign.campaign import Stage
from advocacy.campaign.languages import LocalText
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.sender_details import Enclosure, LetterReferences, enclosure_title
from advocacy.campaign.set_phrases import SetPhrases
from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.enclosed_pdf import EnclosedFile, find_enclosure
from advocacy.letters.variables import Texts
from advocacy.templating.values import long_date

ReferenceLines = tuple[tuple[str, str], ...]
"""Labels and texts: `(("Our ref:", "EX/26"),)`."""
_KEYS = ("your_ref", "your_letter", "our_ref", "our_letter", "contact", "phone", "email")
"""The reference lines in the order of DIN 5008's block of information."""


@dataclass(frozen=True, slots=True)
class StageParts:
    """These parts in one language; `greeting` and `closing` may have `{name}` and the like.

    An empty text stands for none, and of `dateline` for the date alone.
    """

    dateline: str
    greeting: str
    closing: str
    delivery: str
    enclosures: tuple[str, ...]
    enclosed: tuple[EnclosedFile, ...]
    """The enclosures that are files, with their titles."""
    cc: tuple[str, ...]
    reference_lines: tuple[tuple[str, str], ...]
    """Keys and texts, without labels."""


def stage_parts(
    campaign: Campaign, stage: Stage, words: SetPhrases, day: date, texts: Texts
) -> StageParts:
    """The parts of a stage's letters of a day; what a language lacks joins `texts.problems`."""
    file = campaign.file
    town = file.sender.town
    dateline = ""
    if town is not None:
        where = texts.get(town, file.sender.place("town"))
        when = long_date(day, texts.language)
        dateline = words.dated.replace("{place}", where).replace("{date}", when)
    titles = tuple(
        texts.get(enclosure_title(one), file.place("enclosures", i))
        for i, one in enumerate(file.enclosures)
    )
    return StageParts(
        dateline,
        _own(stage.greeting, stage.place("greeting"), texts),
        _own(stage.closing, stage.place("closing"), texts),
        _own(stage.delivery, stage.place("delivery"), texts),
        titles,
        tuple(
            find_enclosure(one.file, titles[i], campaign.workspace, one.place("file"))
            for i, one in enumerate(file.enclosures)
            if isinstance(one, Enclosure)
        ),
        # A person's name is the same in every language.
        tuple(
            one.get(texts.language) or texts.get(one, file.place("cc", i))
            for i, one in enumerate(file.cc)
        ),
        tuple(_references((file.reference_lines, stage.reference_lines), texts.language)),
    )


def _own(text: LocalText | None, place: Place | None, texts: Texts) -> str:
    return texts.get(text, place) if text is not None else ""


def _references(
    given: Iterable[LetterReferences | None], language: str
) -> Iterator[tuple[str, str]]:
    """The keys and texts of the campaign's reference lines, which the stage's replace."""
    records = [one for one in given if one is not None]
    for key in _KEYS:
        for record in reversed(records):
            value = getattr(record, key)
            if value is not None:
                yield key, _shown(value, language)
                break


def _shown(value: str | date, language: str) -> str:
    return long_date(value, language) if isinstance(value, date) else value


def reference_lines(
    parts: StageParts, recipient: Recipient, words: SetPhrases, language: str
) -> ReferenceLines:
    """The reference lines of a recipient's letter with their labels.

    Raises AdvocacyError where the language has no label for one.
    """
    own = {"your_ref": recipient.your_ref, "your_letter": recipient.your_letter}
    shown = dict(parts.reference_lines)
    shown |= {key: _shown(value, language) for key, value in own.items() if value is not None}
    if not shown:
        return ()
    missing = [key for key in shown if not getattr(words, key)]
    if missing:
        raise AdvocacyError([_no_label(key, language) for key in missing])
    return tuple((getattr(words, key), shown[key]) for key in _KEYS if key in shown)


def _no_label(key: str, language: str) -> Problem:
    return Problem(
        "missing-word",
        f"The letter has a reference line `{key}`, but the set phrases of `{language}` have no "
        "label for it.",
        f'Add `{key}:` to words/{language}.yaml, such as `{key}: "Our ref:"`.',
    )
