"""A person at the linking page, without a browser: opens it, allows, refuses, and leaves."""

from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import urlencode, urljoin

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.client.names import check_choice, check_fields
from fakeayr.client.transport import Reply, Transport

__tracebackhide__ = True  # A failing test's report shows the test's own lines.

_MOST_REDIRECTS: Final = 10


class LinkRefused(AssertionError):
    """The page did not open, as Ayrshare's would not.

    Attributes:
        status: HTTP status, 401 for a link that is not good.
        reason: The check that failed, in a word.
    """

    def __init__(self, status: int, reason: str | None, explanation: str) -> None:
        super().__init__(f"{status}: {explanation}")
        self.status = status
        self.reason = reason


class Page:
    """An open linking page.

    Attributes:
        url: Where the person is.
        networks: Names of the networks on it.
        notice: What it says about the last thing that was done.

    Raises:
        LinkRefused: The link does not open.
    """

    def __init__(self, transport: Transport, url: str) -> None:
        self._transport = transport
        self._cookies: SimpleCookie = SimpleCookie()
        self.url = url
        self._parsed = _Html()
        self.notice: str | None = None
        self._visit(url)

    def __repr__(self) -> str:
        """Where the person is, and what is linked."""
        return f"<Page {self._parsed.title!r} linked={self.linked}>"

    @property
    def networks(self) -> list[str]:
        """Names of the networks on the page."""
        return [
            name
            for name, network in NETWORKS.items()
            if self._parsed.button(f"Link {network.display_name}")
            or self._parsed.button(f"Unlink {network.display_name}")
        ]

    @property
    def linked(self) -> list[str]:
        """Names of the networks that the page shows as linked."""
        return [
            name
            for name, network in NETWORKS.items()
            if self._parsed.button(f"Unlink {network.display_name}")
        ]

    def allow(self, network: str, **answers: str) -> "Page":
        """Links a network and allows it on its consent page.

        Args:
            network: Its name on the wire.
            **answers: Fields of the consent page, for instance `displayName` or `type`.

        Raises:
            TypeError: The network's consent page has no such field.
            ValueError: There is no such network.
        """
        return self._consent(network, "Allow", answers)

    def refuse(self, network: str) -> "Page":
        """Begins to link a network, and cancels on its consent page."""
        return self._consent(network, "Cancel", {})

    def fail(self, network: str, scenario: str) -> "Page":
        """Links a network whose consent goes wrong.

        Args:
            network: Its name on the wire.
            scenario: `no-account`, `permission-missing`, `network-down` or `linked-elsewhere`.

        Raises:
            ValueError: There is no such network, or no such scenario.
        """
        check_choice(scenario, _SCENARIOS, "scenario")
        return self._consent(network, "Allow", {"scenario": scenario})

    def unlink(self, network: str) -> "Page":
        """Unlinks a network."""
        self._press(f"Unlink {_display_name(network)}")
        return self

    def done(self) -> str | None:
        """Clicks All Done and answers where it leads; `None` where the tab closes."""
        self._press("All Done", follow=False)
        return self._parsed.target

    def _consent(self, network: str, button: str, answers: dict[str, str]) -> "Page":
        self._press(f"Link {_display_name(network)}")
        if self._parsed.button("Allow"):  # Not shown where the outcome was decided beforehand.
            form = self._parsed.button(button)
            if form is not None:
                check_fields(answers, form.names, f"The consent page of {network}")
            self._press(button, _PASSWORDS | answers if button == "Allow" else {})
        return self

    def _press(
        self, button: str, answers: dict[str, str] | None = None, *, follow: bool = True
    ) -> None:
        form = self._parsed.button(button)
        if form is None:
            raise AssertionError(
                f"There is no button {button!r} on the page {self._parsed.title!r}."
            )
        known = {name: value for name, value in (answers or {}).items() if name in form.names}
        fields = {**form.values, **known, **form.pressed}
        self._visit(urljoin(self.url, form.action), fields, follow=follow)

    def _visit(
        self, url: str, fields: dict[str, str] | None = None, *, follow: bool = True
    ) -> None:
        self.notice = None
        for _ in range(_MOST_REDIRECTS):
            reply = self._request(url, fields)
            location = reply.header("Location")
            if location is None:
                break
            url, fields = urljoin(url, location), None
            if not follow:
                self._parsed = _Html(target=url)
                return
        self.url = url
        self._parsed = _Html()
        self._parsed.feed(reply.body.decode("utf-8", "replace"))
        self.notice = self._parsed.notice
        if reply.status >= 400:
            explanation = " ".join(self._parsed.explanation.split()) or _NO_PAGE
            raise LinkRefused(reply.status, self._parsed.flaw, explanation)

    def _request(self, url: str, fields: dict[str, str] | None) -> Reply:
        headers = [("Accept", "text/html")]
        if self._cookies:
            cookies = "; ".join(f"{name}={it.value}" for name, it in self._cookies.items())
            headers.append(("Cookie", cookies))
        body = b""
        if fields is not None:
            body = urlencode(fields).encode()
            headers.append(("Content-Type", "application/x-www-form-urlencoded"))
        method = "GET" if fields is None else "POST"
        reply = self._transport.send(method, url, headers, body)
        for name, value in reply.headers:
            if name.lower() == "set-cookie":
                self._cookies.load(value)
        return reply


