"""The field `privateKey`: what is accepted, what is refused, and what only fails when opened.

Ayrshare answers a URL for most damaged keys, unless `verify` is true; the URL's page then says 401.
"""

import base64
import textwrap
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from flask import Flask

from fakeayr.domain.linking import private_keys
from fakeayr.domain.linking.private_keys import KeyCheck, ReadKey
from tests.support.accounts import Account, OpenAccount
from tests.support.linking import flaw_of, opened

Mangling = Callable[[str], str]

NO_START_LINE = (
    "Error generating JWT. Check the sent parameters, such as the privateKey has no extra tabs, "
    "spaces, or newlines. Error: error:0909006C:PEM routines:get_name:no start line"
)
WHOLE_KEY_FILE = (
    "Error generating JWT. Check the sent parameters, such as the privateKey has no extra tabs, "
    "spaces, or newlines. Also the entire private.key file including "
    "-----BEGIN RSA PRIVATE KEY----- and -----END RSA PRIVATE KEY-----. "
)
NOT_ASYMMETRIC = (
    f"{WHOLE_KEY_FILE}Error: secretOrPrivateKey must be an asymmetric key when using RS256"
)
INVALID_SIGNATURE = f"{WHOLE_KEY_FILE}Error: invalid signature"


@pytest.fixture(scope="module")
def own() -> str:
    """An account's private key."""
    return private_keys.generate(1024)


@pytest.fixture(scope="module")
def foreign() -> str:
    """A good RSA key that is another domain's."""
    return private_keys.generate(1024)


def as_base64(pem: str) -> str:
    return base64.b64encode(pem.encode()).decode()


def as_base64_command_prints_it(pem: str) -> str:
    return base64.encodebytes(pem.encode()).decode()


def names(read: ReadKey) -> list[str]:
    """The names of what is advised on a key."""
    return [piece.name for piece in read.advice]


def body_of(pem: str) -> str:
    """The base64 between the armour lines."""
    return "\n".join(pem.strip().splitlines()[1:-1])


def with_changed_character(pem: str) -> str:
    """The key with one base64 character in its middle replaced."""
    middle = len(pem) // 2
    position = next(index for index in range(middle, len(pem)) if pem[index].isalpha())
    return pem[:position] + ("B" if pem[position] != "B" else "C") + pem[position + 1 :]


def without_a_character(pem: str) -> str:
    middle = len(pem) // 2
    position = next(index for index in range(middle, len(pem)) if pem[index].isalpha())
    return pem[:position] + pem[position + 1 :]


def written_as(pem: str, key_format: serialization.PrivateFormat) -> str:
    """The same key in another of the formats that a PEM file can have."""
    key = serialization.load_pem_private_key(pem.encode(), None)
    return _pem(key, key_format)


def encrypted(pem: str) -> str:
    key = serialization.load_pem_private_key(pem.encode(), None)
    secured = serialization.BestAvailableEncryption(b"password")
    return _pem(key, serialization.PrivateFormat.TraditionalOpenSSL, secured)


def encrypted_pkcs8(pem: str) -> str:
    key = serialization.load_pem_private_key(pem.encode(), None)
    secured = serialization.BestAvailableEncryption(b"password")
    return _pem(key, serialization.PrivateFormat.PKCS8, secured)


def public_half(pem: str) -> str:
    return private_keys.public_pem(pem)


def elliptic_curve(_: str) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return _pem(key, serialization.PrivateFormat.TraditionalOpenSSL)


def elliptic_curve_pkcs8(_: str) -> str:
    return _pem(ec.generate_private_key(ec.SECP256R1()), serialization.PrivateFormat.PKCS8)


def ed25519_key(_: str) -> str:
    return _pem(ed25519.Ed25519PrivateKey.generate(), serialization.PrivateFormat.PKCS8)


def _pem(
    key: PrivateKeyTypes,
    key_format: serialization.PrivateFormat,
    encryption: serialization.KeySerializationEncryption | None = None,
) -> str:
    secured = encryption or serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, key_format, secured).decode()


# What is accepted.

ACCEPTED: dict[str, Mangling] = {
    "exactly the file": lambda pem: pem,
    "no newline at the end": lambda pem: pem.rstrip("\n"),
    "several newlines at the end": lambda pem: f"{pem}\n\n",
    "Windows line ends": lambda pem: pem.replace("\n", "\r\n"),
    "URL-encoded": lambda pem: quote(pem, safe=""),
    "URL-encoded in lower case": lambda pem: quote(pem, safe="").replace("%0A", "%0a"),
    "URL-encoded as a form": quote_plus,
    "only its newlines URL-encoded": lambda pem: pem.replace("\n", "%0A"),
    "PKCS#8": lambda pem: written_as(pem, serialization.PrivateFormat.PKCS8),
}


