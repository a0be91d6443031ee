"""`advocacy templates`: which templates there are, and what letters may print."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advocacy.cli.options import (
    campaign_argument,
    date_option,
    optional_campaign_argument,
    stage_option,
    templates_option,
)
from advocacy.cli.report import print_problems
from advocacy.cli.tables import (
    Column,
    TableReport,
    is_terminal,
    table_option,
    terminal_width,
    write_json,
    write_table,
)
from advocacy.errors import AdvocacyError, has_errors
from advocacy.resources import read_table

if TYPE_CHECKING:
    from advocacy.authoring.templates.catalogue import Printable, Template, Variable

REFERENCE = "templating/reference.toml"
VARIABLE_COLUMNS = ("name", "kind", "prints")
ORIGINS = {"campaign": "the campaign’s own", "--templates": "--templates", "built in": "built in"}


@click.group("templates")
def command() -> None:
    """List letters, layouts, and partials, and show the variables of a letter.

    \b
    Examples:
      advocacy templates list campaigns/microsoft.yaml
      advocacy templates vars campaigns/microsoft.yaml --stage call
    """


@command.command(
    "list", short_help="List templates, their origin, and the campaigns that use them."
)
@optional_campaign_argument
@templates_option
@table_option
def list_(campaign: Path | None, templates: Path | None, report: TableReport) -> int:
    """List letters, layouts, partials, and set phrases, their origin, and where they are used.

    A file in the folder of campaigns overrides the built-in file of the same name. Without
    CAMPAIGN, the use by all campaigns in campaigns/ (or in this folder) is shown.

    \b
    Examples:
      advocacy templates list
      advocacy templates list campaigns/microsoft.yaml --report json
    """
    from advocacy.authoring.templates.catalogue import campaigns_in, catalogue
    from advocacy.campaign.loading import load_campaign
    from advocacy.files.workspace import Workspace, campaigns_folder

    if campaign is None:
        folder = campaigns_folder(None)
        loaded, problems = campaigns_in(folder, templates)
        workspace = Workspace.of(folder / "campaign.yaml", templates)
    else:
        one, problems = load_campaign(campaign, templates)
        if one is None:
            raise AdvocacyError(problems)
        loaded, workspace = [one], one.workspace
    print_problems(problems)
    found = catalogue(workspace, loaded)
    if report == "json":
        write_json({"templates": [template.record() for template in found]})
    elif report == "csv":
        rows = [
            {"name": t.name, "origin": t.origin, "file": str(t.path),
             "hides": "; ".join(str(path) for _, path in t.hides), "used_by": "; ".join(t.used_by)}
            for t in found
        ]  # fmt: skip
        write_table(rows, ("name", "origin", "file", "hides", "used_by"), report)
    else:
        _write_templates(found, sum(len(one.file.stages) for one in loaded))
    return int(has_errors(problems))


@command.command("vars", short_help="Show the variables of a letter with their values.")
@campaign_argument
@stage_option
@date_option
@click.option("--only", metavar="ID", help="Show the letter with this id. Default: the first.")
@templates_option
@table_option
def vars_(campaign: Path, templates: Path | None, report: TableReport, **letter: Any) -> int:
    """Show every variable of a letter with its value for one recipient.

    Also list the functions and filters that a letter may use, with a line on each.

    \b
    Examples:
      advocacy templates vars campaigns/microsoft.yaml
      advocacy templates vars campaigns/microsoft.yaml --stage keep --only smith
    """
    from advocacy.authoring.templates.catalogue import printable
    from advocacy.campaign.loading import load_campaign

    loaded, problems = load_campaign(campaign, templates)
    print_problems(problems)
    if loaded is None:
        return 1
    found = printable(loaded, **letter)
    if report == "json":
        write_json(_record(found))
    elif report == "csv":
        write_table([_variable(one) for one in found.variables], VARIABLE_COLUMNS, report)
    else:
        _write_variables(found)
    return int(has_errors(problems))


def _write_templates(templates: "Sequence[Template]", stages: int) -> None:
    """Print the templates; `stages` is how many there are: a layout may be used by all."""
    rows = [(one.name, _origin(one), _users(one, stages)) for one in templates]
    _write_rows(rows, ("template", "comes from", "used by"))


def _origin(template: "Template") -> str:
    hidden = ", ".join(f"the {origin}" if origin == "built in" else "the campaign’s"
                       for origin, _ in template.hides)  # fmt: skip
    hides = f", in place of {hidden} one" if hidden else ""
    return f"{ORIGINS[template.origin]}{hides}"


def _users(template: "Template", stages: int) -> str:
    if stages > 1 and len(template.used_by) == stages:
        return f"all {stages} stages"
    return ", ".join(template.used_by)


def _write_variables(found: "Printable") -> None:
    """Print variables with their values, then functions and filters."""
    whom = found.recipient.called
    click.echo(f"The letter of the stage `{found.stage}` to {whom}, {found.day}.\n")
    variables = [(f"{{{{ {one.name} }}}}", _value(one)) for one in found.variables]
    _write_rows(variables, ("you write", "it prints"))
    for kind, tools in read_table(REFERENCE).items():
        click.echo(f"\n{kind.capitalize()}")
        rows = [(one["example"], one["does"]) for one in tools]
        _write_rows(rows, ("you write", "what it does"))


def _value(one: "Variable") -> str:
    if one.kind.startswith("list of"):
        loop = f"{{% for one in {one.name} %}} … {{% endfor %}}"
        return f"({one.kind}: {loop})"
    return " ".join(one.printed.split()) or "(empty)"


def _write_rows(rows: Sequence[Sequence[str]], header: Sequence[str]) -> None:
    """Print rows under a header; on a terminal the first column is as wide as it needs."""
    first = max((len(row[0]) for row in rows), default=0)
    width = min(first, terminal_width() // 2 - 4) if is_terminal() else None
    columns = [Column(header[0], header[0], width), *(Column(name, name) for name in header[1:])]
    write_table([dict(zip(header, row, strict=True)) for row in rows], columns, "text")


def _record(found: "Printable") -> dict[str, Any]:
    """The variables, functions and filters, for programs."""
    return {
        "stage": found.stage,
        "recipient": found.recipient.letter_id,
        "date": found.day.isoformat(),
        "language": found.language,
        "variables": [_variable(one) | {"value": one.value} for one in found.variables],
        **read_table(REFERENCE),
    }


def _variable(one: "Variable") -> dict[str, Any]:
    return {"name": one.name, "kind": one.kind, "prints": one.printed}
