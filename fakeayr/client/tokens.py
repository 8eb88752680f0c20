"""Reads and makes linking tokens as a client does, without trusting their claims."""

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
    """The text is not a token."""


@dataclass(frozen=True, slots=True)
class Token:
    """A JSON Web Token.

    Attributes:
        text: The token itself.
        header: The decoded header.
        claims: The decoded claims.
        signature: The signature's bytes.
    """

    text: str
    header: dict[str, Any]
    claims: dict[str, Any]
    signature: bytes

    def is_signed_by(self, key: RSAPrivateKey | RSAPublicKey) -> bool:
        """Returns whether this key, or its private key, signed the token with RS256."""
        public = key.public_key() if isinstance(key, RSAPrivateKey) else key
        signed = self.text.rpartition(".")[0].encode()
        try:
            public.verify(self.signature, signed, PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True


def read_token(text: str) -> Token:
    """Decodes a token without verifying it.

    Raises:
        TokenUnreadable: The text is not a token.
    """
    try:
        header, claims, signature = map(decode_segment, text.split("."))
        token = Token(text, json.loads(header), json.loads(claims), signature)
    except ValueError as error:
        raise TokenUnreadable(f"The token cannot be decoded: {error}.") from error
    if not isinstance(token.header, dict) or not isinstance(token.claims, dict):
        raise TokenUnreadable("The token's header or claims are not a JSON object.")
    return token


def make_token(private_key: str, claims: Any, **header: Any) -> str:
    """Returns a signed token, as an integrator without generateJWT would make it.

    Args:
        private_key: PEM text of an RSA key; its numbers need not match.
        claims: The claims, encoded as they are.
        **header: Fields to add to the header or replace in it. The signature is always RS256.

    Raises:
        ValueError: The text is not an RSA key.
    """
    content = f"{_encode_json({'alg': 'RS256', 'typ': 'JWT', **header})}.{_encode_json(claims)}"
    signature = load_key(private_key).sign(content.encode(), PKCS1v15(), SHA256())
    return f"{content}.{encode_segment(signature)}"


def load_key(pem: str) -> RSAPrivateKey:
    """Returns the key in a PEM text, even if its numbers do not match.

    Raises:
        ValueError: The text is not an RSA key.
    """
    key = load_pem_private_key(pem.encode(), None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("This is not an RSA key.")
    return key


def encode_segment(data: bytes) -> str:
    """Encodes bytes as a segment of a token: base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode_segment(segment: str) -> bytes:
    """Returns the bytes in a segment of a token.

    Raises:
        ValueError: The segment is not base64url.
    """
    try:
        return base64.b64decode(segment + "=" * (-len(segment) % 4), b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error


def url_parameters(url: str) -> dict[str, str]:
    """Returns the query parameters of a linking URL, decoded and in order."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def _encode_json(value: Any) -> str:
    return encode_segment(json.dumps(value).encode())
