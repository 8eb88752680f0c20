"""The linking page as a browser uses it: rows, buttons, and the forms that they send.

Regular expressions read these pages in a tenth of the time that an HTML parser takes, and the
machine is shared with the server under test.
"""

import html
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from fakeayr.loadtests.steps import Http, Reply, StepFailed, shown

_ROW: Final = re.compile(r'data-platform="(\w+)" data-linked="(true|false)"(.*?)</li>', re.DOTALL)
_FORM: Final = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_BUTTON: Final = re.compile(r"<button\b([^>]*)>(.*?)</button>", re.DOTALL)
_INPUT: Final = re.compile(r"<input\b([^>]*)>")
_ATTRIBUTE: Final = re.compile(r'([\w-]+)(?:="([^"]*)")?')
_TITLE: Final = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_ALERT: Final = re.compile(r'role="alert"[^>]*>(.*?)<', re.DOTALL)
_TARGET: Final = re.compile(r'data-target="([^"]*)"')
_TYPED: Final = "load test"
"""What a person types where a page insists."""


@dataclass(frozen=True)
class Form:
    """What a button sends, and where to."""

    url: str
    fields: dict[str, str]


class LinkingPage:
    """An open linking page.

    Args:
        http: The person's browser.
        reply: The page.
    """

    def __init__(self, http: Http, reply: Reply) -> None:
        self._http = http
        self._reply = _good(reply)
        self._rows = {
            network: (linked == "true", row) for network, linked, row in _ROW.findall(reply.text)
        }
        if not self._rows:
            raise StepFailed(f"no linking page: {_title(reply)}")

    @classmethod
    def opened(cls, http: Http, url: str) -> "LinkingPage":
        """Opens a linking URL.

        Raises:
            StepFailed: It does not open.
        """
        return cls(http, http.get(url, follow=True))

    @property
    def linked(self) -> set[str]:
        """Networks that the page shows as linked."""
        return {network for network, (linked, _) in self._rows.items() if linked}

    @property
    def unlinked(self) -> list[str]:
        """Networks that can be linked."""
        return [network for network, (linked, _) in self._rows.items() if not linked]

    def link(self, network: str) -> "LinkingPage":
        """Links a network and allows it on its consent page.

        Raises:
            StepFailed: It is not linked then.
        """
        asked = _good(self._send(self._button(network, "Link ")))
        if 'value="allow"' in asked.text:  # Not shown where the outcome was decided beforehand.
            asked = self._send(_consent(asked))
        page = LinkingPage(self._http, asked)
        if network not in page.linked:
            alert = _ALERT.search(asked.text)
            told = html.unescape(alert[1]) if alert else "the page does not say why"
            raise StepFailed(f"{network} is not linked: {shown(told)}")
        return page

    def unlink(self, network: str) -> "LinkingPage":
        """Unlinks a network.

        Raises:
            StepFailed: It is still linked then.
        """
        page = LinkingPage(self._http, self._send(self._button(network, "Unlink ")))
        if network in page.linked:
            raise StepFailed(f"{network} is still linked")
        return page

    def done(self) -> str:
        """Clicks All Done; answers where that leads, or nothing where the tab closes."""
        for attributes, content in _FORM.findall(self._reply.text):
            for _, label in _BUTTON.findall(content):
                if label.strip() == "All Done":
                    return self._leave(_form(self._reply.url, _attributes(attributes), content))
        raise StepFailed("there is no All Done on the page")

    def _leave(self, form: Form) -> str:
        reply = self._http.send("POST", form.url, form=form.fields)
        if reply.location:
            return reply.location
        target = _TARGET.search(_good(reply).text)
        return html.unescape(target[1]) if target else ""

    def _button(self, network: str, verb: str) -> Form:
        row = self._rows.get(network, (False, ""))[1]
        for attributes, _ in _BUTTON.findall(row):
            given = _attributes(attributes)
            if given.get("aria-label", "").startswith(verb):
                for of_form, content in _FORM.findall(self._reply.text):
                    if attributes in content:
                        form = _form(self._reply.url, _attributes(of_form), content)
                        action = given.get("formaction")
                        url = urljoin(self._reply.url, action) if action else form.url
                        return Form(url, form.fields)
        raise StepFailed(f"there is no button {verb}{network} on the page")

    def _send(self, form: Form) -> Reply:
        return self._http.send("POST", form.url, form=form.fields, follow=True)


def _consent(reply: Reply) -> Form:
    for attributes, content in _FORM.findall(reply.text):
        if 'value="allow"' in content:
            form = _form(reply.url, _attributes(attributes), content)
            return Form(form.url, {**form.fields, "decision": "allow"})
    raise StepFailed("there is no Allow on the consent page")


def _form(base: str, given: dict[str, str], content: str) -> Form:
    fields = {}
    for attributes in _INPUT.findall(content):
        field = _attributes(attributes)
        name = field.get("name")
        if not name or (field.get("type") in {"radio", "checkbox"} and "checked" not in field):
            continue
        value = field.get("value", "")
        fields[name] = _TYPED if not value and "required" in field else value
    return Form(urljoin(base, given.get("action", "")), fields)


def _attributes(text: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(text)}


def _good(reply: Reply) -> Reply:
    if reply.status != 200:
        raise StepFailed(f"{reply.status}: {_title(reply)}")
    return reply


def _title(reply: Reply) -> str:
    found = _TITLE.search(reply.text)
    return shown(html.unescape(found[1]) if found else reply.text)
