"""An account of an app, for the tests of the domain's rules."""

import pytest
from flask import Flask

from fakeayr.domain.tenants import Tenant, World
from fakeayr.web.context import context
from tests.support.accounts import Account


@pytest.fixture
def world(app: Flask) -> World:
    """The world of the app under test."""
    with app.app_context():
        return context().world


@pytest.fixture
def tenant(world: World, account: Account) -> Tenant:
    """An account at work."""
    found = world.tenant(account.api_key)
    assert found is not None
    return found
