"""Rules about those who receive webhooks, applied to each attempt to deliver one."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from fakeayr.ayrshare.webhooks import TIMEOUT_STATUS
from fakeayr.domain.advice.ledger import Found
from fakeayr.domain.advice.pieces import advise
from fakeayr.domain.notifications.outbox import Attempt, Channel, Outgoing
from fakeayr.domain.redaction.redactions import quoted


def find(item: Outgoing) -> Iterator[Found]:
    """What to mend at the receiver of an item, after its latest attempt; nothing for an e-mail."""
    if item.channel is not Channel.WEBHOOK:
        return
    attempt = item.attempts[-1]
    name = _name(attempt)
    if name is not None:
        yield _found(item, name, attempt, status=attempt.status or "no status")
    if len(item.attempts) == 1 and not item.secrets:
        yield _found(item, "webhook-without-secret", attempt)


def _found(item: Outgoing, name: str, attempt: Attempt, **values: str | float) -> Found:
    url = _receiver(item)
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
