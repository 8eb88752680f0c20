"""Checks responses against `openapi.yaml`: statuses, headers, bodies and errors."""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

import brotli  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jsonschema_rs import Draft202012Validator, Registry, ValidationError

from fakeayr.ayrshare import openapi
from fakeayr.ayrshare.networks import NETWORKS

_OUTSIDE: Final = (
    *("/docs", "/openapi.yaml", "/_fakeayr/openapi.yaml", "/_page"),
    *("/_fakeayr/", "/_fakeayr/dashboard"),
)
"""Paths that are not in the contract: the contract, its browser, what belongs to pages."""
_ANY_FILE: Final = "*/*"
"""What somebody has uploaded."""
_WITHIN: Final = frozenset({"errors", "history", "posts", "warnings", *NETWORKS})
"""Fields of responses that may hold errors."""
_NAME: Final = "urn:openapi.yaml"
"""What references call the contract while schemas are compiled."""
_LONGEST_BODY_SHOWN: Final = 2_000
_PATH: Final = re.compile(r"(?<=: )/api/.*", re.DOTALL)
"""The path at the end of a message, which stands as `{path}` in the contract."""


class ContractViolation(AssertionError):
    """A response that `openapi.yaml` does not allow."""


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """The parts of a request and its response that the contract covers.

    Attributes:
        method: The request's method.
        path: The request's path, decoded, without its query.
        status: HTTP status of the response.
        headers: Headers of the response; names in lower case.
        body: Body of the response.
    """

    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def plain_body(self) -> bytes:
        """The body without its compression."""
        match self.headers.get("content-encoding", "identity"):
            case "br":
                decompressed: bytes = brotli.decompress(self.body)
                return decompressed
            case "gzip" | "deflate":
                return zlib.decompress(self.body, wbits=zlib.MAX_WBITS | 32)
            case _:
                return self.body


@cache
def the_contract() -> "Contract":
    """Returns the contract in `openapi.yaml`, which is read once."""
    return Contract(openapi.strict(openapi.document()))


class Contract:
    """An OpenAPI document that responses are checked against.

    Args:
        document: The document, decoded.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._exact = {path: item for path, item in document["paths"].items() if "{" not in path}
        self._templates = [
            (_pattern(path), item) for path, item in document["paths"].items() if "{" in path
        ]
        self._registry = Registry([(_NAME, document)])
        self._validators: dict[int, Draft202012Validator] = {}

    def covers(self, path: str) -> bool:
        """Returns whether the contract covers a path."""
        return not any(path == place or path.startswith(f"{place}/") for place in _OUTSIDE)

    def check(self, exchange: Exchange) -> None:
        """Checks a response.

        Raises:
            ContractViolation: The contract does not allow it; the message lists all faults.
        """
        if not self.covers(exchange.path):
            return
        operation, responses = self._responses(exchange)
        name = operation["operationId"]
        documented = responses.get(str(exchange.status))
        if documented is None:
            known = ", ".join(responses)
            faults = [f"status {exchange.status} is not documented; documented: {known}"]
        else:
            faults = list(self._faults(exchange, operation, self.resolve(documented)))
        if faults:
            raise ContractViolation(_report(exchange, name, faults))

    def resolve(self, node: Any) -> Any:
        """Returns a node of the document, after following its `$ref`."""
        while isinstance(node, dict) and "$ref" in node:
            pointer = node["$ref"].removeprefix("#/")
            node = self.document
            for part in pointer.split("/"):
                node = node[part.replace("~1", "/").replace("~0", "~")]
        return node

    def validator(self, schema: dict[str, Any]) -> Draft202012Validator:
        """Returns a validator for a schema of this document."""
        known = self._validators.get(id(schema))
        if known is None:
            known = self._validators[id(schema)] = Draft202012Validator(
                _with_full_references(schema),
                registry=self._registry,
                formats=_FORMATS,
                validate_formats=True,
                ignore_unknown_formats=False,
            )
        return known

    def _responses(self, exchange: Exchange) -> tuple[dict[str, Any], dict[str, Any]]:
        """Returns the operation that was called, and its possible responses."""
        if exchange.status == HTTPStatus.MISDIRECTED_REQUEST:
            foreign = {"421": self.document["x-unrouted"]["foreignHost"]}
            return {"operationId": "no operation: foreign host"}, foreign
        item = self._path_item(exchange.path)
        unrouted = self.document["x-unrouted"]
        if item is None:
            return {"operationId": "no operation: unknown path"}, {
                "404": unrouted["unknownPath"],
                "405": unrouted["wrongMethod"],
                "501": unrouted["notInTheFake"],
            }
        method = exchange.method.lower()
        operation = item.get("get" if method == "head" else method)
        if operation is None:
            allowed = {"405": unrouted["wrongMethod"], "501": unrouted["notInTheFake"]}
            if method == "options":
                allowed["204"] = unrouted["preflight"]
            return {"operationId": "no operation: wrong method"}, allowed
        return operation, operation["responses"]

    def _path_item(self, path: str) -> dict[str, Any] | None:
        # Like Flask, merges leading slashes and ignores a trailing one.
        path = f"/{path.lstrip('/')}"
        for spelling in (path, path[:-1] if path.endswith("/") else path):
            if spelling in self._exact:
                item: dict[str, Any] = self._exact[spelling]
                return item
            for pattern, item in self._templates:
                if pattern.fullmatch(spelling):
                    return item
        return None

    def _faults(
        self, exchange: Exchange, operation: dict[str, Any], response: dict[str, Any]
    ) -> Iterator[str]:
        for name, header in response.get("headers", {}).items():
            yield from self._header_faults(exchange, name, self.resolve(header))
        if exchange.method == "HEAD":
            return
        content = response.get("content")
        if content is None:
            if exchange.body:
                yield "there is a body, but none is documented"
            return
        (media_type, media), *others = content.items()
        assert not others, "the contract names one media type for each response"
        if media_type == _ANY_FILE:
            return
        expected = f"{media_type}; charset=utf-8"
        if exchange.headers.get("content-type") != expected:
            found = exchange.headers.get("content-type")
            yield f"the Content-Type is {found!r} instead of {expected!r}"
            return
        try:
            body = _decode(exchange.plain_body, media_type)
        except ValueError as error:
            yield f"the body cannot be decoded: {error}"
            return
        for invalid in self.validator(media["schema"]).iter_errors(body):
            yield from _explain(invalid)
        examples = media.get("examples", {}) | operation.get("x-within", {}).get("examples", {})
        for refusal in _refusals(body):
            yield from self._error_faults(refusal, examples)

    def _header_faults(
        self, exchange: Exchange, name: str, header: dict[str, Any]
    ) -> Iterator[str]:
        text = exchange.headers.get(name.lower())
        if text is None:
            if header.get("required", False):
                yield f"the header {name} is missing"
            return
        schema = header["schema"]
        is_number = self.resolve(schema).get("type") == "integer" and text.isdecimal()
        for error in self.validator(schema).iter_errors(int(text) if is_number else text):
            yield f"the header {name}: {error.message}"

    def _error_faults(self, error: dict[str, Any], examples: dict[str, Any]) -> Iterator[str]:
        """Every error must stand among the examples of the operation, code and message alike.

        Where a test decides how a publication ends, its code may be one that no example has.
        """
        named = [self.resolve(example).get("value") for example in examples.values()]
        known = [one for one in named if isinstance(one, dict) and {"code", "message"} <= set(one)]
        by_test = "PublicationFailed" in examples and "platform" in error
        if by_test and error["code"] not in {one["code"] for one in known}:
            return
        if not any(_is_filled(one, error) for one in known):
            shown = {name: error.get(name) for name in ("action", "code", "message")}
            yield f"this error is not a documented one: {shown}; {', '.join(examples)}"


def _refusals(body: Any) -> Iterator[dict[str, Any]]:
    """Yields the errors of a response: the body itself, or those in it, wherever they stand."""
    if isinstance(body, list):
        for item in body:
            yield from _refusals(item)
    elif isinstance(body, dict):
        if body.get("status") == "error" and "code" in body:
            yield body
        for name, value in body.items():
            if name in _WITHIN:
                yield from _refusals(value)


def _is_filled(example: dict[str, Any], error: dict[str, Any]) -> bool:
    """Whether an error is an example's, whose message may have places such as `{network}`."""
    if any(error.get(name) != example[name] for name in ("action", "code")):
        return False
    message = str(error.get("message"))
    pattern = re.sub(r"\\\{\w+\\\}", ".+?", re.escape(example["message"]))
    with_path = _PATH.sub("{path}", message) == example["message"]
    return with_path or re.fullmatch(pattern, message, re.DOTALL) is not None