@pytest.mark.parametrize("mangling", ACCEPTED.values(), ids=ACCEPTED)
def test_the_domains_key_is_read(own: str, mangling: Mangling) -> None:
    read = private_keys.read(mangling(own), is_base64=False, own_pem=own)
    assert read.check is KeyCheck.OWN


@pytest.mark.parametrize("name", sorted(ACCEPTED.keys() - {"PKCS#8"}))
def test_the_file_that_was_handed_out_is_known_without_validating_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = private_keys.generate(1024)
    monkeypatch.setattr(private_keys, "_validated", pytest.fail)
    read = private_keys.read(ACCEPTED[name](own), is_base64=False, own_pem=own)
    assert read.check is KeyCheck.OWN


BASE64: dict[str, Mangling] = {
    "on one line": as_base64,
    "with the line breaks of the base64 command": as_base64_command_prints_it,
    "with Windows line breaks": lambda pem: as_base64_command_prints_it(pem).replace("\n", "\r\n"),
    "of a file with Windows line ends": lambda pem: as_base64(pem.replace("\n", "\r\n")),
    "of a file without a newline at its end": lambda pem: as_base64(pem.strip()),
    "of a URL-encoded file": lambda pem: as_base64(quote(pem, safe="")),
}


@pytest.mark.parametrize("encoding", BASE64.values(), ids=BASE64)
def test_base64_of_the_domains_key_is_read_when_the_request_says_so(
    own: str, encoding: Mangling
) -> None:
    read = private_keys.read(encoding(own), is_base64=True, own_pem=own)
    assert read.check is KeyCheck.OWN


@pytest.mark.parametrize("bits", [1024, 2048, 4096])
def test_keys_of_three_sizes_are_read_in_every_encoding(bits: int) -> None:
    pem = private_keys.generate(bits)
    assert private_keys.read(pem, is_base64=False, own_pem=pem).check is KeyCheck.OWN
    assert (
        private_keys.read(quote(pem, safe=""), is_base64=False, own_pem=pem).check is KeyCheck.OWN
    )
    lines = as_base64_command_prints_it(pem)
    assert private_keys.read(lines, is_base64=True, own_pem=pem).check is KeyCheck.OWN


def test_windows_line_ends_are_accepted_with_advice(own: str) -> None:
    read = private_keys.read(own.replace("\n", "\r\n"), is_base64=False, own_pem=own)
    assert names(read) == ["key-crlf"]
    assert read.advice[0].values == {"count": str(own.count("\n"))}


# What has no armour: refused at once.

NO_ARMOUR: dict[str, tuple[Mangling, str]] = {
    "nothing": (lambda _: "", "key-empty"),
    "a name": (lambda _: "private.key", "key-is-file-name"),
    "the first line lost": (lambda pem: pem.partition("\n")[2], "key-no-first-line"),
    "only the base64 in the middle": (body_of, "key-no-first-line"),
    "a dash lost at the beginning": (lambda pem: pem[1:], "key-no-first-line"),
    "base64 without saying so": (as_base64, "key-base64-without-flag"),
    "base64 with line breaks without saying so": (
        as_base64_command_prints_it,
        "key-base64-without-flag",
    ),
}


@pytest.mark.parametrize(("mangling", "advice"), NO_ARMOUR.values(), ids=NO_ARMOUR)
def test_a_text_without_armour_is_told_from_a_key(
    own: str, mangling: Mangling, advice: str
) -> None:
    read = private_keys.read(mangling(own), is_base64=False, own_pem=own)
    assert read.check is KeyCheck.NO_ARMOUR
    assert names(read) == [advice]


NOT_BASE64: dict[str, tuple[Mangling, str]] = {
    "the key itself": (lambda pem: pem, "key-base64-flag-without-base64"),
    "words": (lambda _: "my private key", "key-not-base64"),
    "base64 of something else": (lambda _: as_base64("my private key"), "key-not-base64"),
    "base64 of bytes": (lambda _: "/////w==", "key-not-base64"),
    "base64 cut off": (lambda pem: as_base64(pem)[:101], "key-not-base64"),
}


@pytest.mark.parametrize(("mangling", "advice"), NOT_BASE64.values(), ids=NOT_BASE64)
def test_base64_that_is_none_is_told_from_a_key(own: str, mangling: Mangling, advice: str) -> None:
    read = private_keys.read(mangling(own), is_base64=True, own_pem=own)
    assert read.check is KeyCheck.NO_ARMOUR
    assert names(read) == [advice]


