"""Who takes part in a linking flow: a person with a browser, and the integrator's site."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from pytest_httpserver import HTTPServer
from werkzeug import Request
from werkzeug.datastructures import Headers

_HERE: Final = Path(__file__).parent
_AXE: Final = _HERE / "node_modules/axe-core/axe.min.js"
_VIOLATIONS: Final = """\
Promise.allSettled(document.getAnimations().map((one) => one.finished))
  .then(() => axe.run()).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`)))
"""
SCREENSHOTS: Final = _HERE.parents[1] / "artefacts/screenshots"
_PATIENCE_MS: Final = 20_000
"""How long a busy machine may take; the tests themselves wait for nothing."""
expect.set_options(timeout=_PATIENCE_MS)
_ANSWERS: Final = {
    "Bluesky": {"Handle": "mia.example", "App password": "correct-horse"},
    "Telegram": {"Channel or group name": "@cakes"},
}
"""What a person types where a network insists."""
_PAGE: Final = """\
<!doctype html>
<html lang="en">
<title>ACME</title>
<link rel="icon" href="data:,">
<h1>BODY</h1>
"""
_SHOP: Final = """\
<!doctype html>
<html lang="en">
<title>ACME</title>
<link rel="icon" href="data:,">
<h1>ACME</h1>
<button>Connect</button>
<script>
  const heard = [];
  addEventListener("message", (message) => {
    heard.push({ ...message.data, from: message.origin });
  });
  document.querySelector("button").onclick = () => {
    window.popup = window.open(URL_TO_OPEN, "link", "popup,width=480,height=720");
  };
</script>
"""


def clicks(page: Page, name: str) -> None:
    """Clicks a button that leads to another page, by its accessible name; waits for that."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def clicks_the_last(page: Page, name: str) -> None:
    """Clicks a button after which the tab closes, by its accessible name; waits for that."""
    with page.expect_event("close"):
        page.get_by_role("button", name=name, exact=True).click()


@dataclass(frozen=True)
class Person:
    """Somebody with a browser.

    Attributes:
        context: Their browser, with its cookies.
        page: The tab they look at.
        outsiders: Requests of the browser to other hosts than this machine.
        errors: What the browser complained about, such as a blocked script.
    """

    context: BrowserContext
    page: Page
    outsiders: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @classmethod
    def sits_down(cls, browser: Browser, options: Mapping[str, Any]) -> "Person":
        """A person with a new browser; `options` are Playwright's for a context."""
        context = browser.new_context(**options)
        context.set_default_timeout(_PATIENCE_MS)
        person = cls(context, context.new_page())
        context.on("request", lambda request: person._note(request.url))
        context.on("console", lambda message: person._complain(message.type, message.text))
        context.on("weberror", lambda error: person.errors.append(str(error.error)))
        return person

    def leaves(self) -> None:
        """Closes the browser."""
        self.context.close()

    def opens(self, url: str) -> None:
        """Opens a URL."""
        self.page.goto(url)

    def button(self, name: str) -> Locator:
        """A button by its accessible name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def clicks(self, name: str) -> None:
        """Clicks a button that leads to another page, by its accessible name; waits for that."""
        clicks(self.page, name)

    def clicks_and_stays(self, name: str) -> None:
        """Clicks a button that leads nowhere, by its accessible name."""
        self.button(name).click()

    def links(self, network: str) -> None:
        """Links a network, by its display name, and allows it."""
        self.clicks(f"Link {network}")
        for label, answer in _ANSWERS.get(network, {}).items():
            self.page.get_by_label(label).fill(answer)
        self.clicks("Allow")

    def refuses(self, network: str) -> None:
        """Begins to link a network, by its display name, and cancels."""
        self.clicks(f"Link {network}")
        self.clicks("Cancel")

    def row(self, network: str) -> Locator:
        """The row of a network, by its display name."""
        heading = self.page.get_by_role("heading", name=network, exact=True)
        return self.page.get_by_role("listitem").filter(has=heading)

    def sees(self, text: str) -> None:
        """Checks that a text is shown."""
        expect(self.page.get_by_text(text)).to_be_visible()

    def sees_heading(self, text: str) -> None:
        """Checks the page's first heading."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    def sees_notice(self, text: str, *, role: Any = "status") -> None:
        """Checks what the page tells once: a `status`, or an `alert` for an error."""
        expect(self.page.get_by_role(role)).to_have_text(text)

    def photographs(self, name: str, page: Page | None = None) -> None:
        """Keeps a screenshot of the whole page."""
        looked_at = page or self.page
        looked_at.wait_for_load_state()
        looked_at.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)

    def stumbles(self, page: Page | None = None) -> list[str]:
        """What axe-core finds on the page, in the present colour scheme."""
        looked_at = page or self.page
        assert _AXE.exists(), f"axe-core is missing: run npm ci in {_AXE.parents[2]}"
        looked_at.wait_for_load_state()
        if not looked_at.evaluate("'axe' in window"):
            looked_at.evaluate(_AXE.read_text("utf-8"))
        found: list[str] = looked_at.evaluate(_VIOLATIONS)
        return found

    def _note(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "http://localhost:", "data:")):
            self.outsiders.append(url)

    def _complain(self, kind: str, text: str) -> None:
        if kind == "error":
            self.errors.append(text)


class Integrator:
    """The integrator's site: it opens popups, hears their events, and is led back to."""

    def __init__(self, server: HTTPServer) -> None:
        self._server = server

    @property
    def origin(self) -> str:
        """The site's origin."""
        return self._server.url_for("").rstrip("/")

    def page(self, path: str, body: str = "Welcome back") -> str:
        """A page of the site; answers its URL."""
        self._serve(path, _PAGE.replace("BODY", body))
        return self._server.url_for(path)

    def shop(self, url: str) -> str:
        """A page whose button opens `url` in a popup; answers its URL."""
        self._serve("/shop", _SHOP.replace("URL_TO_OPEN", json.dumps(url)))
        return self._server.url_for("/shop")

    def redirect(self, path: str, target: str) -> str:
        """An address of the site that leads on to `target`; answers its URL."""
        headers = {"Location": target}
        self._server.expect_request(path).respond_with_data("", status=302, headers=headers)
        return self._server.url_for(path)

    def webhook(self) -> str:
        """A receiver of webhooks; answers its URL."""
        self._server.expect_request("/webhook", method="POST").respond_with_data("")
        return self._server.url_for("/webhook")

    def deliveries(self) -> list[dict[str, Any]]:
        """The webhooks that arrived."""
        return [json.loads(request.get_data()) for request in self._received()]

    def headers(self) -> list[Headers]:
        """The headers of the webhooks that arrived."""
        return [request.headers for request in self._received()]

    def _serve(self, path: str, document: str) -> None:
        self._server.expect_request(path).respond_with_data(document, content_type="text/html")

    def _received(self) -> list[Request]:
        return [request for request, _ in self._server.log if request.method == "POST"]


@dataclass(frozen=True)
class Shop:
    """The integrator's page in a person's browser, with the popup that its button opens."""

    person: Person

    def opens_popup(self) -> Page:
        """Clicks the button, and waits for the popup's page."""
        with self.person.page.expect_popup() as popup:
            self.clicks_connect()
        popup.value.wait_for_load_state()
        return popup.value

    def clicks_connect(self) -> None:
        """Clicks the button, whatever becomes of the popup."""
        self.person.clicks_and_stays("Connect")

    def hears(self, *events: dict[str, Any]) -> None:
        """Checks all that the page has heard so far, once that is as much as expected."""
        self.person.page.wait_for_function("count => heard.length >= count", arg=len(events))
        heard = self.person.page.evaluate("heard")
        assert heard == list(events), heard
