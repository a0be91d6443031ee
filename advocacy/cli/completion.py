"""Completion in the shell: the script that switches it on, and the values that it offers.

The functions `complete_…` are given to options and arguments as `shell_complete`. A file that
cannot be read offers nothing: whoever presses Tab is not told about mistakes.
"""

from collections.abc import Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem, shell_complete

from advocacy.errors import AdvocacyError


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> int:
    """Print the completion script for your shell.

    It completes commands, options, campaign files, stages, formats, fact ids, and problem codes.

    \b
      bash: advocacy completion bash >> ~/.bash_completion
      zsh:  advocacy completion zsh > "${fpath[1]}/_advocacy"
      fish: advocacy completion fish > ~/.config/fish/completions/advocacy.fish
    """
    group = ctx.find_root().command
    return shell_complete(group, {}, "advocacy", "_ADVOCACY_COMPLETE", f"{shell}_source")


def complete_campaigns(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem[str]]:
    """Offer campaign files, those in `campaigns/` too; where there is none, any file."""
    folder = Path(incomplete) if incomplete.endswith("/") else Path(incomplete).parent
    paths = [*folder.glob("*.yaml"), *Path("campaigns").glob("*.yaml")]
    names = {str(path): path for path in sorted(paths) if str(path).startswith(incomplete)}
    found = [CompletionItem(name) for name, path in names.items() if _is_campaign(path)]
    return found or [CompletionItem(incomplete, type="file")]


def complete_stages(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Offer the stages of the campaigns that stand before the option."""
    paths = _named_files(ctx, "campaign", "campaigns")
    return _starting(incomplete, (name for path in paths for name in _keys(path, "stages")))


def complete_facts(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Offer the ids of the facts file that stands before."""
    paths = _named_files(ctx, "facts_file")
    return _starting(incomplete, (name for path in paths for name in _keys(path)))


def complete_codes(
    _ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem[str]]:
    """Offer problem codes, each with its summary; `--explain` takes `all` too."""
    from advocacy.checks.codes import registry

    summaries = {code.name: code.summary for code in registry().values()}
    if param.name == "explain":
        summaries["all"] = "List every code."
    return [CompletionItem(c, help=summaries[c]) for c in _starting(incomplete, summaries)]


def complete_formats(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Offer the formats that are not yet in the list that is being typed."""
    from advocacy.batch import FORMATS

    typed, comma, _ = incomplete.rpartition(",")
    left = (name for name in FORMATS if name not in typed.split(","))
    return _starting(incomplete, (f"{typed}{comma}{name}" for name in left))


def _named_files(ctx: click.Context, *arguments: str) -> list[Path]:
    """The files that the command line names so far.

    While an option lacks its value, click leaves all arguments in `ctx.args` unassigned.
    """
    found = [ctx.params.get(name) or () for name in arguments]
    paths = [path for given in found for path in (given if isinstance(given, tuple) else (given,))]
    return [*paths, *map(Path, ctx.args)]


def _starting(incomplete: str, values: Iterable[str]) -> list[str]:
    return [value for value in values if value.startswith(incomplete)]


def _is_campaign(path: Path) -> bool:
    return not path.name.endswith(".approvals.yaml") and "stages" in _keys(path)


def _keys(path: Path, *within: str) -> list[str]:
    """The keys of a YAML file's top level, or of the mapping that the keys `within` lead to."""
    from advocacy.files.yaml.reading import read_yaml

    try:
        value = read_yaml(path)
        for key in within:
            value = value[key]
        return [str(key) for key in value]
    except (AdvocacyError, KeyError, TypeError):
        return []
