"""Every code that a problem may have, with its level and meaning, read from `codes.toml`.

`advocacy check --explain CODE` prints `explain_code(CODE)`. `campaigns/checks.md` is
`render_reference()`, written by `python -m advocacy.checks.codes > campaigns/checks.md`.
"""

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from advocacy.errors import AdvocacyError, Level, Place, Problem, did_you_mean
from advocacy.resources import PACKAGE, read_table

_FILE = "checks/codes.toml"
CHECKS = frozenset({"days", "claims", "records", "wording", "links", "media", "branches"})
"""The groups of codes that `run_checks` reports; a campaign may change those that are not fixed."""


@dataclass(frozen=True, slots=True)
class Code:
    """What a problem's code means.

    The level of `fixed` codes is not a campaign's to change: the letter cannot be made, or must
    not go out. `limits` are default limits by the campaign's audience; the name `any`
    stands for every audience.
    """

    name: str
    group: str
    level: Level
    summary: str
    fixed: bool = False
    limits: Mapping[str, int] = field(default_factory=dict)
    unit: str = ""

    def limit(self, audience: str) -> int | None:
        """The default limit for an audience, if the code has one."""
        return self.limits.get(audience, self.limits.get("any"))

    @property
    def what(self) -> str:
        """What the check finds."""
        return self._explanation("what")

    @property
    def why(self) -> str:
        """Why it matters."""
        return self._explanation("why")

    @property
    def example(self) -> str:
        """Lines of a file in which it is found."""
        return self._explanation("example")

    @property
    def cure(self) -> str:
        """What to do about it."""
        return self._explanation("cure")

    def _explanation(self, key: str) -> str:
        text: str = read_table(_FILE)[self.name][key]
        return text.strip()


# The explanations are four fifths of the file. To parse them takes 25 ms, a tenth of a `check`,
# which only prints codes and levels.
_EXPLANATION = re.compile(
    r"""^(?:what|why|example|cure)\ =\ (?:\"{3}.*?\"{3}|'{3}.*?'{3}|.*?)$\n""",
    re.DOTALL | re.MULTILINE,
)


@lru_cache(maxsize=1)
def _read() -> tuple[dict[str, Code], dict[str, str], str]:
    import tomllib

    data = tomllib.loads(_EXPLANATION.sub("", (PACKAGE / _FILE).read_text("utf-8")))
    groups: dict[str, str] = data.pop("groups")
    introduction: str = data.pop("introduction")
    codes: dict[str, Code] = {}
    for name, entry in data.items():
        fixed = entry.get("fixed", entry["group"] not in CHECKS)
        codes[name] = Code(name=name, **{**entry, "level": Level(entry["level"]), "fixed": fixed})
    return codes, groups, introduction


def registry() -> Mapping[str, Code]:
    """All codes by name, in the order of their groups."""
    return _read()[0]


def groups() -> Mapping[str, str]:
    """The title of each group of codes, in order."""
    return _read()[1]


def problem(code: str, message: str, hint: str, place: Place | None) -> Problem:
    """A problem at its code's own level. Raises KeyError for a code that is not registered."""
    return Problem(code, message, hint, place, registry()[code].level)


def find_code(name: str) -> Code:
    """Find the code of that name. Raises AdvocacyError, with the nearest name, if there is none."""
    codes = registry()
    if name in codes:
        return codes[name]
    if name in _yaml_codes():
        return codes["yaml-syntax"]
    hint = did_you_mean(name, codes, "`advocacy check --explain all` lists them.")
    raise AdvocacyError(Problem("unknown-code", f"`{name}` is not a problem code.", hint))


def _yaml_codes() -> set[str]:
    """The codes of mistakes in YAML's syntax, which `yaml-syntax` explains together."""
    table = read_table("files/yaml/syntax_errors.toml")
    return {*table["reader_codes"], *(one["code"] for one in table["errors"])}


def explain_code(name: str) -> str:
    """Write what `--explain` prints: one code in full, or for `all` a line for each."""
    if name == "all":
        width = max(len(code) for code in registry())
        return "".join(
            f"{code.name:<{width}}  {code.level:<7}  {code.summary}\n"
            for code in registry().values()
        )
    code = find_code(name)
    parts = [f"{code.name} ({code.level})", code.summary, ""]
    for title, text in (("What it finds", code.what), ("Why it matters", code.why)):
        parts += [title, textwrap.indent(_wrapped(text), "  "), ""]
    parts += ["Example", textwrap.indent(code.example, "  "), ""]
    parts += ["Cure", textwrap.indent(_wrapped(code.cure), "  "), ""]
    parts += ["In a campaign", textwrap.indent(_wrapped(_setting(code)), "  "), ""]
    return "\n".join(parts)


def render_reference() -> str:
    """Write the reference of all codes as Markdown: a table for each group, then each in full."""
    lines = [
        "# Problems that `advocacy check` and other commands report",
        "",
        *_read()[2].splitlines(),
    ]
    codes = registry().values()
    for group, title in groups().items():
        lines += ["", f"## {title}", "", "| code | level | problem |", "| --- | --- | --- |"]
        lines += [
            f"| [`{code.name}`](#{code.name}) | {_level(code)} | {code.summary} |"
            for code in codes
            if code.group == group
        ]
    lines += ["", "# Each code"]
    for code in codes:
        lines += ["", f"## {code.name}", "", f"**{_level(code)}.** {_one_line(code.what)}", ""]
        lines += [f"*Why it matters.* {_one_line(code.why)}", ""]
        lines += ["```text", code.example, "```", ""]
        lines += [f"*Cure.* {_one_line(code.cure)} {_setting(code)}".rstrip()]
    return "\n".join(lines) + "\n"


def _level(code: Code) -> str:
    return f"{code.level}, always" if code.fixed else str(code.level)


def _setting(code: Code) -> str:
    if code.fixed:
        return "A campaign cannot change its level."
    if not code.limits:
        return f"`checks: {{{code.name}: {{level: …, reason: …}}}}` changes its level."
    limits = ", ".join(
        f"{limit} {code.unit}" + ("" if audience == "any" else f" for {audience}")
        for audience, limit in code.limits.items()
    )
    return f"The limit is {limits}; `checks: {{{code.name}: {{limit: …, reason: …}}}}` changes it."


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _wrapped(text: str) -> str:
    return textwrap.fill(_one_line(text), 76, break_on_hyphens=False, break_long_words=False)


if __name__ == "__main__":
    import sys

    sys.stdout.write(render_reference())
