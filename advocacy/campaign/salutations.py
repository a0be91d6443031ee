"""The first and the last line of a letter: its salutation and its complimentary close.

An addressee's own `greeting` and `closing` come first, then the stage's, then the language's set
phrases with the form of address that fits the person (`recipients.gendered_forms`).
"""

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field

from advocacy.campaign.languages import LocalLine, LocalText
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.gendered_forms import FormOfAddress, form_of_address
from advocacy.campaign.set_phrases import SetPhrases
from advocacy.errors import AdvocacyError, Problem, did_you_mean
from advocacy.files.characters import fault

_BLANK = re.compile(r"\{(\w*)\}")
NAMES = ("name", "given_name", "family_name", "honorific", "title", "organization")
"""What a stage's `greeting` and `closing` may have in braces; `name` is as in the salutation."""
_MARKS_AT_END = " ,:;.!\u00a0\u202f"


def _with_known_blanks(value: LocalText) -> LocalText:
    for language, text in value.texts:
        for blank in _BLANK.findall(text):
            if blank not in (*NAMES, "greeting"):
                known = ", ".join(f"`{{{name}}}`" for name in NAMES)
                raise fault(
                    "unknown-name",
                    f"has `{{{blank}}}`, which is not known here",
                    did_you_mean(blank, NAMES, f"Write one of {known}."),
                    keys=(language,) if language else (),
                )
    return value


WholeLine = Annotated[
    LocalLine,
    AfterValidator(_with_known_blanks),
    Field(description="A line with `{name}` and the like, or a mapping from languages to lines."),
]
"""A salutation or a close that a stage sets for all its letters."""


@dataclass(frozen=True, slots=True)
class Salutation:
    """A letter's salutation as it is printed, and whom it greets."""

    line: str
    form: FormOfAddress


def salutation_of(recipient: Recipient, words: SetPhrases, language: str, own: str) -> Salutation:
    """The salutation of a recipient's letter; `own` is the stage's in this language, or empty.

    Raises AdvocacyError where the stage's has a value in braces that the recipient lacks.
    """
    form = form_of_address(recipient, language)
    if recipient.greeting:
        return Salutation(recipient.greeting, form)
    if own:
        return Salutation(_filled(own, recipient, form, "greeting"), form)
    line = words.dear
    if not recipient.full_name and not recipient.salutation:
        line = words.dear_nobody or words.dear
    elif form.gender == "female":
        line = words.dear_female or words.dear
    elif form.gender == "male":
        line = words.dear_male or words.dear
    return Salutation(line.replace("{name}", form.name), form)


def close_of(
    recipient: Recipient, words: SetPhrases, own: str, salutation: Salutation, signers: int
) -> str:
    """The complimentary close of a recipient's letter that so many people sign.

    `own` is the stage's in this language, or empty. Raises AdvocacyError as `salutation_of`.
    """
    greeting = salutation.line.rstrip(_MARKS_AT_END)
    if recipient.closing:
        return recipient.closing
    if own:
        filled = _filled(own.replace("{greeting}", "\0"), recipient, salutation.form, "closing")
        return filled.replace("\0", greeting)
    several = signers > 1
    line = words.close
    if not recipient.full_name and not recipient.salutation and words.close_nobody:
        line = words.close_nobody
    elif salutation.form.official and words.close_official:
        line = (several and words.close_official_several) or words.close_official
    elif several and words.close_several:
        line = words.close_several
    return line.replace("{greeting}", greeting)


def _filled(line: str, recipient: Recipient, form: FormOfAddress, key: str) -> str:
    """A stage's line with the recipient's values."""

    def value(blank: re.Match[str]) -> str:
        name = blank[1]
        text = form.name if name == "name" else getattr(recipient, name, None)
        if not text:
            raise AdvocacyError(
                Problem(
                    "missing-value",
                    f"The stage’s `{key}` prints `{{{name}}}`, which {recipient.called} lacks.",
                    f"Fill in `{name}`, or write the whole line as `{key}` for this recipient.",
                    recipient.place(name if name != "name" else "salutation"),
                )
            )
        return str(text)

    return _BLANK.sub(value, line)
