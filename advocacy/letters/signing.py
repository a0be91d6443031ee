"""How supporters' names stand under a letter."""

from advocacy.campaign.campaign import Signatory
from advocacy.campaign.loading import Campaign
from advocacy.campaign.set_phrases import SetPhrases
from advocacy.campaign.supporters.model import Supporter, Supporters
from advocacy.templating.values import number


def stand_in(campaign: Campaign, stage: str) -> Supporters | None:
    """Somebody to check a stage's letter with, if it is one that supporters sign; else None."""
    if campaign.file.stages[stage].signed_by != "supporters":
        return None
    columns = dict.fromkeys(campaign.file.supporters.match, "Sample")
    return Supporters((Supporter("sample", "Sample Supporter", "Springfield", columns=columns),))


def signatories(campaign: Campaign, supporters: Supporters | None) -> tuple[Signatory, ...]:
    """Who signs: the supporters who are named, else the sender's own people."""
    if supporters is None:
        return campaign.file.sender.signatories
    return tuple(one.signatory() for one in supporters.people)


def others(supporters: Supporters | None, words: SetPhrases, language: str) -> str:
    """What stands for supporters who are not named: `and 1,240 others`; empty for none."""
    left = supporters.count - len(supporters.people) if supporters else 0
    return words.others.replace("{count}", number(left, language)) if left else ""
