"""Reads the errors in a response, wherever Ayrshare puts them."""

from typing import Any, Final

_INNER: Final = ("errors", "posts", "history")
"""Where a response without an error of its own has those of its parts."""


def find_errors(answer: Any) -> list[dict[str, Any]]:
    """Returns the errors in a response, each with `code` and `message`.

    A refused call's response is an error itself, or has one in `errors` for each network that
    refused a post. For User Profiles, `posts` has such a response for each post.

    Args:
        answer: The decoded body of a call that was refused.
    """
    if isinstance(answer, list):
        return [error for one in answer for error in find_errors(one)]
    if not isinstance(answer, dict) or answer.get("status") == "success":
        return []
    if "message" in answer or "code" in answer:
        return [answer]
    return [error for name in _INNER for error in find_errors(answer.get(name))]


def find_failures(status: int, answer: Any) -> list[dict[str, Any]]:
    """Returns the errors in a response with this HTTP status; none if the call succeeded."""
    refused = isinstance(answer, dict) and answer.get("status") == "error"
    return find_errors(answer) if refused or status >= 400 else []


def describe_error(error: dict[str, Any]) -> str:
    """Returns an error in one line: its network, code, message and details."""
    network = f"{error['platform']}: " if "platform" in error else ""
    text = f"{network}code {error.get('code')}: {error.get('message', '')}"
    return f"{text} {error['details']}" if error.get("details") else text
