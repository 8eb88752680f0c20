"""What a fake has seen and sent, as values that print usefully in a failing assertion."""

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """A call of the API or the linking page, redacted.

    Attributes:
        time: UNIX seconds of the account's time.
        method: Its method.
        path: Its path.
        query: Its query.
        body: Its body, if it had a readable one.
        status: HTTP status of the answer.
        answer: The decoded answer.
        ref_id: The profile it acted for.
        advice: What to mend although it may have been accepted.
        fault: The ordered fault that it met.
    """

    time: float
    method: str
    path: str
    status: int
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    answer: Any = None
    ref_id: str | None = None
    advice: list[str] = field(default_factory=list)
    fault: str | None = None

    @classmethod
    def of(cls, entry: dict[str, Any]) -> "Request":
        """A journal entry as a value."""
        known = {
            name: entry[name]
            for name in ("time", "method", "path", "status", "query", "body", "answer", "advice")
            if name in entry
        }
        return cls(**known, ref_id=entry.get("refId"), fault=entry.get("fault"))

    @property
    def code(self) -> int | None:
        """Ayrshare's error code in the answer."""
        return self.answer.get("code") if isinstance(self.answer, dict) else None

    def __str__(self) -> str:
        """One line, and a line for each piece of advice."""
        line = f"{self.method} {self.path} -> {self.status}"
        if self.code is not None and self.status != 200:
            line += f" (code {self.code}: {self.answer.get('message', '')})"
        if self.body is not None:
            line += f"  {json.dumps(self.body)}"
        return "\n".join([line, *(f"    advice: {piece}" for piece in self.advice)])


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver something; `time` is UNIX seconds of the account's time."""

    time: float
    status: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
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
    attempts: list[Attempt]

    @classmethod
    def of(cls, entry: dict[str, Any]) -> "Webhook":
        """An entry of the outbox as a value."""
        return cls(
            id=entry["id"],
            hook_id=entry["hookId"],
            action=entry["action"],
            url=entry["url"],
            payload=json.loads(entry["body"]),
            state=entry["state"],
            attempts=[Attempt(**attempt) for attempt in entry["attempts"]],
        )


@dataclass(frozen=True, slots=True)
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
    def of(cls, entry: dict[str, Any]) -> "Email":
        """An entry of the outbox as a value."""
        named = {
            name: entry[name] for name in ("id", "to", "subject", "text", "html", "url", "state")
        }
        return cls(sender=entry["from"], **named)