# What has armour, but cannot be used.

UNUSABLE: dict[str, tuple[Mangling, str]] = {
    "a character missing": (without_a_character, "key-damaged"),
    "a character changed": (with_changed_character, "key-damaged"),
    "a line missing": (
        lambda pem: "\n".join(pem.splitlines()[:3] + pem.splitlines()[4:]),
        "key-cut",
    ),
    "a backslash and an n for every newline": (
        lambda pem: pem.replace("\n", "\\n"),
        "key-backslash-n",
    ),
    "newlines lost": (lambda pem: pem.replace("\n", ""), "key-newlines-lost"),
    "spaces for newlines": (lambda pem: pem.replace("\n", " "), "key-newlines-became-spaces"),
    "cut off": (lambda pem: pem[:400], "key-end-missing"),
    "the last line lost": (lambda pem: "\n".join(pem.splitlines()[:-1]), "key-end-missing"),
    "indented lines": (lambda pem: textwrap.indent(pem, "  "), "key-indented"),
    "tabs before lines": (lambda pem: textwrap.indent(pem, "\t"), "key-indented"),
    "spaces behind lines": (lambda pem: pem.replace("\n", " \n"), "key-indented"),
    "empty lines between": (lambda pem: pem.replace("\n", "\n\n"), "key-empty-lines"),
    "quotes around": (lambda pem: f'"{pem}"', "key-quoted"),
    "encrypted": (encrypted, "key-encrypted"),
    "encrypted as PKCS#8": (encrypted_pkcs8, "key-encrypted"),
    "the public half": (public_half, "key-public"),
    "an EC key": (elliptic_curve, "key-not-rsa"),
    "an EC key as PKCS#8": (elliptic_curve_pkcs8, "key-not-rsa"),
    "an Ed25519 key": (ed25519_key, "key-not-rsa"),
    "armour around nothing": (
        lambda _: "-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----\n",
        "key-not-exact",
    ),
    "two different armour lines": (
        lambda pem: pem.replace("END RSA PRIVATE KEY", "END PRIVATE KEY"),
        "key-not-exact",
    ),
}


@pytest.mark.parametrize(("mangling", "advice"), UNUSABLE.values(), ids=UNUSABLE)
def test_a_damaged_key_is_told_with_its_accident(own: str, mangling: Mangling, advice: str) -> None:
    read = private_keys.read(mangling(own), is_base64=False, own_pem=own)
    assert read.check is KeyCheck.UNUSABLE
    assert read.key is None
    assert names(read) == [advice]


def test_a_damaged_key_is_found_through_its_base64(own: str) -> None:
    mangled = as_base64(own.replace("\n", "\\n"))
    read = private_keys.read(mangled, is_base64=True, own_pem=own)
    assert read.check is KeyCheck.UNUSABLE
    assert names(read) == ["key-backslash-n"]


def test_another_domains_key_can_be_used_but_is_known_as_foreign(own: str, foreign: str) -> None:
    read = private_keys.read(foreign, is_base64=False, own_pem=own)
    assert read.check is KeyCheck.FOREIGN
    assert isinstance(read.key, RSAPrivateKey)


def test_a_key_larger_than_any_of_ayrshares_is_not_weighed(own: str) -> None:
    armour = "-----BEGIN RSA PRIVATE KEY-----\n{}-----END RSA PRIVATE KEY-----\n"
    huge = armour.format(("A" * 64 + "\n") * 100_000)
    assert private_keys.read(huge, is_base64=False, own_pem=own).check is KeyCheck.UNUSABLE
    assert (
        private_keys.read("A" * 1_000_000, is_base64=False, own_pem=own).check is KeyCheck.NO_ARMOUR
    )


# What each standing means to the caller.


@pytest.mark.parametrize("verify", [False, True])
@pytest.mark.parametrize(
    "fields",
    [
        {"privateKey": "not a key"},
        {"privateKey": "not a key", "base64": True},
    ],
    ids=["plain", "base64"],
)
def test_without_armour_there_is_no_url(
    account: Account, profile_key: str, fields: dict[str, Any], verify: bool
) -> None:
    response = account.generate_jwt(profile_key, verify=verify, **fields)
    error = response.get_json()
    assert response.status_code == 400
    assert (error["action"], error["code"]) == ("JWT", 189)
    assert error["message"] == NO_START_LINE


def test_the_key_itself_with_base64_true_has_no_armour(account: Account, profile_key: str) -> None:
    error = account.generate_jwt(profile_key, base64=True).get_json()
    assert (error["code"], error["message"]) == (189, NO_START_LINE)
    assert error["details"] == (
        "base64 is true; privateKey has the key's own first line. Leave base64 out."
    )


