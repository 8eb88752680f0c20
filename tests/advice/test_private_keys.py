"""Advice on private keys: each damage is named exactly, and joined to the page's 401."""

import base64
import textwrap
from collections.abc import Callable
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask

from fakeayr.domain.linking import private_keys
from tests.support.accounts import Account, OpenAccount
from tests.support.advice import names
from tests.support.linking import opened

Mangling = Callable[[str], str]


def pkcs8(pem: str) -> str:
    """The key in PKCS#8."""
    key = serialization.load_pem_private_key(pem.encode(), None)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def elliptic(armour: str) -> str:
    """A key of another kind."""
    key = ec.generate_private_key(ec.SECP256R1())
    form = getattr(serialization.PrivateFormat, armour)
    return key.private_bytes(
        serialization.Encoding.PEM, form, serialization.NoEncryption()
    ).decode()


def armoured(pem: str, label: str) -> str:
    """The key's body with other first and last lines."""
    body = "\n".join(pem.strip().splitlines()[1:-1])
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"


def with_lost_plus(pem: str) -> str:
    """The key as it comes out of a form that was not encoded."""
    first, *body, last = pem.strip().splitlines()
    return "\n".join([first, *(line.replace("+", " ") for line in body), last])


def cut_in_last_line(pem: str) -> str:
    """The key whose last line of base64 lost its second half."""
    lines = pem.strip().splitlines()
    lines[-2] = lines[-2][: len(lines[-2]) // 2]
    return "\n".join(lines)


def with_a_changed_letter(pem: str) -> str:
    """The key with another letter in its middle."""
    at = next(place for place in range(400, len(pem)) if pem[place].isalpha())
    return pem[:at] + ("B" if pem[at] != "B" else "C") + pem[at + 1 :]


DAMAGES: Final[dict[str, Mangling]] = {
    "key-backslash-n": lambda pem: pem.replace("\n", "\\n"),
    "key-newlines-became-spaces": lambda pem: " ".join(pem.split("\n")),
    "key-newlines-lost": lambda pem: pem.replace("\n", ""),
    "key-first-line-only": lambda pem: pem.partition("\n")[0],
    "key-quoted": lambda pem: f'"{pem}"',
    "key-byte-order-mark": lambda pem: f"\ufeff{pem}",
    "key-crlf": lambda pem: pem.replace("\n", "\r\n"),
    "key-indented": lambda pem: textwrap.indent(pem, "    "),
    "key-empty-lines": lambda pem: pem.replace("\n", "\n\n"),
    "key-text-around": lambda pem: f"My key:\n{pem}\nthat was it",
    "key-plus-became-space": with_lost_plus,
    "key-cut": cut_in_last_line,
    "key-end-missing": lambda pem: pem.partition("-----END")[0],
    "key-wrong-armour": lambda pem: armoured(pem, "CERTIFICATE"),
    "key-public": private_keys.public_pem,
    "key-encrypted": lambda pem: armoured(pem, "ENCRYPTED PRIVATE KEY"),
    "key-base64-without-flag": lambda pem: base64.b64encode(pem.encode()).decode(),
    "key-is-file-name": lambda _: "./keys/private.key",
    "key-unexpanded-variable": lambda _: "${AYRSHARE_PRIVATE_KEY}",
    "key-undefined": lambda _: "undefined",
    "key-empty": lambda _: "",
    "key-is-api-or-profile-key": lambda _: "A1B2C3D-E4F5G6H-I7J8K9L-M0N1O2P",
    "key-no-first-line": lambda pem: "".join(pem.strip().splitlines()[1:-1]),
    "key-damaged": with_a_changed_letter,
    "key-not-exact": lambda pem: pem.replace("\n", "\r"),
    "key-too-long": lambda pem: pem * 12,
}

ALIKE: Final[list[tuple[str, Mangling]]] = [
    ("key-backslash-n", lambda pem: pem.replace("\n", "\\r\\n")),
    ("key-backslash-n", lambda pem: pem.replace("\n", "\\\\n")),
    ("key-newlines-became-spaces", lambda pem: pem.replace("\n", "  ")),
    ("key-quoted", lambda pem: f"'{pem.strip()}'"),
    ("key-quoted", lambda pem: f'"{pem.strip()}'),
    ("key-indented", lambda pem: pem.replace("\n", " \n")),
    ("key-text-around", lambda pem: f"AYRSHARE_PRIVATE_KEY={pem}"),
    ("key-end-missing", lambda pem: pem.rstrip("\n-")),
    ("key-pkcs-confused", lambda pem: armoured(pem, "PRIVATE KEY")),
    ("key-pkcs-confused", lambda pem: armoured(pkcs8(pem), "RSA PRIVATE KEY")),
    ("key-not-rsa", lambda _: elliptic("TraditionalOpenSSL")),
    ("key-not-rsa", lambda _: elliptic("PKCS8")),
    ("key-is-file-name", lambda _: "C:\\keys\\private.key"),
    ("key-is-file-name", lambda _: "/run/secrets/ayrshare"),
    ("key-unexpanded-variable", lambda _: "%AYRSHARE_PRIVATE_KEY%"),
    ("key-unexpanded-variable", lambda _: "$AYRSHARE_PRIVATE_KEY"),
    ("key-undefined", lambda _: "null"),
    ("key-undefined", lambda _: "[object Object]"),
    ("key-empty", lambda _: " \n"),
    ("key-is-api-or-profile-key", lambda _: "A1B2C3D4-E5F6G7H8-I9J0K1L2-M3N4O5P6"),
]


@pytest.mark.parametrize(("name", "mangling"), [*DAMAGES.items(), *ALIKE])
def test_each_damage_yields_its_one_piece(
    account: Account, profile_key: str, name: str, mangling: Mangling
) -> None:
    account.generate_jwt(profile_key, privateKey=mangling(account.private_key))
    entry = account.requests()[-1]
    assert names(entry) == [name]
    assert entry["advice"][0]["place"] == "/privateKey"
    assert account.private_key[40:60] not in str(entry)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"base64": True}, "key-base64-flag-without-base64"),
        ({"base64": True, "privateKey": "bm8ga2V5"}, "key-not-base64"),
    ],
)
def test_the_flag_base64_and_the_key_must_fit(
    account: Account, profile_key: str, fields: dict[str, Any], name: str
) -> None:
    account.generate_jwt(profile_key, **fields)
    assert names(account.requests()[-1]) == [name]


