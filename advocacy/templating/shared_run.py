"""Bodies of many letters: a template is run once for all letters to which it says the same.

A run gets a `Placeholder` for each value that is one person's own. Where the template prints
one, the placeholder stays among the body's values, and each letter's value is put in its place.

Where the template asks more of a value (`{% if recipient.region == "IL" %}`) the run stops with
`NeedsValue`. It is repeated with the value itself, and holds for all letters that have that value:
the template then runs once for each region, at worst once for each letter. So a body is always
what a run for this letter alone would give. Earlier runs decide only how soon it is there.

A letter is composed in 0.07 ms; with a run of its own it would take 0.33 ms.
"""

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from advocacy.campaign.facts import Fact
from advocacy.campaign.sources import Source
from advocacy.errors import AdvocacyError
from advocacy.files.cache import once_per_run
from advocacy.files.workspace import Workspace
from advocacy.templating.bodies import (
    NO_SOURCES,
    Body,
    Ran,
    before_stop,
    find_body,
    render_body,
    run_body,
)
from advocacy.templating.body_limits import BODY_AT_MOST, WORD_AT_MOST, body_too_long
from advocacy.templating.citation_marks import VALUE_MARK, Prose
from advocacy.templating.running import CHARACTERS_AT_MOST, WATCH
from advocacy.templating.values import NeedsValue, Placeholder

OwnValues = Mapping[str, Mapping[str, Any]]
"""What may differ from letter to letter, in groups: `{"recipient": {"name": …}}`."""
_Field = tuple[str, str]  # group and name: ("recipient", "name")
RUNS_AT_MOST = 256
"""The number of runs of one template that are cached."""


@dataclass(frozen=True, slots=True, eq=False)
class _SharedRun:
    """A run with placeholders.

    `own` are the places of placeholders among the body's values, each with its field; `printed`
    are the fields of all that were printed, also those whose text was changed or dropped later.
    """

    ran: Ran
    own: tuple[tuple[int, _Field], ...]
    printed: tuple[_Field, ...]


class SharedTemplateRun:
    """The bodies of letters that have template, language, facts and `variables` in common."""

    def __init__(
        self,
        name: str,
        workspace: Workspace,
        language: str,
        variables: Mapping[str, Any],
        facts: Mapping[str, Fact],
        sources: Mapping[str, Source] = NO_SOURCES,
        *,
        in_text: bool = False,
    ) -> None:
        self._name, self._workspace, self._language = name, workspace, language
        self._variables, self._cited = variables, (facts, sources)
        self._in_text = in_text
        self._needed: dict[str, dict[str, None]] = {}  # fields by group, in the order of need
        self._runs: dict[tuple[Any, ...], _SharedRun | None] = {}

    def render(self, own: OwnValues) -> Body:
        """The body of one letter.

        Raises AdvocacyError with all problems of the template.
        """
        # Who watches a template wants each letter's own run.
        run = self._find_run(own) if WATCH.get() is None else None
        if run is not None and not self._is_current(run):
            self._runs.clear()
            run = self._find_run(own)
        if run is None or not _fits(run, own):
            variables = {**self._variables, **own}
            return render_body(
                self._name, self._workspace, self._language, variables, *self._cited,
                in_text=self._in_text,
            )  # fmt: skip
        body = run.ran.body
        if not run.own:
            return body
        values, markdown = list(body.prose.values), body.prose.markdown
        for at, (group, name) in run.own:
            text = own[group][name]
            if text.endswith("."):
                text = before_stop(text, markdown, markdown.index(chr(VALUE_MARK + at)) + 1)
            values[at] = text
        prose = Prose(markdown, tuple(values))
        if len(markdown) + sum(map(len, values)) > BODY_AT_MOST or any(
            len(values[at]) > WORD_AT_MOST for at, _ in run.own
        ):
            too_long = list(body_too_long(prose, body.path))
            if too_long:
                raise AdvocacyError(too_long)
        return Body(prose, body.cites, body.path, body.language, body.lines)

    def _find_run(self, own: OwnValues) -> _SharedRun | None:
        """The run that holds for a letter, made if need be; None where its own run must tell."""
        key = self._key(own)
        if key not in self._runs:
            run = self._run(own)
            key = self._key(own)  # by now it may be known that more fields are needed
            if len(self._runs) >= RUNS_AT_MOST:
                del self._runs[next(iter(self._runs))]
            self._runs[key] = run
        return self._runs[key]

    def _key(self, own: OwnValues) -> tuple[Any, ...]:
        """All that a template can learn of the values without needing another one.

        Which fields there are, which of them are empty, and the values of those that it needs.
        """
        return tuple(
            part
            for group, fields in own.items()
            for part in (
                tuple(fields),
                tuple(map(bool, fields.values())),
                *map(fields.get, self._needed.get(group, ())),
            )
        )

    def _run(self, own: OwnValues) -> _SharedRun | None:
        while True:
            hidden = {group: self._hide(group, fields) for group, fields in own.items()}
            variables = {**self._variables, **hidden}
            try:
                ran = run_body(
                    self._name, self._workspace, self._language, variables, *self._cited,
                    in_text=self._in_text,
                )  # fmt: skip
            except NeedsValue as needs:
                group, name = needs.name
                self._needed.setdefault(group, {})[name] = None
            except (AdvocacyError, TypeError):
                return None  # the letter's own run says what is wrong, with its values
            else:
                places = enumerate(ran.body.prose.values)
                return _SharedRun(
                    ran,
                    tuple((at, value.name) for at, value in places if _is_placeholder(value)),
                    tuple(value.name for value in ran.run.values if _is_placeholder(value)),
                )

    def _hide(self, group: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The fields with placeholders for values that are not empty and not needed."""
        needed = self._needed.get(group, ())
        return {
            name: Placeholder((group, name), type(value)) if value and name not in needed else value
            for name, value in fields.items()
        }

    def _is_current(self, run: _SharedRun) -> bool:
        """Whether the templates that a run was made of are still those in the workspace."""
        # To look at the files again takes 20 microseconds a letter.
        return once_per_run(("is current", self, run), lambda: self._matches(run))

    def _matches(self, run: _SharedRun) -> bool:
        template = run.ran.template
        environment, fetched = template.environment, run.ran.run.fetched
        try:
            path, _ = find_body(self._name, self._workspace, self._language)
            now: list[object] = [environment.compiled(path)]
            for name in fetched:
                found = environment.find(name)
                now.append(environment.compiled(found) if found else None)
        except AdvocacyError:
            return False
        return all(map(operator.is_, now, (template, *fetched.values())))


def _is_placeholder(value: Any) -> TypeGuard[Placeholder]:
    return type(value) is Placeholder


def _fits(run: _SharedRun, own: OwnValues) -> bool:
    """Whether these values would be printed as they are, and within the limits of a run."""
    printed = [own[group][name] for group, name in run.printed]
    if any("\r" in text for text in printed):  # `display` would change it
        return False
    return run.ran.run.characters + sum(map(len, printed)) <= CHARACTERS_AT_MOST
