"""The pytest plugin: write `def test_x(ayrshare):`, done."""

import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fakeayr.testing.account import Ayrshare
from fakeayr.testing.environment import Environment, variables
from fakeayr.testing.fake import Server, running, started
from fakeayr.testing.interception import intercepting, summary

if TYPE_CHECKING:
    from fakeayr.testing.receiver import Receivers, WebhookReceiver

_ACCOUNT = pytest.StashKey[Ayrshare]()
_USED = pytest.StashKey[Server]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the plugin's options."""
    group = parser.getgroup("fakeayr", "a fake Ayrshare")
    group.addoption(
        "--ayrshare-url",
        metavar="URL",
        help="Use the fake that is already up at URL instead of starting one.",
    )
    group.addoption(
        "--ayrshare-journal",
        metavar="FILE",
        type=Path,
        help="Append the (redacted) calls of every test to FILE, one JSON object a line.",
    )
    group.addoption(
        "--no-ayrshare-intercept",
        dest="ayrshare_intercept",
        action="store_false",
        default=True,
        help="Leave calls to the vendor's host names alone.",
    )
    parser.addini(
        "ayrshare_env",
        type="linelist",
        default=[],
        help="Names of environment variables for the ayrshare_env fixture, as NAME=VALUE lines "
        "where VALUE is one of api_url, url, api_key, domain, private_key, profile_key.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declares the marker."""
    config.addinivalue_line(
        "markers",
        "ayrshare(plan, max_pack, key_bits, age, domain, email, settings): "
        "shape the account of the ayrshare fixture",
    )


@pytest.fixture(scope="session")
def ayrshare_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """The fake that all tests of the session share."""
    config = request.config
    url = config.getoption("--ayrshare-url")
    with ExitStack() as exits:
        if url is None:
            server = exits.enter_context(started())
        else:
            server = running(url, os.environ.get("FAKEAYR_CONTROL_TOKEN"))
        config.stash[_USED] = server
        yield server


@pytest.fixture
def ayrshare(request: pytest.FixtureRequest, ayrshare_server: Server) -> Iterator[Ayrshare]:
    """A fresh, isolated account of a fake Ayrshare; it ends with the test."""
    order: dict[str, Any] = {}
    for mark in reversed(list(request.node.iter_markers("ayrshare"))):
        if mark.args:
            raise pytest.UsageError("The marker ayrshare takes keyword arguments only.")
        order |= mark.kwargs
    with ExitStack() as exits:
        if request.config.getoption("ayrshare_intercept"):
            exits.enter_context(intercepting(ayrshare_server.transport, ayrshare_server.url))
        account = exits.enter_context(ayrshare_server.account(**order))
        request.node.stash[_ACCOUNT] = account
        yield account
        _keep_journal(request.config, request.node.nodeid, account)


@pytest.fixture
def ayrshare_env(
    request: pytest.FixtureRequest, ayrshare: Ayrshare, monkeypatch: pytest.MonkeyPatch
) -> Environment:
    """Sets the environment variables that an application reads, and answers them.

    Their names are the ini option `ayrshare_env`, or AYRSHARE_BASE_URL, AYRSHARE_API_KEY,
    AYRSHARE_DOMAIN, AYRSHARE_PRIVATE_KEY.
    """
    chosen = variables(ayrshare, request.config.getini("ayrshare_env"))
    for name, value in chosen.items():
        monkeypatch.setenv(name, value)
    return chosen


@pytest.fixture(scope="session")
def ayrshare_receivers() -> Iterator["Receivers"]:
    """The HTTP server behind all webhook receivers of the session."""
    from fakeayr.testing.receiver import Receivers  # noqa: PLC0415 - needs pytest-httpserver

    with Receivers() as receivers:
        yield receivers


@pytest.fixture
def ayrshare_webhook_receiver(
    ayrshare: Ayrshare, ayrshare_receivers: "Receivers"
) -> Iterator["WebhookReceiver"]:
    """A real receiver of the account's `social` webhooks, which checks their signatures."""
    with ayrshare_receivers.receiver() as receiver:
        receiver.register(ayrshare)
        yield receiver


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Adds the calls that a failing test made to its report."""
    report = yield
    account = item.stash.get(_ACCOUNT, None)
    if report.when == "call" and report.failed and account is not None:
        calls = "\n".join(str(request) for request in account.requests)
        report.sections.append(("Calls to the fake Ayrshare", calls or "none"))
    return report


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Says in one line what was intercepted."""
    server = config.stash.get(_USED, None)
    if server is not None and config.getoption("ayrshare_intercept"):
        terminalreporter.write_line(f"fakeayr at {server.url}: {summary()}.")


def _keep_journal(config: pytest.Config, test: str, account: Ayrshare) -> None:
    path = config.getoption("--ayrshare-journal")
    if path is not None:
        account.append_journal(path, test)
