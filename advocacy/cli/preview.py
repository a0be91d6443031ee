"""`advocacy preview`: the letter on a page in the browser, as somebody writes it."""

from pathlib import Path

import click

from advocacy.cli.options import campaign_argument, templates_option


@click.command("preview")
@campaign_argument
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    help="The port of the page. Default: a free one.",
)
@click.option("--no-open", is_flag=True, help="Print the page's address and open no browser.")
@click.option(
    "--read-only", is_flag=True, help="Show, and let nothing be changed: for a projector."
)
@templates_option
def command(
    campaign: Path, port: int, no_open: bool, read_only: bool, templates: Path | None
) -> int:
    """Show a campaign's letter in the browser while you write it.

    The page shows the letter as paper, email and text, for the person, day and language that
    you choose. It changes as you type on it, and within a moment of saving a file in any other
    editor. A mistake, or a fact that no longer holds, is told beside the last good page.

    The first line that is printed is the page's address. Nobody but this machine can open it.
    Ctrl-C ends it.

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
        told=_told,
        templates=templates,
        port=port,
        read_only=read_only,
        open_browser=not no_open,
    )
    click.echo("The page is closed.", err=True)
    return 0


def _told(address: str) -> None:
    click.echo(address)
    click.echo("Press Ctrl-C here to end it.", err=True)
