"""Tokens as a client sees them."""

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from fakeayr.client.tokens import (
    TokenUnreadable,
    decode_segment,
    encode_segment,
    load_key,
    make_token,
    read_token,
    url_parameters,
)
from fakeayr.domain.linking import private_keys


def test_a_token_is_taken_apart_without_being_believed() -> None:
    pem = private_keys.generate(1024)
    token = read_token(make_token(pem, {"iss": "acme"}, kid="1"))
    assert token.header == {"alg": "RS256", "typ": "JWT", "kid": "1"}
    assert token.claims == {"iss": "acme"}
    assert token.is_signed_by(load_key(pem))
    assert token.is_signed_by(load_key(pem).public_key())
    assert not token.is_signed_by(rsa.generate_private_key(65537, 1024))
    forged = read_token(token.text.replace(token.text.split(".")[1], encode_segment(b"{}")))
    assert not forged.is_signed_by(load_key(pem))


@pytest.mark.parametrize(
    "text",
    ["", "a.b", "a.b.c.d", "e30.e30.ä", "e30.e30.+", f"{encode_segment(b'[]')}.e30.", "e30.e31.x"],
)
def test_what_is_no_token_is_said_to_be_none(text: str) -> None:
    with pytest.raises(TokenUnreadable, match=r"^The token"):
        read_token(text)


@pytest.mark.parametrize("data", [b"", b"a", b"ab", b"abc", bytes(range(256))])
def test_segments_hold_any_bytes(data: bytes) -> None:
    assert decode_segment(encode_segment(data)) == data


def test_a_url_shows_its_parameters_in_order() -> None:
    url = "https://profile.ayrshare.com?domain=acme&jwt=a.b.c&logout=&redirect=https%3A%2F%2Fa%2F"
    assert list(url_parameters(url).items()) == [
        ("domain", "acme"),
        ("jwt", "a.b.c"),
        ("logout", ""),
        ("redirect", "https://a/"),
    ]
