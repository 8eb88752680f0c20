"""Sends hostile requests to a fake, and checks what must always hold."""

import json
import logging
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fakeayr.domain import accounts, profiles
from fakeayr.domain.accounts import Account, AccountRequest, Settings
from fakeayr.domain.records import RecordKind
from fakeayr.serving.create_app import create_app
from fakeayr.store.sqlite import SqliteStore
from fakeayr.web import development
from fakeayr.web.context import context
from tests.support.clock import ManualClock

CPU_SECONDS: Final = 2.0
"""Most CPU time of a request."""
_NOT_STATE: Final = frozenset({"logs", "log_ends", "usage", "sqlite_sequence"})
"""Tables that refused calls may change: the journal and the counters."""


class _OneKey:
    """Gives every account the development account's key, which costs no time."""

    def __init__(self) -> None:
        self._key = development.private_key()

    def take(self, bits: int) -> str:
        """Returns the key, for any size."""
        return self._key

    def give_back(self, pem: str) -> None:
        """Does nothing."""


class _Kept(logging.Handler):
    """Keeps log records, with tracebacks."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps a record."""
        self.texts.append(self.format(record))


@dataclass(frozen=True, kw_only=True)
class Target:
    """An account with one User Profile, opened for one attack.

    Attributes:
        account: The account; its domain and private key are those of the contract's examples.
        profile_key: The profile's key.
        x_secret: The secret of an X app, for attacks that send one.
    """

    account: Account
    profile_key: str
    x_secret: str = "x-app-secret-7f3a9c"

    @property
    def headers(self) -> dict[str, str]:
        """The header that authorizes a call."""
        return {"Authorization": f"Bearer {self.account.api_key}"}

    @property
    def secrets(self) -> list[str]:
        """Texts that no error, log record or journal entry may contain."""
        lines = self.account.private_key.splitlines()[1:-1]
        return [self.account.api_key, self.profile_key, self.x_secret, *lines]

    @property
    def known(self) -> dict[str, str]:
        """Valid values of fields that depend on the account."""
        return {"profileKey": self.profile_key}

    @property
    def linking_fields(self) -> dict[str, str]:
        """A valid body of generateJWT."""
        account = self.account
        return self.known | {"domain": account.domain, "privateKey": account.private_key}


class Siege:
    """A fake, its database and its log.

    Args:
        app: The app.
        state: A second connection to its database.
        logged: Its log records.
    """

    def __init__(self, app: Flask, state: sqlite3.Connection, logged: _Kept) -> None:
        self.client: FlaskClient = app.test_client(use_cookies=False)
        self._app = app
        self._database = state
        self._logged = logged
        self._journaled: set[tuple[str, str, int]] = set()

    @contextmanager
    def target(self) -> Iterator[Target]:
        """Opens an account to attack, and deletes it afterwards."""
        with self._app.app_context():
            world = context().world
            order = AccountRequest(domain=development.DOMAIN)
            tenant = accounts.open_account(world, order, Settings())
            profile = profiles.create(tenant, "T", {})
        account = tenant.account
        yield Target(account=account, profile_key=profile.key)
        world.store.delete_account(account.api_key)

    def attack(
        self,
        target: Target,
        *,
        method: str = "GET",
        path: str,
        query: bytes = b"",
        headers: Mapping[str, str] | None = None,
        data: bytes = b"",
    ) -> TestResponse:
        """Sends a request with the target's API key, and checks what must always hold.

        Args:
            target: The account.
            method: The method, unchanged.
            path: The decoded path; each character is a byte.
            query: The query, unchanged.
            headers: Headers, which override the API key's.
            data: The body, unchanged.
        """
        before = self._state()
        self._logged.texts.clear()
        started = time.thread_time()
        answer = self.client.post(
            headers=target.headers | dict(headers or {}),
            data=data,
            environ_overrides={
                "REQUEST_METHOD": method,
                "PATH_INFO": path,
                "QUERY_STRING": query.decode("latin-1"),
            },
        )
        taken = time.thread_time() - started
        assert answer.status_code < 500, answer.text
        assert taken < CPU_SECONDS
        error = error_of(answer)
        if answer.status_code >= 400 and path.startswith(("/api", "/_fakeayr")):
            assert answer.content_type == "application/json; charset=utf-8"
            assert error is not None or method == "HEAD" or _is_of_posts(answer)
        if error is not None:
            assert_vendor_shape(error)
        if (error is not None or answer.status_code >= 400) and not _is_of_posts(answer):
            assert self._state() == before, "a refused call changed the state"
            told = _without_echo(answer)
            assert not _find(target.secrets, told), "the error contains a secret"
        assert not _find(target.secrets, *self._logged.texts), "the log contains a secret"
        assert not any("Traceback" in text for text in self._logged.texts)
        assert not _find(target.secrets, *self._new_entries()), "the journal contains a secret"
        return answer

    def _state(self) -> dict[str, list[Any]]:
        """Returns the contents of all tables but the journal, its advice and the counters."""
        tables = self._rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = {name for (name,) in tables} - _NOT_STATE
        state = {name: self._rows(f"SELECT * FROM {name}") for name in names}
        state["records"] = [row for row in state["records"] if row[0] != RecordKind.ADVICE]
        return state

    def _new_entries(self) -> list[str]:
        """Returns the journal's new entries, and all advice."""
        with self._app.app_context():
            context().recorder.write()
        rows = self._rows("SELECT account, kind, number, document FROM logs")
        new = [row for row in rows if row[:3] not in self._journaled]
        self._journaled = {row[:3] for row in rows}
        advice = self._rows("SELECT document FROM records WHERE kind = ?", RecordKind.ADVICE)
        return [row[3].decode() for row in new] + [document.decode() for (document,) in advice]

    def _rows(self, statement: str, *values: Any) -> list[Any]:
        return self._database.execute(statement, values).fetchall()


