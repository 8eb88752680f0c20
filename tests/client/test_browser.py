"""The browser of the toolkit: cookies, redirects, forms, over any transport."""

from collections.abc import Iterable

import pytest

from fakeayr.client.browser import Browser, TooManyRedirects
from fakeayr.client.screen import Screen
from fakeayr.client.transport import Headers, Reply


class Scripted:
    """A transport that answers as it is told, and keeps what it was sent."""

    def __init__(self, *replies: tuple[int, list[tuple[str, str]]]) -> None:
        self._replies = iter(replies)
        self.sent: list[tuple[str, str, str, bytes]] = []

    def send(
        self, method: str, url: str, headers: Headers, body: bytes, timeout: float | None = None
    ) -> Reply:
        """Keeps the request with its cookies."""
        self.sent.append((method, url, dict(headers).get("Cookie", ""), body))
        status, answered = next(self._replies)
        return Reply(status, "", answered, b"", 0)

    def close(self) -> None:
        """Has nothing open."""


def redirects(status: int, *locations: str) -> Iterable[tuple[int, list[tuple[str, str]]]]:
    return [(status, [("Location", location)]) for location in locations]


OK: tuple[int, list[tuple[str, str]]] = (200, [])


def test_cookies_go_back_to_their_origin_only() -> None:
    cookies = [("Set-Cookie", "a=1; Path=/"), ("set-cookie", "b=x=y; HttpOnly")]
    transport = Scripted((200, cookies), OK, OK, OK)
    browser = Browser(transport)
    browser.get("http://one.example/page?x=/y")
    browser.get("http://one.example/")
    browser.get("http://one.example:81/")
    browser.forget()
    browser.get("http://one.example/")
    assert [cookie for _, _, cookie, _ in transport.sent] == ["", "a=1; b=x=y", "", ""]


def test_redirects_are_followed_with_get() -> None:
    transport = Scripted(*redirects(302, "/there?a=b", "http://two.example/"), OK)
    browser = Browser(transport)
    browser.submit("http://one.example/form", {"a": "b c"})
    assert [(method, url, body) for method, url, _, body in transport.sent] == [
        ("POST", "http://one.example/form", b"a=b+c"),
        ("GET", "http://one.example/there?a=b", b""),
        ("GET", "http://two.example/", b""),
    ]
    assert browser.url == "http://two.example/"


@pytest.mark.parametrize("status", [307, 308])
def test_some_redirects_keep_the_form(status: int) -> None:
    transport = Scripted(*redirects(status, "/there"), OK)
    Browser(transport).submit("http://one.example/form", {"a": "b"})
    assert transport.sent[1] == ("POST", "http://one.example/there", "", b"a=b")


def test_a_redirect_may_be_what_is_wanted() -> None:
    transport = Scripted(*redirects(303, "/there"))
    assert (
        Browser(transport).get("http://one.example/", follow=False).header("location") == "/there"
    )


def test_redirects_without_end_are_given_up() -> None:
    with pytest.raises(TooManyRedirects, match=r"^More than 10 redirects, the last to http://o/8"):
        Browser(Scripted(*redirects(302, *map(str, range(-1, 20))))).get("http://o/x")


PAGE = """
<html><head><title>Mia&#39;s
  page</title></head><body class="grid" data-events="[&quot;a&quot;]">
<p role="alert" class="notice">It is <b>not</b> linked.</p>
<form action="/done"><input type="hidden" name="token" value="a&amp;b">
  <input type="radio" name="type" value="page" checked>
  <input type="radio" name="type" value="group">
  <input type="checkbox" name="news"><input name="user" required><textarea name="text"></textarea>
  <button formaction="/link" aria-label="Link Facebook">Link</button>
  <button name="decision" value="allow">All <i>Done</i></button>
</form><button form="page">Elsewhere</button></body></html>
"""


def test_a_page_is_read_as_a_person_sees_it() -> None:
    screen = Screen(PAGE)
    assert (screen.title, screen.notice, screen.reason) == ("Mia's page", "It is not linked.", None)
    assert screen.data("events") == '["a"]'
    assert screen.networks == ["facebook"]
    assert screen.linked == []
    assert list(screen.buttons) == ["Link Facebook", "All Done"]
    link, done = screen.buttons.values()
    assert (link.action, link.pressed) == ("/link", {})
    assert (done.action, done.pressed) == ("/done", {"decision": "allow"})
    assert done.values == {"token": "a&b", "type": "page", "user": "", "text": ""}
    assert done.names == {"token", "type", "news", "user", "text"}
    assert done.required == {"user"}
