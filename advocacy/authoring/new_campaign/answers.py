"""The time zone of this machine, as far as it says.

What somebody says of a new campaign, checked before anything is written.
"""

import os
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from advocacy.authoring.new_campaign.models import Answers, NewFact, NewPrecedent, NewSource
from advocacy.authoring.new_campaign.records import WORDINGS
from advocacy.campaign.days import published_days
from advocacy.campaign.field_types import Timezone
from advocacy.campaign.languages import primary_language
from advocacy.errors import AdvocacyError, Problem, nearest
from advocacy.files.characters import shown
from advocacy.files.yaml.phrases import Phrase, either, phrase


def system_timezone(root: Path = Path("/")) -> str | None:
    """The name of the machine's time zone, as Area/City, or None where it does not tell.

    Asked are the variable `TZ`, the link `/etc/localtime`, then the file `/etc/timezone`.
    """
    for name in (os.environ.get("TZ", "").removeprefix(":"), _linked(root), _written(root)):
        if name and _known(name):
            return name
    return None


def _linked(root: Path) -> str:
    try:
        target = (root / "etc" / "localtime").readlink().as_posix()
    except OSError:
        return ""
    return target.partition("zoneinfo/")[2]


def _written(root: Path) -> str:
    try:
        return (root / "etc" / "timezone").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _known(name: str) -> bool:
    try:
        TypeAdapter(Timezone).validate_python(name)
    except ValidationError:
        return False
    return True


NEEDED = ("target", "target_address", "to", "demand")
NEEDED_OF_SENDER = ("sender", "sender_address", "sender_email", "signatory")


def missing(given: Mapping[str, Any]) -> list[str]:
    """The names of the answers without which no letter can be made."""
    needed = [*NEEDED, *([] if given.get("sender_from") else NEEDED_OF_SENDER), "timezone"]
    return [key for key in needed if not given.get(key)]


OPTIONS = {
    "name": "NAME",
    "asks": "--ask",
    "precedents": "--precedent",
    "facts": "--fact",
    "sources": "--source",
}
"""How the command line calls an answer, where it is not `--` and the answer's name."""
PARTS = {
    "precedents": ("organization", "action", "source"),
    "facts": ("id", "statement", "source"),
    "sources": ("id", "title", "author", "issued", "url"),
}
"""What each entry of these answers consists of, in the order of the command line."""


def option(key: str) -> str:
    """`--target-address` for `target_address`."""
    return OPTIONS.get(key, f"--{key.replace('_', '-')}")


def read_one(key: str, value: Any, part: str | None = None, today: date | None = None) -> Any:
    """One answer, checked by itself; `part` names a field of a precedent, fact or source.

    With `today`, its days are checked too. Raises AdvocacyError that says what is wrong with it.
    """
    models = {"precedents": NewPrecedent, "facts": NewFact, "sources": NewSource}
    model = models[key] if part else Answers
    kind = get_type_hints(model, include_extras=True)[part or key]
    try:
        read = TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        found = _phrase([dict(one) for one in error.errors(include_url=False)], value)
        said = found.message if found.message[:1] in "“`" else f"It {found.message}"
        raise AdvocacyError(Problem(found.code, f"{said}.", found.hint)) from None
    wrong = _untimely(part or key, read, today) if today else None
    if wrong:
        raise AdvocacyError(Problem(wrong.code, f"{wrong.message}.", wrong.hint))
    return read


_STAND_INS: Mapping[str, Any] = {
    **dict.fromkeys(("target", "target_address", "to", "demand", "sender", "sender_address"), "x"),
    "sender_email": "x@example.org",
    "signatory": "x",
    "timezone": "UTC",
}


def check_given(given: Mapping[str, Any]) -> None:
    """Check the answers that were given, before anybody is asked for the others.

    Raises AdvocacyError with everything that is wrong with them.
    """
    read_answers({**_STAND_INS, **{key: value for key, value in given.items() if value}})


