"""Rules about the environment variables by which an application knows its account."""

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from fakeayr.domain.advice.pieces import Piece, advise
from fakeayr.domain.advice.shapes import QUOTES
from fakeayr.domain.urls import is_web_url

API_KEY: Final = "AYRSHARE_API_KEY"
PROFILE_KEY: Final = "AYRSHARE_PROFILE_KEY"
DOMAIN: Final = "AYRSHARE_DOMAIN"
BASE_URL: Final = "AYRSHARE_BASE_URL"
PRIVATE_KEY: Final = "AYRSHARE_PRIVATE_KEY"
PRIVATE_KEY_FILE: Final = "AYRSHARE_PRIVATE_KEY_FILE"
PRIVATE_KEY_BASE64: Final = "AYRSHARE_PRIVATE_KEY_BASE64"
PRIVATE_KEYS: Final = (PRIVATE_KEY, PRIVATE_KEY_FILE, PRIVATE_KEY_BASE64)
WEBHOOK_SECRET: Final = "AYRSHARE_WEBHOOK_SECRET"
KNOWN: Final = (API_KEY, PROFILE_KEY, DOMAIN, BASE_URL, *PRIVATE_KEYS, WEBHOOK_SECRET)
"""The variables, as the documentation names them."""

_PREFIX: Final = "AYRSHARE_"
_WORDS: Final = re.compile(
    r"undefined|null|none|nil|nan|true|false|\[object Object\]|changeme|change-me|todo|x+"
    r"|<.*>|your[-_ ].*",
    re.IGNORECASE,
)
_UNEXPANDED: Final = re.compile(r"\$\{?\w+\}?|%\w+%|\{\{.*\}\}|\$\(.*\)")
_LONGEST_WORD: Final = 40
_CLOSE: Final = 0.8
"""How alike two names are of which one is meant by the other, from 0 to 1."""


def on_variables(variables: Mapping[str, str]) -> list[Piece]:
    """What to mend in the variables, but for the private keys themselves.

    Args:
        variables: The variables by their names.
    """
    return [
        *_on_names(variables),
        *(
            piece
            for name in (API_KEY, PROFILE_KEY, DOMAIN)
            if variables.get(name)
            for piece in _on_value(name, variables[name])
        ),
        *_on_pairs(variables),
        *_on_base_url(variables.get(BASE_URL, "")),
    ]


def _on_names(variables: Mapping[str, str]) -> Iterator[Piece]:
    """Variables that are missing, and others that may be meant for them."""
    missing = [name for name in KNOWN if not variables.get(name)]
    explained = set()
    for name in variables:
        if name in KNOWN or not name.upper().startswith(_PREFIX):
            continue
        near = difflib.get_close_matches(name.upper(), KNOWN, n=1, cutoff=_CLOSE)
        if near and near[0] in missing:
            explained.add(near[0])
            yield advise("env-misspelt", name, variable=name, meant=near[0])
    if API_KEY in missing and API_KEY not in explained:
        yield advise("env-missing", API_KEY, variable=API_KEY)
    has_key = any(variables.get(name) for name in PRIVATE_KEYS)
    if has_key == (DOMAIN in missing) and not explained & {DOMAIN, *PRIVATE_KEYS}:
        lacking, there = (DOMAIN, "a private key") if has_key else (PRIVATE_KEY, DOMAIN)
        yield advise("env-half-a-link", lacking, variable=lacking, there=there)


def _on_value(name: str, value: str) -> Iterator[Piece]:
    """What has happened to a value: the first thing that fits."""
    plain = value.strip()
    bare = plain.strip(QUOTES).strip()
    if "-----BEGIN" in value:
        yield advise("env-private-key-elsewhere", name, variable=name)
    elif _WORDS.fullmatch(bare):
        yield advise("env-word", name, variable=name, word=bare[:_LONGEST_WORD])
    elif _UNEXPANDED.fullmatch(bare):
        yield advise("env-unexpanded", name, variable=name, word=bare[:_LONGEST_WORD])
    elif plain[:1] in QUOTES or plain[-1:] in QUOTES:
        yield advise("env-quoted", name, variable=name, length=len(value))
    elif bare.lower().startswith("bearer "):
        yield advise("env-bearer", name, variable=name)
    elif blanks := len(re.findall(r"\s", value)):
        yield advise("env-white-space", name, variable=name, count=blanks, length=len(value))
    elif name == DOMAIN and "/" in value:
        yield advise("env-domain-url", name)


def _on_pairs(variables: Mapping[str, str]) -> Iterator[Piece]:
    if variables.get(PROFILE_KEY) and variables.get(PROFILE_KEY) == variables.get(API_KEY):
        yield advise("env-profile-key-is-api-key", PROFILE_KEY)


def _on_base_url(url: str) -> Iterator[Piece]:
    flaw = find_url_flaw(url) if url else None
    if flaw is not None:
        yield advise("env-base-url", BASE_URL, flaw=flaw)


def find_url_flaw(url: str) -> str | None:
    """What is wrong with a base URL, as the predicate of a sentence."""
    if url != url.strip() or url[:1] in QUOTES:
        return "has blanks or quotes around it"
    if not is_web_url(url):
        return "does not begin with http:// or https://"
    path = urlsplit(url).path
    if path.rstrip("/") != "/api":
        return "does not end in /api"
    return "ends in a slash" if path.endswith("/") else None
