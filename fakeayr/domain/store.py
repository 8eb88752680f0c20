"""What the domain asks of storage. The room `store` answers it."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Protocol

from fakeayr.domain.model import Account, Profile, ProfileFilter, Usage


class Store(Protocol):
    """Accounts, their profiles, and what hangs below them.

    Objects are immutable: a change saves a new one. Every single write is atomic; several belong
    together inside `transaction`.
    """

    def transaction(self) -> AbstractContextManager[None]:
        """Reads and writes inside it see no other writer and take effect together or not at all."""
        ...

    def account(self, api_key: str) -> Account | None:
        """The account with this API key."""
        ...

    def save_account(self, account: Account) -> None:
        """Adds the account or replaces the one with its API key."""
        ...

    def delete_account(self, api_key: str) -> None:
        """Removes the account and everything below it."""
        ...

    def profile(self, key: str) -> Profile | None:
        """The profile with this key; an account's API key names its primary profile."""
        ...

    def profile_titled(self, account: str, title: str) -> Profile | None:
        """The account's User Profile with exactly this title."""
        ...

    def save_profile(self, profile: Profile) -> None:
        """Adds the profile or replaces the one with its key."""
        ...

    def delete_profile(self, key: str) -> None:
        """Removes the profile."""
        ...

    def profiles(self, account: str, wanted: ProfileFilter) -> list[tuple[int, Profile]]:
        """User Profiles in order of creation, each with its position for the next page."""
        ...

    def count_profiles(self, account: str) -> int:
        """How many User Profiles the account has."""
        ...

    def record(self, kind: str, record_id: str) -> bytes | None:
        """A small document kept under an id, such as a short link's target."""
        ...

    def save_record(self, kind: str, record_id: str, account: str, document: bytes) -> None:
        """Keeps a document; one under the same id is replaced."""
        ...

    def delete_record(self, kind: str, record_id: str) -> None:
        """Removes a document."""
        ...

    def append_log(self, kind: str, limit: int, entries: Iterable[tuple[str, bytes]]) -> None:
        """Adds `(account, document)` entries of existing accounts, which keep their latest `limit`."""
        ...

    def log(self, kind: str, account: str) -> list[tuple[int, bytes]]:
        """An account's entries with their numbers, oldest first."""
        ...

    def clear_log(self, kind: str, account: str) -> None:
        """Removes an account's entries."""
        ...

    def count_window(self, name: str, profile: Profile, now: float, window: float) -> int:
        """Counts one event and answers how many fell into the present window.

        A window of `window` seconds begins with its first event.
        """
        ...

    def add_usage(self, month: str, calls: Iterable[tuple[str, int, float]]) -> None:
        """Adds calls of existing profiles: `(key, how many, the last one's instant)`."""
        ...

    def usage(self, month: str, account: str, profile_key: str) -> Usage:
        """The calls of a month."""
        ...
