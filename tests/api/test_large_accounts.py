"""Many profiles cost what few do: no call looks at more rows because there are more.

`./dev benchmark` measures it with a million. Here SQLite itself tells how many steps its virtual
machine takes for a call, and by which way it finds the rows.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final
from unittest.mock import patch

import pytest
from flask import Flask

from fakeayr.client import headers
from fakeayr.domain.profiles import Profile
from fakeayr.serving.create_app import create_app
from fakeayr.store.sqlite import SqliteStore
from fakeayr.web.context import context
from tests.support.accounts import Account
from tests.support.clock import START, ManualClock
from tests.support.key_source import BorrowedKeys, KeyShelf

FEW: Final = 200
MANY: Final = 10_000
MAY_BE_WALKED: Final = ("json_each", "(subquery", "pragma_", "CONSTANT ROW", "sqlite_master")
"""What a statement may look at from end to end: what it was given, and what it has found itself."""


class WatchedConnection(sqlite3.Connection):
    """Notes its statements, and counts the steps that they take."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.steps = 0
        self.statements: set[str] = set()

    def watch(self) -> None:
        """Begins."""
        self.steps = 0
        self.set_progress_handler(self._step, 1)
        self.set_trace_callback(self.statements.add)

    def rest(self) -> None:
        """Ends."""
        self.set_progress_handler(None, 0)
        self.set_trace_callback(None)

    def _step(self) -> None:
        self.steps += 1


@dataclass(frozen=True)
class Grown:
    """An account with so many profiles, and an eye on its database."""

    app: Flask
    account: Account
    database: WatchedConnection
    profiles: list[Profile]

    def steps_of(self, call: Callable[["Grown"], Any]) -> int:
        """How many steps a call takes."""
        with self.app.app_context():
            context().recorder.write()
        self.database.watch()
        try:
            call(self)
        finally:
            self.database.rest()
        return self.database.steps

    def do(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """Makes a call that is left out of the journal, which is written beside it."""
        answer = self.account.call(method, path, headers={headers.TOOLKIT_CALL: "1"}, **options)
        assert answer.status_code in {200, 201}, answer.text
        decoded: dict[str, Any] = answer.get_json()
        return decoded


@contextmanager
def grown(size: int, keys: BorrowedKeys) -> Iterator[Grown]:
    """An account of a size; one of its profiles in a hundred has links."""
    connections: list[WatchedConnection] = []

    def connect(*arguments: Any, **options: Any) -> WatchedConnection:
        connections.append(WatchedConnection(*arguments, **options))
        return connections[-1]

    with patch("sqlite3.connect", connect):
        store = SqliteStore()
    with closing(create_app(store=store, clock=ManualClock(), keys=keys)) as app:
        account = Account.open(app.test_client(), {"plan": "enterprise"})
        profiles = [
            Profile(
                key=f"KEY-{number:07}",
                account=account.api_key,
                ref_id=f"{number:040}",
                title=f"Profile {number}",
                created=START,
            )
            for number in range(size)
        ]
        with store.transaction():
            for profile in profiles:
                store.save_profile(profile)
        for profile in profiles[50:FEW:20]:
            account.link("facebook", profile.key)
        yield Grown(app, account, connections[0], profiles)


@pytest.fixture(scope="module")
def accounts(key_pool: KeyShelf) -> Iterator[tuple[Grown, Grown]]:
    """A small one and a large one."""
    keys = BorrowedKeys(key_pool)
    with grown(FEW, keys) as few, grown(MANY, keys) as many:
        yield few, many
    keys.return_all()


def listed(query: str) -> Callable[[Grown], Any]:
    return lambda it: it.do("GET", f"/api/profiles?{query}")


def a_page_further_on(it: Grown) -> None:
    page = it.do("GET", "/api/profiles?limit=10")
    it.do("GET", f"/api/profiles?limit=10&cursor={page['pagination']['nextCursor']}")


def generate_jwt(it: Grown) -> None:
    key = it.profiles[100].key
    body = {"domain": it.account.domain, "privateKey": it.account.private_key, "profileKey": key}
    it.do("POST", "/api/profiles/generateJWT", json=body)


def with_its_journal(it: Grown) -> None:
    it.account.get("/api/user", profile_key=it.profiles[101].key)
    with it.app.app_context():
        context().recorder.write()


CALLS: Final[dict[str, Callable[[Grown], Any]]] = {
    "generateJWT": generate_jwt,
    "a look at a profile": lambda it: it.do("GET", "/api/user", profile_key=it.profiles[102].key),
    "a call with its journal": with_its_journal,
    "look-up by title": listed("title=Profile%20103"),
    "look-up by refId": listed(f"refId={104:040}"),
    "look-up by keys": listed("profileKeys=KEY-0000105,KEY-0000106"),
    "the first page": listed("limit=10"),
    "a page further on": a_page_further_on,
    "profiles with links": listed("limit=5&hasActiveSocialAccounts=true"),
    "profiles without": listed("limit=5&hasActiveSocialAccounts=false"),
    "profiles with a network": listed("limit=5&includesActiveSocialAccounts=facebook"),
    "profiles with an X app": listed("limit=5&isBYOKLinked=true"),
    "a new profile": lambda it: it.do("POST", "/api/profiles", json={"title": "New"}),
    "another title": lambda it: it.do(
        "PATCH", "/api/profiles", json={"title": "Newer", "profileKey": it.profiles[110].key}
    ),
    "a link": lambda it: it.account.link("instagram", it.profiles[111].key),
    "an unlinking": lambda it: it.do(
        "DELETE",
        "/api/profiles/social",
        json={"platform": "instagram"},
        profile_key=it.profiles[111].key,
    ),
    "a webhook": lambda it: it.do(
        "POST",
        "/api/hook/webhook",
        json={"action": "social", "url": "http://127.0.0.1:9/"},
        profile_key=it.profiles[112].key,
    ),
    "a day that passes": lambda it: it.do("POST", "/_fakeayr/clock", json={"advance": 86_400}),
    "a deletion by title": lambda it: it.do(
        "DELETE", "/api/profiles", json={"title": "Profile 113"}
    ),
}


@pytest.mark.parametrize("call", CALLS)
def test_it_takes_as_many_steps_with_many_profiles(
    call: str, accounts: tuple[Grown, Grown]
) -> None:
    few, many = (one.steps_of(CALLS[call]) for one in accounts)
    assert 0 < many <= few + 5


def test_no_statement_walks_through_a_table(accounts: tuple[Grown, Grown]) -> None:
    _, many = accounts
    assert len(many.database.statements) > 20
    for statement in sorted(many.database.statements):
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            for *_, step in many.database.execute(f"EXPLAIN QUERY PLAN {statement}"):
                walks = step.startswith("SCAN") and not any(it in step for it in MAY_BE_WALKED)
                assert not walks, f"{step}: {statement[:200]}"


def test_a_statement_without_an_index_would_be_found_out(accounts: tuple[Grown, Grown]) -> None:
    def look_for_details(it: Grown) -> None:
        it.database.execute("SELECT 1 FROM profiles WHERE created < 0").fetchall()

    few, many = (one.steps_of(look_for_details) for one in accounts)
    assert many > 10 * few
