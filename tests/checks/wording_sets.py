"""Measures what the checks notice: sets of falsehoods and honest edits, each applied alone.

A set is a folder with `edits.yaml` (see its README) and a folder for each campaign. Every edit is
applied to a copy of its campaign, which is checked in this process. Caught: an error or warning at
the edit that the unedited campaign does not have. Quiet: no new error or warning at all. New is
what the unedited campaign does not have of the same code and fact; of a falsehood, also what quotes
a word that the edit brought in.

    python -m tests.checks.wording_sets FOLDER [--verbose] [--only REGEX]

It prints the figures by kind and by language, errors and warnings apart, and what the unedited
letters raise: whatever it is, it is a false alarm, as nothing in them is wrong.
"""

import argparse
import re
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from advocacy.campaign.loading import load_campaign
from advocacy.checks.run import run_checks
from advocacy.errors import AdvocacyError, Level, Problem

SERIOUS = (Level.ERROR, Level.WARNING)


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of a set, as `edits.yaml` has it."""

    id: str
    campaign: str
    language: str
    label: str
    kind: str
    file: str
    find: str
    replace: str
    differs: str

    @property
    def honest(self) -> bool:
        """Whether the letter is as true after it as before."""
        return self.label == "honest"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the checks say of an edit and did not say before."""

    edit: Edit
    new: tuple[Problem, ...]
    there: tuple[Problem, ...]
    """Those of the new ones that stand at the edit."""

    @property
    def caught(self) -> bool:
        """Whether a falsehood was noticed where it stands."""
        return bool(self.there)

    @property
    def right(self) -> bool:
        """A falsehood that was caught, or an honest edit that stayed quiet."""
        return not self.new if self.edit.honest else self.caught


def read_edits(folder: Path) -> list[Edit]:
    """The edits of a set."""
    found = yaml.safe_load((folder / "edits.yaml").read_text("utf-8"))
    names = Edit.__slots__
    return [Edit(**{name: str(one.get(name, "")) for name in names}) for one in found]


def measure(folder: Path, edits: Iterable[Edit] | None = None) -> list[Outcome]:
    """The outcome of each edit of a set."""
    outcomes = []
    bases: dict[str, Counter[tuple[str, str]]] = {}
    with tempfile.TemporaryDirectory() as made:
        for edit in edits if edits is not None else read_edits(folder):
            if edit.campaign not in bases:
                bases[edit.campaign] = Counter(map(_key, find_problems(folder / edit.campaign)))
            copy = Path(made) / edit.id  # lines of templates are remembered by path
            shutil.copytree(folder / edit.campaign, copy)
            path = copy / edit.file
            text = path.read_text("utf-8")
            assert text.count(edit.find) == 1, edit.id
            path.write_text(text.replace(edit.find, edit.replace), "utf-8")
            outcomes.append(_outcome(edit, path, text, find_problems(copy), bases[edit.campaign]))
            shutil.rmtree(copy)
    return outcomes


def find_problems(folder: Path) -> list[Problem]:
    """The errors and warnings of a campaign, those of its files included."""
    campaign, problems = load_campaign(folder / "campaign.yaml")
    if campaign is not None:
        try:
            problems += run_checks(campaign).problems
        except AdvocacyError as error:
            problems += error.problems
    return [one for one in problems if one.level in SERIOUS]


def clean_letters(folder: Path) -> str:
    """What the unedited campaigns of a set raise, and the errors for each clean letter."""
    lines, errors = [], 0
    names = sorted(path.parent.name for path in folder.glob("*/campaign.yaml"))
    for name in names:
        found = find_problems(folder / name)
        wrong = sum(one.level is Level.ERROR for one in found)
        errors += wrong
        lines.append(f"{name:28}{wrong:>8}{len(found) - wrong:>10}")
    share = f"{errors} false errors in {len(names)} clean letters"
    return "\n".join([f"{'':28}{'errors':>8}{'warnings':>10}", *lines, share])


def _key(one: Problem) -> tuple[str, str]:
    return one.code, one.message


