"""Rules about those who receive webhooks, computed from the attempts in an account's outbox."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from fakeayr.ayrshare.webhooks import TIMEOUT_STATUS
from fakeayr.domain.advice.ledger import Found
from fakeayr.domain.advice.pieces import advise
from fakeayr.domain.notifications.outbox import Attempt, Outgoing
from fakeayr.domain.redaction.redactions import quoted


def find(items: Sequence[Outgoing]) -> Iterator[Found]:
    """What to mend at the receivers of an account's webhooks."""
    for item in items:
        url = _receiver(item)
        for attempt in item.attempts:
            name = _name(attempt)
            if name is not None:
                yield _found(item, name, attempt, url, status=attempt.status or "no status")
        if item.attempts and not item.secrets:
            yield _found(item, "webhook-without-secret", item.attempts[0], url)


def _found(item: Outgoing, name: str, attempt: Attempt, url: str, **values: str | float) -> Found:
    piece = advise(name, f"webhook {url}", url=url, **values)
    return Found(piece=piece, first=attempt.time, last=attempt.time, ref_id=item.ref_id)


def _name(attempt: Attempt) -> str | None:
    if attempt.status == TIMEOUT_STATUS and attempt.error is not None:
        return "webhook-slow"
    if attempt.error is not None:
        return "webhook-unreachable"
    hundreds = (attempt.status or 0) // 100
    return {2: None, 3: "webhook-redirects"}.get(hundreds, "webhook-fails")


def _receiver(item: Outgoing) -> str:
    """Where a webhook goes, without its query."""
    parts = urlsplit(str(item.content["url"]))
    host = (parts.netloc or "").rpartition("@")[2]
    return quoted(f"{parts.scheme}://{host}{parts.path}")
