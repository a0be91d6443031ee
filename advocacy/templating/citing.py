"""The functions of bodies that name facts: `cite`, `fact` and `quote`.

A quotation prints as the source has it. In a letter of another language it prints as translated,
with the translator's name. With `speaker=true` it begins with the speaker's name; reported speech
begins with the publication's name, because its words are the publication's.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from advocacy.campaign.facts import Fact
from advocacy.campaign.sources import Source
from advocacy.templating.citation_marks import VALUE_MARK, LetterRun, letter_run
from advocacy.templating.language_forms import before_mark
from advocacy.templating.running import TemplateMistake, ValueMistake
from advocacy.templating.sandbox import trusted
from advocacy.templating.typography import NOT_AMERICAN, quotes
from advocacy.templating.values import display

_BLANK = re.compile(r"\{(\w+)\}")


def _cite(*ids: Any, line: int | None = None, path: str = "") -> Markup:
    if not ids:
        raise ValueMistake("`cite` does not name a fact.", 'Write `{{ cite("the-id") }}`.')
    return letter_run().cite(ids, line, path)


def _fact(name: Any, line: int | None = None, path: str = "") -> Markup:
    run = letter_run()
    statement = display(run.fact(name).statement, run.language)
    before, behind = before_mark(statement, run.language)
    return run.value(before) + run.cite((name,), line, path) + trusted(behind)


def _quote(name: Any, *, speaker: bool = False, line: int | None = None, path: str = "") -> Markup:
    run = letter_run()
    fact = run.fact(name)
    if fact.quote is None:
        raise TemplateMistake(
            "no-quote",
            f"The fact `{name}` has no `quote:`.",
            f'Add a quotation from its source, or print the statement: `{{{{ fact("{name}") }}}}`.',
        )
    printed = _quoted(fact, run)
    if speaker:
        who = run.value(_speaker_name(str(name), fact, run.sources))
        printed = _filled(run.phrase("said"), {"speaker": who, "quote": printed})
    return printed + run.cite((name,), line, path)


def _quoted(fact: Fact, run: LetterRun) -> Markup:
    """The quotation in the letter's language and its marks, with the translator's name if any."""
    marks = quotes(run.language)
    translated = fact.translation(run.language)
    words = translated.text if translated else fact.quote or ""
    quoted = trusted(marks.opening) + run.value(words) + trusted(marks.closing)
    if translated is None:
        return quoted
    by = _filled(run.phrase("translation"), {"name": run.value(translated.by)})
    return quoted + trusted(" (") + by + trusted(")")


def end_quotations(markdown: str, run: LetterRun) -> str:
    """Put the full stop or comma after a printed quotation where the language has it.

    American English has it inside the quotation marks and before the number of the note, British
    English before the number (Chicago Manual of Style 17, 6.9 and 14.26). A quotation that ends
    with its own stop gets no second one in any language. In styles that cite in parentheses, the
    stop stays after the parenthesis. May shorten values of the run by their last stop.
    """
    closing = quotes(run.language).closing
    if closing not in markdown:
        return markdown
    tag = run.language.split("-")
    is_english = tag[0] == "en" and not run.in_text
    is_american = is_english and not NOT_AMERICAN.intersection(tag)

    def end(found: re.Match[str]) -> str:
        value, cite, stop = found.groups()
        index = ord(value) - VALUE_MARK
        last = str(run.values[index])[-1:]
        if last == "." and (stop == "," or run.in_text):
            run.values[index] = run.values[index][:-1]
            last = ""
        if stop == "." and last and last in ".!?…" and not run.in_text:
            return f"{value}{closing}{cite}"
        if is_american and (not last or last not in "!?…"):
            return f"{value}{stop}{closing}{cite}"
        return f"{value}{closing}{stop}{cite}" if is_english else found[0]

    pattern = (
        f"([\U000f0000-\U000ffffd]){re.escape(closing)}([\U00100000-\U0010fffd])([.,])(?![.,])"
    )
    return re.sub(pattern, end, markdown)


def _speaker_name(name: str, fact: Fact, sources: Mapping[str, Source]) -> str:
    """Whose words a quotation has: the speaker's or, in reported speech, the publication's."""
    if fact.speech == "direct" and fact.speaker is not None:
        return fact.speaker.label
    if fact.speech == "reported":
        source = sources.get(fact.source)
        if source is not None and source.publication:
            return source.publication
    raise TemplateMistake(
        "no-speaker",
        f"The fact `{name}` does not say who speaks.",
        "Add `speaker:` to the fact, or print the quotation without a name: "
        f'`{{{{ quote("{name}") }}}}`.',
    )


def _filled(phrase: str, parts: Mapping[str, Markup]) -> Markup:
    """A set phrase with marks in place of its `{…}`."""
    made = Markup()
    for number, piece in enumerate(_BLANK.split(phrase)):
        made += parts.get(piece, Markup()) if number % 2 else trusted(piece)
    return made


CITING: dict[str, Callable[..., Markup]] = {"cite": _cite, "fact": _fact, "quote": _quote}
"""The functions of bodies, by name."""
