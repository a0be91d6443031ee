"""Read sources from other programs: CSL-JSON, CSL-YAML, BibTeX and RIS, as CSL items.

Zotero and pandoc exchange CSL; BibTeX and RIS go through pandoc. Dates become EDTF text, names
the parts that CSL has, and markup inside titles goes.
"""

import html
import json
import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from advocacy.campaign.days import published_days
from advocacy.campaign.sources import CSL_VARIABLES, Name
from advocacy.documents.citations.pandoc import TIMEOUT, pandoc_path
from advocacy.errors import AdvocacyError, Level, Place, Problem
from advocacy.files.yaml.reading import read_text, scan_yaml_text

Kind = Literal["csljson", "cslyaml", "biblatex", "ris"]
SUFFIXES: Mapping[str, Kind] = {
    ".json": "csljson",
    ".yaml": "cslyaml",
    ".yml": "cslyaml",
    ".bib": "biblatex",
    ".bibtex": "biblatex",
    ".ris": "ris",
}
NAMES = frozenset(
    "author chair collection-editor compiler composer container-author contributor curator "
    "director editor editorial-director editor-translator executive-producer guest host "
    "illustrator interviewer narrator organizer original-author performer producer recipient "
    "reviewed-author script-writer series-creator translator".split()
)
DATES = frozenset("accessed available-date event-date issued original-date submitted".split())
LEFT_OUT = frozenset(
    "abstract annote categories citation-key citation-label custom first-reference-note-number "
    "journalAbbreviation keyword note shortTitle source year-suffix".split()
)
"""Variables of CSL that no letter prints, and that would swell a file that people read."""
_TAG = re.compile(r"</?(?:i|b|em|strong|sub|sup|span|sc)(?:\s[^<>]*)?>", re.IGNORECASE)

Item = dict[str, Any]


def read_items(path: Path) -> tuple[list[Item], list[Problem]]:
    """Read the items of a file of sources, and report what of them could not be read.

    The ending of its name says what it is; a file with another is judged by its beginning.
    Raises AdvocacyError where the file cannot be read at all.
    """
    text = read_text(path)
    kind = SUFFIXES.get(path.suffix.lower()) or _guess_kind(text)
    if kind == "csljson":
        raw: Any = _json(text, path)
    elif kind == "cslyaml":
        raw = _yaml(text, path)
    else:
        raw = _through_pandoc(text, kind, path)
        if kind == "ris":
            _dates_of_ris(raw, text)
        else:
            _titles_of_bibtex(raw, text)
    if isinstance(raw, Mapping):
        raw = raw.get("references", raw.get("items", [raw] if "type" in raw else None))
    if not isinstance(raw, list):
        message = "This file holds no list of sources."
        hint = "Export it again, as CSL JSON, BibTeX or RIS."
        raise AdvocacyError(Problem("no-sources", message, hint, Place(path)))
    items: list[Item] = []
    problems: list[Problem] = []
    for number, entry in enumerate(raw, 1):
        if isinstance(entry, Mapping):
            items.append(_item(entry, path, problems))
        else:
            message = f"Entry {number} is no source."
            problems.append(Problem("no-sources", message, "Remove it.", Place(path)))
    return items, problems


def _guess_kind(text: str) -> Kind:
    start = text.lstrip()[:200]
    if start.startswith(("[", "{")):
        return "csljson"
    if re.match(r"TY\s+-", start):
        return "ris"
    return "biblatex" if start.startswith(("@", "%")) else "cslyaml"


def _json(text: str, path: Path) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        where = (error.lineno, error.colno) if isinstance(error, json.JSONDecodeError) else ()
        place = Place(path, *where)
        message = "This is no good JSON."
        hint = "Export the file again, as CSL JSON."
        raise AdvocacyError(Problem("bad-json", message, hint, place)) from None


def _yaml(text: str, path: Path) -> Any:
    # A bare list, as some programs write it, is read under the key it ought to have.
    if re.match(r"\s*(---\s*\n)?- ", text):
        text = "references:\n" + re.sub(r"^\s*---\s*\n", "", text)
    data, problems = scan_yaml_text(text, path)
    if data is None or problems:
        raise AdvocacyError(problems)
    return data


