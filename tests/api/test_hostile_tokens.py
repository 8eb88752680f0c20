"""Tokens that somebody made up: a linking URL opens for the account's own signature or not at all.

Every token goes to both addresses of the page and to `inspect`, which must agree.
"""

import base64
import hashlib
import hmac
import math
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from hypothesis import example, given
from hypothesis import strategies as st

from fakeayr.domain.linking import private_keys
from tests.support.clock import START
from tests.support.linking import AUDIENCE, base64url, flaw_of, segments
from tests.support.siege import Siege, Target
from tests.support.strategies import Literal, encoded, json_values, texts

pytestmark = pytest.mark.slow

GOOD_HEADER: Final = {"alg": "RS256", "typ": "JWT"}
_CLAIMS: Final = ("apiKey", "profileKey", "iat", "exp", "aud", "iss", "sub")


@pytest.fixture(scope="module")
def foreign_key() -> str:
    return private_keys.generate(1024)


def signed(private_key: str, header: bytes, claims: bytes) -> str:
    """A token of any two segments with a right RS256 signature."""
    content = f"{base64url(header)}.{base64url(claims)}"
    signature = private_keys.load_own(private_key).sign(content.encode(), PKCS1v15(), SHA256())
    return f"{content}.{base64url(signature)}"


def good_claims(target: Target) -> dict[str, Any]:
    return {
        "apiKey": target.account.api_key,
        "profileKey": target.profile_key,
        "iat": int(START),
        "exp": int(START) + 300,
        "aud": AUDIENCE,
        "iss": target.account.domain,
        "sub": "support@ayrshare.com",
    }


def good_token(target: Target) -> str:
    return signed(target.account.private_key, encoded(GOOD_HEADER), encoded(good_claims(target)))


def flaw_of_token(siege: Siege, target: Target, token: str) -> str | None:
    """Why a token opens nothing; `None` if it opens the page."""
    sent = quote(token, safe="", errors="surrogatepass").encode()
    query = b"domain=%s&jwt=%s" % (target.account.domain.encode(), sent)
    flaws = set()
    for path in ("/", "/social-accounts"):
        page = siege.attack(target, path=path, query=query)
        assert page.content_type == "text/html; charset=utf-8"
        assert page.status_code == (200 if flaw_of(page) is None else 401)
        flaws.add(flaw_of(page))
    body = encoded({"token": token.encode("utf-8", "replace").decode()})
    headers = {"Content-Type": "application/json"}
    answer = siege.attack(
        target, method="POST", path="/_fakeayr/inspect", headers=headers, data=body
    )
    if answer.status_code == 200:
        flaws.add(answer.get_json()["reason"])
    (flaw,) = flaws
    return flaw


def test_the_account_itself_is_let_in(siege: Siege, target: Target) -> None:
    assert flaw_of_token(siege, target, good_token(target)) is None


# No token at all


@given(token=texts | st.lists(texts, min_size=2, max_size=5).map(".".join))
@example(token="a" * 1_000_000)
@example(token="." * 1_000_000)
@example(token="eyJ" * 5_000 + "." + "eyJ" * 100 + ".e")
@example(token="é.é.é")
@example(token="=.=.=")
@example(token="....")
@example(token="ayr_ls_")
@example(token="ayr_ls_" + "é" * 20)
@example(token="ayr_ls_" + "\0" * 50)
def test_any_text_opens_nothing(siege: Siege, token: str) -> None:
    with siege.target() as target:
        assert flaw_of_token(siege, target, token) is not None


@given(header=json_values, claims=json_values, junk=st.binary(max_size=200))
@example(header=GOOD_HEADER, claims=Literal("[" * 9_000), junk=b"")
@example(header=Literal("[" * 9_000), claims={}, junk=b"")
@example(header=Literal('{"a":' * 1_500), claims=Literal('{"a":' * 1_500), junk=b"")
def test_any_json_opens_nothing(siege: Siege, header: Any, claims: Any, junk: bytes) -> None:
    with siege.target() as target:
        for first in (encoded(header), encoded(GOOD_HEADER)):
            token = signed(target.account.private_key, first, encoded(claims)[:10_000])
            assert flaw_of_token(siege, target, token) is not None
            content, _, _ = token.rpartition(".")
            assert flaw_of_token(siege, target, f"{content}.{base64url(junk)}") is not None


# The right claims, the wrong signature


def _public_keys(private_key: str) -> Mapping[str, bytes]:
    """Spellings of the public key, which everybody may know."""
    pem = private_keys.public_pem(private_key)
    return {
        "PEM": pem.encode(),
        "PEM, stripped": pem.strip().encode(),
        "PEM, CRLF": pem.replace("\n", "\r\n").encode(),
        "DER": base64.b64decode("".join(pem.splitlines()[1:-1])),
        "nothing": b"",
    }


