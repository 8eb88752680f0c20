"""Holds answers against `openapi.yaml`: statuses, headers, bodies, and the errors it names."""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import brotli  # type: ignore[import-untyped]
import yaml
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jsonschema_rs import Draft202012Validator, ValidationError

FILE: Final = Path(__file__).parents[2] / "openapi.yaml"

_OUTSIDE: Final = ("/docs", "/openapi.yaml", "/_page")
"""What the server has besides the API: the contract itself, its browser, the page's assets."""
_LONGEST_BODY_SHOWN: Final = 2_000


class ContractViolation(AssertionError):
    """An answer that `openapi.yaml` does not allow."""


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A request and its answer, as far as the contract looks at them.

    Attributes:
        method: The request's method.
        path: The request's path, decoded, without its query.
        status: HTTP status of the answer.
        headers: Headers of the answer; names in lower case.
        body: Body of the answer.
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
    """The contract of `openapi.yaml`, which is read once."""
    return Contract(yaml.load(FILE.read_text("utf-8"), Loader=yaml.CSafeLoader))


class Contract:
    """An OpenAPI document that answers are held against.

    Args:
        document: The document, decoded.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._exact = {path: item for path, item in document["paths"].items() if "{" not in path}
        self._templates = [
            (_pattern(path), item) for path, item in document["paths"].items() if "{" in path
        ]
        self._validators: dict[int, Draft202012Validator] = {}

    def covers(self, path: str) -> bool:
        """Whether the contract says anything about a path."""
        return not any(path == place or path.startswith(f"{place}/") for place in _OUTSIDE)

    def check(self, exchange: Exchange) -> None:
        """Compares an answer with what the contract allows.

        Raises:
            ContractViolation: With everything that is wrong.
        """
        if not self.covers(exchange.path):
            return
        operation, responses = self._responses(exchange)
        documented = responses.get(str(exchange.status))
        if documented is None:
            known = ", ".join(responses)
            faults = [f"status {exchange.status} is not documented; documented: {known}"]
        else:
            faults = list(self._faults(exchange, self.resolved(documented)))
        if faults:
            raise ContractViolation(_report(exchange, operation, faults))

    def resolved(self, node: Any) -> Any:
        """What a node of the document stands for, once its `$ref` has been followed."""
        while isinstance(node, dict) and "$ref" in node:
            pointer = node["$ref"].removeprefix("#/")
            node = self.document
            for part in pointer.split("/"):
                node = node[part.replace("~1", "/").replace("~0", "~")]
        return node

    def validator(self, schema: dict[str, Any]) -> Draft202012Validator:
        """A validator for a schema of this document."""
        known = self._validators.get(id(schema))
        if known is None:
            components = {"components": self.document["components"]}
            known = self._validators[id(schema)] = Draft202012Validator(
                schema | components,
                formats=_FORMATS,
                validate_formats=True,
                ignore_unknown_formats=False,
            )
        return known

    def _responses(self, exchange: Exchange) -> tuple[str, dict[str, Any]]:
        """The name of the operation that was called and the responses that it may give."""
        if exchange.status == HTTPStatus.MISDIRECTED_REQUEST:
            return "no operation: foreign host", {"421": self.document["x-unrouted"]["foreignHost"]}
        item = self._path_item(exchange.path)
        if item is None:
            return "no operation: unknown path", {"404": self.document["x-unrouted"]["unknownPath"]}
        method = exchange.method.lower()
        operation = item.get("get" if method == "head" else method)
        if operation is None:
            return "no operation: wrong method", {"405": self.document["x-unrouted"]["wrongMethod"]}
        return operation["operationId"], operation["responses"]

    def _path_item(self, path: str) -> dict[str, Any] | None:
        # As Flask does: slashes at the beginning are one, and one at the end does not matter.
        path = f"/{path.lstrip('/')}"
        for spelling in (path, path[:-1] if path.endswith("/") else path):
            if spelling in self._exact:
                item: dict[str, Any] = self._exact[spelling]
                return item
            for pattern, item in self._templates:
                if pattern.fullmatch(spelling):
                    return item
        return None

    def _faults(self, exchange: Exchange, response: dict[str, Any]) -> Iterator[str]:
        for name, header in response.get("headers", {}).items():
            yield from self._header_faults(exchange, name, self.resolved(header))
        if exchange.method == "HEAD":
            return
        content = response.get("content")
        if content is None:
            if exchange.body:
                yield "there is a body, but none is documented"
            return
        (media_type, media), *others = content.items()
        assert not others, "the contract names one media type for each response"
        expected = f"{media_type}; charset=utf-8"
        if exchange.headers.get("content-type") != expected:
            found = exchange.headers.get("content-type")
            yield f"the Content-Type is {found!r} instead of {expected!r}"
            return
        try:
            body = _decoded(exchange.plain_body, media_type)
        except ValueError as error:
            yield f"the body cannot be decoded: {error}"
            return
        for invalid in self.validator(media["schema"]).iter_errors(body):
            yield from _explained(invalid)
        if isinstance(body, dict) and body.get("status") == "error":
            yield from self._error_faults(body, media.get("examples", {}))

    def _header_faults(
        self, exchange: Exchange, name: str, header: dict[str, Any]
    ) -> Iterator[str]:
        text = exchange.headers.get(name.lower())
        if text is None:
            if header.get("required", False):
                yield f"the header {name} is missing"
            return
        schema = header["schema"]
        is_number = self.resolved(schema).get("type") == "integer" and text.isdecimal()
        for error in self.validator(schema).iter_errors(int(text) if is_number else text):
            yield f"the header {name}: {error.message}"

    def _error_faults(self, body: dict[str, Any], examples: dict[str, Any]) -> Iterator[str]:
        """Every refusal must stand among the examples of the operation, code and message alike."""
        said = {name: value for name, value in body.items() if name != "details"}
        named = [self.resolved(example).get("value") for example in examples.values()]
        if said not in named:
            yield f"this refusal is not among the documented ones: {', '.join(examples)}"


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
    # Their patterns say what can be said of these; which of them exist, only the server knows.
    "ayrshare-profile-key": _anything,
    "ayrshare-domain": _anything,
    "ayrshare-cursor": _anything,
}


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)))


def _decoded(body: bytes, media_type: str) -> Any:
    if media_type == "application/json":
        return json.loads(body, parse_constant=_refuse_constant)
    return body.decode()


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _explained(error: ValidationError) -> Iterator[str]:
    """What is wrong, in the branch of a `oneOf` or `anyOf` that comes closest."""
    branches: list[list[ValidationError]] = getattr(error.kind, "context", [])
    if branches:
        for inner in min(branches, key=len):
            yield from _explained(inner)
    else:
        place = "".join(f"/{part}" for part in error.instance_path)
        yield f"the body{f' at {place}' if place else ''}: {error.message}"


def _report(exchange: Exchange, operation: str, faults: list[str]) -> str:
    body = exchange.body.decode("utf-8", "replace")
    if len(body) > _LONGEST_BODY_SHOWN:
        body = f"{body[:_LONGEST_BODY_SHOWN]}…"
    return "\n".join(
        [
            f"{exchange.method} {exchange.path} ({operation}) answered {exchange.status}, "
            "which openapi.yaml does not allow:",
            *(f"  - {fault}" for fault in faults),
            f"  the answer: {body}",
        ]
    )