@pytest.mark.parametrize(
    "mangling",
    [without_a_character, lambda pem: pem[:400], lambda pem: pem.replace("\n", "")],
    ids=["a character missing", "truncated", "newlines lost"],
)
def test_a_damaged_key_gives_a_url_whose_opening_fails(
    app: Flask, account: Account, profile_key: str, mangling: Mangling
) -> None:
    response = account.generate_jwt(profile_key, privateKey=mangling(account.private_key))
    page = opened(app, response.get_json()["url"])
    assert response.status_code == 200
    assert page.status_code == 401
    assert flaw_of(page) == "signature"


@pytest.mark.parametrize(
    "mangling",
    [without_a_character, lambda pem: pem[:400], lambda pem: pem.replace("\n", "")],
    ids=["a character missing", "truncated", "newlines lost"],
)
def test_verify_refuses_a_damaged_key(
    account: Account, profile_key: str, mangling: Mangling
) -> None:
    damaged = mangling(account.private_key)
    response = account.generate_jwt(profile_key, privateKey=damaged, verify=True)
    error = response.get_json()
    assert response.status_code == 400
    assert (error["action"], error["code"], error["message"]) == ("JWT", 189, NOT_ASYMMETRIC)


def test_another_domains_key_gives_a_url_whose_opening_fails(
    app: Flask, open_account: OpenAccount
) -> None:
    account, other = open_account(), open_account()
    profile_key = account.create_profile()["profileKey"]
    response = account.generate_jwt(profile_key, privateKey=other.private_key)
    page = opened(app, response.get_json()["url"])
    assert response.status_code == 200
    assert page.status_code == 401
    assert flaw_of(page) == "signature"


def test_verify_refuses_another_domains_key(open_account: OpenAccount) -> None:
    account, other = open_account(), open_account()
    profile_key = account.create_profile()["profileKey"]
    response = account.generate_jwt(profile_key, privateKey=other.private_key, verify=True)
    error = response.get_json()
    assert response.status_code == 400
    assert (error["action"], error["code"], error["message"]) == ("JWT", 189, INVALID_SIGNATURE)


@pytest.mark.parametrize("verify", [False, True])
@pytest.mark.parametrize(
    "encoding",
    [
        lambda pem: {"privateKey": pem},
        lambda pem: {"privateKey": pem.replace("\n", "\r\n")},
        lambda pem: {"privateKey": quote(pem, safe="")},
        lambda pem: {"privateKey": as_base64(pem), "base64": True},
        lambda pem: {"privateKey": as_base64_command_prints_it(pem), "base64": True},
    ],
    ids=["plain", "Windows line ends", "URL-encoded", "base64", "base64 with line breaks"],
)
def test_the_domains_key_gives_a_url_that_opens(
    app: Flask,
    account: Account,
    profile_key: str,
    encoding: Callable[[str], dict[str, Any]],
    verify: bool,
) -> None:
    fields = encoding(account.private_key)
    response = account.generate_jwt(profile_key, verify=verify, **fields)
    assert response.status_code == 200
    assert opened(app, response.get_json()["url"]).status_code == 200


def test_a_damaged_keys_token_looks_like_any_other(account: Account, profile_key: str) -> None:
    good = account.generate_jwt(profile_key).get_json()["token"]
    damaged = account.generate_jwt(profile_key, privateKey=account.private_key[:400])
    vain = damaged.get_json()["token"]
    assert vain.rpartition(".")[0] == good.rpartition(".")[0]
    assert len(vain) == len(good)
    assert vain != good


def test_the_details_of_a_refusal_name_the_accident(account: Account, profile_key: str) -> None:
    pasted = account.private_key.replace("\n", "\\n")
    error = account.generate_jwt(profile_key, privateKey=pasted, verify=True).get_json()
    breaks = account.private_key.count("\n")
    assert error["details"] == (
        f"privateKey holds a backslash and an n, {breaks} times, where line ends belong. "
        "Turn them into line ends where the key is loaded: key.replace(/\\\\n/g, '\\n')."
    )
    (advice,) = account.requests()[-1]["advice"]
    assert error["details"] == f"{advice['seen']} {advice['do']}"


def test_a_refusal_never_repeats_the_key(account: Account, profile_key: str) -> None:
    damaged = without_a_character(account.private_key)
    response = account.generate_jwt(profile_key, privateKey=damaged, verify=True)
    assert damaged.splitlines()[1] not in response.text
