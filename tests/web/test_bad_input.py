"""Whatever is thrown at the fake: it refuses in Ayrshare's shape, soon, and leaves nothing behind.

What holds for every single request stands in `Siege.attack`.
"""

import base64
import gzip
import json
import re
from io import BytesIO
from itertools import product
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.web.config import BODY_LIMIT_BYTES, Config
from tests.support import strategies
from tests.support.siege import Siege, Target, error_of
from tests.support.strategies import HOSTILE_TEXTS, Operation, encoded, operations, texts

pytestmark = pytest.mark.slow

_every_operation = st.sampled_from(operations())
_WITH_BODY = [operation for operation in operations() if operation.fields]
_DIFFERENT = list({operation.fields: operation for operation in _WITH_BODY}.values())
_WITH_QUERY = list({one.query: one for one in operations() if one.query}.values())
_FORM = "application/x-www-form-urlencoded"


# Anything, anywhere


@pytest.mark.parametrize("operation", _DIFFERENT, ids=repr)
def test_every_wrong_value_in_every_field(siege: Siege, operation: Operation) -> None:
    for example, fault in strategies.single_faults(operation):
        with siege.target() as target:
            body = strategies.known_fields(example, target.known) | fault
            siege.attack(
                target,
                method=operation.method,
                path=operation.path,
                headers={"Content-Type": "application/json"},
                data=encoded(body),
            )


@pytest.mark.parametrize("operation", _WITH_QUERY, ids=repr)
@pytest.mark.parametrize("suffix", ["", "[]", "[a]"])
def test_every_hostile_text_in_every_query(
    siege: Siege, target: Target, operation: Operation, suffix: str
) -> None:
    for name, text in product(operation.query, HOSTILE_TEXTS):
        query = f"{name}{suffix}={quote(text, errors='surrogatepass')}".encode()
        siege.attack(target, method=operation.method, path=operation.path, query=query)


@pytest.mark.parametrize("operation", _DIFFERENT, ids=repr)
@given(data=st.data())
def test_any_value_in_any_field(siege: Siege, operation: Operation, data: st.DataObject) -> None:
    with siege.target() as target:
        body = data.draw(strategies.spoilt_bodies(operation, target.known))
        siege.attack(
            target,
            method=operation.method,
            path=operation.path,
            headers=body.headers,
            data=body.data,
        )


@given(data=st.data(), operation=_every_operation)
def test_any_body(siege: Siege, operation: Operation, data: st.DataObject) -> None:
    body = data.draw(strategies.bodies(operation))
    with siege.target() as target:
        siege.attack(
            target,
            method=operation.method,
            path=operation.path,
            headers=body.headers,
            data=body.data,
        )


@given(data=st.data(), operation=_every_operation)
def test_any_query(siege: Siege, operation: Operation, data: st.DataObject) -> None:
    query = data.draw(strategies.pairs(operation.query))
    with siege.target() as target:
        siege.attack(target, method=operation.method, path=operation.path, query=query)


@pytest.mark.parametrize("operation", _DIFFERENT, ids=repr)
def test_every_host(siege: Siege, operation: Operation) -> None:
    for host in strategies.HOSTS:
        with siege.target() as target:
            body = strategies.known_fields(operation.examples[0], target.known)
            siege.attack(
                target,
                method=operation.method,
                path=operation.path,
                headers={"Content-Type": "application/json", "Host": host}
                | {"Profile-Key": target.profile_key},
                data=encoded(body),
            )


@given(operation=_every_operation, headers=strategies.headers)
def test_any_headers(siege: Siege, operation: Operation, headers: dict[str, str]) -> None:
    with siege.target() as target:
        body = strategies.known_fields(next(iter(operation.examples), {}), target.known)
        siege.attack(
            target,
            method=operation.method,
            path=operation.path,
            headers={"Content-Type": "application/json"} | headers,
            data=json.dumps(body).encode(),
        )


@given(method=strategies.methods, path=strategies.paths(), query=st.binary(max_size=20))
def test_any_method_and_path(siege: Siege, method: str, path: str, query: bytes) -> None:
    with siege.target() as target:
        siege.attack(target, method=method, path=path, query=query)


# Where a linking URL leads back to

_REDIRECTS = (
    "http://app.example:99999999/",
    "http://app.example:-1/",
    "http://app.example:port/",
    "http://app.example:\u0663/",
    "http://[::1",
    "http://[::1]x/",
    "http://[v1.a]/",
    f"http://{'a' * 300}.example/",
    "http://../",
    "http://\u00ad/",
    "http://\u2100.com/",
    "http://\u00e9.example/\u00e9?\u00e9#\u00e9",
    "http://user:pass@app.example/",
    "http://%00/",
    "http://app.example/\x7f\u2028",
    "http://app.example/\r\nSet-Cookie: a=b",
    f"http://app.example/{'x' * 5_000}",
    f"http://app.example/{'x' * 500_000}",
    "HTTP://app.example",
    "//app.example/",
    "javascript:alert(1)",
    "http:/app.example",
)