@lru_cache(maxsize=256)
def is_private_key(text: str) -> bool:
    """The format `rsa-private-pem`: PEM text of an RSA key, also URL-encoded or in base64."""
    if "-----BEGIN" not in text:
        try:
            text = base64.b64decode("".join(text.split()), validate=True).decode("ascii")
        except (binascii.Error, ValueError):
            return False
    pem = unquote(text) if "%" in text else text
    try:
        key = load_pem_private_key(pem.encode(), None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError):
        return False
    return isinstance(key, RSAPrivateKey)


def _anything(_: str) -> bool:
    return True


_FORMATS: Final[dict[str, Callable[[str], bool]]] = {
    "rsa-private-pem": is_private_key,
    "password": _anything,
    # Schemas check their patterns; only the server knows which ones exist.
    "ayrshare-profile-key": _anything,
    "ayrshare-domain": _anything,
    "ayrshare-cursor": _anything,
    "media-data-uri": _anything,
}


def _with_full_references(node: Any) -> Any:
    """Returns a schema whose references name the document: it is compiled without the others."""
    if isinstance(node, list):
        return [_with_full_references(inner) for inner in node]
    if isinstance(node, dict):
        return {
            name: f"{_NAME}{inner}" if name == "$ref" else _with_full_references(inner)
            for name, inner in node.items()
        }
    return node


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)))


def _decode(body: bytes, media_type: str) -> Any:
    if media_type == "application/json":
        return json.loads(body, parse_constant=_refuse_constant)
    return body.decode()


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _explain(error: ValidationError) -> Iterator[str]:
    """Yields what is wrong, for a `oneOf` or `anyOf` in the branch with the fewest errors."""
    branches: list[list[ValidationError]] = getattr(error.kind, "context", [])
    if branches:
        for inner in min(branches, key=len):
            yield from _explain(inner)
    else:
        place = "".join(f"/{part}" for part in error.instance_path)
        yield f"the body{f' at {place}' if place else ''}: {error.message}"


def _report(exchange: Exchange, operation: str, faults: list[str]) -> str:
    body = exchange.body.decode("utf-8", "replace")
    if len(body) > _LONGEST_BODY_SHOWN:
        body = f"{body[:_LONGEST_BODY_SHOWN]}…"
    return "\n".join(
        [
            f"{exchange.method} {exchange.path} ({operation}) returned {exchange.status}, "
            "which openapi.yaml does not allow:",
            *(f"  - {fault}" for fault in faults),
            f"  the response: {body}",
        ]
    )
