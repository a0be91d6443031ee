"""Find where facts are cited: in which campaigns and stages, at which line and sentence."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from advocacy.campaign.campaign import Stage
from advocacy.campaign.facts import Fact
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.errors import AdvocacyError, Level, Place, Problem
from advocacy.files.text import split_lines
from advocacy.files.yaml.reading import YamlList, YamlMap, scan_yaml
from advocacy.letters.parts import letter_files
from advocacy.letters.samples import compose_sample, stage_recipients
from advocacy.templating import letter_environment
from advocacy.templating.source import COMMAND


def campaigns_with(
    path: Path, folders: Sequence[Path] = (), templates: Path | None = None
) -> tuple[list[Campaign], list[Problem]]:
    """The campaigns that name a facts file, and the problems of files that may be some."""
    found: list[Campaign] = []
    problems: list[Problem] = []
    own = path.resolve().parent
    places = [folder.resolve() for folder in folders] or [own.parent, own]
    for candidate in sorted({file for place in places for file in place.glob("*.y*ml")}):
        if candidate == path.resolve():
            continue
        data, wrong = scan_yaml(candidate)
        if data is None:
            problems += wrong
        elif "stages" in data and _names(data, candidate, path):
            campaign, wrong = load_campaign(_relative_to_here(candidate), templates)
            if campaign is None:
                problems += wrong
            else:
                found.append(campaign)
    return found, [_unsearched(problem) for problem in problems]


def _names(data: YamlMap, campaign: Path, facts: Path) -> bool:
    files = data.get("facts")
    return isinstance(files, YamlList) and any(
        isinstance(name, str) and (campaign.parent / name).resolve() == facts.resolve()
        for name in files
    )


def _relative_to_here(path: Path) -> Path:
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path


def _unsearched(problem: Problem) -> Problem:
    if problem.level is not Level.ERROR:
        return problem
    message = f"{problem.message} This file was not searched for letters that cite the fact."
    return Problem(problem.code, message, problem.hint, problem.place, Level.WARNING)


_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)\]]*\s+(?=[\"“‘(\[]*[A-ZÀ-Þ0-9])")
_HERE = "\0"
PEOPLE = 20  # of a list, whose letters are composed to find citations without a name


@dataclass(frozen=True, slots=True)
class Use:
    """One line that relies on a fact: of a letter's template, or a precedent of the campaign."""

    fact: str
    stage: str
    place: Place
    kind: Literal["letter", "precedent"] = "letter"
    sentence: str = ""

    @property
    def short(self) -> str:
        """`call-to-follow.md:18`."""
        return f"{self.place.path.name}:{self.place.line}"

    def record(self) -> dict[str, object]:
        """What programs get of it, beside the fact and the stage."""
        return {
            "path": str(self.place.path),
            "line": self.place.line,
            "kind": self.kind,
            "sentence": self.sentence,
        }


def fact_uses(campaign: Campaign) -> tuple[Use, ...]:
    """Every use of a fact by a stage, in the order of the stages and their lines.

    Templates are read as they stand, in all languages and with what they include, so that a
    citation counts even where a condition hides it today. Citations that name no fact by
    itself (`cite(peer.fact)`) are found by composing the stage's letters. What is wrong with
    a template is left to `advocacy check`.
    """
    found: dict[tuple[str, str, Place], Use] = {}
    for name, stage in campaign.file.stages.items():
        written = list(_written(campaign, name, stage))
        known = {(use.fact, use.place.path) for use in written}
        others = [
            u for u in _composed(campaign, name, stage) if (u.fact, u.place.path) not in known
        ]
        stage_uses = [*written, *others, *_precedents(campaign, name, stage)]
        stage_uses.sort(key=_order)
        for use in stage_uses:
            found.setdefault((use.fact, use.stage, use.place), use)
    return tuple(found.values())


def _order(use: Use) -> tuple[bool, str, int]:
    return use.kind == "precedent", str(use.place.path), use.place.line or 0


def _written(campaign: Campaign, name: str, stage: Stage) -> Iterator[Use]:
    environment = letter_environment(campaign.workspace)
    for path in letter_files(campaign, stage).values():
        try:
            outline = environment.outlined(path)
        except AdvocacyError:
            continue
        for fact_id, line in outline.cites:
            fact = campaign.facts.get(fact_id)
            sentence = _sentence(path, line, fact_id, fact) if fact else ""
            yield Use(fact_id, name, Place(path, line), sentence=sentence)


def _composed(campaign: Campaign, name: str, stage: Stage) -> Iterator[Use]:
    day = stage.from_ or campaign.letter_date()
    for person in islice(stage_recipients(campaign, stage, day), PEOPLE):
        try:
            letter = compose_sample(campaign, person, name, day)
        except AdvocacyError:
            continue
        for cite in letter.cites:
            for cited in cite.facts:
                if cite.place is not None and cite.place.line is not None:
                    text = _line(cite.place.path, cite.place.line)
                    yield Use(
                        cited.id, name, Place(cite.place.path, cite.place.line), sentence=text
                    )


def _precedents(campaign: Campaign, name: str, stage: Stage) -> Iterator[Use]:
    language = campaign.file.language
    for precedent in campaign.file.stage_precedents(stage):
        place = precedent.place("fact")
        if place is not None:
            text = f"{precedent.organization} {precedent.action.get(language) or ''}".strip()
            yield Use(precedent.fact, name, Place(place.path, place.line), "precedent", text)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""


def _line(path: Path, line: int) -> str:
    lines = split_lines(_read(path))
    return _plain(lines[line - 1]) if 0 < line <= len(lines) else ""


def _sentence(path: Path, line: int, fact_id: str, fact: Fact) -> str:
    """The sentence of a template that ends with, or around, the citation of a fact."""
    text = _read(path)
    start = sum(len(one) + 1 for one in split_lines(text)[: line - 1])
    named = re.compile(rf"""["']{re.escape(fact_id)}["']""").search(text, start)
    if named is None:
        return _line(path, line)
    end = text.find("}}", named.end())
    end = len(text) if end < 0 else end + 2
    begin = text.rfind("\n\n", 0, named.start()) + 1
    command = text[text.rfind("{{", 0, named.start()) : end]
    before = _plain(text[begin : end - len(command)])
    if "quote(" in command or "fact(" in command:
        before = f"{before} {_HERE}"
    # The fact's own words come in last: they may be several sentences.
    sentence = _SENTENCE_END.split(before.strip())[-1].strip()
    words = f"“{fact.quote}”" if "quote(" in command else str(fact.statement)
    return sentence.replace(_HERE, words)


def _plain(text: str) -> str:
    """A piece of a template in one line, with … for what its commands print."""
    words = COMMAND.sub(_show_command, text).replace("**", "")
    return re.sub(r" +([.,;])", r"\1", " ".join(words.split())).removeprefix("- ")


def _show_command(command: re.Match[str]) -> str:
    if not command[0].startswith("{{") or "cite(" in command[0]:
        return " "
    return "“…”" if "quote(" in command[0] else "…"