def lead_back(siege: Siege, target: Target, redirect: str) -> None:
    """Asks for a linking URL; if it is given, opens it, follows its short link, presses Done."""
    made = siege.attack(
        target,
        method="POST",
        path="/api/profiles/generateJWT",
        headers={"Content-Type": "application/json"},
        data=encoded(target.linking_fields | {"redirect": redirect}),
    )
    if made.status_code != 200:
        return
    query = urlsplit(made.get_json()["url"]).query
    for short in parse_qs(query).get("redirect", []):
        assert siege.attack(target, path=urlsplit(short).path).status_code == 302
    for opened in (query, f"{query}&redirect={quote(redirect)}"):
        page = siege.attack(target, path="/", query=opened.encode())
        done = siege.attack(
            target,
            method="POST",
            path="/_page/done",
            headers={"Content-Type": _FORM, "Cookie": cookie_of(page)},
            data=urlencode({"page_token": token_on(page)}).encode(),
        )
        assert done.status_code in {200, 303}


def cookie_of(page: TestResponse) -> str:
    return page.headers["Set-Cookie"].partition(";")[0]


def token_on(page: TestResponse) -> str:
    (token,) = set(re.findall(r'name="page_token" value="([^"]+)"', page.text))
    return str(token)


@pytest.mark.parametrize("redirect", _REDIRECTS)
def test_what_is_accepted_as_a_redirect_leads_back(
    siege: Siege, target: Target, redirect: str
) -> None:
    lead_back(siege, target, redirect)


@given(start=st.sampled_from(("http://", "https://", "")), rest=texts | st.text())
def test_any_redirect(siege: Siege, start: str, rest: str) -> None:
    with siege.target() as target:
        lead_back(siege, target, start + rest)


# The forms of the linking page

_PAGE_FORMS = [
    "/_page/done",
    *(f"/_page/{action}/{name}" for action in ("link", "unlink", "consent") for name in NETWORKS),
]


@given(
    path=st.sampled_from(_PAGE_FORMS) | strategies.paths(),
    form=strategies.pairs(("decision", "scenario", "username", "displayName", "type", "method")),
    decision=st.sampled_from(("allow", "cancel", "")),
    is_ours=st.booleans(),
)
def test_any_form_on_the_page(
    siege: Siege, path: str, form: bytes, decision: str, is_ours: bool
) -> None:
    with siege.target() as target:
        made = siege.client.post(
            "/api/profiles/generateJWT", headers=target.headers, json=target.linking_fields
        )
        page = siege.client.get(made.get_json()["url"])
        token = token_on(page) if is_ours else "x"
        start = urlencode({"page_token": token, "decision": decision}).encode()
        siege.attack(
            target,
            method="POST",
            path=path,
            headers={"Content-Type": _FORM, "Cookie": cookie_of(page)},
            data=start + b"&" + form,
        )


@given(cookie=st.binary(max_size=80) | st.sampled_from((b"gAAAAA" + b"A" * 5_000, b"=;=", b"\0")))
def test_any_cookie_on_the_page(siege: Siege, cookie: bytes) -> None:
    with siege.target() as target:
        sent = "fakeayr_page=" + re.sub(r"[\r\n]", "", cookie.decode("latin-1"))
        answer = siege.attack(target, path="/", headers={"Cookie": sent})
        assert answer.status_code == 401


# Too much

_BOMBS = {
    "lists in lists": b"[" * 100_000 + b"]" * 100_000,
    "unclosed lists": b"[" * 1_000_000,
    "objects in objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "lists in a field": b'{"title":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a million digits": b'{"title":' + b"1" * 1_000_000 + b"}",
    "a million decimals": b'{"title":1.' + b"1" * 1_000_000 + b"}",
    "unknown fields": json.dumps({f"privateKex{n}": n for n in range(40_000)}).encode(),
    "unknown networks": json.dumps({"title": "t", "disableSocial": ["faceboo"] * 90_000}).encode(),
    "begun tokens": json.dumps({"title": "t", "tags": ["eyJ" * 600] * 500}).encode(),
    "begun keys": json.dumps({"title": "AAAAAAA-" * 120_000}).encode(),
    "begun armour": json.dumps({"title": "-----BEGIN " * 90_000}).encode(),
    "almost base64 lines": json.dumps({"title": ("A" * 199 + "!") * 5_000}).encode(),
    "wide and deep": json.dumps({"title": "t", "tags": [[[["a"] * 60] * 60] * 50]}).encode(),
}
_FORM_BOMBS = {
    "list items": b"&".join([b"tags[]=1"] * 100_000),
    "fewer list items": b"&".join([b"tags[]=1"] * 9_000),
    "numbered items": b"&".join(b"tags[%d]=1" % n for n in range(70_000)),
    "fewer numbered items": b"&".join(b"tags[%d]=1" % n for n in range(4_900)),
    "repeated": b"&".join([b"title=1"] * 100_000),
    "open brackets": b"title" + b"[" * 1_000_000,
    "brackets": b"title" + b"[a]" * 300_000 + b"=1",
    "percent signs": b"title=" + b"%41" * 340_000,
    "separators": b"&" * 1_000_000,
}


