"""Fix the problems whose cure cannot change what the author means: `advocacy check --fix`.

A fix exchanges a few characters of a file; all the rest stays as it is. In YAML files, quotes go
around a text that YAML reads as something else or cuts off, and a key that differs from a known one
only in case, hyphens, underscores and spaces gets the known name. Such a fix is tried in memory
first, and kept only if it cures its problem and causes no new one.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import yaml

from advocacy.campaign.campaign import CampaignFile
from advocacy.campaign.facts import parse_facts
from advocacy.campaign.loading import Campaign, file_names, load_campaign
from advocacy.campaign.sources import parse_sources
from advocacy.checks.claims.uncited import MARK
from advocacy.checks.run import run_checks
from advocacy.errors import AdvocacyError, Place, Problem, has_errors
from advocacy.files.workspace import Workspace
from advocacy.files.yaml.editing import rewrite_file
from advocacy.files.yaml.reading import YamlList, YamlMap, parse, scan_yaml, scan_yaml_text
from advocacy.files.yaml.traps import cut_text, in_quotes
from advocacy.resources import templates_dir

Parser = Callable[[YamlMap], list[Problem]]
"""Finds all problems with the values of a file."""
Filter = Callable[[list[Problem]], list[Problem]]
"""Selects the problems that may be fixed."""

_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_TEXTLESS = ("tag:yaml.org,2002:null", "tag:yaml.org,2002:str")
_MEANT = re.compile(r"Did you mean `([^`]+)`\?")
_PROSE = re.compile(r"\r?\n[^\W\d_]")  # the paragraph goes on in the next line


@dataclass(frozen=True, slots=True)
class Fix:
    """A piece of a file's text to exchange for another; `what` describes it to people."""

    place: Place
    what: str
    begin: int
    end: int
    text: str

    def applied(self, text: str) -> str:
        """The text with the fix made."""
        return text[: self.begin] + self.text + text[self.end :]


def fix_campaign(path: Path, templates: Path | None = None, *, fixable: Filter = list) -> list[Fix]:
    """Make every safe fix in a campaign's file, its facts, sources and own templates.

    `fixable` keeps the problems that may be fixed. Returns what was fixed, by file and line.
    Raises AdvocacyError if a file cannot be written.
    """
    made: list[Fix] = []
    for file, parser in _yaml_files(path, templates).items():
        data, wrong = scan_yaml(file)
        if data is not None or any(problem.code == "text-cut-off" for problem in wrong):
            made += _rewrite(file, partial(_fix_yaml, path=file, parser=parser, fixable=fixable))
    campaign, problems = load_campaign(path, templates)
    if campaign is None or has_errors(problems):
        return _in_order(made)
    found = fixable(list(run_checks(campaign).problems))
    for file in dict.fromkeys(p.place.path for p in found if p.place):
        here = [(p.code, p.place) for p in found if p.place and p.place.path == file]
        insecure = [place for code, place in here if code == "address-not-https"]
        idle = [place for code, place in here if code == "silenced-nothing"]
        if insecure:
            made += _rewrite(file, partial(_fix_addresses, insecure, campaign=campaign))
        if idle and _is_its_own(file, campaign):
            made += _rewrite(file, partial(_remove_marks, idle))
    return _in_order(made)


def _rewrite(path: Path, find: Callable[[str], Iterable[Fix]]) -> list[Fix]:
    """Make the fixes that `find` has for a file's text, last first: all or none."""
    found: list[Fix] = []

    def change(text: str) -> str:
        found[:] = sorted(find(text), key=lambda fix: -fix.begin)
        for fix in found:
            text = fix.applied(text)
        return text

    rewrite_file(path, change)
    return found


def _in_order(made: Iterable[Fix]) -> list[Fix]:
    return sorted(made, key=lambda fix: fix.place.order)


def _offset(text: str, place: Place) -> int:
    """The offset of a line and column, both counted from 1, in a text with any line ends."""
    starts = [0, *(found.end() for found in re.finditer(r"\r\n?|\n", text))]
    return starts[(place.line or 1) - 1] + (place.column or 1) - 1


# --- YAML files -----------------------------------------------------------------------------------


def _yaml_files(path: Path, templates: Path | None) -> dict[Path, Parser]:
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
        for name, _ in file_names(data, key):
            with suppress(AdvocacyError):  # the check says what is wrong with the name
                files.setdefault(workspace.file(name), parser)
    return files


def _fix_yaml(text: str, *, path: Path, parser: Parser, fixable: Filter) -> list[Fix]:
    """Find the safe fixes of one YAML file, last first, so that each fits what the others leave."""

    def judge(text: str) -> tuple[YamlMap | None, list[Problem]]:
        data, problems = scan_yaml_text(re.sub("\r\n?", "\n", text), path)
        return data, problems if data is None else [*problems, *parser(data)]

    data, known = judge(text)
    scalars = {scalar.place: scalar for scalar in _scalars(data)}
    found: dict[int, Fix] = {}
    for problem in fixable(known):
        scalar = scalars.get(problem.place) if problem.place else None
        fix = _fix(problem, scalar, text, lambda text: judge(text)[1]) if scalar else None
        if problem.code == "text-cut-off":
            fix = _put_in_quotes(problem, text)
        if fix:
            found.setdefault(fix.begin, fix)
    made: list[Fix] = []
    for _, fix in sorted(found.items(), reverse=True):
        read, left = judge(fix.applied(text))
        # Of a file that could not be read, more is known once it can.
        if _cures(fix, known, left) or (data is None and not _remaining(left, fix.place)):
            text, known, data = fix.applied(text), left, read
            made.append(fix)
    return made


