"""Private keys that are damaged, of another kind, or made to keep a server busy.

Whatever the key: the answer is a URL or code 189, soon, and `verify` says what opening will say.
"""

import base64
import json
import textwrap
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from hypothesis import example, given
from hypothesis import strategies as st

from fakeayr.domain.linking import private_keys
from fakeayr.web import development
from tests.support.siege import Siege, Target, error_of
from tests.support.strategies import texts

pytestmark = pytest.mark.slow

PKCS1: Final = development.private_key()
_OWN: Final = private_keys.load_own(PKCS1)
PKCS8: Final = _OWN.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def is_accepted(siege: Siege, target: Target, key: str, *, is_base64: bool = False) -> bool:
    """Whether a key opens the page; `verify` must have said so."""
    verified = _url_for(siege, target, key, is_base64=is_base64, verify=True)
    unverified = _url_for(siege, target, key, is_base64=is_base64, verify=False)
    opens = unverified is not None and _opens(siege, target, unverified)
    assert opens == (verified is not None)
    assert verified is None or _opens(siege, target, verified)
    return opens


def _url_for(
    siege: Siege, target: Target, key: str, *, is_base64: bool, verify: bool
) -> str | None:
    body = target.linking_fields | {"privateKey": key, "base64": is_base64, "verify": verify}
    answer = siege.attack(
        target,
        method="POST",
        path="/api/profiles/generateJWT",
        headers={"Content-Type": "application/json"},
        data=json.dumps(body).encode("utf-8", "replace"),
    )
    error = error_of(answer)
    if error is None:
        return str(answer.get_json()["url"])
    assert error["code"] in {101, 189}
    return None


def _opens(siege: Siege, target: Target, url: str) -> bool:
    page = siege.attack(target, path="/", query=urlsplit(url).query.encode())
    return page.status_code == 200


@pytest.mark.parametrize("key", [PKCS1, PKCS8], ids=["PKCS#1", "PKCS#8"])
def test_the_accounts_own_key_is_accepted(siege: Siege, target: Target, key: str) -> None:
    assert is_accepted(siege, target, key)


# Damage

_LETTERS: Final = "Aa0+/=-_ \t\r\n\\\0é🔑"
_Damage = Callable[[str, int, str], str]
_DAMAGE: Final[dict[str, _Damage]] = {
    "replaced": lambda key, at, letter: key[:at] + letter + key[at + 1 :],
    "inserted": lambda key, at, letter: key[:at] + letter + key[at:],
    "dropped": lambda key, at, _: key[:at] + key[at + 1 :],
    "doubled": lambda key, at, _: key[: at + 1] + key[at:],
    "swapped": lambda key, at, _: key[:at] + key[at : at + 2][::-1] + key[at + 2 :],
    "in the other case": lambda key, at, _: key[:at] + key[at].swapcase() + key[at + 1 :],
    "cut off": lambda key, at, _: key[:at],
    "begun late": lambda key, at, _: key[at:],
    "torn": lambda key, at, letter: key[:at] + letter * 100 + key[at:],
}


@pytest.mark.parametrize("damage", _DAMAGE)
@given(data=st.data(), letter=st.sampled_from(_LETTERS))
def test_a_damaged_character(siege: Siege, damage: str, data: st.DataObject, letter: str) -> None:
    key = data.draw(st.sampled_from((PKCS1, PKCS8)))
    at = data.draw(st.integers(0, len(key) - 1))
    wrapping = data.draw(st.sampled_from(("plain", "base64", "URL-encoded", "inside base64")))
    damaged = _DAMAGE[damage](key, at, letter)
    with siege.target() as target:
        if wrapping == "base64":
            encoded = base64.b64encode(key.encode()).decode()
            is_accepted(siege, target, _DAMAGE[damage](encoded, at, letter), is_base64=True)
        elif wrapping == "inside base64":
            encoded = base64.b64encode(damaged.encode()).decode()
            is_accepted(siege, target, encoded, is_base64=True)
        elif wrapping == "URL-encoded":
            is_accepted(siege, target, _DAMAGE[damage](quote(key), at, letter))
        elif is_accepted(siege, target, damaged):
            assert _numbers_of(damaged) == _numbers_of(key)


