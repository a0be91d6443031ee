"""`advocacy layouts`: the layouts of paper, and a page that shows a letter in each."""

from pathlib import Path

import click

from advocacy.cli.options import optional_campaign_argument, templates_option
from advocacy.cli.report import print_problems
from advocacy.cli.tables import Column, TableReport, table_option, write_table
from advocacy.errors import AdvocacyError

COLUMNS = (Column("name", "layout", width=14), Column("purpose", "for"), Column("origin", "origin"))


@click.command("layouts")
@optional_campaign_argument
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write DIR/layouts.html, with a letter of CAMPAIGN in every layout.",
)
@templates_option
@table_option
def command(
    campaign: Path | None, output: Path | None, templates: Path | None, report: TableReport
) -> int:
    """List the layouts of printed letters and what they are for.

    With --output, a page shows the first page of a letter of CAMPAIGN in every layout.

    \b
    Examples:
      advocacy layouts
      advocacy layouts campaigns/microsoft.yaml --output output
    """
    from advocacy.authoring.templates.layout_pictures import paper_layouts, write_layouts_page
    from advocacy.campaign.loading import load_campaign
    from advocacy.files.workspace import Workspace, campaigns_folder

    if campaign is None:
        if output is not None:
            raise click.UsageError("--output needs a campaign, whose letter the page shows.")
        workspace = Workspace.of(campaigns_folder(None) / "campaign.yaml", templates)
    else:
        loaded, problems = load_campaign(campaign, templates)
        if loaded is None:
            raise AdvocacyError(problems)
        print_problems(problems)
        workspace = loaded.workspace
        if output is not None:
            click.echo(write_layouts_page(loaded, output))
            return 0
    rows = [
        {"name": one.name, "purpose": one.purpose,
         "origin": "built in" if one.built_in else "the campaign’s own"}
        for one in paper_layouts(workspace)
    ]  # fmt: skip
    write_table(rows, COLUMNS, report)
    return 0
