"""`advocacy completion`: the shell's own completion."""

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script for your shell.

    \b
      bash: advocacy completion bash >> ~/.bash_completion
      zsh:  advocacy completion zsh > "${fpath[1]}/_advocacy"
      fish: advocacy completion fish > ~/.config/fish/completions/advocacy.fish
    """
    from advocacy.cli.group import advocacy

    shells = get_completion_class(shell)
    if shells is None:  # pragma: no cover - click knows the three
        raise click.UsageError(f"There is no completion for {shell}.")
    click.echo(shells(advocacy, {}, "advocacy", "_ADVOCACY_COMPLETE").source())
