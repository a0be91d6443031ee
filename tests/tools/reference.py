"""The tables of keys in campaigns/README.md, written from the models that read the files."""

from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from advocacy.campaign.bills.written import WrittenBill
from advocacy.campaign.campaign import CampaignFile
from advocacy.campaign.facts import Fact
from advocacy.campaign.sources import Source

MODELS: dict[str, type[BaseModel]] = {
    "campaign": CampaignFile,
    "facts": Fact,
    "sources": Source,
    "bills": WrittenBill,
}


def reference(kind: str) -> str:
    """The keys of a kind of file as Markdown tables, one for each mapping in it.

    Raises KeyError for an unknown kind.
    """
    tables: list[str] = []
    waiting, seen = [MODELS[kind]], set[type[BaseModel]]()
    while waiting:
        model = waiting.pop(0)
        if model in seen:
            continue
        seen.add(model)
        rows = []
        for name, info in model.model_fields.items():
            rows.append(_row(info.alias or name, info))
            waiting += _models(info.annotation)
        purpose = " ".join((model.__doc__ or "").split("\n\n")[0].split())
        title = model.__name__.removesuffix("File")
        head = f"#### {title}\n\n{purpose}\n\n| key | what it is | default |\n| --- | --- | --- |\n"
        tables.append(head + "".join(rows))
    return "\n".join(tables)


def _row(key: str, info: FieldInfo) -> str:
    parts = (part.rstrip(".") for part in (_kinds(info), info.description or "") if part)
    text = ". ".join(parts).replace("|", "\\|")
    end = "" if text.endswith("…") else "."
    return f"| `{key}` | {text}{end} | {_default(info)} |\n"


def _kinds(info: FieldInfo) -> str:
    """What may stand there: a list of links to mappings, one of a few words, or a plain value."""
    models = _models(info.annotation)
    if models:
        names = ", ".join(f"[{m.__name__}](#{m.__name__.lower()})" for m in models)
        return f"List of {names}" if _is_list(info.annotation) else names
    words = _words(info.annotation)
    if words and len(words) < 6:
        return "One of " + ", ".join(f"`{word}`" for word in words)
    return "List" if _is_list(info.annotation) else ""


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "required"
    value = info.default
    if value is PydanticUndefined or isinstance(value, BaseModel) or value in (None, (), {}):
        return ""
    if hasattr(value, "days"):
        return f"`{value.days} days`" if value.days != 1 else "`1 day`"
    return f"`{value}`"


def _parts(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Annotated:
        return _parts(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType, tuple, list, dict):
        return [part for arg in get_args(annotation) for part in _parts(arg)]
    return [annotation]


def _models(annotation: Any) -> list[type[BaseModel]]:
    parts = _parts(annotation)
    return [part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)]


def _words(annotation: Any) -> list[str]:
    return [w for part in _parts(annotation) if get_origin(part) is Literal for w in get_args(part)]


def _is_list(annotation: Any) -> bool:
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return get_origin(annotation) in (tuple, list)