class _Scalar(NamedTuple):
    """A key or a single value of a YAML file, as it is written there, without quotes."""

    place: Place
    raw: str
    keys: tuple[str, ...] = ()  # all keys of its mapping, if it is a key


def _scalars(data: Any) -> Iterator[_Scalar]:
    """Walk over all keys and single values of a file."""
    if isinstance(data, YamlMap):
        for key, value in data.items():
            yield _Scalar(data.key_place(key), key, tuple(data))
            yield _Scalar(data.value_place(key), data.raw(key) or "")
            yield from _scalars(value)
    elif isinstance(data, YamlList):
        for index, value in enumerate(data):
            yield _Scalar(data.value_place(index), data.raw(index) or "")
            yield from _scalars(value)


def _fix(
    problem: Problem, scalar: _Scalar, text: str, judge: Callable[[str], list[Problem]]
) -> Fix | None:
    place, raw, keys = scalar
    begin = _offset(text, place)
    end = begin + len(raw)
    if not raw or not text.startswith(raw, begin):  # in quotes, a block, after an anchor
        return None
    if keys and problem.code == "unknown-key":
        meant = _MEANT.fullmatch(problem.hint)
        if meant is None or _folded(meant[1]) != _folded(raw):
            return None
        if [_folded(key) for key in keys].count(_folded(raw)) > 1:
            return None
        return Fix(place, f"the key `{raw}` is now `{meant[1]}`", begin, end, meant[1])
    resolver = yaml.SafeLoader("")
    tag = resolver.resolve(yaml.ScalarNode, raw, (True, False))  # type: ignore[no-untyped-call]
    is_text = problem.code == ("key-not-text" if keys else "not-text") and tag not in _TEXTLESS
    if problem.code == "surprising-value" and tag in _NUMBERS:
        # Where a number alone would do, the author may have meant one.
        probe = Fix(place, "", begin, end, f'"{raw} x"')
        is_text = not _remaining(judge(probe.applied(text)), place)
    return Fix(place, f"`{raw}` is now in quotes", begin, end, f'"{raw}"') if is_text else None


def _put_in_quotes(problem: Problem, text: str) -> Fix | None:
    """Quotes around a text that YAML cuts off at a number sign, on whatever lines it stands."""
    whole = cut_text(problem.hint) if problem.place else ""
    if not whole or problem.place is None:
        return None
    begin = _offset(text, problem.place)
    written = re.compile(r"\s+".join(map(re.escape, whole.split()))).match(text, begin)
    if written is None:
        return None
    what = f"`{whole}` is now in quotes"
    return Fix(problem.place, what, begin, written.end(), in_quotes(written[0]))


def _cures(fix: Fix, before: Sequence[Problem], after: Sequence[Problem]) -> bool:
    """Whether a fix takes its problem away and brings no other."""
    known = {(problem.code, problem.message) for problem in before}
    new = [problem for problem in after if (problem.code, problem.message) not in known]
    return not new and not _remaining(after, fix.place) and len(after) < len(before)


def _remaining(problems: Iterable[Problem], place: Place) -> list[Problem]:
    return [problem for problem in problems if problem.place == place]


def _folded(key: str) -> str:
    return re.sub(r"[-_ ]", "", key).casefold()


# --- addresses and marks --------------------------------------------------------------------------


def _fix_addresses(places: Iterable[Place], text: str, campaign: Campaign) -> Iterator[Fix]:
    """Write `https` in addresses whose host another source of the same file has with it."""
    urls = {source.place("URL"): source.url or "" for source in campaign.sources.values()}
    for place in places:
        secure = {
            urlsplit(url).netloc
            for other, url in urls.items()
            if other and other.path == place.path and url.startswith("https://")
        }
        url, begin = urls.get(place, ""), _offset(text, place)
        begin += text[begin : begin + 1] in ("'", '"')
        if urlsplit(url).netloc in secure and text.startswith("http://", begin):
            what = f"`{url}` now begins with https, as the host's other addresses do"
            yield Fix(place, what, begin, begin + 4, "https")


def _remove_marks(places: Iterable[Place], text: str) -> Iterator[Fix]:
    """Take the marks `{# uncited: … #}` of one template out that silence nothing.

    A mark stays if its removal could split or join paragraphs: Jinja takes the line break after
    a mark away with it.
    """
    for place in places:
        mark = MARK.match(text, _offset(text, place))
        if mark is None:
            continue
        begin, end = mark.span()
        line, rest = begin - (place.column or 1) + 1, text[end:]
        if "-" in (mark[0][2], mark[0][-3]) or not text[line:begin].strip():
            continue
        if rest.strip() and rest[:1] in "\r\n" and not _PROSE.match(rest):
            continue
        spaced = text[begin - 1] == " " and text[begin - 2] != " "
        if spaced and (rest[:1].isspace() or not rest):
            begin -= 1
        yield Fix(place, f"the mark `{mark[0]}` is removed", begin, end, "")


def _is_its_own(template: Path, campaign: Campaign) -> bool:
    """Whether only this campaign's letters, all of which were read, can be made from a template."""
    folder = campaign.workspace.folder
    resolved = template.resolve()
    if not resolved.is_relative_to(folder) or resolved.is_relative_to(templates_dir().resolve()):
        return False
    if campaign.file.recipients is not None:  # only a sample of such letters is read
        return False
    others = {*folder.glob("*.yaml"), *folder.glob("*.yml")} - {campaign.path.resolve()}
    return not any(re.search(rb"^stages\s*:", other.read_bytes(), re.M) for other in others)
