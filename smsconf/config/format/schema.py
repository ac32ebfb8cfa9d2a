"""The file format as JSON Schema, for editors and for checks by others; ``schema.json`` holds it.

One schema for three uses. A file with ``version`` is a root file and must be complete; any other is an
included file or an overlay, where entries may be partial and ``null`` removes. What a schema cannot say
(references, content, exactly one place for a key) is up to the loader.
"""

from __future__ import annotations

import copy
import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from smsconf.config.format.project_model import ROOT_ONLY, ProjectFile

_ID = "urn:smsconf:schema:1"
_WHOLE = ("Provider", "Emulator", "HuaweiCloud", "Environment")  # what an overlay replaces whole, or has not
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Words(GenerateJsonSchema):
    """Plain schemas: no titles made from names, no null for keys that may only be left out."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        made = super().default_schema(schema)
        if made.get("default", ...) in (None, [], {}):
            del made["default"]
        return made

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - pydantic's signature
        return False


def json_schema() -> dict[str, Any]:
    """Make the schema from the models."""
    complete = ProjectFile.model_json_schema(schema_generator=_Words)
    definitions: dict[str, Any] = complete.pop("$defs")
    definitions = {name.removesuffix("Entry"): _plain(made) for name, made in definitions.items()}
    definitions["ProjectFile"] = _plain(complete)
    mappings = {name for name, made in definitions.items() if "properties" in made and name not in _WHOLE}
    partial = {f"{name}Patch": _relaxed(definitions[name], mappings) for name in mappings}
    for key in ROOT_ONLY:
        del partial["ProjectFilePatch"]["properties"][key]
    return {
        "$schema": _DIALECT,
        "$id": _ID,
        "title": "smsconf",
        "description": "A file of a smsconf project: smsconf.yaml, an included file, or an overlay.",
        "type": "object",
        "if": {"required": ["version"]},
        "then": {"$ref": "#/$defs/ProjectFile"},
        "else": {"$ref": "#/$defs/ProjectFilePatch"},
        "$defs": dict(sorted({**definitions, **partial}.items())),
    }


def schema_text() -> str:
    """The schema as ``schema.json`` holds it."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


def _plain(made: object) -> Any:  # noqa: ANN401 - JSON
    """Drop titles, shorten the names of definitions, and refuse keys that do not match their pattern."""
    if isinstance(made, list):
        return [_plain(one) for one in made]
    if not isinstance(made, dict):
        return made
    plain = {
        key: _plain(value) for key, value in made.items() if not (key == "title" and isinstance(value, str))
    }
    if isinstance(plain.get("$ref"), str):
        plain["$ref"] = plain["$ref"].removesuffix("Entry")
    if "patternProperties" in plain:
        [(pattern, entry)] = plain.pop("patternProperties").items()
        plain["propertyNames"] = {"pattern": pattern}
        plain["additionalProperties"] = entry
    return plain


def _relaxed(made: dict[str, Any], mappings: set[str]) -> dict[str, Any]:
    """The same thing in an overlay: nothing required, null removes, and so on downwards."""
    patch = copy.deepcopy(made)
    patch.pop("required", None)
    patch["properties"] = {key: _nullable(value, mappings) for key, value in patch["properties"].items()}
    return patch


def _nullable(value: dict[str, Any], mappings: set[str]) -> dict[str, Any]:
    value.pop("default", None)
    described = {"description": value.pop("description")} if "description" in value else {}
    entries = value.get("additionalProperties")
    if isinstance(entries, dict):
        value["additionalProperties"] = _nullable(entries, mappings)
    reference = str(value.get("$ref", ""))
    if reference.rpartition("/")[2] in mappings:
        value["$ref"] = f"{reference}Patch"
    return {**described, "anyOf": [value, {"type": "null"}]}
