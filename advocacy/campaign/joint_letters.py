"""One letter to several people: who gets it together, and how they are named.

A stage with `together: true` writes one letter to all whom it is for; on a bill, one for each
committee that has it. Each person keeps the form of address that they have alone.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.model import JointRecipient
from advocacy.campaign.stages import bill_position, stage_for
from advocacy.errors import Problem, Report

MOST = 8
"""The people whom one letter can address: more do not fit above its text."""


def join_recipients(
    campaign: Campaign, day: date, rows: Iterable[Recipient], report: Report
) -> Iterator[Recipient]:
    """The recipients of a day, those who get one letter together as one, after the others.

    More than fit into one address are reported, and each gets a letter.
    """
    stages = campaign.file.stages
    if not any(stage.together and stage.covers(day) for stage in stages.values()):
        yield from rows
        return
    groups: dict[tuple[str, str], list[Recipient]] = {}
    for row in rows:
        name, _ = stage_for(campaign, row, day)
        if name is None or not stages[name].together:
            yield row
        else:
            groups.setdefault((name, _committee(campaign, name, row, day)), []).append(row)
    for (name, _), people in groups.items():
        if len(people) > MOST:
            message = f"One letter of the stage `{name}` would be to {len(people)} people."
            hint = f"Name at most {MOST} in its `to:`, or remove `together: true`."
            report(Problem("too-many-together", message, hint, stages[name].place("together")))
            yield from people
        else:
            yield join_people(people, campaign.file.language)


def _committee(campaign: Campaign, stage: str, recipient: Recipient, day: date) -> str:
    """The committee for which somebody is written to; empty for none."""
    position = bill_position(campaign, campaign.file.stages[stage], recipient, day)
    if position is None or not position.committees:
        return ""
    return position.office[1] if position.office else position.committees[0]


def join_people(people: Iterable[Recipient], language: str) -> Recipient:
    """Several people as one recipient: `Chair Jordan and Ranking Member Raskin`.

    They have no email address together; letters to them are for paper.
    """
    from babel.lists import format_list

    first, *others = members = tuple(people)
    if not others:
        return first
    same = {one.organization for one in members} == {first.organization}
    return JointRecipient.model_validate(
        {
            "id": "-and-".join(one.letter_id for one in members),
            "name": format_list([one.called for one in members], locale=language.replace("-", "_")),
            "salutation": format_list(
                [one.greeted for one in members], locale=language.replace("-", "_")
            ),
            "organization": first.organization if same else None,
        }
    ).model_copy(
        update={
            "members": members,
            "other": first.other,
            **{
                key: getattr(first, key)
                for key in ("address", "city", "region", "postal_code", "country", "language")
            },
        }
    )
