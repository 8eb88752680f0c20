"""Hostile input for property-based tests, made from `openapi.yaml` for all its endpoints.

The tests draw the same examples in every run. `FAKEAYR_HYPOTHESIS=search` draws many others.
"""

import gzip
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import quote, quote_plus

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.support.contract import Contract, the_contract

settings.register_profile(
    "repeatable", derandomize=True, deadline=None, database=None, max_examples=50
)
settings.register_profile(
    "search", settings.get_profile("repeatable"), derandomize=False, max_examples=1_000
)
settings.load_profile(os.environ.get("FAKEAYR_HYPOTHESIS", "repeatable"))

_PARAMETER: Final = re.compile(r"\{[^}]+\}")
_METHODS: Final = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, kw_only=True, repr=False)
class Operation:
    """The parts of an operation of the contract that attacks use.

    Attributes:
        method: Its method.
        path: Its path, with `{…}` for parameters.
        fields: Names of its body's fields.
        examples: Valid bodies.
        query: Names of its query's parameters.
    """

    method: str
    path: str
    fields: tuple[str, ...] = ()
    examples: tuple[Mapping[str, Any], ...] = ()
    query: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Names the operation."""
        return f"{self.method} {self.path}"


@cache
def operations() -> tuple[Operation, ...]:
    """Returns all operations of `openapi.yaml`."""
    contract = the_contract()
    return tuple(
        _operation(contract, path, method, item[method])
        for path, item in contract.document["paths"].items()
        for method in _METHODS
        if method in item
    )


def _operation(contract: Contract, path: str, method: str, node: Mapping[str, Any]) -> Operation:
    body = contract.resolve(node.get("requestBody", {}))
    media = body.get("content", {}).get("application/json", {})
    schema = contract.resolve(media.get("schema", {}))
    several = [contract.resolve(one)["value"] for one in media.get("examples", {}).values()]
    parameters = [contract.resolve(one) for one in node.get("parameters", ())]
    return Operation(
        method=method.upper(),
        path=path,
        fields=tuple(schema.get("properties", ())),
        examples=tuple(several or ([media["example"]] if "example" in media else [])),
        query=tuple(one["name"] for one in parameters if one["in"] == "query"),
    )


# Values

HOSTILE_TEXTS: Final = (
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "\udfff\ud800",
    "\ufeff",
    "\u202egpj.exe",
    "🥐" * 50,
    "e\u0301" * 300,
    "\r\nSet-Cookie: a=b",
    "' OR 1=1 --",
    '"',
    "$",
    ".",
    "[",
    "links.facebook",
    "../../../../etc/passwd",
    "%00",
    "%s%n{0.__class__}{{7*7}}",
    "<script>alert(1)</script>",
    "http://[::1",
    "http://host:99999999/",
    f"http://{'a' * 300}/",
    "http://..",
    "javascript:alert(1)",
    "a@b\r\nBcc: c@d",
    "true",
    "NaN",
    "-Infinity",
    "1e400",
    "9" * 5_000,
    "0001" + "9" * 400,
    "٣",
    "eyJ" * 700,
    "-----BEGIN RSA PRIVATE KEY-----",
    "A" * 5_000,
)
texts: Final[SearchStrategy[str]] = st.text(max_size=30) | st.sampled_from(HOSTILE_TEXTS)


class Literal(str):
    """JSON text that no encoder writes, to use as a value."""

    __slots__ = ()


_LITERALS: Final = tuple(
    Literal(text)
    for text in (
        "1e400",
        "-1e400",
        "1e-400",
        "-0",
        "01",
        "0x10",
        "1.",
        "+1",
        "'a'",
        "undefined",
        "NaN",
        "-Infinity",
        '"\\ud800"',
        '"\\u0000"',
        '"\\x"',
        '"',
        "1" + "0" * 5_000,
        "0." + "1" * 5_000,
        "[" * 100 + "]" * 100,
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        "[[],",
        "/* */ 1",
        "",
    )
)
_numbers: Final = st.one_of(
    st.integers(),
    st.sampled_from((2**53 + 1, 2**63, -(2**64), 10**30, 10**400, 0, 1, 2880, 2881)),
    st.floats(),
)
_scalars: Final = st.none() | st.booleans() | _numbers | texts
json_values: Final[SearchStrategy[Any]] = st.recursive(
    _scalars | st.sampled_from(_LITERALS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)


def encoded(value: Any, *, ascii_only: bool = True) -> bytes:
    """Encodes a value as JSON. `Literal` is unchanged; without `ascii_only`, so are surrogates."""
    return _json(value, ascii_only=ascii_only).encode("utf-8", "surrogatepass")


def _json(value: Any, *, ascii_only: bool) -> str:
    if isinstance(value, Literal):
        return str(value)
    if isinstance(value, list):
        return f"[{','.join(_json(inner, ascii_only=ascii_only) for inner in value)}]"
    if isinstance(value, Mapping):
        return _json_object(value.items(), ascii_only=ascii_only)
    return json.dumps(value, ensure_ascii=ascii_only)


def _json_object(pairs: Iterable[tuple[str, Any]], *, ascii_only: bool) -> str:
    inner = (
        f"{json.dumps(name, ensure_ascii=ascii_only)}:{_json(value, ascii_only=ascii_only)}"
        for name, value in pairs
    )
    return f"{{{','.join(inner)}}}"


WRONG_VALUES: Final[tuple[Any, ...]] = (
    None,
    True,
    0,
    -1,
    0.5,
    10**30,
    10**400,
    *(Literal("[" * depth + "]" * depth) for depth in (60, 100, 300, 900)),
    *(Literal(text) for text in ("1e400", "NaN", '"\\ud800"')),
    "",
    " ",
    "\0",
    "9" * 5_000,
    "http://[::1",
    "http://host:99999999/",
    "http://..",
    "a" * 3_000,
    [],
    [None],
    [[]],
    ["\0", '"', "["],
    {},
    {"a": 1},
    {"": {"": ""}},
)
"""One value of each kind that has broken programs."""


# Bodies

_CONTENT_TYPES: Final = (
    "application/json",
    "application/json; charset=utf-16",
    "application/json;;;",
    "application/vnd.api+json",
    "text/json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "application/octet-stream",
    "application/xml",
    "*/*",
    "json",
    "",
)
_ENCODINGS: Final = ("gzip", "br", "deflate", "identity", "gzip, gzip", "", "x")


@dataclass(frozen=True, kw_only=True, repr=False)
class Body:
    """A request's body, and what its headers say about it.

    Attributes:
        data: The bytes.
        content_type: The `Content-Type`.
        content_encoding: The `Content-Encoding`; `None` sends no such header.
    """

    data: bytes
    content_type: str = "application/json"
    content_encoding: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The headers that say what the body is."""
        headers = {"Content-Type": self.content_type}
        if self.content_encoding is not None:
            headers["Content-Encoding"] = self.content_encoding
        return headers

    def __repr__(self) -> str:
        """Shows the beginning of a long body."""
        shown = self.data if len(self.data) < 500 else self.data[:500] + b"..."
        return f"<Body {shown!r} {self.headers}>"


