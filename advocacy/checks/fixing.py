"""Quotes and keys of YAML files that can be put right without asking: see `fixing`.

`advocacy check --fix`: problems whose cure cannot change what the author means.

A fix puts a few characters into a file, or takes them out; all the rest stays as it is. Each is
tried in memory first, and made only where it cures its problem and brings no new one.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from advocacy.campaign.campaign import CampaignFile
from advocacy.campaign.facts import parse_facts
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.campaign.sources import parse_sources
from advocacy.checks.claims.uncited import MARK
from advocacy.checks.run import run_checks
from advocacy.errors import AdvocacyError, Place, Problem, has_errors
from advocacy.files.workspace import Workspace
from advocacy.files.yaml.editing import rewrite_file
from advocacy.files.yaml.reading import YamlMap, parse, scan_yaml, scan_yaml_text
from advocacy.resources import templates_dir

Judge = Callable[[str], list[Problem]]
"""All that is wrong with a file's text."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_TEXTLESS = {f"{_TAG}{name}" for name in ("str", "null", "merge", "value")}
_NUMBERS = {f"{_TAG}{name}" for name in ("int", "float")}
_MEANT = re.compile(r"Did you mean `([^`]+)`\?")


@dataclass(frozen=True, slots=True)
class Fix:
    """A piece of a file's text to exchange for another; `what` says so to people."""

    place: Place
    what: str
    begin: int
    end: int
    text: str

    def applied(self, text: str) -> str:
        """The text with the fix made."""
        return text[: self.begin] + self.text + text[self.end :]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A key or single value of a YAML text, as it stands there."""

    node: yaml.ScalarNode
    beside: tuple[str, ...] | None = None  # all keys of its mapping, if it is a key

    @property
    def begin(self) -> int:
        """Where it begins in the text, with its quote."""
        begin: int = self.node.start_mark.index
        return begin

    @property
    def end(self) -> int:
        """Where it ends."""
        end: int = self.node.end_mark.index
        return end


def fixes(problems: Iterable[Problem], text: str, judged: Judge) -> list[Fix]:
    """The safe fixes of one YAML file's problems, last first, so that each fits the text
    that the ones before it leave.

    Quotes go around a text that YAML reads as something else; a key that differs from a known
    one in case, hyphens, underscores and spaces alone gets that one's name.
    """
    places = scalars(text)
    found: dict[tuple[int, int], Fix] = {}
    for problem in problems:
        place = problem.place
        scalar = places.get((place.line or 0, place.column or 0)) if place else None
        if place and scalar and (fix := _fix(problem, place, scalar, text, judged)):
            found.setdefault((fix.begin, fix.end), fix)
    made: list[Fix] = []
    known = judged(text)
    for _, fix in sorted(found.items(), reverse=True):
        left = judged(fix.applied(text))
        if _cures(fix, known, left):
            text, known = fix.applied(text), left
            made.append(fix)
    return made


def scalars(text: str) -> dict[tuple[int, int], Scalar]:
    """The keys and single values of a YAML text by line and column; none where it is no YAML."""
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError:
        return {}
    return {
        (s.node.start_mark.line + 1, s.node.start_mark.column + 1): s for s in _walk(root, set())
    }


def _fix(problem: Problem, place: Place, scalar: Scalar, text: str, judged: Judge) -> Fix | None:
    raw = text[scalar.begin : scalar.end]
    if scalar.node.style or raw != scalar.node.value:  # quotes, a block, an anchor
        return None
    if scalar.beside is not None and problem.code == "unknown-key":
        meant = _MEANT.fullmatch(problem.hint)
        if meant is None or _folded(meant[1]) != _folded(raw):
            return None
        if [_folded(key) for key in scalar.beside].count(_folded(raw)) > 1:
            return None
        what = f"the key `{raw}` is now `{meant[1]}`"
        return Fix(place, what, scalar.begin, scalar.end, meant[1])
    wanted = "key-not-text" if scalar.beside is not None else "not-text"
    is_text = problem.code == wanted and scalar.node.tag not in _TEXTLESS
    if problem.code == "surprising-value" and scalar.node.tag in _NUMBERS:
        # Where a number alone would do, the author may have meant one.
        probe = Fix(place, "", scalar.begin, scalar.end, f'"{raw} x"')
        is_text = not _remaining(judged(probe.applied(text)), place)
    if not is_text:
        return None
    return Fix(place, f"`{raw}` is now in quotes", scalar.begin, scalar.end, f'"{raw}"')


def _cures(fix: Fix, before: Sequence[Problem], after: Sequence[Problem]) -> bool:
    said = {(problem.code, problem.message) for problem in before}
    new = [problem for problem in after if (problem.code, problem.message) not in said]
    return not new and not _remaining(after, fix.place) and len(after) < len(before)


def _remaining(problems: Iterable[Problem], place: Place) -> list[Problem]:
    return [problem for problem in problems if problem.place == place]


def _folded(key: str) -> str:
    return re.sub(r"[-_ ]", "", key).casefold()


def _walk(node: yaml.Node | None, seen: set[int]) -> Iterator[Scalar]:
    """All keys and single values of a document, each once."""
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        yield Scalar(node)
    elif isinstance(node, yaml.MappingNode):
        keys = tuple(str(key.value) for key, _ in node.value)
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield Scalar(key, keys)
            yield from _walk(value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _walk(item, seen)


Parser = Callable[[YamlMap], list[Problem]]
"""All that is wrong with a file's values."""

Wanted = Callable[[list[Problem]], list[Problem]]
"""Those of some problems that may be fixed."""

_PROSE = re.compile(r"\r?\n[^\W\d_]")  # the paragraph goes on in the next line


