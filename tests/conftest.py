"""Fixtures for every test. All of them live in memory, one server for each test."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support.accounts import Account, OpenAccount
from support.clock import ManualClock
from support.key_source import BorrowedKeys

from fakeayr.app import create_app
from fakeayr.domain import development
from fakeayr.key_pool import KeyPool


@pytest.fixture(scope="session")
def key_pool() -> KeyPool:
    """RSA keys that tests borrow."""
    return KeyPool()


@pytest.fixture
def keys(key_pool: KeyPool) -> Iterator[BorrowedKeys]:
    """Where the app under test gets its accounts' keys."""
    borrowed = BorrowedKeys(key_pool)
    yield borrowed
    borrowed.return_all()


@pytest.fixture
def clock() -> ManualClock:
    """The app's time: it begins at a fixed instant and moves by `clock.advance(minutes=5)`."""
    return ManualClock()


@pytest.fixture
def app(clock: ManualClock, keys: BorrowedKeys) -> Flask:
    """A new fake in memory."""
    return create_app(clock=clock, keys=keys)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the fake that sends nothing by itself: no API key, no cookies to begin with."""
    return app.test_client()


@pytest.fixture
def open_account(client: FlaskClient) -> OpenAccount:
    """Opens accounts: `open_account(plan="premium", maxPack=False, settings={…})`."""

    def open_account(**order: Any) -> Account:
        return Account.opened(client, order)

    return open_account


@pytest.fixture
def account(open_account: OpenAccount) -> Account:
    """An account as most integrators have it: business plan, Max Pack, a 1024-bit key."""
    return open_account()


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
