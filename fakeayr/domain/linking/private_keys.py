"""Private keys as integrators send them: what is wrong with them, and whose they are."""

import base64
import binascii
import re
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final
from urllib.parse import unquote, unquote_plus

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)

from fakeayr.domain.advice import private_keys as damage
from fakeayr.domain.advice.pieces import Piece, advise
from fakeayr.domain.memo import Memo

KEY_BITS: Final = (1024, 2048, 4096)
"""Sizes an account's key may have; Ayrshare's own keys have 1024 bits."""

_ARMOUR = re.compile(r"-----BEGIN [A-Z0-9 ]+-----")
_EXACT = re.compile(
    r"\s*-----BEGIN (?P<kind>(?:RSA )?PRIVATE KEY)-----\r?\n"
    r"(?:[A-Za-z0-9+/=]{1,76}\r?\n)+"
    r"-----END (?P=kind)-----\s*"
)
# PKCS#8 of any algorithm but RSA. It is not even parsed: a Diffie-Hellman key takes half a minute.
_NO_RSA = re.compile(
    r"\s*-----BEGIN PRIVATE KEY-----\r?\n(?!MII[\w+/]{3}IBADANBgkqhkiG9w0BAQEFAA)", re.ASCII
)
_SMALLEST_BITS: Final = 512
_LONGEST_TEXT: Final = 8_192
_LONGEST_KEY: Final = 4_000
"""Characters as received and as read; a 4096-bit key has 3,300, encoded twice below 7,000. Checking
a larger key would keep a worker busy for seconds."""


class KeyCheck(StrEnum):
    """What a private key is worth to an account."""

    NO_ARMOUR = "no-armour"
    """No `-----BEGIN …-----` line at all."""
    UNUSABLE = "unusable"
    """Armour is there, but no RSA key can be read."""
    FOREIGN = "foreign"
    """A good RSA key that is not the account's."""
    OWN = "own"
    """The account's key."""


@dataclass(frozen=True, slots=True)
class ReadKey:
    """A private key as received.

    Attributes:
        check: What it is worth.
        key: The key to sign with, where it can be used.
        advice: What an integrator should mend.
    """

    check: KeyCheck
    key: RSAPrivateKey | None = None
    advice: tuple[Piece, ...] = ()


def generate(bits: int) -> str:
    """A new RSA private key of `bits` bits as PEM text (PKCS#1)."""
    key = generate_private_key(65537, bits)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()


def load_own(pem: str) -> RSAPrivateKey:
    """The key object of an account's own PEM text, which is known to be good."""
    return _load(pem.encode(), validate=False)


def public_key(pem: str) -> RSAPublicKey:
    """The public half of an account's own PEM text."""
    return load_own(pem).public_key()


def public_pem(pem: str) -> str:
    """The public half of an account's own PEM text, as PEM text (SubjectPublicKeyInfo)."""
    return write_public(public_key(pem))


def write_public(key: RSAPublicKey) -> str:
    """A public key as PEM text (SubjectPublicKeyInfo)."""
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def bits_of(pem: str) -> int:
    """The size of an account's own key in bits."""
    return load_own(pem).key_size


def read(text: str, *, is_base64: bool, own_pem: str) -> ReadKey:
    """Reads a `privateKey` field.

    The text must be precise: a key whose newlines were lost, whose lines are indented or whose
    newlines became a backslash and an n cannot be used, although lenient parsers would take it.
    URL-encoded text and CRLF line ends are accepted.

    Args:
        text: The field as received.
        is_base64: Whether the text is base64 of the key file (the field `base64`).
        own_pem: PEM text of the account's own key.
    """
    if len(text) > _LONGEST_TEXT:
        armoured = _ARMOUR.search(text) is not None
        too_long = advise("key-too-long", damage.PLACE, length=len(text))
        return ReadKey(KeyCheck.UNUSABLE if armoured else KeyCheck.NO_ARMOUR, advice=(too_long,))
    pem = _plain(text, is_base64=is_base64)
    if pem is None or not _ARMOUR.search(pem):
        why = damage.on_no_armour(text, is_base64=is_base64)
        return ReadKey(KeyCheck.NO_ARMOUR, advice=(why,))
    if len(pem) > _LONGEST_KEY or not _EXACT.fullmatch(pem):
        return ReadKey(KeyCheck.UNUSABLE, advice=damage.on_damage(pem))
    return _assess(pem, own_pem)


class KeyCache:
    """Remembers what was read of private keys: to validate one costs a hundred signatures.

    It knows texts by their digests only, and forgets the oldest ones.

    Args:
        most: How many keys it remembers.
    """

    def __init__(self, most: int = 1024) -> None:
        self._known: Memo[tuple[bytes, ...], Any] = Memo(most)

    def read(self, text: str, *, is_base64: bool, own_pem: str) -> ReadKey:
        """See `read`."""
        own = _digest(own_pem)
        sent = own if text == own_pem else _digest(text)
        known: ReadKey = self._known.get_or_make(
            (sent, own, b"64" if is_base64 else b""),
            lambda: read(text, is_base64=is_base64, own_pem=own_pem),
        )
        return known

    def public_key(self, pem: str) -> RSAPublicKey:
        """See `public_key`."""
        known: RSAPublicKey = self._known.get_or_make((_digest(pem),), lambda: public_key(pem))
        return known


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def _plain(text: str, *, is_base64: bool) -> str | None:
    """The text without its base64 and its URL encoding; `None` where it is no base64."""
    plain = _from_base64(text) if is_base64 else text
    if plain is None:
        return None
    if "-----BEGIN+" in plain:
        return unquote_plus(plain)
    encoded = any(mark in plain for mark in ("-----BEGIN%20", "%0A", "%0a"))
    return unquote(plain) if encoded else plain


def _assess(pem: str, own_pem: str) -> ReadKey:
    """What an undamaged-looking PEM text is worth."""
    advice = damage.on_line_ends(pem)
    if pem.split() == own_pem.split():  # Known to be good; to validate it costs 150 signatures.
        return ReadKey(KeyCheck.OWN, load_own(own_pem), advice)
    if _NO_RSA.match(pem):
        return ReadKey(KeyCheck.UNUSABLE, advice=damage.on_unreadable(pem))
    key = _validated(pem.strip().encode())
    if key is None:
        return ReadKey(KeyCheck.UNUSABLE, advice=damage.on_unreadable(pem))
    if key.public_key().public_numbers() != public_key(own_pem).public_numbers():
        foreign = advise("key-of-other-domain", damage.PLACE, bits=key.key_size)
        return ReadKey(KeyCheck.FOREIGN, key, (foreign, *advice))
    return ReadKey(KeyCheck.OWN, key, advice)


def _validated(pem: bytes) -> RSAPrivateKey | None:
    """The RSA key of a PEM text, after a check of its size; `None` if it is not good.

    The time it takes to validate a key grows with its primes, whatever the modulus is: two large
    primes with nonsense beside them would keep a worker busy for half a minute. A small key cannot
    hold an RS256 signature.
    """
    try:
        key = _load(pem, validate=False)
        primes = key.private_numbers()
        if max(primes.p.bit_length(), primes.q.bit_length()) > KEY_BITS[-1] // 2:
            return None
        return _load(pem, validate=True) if key.key_size >= _SMALLEST_BITS else None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None


def _load(pem: bytes, *, validate: bool) -> RSAPrivateKey:
    key = serialization.load_pem_private_key(
        pem, password=None, unsafe_skip_rsa_key_validation=not validate
    )
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("not an RSA key")
    return key


def _from_base64(text: str) -> str | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return None
