"""Linking tokens and linking URLs as a client sees them: taken apart without being believed."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from fakeayr.errors import FakeayrError


class TokenUnreadable(FakeayrError):
    """A text is no token."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token.

    Attributes:
        text: The token.
        header: Its decoded header.
        claims: Its decoded claims.
        signature: The bytes of its signature.
    """

    text: str
    header: dict[str, Any]
    claims: dict[str, Any]
    signature: bytes

    def is_signed_by(self, key: RSAPrivateKey | RSAPublicKey) -> bool:
        """Whether it is signed by RS256 with this key, or with the private half of it."""
        public = key.public_key() if isinstance(key, RSAPrivateKey) else key
        signed = self.text.rpartition(".")[0].encode()
        try:
            public.verify(self.signature, signed, PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True


def read_token(text: str) -> Token:
    """Takes a token apart.

    Raises:
        TokenUnreadable: It is none.
    """
    try:
        header, claims, signature = map(decode_segment, text.split("."))
        token = Token(text, json.loads(header), json.loads(claims), signature)
    except ValueError as error:
        raise TokenUnreadable(f"The token cannot be decoded: {error}.") from error
    if not isinstance(token.header, dict) or not isinstance(token.claims, dict):
        raise TokenUnreadable("The token's header or claims are no JSON object.")
    return token


def make_token(private_key: str, claims: Any, **header: Any) -> str:
    """A token as an integrator makes it without generateJWT.

    Args:
        private_key: PEM text of an RSA key, which need not be a good one.
        claims: What it claims; encoded as they are.
        **header: Adds to the token's header or replaces a part of it; the signature is RS256 all
            the same.
    """
    content = f"{_encode_json({'alg': 'RS256', 'typ': 'JWT', **header})}.{_encode_json(claims)}"
    signature = load_key(private_key).sign(content.encode(), PKCS1v15(), SHA256())
    return f"{content}.{encode_segment(signature)}"


def load_key(pem: str) -> RSAPrivateKey:
    """The key in a PEM text, whether or not its numbers belong together.

    Raises:
        ValueError: It is no RSA key.
    """
    key = load_pem_private_key(pem.encode(), None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("This is no RSA key.")
    return key


def encode_segment(data: bytes) -> str:
    """Bytes as a segment of a token: base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode_segment(segment: str) -> bytes:
    """The bytes in a segment of a token.

    Raises:
        ValueError: It is not base64url.
    """
    try:
        return base64.b64decode(segment + "=" * (-len(segment) % 4), b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error


def url_parameters(url: str) -> dict[str, str]:
    """The query parameters of a linking URL, decoded, in their order."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def _encode_json(value: Any) -> str:
    return encode_segment(json.dumps(value).encode())
