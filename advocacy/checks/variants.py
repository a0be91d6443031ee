"""Check that variants of one letter differ in wording alone, not in their facts and asks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from advocacy.campaign.campaign_rules import Variants
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.checks.codes import problem
from advocacy.checks.sentences import read_letter
from advocacy.checks.wording import check_asks, check_subject_length
from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.letters.letter import Letter
from advocacy.letters.samples import compose_sample


def check_variants(
    campaign: Campaign, name: str, recipient: Recipient, day: date, *, subject_limit: int
) -> Iterator[Problem]:
    """Report variants of a stage that differ in facts or asks, cannot be composed or are too long.

    All are composed for the same recipient and day.
    """
    stage = campaign.file.stages[name]
    if stage.variants is None:
        return
    for subject in stage.variants.subject:
        try:
            letter = compose_sample(campaign, recipient, name, day, variants={"subject": subject})
        except AdvocacyError:
            continue  # reported where the letter itself is composed, or below
        for found in check_subject_length(letter, stage, subject_limit):
            yield replace(found, place=stage.variants.place("subject", subject))
    yield from _openings(campaign, name, stage.variants, recipient, day)


def _openings(
    campaign: Campaign, name: str, offered: Variants, recipient: Recipient, day: date
) -> Iterator[Problem]:
    letters: dict[str, Letter] = {}
    for opening in offered.opening:
        try:
            letters[opening] = compose_sample(
                campaign, recipient, name, day, trace=True, variants={"opening": opening}
            )
        except AdvocacyError as error:
            yield from error.problems
    if not letters:
        return
    first, *others = letters
    for other in others:
        place = offered.place("opening", other)
        yield from _facts(first, letters[first], other, letters[other], place)
    yield from _asks(letters, offered)
    bodies = {letter.body.markdown for letter in letters.values()}
    if len(letters) > 1 and len(bodies) == 1:
        yield problem(
            "variants-unused",
            f"The letter of the stage `{name}` is the same with every opening.",
            "Add `{% include opening %}` to the template where the opening belongs.",
            offered.place("opening"),
        )


def _facts(
    first: str, one: Letter, second: str, other: Letter, place: Place | None
) -> Iterator[Problem]:
    mine, theirs = ({cited.id for cited in letter.facts} for letter in (one, other))
    for fact in sorted(mine ^ theirs):
        has, lacks = (first, second) if fact in mine else (second, first)
        yield problem(
            "variants-differ",
            f"The variant `{has}` cites `{fact}`, but the variant `{lacks}` does not.",
            "Cite the same facts in every variant, so that the results show the effect of the "
            "wording.",
            place,
        )


def _asks(letters: dict[str, Letter], offered: Variants) -> Iterator[Problem]:
    """Report asks that one variant's letter makes and another's does not."""
    missing = {
        name: {found.message: found for found in check_asks(letter, read_letter(letter))}
        for name, letter in letters.items()
    }
    everywhere = set.intersection(*(set(found) for found in missing.values()))
    for name, found in missing.items():
        for message, one in found.items():
            if message not in everywhere:
                yield problem(
                    "variants-differ",
                    f"With the variant `{name}`: {message}",
                    one.hint,
                    offered.place("opening", name),
                )