_WHOLE_BODIES: Final = (
    b"",
    b"null",
    b"[]",
    b'"text"',
    b"{",
    b"{}",
    b"}{",
    b"\xef\xbb\xbf{}",
    b"\xff\xfe{\0}\0",
    b"\xc3\x28",
    b"\0" * 100,
    b"[" * 100_000,
    b'{"a":' * 100_000,
    gzip.compress(b'{"title": "zipped"}'),
    b"--b\r\nContent-Disposition: form-data; name=title\r\n\r\nx\r\n--b--\r\n",
    b"title=form&title=twice",
)


@st.composite
def spoilt_bodies(draw: st.DrawFn, operation: Operation, known: Mapping[str, Any]) -> Body:
    """Draws valid bodies in which some fields have any values, or occur twice.

    Args:
        draw: See Hypothesis.
        operation: The operation.
        known: Valid values, such as the keys of the attacked account.
    """
    body = known_fields(draw(st.sampled_from(operation.examples)), known)
    names = st.sampled_from(operation.fields) | texts
    faults = draw(st.dictionaries(names, json_values, min_size=1, max_size=3))
    twice = draw(st.booleans())
    fields = [*body.items(), *faults.items()] if twice else [*(body | faults).items()]
    text = _json_object(fields, ascii_only=draw(st.booleans()))
    return Body(data=text.encode("utf-8", "surrogatepass"))


def single_faults(
    operation: Operation,
) -> Iterator[tuple[Mapping[str, Any], dict[str, Any]]]:
    """Yields each valid body with each wrong value in each field: the body, and the change."""
    for example in operation.examples:
        for value in WRONG_VALUES:
            yield from ((example, {name: value}) for name in operation.fields)
            for name, inner in example.items():
                if isinstance(inner, Mapping):
                    yield from ((example, {name: {**inner, place: value}}) for place in inner)