@pytest.mark.parametrize("spelling", ["PEM", "PEM, stripped", "PEM, CRLF", "DER", "nothing"])
@pytest.mark.parametrize(("alg", "digest"), [("HS256", "sha256"), ("HS512", "sha512")])
@pytest.mark.parametrize("said", [None, "RS256", "none"])
def test_the_public_key_is_no_secret(
    *, siege: Siege, target: Target, spelling: str, alg: str, digest: str, said: str | None
) -> None:
    header = encoded({"alg": said or alg, "typ": "JWT"})
    content = f"{base64url(header)}.{base64url(encoded(good_claims(target)))}"
    secret = _public_keys(target.account.private_key)[spelling]
    signature = hmac.new(secret, content.encode(), getattr(hashlib, digest)).digest()
    flaw = flaw_of_token(siege, target, f"{content}.{base64url(signature)}")
    assert flaw in {"algorithm", "signature"}


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "", "RS256", "HS256", "null"])
@pytest.mark.parametrize("signature", ["", ".", ".AA", ".===="])
def test_no_signature_will_not_do(siege: Siege, target: Target, alg: str, signature: str) -> None:
    content = f"{base64url(encoded({'alg': alg}))}.{base64url(encoded(good_claims(target)))}"
    assert flaw_of_token(siege, target, content + signature) in {
        "algorithm",
        "malformed",
        "signature",
    }


@pytest.mark.parametrize("said", ["own name", "RS256"])
@pytest.mark.parametrize("alg", ["RS384", "RS512", "PS256", "PS384"])
def test_the_right_key_with_another_algorithm_will_not_do(
    siege: Siege, target: Target, alg: str, said: str
) -> None:
    hashing = {"256": SHA256(), "384": SHA384(), "512": SHA512()}[alg[2:]]
    padding = PKCS1v15() if alg.startswith("RS") else PSS(MGF1(hashing), PSS.DIGEST_LENGTH)
    header = encoded({"alg": alg if said == "own name" else said})
    content = f"{base64url(header)}.{base64url(encoded(good_claims(target)))}"
    key = private_keys.load_own(target.account.private_key)
    signature = key.sign(content.encode(), padding, hashing)
    expected = "algorithm" if said == "own name" else "signature"
    assert flaw_of_token(siege, target, f"{content}.{base64url(signature)}") == expected


def _jwk(private_key: str) -> dict[str, str]:
    numbers = private_keys.public_key(private_key).public_numbers()
    return {
        "kty": "RSA",
        "n": base64url(numbers.n.to_bytes(128, "big")),
        "e": base64url(numbers.e.to_bytes(3, "big")),
    }


@pytest.mark.parametrize(
    "trick",
    ["jwk", "x5c", "jku", "x5u", "kid: a file", "kid: a table", "kid: a command", "kid: the key"],
)
def test_a_header_does_not_choose_its_own_key(
    siege: Siege, target: Target, foreign_key: str, trick: str
) -> None:
    public_pem = private_keys.public_pem(foreign_key)
    headers: dict[str, dict[str, Any]] = {
        "jwk": {"jwk": _jwk(foreign_key)},
        "x5c": {"x5c": ["".join(public_pem.splitlines()[1:-1])]},
        "jku": {"jku": "http://127.0.0.1:9/keys.json"},
        "x5u": {"x5u": "http://127.0.0.1:9/key.pem"},
        "kid: a file": {"kid": "../../../../../../dev/null"},
        "kid: a table": {"kid": "x' UNION SELECT 'key' --"},
        "kid: a command": {"kid": "|/usr/bin/id"},
        "kid: the key": {"kid": public_pem},
    }
    token = signed(foreign_key, encoded(GOOD_HEADER | headers[trick]), encoded(good_claims(target)))
    assert flaw_of_token(siege, target, token) == "signature"


@pytest.mark.parametrize(
    "header",
    [
        {"crit": ["exp"], "exp": 0},
        {"crit": ["b64"], "b64": False},
        {"crit": ["unheard-of"], "unheard-of": 1},
        {"crit": []},
        {"crit": "b64"},
        {"crit": [[]]},
        {"crit": {"b64": 1}},
        {"kid": 1},
        {"kid": {}},
    ],
    ids=str,
)
def test_a_header_that_demands_what_we_do_not_know_is_refused(
    siege: Siege, target: Target, header: dict[str, Any]
) -> None:
    """A critical extension must be understood (RFC 7515, 4.1.11), whatever the signature is."""
    private_key = target.account.private_key
    token = signed(private_key, encoded(GOOD_HEADER | header), encoded(good_claims(target)))
    assert flaw_of_token(siege, target, token) == "malformed"


