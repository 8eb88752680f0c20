"""The small documents that a store keeps: every kind of them, and how it is written."""

from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

import msgspec

from fakeayr.domain.ports import Store

T = TypeVar("T")


class RecordKind(StrEnum):
    """All kinds. Their names stand in state files, so that none may change."""

    SHORT_LINK = "short-link"
    """Where a short link leads, by its id."""
    LINK_SESSION = "link-session"
    """A link session, by its id."""
    X_APP = "x-app"
    """An integrator's X app, by API key and reference."""
    PRESET = "consent"
    """How the next consent ends, by API key and network."""
    CONSENT_STATE = "consent-state"
    """The network of a consent under way, by its state."""
    AUTO_SCHEDULES = "auto-schedules"
    """A profile's auto schedules, by its key."""
    POSTS_TAKEN = "posts-taken"
    """When networks took a profile's posts, by its key."""
    ADVICE = "advice"
    """What was advised to an account, by API key."""
    DELETED_PROFILES = "deleted-profiles"
    """Digests of the keys of profiles that were deleted, by API key."""
    SERVER = "server"
    """What the server itself keeps; it belongs to no account."""
    ANALYTICS = "analytics"
    """The analytics that a test has set, by API key, network, and what they are of."""
    ANALYTICS_OUTCOME = "analytics-outcome"
    """How a network's next analytics fail, by API key, network, and whose."""


ENDING_WITH_PROFILE: Final = (RecordKind.AUTO_SCHEDULES, RecordKind.POSTS_TAKEN)
"""The kinds that go when the profile is deleted whose key is their id."""


class Record(Generic[T]):
    """The documents of a kind.

    Args:
        kind: The kind.
        document: What they are: a struct, kept as JSON, or `str`, kept as it is.
    """

    def __init__(self, kind: RecordKind, document: type[T]) -> None:
        self._kind = kind.value
        self._encode: Any = str.encode if document is str else msgspec.json.Encoder().encode
        self._decode: Any = (
            bytes.decode if document is str else msgspec.json.Decoder(document).decode
        )

    def get(self, store: Store, *name: str) -> T | None:
        """The document under a name of one or several words; `None` if there is none."""
        document = store.record(self._kind, " ".join(name))
        return None if document is None else self._decode(document)

    def save(self, store: Store, *name: str, owner: str, document: T) -> None:
        """Keeps a document, in place of one under the same name; `owner` is its account's key."""
        store.save_record(self._kind, " ".join(name), owner, self._encode(document))

    def delete(self, store: Store, *name: str) -> bool:
        """Removes a document; whether there was one. Of several who try, one removes it."""
        return store.delete_record(self._kind, " ".join(name))
