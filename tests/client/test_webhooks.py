"""Checking the signatures of a webhook, as a receiver should."""

import base64

import pytest

from fakeayr.client.webhooks import is_signed

BODY = b"what do ya want for nothing?"
SECRET = "Jefe"
RIGHT = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
"""RFC 4231, test case 2."""
OTHER = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
ONE = "X-Authorization-Content-SHA256"
ALL = "X-Authorization-Content-SHA256-V2"


@pytest.mark.parametrize(
    "headers",
    [
        {ONE: RIGHT},
        {ALL: f"v1={RIGHT}"},
        {ONE: OTHER, ALL: f"v1={OTHER},v1={RIGHT}"},
        {ONE: OTHER, ALL: f"v1={RIGHT}, v1={OTHER}"},
        {ONE.lower(): RIGHT},
        {ALL.upper(): f"v1={RIGHT}"},
    ],
    ids=str,
)
def test_one_right_signature_is_enough(headers: dict[str, str]) -> None:
    assert is_signed(BODY, headers, SECRET)
    assert not is_signed(BODY + b" ", headers, SECRET)
    assert not is_signed(BODY, headers, "jefe")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {ONE: ""},
        {ONE: OTHER},
        {ONE: RIGHT.upper()},
        {ONE: f"sha256={RIGHT}"},
        {ONE: f"v1={RIGHT}"},
        {ONE: base64.b64encode(bytes.fromhex(RIGHT)).decode()},
        {ONE: "\xfc"},
        {ALL: RIGHT},
        {ALL: f"v2={RIGHT}"},
        {ALL: f"v1={RIGHT.upper()}"},
        {ALL: f"v1={OTHER}"},
        {ALL: f"xv1={RIGHT}"},
        {"X-Ayrshare-Signature": RIGHT},
    ],
    ids=str,
)
def test_everything_else_is_none(headers: dict[str, str]) -> None:
    assert not is_signed(BODY, headers, SECRET)
