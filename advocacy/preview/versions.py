"""Every version of a letter at once: each branch, variant and language, and extreme people.

The people are made up, unless the page was started with `--real`; then they are of the list.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from advocacy.campaign.loading import Campaign
from advocacy.checks.branches.cases import Case, Extremes, cases, wished
from advocacy.checks.branches.reaching_values import find_reaching_values
from advocacy.checks.branches.watch import Watch
from advocacy.checks.gate import WordsGate
from advocacy.checks.letters import wordings
from advocacy.errors import AdvocacyError, Level, Problem, has_errors
from advocacy.letters.letter import CheckedLetter
from advocacy.letters.parts import letter_files, letter_languages
from advocacy.letters.samples import sample_supporters
from advocacy.letters.true_days import true_letter
from advocacy.preview.pages import PreviewPage
from advocacy.preview.paper import prepare_paper
from advocacy.preview.people import KINDS, ChosenLetter, PeopleList
from advocacy.preview.plain_words import language_name, plain_message
from advocacy.preview.state import PreviewState
from advocacy.templating.running import watching

MOST_VERSIONS = 30
MOST_WORDS = 160  # characters of a problem's message


@dataclass(frozen=True, slots=True)
class LetterVersion:
    """One version: whose letter it is in words, and the letter or what is wrong with it."""

    label: str
    checked: CheckedLetter | None
    problems: tuple[Problem, ...]

    @property
    def wrong(self) -> bool:
        """Whether the letter would be refused."""
        return self.checked is None or has_errors(self.problems)

    def record(self) -> dict[str, Any]:
        """Describe the version for the page."""
        return {
            "label": self.label,
            "wrong": self.wrong,
            "look": any(one.level is Level.WARNING for one in self.problems),
            "problems": [*dict.fromkeys(plain_message(one)[:MOST_WORDS] for one in self.problems)],
        }


def list_versions(
    campaign: Campaign, chosen: ChosenLetter, people: PeopleList | None = None
) -> list[LetterVersion]:
    """Compose all versions of a stage's letter on its day; those with a problem come first.

    They are to made-up people, or with `people` to some of these. A version that reads like one
    before it is left out.
    """
    gate, watch = WordsGate(campaign), Watch()
    found: dict[object, LetterVersion] = {}
    with watching(watch):
        for case, variants in _tries(campaign, chosen, people, watch):
            version = _version(campaign, chosen, gate, case, variants)
            found.setdefault(_content(version), version)
            if len(found) >= MOST_VERSIONS:
                break
    return sorted(found.values(), key=_rank)


def _rank(version: LetterVersion) -> int:
    """What is wrong comes first, then what is worth a look."""
    look = any(one.level is Level.WARNING for one in version.problems)
    return 0 if version.wrong else 1 if look else 2


def _tries(
    campaign: Campaign, chosen: ChosenLetter, people: PeopleList | None, watch: Watch
) -> Iterator[tuple[Case, dict[str, str]]]:
    """Whom to write to, in which variants; in the end whoever reaches a branch not yet seen."""
    stage = chosen.stage
    known = [*_real(campaign, chosen, people)] if people is not None else []
    known = known or [*cases(campaign, stage, Extremes())]
    for case in known:
        yield case, dict(chosen.variants)
    for variants in wordings(campaign, stage, chosen.person.letter_id):
        words = ", ".join(f"{part} variant {name}" for part, name in variants.items())
        yield Case(known[0].recipient, known[0].supporters, words or known[0].made_up), variants
    files = set(letter_files(campaign, campaign.file.stages[stage]).values())
    for branch in list(watch.branches):
        if branch.path not in files or branch in watch.seen:
            continue
        for values in find_reaching_values(branch):
            if branch not in watch.seen:
                yield wished(known[min(2, len(known) - 1)], values), dict(chosen.variants)


def _real(campaign: Campaign, chosen: ChosenLetter, people: PeopleList) -> Iterator[Case]:
    """The chosen person, and those of the list who strain a letter, in each language."""
    usual = sample_supporters(campaign, chosen.stage)
    among = campaign.file.stages[chosen.stage].to
    ids = [people.find_unusual(kind, None, among) for kind in KINDS]
    rows = [chosen.person, *(people.get(one.id) for one in ids if one is not None)]
    for row in filter(None, rows):
        yield Case(row, usual, row.called)
    for language in letter_languages(campaign, campaign.file.stages[chosen.stage]):
        spoken = chosen.person.model_copy(update={"language": language})
        yield Case(spoken, usual, f"{spoken.called} in `{language}`")


def _version(
    campaign: Campaign, chosen: ChosenLetter, gate: WordsGate, case: Case, variants: dict[str, str]
) -> LetterVersion:
    label = _label(case)
    try:
        checked, problems = true_letter(
            campaign, case.recipient, chosen.stage, day=chosen.day, variants=variants,
            supporters=case.supporters,
        )  # fmt: skip
    except AdvocacyError as error:
        return LetterVersion(label, None, error.problems)
    errors, warnings = gate.findings(checked.letter) if checked is not None else ([], ())
    found = dict.fromkeys((*problems, *errors, *warnings))
    return LetterVersion(label, checked, tuple(found))


def _label(case: Case) -> str:
    """Whose letter it is: `A recipient with city = “Oslo”`, `Jo Li in French`."""
    words = case.made_up or case.recipient.called
    words = words.replace("`", "").replace("recipient.", "")
    language = case.recipient.language
    if language and words.endswith(f" in {language}"):
        words = f"{words.removesuffix(language)}{language_name(language)}"
    return words[:1].upper() + words[1:]


def _content(version: LetterVersion) -> object:
    """What makes a version another one than those before it."""
    if version.checked is None:
        return tuple((one.code, one.message) for one in version.problems)
    letter = version.checked.letter
    return (
        letter.subject, letter.body.markdown, letter.body.values, letter.salutation,
        letter.inside_address, letter.language, letter.signatories,
    )  # fmt: skip


async def lay_out_version(
    state: PreviewState, campaign: Campaign, version: LetterVersion, width: int
) -> tuple[tuple[PreviewPage, ...], tuple[Problem, ...]]:
    """Lay out a version; its pages `width` pixels wide, whose pictures the state keeps.

    Raises AdvocacyError with everything that keeps it off paper.
    """
    if version.checked is None:
        raise AdvocacyError(version.problems)
    paper = prepare_paper(version.checked, campaign.workspace)
    images = await state.page_process.lay_out(paper, version.checked, width, frozenset())
    for page in images.pages:
        if page.png is not None:
            state.pictures[page.digest] = page.png
    return images.pages, (*paper.problems, *images.problems)
