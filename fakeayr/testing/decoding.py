"""JSON objects of the control API as values."""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


def decode(kind: type[T], entry: Mapping[str, Any], **known: Any) -> T:
    """Returns a JSON object as a value: the field `ref_id` holds its `refId`.

    Args:
        kind: A dataclass. A field that the object lacks keeps its default.
        entry: The object; what `kind` has no field for is left out.
        **known: Fields that are not read from the object.
    """
    named: Any = kind
    spelt = {field.name: _spell(field.name) for field in fields(named)}
    read = {name: entry[spelling] for name, spelling in spelt.items() if spelling in entry}
    return kind(**{**read, **known})


@cache
def _spell(name: str) -> str:
    """A field's name as the control API spells it."""
    first, *words = name.split("_")
    return first + "".join(map(str.capitalize, words))
