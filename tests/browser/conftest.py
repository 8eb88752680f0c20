"""A headless Chromium, a fake that it can reach, and an integrator's site on another origin."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright
from pytest_httpserver import HTTPServer
from werkzeug.test import TestResponse

from fakeayr.serving.thread import run_in_thread
from tests.browser.people import Integrator, Person

_FLAGS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser: Debian's Chromium. Without it the tests fail."""
    program = shutil.which("chromium")
    assert program is not None, "Chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    """The URL at which a browser reaches the fake."""
    with run_in_thread(app) as url:
        yield url


class _ClientOfServer(FlaskClient):
    """A test client that speaks to the fake by the name that the browser knows."""

    server: str

    def open(self, *args: Any, **options: Any) -> TestResponse:
        """Makes a request."""
        return super().open(*args, base_url=self.server, **options)


@pytest.fixture
def client(app: Flask, server: str) -> FlaskClient:
    """What accounts call the fake with."""
    app.test_client_class = _ClientOfServer
    client = app.test_client()
    assert isinstance(client, _ClientOfServer)
    client.server = server
    return client


@pytest.fixture
def new_person(chromium: Browser, server: str) -> Iterator[Callable[..., Person]]:
    """Makes people with a browser of their own: `new_person(java_script_enabled=False)`.

    They leave before the server ends.
    """
    people: list[Person] = []

    def new_person(**options: Any) -> Person:
        person = Person.sits_down(chromium, options)
        people.append(person)
        return person

    yield new_person
    for person in people:
        person.leaves()


@pytest.fixture
def person(new_person: Callable[..., Person]) -> Person:
    """Somebody at a desktop."""
    return new_person()


@pytest.fixture
def integrator(httpserver: HTTPServer) -> Integrator:
    """The site of somebody who builds on Ayrshare. Its origin is not the page's."""
    return Integrator(httpserver)
