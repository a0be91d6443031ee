"""Write the files of a new campaign from what somebody said, and from nothing else.

The texts are the Jinja templates beside this module, `<< … >>` and `<% … %>` of which are filled
in here: what is in braces belongs to the letter. The phrases of the letter are in `wording.toml`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from advocacy.authoring.new_campaign.models import Answers, NewPrecedent, NewSource
from advocacy.authoring.writing import check_not_there, write_new
from advocacy.campaign.languages import primary_language
from advocacy.errors import count_noun
from advocacy.files.file_names import slug
from advocacy.files.workspace import Workspace
from advocacy.files.yaml.splicing import written
from advocacy.resources import read_table

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
WINDOW = timedelta(days=30)
TIME_TO_ANSWER = timedelta(days=7)
LONGEST_ID = 60
NOTE = "\t# "
"""Begins a note beside a value. No value has a tab: `yaml` writes it as `\\t`, in quotes."""
NOTES_FROM = 38
"""The column in which notes beside values begin."""


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """The files of a new campaign by path, before they are written.

    `last_day` is the last day on which its letter may be dated.
    """

    campaign: Path
    letter: Path
    facts: Path | None
    sources: Path | None
    files: Mapping[Path, str]
    last_day: date

    def write(self) -> None:
        """Write all files, or none. Raises AdvocacyError if one exists or cannot be written."""
        write_new({path: text.encode() for path, text in self.files.items()})


@dataclass(frozen=True, slots=True)
class _NewFact:
    """A fact of the new file, and the precedent that it proves, if it does."""

    id: str
    statement: str
    source: NewSource
    precedent: NewPrecedent | None = None


def check_free(name: str, folder: Path) -> None:
    """Raise AdvocacyError with every file that a new campaign would need and that exists."""
    campaign = folder / f"{name}.yaml"
    records = (folder / kind / campaign.name for kind in ("facts", "sources"))
    check_not_there([campaign, *records, _letter_path(_free_template(name, campaign), folder)])


def compose_campaign(answers: Answers, folder: Path) -> NewCampaign:
    """Compose the files of a new campaign in a folder.

    They are `<name>.yaml`, `facts/<name>.yaml`, `sources/<name>.yaml` and a letter in
    `templates/letters/`; without a fact, there are no files of facts and sources.
    """
    campaign = folder / f"{answers.name}.yaml"
    template = _free_template(answers.name, campaign)
    facts = _facts_of(answers)
    known = {**dict(answers), "facts": facts, "begins": answers.begins, "template": template}
    files = {campaign: _campaign_text(answers, known, campaign)}
    of_facts = of_sources = None
    if facts:
        of_facts, of_sources = folder / "facts" / campaign.name, folder / "sources" / campaign.name
        files[of_facts] = _render("facts.yaml", **known, file=quote(of_facts.as_posix()))
        files[of_sources] = _render("sources.yaml", **known)
    letter = _letter_path(template, folder)
    files[letter] = letter_text(
        answers.language,
        campaign=answers.name,
        peers=bool(answers.precedents),
        facts=[fact.id for fact in answers.facts],
    )
    return NewCampaign(campaign, letter, of_facts, of_sources, files, _last_day(answers))


def letter_text(
    language: str,
    *,
    campaign: str = "",
    peers: bool = False,
    facts: Sequence[str] = (),
) -> str:
    """Compose the body of a new letter: Markdown with Jinja, and notes that teach.

    It says nothing about the world but what the campaign's own facts say. `peers` says whether
    there are precedents; `facts` are the ids of facts to state.
    """
    words = wordings()[primary_language(language)]
    return _render("letter.md", words=words, campaign=campaign, peers=peers, facts=facts)


def wordings() -> Mapping[str, Mapping[str, str]]:
    """Read the phrases of a new letter, by primary language and name."""
    return read_table("authoring/new_campaign/wording.toml")


def _campaign_text(answers: Answers, known: Mapping[str, Any], path: Path) -> str:
    sender = answers.sender_from
    values = {
        **known,
        "file": quote(path.as_posix()),
        "has_schema": (path.parent / "schemas" / "campaign.json").is_file(),
        "sender_from": sender
        and sender.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        "until": _last_day(answers),
    }
    if isinstance(answers.reply_by, timedelta):
        values["reply_by"] = count_noun(answers.reply_by.days, "day")
    return _render("campaign.yaml", **values)


def _render(template: str, /, **values: Any) -> str:
    """Fill in one of the templates, and put the notes beside values into one column."""
    text = _environment().get_template(f"{template}.jinja").render(values)
    return re.sub(f"(?m)^(.*){NOTE}", lambda line: f"{line[1]:<{NOTES_FROM}} # ", text)


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(  # noqa: S701 - it writes YAML and Markdown; `yaml` quotes
        loader=FileSystemLoader(HERE), undefined=StrictUndefined, keep_trailing_newline=True,
        trim_blocks=True, lstrip_blocks=True, block_start_string="<%", block_end_string="%>",
        variable_start_string="<<", variable_end_string=">>", comment_start_string="<#",
        comment_end_string="#>",
    )  # fmt: skip
    environment.globals["note"] = NOTE
    environment.filters["slug"] = slug
    environment.filters["yaml"] = lambda value: written(
        list(value) if isinstance(value, tuple) else value, flow=True
    )
    environment.filters["yaml_lines"] = lambda value: written(value, flow=False)
    return environment


def _facts_of(answers: Answers) -> list[_NewFact]:
    """Make one fact for each precedent, in their order, with a free id; then the others."""
    sources = {source.id: source for source in answers.sources}
    taken = {fact.id for fact in answers.facts}
    has_done = wordings()[primary_language(answers.language)]["has_done"]
    facts: list[_NewFact] = []
    for peer in answers.precedents:
        statement = has_done.format(organization=peer.organization, action=peer.action)
        wanted = slug(peer.organization)[:LONGEST_ID].strip("-")
        name, number = wanted, 1
        while name in taken:
            number += 1
            name = f"{wanted}-{number}"
        taken.add(name)
        facts.append(_NewFact(name, statement, sources[peer.source], peer))
    return facts + [_NewFact(f.id, f.statement, sources[f.source]) for f in answers.facts]


def _last_day(answers: Answers) -> date:
    """The last day of the window: in a month, and with time left to answer."""
    last = answers.begins + WINDOW
    if isinstance(answers.reply_by, date):
        last = min(last, answers.reply_by - TIME_TO_ANSWER)
    return max(last, answers.begins)


def _free_template(name: str, campaign: Path) -> str:
    """A name for the letter that no built-in one has: that would change other campaigns."""
    built_in = Workspace.of(campaign).templates[-1] / "letters"
    names = (name, f"{name}-letter", *(f"{name}-letter-{n}" for n in range(2, 1000)))
    return next(one for one in names if not (built_in / f"{one}.md").exists())


def _letter_path(template: str, folder: Path) -> Path:
    return folder / "templates" / "letters" / f"{template}.md"