def _through_pandoc(text: str, kind: str, path: Path) -> Any:
    command = [str(pandoc_path()), "--sandbox", f"--from={kind}", "--to=csljson"]
    name = "RIS" if kind == "ris" else "BibTeX"
    try:
        done = subprocess.run(  # noqa: S603 - our own binary, no shell
            command, input=text.encode(), capture_output=True, timeout=TIMEOUT, check=True
        )
        return json.loads(done.stdout or b"[]")
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace")
        found = re.search(r"line (\d+), column (\d+)\):\s*(.*)", said)
        last = text.count("\n") + (not text.endswith("\n"))  # pandoc points behind the end
        place = Place(path, min(int(found[1]), last), int(found[2])) if found else Place(path)
        why = found[3].strip() if found else " ".join(said.split())[-200:]
        message = f"This is no {name} that can be read: {why}."
        hint = f"Correct the line, or export the file again as {name} or CSL JSON."
        raise AdvocacyError(Problem("bad-import", message, hint, place)) from None
    except subprocess.TimeoutExpired:
        message = f"pandoc did not read the file within {TIMEOUT:g} seconds."
        raise AdvocacyError(
            Problem("bad-import", message, "Import it in parts.", Place(path))
        ) from None
    except (OSError, ValueError) as error:
        message = f"pandoc cannot be run: {error}"
        hint = "Install it anew: pip install --force-reinstall pypandoc-binary"
        raise AdvocacyError(Problem("citations-failed", message, hint)) from None


def _dates_of_ris(items: Any, text: str) -> None:
    """Give RIS items the days that pandoc does not see: `PY  - 2020/06/11`, `DA  - 2020/06/11/`."""
    records = re.split(r"(?m)^ER\s+-.*$", text)
    for item, lines in zip(items, records, strict=False):
        found = ""
        for tag in ("DA", "PY", "Y1"):
            line = re.search(
                rf"(?m)^{tag}\s+-\s*(\d{{4}})(?:/(\d{{1,2}}))?(?:/(\d{{1,2}}))?", lines
            )
            if line and len(line[0]) > len(found):
                parts = [part for part in line.groups() if part]
                found = "-".join([parts[0], *(part.zfill(2) for part in parts[1:])])
        if found:
            item["issued"] = found


def _titles_of_bibtex(items: Any, text: str) -> None:
    """Give BibTeX items the capitals of their titles, which pandoc takes away."""
    for item in items:
        entry = re.search(rf"@\w+\s*[{{(]\s*{re.escape(str(item.get('id')))}\s*,", text)
        if entry is None:
            continue
        end = text.find("\n@", entry.end())
        field = re.search(
            r"(?i)[\s,]title\s*=\s*([{\"].*)",
            text[entry.end() : end if end > 0 else None],
            re.DOTALL,
        )
        title = _text(item.get("title", ""))
        raw = " ".join(field[1].replace("{", "").replace("}", "").split()) if field else ""
        raw = raw.removeprefix('"')[: len(title)]
        if title and raw.casefold() == title.casefold():
            item["title"] = raw


def _item(entry: Mapping[str, Any], path: Path, problems: list[Problem]) -> Item:
    item: Item = {}
    for key, value in entry.items():
        if key not in CSL_VARIABLES or key in LEFT_OUT or value in (None, "", [], {}):
            continue
        if key in DATES:
            day = _day(value)
            if day is None:
                name = entry.get("id", "?")
                problems.append(
                    Problem(
                        "bad-date",
                        f"The date `{key}` of `{name}` cannot be read and was left out.",
                        "Add it by hand, as 2020, 2020-06 or 2020-06-10.",
                        Place(path),
                        Level.WARNING,
                    )
                )
            elif day:
                item[key] = day
        elif key in NAMES:
            if isinstance(value, list) and (names := list(_names(value))):
                item[key] = names
        elif not isinstance(value, list | Mapping):
            item[key] = _text(value)
    if own := entry.get("citation-key"):
        item["citation-key"] = _text(own)
    return item


def _text(value: Any) -> str:
    """Plain text: without markup, with single spaces."""
    text = html.unescape(_TAG.sub("", str(value)))
    return " ".join("".join(char for char in text if char.isprintable() or char.isspace()).split())


def _names(values: Iterable[Any]) -> Iterable[dict[str, str]]:
    known = {field.alias or name for name, field in Name.model_fields.items()}
    for value in values:
        if not isinstance(value, Mapping):
            continue
        name = {key: _text(part) for key, part in value.items() if key in known and part}
        if "literal" not in name and "family" not in name and "given" in name:
            name = {"literal": name["given"]}
        if name:
            yield name


def _day(value: Any) -> str | None:
    """EDTF text; empty where there is no date at all; None where it cannot be read.

    Of a span of days its end counts: a letter may not cite what was not all out yet.
    """
    if isinstance(value, Mapping):
        parts = value.get("date-parts")
        if isinstance(parts, list):
            last = parts[-1] if parts and isinstance(parts[-1], list) else parts
            numbers = [str(part) for part in last if str(part).isdigit()][:3]
            if not numbers:
                return ""
            value = "-".join([numbers[0].zfill(4), *(part.zfill(2) for part in numbers[1:])])
        else:
            value = value.get("raw") or value.get("literal") or ""
    text = str(value or "").strip().rpartition("/")[2][:10].rstrip("~?%")
    try:
        if text:
            published_days(text)
    except ValueError:
        return None
    return text