def known_fields(example: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Returns an example's fields, with the values of `known` where it has them."""
    return {name: known.get(name, value) for name, value in example.items()}


_SUFFIXES: Final = (
    "",
    "[]",
    "[0]",
    "[1]",
    "[999]",
    "[1000]",
    "[99999999999999999999]",
    "[-1]",
    "[a]",
    "[][]",
    "[0][0]",
    "[a][b][c][d][e]",
    "[",
    "]",
    "[[",
    "[]]",
    "[\0]",
    "[__proto__]",
    ".a",
    "[a]b",
    "=",
)


def pairs(names: tuple[str, ...]) -> SearchStrategy[bytes]:
    """Draws forms and queries, also badly encoded ones, with many kinds of brackets in names."""
    anything = st.sampled_from(names) | texts if names else texts
    pair = st.builds(
        lambda name, suffix, value, quoted: (
            (
                quote_plus(name + suffix, errors="surrogatepass").encode()
                if quoted
                else name.encode("utf-8", "surrogatepass") + suffix.encode()
            )
            + b"="
            + quote(value, errors="surrogatepass").encode()
        ),
        anything,
        st.sampled_from(_SUFFIXES),
        texts,
        st.booleans(),
    )
    odd = st.sampled_from(
        (b"", b"=", b"%", b"%zz=%", b"%ED%A0%80=%FF", b"&&", b"a;b", b"[]", b"[a")
    )
    return st.lists(pair | odd, max_size=6).map(b"&".join)


def bodies(operation: Operation) -> SearchStrategy[Body]:
    """Draws bodies of all kinds with any headers: JSON, forms, compressed bytes, nonsense."""
    data = st.one_of(
        st.binary(max_size=60),
        st.sampled_from(_WHOLE_BODIES),
        json_values.map(encoded),
        pairs(operation.fields),
    )
    anything = st.builds(
        Body,
        data=data | data.map(gzip.compress),
        content_type=st.sampled_from(_CONTENT_TYPES),
        content_encoding=st.none() | st.sampled_from(_ENCODINGS),
    )
    forms = st.builds(
        Body,
        data=pairs(operation.fields),
        content_type=st.just("application/x-www-form-urlencoded"),
    )
    return anything | forms


# Everything around a body

_latin: Final = st.text(
    st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=40
) | st.sampled_from(("", "Bearer", "Bearer ", "bearer \0", "Basic YTpi", "é", "x" * 10_000, "null"))
_HEADER_NAMES: Final = (
    "Authorization",
    "Profile-Key",
    "Content-Type",
    "Content-Encoding",
    "X-Twitter-OAuth1-Api-Key",
    "X-Twitter-OAuth1-Api-Secret",
    "X-Fakeayr-Control-Token",
    "Host",
    "Origin",
    "Referer",
    "Cookie",
    "Accept",
    "Accept-Encoding",
    "Range",
    "If-None-Match",
    "If-Modified-Since",
    "Expect",
    "Sec-Fetch-Site",
    "X-Forwarded-Host",
    "X-Forwarded-For",
    "X-HTTP-Method-Override",
)
HOSTS: Final = (
    "api.ayrshare.com",
    "profile.ayrshare.com",
    "evil.example",
    "localhost:8189",
    "127.0.0.1",
    "[::1]",
    "[::1",
    "localhost:99999999",
    "a b",
    "@",
    "localhost/",
    "",
)
headers: Final[SearchStrategy[dict[str, str]]] = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(_HEADER_NAMES, _latin)
).flatmap(
    lambda drawn: st.fixed_dictionaries({}, optional={"Host": st.sampled_from(HOSTS)}).map(
        lambda host: drawn | host
    )
)

methods: Final[SearchStrategy[str]] = st.sampled_from(
    ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND")
) | st.text(st.sampled_from("ABCXYZ-_!~"), min_size=1, max_size=20)

_SEGMENTS: Final = (
    "",
    ".",
    "..",
    "%2e%2e",
    "\0",
    "a\0b",
    "\xff\xfe",
    "é",
    "%",
    "%2F",
    "\\",
    ";",
    "?",
    "#",
    "*",
    "\n",
    " ",
    "x" * 20_000,
    "{id}",
    "<id>",
    "api",
    "_fakeayr",
    "profiles",
    "generateJWT",
    "user",
    "r",
    "docs",
    "_page",
    "..;",
    "http:",
    "api.ayrshare.com",
    "swagger-ui.css",
    "index.html",
)


def paths() -> SearchStrategy[str]:
    """Draws known and nonsense paths; each character is a byte, as in WSGI."""
    known = st.builds(
        lambda operation, parameter: _PARAMETER.sub(lambda _: parameter, operation.path),
        st.sampled_from(operations()),
        st.sampled_from(_SEGMENTS),
    )
    segments = st.lists(
        st.sampled_from(_SEGMENTS) | st.text(st.characters(max_codepoint=255), max_size=10),
        max_size=4,
    ).map(lambda chosen: "/" + "/".join(chosen))
    starts = st.sampled_from(("", "/api", "/_fakeayr", "/r", "/docs", "/_page"))
    return known | st.builds("{}{}".format, starts | known, segments)
