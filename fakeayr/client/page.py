"""Uses the linking page as a person would, without a real browser."""

from typing import Final
from urllib.parse import urljoin

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.client.browser import Browser
from fakeayr.client.names import check_choice, check_fields
from fakeayr.client.screen import Screen
from fakeayr.client.transport import Reply
from fakeayr.domain.consents import SCENARIOS, ConsentOutcome
from fakeayr.errors import FakeayrError

__tracebackhide__ = True  # A failing test's report shows the test's own lines.

_FAILURES: Final = [scenario for scenario in SCENARIOS if scenario != ConsentOutcome.ALLOW]
_TYPED: Final = {"username": "fakeayr.example", "password": "app-password"}
"""What is entered into required fields."""
_LEAVING: Final = ("All Done", "Close")
_NO_PAGE: Final = "This is not a page of the fake. Pass the url that generateJWT returned."


class LinkRefused(FakeayrError, AssertionError):
    """The linking page refused to open.

    Attributes:
        status: HTTP status; 401 for an invalid link.
        reason: The check that failed, in one word.
    """

    def __init__(self, status: int, reason: str | None, explanation: str) -> None:
        super().__init__(f"{status}: {explanation}")
        self.status = status
        self.reason = reason


class ButtonMissing(FakeayrError, AssertionError):
    """The page does not have the button."""


class Page:
    """An open linking page.

    Args:
        browser: The person's browser. It keeps its cookies for the next page.
        url: The linking URL.

    Attributes:
        url: The URL of the current page.
        networks: Names of the networks on the page.
        linked: Names of the networks that the page shows as linked.
        notice: The page's message about the last action.

    Raises:
        LinkRefused: The page refuses to open.
        TransportError: There was no response.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._show(browser.get(url))

    def __repr__(self) -> str:
        """Shows the title of the page, and what is linked."""
        return f"<Page {self._screen.title!r} linked={self.linked}>"

    @property
    def networks(self) -> list[str]:
        """Names of the networks on the page, in its order."""
        return self._screen.networks

    @property
    def linked(self) -> list[str]:
        """Names of the networks that the page shows as linked."""
        return self._screen.linked

    @property
    def notice(self) -> str | None:
        """The page's message about the last action, or `None`."""
        return self._screen.notice

    def allow(self, network: str, **answers: str) -> "Page":
        """Links a network and allows it on its consent page.

        Args:
            network: The network's name in the API.
            **answers: Fields of the consent page, for instance `displayName` or `type`.

        Returns:
            This page, for further calls.

        Raises:
            TypeError: The network's consent page has no such field.
            ValueError: There is no such network.
            ButtonMissing: The page does not offer the network.
        """
        return self._consent(network, "Allow", answers)

    def refuse(self, network: str) -> "Page":
        """Begins to link a network and cancels on its consent page; see `allow`."""
        return self._consent(network, "Cancel", {})

    def fail(self, network: str, scenario: str) -> "Page":
        """Links a network whose consent page fails.

        Args:
            network: The network's name in the API.
            scenario: `no-account`, `permission-missing`, `network-down` or `linked-elsewhere`.

        Raises:
            ValueError: There is no such network, or no such scenario.
        """
        check_choice(scenario, _FAILURES, "scenario")
        return self._consent(network, "Allow", {"scenario": scenario})

    def unlink(self, network: str) -> "Page":
        """Unlinks a network; see `allow`."""
        self._press(f"Unlink {_get_display_name(network)}", {})
        return self

    def done(self) -> str | None:
        """Clicks All Done and returns the URL of the next page; `None` if the tab closes."""
        buttons = self._screen.buttons
        button = next((name for name in _LEAVING if name in buttons), _LEAVING[0])
        reply = self._send(button, {}, follow=False)
        location = reply.header("Location")
        if location is not None:
            return urljoin(self.url, location)
        self._show(reply)
        return self._screen.data("target")

    def _consent(self, network: str, button: str, answers: dict[str, str]) -> "Page":
        self._press(f"Link {_get_display_name(network)}", {})
        form = self._screen.buttons.get("Allow")
        if form is not None:  # There is no form if a test has preset the outcome.
            check_fields(answers, form.names, f"The consent page of {network}")
            empty = (name for name in form.required if not form.values.get(name))
            typed = {name: _TYPED.get(name, "fakeayr") for name in empty}
            self._press(button, typed | answers if button == "Allow" else {})
        return self

    def _press(self, button: str, answers: dict[str, str]) -> None:
        self._show(self._send(button, answers))

    def _send(self, button: str, answers: dict[str, str], *, follow: bool = True) -> Reply:
        form = self._screen.buttons.get(button)
        if form is None:
            raise ButtonMissing(
                f"There is no button {button!r} on the page {self._screen.title!r}, but: "
                f"{', '.join(self._screen.buttons) or 'none'}."
            )
        fields = {**form.values, **answers, **form.pressed}
        return self._browser.submit(urljoin(self.url, form.action), fields, follow=follow)

    def _show(self, reply: Reply) -> None:
        self.url = self._browser.url
        self._screen = Screen(reply.text)
        if reply.status >= 400:
            reason = self._screen.reason
            explanation = self._screen.notice if reason else _NO_PAGE
            raise LinkRefused(reply.status, reason, explanation or _NO_PAGE)


def _get_display_name(network: str) -> str:
    check_choice(network, NETWORKS, "network")
    return NETWORKS[network].display_name
