"""`advocacy templates`: which templates there are, and what letters may print."""

import json
from datetime import date
from pathlib import Path

import click

from advocacy.cli.facts import TableReport, table_option
from advocacy.cli.options import (
    campaign_argument,
    date_option,
    optional_campaign_argument,
    stage_option,
    templates_option,
)
from advocacy.cli.report import print_problems
from advocacy.errors import AdvocacyError, has_errors


@click.group("templates")
def command() -> None:
    """See which letters, layouts and partials there are, and what a letter may print.

    \b
    Examples:
      advocacy templates list campaigns/microsoft.yaml
      advocacy templates vars campaigns/microsoft.yaml --stage call
    """


@command.command("list", short_help="List templates: where each comes from, who uses it.")
@optional_campaign_argument
@templates_option
@table_option
def list_(campaign: Path | None, templates: Path | None, report: TableReport) -> int:
    """List the letters, layouts, partials and set words, where each comes from, and its users.

    A file in the campaigns' folder hides the built-in one of the same name. Without CAMPAIGN,
    the use by all campaigns in campaigns/ (or in this folder) is told.

    \b
    Examples:
      advocacy templates list
      advocacy templates list campaigns/microsoft.yaml --report json
    """
    from advocacy.authoring.templates.catalogue import campaigns_in, catalogue
    from advocacy.campaign.loading import load_campaign
    from advocacy.cli.new import campaigns_folder
    from advocacy.cli.tables import print_templates, print_templates_csv
    from advocacy.files.workspace import Workspace

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
        records = [template.record() for template in found]
        click.echo(json.dumps({"templates": records}, ensure_ascii=False, indent=2))
    elif report == "csv":
        print_templates_csv(found)
    else:
        print_templates(found, sum(len(one.file.stages) for one in loaded))
    return int(has_errors(problems))


@command.command("vars", short_help="Show what a letter may print, with its values.")
@campaign_argument
@stage_option
@date_option
@click.option("--only", metavar="ID", help="For the letter of this id. Default: the first.")
@templates_option
@table_option
def vars_(
    campaign: Path,
    stage: str | None,
    day: date | None,
    only: str | None,
    templates: Path | None,
    report: TableReport,
) -> int:
    """Show every variable of a letter with its value for one recipient.

    Then the functions and filters that a letter may use, with a line on each.

    \b
    Examples:
      advocacy templates vars campaigns/microsoft.yaml
      advocacy templates vars campaigns/microsoft.yaml --stage keep --only smith
    """
    from advocacy.authoring.templates.catalogue import printable
    from advocacy.campaign.loading import load_campaign
    from advocacy.cli.tables import print_variables, print_variables_csv, printable_record

    loaded, problems = load_campaign(campaign, templates)
    print_problems(problems)
    if loaded is None:
        return 1
    found = printable(loaded, stage=stage, day=day, only=only)
    if report == "json":
        click.echo(json.dumps(printable_record(found), ensure_ascii=False, indent=2))
    elif report == "csv":
        print_variables_csv(found)
    else:
        print_variables(found)
    return int(has_errors(problems))
