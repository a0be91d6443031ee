"""What a stage's letter is made of: its templates, layouts, words, images, facts and sources.

A name that is worked out when a template runs (`{% include "partials/" ~ x %}`, `cite(x)`) may be
any: then all partials, or all facts, are parts of the letter.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

from advocacy.campaign.campaign import Stage
from advocacy.campaign.languages import primary_language
from advocacy.campaign.loading import Campaign
from advocacy.campaign.sender_details import Enclosure
from advocacy.errors import AdvocacyError
from advocacy.files.cache import is_file
from advocacy.files.font_files import font_files
from advocacy.files.workspace import Workspace
from advocacy.templating import layout_environment, letter_environment
from advocacy.templating.environment import TemplateEnvironment
from advocacy.templating.layouts import stylesheets
from advocacy.templating.outline import BodyOutline
from advocacy.templating.source import read_template

_PICTURE = re.compile(r"!\[[^\]\n]*\]\(\s*<?([^)\s>\"]+)")


def letter_files(campaign: Campaign, stage: Stage) -> dict[str, Path]:
    """The templates of a stage's letter by name (`letters/call.md`, `partials/nist.md`).

    Its body in every language, the openings of its variants, and all that these include.
    """
    workspace = campaign.workspace
    bodies = workspace.template_names("letters", ".md")
    names = [
        f"letters/{name}.md"
        for name in bodies
        if name == stage.template or name.startswith(f"{stage.template}.")
    ]
    if stage.variants is not None:
        names += stage.variants.opening.values()
    environment = letter_environment(workspace)
    files, outlines = _with_partials(environment, workspace, names)
    if _may_include_any(outlines, known=("opening",)):
        names += workspace.template_files("partials")
        files, _ = _with_partials(environment, workspace, names)
    return files


def letter_languages(campaign: Campaign, stage: Stage) -> list[str]:
    """The languages that the stage's letter is written in, the campaign's own first."""
    found = {primary_language(campaign.file.language): campaign.file.language}
    for name in campaign.workspace.template_names("letters", ".md"):
        template, dot, language = name.partition(".")
        if dot and template == stage.template:
            found.setdefault(primary_language(language), language)
    return list(found.values())


def layout_files(campaign: Campaign, stage: Stage) -> dict[str, Path]:
    """The layouts of a stage's letter by name, on paper and in email, with their styles."""
    workspace = campaign.workspace
    names = [f"layouts/{stage.layout}.html", "layouts/email.html"]
    environment = layout_environment(workspace)
    files, outlines = _with_partials(environment, workspace, names)
    if _may_include_any(outlines):
        names += workspace.template_files("layouts") + workspace.template_files("partials")
        files, _ = _with_partials(environment, workspace, names)
    return files | stylesheets(stage.layout, workspace) | _present(workspace, ["layouts/email.css"])


def word_files(campaign: Campaign, stage: Stage) -> dict[str, Path]:
    """The set words of the languages that the stage's letter may be in, by name."""
    workspace = campaign.workspace
    languages = {primary_language(tag) for tag in letter_languages(campaign, stage)}
    names = [
        f"words/{name}.yaml"  # a recipient's `en-GB` takes its own before `en`
        for name in workspace.template_names("words", ".yaml")
        if primary_language(name) in languages
    ]
    return _present(workspace, names)


def image_files(campaign: Campaign, *stages: Stage) -> dict[str, Path]:
    """The images that stages' letters show, enclosed files, and the campaign's fonts, by names."""
    sender = campaign.file.sender
    names = [sender.logo, *(person.signature for person in sender.signatories)]
    names += [one.file for one in campaign.file.enclosures if isinstance(one, Enclosure)]
    templates = {path for stage in stages for path in letter_files(campaign, stage).values()}
    for path in sorted(templates):
        with suppress(AdvocacyError):
            names += (unquote(name) for name in _PICTURE.findall(read_template(path)))
    folder = campaign.workspace.folder
    found = {name: folder / name for name in names if name and is_file(folder / name)}
    return found | font_files(campaign.workspace)


def cited_ids(campaign: Campaign, stage_name: str) -> tuple[str, ...]:
    """The ids of the facts that a stage's letter relies on, each once.

    These are the facts cited in any branch of its templates, and those of its precedents; all
    facts, where a template works out an id.
    """
    stage = campaign.file.stages[stage_name]
    environment = letter_environment(campaign.workspace)
    found: dict[str, None] = {}
    for path in letter_files(campaign, stage).values():
        try:
            outline = environment.compiled(path).outline
        except AdvocacyError:
            continue
        found.update(dict.fromkeys(name for name, _ in outline.cites))
        if outline.works_out_facts:
            found.update(dict.fromkeys(campaign.facts))
    found.update(dict.fromkeys(p.fact for p in campaign.file.stage_precedents(stage)))
    return tuple(name for name in found if name in campaign.facts)


def _with_partials(
    environment: TemplateEnvironment, workspace: Workspace, names: Iterable[str]
) -> tuple[dict[str, Path], dict[Path, BodyOutline]]:
    """Templates with all that they include by name, and the outlines of all."""
    files = _present(workspace, names)
    outlines: dict[Path, BodyOutline] = {}
    for path in list(files.values()):
        try:
            found, _ = environment.outlines(environment.outlined(path))
        except AdvocacyError:
            continue
        for outline in found:
            files.setdefault(_name(outline.path, workspace), outline.path)
            outlines[outline.path] = outline
    return files, outlines


def _may_include_any(outlines: Mapping[Path, BodyOutline], known: Collection[str] = ()) -> bool:
    """Whether one of the templates works out the name of a partial.

    `known` are variables whose values are counted already, unless a template gives them another.
    """
    assigned = frozenset().union(*(one.assigned for one in outlines.values()))
    wanted = frozenset().union(*(one.computed_partials for one in outlines.values()))
    return bool(wanted - (frozenset(known) - assigned))


def _present(workspace: Workspace, names: Iterable[str]) -> dict[str, Path]:
    found = {name: workspace.template(name) for name in names}
    return {name: path for name, path in found.items() if path is not None}


def _name(path: Path, workspace: Workspace) -> str:
    for folder in workspace.templates:
        if path.is_relative_to(folder):
            return path.relative_to(folder).as_posix()
    return path.name