@contextmanager
def lay_siege(folder: Path) -> Iterator[Siege]:
    """Runs a fake with its state in `folder`, and keeps all log records."""
    file = folder / "state.sqlite"
    logged = _Kept()
    root = logging.getLogger()
    level = root.level
    store = SqliteStore(file)
    with (
        closing(create_app(store=store, clock=ManualClock(), keys=_OneKey())) as app,
        closing(sqlite3.connect(file)) as state,
    ):
        root.addHandler(logged)
        root.setLevel(logging.DEBUG)
        try:
            yield Siege(app, state, logged)
        finally:
            root.setLevel(level)
            root.removeHandler(logged)


def error_of(answer: TestResponse) -> dict[str, Any] | None:
    """Returns the error in a response, or `None`."""
    if answer.mimetype != "application/json" or not answer.data:
        return None
    body = json.loads(answer.data)
    if isinstance(body, dict) and isinstance(body.get("history"), dict):
        body = body["history"]  # GET /history puts it there.
    refused = isinstance(body, dict) and body.get("status") == "error" and "code" in body
    return body if refused else None


def _is_of_posts(answer: TestResponse) -> bool:
    """Whether a response tells what networks refused of posts, which history keeps."""
    body = answer.get_json(silent=True) if answer.data else None
    return isinstance(body, dict) and not {"errors", "posts"}.isdisjoint(body)


def _without_echo(answer: TestResponse) -> str:
    """The text of a response without `post`, in which Ayrshare returns the text of the caller."""
    if answer.mimetype != "application/json" or not answer.data:
        return answer.text

    def cut(value: Any) -> Any:
        if isinstance(value, list):
            return [cut(inner) for inner in value]
        if isinstance(value, dict):
            return {name: cut(inner) for name, inner in value.items() if name != "post"}
        return value

    return json.dumps(cut(json.loads(answer.data)), ensure_ascii=False)


def assert_vendor_shape(error: Mapping[str, Any]) -> None:
    """Checks that an error is flat: action, status, code, message, perhaps details."""
    assert set(error) - {"details"} == {"action", "status", "code", "message"}
    assert type(error["code"]) is int
    texts = [error["action"], error["status"], error["message"], error.get("details", "-")]
    assert all(isinstance(text, str) and text for text in texts)


def _find(secrets: list[str], *texts: str) -> list[str]:
    return [secret for secret in secrets for text in texts if secret in text]
