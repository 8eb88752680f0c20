"""Linking URLs as a test sees them: their parameters, their tokens, and the page they open."""

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
    """A token's header, claims and signature, as the bytes that they are."""
    header, claims, signature = map(decode_segment, token.split("."))
    return header, claims, signature


def claims_of(token: str) -> dict[str, Any]:
    """What a token claims."""
    return read_token(token).claims


def claims_for(account: Account, profile_key: str, **changes: Any) -> dict[str, Any]:
    """The claims of a good token, valid for 5 minutes from the start of a test.

    `changes` replace some; a claim that becomes `None` is left out.
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
    """A header or claims as a token's segment."""
    return base64url(json.dumps(value).encode())


def opened(app: Flask, url: str, **options: Any) -> TestResponse:
    """The page behind a linking URL, as a browser without cookies sees it."""
    path = f"{urlsplit(url).path or '/'}?{urlsplit(url).query}"
    return app.test_client().get(path, follow_redirects=True, **options)


def open_token(app: Flask, account: Account, token: str) -> TestResponse:
    """The page behind a token, put into a URL by hand."""
    return opened(app, f"/?domain={account.domain}&jwt={token}")


def flaw_of(page: TestResponse) -> str | None:
    """The check that failed, as the page that refuses a link names it."""
    return Screen(page.text).reason


def words_of(page: TestResponse) -> str:
    """What a person reads on a page."""
    return Screen(page.text).text


def offered_on(page: TestResponse) -> list[str]:
    """The networks that a linking page offers to link, in its order."""
    buttons = Screen(page.text).buttons
    return [name.removeprefix("Link ") for name in buttons if name.startswith("Link ")]
