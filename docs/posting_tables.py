"""Makes the schemas of the networks' options in openapi.yaml from the models that read them."""

import inspect
import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec
import yaml

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.posting.options import OPTIONS

_SOURCE: Final = re.compile(r" \([\w-]+\)\.$")
"""Where a fact was seen, at the end of a docstring."""
_LINE: Final = 100
_KEPT: Final = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")


def options_schemas() -> Iterator[str]:
    """The schema of every options object, and of what is in them."""
    schemas = msgspec.json.schema_components(
        [known.model for known in OPTIONS.values()], ref_template="#/components/schemas/{name}"
    )[1]
    documented = {known.model.__name__: known.name for known in OPTIONS.values()}
    for name, schema in schemas.items():
        text = _SOURCE.sub(".", inspect.cleandoc(schema["description"]))
        if name in documented:
            network = next(it for it, known in OPTIONS.items() if known.model.__name__ == name)
            text = f"What only {NETWORKS[network].display_name} knows."
        written: dict[str, Any] = {"description": text, "type": "object"}
        if schema["required"]:
            written["required"] = schema["required"]
        written["properties"] = {
            field: _translated(kind) for field, kind in schema["properties"].items()
        }
        yield from _lines({name: written}, 4)


def options_fields() -> Iterator[str]:
    """The fields of POST /post that hold options, in every spelling.

    Only the documented one has its schema: with it under each name, Schemathesis works twice as
    long on the same fields.
    """
    for network, known in OPTIONS.items():
        for name in known.names:
            field: dict[str, Any] = {
                "description": f"What only {NETWORKS[network].display_name} knows.",
                "anyOf": [
                    {"$ref": f"#/components/schemas/{known.model.__name__}"},
                    {"type": "null"},
                ],
            }
            if name != known.name:
                text = f"Another spelling of `{known.name}`."
                field = {"description": text, "type": ["object", "null"]}
            yield from _lines({name: field}, 8)


def _translated(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema in the words of openapi.yaml: null is a second type, wherever there is only one."""
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    choices = [_translated(choice) for choice in schema.get("anyOf", [])]
    others = [choice for choice in choices if choice != {"type": "null"}]
    if len(others) == 1 and "$ref" not in others[0] and "anyOf" not in others[0]:
        (only,) = others
        nullable = {**only, "type": [only["type"], "null"]}
        return nullable | ({"enum": [*only["enum"], None]} if "enum" in only else {})
    if choices:
        return {"anyOf": choices}
    if "enum" in schema:
        words = [word for word in schema["enum"] if word is not None]
        nullable = len(words) < len(schema["enum"])
        return {
            "type": ["string", "null"] if nullable else "string",
            "enum": [*words, None] if nullable else words,
        }
    kept = {name: schema[name] for name in ("type", *_KEPT) if name in schema}
    return kept | ({"items": _translated(schema["items"])} if "items" in schema else {})


class _Dumper(yaml.SafeDumper):
    """Writes lists of words, and references, on one line."""


def _write_list(dumper: _Dumper, items: list[Any]) -> yaml.Node:
    in_one_line = not any(isinstance(item, dict) for item in items)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=in_one_line)


def _write_object(dumper: _Dumper, fields: dict[str, Any]) -> yaml.Node:
    in_one_line = list(fields) == ["$ref"]
    return dumper.represent_mapping("tag:yaml.org,2002:map", fields, flow_style=in_one_line)


_Dumper.add_representer(list, _write_list)
_Dumper.add_representer(dict, _write_object)


def _lines(part: dict[str, Any], indent: int) -> Iterator[str]:
    text = yaml.dump(part, Dumper=_Dumper, sort_keys=False, width=_LINE - indent)
    yield from (" " * indent + line for line in text.splitlines())
