"""Accounts and their profiles."""

from abc import abstractmethod
from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar, Final, TypeVar

from fakeayr.domain.accounts import Account
from fakeayr.domain.profiles import Profile, ProfileFilter
from fakeayr.domain.records import RecordKind
from fakeayr.store.documents import decode_account, decode_profile, encode
from fakeayr.store.sql.records import RecordStatements

Known = TypeVar("Known", Account, Profile)

_FIND: Final[dict[type, tuple[str, Callable[[bytes], Any]]]] = {
    Account: ("SELECT document FROM accounts WHERE api_key = ?", decode_account),
    Profile: ("SELECT document FROM profiles WHERE key = ?", decode_profile),
}

_BELOW_ACCOUNT: Final = (
    *("profiles", "records", "logs", "log_ends", "windows", "usage", "outbox"),
    *("posts", "post_texts", "publications"),
    *("uploads", "upload_pieces", "declared_media"),
)
_BELOW_PROFILE: Final = ("windows", "usage", "posts", "post_texts", "publications")
_NEVER_CHANGED: Final = frozenset({"key", "account", "is_primary", "ref_id", "created"})
"""Columns of `profiles` that an update keeps."""


@cache
def _upsert_profile(columns: tuple[str, ...]) -> str:
    changed = [f"{name} = excluded.{name}" for name in columns if name not in _NEVER_CHANGED]
    return (
        f"INSERT INTO profiles ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        f" ON CONFLICT (key) DO UPDATE SET {', '.join(changed)}"
    )


class AccountStatements(RecordStatements):
    """Accounts and profiles.

    The class attributes are SQL expressions over a row of `profiles` unless they say otherwise.
    """

    _LINKED: ClassVar[str]
    """Whether the profile has links."""
    _LINKED_TO_ALL: ClassVar[str]
    """Whether the profile is linked to all networks of a list from `_bind_list`."""
    _OWN_X_APP: ClassVar[str]
    """Whether the profile's link to X uses the integrator's own app."""
    _AMONG_KEYS: ClassVar[str]
    """Whether the profile's key is in a list from `_bind_list`."""

    @abstractmethod
    def _bind_list(self, values: list[str]) -> Any:
        """Returns several values as one value of a statement."""

    @abstractmethod
    def _bind_title(self, title: str) -> Any:
        """Returns the value of a title's column."""

    @abstractmethod
    def _name_order_columns(self, wanted: ProfileFilter, *, narrow: bool) -> tuple[str, str]:
        """Returns how a filter's statement names the columns `account` and `position`.

        A plus keeps the planner from scanning all profiles of an account by position if another
        index finds the few that match.
        """

    def _make_row(self, profile: Profile) -> dict[str, Any]:
        """Returns a profile's row: values by column."""
        return {
            "key": profile.key,
            "account": profile.account,
            "is_primary": profile.primary,
            "title": self._bind_title(profile.title),
            "ref_id": profile.ref_id,
            "created": profile.created,
            "expires": profile.expires,
            "document": encode(profile),
        }

    def account(self, api_key: str) -> Account | None:
        """See `Store.account`."""
        return self._find(Account, api_key)

    def profile(self, key: str) -> Profile | None:
        """See `Store.profile`."""
        return self._find(Profile, key)

    def _find(self, kind: type[Known], key: str) -> Known | None:
        statement, decode = _FIND[kind]
        found: Known | None = self._read_one(decode, statement, key)
        return found

    def accounts(self, limit: int) -> list[Account]:
        """See `Store.accounts`."""
        return self._read_all(
            decode_account, "SELECT document FROM accounts ORDER BY created DESC LIMIT ?", limit
        )

    def save_account(self, account: Account) -> None:
        """See `Store.save_account`."""
        self._change(
            "INSERT INTO accounts (api_key, document, created) VALUES (?, ?, ?)"
            " ON CONFLICT (api_key) DO UPDATE SET document = excluded.document",
            account.api_key,
            encode(account),
            account.created,
        )

    def delete_account(self, api_key: str) -> None:
        """See `Store.delete_account`."""
        with self._atomic():
            # First the account, whose row is locked while logs and counts are written.
            self._change("DELETE FROM accounts WHERE api_key = ?", api_key)
            for table in _BELOW_ACCOUNT:
                self._run(f"DELETE FROM {table} WHERE account = ?", api_key)

    def profile_titled(self, account: str, title: str) -> Profile | None:
        """See `Store.profile_titled`."""
        return self._read_one(
            decode_profile,
            "SELECT document FROM profiles WHERE account = ? AND title = ? AND NOT is_primary",
            account,
            self._bind_title(title),
        )

    def save_profile(self, profile: Profile) -> None:
        """See `Store.save_profile`."""
        columns = self._make_row(profile)
        self._change(_upsert_profile(tuple(columns)), *columns.values())

    def delete_profile(self, key: str) -> None:
        """See `Store.delete_profile`."""
        with self._atomic():
            deleted = self._change("DELETE FROM profiles WHERE key = ? RETURNING account", key)
            for (account,) in deleted:
                self.delete_record(RecordKind.AUTO_SCHEDULES, key)
                for table in _BELOW_PROFILE:
                    self._run(
                        f"DELETE FROM {table} WHERE account = ? AND profile_key = ?", account, key
                    )

    def profiles(self, account: str, wanted: ProfileFilter) -> list[tuple[int, Profile]]:
        """See `Store.profiles`."""
        narrow: dict[str, Any] = {}  # Conditions that few profiles match.
        if wanted.title is not None:
            narrow["title = ?"] = self._bind_title(wanted.title)
        if wanted.ref_id is not None:
            narrow["ref_id = ?"] = wanted.ref_id
        if wanted.profile_keys is not None:
            narrow[self._AMONG_KEYS] = self._bind_list(wanted.profile_keys)
        if wanted.expiring_by is not None:
            narrow["expires <= ?"] = wanted.expiring_by
        owner, position = self._name_order_columns(wanted, narrow=bool(narrow))
        conditions = {
            f"{owner} = ?": account,
            f"{position} > ?": wanted.after,
        } | narrow
        if wanted.created_until is not None:
            conditions["created <= ?"] = wanted.created_until
        bare = ["NOT is_primary"]
        if wanted.has_links or wanted.includes or wanted.own_x_app:
            bare.append(self._LINKED)
        if wanted.has_links is False:
            bare.append(f"NOT {self._LINKED}")
        if wanted.own_x_app is not None:
            bare.append(self._OWN_X_APP if wanted.own_x_app else f"NOT {self._OWN_X_APP}")
        if wanted.includes is not None:
            conditions[self._LINKED_TO_ALL] = self._bind_list(wanted.includes)
        rows = self._read_page(
            f"SELECT position, document FROM profiles WHERE {' AND '.join([*conditions, *bare])}"
            f" ORDER BY {position} LIMIT ?",
            *conditions.values(),
            wanted.limit,
        )
        return [(number, decode_profile(document)) for number, document in rows]

    def count_profiles(self, account: str) -> int:
        """See `Store.count_profiles`."""
        rows = self._read(
            "SELECT count(*) FROM profiles WHERE account = ? AND NOT is_primary", account
        )
        return int(rows[0][0])
