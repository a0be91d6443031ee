"""`advocacy schema`: print JSON Schemas, for editors that complete and check YAML files."""

import click

from advocacy.campaign.loading import SCHEMAS, json_schema
from advocacy.cli.tables import write_json


@click.command("schema")
@click.argument("kind", type=click.Choice(list(SCHEMAS)))
def command(kind: str) -> None:
    """Print the JSON Schema of a campaign, facts, sources, or bill file.

    Editors with the YAML language server use it to complete and check what you type. The
    shipped files name it in their first line. For your own files:

    \b
      advocacy schema campaign > campaign.schema.json
      # yaml-language-server: $schema=campaign.schema.json
    """
    write_json(json_schema(kind))
