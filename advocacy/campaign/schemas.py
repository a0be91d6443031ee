"""JSON Schemas of the files that people edit, made from the models that read them."""

from typing import Any

from pydantic import TypeAdapter

from advocacy.campaign.campaign import CampaignFile
from advocacy.campaign.facts import Fact
from advocacy.campaign.sources import Source

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCHEMAS: dict[str, tuple[Any, str]] = {
    "campaign": (CampaignFile, "A campaign of letters"),
    "facts": (dict[str, Fact], "Facts that letters rely on, by id"),
    "sources": (Source, "Sources as CSL-YAML"),
}


def json_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a kind of file; raises KeyError for an unknown kind."""
    model, title = SCHEMAS[kind]
    schema = TypeAdapter(model).json_schema(by_alias=True)
    if kind == "sources":
        definitions = schema.pop("$defs", {})
        schema = {
            "type": "object",
            "properties": {"references": {"type": "array", "items": schema}},
            "required": ["references"],
            "additionalProperties": False,
            "$defs": definitions,
        }
    return {"$schema": DIALECT, **schema, "title": title}
