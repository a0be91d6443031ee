"""The campaign's own texts as fields of a form: subject, title, asks.

They are written back into the campaign's YAML in place; every comment and all other lines stay
as they are.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advocacy.campaign.demand import StageDemand
from advocacy.campaign.languages import LANGUAGE_PATTERN, LocalText, primary_language
from advocacy.campaign.loading import Campaign
from advocacy.errors import Place
from advocacy.files.content_digests import text_digest
from advocacy.files.text import read_text
from advocacy.files.yaml.editing import Remove, SetValue, edited
from advocacy.files.yaml.reading import YamlMap, parse, read_yaml_text
from advocacy.files.yaml.splicing import Keys
from advocacy.letters.parts import letter_languages
from advocacy.preview.files import ChangedError, rewrite_unless_changed
from advocacy.preview.plain_words import language_name

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
    written = letter_languages(campaign, stage)
    wanted = [primary_language(one) for one in written] if len(written) > 1 else []

    def texts(label: str, text: LocalText, keys: Keys) -> Iterator[_Found]:
        return _texts(label, text, tuple(keys), wanted)

    found = list(texts("Subject", stage.subject, (*at, "subject"))) if stage.has("subject") else []
    if stage.variants is not None:
        for name, wording in stage.variants.subject.items():
            keys = (*at, "variants", "subject", name)
            found += texts(f"Subject, variant {name}", wording, keys)
    found += texts("Preview text", stage.preview or LocalText.of(""), (*at, "preview"))
    demand = file.stage_demand(stage)
    if demand is not None:
        own = stage.demand if isinstance(stage.demand, StageDemand) else None
        places = {
            key: (*at, "demand") if own is not None and own.has(key) else ("demand",)
            for key in ("summary", "asks")
        }
        found += texts("The demand in one line", demand.summary, (*places["summary"], "summary"))
        for number, ask in enumerate(demand.asks):
            found += texts(f"Ask {number + 1}", ask, (*places["asks"], "asks", number))
    own_peers = stage.has("precedents")
    start = (*at, "precedents") if own_peers else ("precedents",)
    for number, peer in enumerate(file.stage_precedents(stage)):
        found += texts(f"What {peer.organization} did", peer.action, (*start, number, "action"))
    found += texts("Title of the campaign", file.title, ("title",))
    for label, text, there in _around(campaign, stage_name):
        found += texts(label, text, there)
    return [TextField(label, keys, text, campaign.file.place(*keys)) for label, keys, text in found]


def _around(campaign: Campaign, stage: str) -> Iterator[tuple[str, LocalText, Keys]]:
    """The texts around a letter's body that the campaign has: they need translations, too."""
    file, delivery = campaign.file, campaign.file.stages[stage].delivery
    if delivery is not None:
        yield "Kind of delivery", delivery, ("stages", stage, "delivery")
    for number, copied in enumerate(file.cc):
        yield f"Copy {number + 1} goes to", copied, ("cc", number)
    if file.sender.town is not None:
        yield "Town before the date", file.sender.town, ("sender", "town")
    for number, one in enumerate(file.sender.signatories):
        if one.title is not None:
            yield f"Title of {one.name}", one.title, ("sender", "signatories", number, "title")


_Found = tuple[str, tuple[str | int, ...], str]


def _texts(
    label: str, text: LocalText, keys: tuple[str | int, ...], wanted: Sequence[str]
) -> Iterator[_Found]:
    """Yield one field, or one for each language: of the text, and of the letters (`wanted`).

    A text that stands for all languages is in the first of the wanted, the campaign's own. All
    texts have their languages in the same order.
    """
    if not text.languages and not wanted:
        yield label, keys, str(text)
        return
    there = {primary_language(one): one for one in text.languages}
    for number, language in enumerate(dict.fromkeys((*wanted, *there))):
        tag = there.get(language, language)
        own = "" if text.languages or number else str(text)
        said = (text.get(tag) or "") if language in there else own
        yield f"{label}, {language_name(tag)}", (*keys, tag), said


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
    keys, after = tuple(keys), ("subject", "template")
    data = _read(text, path)
    if _is_translation(data, keys):
        *above, language = keys
        whole = _at(data, above)
        if isinstance(whole, dict):
            is_last = list(whole) == [language]
            if value or above[-1] != OPTIONAL:
                return SetValue(keys, value) if value or language in whole else None
            return Remove(above if is_last else keys) if language in whole else None
        if language == _own_language(data) and whole is not None:
            keys = tuple(above)
        else:
            both = {_own_language(data): whole} if whole else {}
            return SetValue(above, both | {str(language): value}, after) if value else None
    if keys[-1] != OPTIONAL or value:
        return SetValue(keys, value, after)
    return Remove(keys) if read_text_at(text, path, keys) else None


def _own_language(data: Any) -> str:
    return primary_language(str(data.get("language") or "en"))


def _is_translation(data: Any, keys: Keys) -> bool:
    """Whether keys lead to a text in one language, though the file may have it in another form."""
    *above, language = keys
    if not above or not re.fullmatch(LANGUAGE_PATTERN, str(language)):
        return False
    whole = _at(data, above)
    if whole is None:
        return above[-1] == OPTIONAL and isinstance(_at(data, above[:-1]), dict)
    is_by_language = isinstance(whole, dict) and all(
        re.fullmatch(LANGUAGE_PATTERN, str(key)) for key in whole
    )
    return isinstance(whole, str) or is_by_language


def _at(data: Any, keys: Keys) -> Any:
    """What stands at keys; None where they lead nowhere."""
    try:
        for key in keys:
            data = data[key]
    except (KeyError, IndexError, TypeError):
        return None
    return data


def _wrong(data: YamlMap) -> Sequence[Any]:
    from advocacy.campaign.campaign import CampaignFile

    return parse(CampaignFile, data)[1]


def read_text_at(text: str, path: Path, keys: Keys) -> str:
    """The text at `keys` of a YAML file's text. Raises ChangedError where there is none."""
    data = _read(text, path)
    if _is_translation(data, keys):
        *above, language = keys
        whole = _at(data, above)
        if isinstance(whole, str):
            found = whole if language == _own_language(data) else ""
        else:
            found = (whole or {}).get(language, "")
    else:
        found = _at(data, keys)
        if found is None and keys[-1] == OPTIONAL and isinstance(_at(data, keys[:-1]), dict):
            return ""
    if not isinstance(found, str):
        raise ChangedError("")
    return found


def _read(text: str, path: Path) -> Any:
    return read_yaml_text(text.replace("\r\n", "\n").replace("\r", "\n"), path)