def fix_campaign(
    path: Path,
    templates: Path | None = None,
    *,
    wanted: Wanted = list,
) -> list[Fix]:
    """Make every safe fix in a campaign's file, its facts, sources and own templates.

    `wanted` chooses the problems that may be fixed. Returns what was fixed, by file and line.
    Raises AdvocacyError where a file cannot be written.
    """
    made: list[Fix] = []
    for file, parser in _files(path, templates).items():
        if scan_yaml(file)[0] is not None:
            made += _made(file, partial(_in_yaml, judged=_judge(file, parser), wanted=wanted))
    campaign, problems = load_campaign(path, templates)
    if campaign is None or has_errors(problems):
        return _ordered(made)
    found = wanted(list(run_checks(campaign).problems))
    for file in dict.fromkeys(p.place.path for p in found if p.place):
        here = [p for p in found if p.place and p.place.path == file]
        if any(p.code == "address-not-https" for p in here):
            made += _made(file, partial(https, here, campaign=campaign))
        if any(p.code == "silenced-nothing" for p in here) and _is_its_own(file, campaign):
            made += _made(file, partial(marks, here))
    return _ordered(made)


def https(problems: Iterable[Problem], text: str, campaign: Campaign) -> list[Fix]:
    """`https` for the addresses of sources whose host another source of the file has with it."""
    made: list[Fix] = []
    found = scalars(text)
    for problem in problems:
        place = problem.place
        scalar = found.get((place.line or 0, place.column or 0)) if place else None
        if problem.code != "address-not-https" or place is None or scalar is None:
            continue
        begin = scalar.begin + (1 if scalar.node.style else 0)
        secure = {
            urlsplit(source.url).netloc
            for source in campaign.sources.values()
            if source.url and source.url.startswith("https://") and _file_of(source) == place.path
        }
        same_host = urlsplit(scalar.node.value).netloc in secure
        if same_host and text.startswith("http://", begin):
            what = f"`{scalar.node.value}` now begins with https, as the host's other addresses do"
            made.append(Fix(place, what, begin, begin + 4, "https"))
    return sorted(made, key=lambda fix: -fix.begin)


def marks(problems: Iterable[Problem], text: str) -> list[Fix]:
    """The marks `{# uncited: … #}` of one template that silence nothing, taken out.

    One whose removal could part or join paragraphs is left: Jinja takes the line break after a
    mark away with it.
    """
    wanted = {
        (p.place.line, p.place.column): p.place
        for p in problems
        if p.code == "silenced-nothing" and p.place
    }
    made: list[Fix] = []
    for mark in MARK.finditer(text):
        begin, end = mark.span()
        line = text.rfind("\n", 0, begin) + 1
        place = wanted.get((text.count("\n", 0, begin) + 1, begin - line + 1))
        rest = text[end:]
        if place is None or "-" in (mark[0][2], mark[0][-3]) or not text[line:begin].strip():
            continue
        if rest.strip() and rest[:1] in "\r\n" and not _PROSE.match(rest):
            continue
        spaced = text[begin - 1] == " " and text[begin - 2] != " "
        if spaced and (rest[:1].isspace() or not rest):
            begin -= 1
        made.append(Fix(place, f"the mark `{mark[0]}` is removed", begin, end, ""))
    return made[::-1]


def _in_yaml(text: str, *, judged: Judge, wanted: Wanted) -> list[Fix]:
    return fixes(wanted(judged(text)), text, judged)


def _files(path: Path, templates: Path | None) -> dict[Path, Parser]:
    """The campaign's file, and the files of facts and sources that it names."""
    data = scan_yaml(path)[0]
    files: dict[Path, Parser] = {path: lambda data: parse(CampaignFile, data)[1]}
    if data is None:
        return files
    workspace = Workspace.of(path, templates)
    parsers: tuple[tuple[str, Parser], ...] = (
        ("facts", lambda data: parse_facts(data)[1]),
        ("sources", lambda data: parse_sources(data)[1]),
    )
    for key, parser in parsers:
        names = data.get(key)
        for name in names if isinstance(names, list) else ():
            if isinstance(name, str):
                with suppress(AdvocacyError):  # the check says what is wrong with the name
                    file = workspace.folder / name
                    files.setdefault(workspace.naming(file).file(name), parser)
    return files


def _judge(path: Path, parser: Parser) -> Judge:
    def judged(text: str) -> list[Problem]:
        data, problems = scan_yaml_text(re.sub("\r\n?", "\n", text), path)
        return problems if data is None else [*problems, *parser(data)]

    return judged


def _made(path: Path, find: Callable[[str], list[Fix]]) -> list[Fix]:
    """The fixes that `find` has for a file's text, made: all or none."""
    found: list[Fix] = []

    def change(text: str) -> str:
        found[:] = find(text)
        for fix in found:
            text = fix.applied(text)
        return text

    rewrite_file(path, change)
    return found


def _is_its_own(template: Path, campaign: Campaign) -> bool:
    """Whether no letters but this campaign's, all of which were read, can be made from it."""
    folder = campaign.workspace.folder
    resolved = template.resolve()
    if not resolved.is_relative_to(folder) or resolved.is_relative_to(templates_dir().resolve()):
        return False
    if campaign.file.recipients is not None:  # only a sample of such letters is read
        return False
    others = {*folder.glob("*.yaml"), *folder.glob("*.yml")} - {campaign.path.resolve()}
    return not any(re.search(rb"^stages\s*:", other.read_bytes(), re.M) for other in others)


def _ordered(made: Iterable[Fix]) -> list[Fix]:
    return sorted(made, key=lambda f: (str(f.place.path), f.place.line or 0, f.place.column or 0))


def _file_of(source: Any) -> Path | None:
    place = source.place()
    return place.path if place else None
