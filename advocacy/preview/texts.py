"""The campaign's own texts as fields of a form: subject, title, asks.

They are written back into the campaign's YAML in place; every comment and all other lines stay
as they are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advocacy.campaign.demand import StageDemand
from advocacy.campaign.languages import LocalText
from advocacy.campaign.loading import Campaign
from advocacy.errors import Place
from advocacy.files.content_digests import text_digest
from advocacy.files.text import read_text
from advocacy.files.yaml.editing import Remove, SetValue, edited
from advocacy.files.yaml.reading import YamlMap, parse, read_yaml_text
from advocacy.files.yaml.splicing import Keys
from advocacy.preview.files import ChangedError, rewrite_unless_changed

OPTIONAL = "preview"
"""A key that a stage need not have: the first words of its email in a list of messages."""


@dataclass(frozen=True, slots=True)
class TextField:
    """A text of the campaign: its label, the keys that lead to it, and its place."""

    label: str
    keys: tuple[str | int, ...]
    text: str
    place: Place | None

    def record(self) -> dict[str, object]:
        """Describe the field for the page."""
        return {
            "label": self.label,
            "keys": list(self.keys),
            "text": self.text,
            "digest": text_digest(self.text),
            "line": self.place.line if self.place else None,
        }


def list_text_fields(campaign: Campaign, stage_name: str) -> list[TextField]:
    """List the texts that the letters of a stage print."""
    file = campaign.file
    stage = file.stages[stage_name]
    at: tuple[str | int, ...] = ("stages", stage_name)
    found = list(_texts("Subject", stage.subject, (*at, "subject"))) if stage.has("subject") else []
    if stage.variants is not None:
        for name, wording in stage.variants.subject.items():
            keys = (*at, "variants", "subject", name)
            found += _texts(f"Subject, variant {name}", wording, keys)
    if stage.preview is not None:
        found += _texts("Preview text", stage.preview, (*at, "preview"))
    else:
        found.append(("Preview text", (*at, "preview"), ""))
    demand = file.stage_demand(stage)
    if demand is not None:
        own = stage.demand if isinstance(stage.demand, StageDemand) else None
        places = {
            key: (*at, "demand") if own is not None and own.has(key) else ("demand",)
            for key in ("summary", "asks")
        }
        found += _texts("The demand in one line", demand.summary, (*places["summary"], "summary"))
        for number, ask in enumerate(demand.asks):
            found += _texts(f"Ask {number + 1}", ask, (*places["asks"], "asks", number))
    own_peers = stage.has("precedents")
    start = (*at, "precedents") if own_peers else ("precedents",)
    for number, peer in enumerate(file.stage_precedents(stage)):
        found += _texts(f"What {peer.organization} did", peer.action, (*start, number, "action"))
    found += _texts("Title of the campaign", file.title, ("title",))
    return [TextField(label, keys, text, campaign.file.place(*keys)) for label, keys, text in found]


_Found = tuple[str, tuple[str | int, ...], str]


def _texts(label: str, text: LocalText, keys: tuple[str | int, ...]) -> Iterator[_Found]:
    """Yield one field, or one for each language."""
    if not text.languages:
        yield label, keys, str(text)
        return
    for language in text.languages:
        yield f"{label} ({language})", (*keys, language), text.get(language) or ""


def replace_text(text: str, path: Path, keys: Keys, value: str) -> str:
    """Replace the text at `keys` in the text of a YAML file, and return the result.

    Raises ChangedError where the keys lead to no text, AdvocacyError where the edit would change
    anything else.
    """
    read_text_at(text, path, keys)
    edit = _edit(text, path, keys, value)
    return edited(text, path, edit) if edit is not None else text


def save_text(path: Path, keys: Keys, value: str, base: str) -> str:
    """Save the text at `keys`, if `base` is still the digest of the present text.

    Returns the digest of the new text. Raises ChangedError where the text has changed,
    AdvocacyError where the value is refused or the file cannot be written.
    """

    def change(before: str) -> str:
        now = read_text_at(before, path, keys)
        if text_digest(now) != base:
            raise ChangedError(now)
        edit = _edit(before, path, keys, value)
        return edited(before, path, edit, accept=_wrong) if edit is not None else before

    def present(path: Path) -> str:
        return read_text_at(read_text(path), path, keys)

    rewrite_unless_changed(path, change, present)
    return text_digest(present(path))


def _edit(text: str, path: Path, keys: Keys, value: str) -> SetValue | Remove | None:
    """The edit that writes a value; an empty preview text has no key."""
    keys = tuple(keys)
    if keys[-1] != OPTIONAL or value:
        return SetValue(keys, value, after=("subject", "template"))
    return Remove(keys) if read_text_at(text, path, keys) else None


def _wrong(data: YamlMap) -> Sequence[Any]:
    from advocacy.campaign.campaign import CampaignFile

    return parse(CampaignFile, data)[1]


def read_text_at(text: str, path: Path, keys: Keys) -> str:
    """The text at `keys` of a YAML file's text. Raises ChangedError where there is none."""
    data: Any = read_yaml_text(text.replace("\r\n", "\n").replace("\r", "\n"), path)
    try:
        for key in keys[:-1]:
            data = data[key]
        if keys[-1] == OPTIONAL and OPTIONAL not in data:
            return ""
        data = data[keys[-1]]
    except (KeyError, IndexError, TypeError):
        data = None
    if not isinstance(data, str):
        raise ChangedError("")
    return data
