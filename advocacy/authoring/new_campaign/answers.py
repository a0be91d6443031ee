"""Check what somebody says about a new campaign, before anything is written."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from advocacy.authoring.new_campaign.files import wordings
from advocacy.authoring.new_campaign.models import Answers, NewFact, NewPrecedent, NewSource
from advocacy.campaign.days import published_days
from advocacy.campaign.languages import Timezone, primary_language
from advocacy.errors import AdvocacyError, Hint, Problem, nearest
from advocacy.files.characters import shown
from advocacy.files.yaml.validation_errors import Phrase, describe_errors

NEEDED = ("target", "target_address", "demand")
NEEDED_OF_SENDER = ("sender", "sender_address", "sender_email", "signatory")
ENTRIES: Mapping[str, type[NewPrecedent | NewFact | NewSource]] = {
    "precedents": NewPrecedent,
    "facts": NewFact,
    "sources": NewSource,
}
"""The answers that are lists of entries, and the parts of each entry."""
PARTS = {key: tuple(model.model_fields) for key, model in ENTRIES.items()}
"""The parts of each entry, in the order in which they are given."""

Naming = Callable[[str, str], str]
"""The name of an answer and, for an entry, of one of its parts: `--source, url`."""


def missing_answers(given: Mapping[str, Any]) -> list[str]:
    """List the names of the answers that are lacking and without which no letter can be made."""
    needed = [*NEEDED, *([] if given.get("sender_from") else NEEDED_OF_SENDER), "timezone"]
    return [key for key in needed if not given.get(key)]


def read_answer(key: str, value: Any, part: str = "", today: date | None = None) -> Any:
    """Read one answer by itself; `part` names a field of a precedent, fact or source.

    With `today`, its days are checked too. Raises AdvocacyError that says what is wrong with it.
    """
    kind = get_type_hints(ENTRIES[key] if part else Answers, include_extras=True)[part or key]
    try:
        answer = TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        raise AdvocacyError(_problem(describe_errors(error.errors(), value))) from None
    if key == "language" and (unknown := list(_unknown_language(str(answer)))):
        raise AdvocacyError(unknown)
    if today and (wrong := _untimely(part or key, answer, today)):
        raise AdvocacyError(_problem(wrong))
    return answer


def check_given(given: Mapping[str, Any], naming: Naming) -> None:
    """Check the answers that were given, before anybody is asked for the others.

    Raises AdvocacyError with everything that is wrong with them.
    """
    others = dict.fromkeys(missing_answers({}), "x") | {"sender_email": "x@example.org"}
    others["timezone"] = "UTC"
    read_answers({**others, **{key: value for key, value in given.items() if value}}, naming)


def read_answers(given: Mapping[str, Any], naming: Naming) -> Answers:
    """Read all answers, by name; empty ones count as not given.

    `naming` is how problems call an answer. Raises AdvocacyError with everything that is wrong.
    """
    answered = {key: value for key, value in given.items() if value not in (None, "", (), [])}
    if lacking := missing_answers(answered):
        needed = Phrase("empty-value", "this is required", "Enter a value.")
        raise AdvocacyError(_problem(needed, naming(key, "")) for key in lacking)
    for key, parts in PARTS.items():
        if key in answered:
            answered[key] = [
                {part: text for part, text in zip(parts, entry, strict=True) if text != ""}
                for entry in answered[key]
            ]
    try:
        answers = Answers.model_validate(answered)
    except ValidationError as error:
        raise AdvocacyError(_invalid(error, answered, naming)) from None
    if problems := list(_disagreements(answers, naming)):
        raise AdvocacyError(problems)
    return answers


def _invalid(
    error: ValidationError, answered: Mapping[str, Any], naming: Naming
) -> Iterator[Problem]:
    """Report each answer, or part of an entry, that is wrong by itself."""
    by_answer: dict[tuple[str | int, ...], list[ErrorDetails]] = {}
    for each in error.errors():
        key, *rest = each["loc"]
        depth = 3 if key in PARTS and len(rest) > 1 else 1
        by_answer.setdefault(each["loc"][:depth], []).append(each)
    for keys, errors in by_answer.items():
        value: Any = answered
        for key in keys:
            value = value.get(key, "") if isinstance(value, dict) else value[key]
        part = str(keys[2]) if len(keys) == 3 else ""
        yield _problem(describe_errors(errors, value), naming(str(keys[0]), part))


def _problem(wrong: Phrase, name: str = "") -> Problem:
    """Say what is wrong with the answer of that name, or with the one that was just typed."""
    text = f"{name}: {wrong.message}" if name else wrong.message
    if text.startswith(("has ", "is ", "must ")):
        text = f"The answer {text}"
    return Problem(wrong.code, f"{text[:1].upper()}{text[1:]}.", wrong.hint)


def _disagreements(answers: Answers, naming: Naming) -> Iterator[Problem]:
    """Report what is right by itself, but wrong together."""
    for key in ("sources", "facts"):
        ids = [one.id for one in getattr(answers, key)]
        for name in dict.fromkeys(one for one in ids if ids.count(one) > 1):
            message = f"{naming(key, '')}: the id `{name}` is used twice."
            yield Problem("duplicate-id", message, "Change one of the two ids.")
    known = [source.id for source in answers.sources]
    for key in ("precedents", "facts"):
        for name in dict.fromkeys(one.source for one in getattr(answers, key)):
            if name not in known:
                near = nearest(name, known)
                message = f"{naming(key, '')}: there is no source `{name}`."
                hint = f"Did you mean `{near}`?" if near else Hint("add-source", source=name)
                yield Problem("unknown-source", message, hint)
    yield from _days(answers, naming)
    yield from _unknown_language(answers.language, f"{naming('language', '')}: there")


def _unknown_language(tag: str, begins: str = "There") -> Iterator[Problem]:
    """Report a language in which no new letter can be begun."""
    if primary_language(tag) not in wordings():
        yield Problem(
            "unknown-language",
            f"{begins} is no new letter in the language `{tag}`.",
            f"Available: {', '.join(wordings())}. Or start in English, run "
            "`advocacy new template --words LANGUAGE`, and translate the letter.",
        )


def _days(answers: Answers, naming: Naming) -> Iterator[Problem]:
    days: list[tuple[str, str, Any]] = [
        (f"{naming('sources', '')} `{source.id}`", "issued", source.issued)
        for source in answers.sources
    ]
    days += [(naming(key, ""), key, getattr(answers, key)) for key in ("checked", "reply_by")]
    for name, key, value in days:
        seen_from = answers.today if key == "checked" else answers.begins
        if wrong := _untimely(key, value, seen_from):
            yield _problem(wrong, name)


def _untimely(key: str, value: Any, today: date) -> Phrase | None:
    """What is wrong with a day, seen from the day of the letter or, for `checked`, of now."""
    if key == "issued" and value and (out := published_days(value)[1]) > today:
        return Phrase(
            "source-too-new",
            f"{shown(value)} may be as late as {out}, but the letter is dated {today}",
            "Give the full publication date: `2020-06-10`.",
        )
    if key == "checked" and value and value > today:
        hint = "Give the day on which you checked the sources."
        return Phrase("day-to-come", f"{value} is in the future; today is {today}", hint)
    if key == "reply_by" and isinstance(value, date) and value <= today:
        hint = "Give a later day, or a number of days: `14 days`."
        return Phrase(
            "deadline-passed", f"{value} leaves no time to reply; the letter is dated {today}", hint
        )
    return None


def system_timezone(root: Path = Path("/")) -> str | None:
    """Find the name of the machine's time zone, as Area/City; None if it is not known.

    Looks at the variable `TZ`, the link `/etc/localtime`, then the file `/etc/timezone`.
    """
    etc = root / "etc"
    names = [os.environ.get("TZ", "").removeprefix(":")]
    with suppress(OSError):
        names.append((etc / "localtime").readlink().as_posix().partition("zoneinfo/")[2])
    with suppress(OSError, UnicodeDecodeError):
        names.append((etc / "timezone").read_text(encoding="utf-8").strip())
    for name in filter(None, names):
        with suppress(ValidationError):
            return str(TypeAdapter(Timezone).validate_python(name))
    return None
