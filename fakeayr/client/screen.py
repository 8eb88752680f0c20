"""Reads the HTML of the fake's pages: title, notice, and forms by their buttons.

Regular expressions take a tenth of an HTML parser's time. That matters in load tests, which share
the machine with the server.
"""

import html
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from fakeayr.ayrshare.networks import NETWORKS

_FORM: Final = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_PART: Final = re.compile(
    r"<(?:input|select|textarea)\b([^>]*)>|<button\b([^>]*)>(.*?)</button>", re.DOTALL
)
_ATTRIBUTE: Final = re.compile(r'([\w-]+)(?:="([^"]*)")?')
_BODY: Final = re.compile(r"<body\b([^>]*)>")
_UNSEEN: Final = re.compile(r"<(style|script|head)\b.*?</\1>", re.DOTALL)
_BY_DISPLAY_NAME: Final = {network.display_name: name for name, network in NETWORKS.items()}
_TAG: Final = re.compile(r"<[^>]+>")


@dataclass(slots=True)
class Form:
    """A form and the button that sends it.

    Attributes:
        action: Its URL, relative to the page.
        values: The values of its fields.
        names: The names of all its fields, including those without a value.
        required: The names of its required fields.
        pressed: The field that the button adds.
    """

    action: str
    values: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    required: set[str] = field(default_factory=set)
    pressed: dict[str, str] = field(default_factory=dict)


class Screen:
    """A page of the fake.

    Args:
        source: The page's HTML.
    """

    def __init__(self, source: str) -> None:
        self._source = source

    @property
    def title(self) -> str:
        """The page's title."""
        return self._find_text(r"<title>(.*?)</title>") or ""

    @property
    def notice(self) -> str | None:
        """The message about the last action, or `None`."""
        return self._find_text(r'<p\b[^>]*\brole="(?:status|alert)"[^>]*>(.*?)</p>')

    @property
    def reason(self) -> str | None:
        """The check that refused the link, in one word, or `None`."""
        return self._find_text(r'\bdata-flaw="([^"]*)"')

    @property
    def text(self) -> str:
        """The visible text."""
        return _strip_tags(_UNSEEN.sub(" ", self._source))

    @property
    def networks(self) -> list[str]:
        """Names of the networks on the page, in its order."""
        return list(dict.fromkeys(self._list_networks("Link", "Unlink")))

    @property
    def linked(self) -> list[str]:
        """Names of the networks that the page shows as linked."""
        return self._list_networks("Unlink")

    def data(self, name: str) -> str | None:
        """Returns the value that the page passes to its script under a name."""
        body = _BODY.search(self._source)
        return _read_attributes(body[1]).get(f"data-{name}") if body else None

    @cached_property
    def buttons(self) -> dict[str, Form]:
        """What each button sends, by the button's accessible name."""
        buttons = {}
        for of_form, content in _FORM.findall(self._source):
            form = Form(_read_attributes(of_form).get("action", ""))
            for of_field, of_button, label in _PART.findall(content):
                given = _read_attributes(of_field or of_button)
                if of_field:
                    _add_field(form, given)
                else:
                    name = given.get("aria-label") or _strip_tags(label)
                    buttons[name] = _press(form, given)
        return buttons

    def _list_networks(self, *verbs: str) -> list[str]:
        names = (name.partition(" ") for name in self.buttons)
        return [
            _BY_DISPLAY_NAME[network]
            for verb, _, network in names
            if verb in verbs and network in _BY_DISPLAY_NAME
        ]

    def _find_text(self, pattern: str) -> str | None:
        found = re.search(pattern, self._source, re.DOTALL)
        return None if found is None else _strip_tags(found[1])


def _add_field(form: Form, given: dict[str, str]) -> None:
    name = given.get("name")
    if not name:
        return
    form.names.add(name)
    if given.get("type") not in {"radio", "checkbox"} or "checked" in given:
        form.values[name] = given.get("value", "")
    if "required" in given:
        form.required.add(name)


def _press(form: Form, given: dict[str, str]) -> Form:
    """Returns the form as this button sends it. Fields that follow the button are added later."""
    pressed = {given["name"]: given.get("value", "")} if "name" in given else {}
    action = given.get("formaction") or form.action
    return Form(action, form.values, form.names, form.required, pressed)


def _read_attributes(text: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(text)}


def _strip_tags(source: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", source)).split())
