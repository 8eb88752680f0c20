"""Objects of JSON with fields that are not always there."""

from collections.abc import Mapping
from typing import Any


def without_none(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that have a value; `None` stands for one that is left out."""
    return {name: value for name, value in fields.items() if value is not None}
