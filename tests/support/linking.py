"""Linking URLs as a test sees them: their parameters, their tokens, and the page they open."""

import base64
import html
import json
import re
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.accounts import Account
from tests.support.clock import START

AUDIENCE: Final = "https://app.ayrshare.com"


def parameters(url: str) -> dict[str, str]:
    """The query parameters of a URL, decoded, in their order."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def segments(token: str) -> tuple[bytes, bytes, bytes]:
    """A token's header, claims and signature, as the bytes that they are."""
    header, claims, signature = (
        base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split(".")
    )
    return header, claims, signature


def claims_of(token: str) -> dict[str, Any]:
    """What a token claims."""
    claims: dict[str, Any] = json.loads(segments(token)[1])
    return claims


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


def self_signed(private_key: str, claims: Any, **header: Any) -> str:
    """A token as an integrator makes it without generateJWT.

    `header` adds to the token's header or replaces a part of it; the signature is RS256 all the
    same.
    """
    key = load_pem_private_key(private_key.encode(), None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(key, RSAPrivateKey)
    content = f"{encoded({'alg': 'RS256', 'typ': 'JWT', **header})}.{encoded(claims)}"
    signature = key.sign(content.encode(), PKCS1v15(), SHA256())
    return f"{content}.{base64url(signature)}"


def encoded(value: Any) -> str:
    """A header or claims as a token's segment."""
    return base64url(json.dumps(value).encode())


def base64url(data: bytes) -> str:
    """Bytes as a token's segment."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def opened(app: Flask, url: str, **options: Any) -> TestResponse:
    """The page behind a linking URL, as a browser without cookies sees it."""
    path = f"{urlsplit(url).path or '/'}?{urlsplit(url).query}"
    return app.test_client().get(path, follow_redirects=True, **options)


def open_token(app: Flask, account: Account, token: str) -> TestResponse:
    """The page behind a token, put into a URL by hand."""
    return opened(app, f"/?domain={account.domain}&jwt={token}")


def flaw_of(page: TestResponse) -> str | None:
    """The check that failed, as the page that refuses a link names it."""
    found = re.search(r'data-flaw="([^"]+)"', page.text)
    return found[1] if found else None


def words_of(page: TestResponse) -> str:
    """What a person reads on a page."""
    body = re.sub(r"<(style|script|head)\b.*?</\1>", " ", page.text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def offered_on(page: TestResponse) -> list[str]:
    """The networks on a linking page, in its order."""
    return [html.unescape(name) for name in re.findall(r'aria-label="Link ([^"]+)"', page.text)]
