"""What a response says of posts, whether they are wrapped or not."""

import re
from collections.abc import Iterator
from typing import Any

from fakeayr.contract.document import documented_errors
from fakeayr.contract.expectations import expect
from fakeayr.contract.server import Answer


def unwrapped(answer: Answer) -> dict[str, Any]:
    """The one post in a response, whether it is wrapped in `posts` or not."""
    posts = answer.fields.get("posts")
    if isinstance(posts, list) and len(posts) == 1 and isinstance(posts[0], dict):
        return dict(posts[0])
    return answer.fields


def id_of(answer: Answer) -> str:
    """The id of the one post in a response."""
    found = unwrapped(answer).get("id")
    expect(isinstance(found, str) and bool(found), "there is no id", answer)
    return str(found)


def networks_in(post: Answer | dict[str, Any], name: str = "postIds") -> list[Any]:
    """The networks in a post's `postIds`, or in its `errors`."""
    shown = post if isinstance(post, dict) else unwrapped(post)
    return [it.get("platform") for it in shown.get(name) or []]


def expect_networks(post: Answer, networks: list[str]) -> None:
    """Checks that a post was published to exactly these networks, in this order.

    Raises:
        FactBroken: It was not.
    """
    named = networks_in(post)
    expect(named == networks, f"postIds are of {named}, not of {networks}", post)


def errors_of(answer: Answer) -> list[dict[str, Any]]:
    """The errors in a response: flat, in `errors`, or wrapped in `posts`."""
    post = unwrapped(answer)
    if "code" in post and post.get("status") == "error":
        return [post]
    errors = post.get("errors")
    return [it for it in errors if isinstance(it, dict)] if isinstance(errors, list) else []


def error_for(answer: Answer, network: str, name: str) -> dict[str, Any]:
    """What a response says of one network that has refused.

    Args:
        answer: The response.
        network: The network.
        name: The error's name in openapi.yaml.

    Raises:
        FactBroken: It says nothing, or something else.
    """
    found = [it for it in errors_of(answer) if it.get("platform") == network]
    expect(len(found) == 1, f"there is no error of {network}, or more than one", answer)
    expect_error(answer, found[0], name)
    return found[0]


def expect_error(answer: Answer, error: dict[str, Any], name: str) -> None:
    """Checks an error of a post, wherever it stands in the response.

    Raises:
        FactBroken: It is not the one that is named.
    """
    known = documented_errors()[name]
    expect(error.get("status") == "error", "an error's status is not error", answer)
    message = error.get("message")
    expect(isinstance(message, str) and message, "an error has no message", answer)
    if known.code_known:
        expect(
            error.get("code") == known.code, f"code {error.get('code')}, not {known.code}", answer
        )
        action = error.get("action")
        expect(action == known.action, f"action {action}, not {known.action}", answer)
    if known.message_known:
        pattern = "[^.]+".join(map(re.escape, re.split(r"\{\w+\}", known.message)))
        expect(re.fullmatch(pattern, str(message)), f"the message is {message!r}", answer)


def ids_in(answer: Answer) -> Iterator[str]:
    """The Ayrshare ids of the posts in a response."""
    posts = answer.fields.get("posts")
    for post in [answer.fields, *(posts if isinstance(posts, list) else [])]:
        if isinstance(post, dict) and isinstance(post.get("id"), str):
            yield post["id"]
