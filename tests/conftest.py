"""Fixtures for every test. All of them live in memory, one server for each test.

Whatever app a test makes with `create_app`, all its answers are held against `openapi.yaml`, and a
violation fails the test that provoked it.
"""

import gc
import sysconfig
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack
from typing import Any, Final
from unittest.mock import patch
from wsgiref.types import StartResponse, WSGIEnvironment

import anyio
import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from pytest_httpserver import HTTPServer

from fakeayr.serving.thread import run_in_thread
from fakeayr.web import development
from fakeayr.web.app import App
from tests.support.accounts import Account, OpenAccount
from tests.support.apps import NewApp, closing_apps
from tests.support.clock import ManualClock
from tests.support.contract import the_contract
from tests.support.guards import Guard
from tests.support.key_source import BorrowedKeys, KeyShelf
from tests.support.postgres import Postgres
from tests.support.postgres import running as running_postgres
from tests.support.receivers import Receiver, new_receiver
from tests.support.siege import Siege, Target, lay_siege
from tests.support.visitor import Visitor

_OUTSIDE_FIXTURES: Final = {
    "chromium": ("chromium",),
    "curl": ("bash", "curl"),
    "postgres": ("postgres", "setpriv"),
    "postgres_to_stop": ("postgres", "setpriv"),
}
_PIP_INSTALLS: Final = sysconfig.get_path("scripts")
_guard = Guard(the_contract())


class _GuardedApp(App):
    """What `create_app` makes while tests run."""

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return _guard.answer(super().wsgi_app, environ, start_response)


def pytest_configure(config: pytest.Config) -> None:
    """Puts the guard around every app of this process, also those that test modules make.

    Loads all of anyio, which loads its parts on first use: if a test session inside a test was the
    first to use them, pytest would drop them afterwards and httpx meet two copies of its errors.
    """
    anyio.run(anyio.sleep, 0)
    guarding = patch("fakeayr.serving.create_app.App", _GuardedApp)
    guarding.start()
    config.add_cleanup(guarding.stop)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints how many mutants of the stand-in the contract checks have caught."""
    caught, missed = (
        sum("::test_a_mutant_is_caught[" in getattr(report, "nodeid", "") for report in reports)
        for reports in (
            terminalreporter.getreports("passed"),
            terminalreporter.getreports("failed"),
        )
    )
    if caught + missed:
        terminalreporter.write_line(
            f"contract checks: {caught} of {caught + missed} mutants of the stand-in caught"
        )


@pytest.hookimpl(tryfirst=True)  # Before `-m` selects.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks tests that need an outside program through a fixture."""
    for item in items:
        for fixture in _OUTSIDE_FIXTURES.keys() & getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.outside(*_OUTSIDE_FIXTURES[fixture]))


def pytest_collection_finish() -> None:
    """Spares the garbage collector what lives until the end: it is most of what there is."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Hides all programs but those that pip installs from tests that are not marked `outside`."""
    with pytest.MonkeyPatch.context() as programs:
        if item.get_closest_marker("outside") is None:
            programs.setenv("PATH", _PIP_INSTALLS)
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    """Fails a test that broke the contract out of its sight, such as in a server's thread."""
    _guard.violations.clear()
    yield
    if _guard.violations:
        raise _guard.violations[0]


@pytest.fixture
def session_for() -> Iterator[Callable[[str], requests.Session]]:
    """Makes sessions for a server in another process: `session_for(url).get(f"{url}/api/user")`.

    Every answer from that URL is held against the contract.
    """
    with ExitStack() as open_sessions:
        yield lambda base_url: open_sessions.enter_context(_guard.session(base_url))


@pytest.fixture(scope="session")
def key_pool() -> KeyShelf:
    """RSA keys that tests borrow."""
    return KeyShelf()


@pytest.fixture
def keys(key_pool: KeyShelf) -> Iterator[BorrowedKeys]:
    """Where the app under test gets its accounts' keys."""
    borrowed = BorrowedKeys(key_pool)
    yield borrowed
    borrowed.return_all()


@pytest.fixture
def clock() -> ManualClock:
    """The app's time: it begins at a fixed instant and moves by `clock.advance(minutes=5)`."""
    return ManualClock()


@pytest.fixture
def new_app() -> Iterator[NewApp]:
    """Makes apps that are set up in a special way: `new_app(Config(compress=True))`."""
    with closing_apps() as new_app:
        yield new_app


@pytest.fixture
def app(new_app: NewApp, clock: ManualClock, keys: BorrowedKeys) -> App:
    """A new fake in memory."""
    return new_app(clock=clock, keys=keys)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the fake that sends nothing by itself: no API key, no cookies to begin with."""
    return app.test_client()


@pytest.fixture
def server_url(app: Flask) -> Iterator[str]:
    """Where the same fake answers over HTTP, from a thread."""
    with run_in_thread(app) as url:
        yield url


@pytest.fixture
def open_account(client: FlaskClient) -> OpenAccount:
    """Opens accounts: `open_account(plan="premium", maxPack=False, settings={…})`."""

    def open_account(**order: Any) -> Account:
        return Account.open(client, order)

    return open_account


@pytest.fixture
def account(open_account: OpenAccount) -> Account:
    """An account as most integrators have it: business plan, Max Pack, a 1024-bit key."""
    return open_account()


@pytest.fixture
def newer(open_account: OpenAccount) -> Account:
    """An account in the age of link sessions."""
    return open_account(age="link-sessions")


@pytest.fixture
def profile_key(account: Account) -> str:
    """The key of the account's User Profile "Mia's Bakery"."""
    key: str = account.create_profile()["profileKey"]
    return key


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody without cookies, who opens the linking page by hand."""
    return Visitor(app)


@pytest.fixture
def dev(client: FlaskClient) -> Account:
    """The development account, which every server has, with one User Profile."""
    headers = {"Authorization": f"Bearer {development.API_KEY}"}
    described = client.get("/_fakeayr/accounts", headers=headers).get_json()
    return Account(
        api_key=development.API_KEY,
        domain=development.DOMAIN,
        private_key=development.private_key(),
        ref_id=described["refId"],
        plan=described["plan"],
        max_pack=described["maxPack"],
        client=client,
    )


@pytest.fixture(scope="session")
def receiving_server() -> Iterator[HTTPServer]:
    """Where receivers have their addresses."""
    with HTTPServer(host="127.0.0.1", threaded=True) as server:
        yield server


@pytest.fixture
def receiver(receiving_server: HTTPServer) -> Iterator[Receiver]:
    """A receiver of webhooks: a real HTTP server on this machine."""
    with new_receiver(receiving_server) as receiver:
        yield receiver


@pytest.fixture
def other_receiver(receiving_server: HTTPServer) -> Iterator[Receiver]:
    """Another one."""
    with new_receiver(receiving_server) as receiver:
        yield receiver


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL of the tests' own."""
    with running_postgres() as postgres:
        yield postgres


@pytest.fixture
def postgres_to_stop() -> Iterator[Postgres]:
    """A PostgreSQL of one test, which may stop it: nothing else uses it."""
    with running_postgres() as postgres:
        yield postgres


@pytest.fixture
def database(postgres: Postgres) -> Iterator[str]:
    """The URL of an empty database."""
    with postgres.lend_database() as url:
        yield url


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    """A fake under attack, on a state file, for a module of hostile tests."""
    with lay_siege(tmp_path_factory.mktemp("siege")) as siege:
        yield siege


@pytest.fixture
def target(siege: Siege) -> Iterator[Target]:
    """What one attack is aimed at."""
    with siege.target() as target:
        yield target