def test_another_domains_key_is_named(open_account: OpenAccount) -> None:
    account, other = open_account(), open_account()
    key = account.create_profile()["profileKey"]
    account.generate_jwt(key, privateKey=other.private_key)
    (advice,) = account.requests()[-1]["advice"]
    assert advice["name"] == "key-of-other-domain"
    assert "1024 bits" in advice["seen"]


def test_two_damages_are_two_pieces_and_no_third(account: Account, profile_key: str) -> None:
    text = '"' + account.private_key.replace("\n", "\\n") + '"'
    account.generate_jwt(profile_key, privateKey=text)
    assert names(account.requests()[-1]) == ["key-quoted", "key-backslash-n"]


def test_damages_are_measured(account: Account, profile_key: str) -> None:
    lines = account.private_key.strip().count("\n")
    account.generate_jwt(profile_key, privateKey=" ".join(account.private_key.split("\n")))
    (advice,) = account.requests()[-1]["advice"]
    expected = f"privateKey is one line; where {lines} line ends belong there are spaces."
    assert advice["seen"] == expected


@pytest.mark.parametrize("mangling", [lambda pem: pem, lambda pem: pem.strip(), pkcs8])
def test_a_good_key_yields_none(account: Account, profile_key: str, mangling: Mangling) -> None:
    account.generate_jwt(profile_key, privateKey=mangling(account.private_key))
    encoded = base64.b64encode(account.private_key.encode()).decode()
    account.generate_jwt(profile_key, privateKey=encoded, base64=True, verify=True)
    assert all("advice" not in entry for entry in account.requests())


def test_the_pages_401_is_joined_to_the_call_that_made_the_url(
    app: Flask, account: Account, profile_key: str
) -> None:
    broken = account.private_key.replace("\n", " ")
    first = account.generate_jwt(profile_key, privateKey=broken).get_json()["url"]
    account.post("/_fakeayr/clock", json={"advance": 60})
    account.generate_jwt(profile_key, privateKey=account.private_key.replace("\n", ""))
    assert opened(app, first).status_code == 401
    made, _, page = account.requests()[-3:]
    assert (page["path"], page["status"]) == ("/", 401)
    assert page["advice"] == made["advice"]
    assert page["cause"] == made["id"]
    assert page["refId"] == made["refId"]


def test_a_401_whose_call_is_forgotten_is_explained_too(
    app: Flask, account: Account, profile_key: str
) -> None:
    broken = account.private_key.replace("\n", " ")
    url = account.generate_jwt(profile_key, privateKey=broken).get_json()["url"]
    account.delete("/_fakeayr/requests")
    opened(app, url)
    assert names(account.requests()[-1]) == ["conduct-link-signature"]