def _outcome(
    edit: Edit, path: Path, text: str, problems: Sequence[Problem], base: Counter[tuple[str, str]]
) -> Outcome:
    first = text[: text.index(edit.find)].count("\n") + 1
    last = first + max(edit.find.count("\n"), edit.replace.count("\n"))

    def there(one: Problem) -> bool:
        return _stands_at(one, edit, path, first, last)

    fresh = [p for p in problems if _key(p) not in base]
    fresh.sort(key=there, reverse=True)
    known = Counter(_matter(*key) for key in base.elements())
    more = Counter(_matter(*_key(p)) for p in problems) - known
    found = []
    for one in fresh:
        if more[_matter(*_key(one))] > 0:
            more[_matter(*_key(one))] -= 1
            found.append(one)
    named = [one for one in fresh if one in found or _names_change(one, edit)]
    return Outcome(edit, tuple(found), tuple(filter(there, named)))


def _names_change(one: Problem, edit: Edit) -> bool:
    """Whether a message quotes a word that an edit brought in."""
    changed = set(re.findall(r"\w+", edit.replace)) - set(re.findall(r"\w+", edit.find))
    return bool(changed & set(re.findall(r"\w+", one.message)))


def _matter(code: str, message: str) -> tuple[str, str]:
    """What a message is about, whatever the words of the letter that it quotes: a code and a fact.

    An unedited sentence that raises an alarm raises it again in other words: that is no new one.
    """
    return code, message.partition("; `")[2]


def _stands_at(one: Problem, edit: Edit, path: Path, first: int, last: int) -> bool:
    """Whether a problem is told where the edit was made, or where a fact's words are used."""
    if one.place is None:
        return False
    if edit.file.startswith("templates"):
        if one.place.path.name != path.name or one.place.line is None:
            return False
        # A paragraph is one line: the sentence has to be the edited one or stand beside it.
        return first - 1 <= one.place.line <= last + 1
    return True


def table(outcomes: Iterable[Outcome], key: Callable[[Edit], str]) -> str:
    """Figures by a key of the edits: caught or quiet, with errors and warnings apart."""
    rows: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for one in outcomes:
        rows[one.edit.label, key(one.edit)].append(one)
        rows[one.edit.label, "total"].append(one)
    lines = [f"{'':8}{'':20}{'right':>12}{'':>7}{'errors':>8}{'warnings':>10}"]
    for (label, name), found in sorted(
        rows.items(), key=lambda row: (row[0][0], row[0][1] == "total", row[0][1])
    ):
        right = sum(one.right for one in found)
        told = [one.new if one.edit.honest else one.there for one in found]
        errors = sum(any(p.level is Level.ERROR for p in one) for one in told)
        warnings = sum(bool(one) for one in told) - errors
        share = f"{100 * right / len(found):.1f}%"
        lines.append(
            f"{label:8}{name:20}{right:>5} of {len(found):<4}{share:>7}{errors:>8}{warnings:>10}"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the figures of a set."""
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--verbose", action="store_true")
    options.add_argument("--only", default="")
    given = options.parse_args()
    edits = [
        one for one in read_edits(given.folder) if re.search(given.only, one.id + " " + one.kind)
    ]
    outcomes = measure(given.folder, edits)
    if given.verbose:
        for one in outcomes:
            if not one.right:
                print(f"{one.edit.id} {one.edit.kind}: {one.edit.differs}")
                print(f"  - {one.edit.find}\n  + {one.edit.replace}")
                for found in one.new:
                    print(f"    {found.level} {found.code} {found.place}: {found.message}")
    for key in (lambda e: e.kind, lambda e: e.language):
        print(table(outcomes, key), "\n")
    honest = [one for one in outcomes if one.edit.honest]
    wrong = sum(any(p.level is Level.ERROR for p in one.new) for one in honest)
    print(clean_letters(given.folder))
    print(f"{wrong} false errors in {len(honest)} honest edits")


if __name__ == "__main__":
    main()
