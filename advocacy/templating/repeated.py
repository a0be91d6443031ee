"""Bodies of many letters: a template is run once for all to whom it says the same.

For each letter the values that are its own are put into what was made with `Placeholder` in their
place. Where a template asks more of a value (`{% if recipient.region == "IL" %}`) it is run
once for each value that it asks for, at worst for each letter. A body is always what
running the template for this letter alone gives; what was run before decides no more than how
soon it is there.
"""

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from advocacy.campaign.facts import Fact
from advocacy.errors import AdvocacyError
from advocacy.files.cache import IdentityCache, once_per_run
from advocacy.files.workspace import Workspace
from advocacy.templating.bodies import Body, Ran, find_body, render_body, run_body
from advocacy.templating.branches import WATCH
from advocacy.templating.citation_marks import Prose
from advocacy.templating.running import CHARACTERS_AT_MOST
from advocacy.templating.values import NeedsValue, Placeholder

Own = Mapping[str, Mapping[str, Any]]
"""What may differ from letter to letter, in groups: `{"recipient": {"name": …}}`."""
_Field = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class _Kind:
    """A body whose own values are to be put in, as long as its templates are the same.

    `own` are the places of these in the body's values, each with its field; `printed` are the
    fields as often as the template printed them, `asked` those that must be of one line.
    """

    ran: Ran
    values: list[Any]
    own: tuple[tuple[int, _Field], ...]
    printed: tuple[_Field, ...]
    asked: tuple[_Field, ...]


class Repeated:
    """The bodies of letters that have template, language, facts and `variables` in common."""

    def __init__(
        self,
        name: str,
        workspace: Workspace,
        language: str,
        variables: Mapping[str, Any],
        facts: Mapping[str, Fact],
    ) -> None:
        self._name, self._workspace, self._language = name, workspace, language
        self._variables, self._facts = variables, facts
        self._needed: dict[str, dict[str, None]] = {}  # fields by group, in the order of need
        self._kinds: IdentityCache[_Kind | None] = IdentityCache()

    def body(self, own: Own) -> Body:
        """The body of one letter.

        Raises AdvocacyError with all problems of the template.
        """
        # Who watches a template wants each letter's own run.
        kind = self._kind(own) if WATCH.get() is None else None
        if kind is not None and not self._same(kind):
            self._kinds = IdentityCache()
            kind = self._kind(own)
        if kind is None or not _fits(kind, own):
            variables = {**self._variables, **own}
            return render_body(self._name, self._workspace, self._language, variables, self._facts)
        body = kind.ran.body
        if not kind.own:
            return body
        values = list(kind.values)
        for at, (group, name) in kind.own:
            values[at] = own[group][name]
        prose = Prose(body.prose.markdown, tuple(values))
        return Body(prose, body.cites, body.path, body.language, body.lines)

    def _kind(self, own: Own) -> _Kind | None:
        """What the letter has in common with others; None where its own run must tell."""
        return self._kinds.get((), self._key(own), lambda: self._made(own))

    def _key(self, own: Own) -> tuple[Any, ...]:
        """All that a template can learn of the values without needing another one."""
        return tuple(
            part
            for group, fields in own.items()
            for part in (
                tuple(fields),
                tuple(map(bool, fields.values())),
                *map(fields.get, self._needed.get(group, ())),
            )
        )

    def _made(self, own: Own) -> _Kind | None:
        while True:
            unseen = {group: self._unseen(group, fields) for group, fields in own.items()}
            variables = {**self._variables, **unseen}
            try:
                ran = run_body(self._name, self._workspace, self._language, variables, self._facts)
            except NeedsValue as needs:
                group, name = needs.name
                self._needed.setdefault(group, {})[name] = None
            except (AdvocacyError, TypeError):
                return None  # what is wrong is told by the letter's own run
            else:
                values = (value for fields in unseen.values() for value in fields.values())
                return _kind_of(ran, [v for v in values if type(v) is Placeholder and v.asked])

    def _unseen(self, group: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        needed = self._needed.get(group, ())
        return {
            name: Placeholder((group, name), type(value)) if value and name not in needed else value
            for name, value in fields.items()
        }

    def _same(self, kind: _Kind) -> bool:
        """Whether the templates are those that the kind was made of; asked once a task."""
        return once_per_run(kind, lambda: self._looked(kind))

    def _looked(self, kind: _Kind) -> bool:
        ran, environment = kind.ran, kind.ran.environment
        try:
            path, _ = find_body(self._name, self._workspace, self._language)
            now: list[object] = [environment.compiled(path)]
            for name in ran.run.fetched:
                found = environment.find(name)
                now.append(environment.compiled(found) if found else None)
        except AdvocacyError:
            return False
        return all(map(operator.is_, now, (ran.template, *ran.run.fetched.values())))


def _kind_of(ran: Ran, asked: list[Placeholder]) -> _Kind:
    values: list[Any] = list(ran.body.prose.values)
    return _Kind(
        ran,
        values,
        tuple((at, value.name) for at, value in enumerate(values) if type(value) is Placeholder),
        tuple(value.name for value in ran.run.unseen),
        tuple(value.name for value in asked),
    )


def _fits(kind: _Kind, own: Own) -> bool:
    """Whether these values do in it what they would in a run of their own."""
    if any("\r" in own[group][name] for group, name in kind.asked):
        return False
    characters = sum(len(own[group][name]) for group, name in kind.printed)
    return kind.ran.run.characters + characters <= CHARACTERS_AT_MOST
