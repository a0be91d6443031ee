"""`advocacy preview`: show a letter in the browser while you write it."""

from pathlib import Path

import click

from advocacy.cli.options import WholeNumber, campaign_argument, templates_option


@click.command("preview")
@campaign_argument
@click.option(
    "--port",
    type=WholeNumber(0, 65535),
    default=0,
    metavar="N",
    help="Port of the page. Default: a free port.",
)
@click.option("--no-open", is_flag=True, help="Print the page's address; do not open a browser.")
@click.option(
    "--read-only",
    is_flag=True,
    help="Do not allow changes, for example to show the page on a projector.",
)
@click.option(
    "--real",
    is_flag=True,
    help="Show the versions of a letter for people on the list. Default: made-up people.",
)
@templates_option
def command(
    campaign: Path, port: int, no_open: bool, read_only: bool, real: bool, templates: Path | None
) -> int:
    """Show a campaign's letter in the browser while you write it.

    The page shows the letter as paper, email, and text, for the person, day, and language that
    you choose. It changes as you type and whenever you save a file in another editor. A
    mistake, or a fact that is no longer true, is reported next to the last valid page.

    What you type is kept in `.advocacy/` beside the campaign until you save it. The first line
    of output is the page's address, which only this machine can open. It stays the same after a
    restart. Press Ctrl-C to stop.

    \b
    Examples:
      advocacy preview campaigns/microsoft.yaml
      advocacy preview campaigns/microsoft.yaml --port 8000 --no-open
      advocacy preview campaigns/microsoft.yaml --read-only
    """
    from advocacy.files.text import read_text
    from advocacy.preview.server import serve

    read_text(campaign)  # there is nothing to show without it
    serve(
        campaign,
        on_start=_print_address,
        templates=templates,
        port=port,
        read_only=read_only,
        real=real,
        open_browser=not no_open,
    )
    click.echo("The preview has ended.", err=True)
    return 0


def _print_address(address: str) -> None:
    click.echo(address)
    click.echo("Press Ctrl-C here to stop.", err=True)
