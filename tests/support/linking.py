"""Reads linking URLs: their parameters, their tokens, and the page that they open."""

import json
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from fakeayr.client.screen import Screen
from fakeayr.client.tokens import (
    decode_segment,
    encode_segment,
    make_token,
    read_token,
    url_parameters,
)
from tests.support.accounts import Account
from tests.support.clock import START

AUDIENCE: Final = "https://app.ayrshare.com"


parameters = url_parameters
self_signed = make_token
base64url = encode_segment


def segments(token: str) -> tuple[bytes, bytes, bytes]:
    """Returns the bytes of a token's header, claims and signature."""
    header, claims, signature = map(decode_segment, token.split("."))
    return header, claims, signature


def claims_of(token: str) -> dict[str, Any]:
    """Returns a token's claims."""
    return read_token(token).claims


def claims_for(account: Account, profile_key: str, **changes: Any) -> dict[str, Any]:
    """Returns the claims of a valid token, which expires 5 minutes after the start of a test.

    `changes` override claims; `None` removes one.
    """
    claims = {
        "apiKey": account.api_key,
        "profileKey": profile_key,
        "iat": int(START),
        "exp": int(START) + 300,
        "aud": AUDIENCE,
        "iss": account.domain,
        "sub": "support@ayrshare.com",
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def encoded(value: Any) -> str:
    """Encodes a header or claims as a token's segment."""
    return base64url(json.dumps(value).encode())


def opened(app: Flask, url: str, **options: Any) -> TestResponse:
    """Opens a linking URL without cookies, and returns the page."""
    path = f"{urlsplit(url).path or '/'}?{urlsplit(url).query}"
    return app.test_client().get(path, follow_redirects=True, **options)


def open_token(app: Flask, account: Account, token: str) -> TestResponse:
    """Opens a linking URL made of a token, and returns the page."""
    return opened(app, f"/?domain={account.domain}&jwt={token}")


def flaw_of(page: TestResponse) -> str | None:
    """Returns the failed check that a page names."""
    return Screen(page.text).reason


def words_of(page: TestResponse) -> str:
    """Returns a page's visible text."""
    return Screen(page.text).text


def offered_on(page: TestResponse) -> list[str]:
    """Returns the networks that a page offers to link, in its order."""
    buttons = Screen(page.text).buttons
    return [name.removeprefix("Link ") for name in buttons if name.startswith("Link ")]
