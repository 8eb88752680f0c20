"""Examines an application's environment variables for `fakeayr doctor env`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fakeayr.domain.advice import environment as rules
from fakeayr.domain.advice.pieces import Piece, advise
from fakeayr.terminal import private_key
from fakeayr.terminal.fakes import Fake, OrderRefused
from fakeayr.terminal.private_key import Examined

_LARGEST_FILE_BYTES = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Surveyed:
    """What is known of the variables.

    Attributes:
        states: What there is of each variable, never its value.
        advice: What to mend, as on the wire.
    """

    states: dict[str, str]
    advice: list[dict[str, Any]]


def examine(variables: Mapping[str, str], folder: Path, *, fake: Fake | None) -> Surveyed:
    """Says what is wrong with each variable.

    Args:
        variables: The variables by their names.
        folder: Where relative paths begin.
        fake: The fake that they lead to, if any.
    """
    found = [piece.describe() for piece in rules.on_variables(variables)]
    keys = {
        name: _examine_key(name, variables[name], folder)
        for name in rules.PRIVATE_KEYS
        if variables.get(name)
    }
    found += [piece for examined in keys.values() for piece in examined.advice]
    wrong_key = any(piece.get("place") == rules.API_KEY for piece in found)
    if fake is not None and variables.get(rules.API_KEY) and not wrong_key:
        found += [piece.describe() for piece in _compare(variables, keys, fake)]
    wrong = {piece.get("place") for piece in found}
    states = {
        name: _describe(variables.get(name, ""), is_wrong=name in wrong) for name in rules.KNOWN
    }
    return Surveyed(states=states, advice=found)


def _examine_key(name: str, value: str, folder: Path) -> Examined:
    if name != rules.PRIVATE_KEY_FILE:
        is_base64 = name == rules.PRIVATE_KEY_BASE64
        return private_key.examine(value, is_base64=is_base64, place=name)
    try:
        with (folder / value).open("rb") as file:
            text = file.read(_LARGEST_FILE_BYTES).decode("utf-8")
    except UnicodeDecodeError:
        reason = "it is no text"
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path is none"
    else:
        return private_key.examine(text, is_base64=False, place=name)
    piece = advise("env-file-unreadable", name, variable=name, reason=reason)
    return Examined(about=None, public_key=None, advice=[piece.describe()])


def _compare(variables: Mapping[str, str], keys: Mapping[str, Examined], fake: Fake) -> list[Piece]:
    """What does not fit the account of the fake that the variables lead to."""
    try:
        account = fake.get("/accounts")
    except OrderRefused:
        gaps = {"variable": rules.API_KEY, "url": fake.url}
        return [advise("env-account-unknown", rules.API_KEY, **gaps)]
    pieces = []
    domain = variables.get(rules.DOMAIN)
    if domain and domain != account["domain"]:
        length = len(account["domain"])
        pieces.append(advise("env-other-domain", rules.DOMAIN, length=length))
    for name, examined in keys.items():
        if examined.public_key not in {None, account["publicKey"]}:
            pieces.append(advise("env-other-private-key", name, variable=name))
    return pieces


def _describe(value: str, *, is_wrong: bool) -> str:
    if not value:
        return "missing" if is_wrong else "not set"
    return f"wrong ({len(value)} characters)" if is_wrong else f"fine ({len(value)} characters)"
