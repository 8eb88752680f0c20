"""What a library checks on the way to a socket, and keeps of a response, intercepted or not."""

import asyncio
import http.cookiejar
import urllib.request
from collections.abc import Callable
from typing import Any

import aiohttp
import httpx
import pytest
import requests

from fakeayr.testing import Account
from tests.support.http_libraries import LIBRARIES, Call

API = "https://api.ayrshare.com/api"


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> Call:
    """One library after the other."""
    return LIBRARIES[request.param]


def describe(call: Callable[[], Any]) -> str:
    """How a call ends: with a status or an exception."""
    try:
        return str(call().status)
    except Exception as error:
        return f"{type(error).__module__}.{type(error).__qualname__}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Authorization", "Bearer KEY\n"),
        ("Authorization", "Bearer KEY\r\nX-Other: 1"),
        ("Authorization", " Bearer KEY"),
        ("Authorization", "Bearer KEY\x00"),
        ("Authorization", "Bearer K\u00e9Y"),
        ("Authorization", "Bearer K\u2019Y"),
        ("X-Note", "a\tb"),
        ("X Note", "1"),
        ("X-Note:", "1"),
        ("X-N\u00f6te", "1"),
        ("", "1"),
    ],
)
def test_a_header_that_cannot_be_sent_fails_as_on_the_wire(
    library: Call, ayrshare: Account, name: str, value: str
) -> None:
    def send(base: str) -> str:
        sent = {name: value.replace("KEY", ayrshare.api_key)}
        return describe(lambda: library("GET", f"{base}/user", sent))

    assert send(API) == send(ayrshare.api_url)


@pytest.mark.parametrize("method", ["GE T", "GET\n", "get", "PURGE", "G\u00c9T"])
def test_a_method_that_cannot_be_sent_fails_as_on_the_wire(
    library: Call, ayrshare: Account, method: str
) -> None:
    headers = {"Authorization": f"Bearer {ayrshare.api_key}"}

    def send(base: str) -> str:
        return describe(lambda: library(method, f"{base}/user", headers))

    assert send(API) == send(ayrshare.api_url)


@pytest.mark.parametrize("path", ["/user?a=b c", "/user?a=\u00fc", "/us\u00eber", "/user\n", "/%"])
def test_a_target_that_cannot_be_sent_fails_as_on_the_wire(
    library: Call, ayrshare: Account, path: str
) -> None:
    headers = {"Authorization": f"Bearer {ayrshare.api_key}"}

    def send(base: str) -> str:
        return describe(lambda: library("GET", f"{base}{path}", headers))

    assert send(API) == send(ayrshare.api_url)


def test_a_key_with_a_line_break_is_refused_by_the_library(ayrshare: Account) -> None:
    headers = {"Authorization": f"Bearer {ayrshare.api_key}\n"}
    with pytest.raises(httpx.LocalProtocolError):
        httpx.get(f"{API}/user", headers=headers)
    with pytest.raises(ValueError, match="Invalid header value"):
        urllib.request.urlopen(urllib.request.Request(f"{API}/user", headers=headers))
    with pytest.raises((requests.exceptions.InvalidHeader, ValueError)):
        requests.get(f"{API}/user", headers=headers, timeout=5)
    assert ayrshare.requests == []


# Cookies, and what else is read from the response below.


@pytest.fixture
def linking_url(ayrshare: Account) -> str:
    """A linking URL at Ayrshare's own address."""
    answer = requests.post(
        f"{API}/profiles/generateJWT",
        json={
            "domain": ayrshare.domain,
            "privateKey": ayrshare.private_key,
            "profileKey": ayrshare.create_profile("Bakery").key,
        },
        headers={"Authorization": f"Bearer {ayrshare.api_key}"},
        timeout=5,
    )
    url: str = answer.json()["url"]
    assert url.startswith("https://profile.ayrshare.com")
    return url


def test_requests_keeps_cookies(linking_url: str) -> None:
    with requests.Session() as session:
        page = session.get(linking_url, timeout=5)
        assert len(session.cookies) == 1
        again = session.get("https://profile.ayrshare.com/social-accounts", timeout=5)
    assert (page.status_code, again.status_code) == (200, 200)


def test_httpx_keeps_cookies(linking_url: str) -> None:
    with httpx.Client(follow_redirects=True) as client:
        assert client.get(linking_url).status_code == 200
        assert len(client.cookies) == 1
        assert client.get("https://profile.ayrshare.com/social-accounts").status_code == 200


def test_aiohttp_keeps_cookies(linking_url: str) -> None:
    async def visit() -> list[int]:
        async with aiohttp.ClientSession() as session:
            statuses = []
            for url in (linking_url, "https://profile.ayrshare.com/social-accounts"):
                async with session.get(url) as answer:
                    statuses.append(answer.status)
            assert len(session.cookie_jar) == 1
            return statuses

    assert asyncio.run(visit()) == [200, 200]


def test_urllib_keeps_cookies(linking_url: str) -> None:
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    for url in (linking_url, "https://profile.ayrshare.com/social-accounts"):
        with opener.open(url) as answer:
            assert answer.status == 200
            assert answer.url.startswith("https://profile.ayrshare.com")
    assert len(jar) == 1


def test_requests_shows_the_response_below(ayrshare: Account) -> None:
    headers = {"Authorization": f"Bearer {ayrshare.api_key}"}

    def look(base: str) -> list[object]:
        answer = requests.get(f"{base}/user", headers=headers, timeout=5)
        below = answer.raw._original_response
        assert below is not None
        names = {name for name in answer.headers if name not in {"Date", "Server"}}
        return [below.status, below.version, below.msg["Content-Type"], answer.raw.version, names]

    intercepted, sent = look(API), look(ayrshare.api_url)
    assert intercepted[:-1] == sent[:-1]


# Headers whose names are nearly right.


@pytest.mark.parametrize("over", ["intercepted", "over HTTP"])
def test_an_underscore_makes_another_header(library: Call, ayrshare: Account, over: str) -> None:
    base = API if over == "intercepted" else ayrshare.api_url
    profile = ayrshare.create_profile("Bakery")
    headers = {
        "Authorization": f"Bearer {ayrshare.api_key}",
        "Profile_Key": str(profile.key),
        "Content_Type": "text/plain",
    }

    answer = library("GET", f"{base}/user", headers)

    assert ayrshare.ref_id.encode() in answer.body
    (request,) = ayrshare.requests
    assert request.ref_id == ayrshare.ref_id
    assert {piece.name for piece in request.advice} == {"profile-header-underscore"}
    advised = "\n".join(map(str, request.advice)).lower()
    assert "profile_key is another header than profile-key" in advised
    assert "content_type is another header than content-type" in advised


def test_the_header_itself_still_counts_beside_one_with_an_underscore(
    library: Call, ayrshare: Account
) -> None:
    profile, other = ayrshare.create_profile("Bakery"), ayrshare.create_profile("Pub")
    headers = {
        "Authorization": f"Bearer {ayrshare.api_key}",
        "Profile-Key": str(profile.key),
        "Profile_Key": str(other.key),
    }

    for base in (API, ayrshare.api_url):
        assert b'"Bakery"' in library("GET", f"{base}/user", headers).body
