"""Python's HTTP libraries behind one function each, so that a test can use them all."""

import asyncio
import contextlib
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import aiohttp
import httpx
import requests
import trio
import urllib3


@dataclass(frozen=True)
class LibraryResponse:
    """A response as a library returns it."""

    status: int
    body: bytes
    content_type: str


class Call(Protocol):
    """Makes a call with a library."""

    def __call__(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] = ...,
        body: bytes | None = None,
        timeout: float = 30,
    ) -> LibraryResponse:
        """Returns the response, without following redirects."""
        ...


_NOTHING: Final[Mapping[str, str]] = {}
_TLS: Final = ssl.create_default_context()
"""Made once: httpx would make one for each client, which takes longer than a call."""


def _requests(
    method: str,
    url: str,
    headers: Mapping[str, str] = _NOTHING,
    body: bytes | None = None,
    timeout: float = 30,
) -> LibraryResponse:
    got = requests.request(
        method, url, headers=dict(headers), data=body, timeout=timeout, allow_redirects=False
    )
    return LibraryResponse(got.status_code, got.content, got.headers["Content-Type"])


def _urllib3(
    method: str,
    url: str,
    headers: Mapping[str, str] = _NOTHING,
    body: bytes | None = None,
    timeout: float = 30,
) -> LibraryResponse:
    with urllib3.PoolManager(timeout=timeout) as pool:
        got = pool.request(
            method, url, headers=dict(headers), body=body, retries=False, redirect=False
        )
        return LibraryResponse(got.status, got.data, got.headers["Content-Type"])


def _httpx(
    method: str,
    url: str,
    headers: Mapping[str, str] = _NOTHING,
    body: bytes | None = None,
    timeout: float = 30,
) -> LibraryResponse:
    with httpx.Client(timeout=timeout, verify=_TLS) as client:
        got = client.request(method, url, headers=dict(headers), content=body)
        return LibraryResponse(got.status_code, got.content, got.headers["Content-Type"])


def _run_on_asyncio(
    call_async: Callable[[], Coroutine[Any, Any, LibraryResponse]],
) -> LibraryResponse:
    return asyncio.run(call_async())


def _httpx_async(
    run: Callable[[Callable[[], Coroutine[Any, Any, LibraryResponse]]], LibraryResponse],
) -> Call:
    def call(
        method: str,
        url: str,
        headers: Mapping[str, str] = _NOTHING,
        body: bytes | None = None,
        timeout: float = 30,
    ) -> LibraryResponse:
        async def call_async() -> LibraryResponse:
            async with httpx.AsyncClient(timeout=timeout, verify=_TLS) as client:
                got = await client.request(method, url, headers=dict(headers), content=body)
                return LibraryResponse(got.status_code, got.content, got.headers["Content-Type"])

        return run(call_async)

    return call


def _aiohttp(
    method: str,
    url: str,
    headers: Mapping[str, str] = _NOTHING,
    body: bytes | None = None,
    timeout: float = 30,
) -> LibraryResponse:
    async def call_async() -> LibraryResponse:
        patience = aiohttp.ClientTimeout(sock_read=timeout)
        async with (
            aiohttp.ClientSession(timeout=patience) as session,
            session.request(method, url, headers=headers, data=body, allow_redirects=False) as got,
        ):
            return LibraryResponse(got.status, await got.read(), got.headers["Content-Type"])

    return asyncio.run(call_async())


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follows no redirect."""


def _urllib(
    method: str,
    url: str,
    headers: Mapping[str, str] = _NOTHING,
    body: bytes | None = None,
    timeout: float = 30,
) -> LibraryResponse:
    request = urllib.request.Request(url, data=body, headers=dict(headers), method=method)
    try:
        opened = urllib.request.build_opener(_NoRedirects).open(request, timeout=timeout)
    except urllib.error.HTTPError as error:
        opened = error
    with contextlib.closing(opened) as got:
        return LibraryResponse(got.status, got.read(), got.headers["Content-Type"])


LIBRARIES: Final[dict[str, Call]] = {
    "requests": _requests,
    "urllib3": _urllib3,
    "httpx": _httpx,
    "httpx on asyncio": _httpx_async(_run_on_asyncio),
    "httpx on trio": _httpx_async(trio.run),
    "aiohttp": _aiohttp,
    "urllib.request": _urllib,
}
"""Every library that is intercepted, by name."""
