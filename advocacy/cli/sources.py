"""`advocacy sources`: import sources from other programs, add pages and PDFs that were saved."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from advocacy.cli.report import print_problems
from advocacy.cli.tables import report_choice, write_json
from advocacy.errors import count_noun, has_errors

if TYPE_CHECKING:
    from advocacy.authoring.sources.importing import ImportedSources


@click.group("sources")
def command() -> None:
    """Import sources from Zotero, BibTeX, and other programs, and add saved pages and PDFs."""


@command.command("import", short_help="Merge CSL, BibTeX, or RIS into a sources file.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--into", type=click.Path(path_type=Path, dir_okay=False), metavar="SOURCESFILE",
    help="The sources file. Default: the only one in campaigns/sources/ or sources/.",
)  # fmt: skip
@click.option(
    "--update", is_flag=True, help="Where both files have a field, use the imported value."
)
@click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing.")
@report_choice("Output format: for people or for programs.", "text", "json")
def import_(
    file: Path, into: Path | None, update: bool, dry_run: bool, report: Literal["text", "json"]
) -> int:
    """Merge sources from FILE into a sources file, keeping its comments and order.

    FILE is CSL JSON (.json) or CSL YAML (.yaml), as Zotero and pandoc write them, BibTeX
    (.bib), or RIS (.ris). A source with a known DOI, address, or id gets the fields it lacks.
    Fields that differ are listed and left unchanged, unless you add --update.

    \b
    Examples:
      advocacy sources import zotero.json --dry-run
      advocacy sources import library.bib --into campaigns/sources/face-recognition.yaml
    """
    from advocacy.authoring.sources.importing import import_sources

    result = import_sources(file, into, update=update, dry_run=dry_run)
    if report == "json":
        write_json(_record(result))
    else:
        print_problems(result.problems)
        _print(result, dry_run=dry_run)
    return int(has_errors(result.problems))


@command.command("add", short_help="Add a source from a saved page or PDF, and keep the copy.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--into", type=click.Path(path_type=Path, dir_okay=False), metavar="SOURCESFILE",
    help="The sources file. Default: the only one in campaigns/sources/ or sources/.",
)  # fmt: skip
@click.option(
    "--copies", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="The folder for kept copies. Default: copies/ beside the campaigns.",
)  # fmt: skip
@click.option("--id", "as_id", default="", help="The id that facts use for this source.")
@click.option(
    "--url", default="", help="The web address of the source, if the file does not state it."
)
@click.option("--dry-run", is_flag=True, help="Show what would be added, and write nothing.")
@report_choice("Output format: for people or for programs.", "text", "json")
def add(
    file: Path,
    into: Path | None,
    copies: Path | None,
    as_id: str,
    url: str,
    dry_run: bool,
    report: Literal["text", "json"],
) -> int:
    """Add the source that FILE was saved from, and keep FILE as its copy.

    FILE is a page or a PDF saved from the browser (.html or .pdf). The title, authors, date, and
    address are read from it. Add anything that is missing to the sources file by hand.

    \b
    Examples:
      advocacy sources add ~/Downloads/council-votes.html
      advocacy sources add report.pdf --id council-2024 --url https://council.example/report.pdf
    """
    from advocacy.authoring.sources.adding import add_saved_file

    added = add_saved_file(file, into, copies=copies, as_id=as_id, url=url, dry_run=dry_run)
    if report == "json":
        record = {"source": added.source, "copy": str(added.copy), "fields": added.item}
        write_json({**record, **_record(added.result)})
        return int(has_errors(added.result.problems))
    print_problems(added.result.problems)
    _print(added.result, dry_run=dry_run)
    lacking = [key for key in ("title", "author", "issued", "URL") if key not in added.item]
    if lacking:
        click.echo(f"The file does not state: {', '.join(lacking)}. Add them by hand.")
    click.echo(f"{added.copy}: {'would be kept' if dry_run else 'kept'} as the copy.")
    return int(has_errors(added.result.problems))


def _record(result: "ImportedSources") -> dict[str, object]:
    return {
        "file": str(result.path),
        "added": result.added,
        "updated": result.updated,
        "kept": result.kept,
        "conflicts": [asdict(conflict) for conflict in result.conflicts],
        "renamed": result.renamed,
        "problems": [str(problem) for problem in result.problems],
    }


def _print(result: "ImportedSources", *, dry_run: bool) -> None:
    if dry_run and result.change:
        click.echo(result.change.diff())
        click.echo("Dry run: nothing was written.\n")
    names = {new: old for old, new in result.renamed.items()}
    for name in result.added:
        click.echo(f"added    {name}" + (f" (there: {names[name]})" if name in names else ""))
    for name, fields in result.updated.items():
        click.echo(f"updated  {name}: {', '.join(fields)}")
    for name in result.kept:
        click.echo(f"kept     {name}")
    for conflict in result.conflicts:
        click.echo(f"conflict {conflict.source}, {conflict.field}:")
        click.echo(f"           here:  {conflict.here}")
        click.echo(f"           there: {conflict.there}")
    counts = f"{len(result.added)} added, {len(result.updated)} updated"
    click.echo(f"{result.path}: {counts}, {len(result.kept)} unchanged.")
    if result.conflicts:
        differing = count_noun(len(result.conflicts), "field differs", "fields differ")
        click.echo(
            f"{differing}; the values in the file were kept. To use the imported values, add "
            f"--update."
        )