_PASSWORDS: Final = {"username": "fakeayr.example", "password": "app-password"}
"""What a person types where a network insists."""


_SCENARIOS: Final = ("no-account", "permission-missing", "network-down", "linked-elsewhere")
_NO_PAGE: Final = "This is no page of the fake. Pass the url that generateJWT answered."


def _display_name(network: str) -> str:
    check_choice(network, NETWORKS, "network")
    return NETWORKS[network].display_name


class _Form:
    """A form of a page: where it goes, what stands in it, and what the pressed button adds."""

    def __init__(self, action: str) -> None:
        self.action = action
        self.values: dict[str, str] = {}
        self.names: set[str] = set()
        self.pressed: dict[str, str] = {}


class _Html(HTMLParser):
    """Finds what a person sees: headings, notices, and forms by the names of their buttons."""

    def __init__(self, target: str | None = None) -> None:
        super().__init__()
        self.target = target
        self.title = ""
        self.flaw: str | None = None
        self.explanation = ""
        self._notice: list[str] | None = None
        self._form: _Form | None = None
        self._buttons: dict[str, _Form] = {}
        self._button: tuple[dict[str, Any], list[str]] | None = None
        self._texts: dict[str, bool] = {"title": False, "flaw": False, "notice": False}

    @property
    def notice(self) -> str | None:
        """The page's notice."""
        return None if self._notice is None else " ".join("".join(self._notice).split())

    def button(self, name: str) -> _Form | None:
        """The form that a button with this accessible name sends."""
        return self._buttons.get(name)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes forms, their fields and buttons, and where texts begin."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = _Form(given.get("action", ""))
        elif tag in {"input", "select", "textarea"} and self._form is not None:
            self._field(given)
        elif tag == "button":
            self._button = (given, [])
        elif tag == "title":
            self._texts["title"] = True
        if "data-flaw" in given:
            self.flaw = given["data-flaw"]
            self._texts["flaw"] = True
        if given.get("role") in {"status", "alert"}:
            self._notice = self._notice or []
            self._texts["notice"] = True
        if given.get("data-target"):
            self.target = given["data-target"]

    def handle_endtag(self, tag: str) -> None:
        """Notes where forms, buttons and texts end."""
        if tag == "form":
            self._form = None
        elif tag == "button" and self._button is not None:
            self._finish_button()
        elif tag == "title":
            self._texts["title"] = False
        elif tag in {"p", "div", "output"}:
            self._texts["flaw"] = self._texts["notice"] = False

    def handle_data(self, data: str) -> None:
        """Collects texts."""
        if self._button is not None:
            self._button[1].append(data)
        if self._texts["title"]:
            self.title += data
        if self._texts["flaw"]:
            self.explanation += data
        if self._texts["notice"] and self._notice is not None:
            self._notice.append(data)

    def _field(self, given: dict[str, str]) -> None:
        name = given.get("name")
        if not name or self._form is None:
            return
        self._form.names.add(name)
        chosen = given.get("type") not in {"radio", "checkbox"} or "checked" in given
        if chosen:
            self._form.values[name] = given.get("value", "")

    def _finish_button(self) -> None:
        given, texts = self._button or ({}, [])
        self._button = None
        name = given.get("aria-label") or " ".join("".join(texts).split())
        if self._form is None:
            return
        form = _Form(given.get("formaction") or self._form.action)
        form.values, form.names = self._form.values, self._form.names
        if "name" in given:
            form.pressed = {given["name"]: given.get("value", "")}
        self._buttons[name] = form
