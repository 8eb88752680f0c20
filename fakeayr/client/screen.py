"""What a person sees on a page of the fake: title, notice, and forms by their buttons.

Regular expressions read these pages in a tenth of the time that an HTML parser takes; load tests
share their machine with the server.
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
        action: Where it goes, relative to the page.
        values: What stands in it.
        names: Names of all its fields, also of those that send nothing.
        required: Names of the fields that must be filled in.
        pressed: What the button adds.
    """

    action: str
    values: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    required: set[str] = field(default_factory=set)
    pressed: dict[str, str] = field(default_factory=dict)


class Screen:
    """A page that was received.

    Args:
        source: Its HTML.
    """

    def __init__(self, source: str) -> None:
        self._source = source

    @property
    def title(self) -> str:
        """Its title."""
        return self._text_of(r"<title>(.*?)</title>") or ""

    @property
    def notice(self) -> str | None:
        """What it says about the last thing that was done."""
        return self._text_of(r'<p\b[^>]*\brole="(?:status|alert)"[^>]*>(.*?)</p>')

    @property
    def reason(self) -> str | None:
        """Why a link was refused, in a word."""
        return self._text_of(r'\bdata-flaw="([^"]*)"')

    @property
    def text(self) -> str:
        """Everything that a person reads."""
        return _plain(_UNSEEN.sub(" ", self._source))

    @property
    def networks(self) -> list[str]:
        """Names of the networks on the page, in its order."""
        return list(dict.fromkeys(self._with_button("Link", "Unlink")))

    @property
    def linked(self) -> list[str]:
        """Names of the networks that the page shows as linked."""
        return self._with_button("Unlink")

    def data(self, name: str) -> str | None:
        """What the page hands to its script under a name."""
        body = _BODY.search(self._source)
        return _attributes(body[1]).get(f"data-{name}") if body else None

    @cached_property
    def buttons(self) -> dict[str, Form]:
        """What each button sends, by the button's accessible name."""
        buttons = {}
        for of_form, content in _FORM.findall(self._source):
            form = Form(_attributes(of_form).get("action", ""))
            for of_field, of_button, label in _PART.findall(content):
                given = _attributes(of_field or of_button)
                if of_field:
                    _add_field(form, given)
                else:
                    name = given.get("aria-label") or _plain(label)
                    buttons[name] = _press(form, given)
        return buttons

    def _with_button(self, *verbs: str) -> list[str]:
        names = (name.partition(" ") for name in self.buttons)
        return [
            _BY_DISPLAY_NAME[network]
            for verb, _, network in names
            if verb in verbs and network in _BY_DISPLAY_NAME
        ]

    def _text_of(self, pattern: str) -> str | None:
        found = re.search(pattern, self._source, re.DOTALL)
        return None if found is None else _plain(found[1])


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
    """The form as this button sends it; it knows the fields that come later, too."""
    pressed = {given["name"]: given.get("value", "")} if "name" in given else {}
    action = given.get("formaction") or form.action
    return Form(action, form.values, form.names, form.required, pressed)


def _attributes(text: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(text)}


def _plain(source: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", source)).split())