def _numbers_of(pem: str) -> rsa.RSAPrivateNumbers:
    key = load_pem_private_key(pem.strip().encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key.private_numbers()


@given(key=texts | st.text(st.sampled_from("-BEGIN RSAPVTKYD\nMIIC=")), is_base64=st.booleans())
@example(key="-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----\n", is_base64=False)
@example(
    key="-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----", is_base64=False
)
@example(
    key="-----BEGIN RSA PRIVATE KEY-----\n====\n-----END RSA PRIVATE KEY-----", is_base64=False
)
@example(key="-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----", is_base64=False)
@example(key="-----BEGIN X-----" * 400, is_base64=False)
@example(key=" \t" * 4_000 + "\n-----BEGIN A-----\n-----END A-----", is_base64=False)
@example(key="-----BEGIN A-----\n" + "x" + " \t" * 4_000 + "x\n-----END A-----", is_base64=False)
@example(key="%2D" * 2_000 + "-----BEGIN%20A-----%0A", is_base64=False)
@example(key="LS0t" * 2_000, is_base64=True)
def test_a_text_that_is_no_key(siege: Siege, key: str, is_base64: bool) -> None:
    with siege.target() as target:
        assert not is_accepted(siege, target, key, is_base64=is_base64)


# Keys of other kinds


def _written(
    key: Any, kind: PrivateFormat = PrivateFormat.PKCS8, password: bytes | None = None
) -> str:
    encryption = NoEncryption() if password is None else BestAvailableEncryption(password)
    pem: bytes = key.private_bytes(Encoding.PEM, kind, encryption)
    return pem.decode()


def _relabelled(pem: str, label: str) -> str:
    lines = pem.strip().splitlines()
    return "\n".join([f"-----BEGIN {label}-----", *lines[1:-1], f"-----END {label}-----", ""])


_OLDER: Final = PrivateFormat.TraditionalOpenSSL
_OTHER_KEYS: Final[dict[str, Callable[[], str]]] = {
    "EC": lambda: _written(ec.generate_private_key(ec.SECP256R1()), _OLDER),
    "EC in PKCS#8": lambda: _written(ec.generate_private_key(ec.SECP256R1())),
    "EC called RSA": lambda: _relabelled(_OTHER_KEYS["EC"](), "RSA PRIVATE KEY"),
    "Ed25519": lambda: _written(ed25519.Ed25519PrivateKey.generate()),
    "Ed448": lambda: _written(ed448.Ed448PrivateKey.generate()),
    "X25519": lambda: _written(x25519.X25519PrivateKey.generate()),
    "DSA": lambda: _written(dsa.generate_private_key(1024), _OLDER),
    "DSA in PKCS#8": lambda: _written(dsa.generate_private_key(1024)),
    "encrypted": lambda: _written(_OWN, password=b"password"),
    "encrypted, older": lambda: _written(_OWN, _OLDER, b"password"),
    "OpenSSH": lambda: _written(_OWN, PrivateFormat.OpenSSH),
    "the public key": lambda: private_keys.public_pem(PKCS1),
    "a certificate": lambda: _relabelled(PKCS1, "CERTIFICATE"),
    "PKCS#8 called PKCS#1": lambda: _relabelled(PKCS8, "RSA PRIVATE KEY"),
    "PKCS#1 called PKCS#8": lambda: _relabelled(PKCS1, "PRIVATE KEY"),
    "RSA, 1024 bits": lambda: private_keys.generate(1024),
    "RSA, 1025 bits": lambda: private_keys.generate(1025),
    "RSA, exponent 3": lambda: _written(rsa.generate_private_key(3, 1024), _OLDER),
    "RSA, 234 bits": lambda: _pem(_good_rsa(_prime(107), _prime(127))),
    "RSA, 12 bits": lambda: _pem(_rsa(61 * 53, 17, 2753, 61, 53, 53, 49, 38)),
    "a foreign key, then ours": lambda: private_keys.generate(1024) + PKCS1,
    "ours twice": lambda: PKCS1 + PKCS1,
    "words before ours": lambda: f"Here is the key:\n{PKCS1}",
    "words behind ours": lambda: f"{PKCS1}Keep it safe.\n",
}


@pytest.mark.parametrize("kind", _OTHER_KEYS)
def test_only_the_accounts_own_key_opens_the_page(siege: Siege, target: Target, kind: str) -> None:
    key = _OTHER_KEYS[kind]()
    assert not is_accepted(siege, target, key)
    assert not is_accepted(siege, target, base64.b64encode(key.encode()).decode(), is_base64=True)


# Keys that nobody's library made


def _der(tag: int, *contents: bytes) -> bytes:
    content = b"".join(contents)
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _integer(value: int) -> bytes:
    return _der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def _rsa(*numbers: int, version: int = 0) -> bytes:
    """PKCS#1; the numbers are n, e, d, p, q, d mod p-1, d mod q-1, and 1/q mod p."""
    return _der(0x30, _integer(version), *map(_integer, numbers))


def _good_rsa(p: int, q: int) -> bytes:
    d = pow(65_537, -1, (p - 1) * (q - 1))
    return _rsa(p * q, 65_537, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))


def _pkcs8(algorithm: str, parameters: bytes, key: bytes) -> bytes:
    """PKCS#8 of any algorithm; `algorithm` is the content of its object identifier in hex."""
    identifier = _der(0x30, _der(0x06, bytes.fromhex(algorithm)), parameters)
    return _der(0x30, _integer(0), identifier, _der(0x04, key))


def _pem(der: bytes, label: str = "RSA PRIVATE KEY") -> str:
    body = "\n".join(textwrap.wrap(base64.b64encode(der).decode(), 76))
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"


