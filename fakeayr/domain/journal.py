"""The journal: requests and the responses to them, without their secrets."""

from typing import Any, Final

import msgspec

from fakeayr.domain.advice.pieces import Piece

JOURNAL: Final = "journal"
"""Name of the journal among a store's logs."""
KEPT: Final = 1000
"""Entries kept for each account."""

_LARGEST_ENTRY_BYTES: Final = 64 * 1024

_encode = msgspec.json.Encoder().encode


class Entry(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A request and the response to it.

    Attributes:
        time: When it came, UNIX seconds of the account's time.
        method: Its method.
        path: Its path.
        query: Its query parameters, redacted.
        ref_id: The profile it acted for.
        body: Its body, redacted; absent if it had none or could not be read.
        status: HTTP status of the response; 0 if a fault broke the connection without one.
        answer: The response's body, redacted.
        advice: What the integrator should mend although it may have been accepted.
        shortened: Whether it was too large to keep, and lost its query and both bodies.
        cause: Id of the call that made the linking URL which this request could not open.
        fault: Id and kind of the fault that hit it, such as `k3x9m2p4/reset`. After a fault that
            breaks the connection, `answer` is what was not sent.
    """

    time: float
    method: str
    path: str
    query: dict[str, Any] = {}
    ref_id: str | None = None
    body: Any = None
    status: int
    answer: Any = None
    advice: list[Piece] = []
    shortened: bool = False
    cause: int | None = None
    fault: str | None = None


_decode = msgspec.json.Decoder(Entry).decode


def encoded(entry: Entry) -> bytes:
    """An entry as a store keeps it; where it is too large, without its query and bodies."""
    document = _encode(entry)
    if len(document) <= _LARGEST_ENTRY_BYTES:
        return document
    kept = msgspec.structs.replace(entry, query={}, body=None, answer=None, shortened=True)
    return _encode(kept)


def read_entry(document: bytes) -> Entry:
    """An entry that a store kept; advice of earlier versions, which was text, is left out."""
    try:
        return _decode(document)
    except msgspec.ValidationError:
        return msgspec.convert({**msgspec.json.decode(document), "advice": []}, Entry)
