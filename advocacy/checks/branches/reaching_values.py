"""Values of people's fields with which a branch of a template runs.

They are found by reading the conditions: `recipient.title == "Dr"` holds for the title "Dr".
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, product
from typing import Any

from jinja2 import nodes

from advocacy.checks.branches.watch import Branch, Condition

FieldValues = tuple[tuple[str, Any], ...]
"""Values by names such as `recipient.title`, in the order of their names."""

ALTERNATIVES_AT_MOST = 12
SOMETHING, OTHER = "Sample", "Other"
_ROOTS = ("recipient", "supporter", "supporters")
_PASSING = ("capitalize", "d", "default", "lower", "title", "trim", "upper")
_FLIPPED = {
    "eq": "ne", "ne": "eq", "in": "notin", "notin": "in",
    "lt": "gteq", "gteq": "lt", "gt": "lteq", "lteq": "gt",
}  # fmt: skip
_MIRRORED = {"lt": "gt", "gt": "lt", "lteq": "gteq", "gteq": "lteq"}
_STEPS = {"eq": 0, "lt": -1, "gt": 1, "lteq": 0, "gteq": 0, "ne": 1}


def find_reaching_values(branch: Branch) -> tuple[FieldValues, ...]:
    """The values of people's fields with which a branch may run, the likeliest first.

    At most a dozen. Empty if its conditions do not depend on people's fields, or cannot be read:
    a condition that cannot be read adds nothing. So values are not sure to reach the branch, and
    whoever tries them looks what happens.
    """
    return _solve_all(branch.conditions, branch.names)


# For a long list it is asked again at each row. Nodes are told apart by identity, so that the
# branches of a file that was edited are solved anew.
@lru_cache(maxsize=1024)
def _solve_all(
    conditions: tuple[Condition, ...], names: tuple[tuple[str, nodes.Node], ...]
) -> tuple[FieldValues, ...]:
    ways = [_solved(node, wanted, dict(names)) for node, wanted in conditions]
    found = (tuple(sorted(values.items())) for values in _joined(ways) if values)
    return tuple(dict.fromkeys(found))


def describe_values(values: FieldValues) -> str:
    """Values of fields, in words: `no `recipient.title` and `recipient.city` = “Sample”`."""
    return " and ".join(
        f"no `{name}`" if value == "" else f"`{name}` = “{value}”" for name, value in values
    )


def _joined(ways: list[list[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    """One of each, together, where they do not contradict each other."""
    several = (merged for each in product(*ways) if (merged := _merged(each)) is not None)
    yield from islice(several, ALTERNATIVES_AT_MOST)


def _merged(parts: tuple[dict[str, Any], ...]) -> dict[str, Any] | None:
    merged: dict[str, Any] = {}
    for part in parts:
        for name, value in part.items():
            if merged.setdefault(name, value) != value:
                return None
    return merged


def _solved(node: nodes.Node, wanted: bool, names: dict[str, nodes.Node]) -> list[dict[str, Any]]:
    """The ways for one expression; `[{}]` where it does not depend on people's fields."""
    match node:
        case nodes.Not(node=inner):
            return _solved(inner, not wanted, names)
        case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
            sides = [_solved(side, wanted, names) for side in (left, right)]
            if isinstance(node, nodes.And) == wanted:
                return list(_joined(sides))
            return [*sides[0], *sides[1]][:ALTERNATIVES_AT_MOST]
        case nodes.Name(name=name) if name in names:
            rest = {other: value for other, value in names.items() if other != name}
            return _solved(names[name], wanted, rest)
        case nodes.Compare(expr=left, ops=[nodes.Operand(op=op, expr=right)]):
            return _compared(left, op if wanted else _FLIPPED[op], right)
    found = _field(node)
    if found is None:
        return [{}]
    if found == "supporters.count":
        return [{found: 1 if wanted else 0}]
    return [{found: SOMETHING}, {}] if wanted else [{found: ""}]


def _compared(left: nodes.Expr, op: str, right: nodes.Expr) -> list[dict[str, Any]]:
    if _field(left) is None and op not in ("in", "notin"):
        left, op, right = right, _MIRRORED.get(op, op), left
    if op in ("in", "notin"):
        return _contained(left, op == "in", right)
    name, value = _field(left), _constant(right)
    if name is None or value is None:
        return [{}]
    if _is_length(left) and isinstance(value, int):
        length = value + _STEPS[op]
        return [{name: "x" * min(max(length, 0), 2000)}, {}]
    if isinstance(value, int) and not isinstance(value, bool):
        count = value + _STEPS[op]
        return [{name: count if name == "supporters.count" else str(count)}]
    if op in ("eq", "lteq", "gteq"):
        return [{name: value}]
    return _anything_but(name, value) if op == "ne" else [{}]


def _anything_but(name: str, *values: Any) -> list[dict[str, Any]]:
    """Another value; the last way leaves it to the other conditions, which may name one."""
    other = OTHER if any(str(value) in SOMETHING for value in values) else SOMETHING
    return [{name: other}, {name: ""}, {}]


def _contained(left: nodes.Expr, wanted: bool, right: nodes.Expr) -> list[dict[str, Any]]:
    """`"x" in recipient.field`, or `recipient.field in ["x", "y"]`."""
    name, value = _field(right), _constant(left)
    if name is not None and value is not None:
        return [{name: str(value)}] if wanted else _anything_but(name, value)
    name = _field(left)
    if name is None or not isinstance(right, nodes.List | nodes.Tuple):
        return [{}]
    values = [_constant(item) for item in right.items]
    if not wanted:
        return _anything_but(name, *values)
    return [{name: value} for value in values if value is not None] or [{}]


def _field(node: nodes.Node | None) -> str | None:
    """`recipient.title`, also behind filters that leave it much as it is."""
    while isinstance(node, nodes.Filter):
        if node.name not in _PASSING and not _is_length(node):
            return None
        node = node.node
    match node:
        case nodes.Getattr(node=nodes.Name(name=root), attr=name) if root in _ROOTS:
            return f"{root}.{name}"
        case nodes.Getitem(node=nodes.Name(name=root), arg=nodes.Const(value=str(name))):
            return f"{root}.{name}" if root in _ROOTS else None
    return None


def _is_length(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Filter) and node.name == "length"


def _constant(node: nodes.Node) -> Any:
    return node.value if isinstance(node, nodes.Const) else None
