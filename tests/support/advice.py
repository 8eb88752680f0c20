"""Looking at advice on the wire."""

from typing import Any


def names(holder: dict[str, Any]) -> list[str]:
    """The names of the advice in a journal entry, or in a response of /_fakeayr/advice."""
    return [piece["name"] for piece in holder.get("advice", [])]