@pytest.mark.parametrize("path", ["/api/profiles", "/api/profiles/generateJWT", "/_fakeayr/links"])
@pytest.mark.parametrize("bomb", _BOMBS)
def test_json_that_takes_long_to_read(siege: Siege, target: Target, path: str, bomb: str) -> None:
    siege.attack(
        target,
        method="POST",
        path=path,
        headers={"Content-Type": "application/json"},
        data=_BOMBS[bomb],
    )


@pytest.mark.parametrize("bomb", _FORM_BOMBS)
def test_a_form_that_takes_long_to_read(siege: Siege, target: Target, bomb: str) -> None:
    siege.attack(
        target,
        method="POST",
        path="/api/profiles",
        headers={"Content-Type": _FORM},
        data=_FORM_BOMBS[bomb],
    )


@pytest.mark.parametrize("bomb", _FORM_BOMBS)
def test_a_query_that_takes_long_to_read(siege: Siege, target: Target, bomb: str) -> None:
    siege.attack(target, path="/api/profiles", query=_FORM_BOMBS[bomb])
    siege.attack(target, path="/", query=_FORM_BOMBS[bomb])


@pytest.mark.parametrize(
    "field", ["domain", "privateKey", "profileKey", "redirect", "twitterApiKey", "email"]
)
@pytest.mark.parametrize("text", ["A", "eyJ", "http://a/", "a@a.", "%0A", "-----BEGIN A-----\n"])
def test_a_field_that_is_long(siege: Siege, target: Target, field: str, text: str) -> None:
    """Each field is as long as a body can be, and begins a pattern again and again."""
    long = text * (BODY_LIMIT_BYTES // len(text) - 1_000)
    value = {"to": long, "contactEmail": long} if field == "email" else long
    good = target.linking_fields
    siege.attack(
        target,
        method="POST",
        path="/api/profiles/generateJWT",
        headers={"Content-Type": "application/json"},
        data=json.dumps(good | {field: value}).encode()[:BODY_LIMIT_BYTES],
    )


@pytest.mark.parametrize("name", ["Authorization", "Profile-Key", "Cookie", "Host", "Origin"])
def test_a_header_that_is_long(siege: Siege, target: Target, name: str) -> None:
    siege.attack(target, path="/api/user", headers={name: "a=b; " * 100_000})


def test_a_path_that_is_long(siege: Siege, target: Target) -> None:
    assert siege.attack(target, path="/api/" + "user/" * 100_000).status_code == 404


# Too large


@pytest.mark.parametrize("operation", _WITH_BODY, ids=repr)
def test_an_oversized_body_is_refused(siege: Siege, target: Target, operation: Operation) -> None:
    answer = siege.attack(
        target,
        method=operation.method,
        path=operation.path,
        headers={"Content-Type": "application/json", "Profile-Key": target.profile_key},
        data=b'{"title": "%s"}' % (b"x" * Config().body_limit(operation.path)),
    )
    assert answer.status_code == 413
    error = error_of(answer)
    assert error == {
        "action": "request",
        "status": "error",
        "code": errors.BODY_TOO_LARGE.code,
        "message": "Request body too large.",
    }


def test_the_limit_is_exact(siege: Siege, target: Target) -> None:
    def answer_to(length: int) -> int:
        body = json.dumps({"title": f"as long as {length}", "subHeader": ""})
        padded = body.replace('""', f'"{"x" * (length - len(body))}"')
        return siege.attack(
            target,
            method="POST",
            path="/api/profiles",
            headers={"Content-Type": "application/json"},
            data=padded.encode(),
        ).status_code

    assert answer_to(BODY_LIMIT_BYTES) == 200
    assert answer_to(BODY_LIMIT_BYTES + 1) == 413


def test_an_oversized_body_of_unknown_length_is_refused(siege: Siege, target: Target) -> None:
    """Servers hand a chunked body over without saying how long it is."""
    body = b'{"title": "%s"}' % (b"x" * BODY_LIMIT_BYTES)
    answer = siege.client.post(
        "/api/profiles",
        headers=target.headers,
        content_type="application/json",
        input_stream=BytesIO(body),
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )
    assert answer.status_code == 413


def test_an_oversized_body_is_read_to_its_end(siege: Siege, target: Target) -> None:
    """Clients that send first and read then, such as Node's `fetch`, would miss the answer."""
    body = BytesIO(b"x" * 5_000_000)
    answer = siege.client.post(
        "/api/profiles",
        headers=target.headers,
        content_type="application/json",
        input_stream=body,
    )
    assert answer.status_code == 413
    assert not body.read()


def test_a_body_shorter_than_announced_is_refused(siege: Siege, target: Target) -> None:
    """Its sender is gone, and what came so far is not what it meant."""
    answer = siege.client.post(
        "/api/profiles",
        headers=target.headers,
        content_type=_FORM,
        input_stream=BytesIO(b"title=Mia"),
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": "18"},
    )
    error = error_of(answer)
    assert error is not None
    assert error["code"] == errors.INVALID_PARAMETERS.code
    assert error["details"] == "The body is shorter than its Content-Length."


def test_a_compressed_body_is_not_unpacked(siege: Siege, target: Target) -> None:
    bomb = gzip.compress(gzip.compress(b'{"title": "%s"}' % (b"\0" * 100_000_000)))
    answer = siege.attack(
        target,
        method="POST",
        path="/api/profiles",
        headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
        data=bomb,
    )
    error = error_of(answer)
    assert error is not None
    assert error["details"] == "A compressed body is not accepted."


# Secrets in the wrong place


def _spellings(key: str) -> dict[str, str]:
    """A private key as accidents on the way leave it."""
    lines = key.strip().split("\n")
    return {
        "whole": key,
        "without newlines": "".join(lines),
        "with backslashes": "\\n".join(lines),
        "with spaces": " ".join(lines),
        "indented": "\n  ".join(lines),
        "without armour": "\n".join(lines[1:-1]),
        "one line without armour": "".join(lines[1:-1]),
        "half": "\n".join(lines[: len(lines) // 2]),
        "from the middle on": "\n".join(lines[len(lines) // 2 :]),
        "URL-encoded": quote(key),
        "base64": base64.b64encode(key.encode()).decode(),
        "behind much text": "x" * 1_990 + key,
    }


_EVERY_FIELD = sorted({name for operation in operations() for name in operation.fields})


@given(
    operation=st.sampled_from(_WITH_BODY),
    place=st.sampled_from(("value", "list", "name", "inside", "form", "query", "path")),
    field=st.sampled_from([*_EVERY_FIELD, "key", "privateKeyBase64", "plam"]),
    secret=st.sampled_from(["api key", "profile key", *_spellings("")]),
    before=st.sampled_from(("", " ", "key:", "x" * 30, "x" * 1_985)),
)
def test_secrets_are_not_told_wherever_they_are_sent(
    *, siege: Siege, operation: Operation, place: str, field: str, secret: str, before: str
) -> None:
    with siege.target() as target:
        keys = {"api key": target.account.api_key, "profile key": target.profile_key}
        text = before + (keys | _spellings(target.account.private_key))[secret]
        start = strategies.known_fields(operation.examples[0], target.known)
        body: dict[str, object] = {
            "value": start | {field: text},
            "list": start | {field: [text, {text: text}]},
            "name": start | {text: "x"},
            "inside": start | {name: {text: text} for name in (field, "settings", "details")},
        }.get(place, start)
        form = place == "form"
        siege.attack(
            target,
            method=operation.method,
            path=f"/api/{text}" if place == "path" else operation.path,
            query=urlencode({field: text, text: field}).encode() if place == "query" else b"",
            headers={"Content-Type": _FORM if form else "application/json"},
            data=urlencode({field: text, text: ""}).encode() if form else json.dumps(body).encode(),
        )


@given(
    in_headers=st.lists(st.sampled_from(("Key", "Secret")), unique=True),
    in_body=st.lists(st.sampled_from(("Key", "Secret")), unique=True),
    wrapped=st.booleans(),
)
def test_x_credentials_are_not_told(
    siege: Siege, in_headers: list[str], in_body: list[str], wrapped: bool
) -> None:
    with siege.target() as target:
        value = [target.x_secret] if wrapped else target.x_secret
        fields = target.linking_fields
        siege.attack(
            target,
            method="POST",
            path="/api/profiles/generateJWT",
            headers={f"X-Twitter-OAuth1-Api-{half}": target.x_secret for half in in_headers}
            | {"Content-Type": "application/json"},
            data=json.dumps(fields | {f"twitterApi{half}": value for half in in_body}).encode(),
        )