@given(
    name=st.sampled_from(("alg", "typ", "cty", "kid", "jku", "jwk", "crit", "b64", "x5t")) | texts,
    value=json_values,
    own=st.booleans(),
)
def test_any_header_field(siege: Siege, foreign_key: str, name: str, value: Any, own: bool) -> None:
    with siege.target() as target:
        key = target.account.private_key if own else foreign_key
        token = signed(key, encoded(GOOD_HEADER | {name: value}), encoded(good_claims(target)))
        flaw = flaw_of_token(siege, target, token)
        assert own or flaw is not None
        assert flaw in {None, "algorithm", "malformed", "signature"}


@given(data=st.data())
def test_a_damaged_token_opens_nothing(siege: Siege, data: st.DataObject) -> None:
    with siege.target() as target:
        token = good_token(target)
        at = data.draw(st.integers(0, len(token) - 1))
        letter = data.draw(st.sampled_from("Aa_-.=+/ \n\0é"))
        damaged = data.draw(
            st.sampled_from(
                (
                    token[:at] + letter + token[at + 1 :],
                    token[:at] + letter + token[at:],
                    token[:at] + token[at + 1 :],
                    token[:at],
                    token[at:],
                    token[:at] + token[at : at + 2][::-1] + token[at + 2 :],
                    token.swapcase(),
                    token + token,
                    f"{token}.{token}",
                )
            )
        )
        if flaw_of_token(siege, target, damaged) is None:  # Spare bits of base64 may differ.
            assert segments(damaged) == segments(token)


# The right signature, the wrong claims


def _is_right(claims: Mapping[str, Any], target: Target) -> bool:
    """Whether claims that the account signed itself open the page, in our own words."""
    exp, iat = claims.get("exp"), claims.get("iat", 0)
    return (
        claims.get("apiKey") == target.account.api_key
        and claims.get("profileKey") == target.profile_key
        and claims.get("aud") == AUDIENCE
        and claims.get("iss") == target.account.domain
        and isinstance(claims.get("sub", ""), str)
        and _is_number(iat)
        and _is_number(exp)
        and float(exp or 0) > START
    )


def _is_number(value: Any) -> bool:
    return type(value) in {int, float} and -1.8e308 < value < 1.8e308 and not math.isnan(value)


@given(
    faults=st.lists(
        st.tuples(st.sampled_from(_CLAIMS) | texts, json_values), min_size=1, max_size=3
    ).map(dict)
)
@example(faults={"exp": Literal("NaN")})
@example(faults={"exp": Literal("1e400")})
@example(faults={"exp": Literal("1e300")})
@example(faults={"exp": 10**300})
@example(faults={"exp": 10**400})
@example(faults={"exp": START + 0.5})
@example(faults={"exp": START})
@example(faults={"exp": -1e300})
@example(faults={"exp": True})
@example(faults={"exp": str(int(START) + 300)})
@example(faults={"iat": START + 1e9})
@example(faults={"iat": 10**300})
@example(faults={"nbf": START + 1e9})
@example(faults={"sub": None})
@example(faults={"profileKey": "\0"})
@example(faults={"apiKey": {"iv": "00", "content": "00"}})
@example(faults={"nested": {"a": [{"b": {}}] * 50}})
def test_any_claim(siege: Siege, faults: dict[str, Any]) -> None:
    with siege.target() as target:
        claims = good_claims(target) | faults
        token = signed(target.account.private_key, encoded(GOOD_HEADER), encoded(claims)[:11_000])
        opens = flaw_of_token(siege, target, token) is None
        if not any(isinstance(value, Literal) for value in faults.values()):
            assert not opens or _is_right(claims, target)


@given(missing=st.sets(st.sampled_from(_CLAIMS)))
def test_missing_claims(siege: Siege, missing: set[str]) -> None:
    with siege.target() as target:
        claims = {name: v for name, v in good_claims(target).items() if name not in missing}
        token = signed(target.account.private_key, encoded(GOOD_HEADER), encoded(claims))
        expected = None if missing <= {"iat", "sub"} else "claims"
        assert flaw_of_token(siege, target, token) == expected


def test_a_claim_said_twice_counts_as_what_was_said_last(siege: Siege, target: Target) -> None:
    """As for the vendor's library: it must not be one thing to check and another to use."""
    claims = encoded(good_claims(target))
    expired = claims[:-1] + b',"exp":1}'
    private_key = target.account.private_key
    assert flaw_of_token(siege, target, signed(private_key, encoded(GOOD_HEADER), expired)) == (
        "expired"
    )
