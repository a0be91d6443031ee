"""The files of a new campaign, made of what somebody said and of nothing else.

Copying a letter or a layout beside the campaigns, to be changed there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from advocacy.authoring.new_campaign.campaign_text import campaign_text
from advocacy.authoring.new_campaign.models import Answers
from advocacy.authoring.new_campaign.records import facts_of, facts_text, letter_text, sources_text
from advocacy.authoring.writing import not_there_yet, write_new
from advocacy.errors import AdvocacyError, Problem, nearest
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


FIRST_LETTER = "call-to-follow"
"""What is copied where neither a letter nor a layout is named."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied: `kind` is `letter` or `layout`, `files` are the new files and the old.

    `replaces` says that the new name is one that templates had before, so that campaigns in
    the folder that name it get the copy from now on.
    """

    kind: str
    name: str
    original: str
    files: Mapping[Path, Path]
    replaces: bool


def new_template(
    name: str,
    folder: Path,
    *,
    letter: str | None = None,
    layout: str | None = None,
    templates: Path | None = None,
) -> Copied:
    """Copy a letter, with its translations, or a layout, with its styles, under a name.

    Neither named: the letter or layout of that name, else `call-to-follow`. The copies stand
    in `templates/` of the folder. Raises AdvocacyError for a template there is none of, and
    where a file is there already or cannot be written.
    """
    workspace = Workspace.of(folder / "campaign.yaml", templates)
    if letter is None and layout is None:
        if workspace.template(f"letters/{name}.md"):
            letter = name
        elif workspace.template(f"layouts/{name}.html"):
            layout = name
        else:
            letter = FIRST_LETTER
    if layout is not None:
        kind, original, files = "layout", layout, _layout_files(workspace, layout)
    else:
        original = letter or FIRST_LETTER
        kind, files = "letter", _letter_files(workspace, original)
    new = {
        folder / "templates" / path.parent.name / f"{name}{rest}": path
        for rest, path in files.items()
    }
    contents = {path: old.read_bytes() for path, old in new.items()}
    if kind == "layout" and name != original:
        _not_on_itself(name, original, contents)
    first = next(iter(new))
    replaces = workspace.template(f"{first.parent.name}/{first.name}") is not None
    write_new(contents)
    return Copied(kind, name, original, new, replaces)


def _letter_files(workspace: Workspace, name: str) -> dict[str, Path]:
    """The files of a letter by what follows its name: `.md`, `.fr.md`."""
    known = workspace.template_names("letters", ".md")
    names = [one for one in known if one == name or one.startswith(f"{name}.")]
    found = {
        one.removeprefix(name) + ".md": workspace.template(f"letters/{one}.md") for one in names
    }
    files = {rest: path for rest, path in found.items() if path is not None}
    if ".md" not in files:
        raise AdvocacyError(_unknown("template", "letter", name, known))
    return files


def _layout_files(workspace: Workspace, name: str) -> dict[str, Path]:
    found = {rest: workspace.template(f"layouts/{name}{rest}") for rest in (".html", ".css")}
    files = {rest: path for rest, path in found.items() if path is not None}
    if ".html" not in files:
        known = workspace.template_names("layouts", ".html")
        raise AdvocacyError(_unknown("layout", "layout", name, known))
    return files


def _unknown(kind: str, called: str, name: str, known: list[str]) -> Problem:
    near = nearest(name, known)
    hint = f"Did you mean `{near}`?" if near else f"There are: {', '.join(known)}."
    return Problem(f"unknown-{kind}", f"There is no {called} `{name}`.", hint)


def _not_on_itself(name: str, original: str, contents: Mapping[Path, bytes]) -> None:
    """Refuse a copy that takes the name of the layout that it builds on."""
    for path, data in contents.items():
        wanted = f"layouts/{name}.html" if path.suffix == ".html" else f'"{name}.css"'
        if wanted.encode() in data:
            raise AdvocacyError(
                Problem(
                    "layout-on-itself",
                    f"The layout `{original}` builds on `{name}`: a copy of it by that name would "
                    "build on itself.",
                    "Give the copy another name.",
                )
            )
