"""The files of a new campaign, made of what somebody said and of nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from advocacy.authoring.new_campaign.campaign_text import campaign_text
from advocacy.authoring.new_campaign.models import Answers
from advocacy.authoring.new_campaign.records import facts_of, facts_text, sources_text
from advocacy.authoring.new_campaign.wording import letter_text
from advocacy.authoring.writing import not_there_yet, write_new
from advocacy.files.workspace import Workspace


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """The files of a new campaign by path, before they are written."""

    campaign: Path
    letter: Path
    facts: Path | None
    sources: Path | None
    files: Mapping[Path, str]

    def write(self) -> None:
        """Write them: all, or none. Raises AdvocacyError where one is there or cannot be."""
        write_new({path: text.encode() for path, text in self.files.items()})


def check_free(name: str, folder: Path) -> None:
    """Raise AdvocacyError with every file that a new campaign would need and that is there."""
    campaign = folder / f"{name}.yaml"
    letter = folder / "templates" / "letters" / f"{_free_template(name, campaign)}.md"
    records = (folder / kind / campaign.name for kind in ("facts", "sources"))
    not_there_yet([campaign, *records, letter])


def new_campaign(answers: Answers, folder: Path) -> NewCampaign:
    """What the files of a new campaign in a folder say.

    `<name>.yaml`, `facts/<name>.yaml`, `sources/<name>.yaml` and a letter of its own in
    `templates/letters/`; without a fact, there are no files for facts and sources.
    """
    campaign = folder / f"{answers.name}.yaml"
    template = _free_template(answers.name, campaign)
    letter = folder / "templates" / "letters" / f"{template}.md"
    facts = facts_of(answers)
    files = {campaign: campaign_text(answers, template, facts, folder)}
    of_facts = of_sources = None
    if facts:
        of_facts, of_sources = folder / "facts" / campaign.name, folder / "sources" / campaign.name
        files[of_facts] = facts_text(answers, facts, of_facts)
        files[of_sources] = sources_text(answers)
    stated = [fact.id for fact in answers.facts]
    files[letter] = letter_text(
        answers.name, answers.language, peers=bool(answers.precedents), facts=stated
    )
    return NewCampaign(campaign, letter, of_facts, of_sources, files)


def _free_template(name: str, campaign: Path) -> str:
    """A name for the letter that is no built-in one's: that would change other campaigns."""
    built_in = Workspace.of(campaign).templates[-1] / "letters"
    names = (name, f"{name}-letter", *(f"{name}-letter-{n}" for n in range(2, 1000)))
    return next(one for one in names if not (built_in / f"{one}.md").exists())
