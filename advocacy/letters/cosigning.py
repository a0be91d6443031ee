"""Who signs a stage's letter with the sender: nobody stands under a text that they have not seen.

The text has an id of its own, which covers the words that a reader sees and the facts and sources
that they rest on. A coalition's table keeps the id of the text that each organization was sent.
"""

from dataclasses import dataclass
from typing import Any

from advocacy.campaign.campaign import Cosigner
from advocacy.campaign.cosigners import Signer
from advocacy.campaign.loading import Campaign
from advocacy.errors import Level, Problem, count_noun
from advocacy.files.cache import IdentityCache
from advocacy.files.content_digests import digest_of, file_digest, plain_values
from advocacy.letters.parts import cited_ids, letter_files

ID_LENGTH = 12
"""Hexadecimal digits of an id: enough that no two texts of a campaign share one."""
_WORDED = ("subject", "preview", "variants", "demand", "precedents", "bill", "position")


@dataclass(frozen=True, slots=True)
class StageSigners:
    """Who stands under a stage's letter, and who must be asked again since it has changed."""

    stage: str
    text: str
    signed: tuple[Signer, ...]
    to_ask: tuple[Signer, ...]
    cosigners: tuple[Cosigner, ...]


# Saves reading a stage's templates and the table's rows for each of its letters; and the cosigners
# are the same objects in all of them, by which other caches know them.
_signers: IdentityCache[StageSigners] = IdentityCache(16)


def text_id(campaign: Campaign, stage_name: str) -> str:
    """The id of a stage's text: what its letters say, whoever they go to and whoever signs them."""
    return stage_signers(campaign, stage_name).text


def _text_id(campaign: Campaign, stage_name: str) -> str:
    file = campaign.file
    stage = file.stages[stage_name]
    values = plain_values(stage)
    content: dict[str, Any] = {key: values[key] for key in _WORDED if key in values}
    content["demand"] = plain_values(file.stage_demand(stage))
    content["precedents"] = [plain_values(one) for one in file.stage_precedents(stage)]
    for name, path in sorted(letter_files(campaign, stage).items()):
        content[name] = file_digest(path)
    for name in sorted(cited_ids(campaign, stage_name)):
        fact = campaign.facts[name]
        words = {key: value for key, value in plain_values(fact).items() if key != "checked"}
        sources = (campaign.sources.get(one) for one in (fact.source, fact.via) if one)
        content[f"facts/{name}"] = [words, *(plain_values(one) for one in sources)]
    return digest_of(content)[:ID_LENGTH]


def stage_signers(campaign: Campaign, stage: str) -> StageSigners:
    """Who signed the stage's text as it is now, and who signed another; by organization."""
    return _signers.get((campaign,), (stage,), lambda: _stage_signers(campaign, stage))


def _stage_signers(campaign: Campaign, stage: str) -> StageSigners:
    text = _text_id(campaign, stage)
    mine = [one for one in campaign.signers if one.stage in ("", stage)]
    signed = {one.cosigner.organization: one for one in mine if one.text == text}
    others = {one.cosigner.organization: one for one in mine if one.text != text}
    to_ask = tuple(one for name, one in others.items() if name not in signed)
    cosigners = tuple(one.cosigner for one in signed.values())
    return StageSigners(stage, text, tuple(signed.values()), to_ask, cosigners)


def cosigners_of(campaign: Campaign, stage: str) -> tuple[Cosigner, ...]:
    """The cosigners whose names the stage's letters print."""
    listed = campaign.file.cosigners
    if not isinstance(listed, str):
        return listed
    return stage_signers(campaign, stage).cosigners


def cosigners_to_ask(campaign: Campaign, stage: str) -> list[Problem]:
    """That organizations have signed another text than the stage's, and are left out."""
    waiting = stage_signers(campaign, stage).to_ask if campaign.signers else ()
    if not waiting:
        return []
    names = ", ".join(one.cosigner.organization for one in waiting[:3])
    more = f" and {len(waiting) - 3} more" if len(waiting) > 3 else ""
    who = count_noun(len(waiting), "organization is", "organizations are")
    return [
        Problem(
            "cosigner-to-ask",
            f"{who} left out of `{stage}` because they signed a different text: {names}{more}.",
            "Send them the text as it is now. `advocacy cosigners` lists them and prints its id.",
            campaign.file.place("cosigners"),
            Level.WARNING,
        )
    ]
