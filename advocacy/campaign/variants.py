"""Variants of a letter: which wording each recipient gets.

They are there to learn which wording works, each of them reviewed as any letter is. They are no
means to make mail look less like mail to many: do not use them to get past filters.
"""

import hashlib
from collections.abc import Collection

from advocacy.campaign.campaign import Stage

PARTS = ("subject", "opening")


def choose(campaign: str, stage: str, recipient: str, part: str, names: Collection[str]) -> str:
    """The variant that a recipient gets, by a hash of campaign, stage and recipient alone.

    The same person gets the same one on every machine, whoever else is on the list. Each name
    gets a hash of its own and the largest wins, so that a new variant takes its share of
    people from the others and moves nobody between them (rendezvous hashing).
    """

    def rank(name: str) -> bytes:
        text = "\0".join((campaign, stage, recipient, part, name))
        return hashlib.sha256(text.encode()).digest()

    return max(names, key=rank)


def chosen(campaign: str, stage_name: str, stage: Stage, recipient: str) -> dict[str, str]:
    """The names of the variants that a recipient gets, by part: `{"subject": "a"}`."""
    if stage.variants is None:
        return {}
    offered: dict[str, Collection[str]] = {
        "subject": stage.variants.subject,
        "opening": stage.variants.opening,
    }
    return {
        part: choose(campaign, stage_name, recipient, part, texts)
        for part, texts in offered.items()
        if texts
    }