def read_answers(given: Mapping[str, Any]) -> Answers:
    """The answers as they were given, by name; empty ones count as not given.

    Raises AdvocacyError with everything that is wrong with them.
    """
    told = {key: value for key, value in given.items() if value not in (None, "", (), [])}
    lacking = missing(told)
    if lacking:
        raise AdvocacyError(
            Problem("empty-value", f"{option(key)}: this is needed.", "Give it a value.")
            for key in lacking
        )
    for key, parts in PARTS.items():
        if key in told:
            told[key] = [
                {part: text for part, text in zip(parts, entry, strict=True) if text != ""}
                for entry in told[key]
            ]
    try:
        answers = Answers.model_validate(told)
    except ValidationError as error:
        raise AdvocacyError(_problems(error, told)) from None
    problems = list(_disagreements(answers))
    if problems:
        raise AdvocacyError(problems)
    return answers


def _problems(error: ValidationError, told: Mapping[str, Any]) -> Iterator[Problem]:
    by_answer: dict[tuple[str | int, ...], list[dict[str, Any]]] = {}
    for each in error.errors(include_url=False):
        key, *rest = each["loc"]
        depth = 3 if key in PARTS and len(rest) > 1 else 1
        by_answer.setdefault(each["loc"][:depth], []).append(dict(each))
    for keys, errors in by_answer.items():
        value: Any = told
        for key in keys:
            value = value.get(key, "") if isinstance(value, dict) else value[key]
        found = _phrase(errors, value)
        where = option(str(keys[0]))
        if len(keys) == 3:
            names = PARTS[str(keys[0])]
            where += f", {names[names.index(str(keys[2]))]}"
        yield Problem(found.code, f"{where}: {found.message}.", found.hint)


def _phrase(errors: list[dict[str, Any]], value: Any) -> Phrase:
    if any(one["type"] == "missing" for one in errors):
        return Phrase("empty-value", "has no value", "Write one.")
    own = [one for one in errors if not (one.get("ctx") or {}).get("wanted")]
    if len(errors) == 1 or own:
        one = (own or errors)[0]
        return phrase(one, one.get("input", value), None)
    return either(errors, value, None)


def _disagreements(answers: Answers) -> Iterator[Problem]:
    """What is right by itself, and wrong together."""
    for key in ("sources", "facts"):
        ids = [one.id for one in getattr(answers, key)]
        for name in dict.fromkeys(one for one in ids if ids.count(one) > 1):
            message = f"{option(key)}: the id `{name}` stands twice."
            yield Problem("duplicate-id", message, "Give one of them another id.")
    known = [source.id for source in answers.sources]
    for key in ("precedents", "facts"):
        for name in dict.fromkeys(one.source for one in getattr(answers, key)):
            if name not in known:
                near = nearest(name, known)
                add = f"Add it: --source {name} TITLE AUTHOR PUBLISHED URL."
                message = f"{option(key)}: there is no source `{name}`."
                hint = f"Did you mean `{near}`?" if near else add
                yield Problem("unknown-source", message, hint)
    yield from _days(answers)
    if primary_language(answers.language) not in WORDINGS:
        yield Problem(
            "unknown-language",
            f"--language: no letter can be begun in `{answers.language}`.",
            f"There are: {', '.join(WORDINGS)}. Or begin in English, and translate the letter.",
        )


def _days(answers: Answers) -> Iterator[Problem]:
    told: list[tuple[str, str, Any]] = [
        (f"--source `{source.id}`", "issued", source.issued) for source in answers.sources
    ]
    told += [(option(key), key, getattr(answers, key)) for key in ("checked", "reply_by")]
    for where, key, value in told:
        seen_from = answers.today if key == "checked" else answers.begins
        if wrong := _untimely(key, value, seen_from):
            yield Problem(wrong.code, f"{where}: {wrong.message}.", wrong.hint)


def _untimely(key: str, value: Any, today: date) -> Phrase | None:
    """What is wrong with a day, seen from the day of the letter or, for `checked`, of now."""
    if key == "issued" and value and (out := published_days(value)[1]) > today:
        return Phrase(
            "source-too-new",
            f"{shown(value)} may be as late as {out}, and the letter is of {today}",
            "Write the day of publication: `2020-06-10`.",
        )
    if key == "checked" and value and value > today:
        hint = "Write the day on which you looked at the sources."
        return Phrase("day-to-come", f"{value} has not come; today is {today}", hint)
    if key == "reply_by" and isinstance(value, date) and value <= today:
        hint = "Write a later day, or a span: `14 days`."
        return Phrase("deadline-passed", f"{value} leaves no time; the letter is of {today}", hint)
    return None