_numbers: Final = st.integers(-5, 5) | st.sampled_from(
    (2**64, 2**1023 + 1, 2**1024 - 1, 2**2048 - 1, 2**4096 + 1, 65_537, 61, 53)
)


@given(numbers=st.lists(_numbers, max_size=10), version=st.integers(-1, 3), pkcs8=st.booleans())
def test_numbers_that_make_no_key(
    siege: Siege, numbers: list[int], version: int, pkcs8: bool
) -> None:
    der = _rsa(*numbers, version=version)
    key = _pem(_pkcs8(_RSA, _NULL, der), "PRIVATE KEY") if pkcs8 else _pem(der)
    with siege.target() as target:
        assert not is_accepted(siege, target, key)


@given(data=st.data())
def test_one_wrong_number_in_a_good_key(siege: Siege, data: st.DataObject) -> None:
    own = _numbers_of(PKCS1)
    public = own.public_numbers
    right = [public.n, public.e, own.d, own.p, own.q, own.dmp1, own.dmq1, own.iqmp]
    at = data.draw(st.integers(0, len(right) - 1))
    change = data.draw(st.sampled_from((1, -1, 2, 2**100, -right[at], public.n)))
    wrong = [*right[:at], right[at] + change, *right[at + 1 :]]
    with siege.target() as target:
        if is_accepted(siege, target, _pem(_rsa(*wrong))):
            assert _numbers_of(_pem(_rsa(*wrong))).public_numbers == public


@given(
    algorithm=st.sampled_from(("2a864886f70d010101", "2a8648ce380401", "2a8648ce3d0201", "2b6570")),
    parameters=st.binary(max_size=40),
    key=st.binary(max_size=200),
)
def test_any_bytes_in_pkcs8(siege: Siege, algorithm: str, parameters: bytes, key: bytes) -> None:
    pem = _pem(_pkcs8(algorithm, parameters, key), "PRIVATE KEY")
    with siege.target() as target:
        assert not is_accepted(siege, target, pem)


# Keys that take long to check

_NULL: Final = _der(0x05)
_RSA: Final = "2a864886f70d010101"
_RSA_PSS: Final = "2a864886f70d01010a"
_DH: Final = "2a864886f70d010301"
_DHX: Final = "2a8648ce3e0201"
_DSA: Final = "2a8648ce380401"


def _prime(bits: int) -> int:
    """A Mersenne prime: as hard to check as any other, and known without a search."""
    return (1 << bits) - 1


def _of_primes(bits_of_p: int, bits_of_q: int) -> bytes:
    """An RSA key with good primes; what comes after them is small nonsense."""
    p, q = _prime(bits_of_p), _prime(bits_of_q)
    return _rsa(p * q, 65_537, 3, p, q, 3, 3, 3)


_SLOW_KEYS: Final[dict[str, Callable[[], str]]] = {
    "RSA with one huge prime": lambda: _pem(_of_primes(9_941, 1_279)),
    "RSA with two large primes": lambda: _pem(_of_primes(4_423, 4_253)),
    "RSA a little too large": lambda: _pem(_of_primes(2_281, 2_203)),
    "RSA with a small modulus": lambda: _pem(_rsa(15, 3, 3, _prime(9_941), _prime(9_689), 3, 3, 3)),
    "RSA with a huge exponent": lambda: _pem(_rsa(15, 2**20_000 + 1, 3, 3, 5, 1, 1, 2)),
    "RSA in PKCS#8": lambda: _pem(_pkcs8(_RSA, _NULL, _of_primes(9_689, 521)), "PRIVATE KEY"),
    "RSA-PSS": lambda: _pem(_pkcs8(_RSA_PSS, b"", _of_primes(9_689, 521)), "PRIVATE KEY"),
    "Diffie-Hellman": lambda: _pem(
        _pkcs8(_DH, _der(0x30, _integer(_prime(9_941)), _integer(2)), _integer(2**9_000 + 1)),
        "PRIVATE KEY",
    ),
    "Diffie-Hellman, X9.42": lambda: _pem(
        _pkcs8(
            _DHX,
            _der(0x30, _integer(_prime(9_941)), _integer(2), _integer(_prime(521))),
            _integer(2**9_000 + 1),
        ),
        "PRIVATE KEY",
    ),
    "DSA": lambda: _pem(
        _pkcs8(
            _DSA,
            _der(0x30, _integer(2**7_000 + 1), _integer(2**7_000 - 1), _integer(3)),
            _integer(2**6_900 + 1),
        ),
        "PRIVATE KEY",
    ),
    "a good key of 4096 bits": lambda: private_keys.generate(4_096),
}


@pytest.mark.parametrize("kind", _SLOW_KEYS)
def test_a_key_that_takes_long_to_check_is_refused_soon(
    siege: Siege, target: Target, kind: str
) -> None:
    """`Siege.attack` measures the time; OpenSSL alone would need half a minute for some."""
    assert not is_accepted(siege, target, _SLOW_KEYS[kind]())
