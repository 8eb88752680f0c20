"""Uses the linking page with single requests: cookies, forms and tokens."""

import json
import re
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from fakeayr.client.screen import Screen
from tests.support.contract import the_contract

_MOST_REDIRECTS = 5


class Visitor:
    """A visitor with cookies, who sees one page at a time.

    Attributes:
        client: The client with the cookies.
        page: The current page: the last response that does not redirect to another page.
        token: The token in the page's forms.
    """

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.page: TestResponse
        self.token = ""

    def opens(self, url: str, **options: Any) -> TestResponse:
        """Opens a URL or a path of the page."""
        parts = urlsplit(url)
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        return self._sees(self.client.get(path, buffered=True, **options))

    def presses(self, path: str, **fields: str) -> TestResponse:
        """Sends a form of the current page."""
        return self._sees(self.client.post(path, data={"page_token": self.token, **fields}))

    def links(self, platform: str, **answers: str) -> TestResponse:
        """Links a network and allows it on its consent page."""
        self.presses(f"/_page/link/{platform}")
        return self.presses(f"/_page/consent/{platform}", decision="allow", **answers)

    def refuses(self, platform: str) -> TestResponse:
        """Begins to link a network and cancels."""
        self.presses(f"/_page/link/{platform}")
        return self.presses(f"/_page/consent/{platform}", decision="cancel")

    def unlinks(self, platform: str) -> TestResponse:
        """Unlinks a network."""
        return self.presses(f"/_page/unlink/{platform}")

    def is_done(self) -> TestResponse:
        """Presses All Done."""
        return self.presses("/_page/done")

    @property
    def linked(self) -> list[str]:
        """The networks that the page shows as linked."""
        return Screen(self.page.text).linked

    @property
    def offered(self) -> list[str]:
        """The networks on the page."""
        return Screen(self.page.text).networks

    @property
    def notice(self) -> str | None:
        """The page's message about the last action."""
        return Screen(self.page.text).notice

    @property
    def words(self) -> str:
        """The page's visible text."""
        return Screen(self.page.text).text

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events that the page posts to its opener, checked against the contract."""
        events: list[dict[str, Any]] = json.loads(self.data("events") or "[]")
        contract = the_contract()
        allowed = contract.validator(contract.document["components"]["schemas"]["ConnectEvent"])
        for event in events:
            allowed.validate({"source": "ayrshare", "version": 1, **event})
        return events

    def data(self, name: str) -> str | None:
        """Returns the value that the page passes to its script under a name."""
        return Screen(self.page.text).data(name)

    def _sees(self, answer: TestResponse) -> TestResponse:
        """Follows redirects to other pages of the fake."""
        for _ in range(_MOST_REDIRECTS):
            location = answer.headers.get("Location", "")
            if not location.startswith("/"):
                break
            answer = self.client.get(location)
        self.page = answer
        found = re.search(r'page_token(?:" value="|=)([\w%-]+=*)', answer.text)
        self.token = unquote(found[1]) if found else ""
        return answer
