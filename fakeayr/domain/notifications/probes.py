"""Probes of a webhook receiver: right and wrong deliveries, and what its responses mean."""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from functools import partial
from typing import Any, Final, NamedTuple

import msgspec

from fakeayr.ayrshare import webhooks as vendor
from fakeayr.domain.advice.pieces import Piece, advise
from fakeayr.domain.clock import iso_seconds
from fakeayr.domain.ids import Ids
from fakeayr.domain.notifications.outbox import Attempt
from fakeayr.domain.notifications.webhooks import make_headers
from fakeayr.domain.profiles import Profile
from fakeayr.domain.redaction.redactions import quoted

_ACTION: Final = "social"
_OLD_SECONDS: Final = 3_600
_UNKNOWN_ACTION: Final = "fakeayrProbe"


class Verdict(StrEnum):
    """What a receiver should do with a delivery."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    EITHER = "either"


class ProbeKind(NamedTuple):
    """What is special about a probe, what a receiver should do, and the advice if it does not."""

    about: str
    wanted: Verdict
    advice: str


_UNSIGNED: Final = {
    "right": ProbeKind("a right delivery", Verdict.ACCEPT, "webhook-right-refused"),
    "replay": ProbeKind(
        "the same delivery once more, byte for byte", Verdict.ACCEPT, "webhook-repeat-refused"
    ),
    "duplicate": ProbeKind(
        "the same event as a second attempt", Verdict.ACCEPT, "webhook-repeat-refused"
    ),
    "unknown-action": ProbeKind(
        f"a delivery with the action {_UNKNOWN_ACTION}",
        Verdict.ACCEPT,
        "webhook-unknown-action-refused",
    ),
    "out-of-order": ProbeKind(
        "an event that happened an hour before the others",
        Verdict.ACCEPT,
        "webhook-late-event-refused",
    ),
}
"""The probes that need no secret."""
_SIGNED: Final = {
    "unsigned": ProbeKind(
        "a delivery without a signature", Verdict.REFUSE, "webhook-unsigned-accepted"
    ),
    "wrong-signature": ProbeKind(
        "a delivery signed with another secret",
        Verdict.REFUSE,
        "webhook-wrong-signature-accepted",
    ),
    "changed-body": ProbeKind(
        "a body that was changed after it was signed",
        Verdict.REFUSE,
        "webhook-changed-body-accepted",
    ),
    "re-serialised": ProbeKind(
        "a body that was decoded and encoded again after it was signed",
        Verdict.REFUSE,
        "webhook-signature-of-own-spelling",
    ),
    "other-spelling": ProbeKind(
        "a body with other white space, signed as it is",
        Verdict.ACCEPT,
        "webhook-signature-of-own-spelling",
    ),
    "old-timestamp": ProbeKind(
        "a delivery whose timestamp is an hour old",
        Verdict.EITHER,
        "webhook-old-timestamp-accepted",
    ),
    "rotation-new": ProbeKind(
        "a delivery during a rotation, signed with its secret as the new one",
        Verdict.ACCEPT,
        "webhook-rotation-refused",
    ),
    "rotation-old": ProbeKind(
        "a delivery during a rotation, signed with its secret as the old one",
        Verdict.ACCEPT,
        "webhook-rotation-refused",
    ),
}
"""The probes that are about the signature."""
_KINDS: Final = {**_UNSIGNED, **_SIGNED}


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that shows what a receiver does.

    Attributes:
        name: Its name.
        body: What is sent.
        headers: The headers it is sent with.
    """

    name: str
    body: bytes
    headers: dict[str, str]

    @property
    def kind(self) -> ProbeKind:
        """What is special about it."""
        return _KINDS[self.name]

    def __repr__(self) -> str:
        """Names the probe without its signatures."""
        return f"<Probe {self.name} {self.kind.wanted}>"


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a receiver did with a probe.

    Attributes:
        probe: The probe.
        attempt: How sending it went.
        seconds: How long the receiver took.
    """

    probe: Probe
    attempt: Attempt
    seconds: float

    @property
    def accepted(self) -> bool:
        """Whether the receiver took it: only 2xx counts."""
        return self.attempt.error is None and (self.attempt.status or 0) // 100 == 2

    @property
    def right(self) -> bool:
        """Whether the receiver did what it should."""
        wanted = self.probe.kind.wanted
        return wanted is Verdict.EITHER or self.accepted == (wanted is Verdict.ACCEPT)

    def describe(self) -> dict[str, Any]:
        """The result on the wire; nothing of the response but its status."""
        described = {
            "name": self.probe.name,
            "about": self.probe.kind.about,
            "wanted": self.probe.kind.wanted.value,
            "accepted": self.accepted,
            "right": self.right,
            "status": self.attempt.status,
            "error": self.attempt.error,
            "milliseconds": round(self.seconds * 1_000),
        }
        return {name: value for name, value in described.items() if value is not None}


class _Event:
    """The event that the probes report."""

    def __init__(self, profile: Profile, url: str, ids: Ids, now: float) -> None:
        self.id = ids.entity()
        self._fields = {
            "action": _ACTION,
            "code": 200,
            "created": iso_seconds(now),
            "displayName": "Mía Baker",  # Not ASCII, as names of people are not.
            "hookId": ids.entity(),
            "platform": "facebook",
            "refId": profile.ref_id,
            "source": "user",
            "title": profile.title,
            "type": "link",
            "url": url,
        }

    def write(self, **changed: str) -> bytes:
        """The body as Ayrshare writes it."""
        return msgspec.json.encode(dict(sorted({**self._fields, **changed}.items())))


def plan(
    profile: Profile, url: str, ids: Ids, *, now: float, secret: str | None, other_secret: str
) -> list[Probe]:
    """The probes of a receiver, in the order in which they are sent.

    Args:
        profile: The profile that they are about.
        url: The receiver.
        ids: Makes their ids.
        now: The account's time, UNIX seconds.
        secret: What the receiver checks signatures with; without it only unsigned deliveries are
            made, and none that should be refused.
        other_secret: A secret that the receiver does not know.
    """
    event, other = _Event(profile, url, ids, now), _Event(profile, url, ids, now)
    secrets = [] if secret is None else [secret]
    sign = partial(make_headers, secrets=secrets, now=now)
    right = event.write()
    unknown = other.write(action=_UNKNOWN_ACTION, hookId=ids.entity())
    late = other.write(created=iso_seconds(now - _OLD_SECONDS), hookId=ids.entity())
    first = Probe(name="right", body=right, headers=sign(right, event.id))
    second = sign(right, event.id, attempt=2)
    probes = [
        first,
        Probe(name="replay", body=first.body, headers=first.headers),
        Probe(name="duplicate", body=right, headers=second),
        Probe(name="unknown-action", body=unknown, headers=sign(unknown, ids.entity())),
        Probe(name="out-of-order", body=late, headers=sign(late, ids.entity())),
    ]
    if secret is None:
        return probes
    return [*probes, *_plan_signed(other, ids, secret, other_secret, now)]


def judge(results: Sequence[Result], url: str) -> list[Piece]:
    """What a receiver should mend, one piece for each cause.

    Args:
        results: What it did with the probes, in their order.
        url: Its URL.
    """
    by_name = {result.probe.name: result for result in results}
    first, unsigned = by_name["right"], by_name.get("unsigned")
    if first.attempt.error is not None:
        slow = first.attempt.status == vendor.TIMEOUT_STATUS
        return [advise("webhook-slow" if slow else "webhook-unreachable", url=quoted(url))]
    if (first.attempt.status or 0) // 100 == 3:
        return [advise("webhook-redirects", url=quoted(url), status=str(first.attempt.status))]
    wrong = [result for result in results if not result.right]
    if not first.accepted:  # That it refuses the other right ones has the same cause.
        wrong = [first, *(one for one in wrong if one.probe.kind.wanted is Verdict.REFUSE)]
    if unsigned is not None and unsigned.accepted:  # It checks no signature at all.
        wrong = [
            one for one in wrong if one.probe.kind.wanted is not Verdict.REFUSE or one is unsigned
        ]
    elif first.accepted:
        wrong += [
            one for one in results if one.probe.kind.wanted is Verdict.EITHER and one.accepted
        ]
    pieces = [_advise(one) for one in wrong]
    if unsigned is None and len(results) == len(_UNSIGNED):
        pieces.append(advise("webhook-without-secret", url=quoted(url)))
    return list({piece.name: piece for piece in reversed(pieces)}.values())[::-1]


def _plan_signed(event: _Event, ids: Ids, own: str, other: str, now: float) -> Iterator[Probe]:
    """The probes that are about the signature."""
    secrets: dict[str, list[str]] = {
        "unsigned": [],
        "wrong-signature": [other],
        "rotation-new": [own, other],
        "rotation-old": [other, own],
    }
    changes: dict[str, Callable[[bytes], bytes]] = {
        "changed-body": lambda body: body.replace(b'"facebook"', b'"linkedin"'),
        "re-serialised": lambda body: msgspec.json.format(body, indent=2),
    }
    for name in _SIGNED:
        signed = event.write(hookId=ids.entity())
        if name == "other-spelling":
            signed = msgspec.json.format(signed, indent=2)
        sent = now - _OLD_SECONDS if name == "old-timestamp" else now
        headers = make_headers(signed, ids.entity(), secrets=secrets.get(name, [own]), now=sent)
        body = changes.get(name, bytes)(signed)
        yield Probe(name=name, body=body, headers=headers)


def _advise(result: Result) -> Piece:
    responded = f"It responded {result.attempt.status}"
    said = responded if result.attempt.error is None else "There was no response"
    return advise(result.probe.kind.advice, about=result.probe.kind.about, said=said)
