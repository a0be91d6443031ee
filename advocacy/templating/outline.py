"""What can be said of a template before it runs."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from jinja2 import nodes

from advocacy.errors import Place, Problem, did_you_mean, nearest
from advocacy.templating.refusals import CITING, called, refusals, unquoted_ids
from advocacy.templating.sandbox import SafeEnvironment
from advocacy.templating.values import known_names, readable

DEPTH_AT_MOST = 60
NODES_AT_MOST = 50_000
_ASKING = ("defined", "undefined", "default", "d")
_SPECIAL = frozenset(("loop", "caller", "varargs", "kwargs", "self", "super"))


@dataclass(frozen=True, slots=True)
class BodyOutline:
    """What a template uses, with lines: collected once, checked against each set of variables."""

    path: Path
    names: tuple[tuple[str, int], ...] = ()
    fields: tuple[tuple[tuple[str, ...], int], ...] = ()
    assigned: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    cites: tuple[tuple[str, int], ...] = ()
    works_out_facts: bool = False
    """Whether it cites facts whose ids are not known before it runs."""
    partials: tuple[tuple[str, int], ...] = ()
    optional_partials: tuple[str, ...] = ()
    computed_partials: frozenset[str] = frozenset()
    """The variables whose values it includes as partials; empty text for computed names."""
    problems: tuple[Problem, ...] = ()


def walk(tree: nodes.Node) -> Iterator[tuple[nodes.Node, int]]:
    """Every node with its depth, parents first; not recursive, so that depth does no harm."""
    stack = [(tree, 0)]
    while stack:
        node, depth = stack.pop()
        yield node, depth
        stack += [(child, depth + 1) for child in reversed(list(node.iter_child_nodes()))]


def outline(tree: nodes.Template, environment: SafeEnvironment, path: Path) -> BodyOutline:
    """What a parsed template uses, and what in it is refused."""
    problems: list[Problem] = []
    found = list(_bounded(walk(tree), path, problems))
    if problems:
        return BodyOutline(path, problems=tuple(problems))
    for node in found:
        problems += refusals(node, environment, path, is_layout=environment.is_layout)
    told = {id(part) for node in found for one in unquoted_ids(node) for part, _ in walk(one)}
    names = [
        (node.name, node.lineno)
        for node in found
        if isinstance(node, nodes.Name) and node.ctx == "load" and id(node) not in told
    ]
    fields = [(_dotted(n), n.lineno) for n in found if isinstance(n, nodes.Getattr)]
    callees = {id(node.node) for node in found if isinstance(node, nodes.Call)}
    return BodyOutline(
        path,
        names=tuple(names),
        fields=tuple((chain, line) for chain, line in fields if len(chain) > 1),
        assigned=frozenset(name for node in found for name in _assigned(node)),
        optional=frozenset(name for node in found for name in _optional(node)),
        cites=tuple(cite for node in found for cite in _cites(node)),
        works_out_facts=any(_works_out_facts(node, callees) for node in found),
        partials=tuple(partial for node in found for partial in _partials(node)),
        optional_partials=tuple(name for node in found for name in _optional_partials(node)),
        computed_partials=frozenset(name for node in found for name in _computed_partials(node)),
        problems=tuple(dict.fromkeys(problems)),
    )


def _assigned(node: nodes.Node) -> Iterable[str]:
    """The names that a command gives a value to."""
    match node:
        case nodes.Name(ctx="store" | "param", name=name) | nodes.Macro(name=name):
            return (name,)
        case nodes.Import(target=name):
            return (name,)
        case nodes.FromImport(names=names):
            return [name if isinstance(name, str) else name[1] for name in names]
    return ()


def _optional(node: nodes.Node) -> Iterable[str]:
    """The names, with their fields, that may be missing where they are asked after."""
    if isinstance(node, nodes.Test | nodes.Filter) and node.node is not None:
        return _dotted(node.node) if node.name in _ASKING else ()
    return ()


def _cites(node: nodes.Node) -> Iterable[tuple[str, int]]:
    if isinstance(node, nodes.Call) and called(node) in CITING:
        return [(a.value, a.lineno) for a in node.args if is_text(a)]
    return ()


def _works_out_facts(node: nodes.Node, callees: Collection[int]) -> bool:
    """Whether a command may name facts that are not written there as texts.

    A precedent's own fact (`cite(peer.fact)`) is written in the campaign file.
    """
    if isinstance(node, nodes.Name):  # `{% set f = fact %}`
        return node.ctx == "load" and node.name in CITING and id(node) not in callees
    if not isinstance(node, nodes.Call) or called(node) not in CITING:
        return False
    return not all(is_text(one) or _is_precedents(_dotted(one)) for one in node.args)


def _is_precedents(name: tuple[str, ...]) -> bool:
    return name[1:] == ("fact",) and name[0] not in ("recipient", "supporter")


_READING = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)


def _partials(node: nodes.Node) -> Iterable[tuple[str, int]]:
    """The templates that a command reads by a name that is written there, and must find."""
    if not isinstance(node, _READING) or not is_text(node.template):
        return ()
    return () if _may_miss(node) else ((node.template.value, node.lineno),)


def _optional_partials(node: nodes.Node) -> Iterable[str]:
    """The templates that a command reads by a name that is written there, if they exist."""
    if not isinstance(node, _READING) or not is_text(node.template):
        return ()
    return (node.template.value,) if _may_miss(node) else ()


def _computed_partials(node: nodes.Node) -> Iterable[str]:
    """The variable whose value names the template that a command reads, or empty text."""
    if not isinstance(node, _READING) or is_text(node.template):
        return ()
    return (node.template.name if isinstance(node.template, nodes.Name) else "",)


def _may_miss(node: nodes.Node) -> bool:
    return bool(getattr(node, "ignore_missing", False))


def _bounded(
    found: Iterable[tuple[nodes.Node, int]], path: Path, problems: list[Problem]
) -> Iterator[nodes.Node]:
    for count, (node, depth) in enumerate(found):
        if count > NODES_AT_MOST or depth > DEPTH_AT_MOST:
            what = "too long" if count > NODES_AT_MOST else "nested too deeply"
            hint = "Shorten it, or move parts of it to partials."
            place = Place(path, getattr(node, "lineno", None))
            problems.append(Problem("template-too-large", f"The template is {what}.", hint, place))
            return
        yield node


def is_text(node: nodes.Node | None) -> TypeGuard[nodes.Const]:
    """Whether a part of a command is text that is written there."""
    return isinstance(node, nodes.Const) and isinstance(node.value, str)


def _dotted(node: nodes.Node) -> tuple[str, ...]:
    """`recipient.name` as its parts; empty for anything but names and dots."""
    parts: list[str] = []
    while isinstance(node, nodes.Getattr):
        parts.append(node.attr)
        node = node.node
    return (node.name, *reversed(parts)) if isinstance(node, nodes.Name) else ()


def missing(
    outlines: Collection[BodyOutline], variables: Mapping[str, Any], functions: Collection[str]
) -> list[Problem]:
    """The names that no variable, function or command of these templates gives."""
    assigned = frozenset().union(*(o.assigned for o in outlines))
    known = {*variables, *functions, *assigned}
    problems = []
    for each in outlines:
        for name, line in each.names:
            if name in known or name in _SPECIAL or name in each.optional:
                continue
            message = f"`{name}` is not defined here."
            hint = did_you_mean(name, known, known_names(known))
            problems.append(Problem("unknown-name", message, hint, Place(each.path, line)))
    return problems


def missing_fields(
    outlines: Collection[BodyOutline], variables: Mapping[str, Any]
) -> list[Problem]:
    """The fields (`recipient.nmae`) that the variables' values do not have."""
    assigned = frozenset().union(*(o.assigned for o in outlines))
    problems = []
    for each in outlines:
        for (root, *names), line in each.fields:
            value = variables.get(root)
            if root in assigned or root in each.optional or value is None:
                continue
            so_far = root
            for name in names:
                known = readable(value)
                if value is None:
                    break
                if name not in known:
                    message = f"`{so_far}` has no `{name}`."
                    near = nearest(name, known)
                    hint = f"Did you mean `{so_far}.{near}`?" if near else known_names(known)
                    problems.append(Problem("unknown-name", message, hint, Place(each.path, line)))
                    break
                value = value[name] if isinstance(value, Mapping) else getattr(value, name)
                so_far = f"{so_far}.{name}"
    return problems


def missing_facts(outlines: Collection[BodyOutline], facts: Collection[str]) -> list[Problem]:
    """The ids of facts that no facts file has."""
    return [
        fact_problem(name, facts, Place(each.path, line))
        for each in outlines
        for name, line in each.cites
        if name not in facts
    ]


def fact_problem(name: str, facts: Collection[str], place: Place | None) -> Problem:
    """That there is no fact of that id."""
    if not name.strip():
        what, hint = (
            ("A citation here does not name a fact."),
            'Write a fact\'s id: `{{ cite("the-id") }}`.',
        )
        return Problem("unknown-fact", what, hint, place)
    what = f"The campaign has no fact `{name}`."
    hint = did_you_mean(name, facts, "Correct the id, or add the fact to a facts file.")
    return Problem("unknown-fact", what, hint, place)
