"""`advocacy cosigners`: who has signed the text of each stage, and who must be asked again."""

from pathlib import Path
from typing import Any

import click

from advocacy.cli.completion import complete_stages
from advocacy.cli.options import campaign_argument, templates_option
from advocacy.cli.report import print_problems
from advocacy.cli.tables import TableReport, table_option, write_json, write_table
from advocacy.errors import has_errors

COLUMNS = ("stage", "organization", "name", "signed", "text", "stands")


@click.command("cosigners")
@campaign_argument
@click.option(
    "--stage", metavar="NAME", shell_complete=complete_stages, help="Show only this stage."
)
@templates_option
@table_option
def command(campaign: Path, stage: str | None, templates: Path | None, report: TableReport) -> int:
    """Show who has signed the text of each stage, and who must be asked again.

    A campaign's `cosigners:` may name a table of organizations. It says which text each
    organization was sent, by an id that this command prints. When the text changes, the id changes.
    Then those who signed the earlier text are left out of the letters until they agree again.

    \b
    Examples:
      advocacy cosigners campaigns/parks.yaml
      advocacy cosigners campaigns/parks.yaml --stage call --report csv
    """
    from advocacy.campaign.loading import load_campaign
    from advocacy.campaign.stages import unknown_stage
    from advocacy.errors import AdvocacyError
    from advocacy.letters.cosigning import stage_signers

    loaded, problems = load_campaign(campaign, templates)
    print_problems(problems)
    if loaded is None:
        return 1
    if unknown := unknown_stage(loaded, stage):
        raise AdvocacyError(unknown)
    found = [stage_signers(loaded, one) for one in ([stage] if stage else loaded.file.stages)]
    rows: list[dict[str, Any]] = [
        {
            "stage": one.stage,
            "organization": signer.cosigner.organization,
            "name": signer.cosigner.name or "",
            "signed": signer.signed.isoformat(),
            "text": signer.text,
            "stands": "yes" if signer in one.signed else "no: ask again",
        }
        for one in found
        for signer in (*one.signed, *one.to_ask)
    ]
    if report == "json":
        write_json([{"stage": one.stage, "text": one.text, "cosigners": _of(rows, one.stage)}
                    for one in found])  # fmt: skip
    elif report == "csv":
        write_table(rows, COLUMNS, report)
    else:
        for one in found:
            click.echo(
                f"{one.stage}: text {one.text}, {len(one.signed):,} signed, "
                f"{len(one.to_ask):,} to ask again"
            )
        if rows:
            click.echo()
            write_table(rows, COLUMNS, report)
    return int(has_errors(problems))


def _of(rows: list[dict[str, Any]], stage: str) -> list[dict[str, Any]]:
    return [{key: row[key] for key in COLUMNS[1:]} for row in rows if row["stage"] == stage]
