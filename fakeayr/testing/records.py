"""What a fake has seen and sent, as values that print usefully in a failing assertion."""

import json
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from fakeayr.client.refusals import describe_error, find_failures
from fakeayr.testing.advice import Advice
from fakeayr.testing.decoding import decode

_LONGEST_SHOWN: Final = 500
_TOLD: Final = ("type", "platform", "title", "subAction", "status", "id")
"""What a webhook's payload reports, at a glance."""


@dataclass(frozen=True, slots=True, repr=False)
class RecordedRequest:
    """A call of the API or the linking page, redacted.

    Attributes:
        time: UNIX seconds of the account's time.
        method: Its method.
        path: Its path.
        query: Its query.
        body: Its body, if it had a readable one.
        status: HTTP status of the answer; 0 if a fault let the connection break without one.
        answer: The decoded answer.
        ref_id: The profile it acted for.
        advice: What to mend although it may have been accepted.
        fault: The ordered fault that it met: its id and kind.
    """

    time: float
    method: str
    path: str
    status: int
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    answer: Any = None
    ref_id: str | None = None
    advice: list[Advice] = field(default_factory=list)
    fault: str | None = None

    @classmethod
    def from_entry(cls, entry: dict[str, Any]) -> "RecordedRequest":
        """A journal entry as a value."""
        advice = [decode(Advice, piece) for piece in entry.get("advice", ())]
        return decode(cls, entry, advice=advice)

    @property
    def code(self) -> int | None:
        """Ayrshare's error code in the answer; of several, the first."""
        return self._errors[0].get("code") if self._errors else None

    @property
    def _errors(self) -> list[dict[str, Any]]:
        return find_failures(self.status, self.answer)

    def __repr__(self) -> str:
        """The same in angle brackets."""
        return f"<Request {self}>"

    def __str__(self) -> str:
        """One line, and a line for each piece of advice."""
        query = f"?{urlencode(self.query, safe='[],:/')}" if self.query else ""
        line = f"{self.method} {self.path}{query} -> {self.status or 'no answer'}"
        if self._errors:
            line += f" ({'; '.join(map(describe_error, self._errors))})"
        if self.fault is not None:
            line += f" [fault {self.fault}]"
        if self.body:
            line += f"  {shorten(json.dumps(self.body, ensure_ascii=False), _LONGEST_SHOWN)}"
        return "\n".join([line, *(f"    advice: {piece}" for piece in self.advice)])


@dataclass(frozen=True, slots=True)
class SendAttempt:
    """One try to deliver something; `time` is UNIX seconds of the account's time."""

    time: float
    status: int | None = None
    error: str | None = None

    def __str__(self) -> str:
        """How it ended."""
        return str(self.status or self.error)


@dataclass(frozen=True, slots=True, repr=False)
class Webhook:
    """A webhook delivery.

    Attributes:
        id: Its delivery id.
        hook_id: Id of the event; repeated deliveries share it.
        action: The webhook action.
        url: Where it goes.
        payload: The decoded body.
        state: `pending`, `delivered` or `failed`.
        attempts: What was tried.
    """

    id: str
    hook_id: str
    action: str
    url: str
    payload: dict[str, Any]
    state: str
    attempts: list[SendAttempt]

    @classmethod
    def from_entry(cls, entry: dict[str, Any]) -> "Webhook":
        """An entry of the outbox as a value."""
        attempts = [decode(SendAttempt, attempt) for attempt in entry["attempts"]]
        return decode(cls, entry, payload=json.loads(entry["body"]), attempts=attempts)

    def __repr__(self) -> str:
        """What it reports, how far it has come, and what was tried."""
        told = [str(self.payload[name]) for name in _TOLD if name in self.payload]
        tried = ", ".join(map(str, self.attempts)) or "not tried yet"
        return f"<Webhook {' '.join([self.action, *told])} to {self.url}: {self.state} ({tried})>"


@dataclass(frozen=True, slots=True, repr=False)
class Email:
    """A Connect Accounts e-mail.

    Attributes:
        id: Its id.
        sender: The From address.
        to: The To address.
        subject: Its subject.
        text: The text part.
        html: The HTML part.
        url: The linking URL in it.
        state: `kept`, or how far delivery has come.
    """

    id: str
    sender: str
    to: str
    subject: str
    text: str
    html: str
    url: str
    state: str

    @classmethod
    def from_entry(cls, entry: dict[str, Any]) -> "Email":
        """An entry of the outbox as a value."""
        return decode(cls, entry, sender=entry["from"])

    def __repr__(self) -> str:
        """To whom and what about; the linking URL is a secret."""
        return f"<Email to {self.to}: {self.subject!r}, {self.state}>"


@dataclass(frozen=True, slots=True, repr=False)
class InjectedFault:
    """Something that goes wrong because the test ordered it.

    Attributes:
        id: Its id.
        kind: What goes wrong.
        calls: How many calls matched so far.
        hits: How many of them it hit.
        times: How many it hits at most; `None` for all until it is removed.
        method: Only calls with this method.
        path: Only calls whose path below `/api` matches this pattern.
    """

    id: str
    kind: str
    calls: int
    hits: int
    times: int | None
    method: str | None = None
    path: str | None = None

    def __repr__(self) -> str:
        """What it hits, and how often it did."""
        calls = f"{self.method or 'any'} {self.path or 'call'}"
        often = "" if self.times is None else f", at most {self.times}"
        return f"<Fault {self.kind} of {calls}: hit {self.hits} of {self.calls}{often}>"


@dataclass(frozen=True, slots=True, repr=False)
class UploadedFile:
    """An uploaded file.

    Attributes:
        id: Its id.
        url: Its address on the fake's server.
        content_type: What it is.
        kind: `image`, `gif`, `video` or `other`.
        reachable: Whether it is there; false while an upload URL waits for it.
        ref_id: The profile that it was uploaded for.
        bytes: Its size.
        width: Width in pixels.
        height: Height in pixels.
        seconds: Length of a video.
        file_name: The sender's name for it.
        description: The sender's description.
    """

    id: str
    url: str
    content_type: str
    kind: str
    reachable: bool
    ref_id: str
    bytes: int | None = None
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    file_name: str | None = None
    description: str | None = None

    @classmethod
    def from_entry(cls, entry: dict[str, Any], server: str) -> "UploadedFile":
        """What the control API reports of a file, as a value; `server` is where the fake is."""
        return decode(cls, entry, url=f"{server}{urlsplit(entry['url']).path}")

    def __repr__(self) -> str:
        """What it is, and how large."""
        size = f", {self.width}x{self.height}" if self.width is not None else ""
        length = f", {self.seconds:g} s" if self.seconds is not None else ""
        name = "" if self.file_name is None else f" {self.file_name!r}"
        told = f"{self.bytes} bytes{size}{length}" if self.reachable else "awaited"
        return f"<UploadedFile{name} {self.content_type}: {told}>"


def shorten(text: str, length: int) -> str:
    """The text's beginning, if it is longer than `length` characters."""
    return text if len(text) <= length else f"{text[:length]}…"
