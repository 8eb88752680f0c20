"""The pytest plugin: write `def test_x(ayrshare):`, done."""

import os
import sys
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from fakeayr import real_time
from fakeayr.errors import FakeayrError
from fakeayr.real_files import real_files
from fakeayr.testing import environment

# pytest loads this module in every session: whatever only fixtures need is loaded in them.
if TYPE_CHECKING:
    from fakeayr.client.findings import Finding
    from fakeayr.testing.account import Account
    from fakeayr.testing.advice import Advice
    from fakeayr.testing.environment import Environment
    from fakeayr.testing.fake import FakeServer
    from fakeayr.testing.interception import InterceptionCounts
    from fakeayr.testing.receiver import Receivers, WebhookReceiver
    from fakeayr.testing.records import RecordedRequest

_TOKEN_VARIABLE = "FAKEAYR_CONTROL_TOKEN"
_MOST_POSTS_SHOWN = 100
_XDIST = "fakeayr"
"""Under this name an xdist worker hands over its counts."""
_XDIST_ADVICE = "fakeayr-advice"
"""Under this name it hands over its advice."""


class _Calls:
    """The calls of one test, also when its account is gone."""

    def __init__(self, account: "Account") -> None:
        self._account = account
        self._began = real_time.now()
        self._kept: list[RecordedRequest] | None = None
        self._advice: list[Advice] | None = None

    @property
    def advice(self) -> "list[Advice]":
        """What was advised on the calls; it is looked up once."""
        if self._advice is None:
            self._advice = [] if self._account.closed else self._account.advice
        return self._advice

    def list_advice(self) -> str:
        """The advice for a report, a line each; empty if there is none."""
        try:
            return "\n".join(map(str, self.advice))
        except FakeayrError as error:
            return f"unknown: {error}"

    def keep(self) -> "list[RecordedRequest]":
        self._kept = self._account.requests
        return self._kept

    def describe_posts(self) -> str:
        """A line for each of the latest posts; nothing if there is none, or the account is gone."""
        try:
            posts = self._account.posts
        except FakeayrError:
            return ""
        earlier = len(posts) - _MOST_POSTS_SHOWN
        lines = [f"{earlier} earlier posts"] if earlier > 0 else []
        return "\n".join([*lines, *map(str, posts[-_MOST_POSTS_SHOWN:])])

    def __str__(self) -> str:
        if self._account.closed and self._kept is None:
            return "unknown: the test has closed its account"
        try:
            calls = self._account.requests if self._kept is None else self._kept
            strangers = [] if calls else self._account.find_unauthorized(self._began)
        except FakeayrError as error:
            return f"unknown: {error}"
        lines = [
            *map(str, calls),
            *map(_mark_stranger, strangers),
        ]
        return "\n".join(lines) or "none"


_CALLS = pytest.StashKey[_Calls]()
_FINDINGS: "pytest.StashKey[list[Finding]]" = pytest.StashKey()
_JOURNAL = pytest.StashKey[Path]()
_VARIABLES = pytest.StashKey[dict[str, str]]()
_COUNTS: "pytest.StashKey[InterceptionCounts]" = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the plugin's options."""
    group = parser.getgroup("fakeayr", "a fake Account")
    group.addoption(
        "--ayrshare-url",
        metavar="URL",
        help="Use the fake that is already up at URL instead of starting one; "
        f"if it wants a control token, it is read from {_TOKEN_VARIABLE}.",
    )
    group.addoption(
        "--ayrshare-journal",
        metavar="FILE",
        help="Write the (redacted) calls of every test to FILE, one JSON object a line.",
    )
    group.addoption(
        "--no-ayrshare-intercept",
        dest="ayrshare_intercept",
        action="store_false",
        default=True,
        help="Leave calls to Ayrshare's own host names alone.",
    )
    group.addoption(
        "--ayrshare-strict",
        action="store_true",
        help="Fail tests whose calls yield advice that is not a hint, unless the ini option "
        "ayrshare_allow_advice or the marker ayrshare_allow_advice names it.",
    )
    group.addoption(
        "--ayrshare-sarif",
        metavar="FILE",
        help="Write the advice on the calls of all tests to FILE in SARIF, for code scanning.",
    )
    parser.addini(
        "ayrshare_allow_advice",
        type="linelist",
        default=[],
        help="Names of advice that --ayrshare-strict lets pass; * stands for anything.",
    )
    parser.addini(
        "ayrshare_env",
        type="linelist",
        default=[],
        help="What the ayrshare_env fixture sets, as NAME=VALUE lines where VALUE is one of "
        f"{', '.join(environment.KNOWN)}.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declares the marker and reads the options."""
    config.addinivalue_line(
        "markers",
        "ayrshare(plan, max_pack, key_bits, age, domain, email, settings): "
        "shape the account of the ayrshare fixture",
    )
    config.addinivalue_line(
        "markers",
        "ayrshare_allow_advice(*names): advice that --ayrshare-strict lets pass in this test",
    )
    url = config.getoption("--ayrshare-url")
    if url is not None and not _is_server_url(url):
        raise pytest.UsageError(f"--ayrshare-url must look like http://127.0.0.1:8189, not {url!r}")
    try:
        config.stash[_VARIABLES] = environment.parse_variables(config.getini("ayrshare_env"))
    except ValueError as error:
        raise pytest.UsageError(f"ayrshare_env: {error}") from error
    if config.getoption("--ayrshare-journal") is not None:
        config.stash[_JOURNAL] = _empty_file(config, "--ayrshare-journal")
    if config.getoption("--ayrshare-sarif") is not None:
        _empty_file(config, "--ayrshare-sarif")
        config.stash[_FINDINGS] = []


@contextmanager
def _plain_imports(config: pytest.Config) -> Iterator[None]:
    """Imports modules without looking for assertions to explain.

    pytest does so in all modules of a package that has a plugin. For ours, in which there are none,
    that takes longer than importing them.
    """
    hook: Any = config.pluginmanager.rewrite_hook
    place = sys.meta_path.index(hook) if hook in sys.meta_path else None
    if place is not None:
        del sys.meta_path[place]
    try:
        yield
    finally:
        if place is not None:
            sys.meta_path.insert(place, hook)


@pytest.fixture(scope="session")
def ayrshare_server(request: pytest.FixtureRequest) -> Iterator["FakeServer"]:
    """The fake that all tests of the session share."""
    config = request.config
    url = config.getoption("--ayrshare-url")
    with ExitStack() as exits:
        with real_files(), _plain_imports(config):
            from fakeayr.testing import fake, interception, journal  # noqa: F401, PLC0415 - see the head

            token = os.environ.get(_TOKEN_VARIABLE)
            reached = fake.run_fake() if url is None else fake.connect_fake(url, token)
            server = exits.enter_context(reached)
        try:
            server.check()
        except FakeayrError as error:
            text = f"--ayrshare-url: there is no fake at {url}: {error}"
            raise pytest.fail.Exception(text, pytrace=False) from None
        if config.getoption("ayrshare_intercept"):
            config.stash[_COUNTS] = interception.InterceptionCounts()
        yield server


@pytest.fixture
def ayrshare(request: pytest.FixtureRequest, ayrshare_server: "FakeServer") -> Iterator["Account"]:
    """A fresh, isolated account of a fake Ayrshare; it ends with the test."""
    options, server = _read_options(request.node), ayrshare_server
    with ExitStack() as exits:
        counts = request.config.stash.get(_COUNTS, None)
        if counts is not None:
            exits.enter_context(server.intercept(counts))
        try:
            account = exits.enter_context(server.account(**options))
        except (TypeError, ValueError, FakeayrError) as error:
            raise _report_no_account(error) from None
        calls = request.node.stash[_CALLS] = _Calls(account)
        yield account
        if account.closed:
            return
        kept = calls.keep()
        _note_advice(request.node, calls)
        journal = request.config.stash.get(_JOURNAL, None)
        if journal is not None:
            from fakeayr.testing.journal import append_journal  # noqa: PLC0415 - see the head

            with real_files():
                append_journal(journal, request.node.nodeid, kept)


@pytest.fixture
def ayrshare_env(
    request: pytest.FixtureRequest, ayrshare: "Account", monkeypatch: pytest.MonkeyPatch
) -> "Environment":
    """Sets the environment variables that an application reads, and returns them.

    They are the ini option `ayrshare_env`'s, or AYRSHARE_BASE_URL, AYRSHARE_API_KEY,
    AYRSHARE_DOMAIN and AYRSHARE_PRIVATE_KEY.
    """
    named: dict[str, str] = request.config.stash[_VARIABLES]
    chosen = environment.make_environment(ayrshare, named)
    for name, value in chosen.items():
        monkeypatch.setenv(name, value)
    return chosen


@pytest.fixture(scope="session")
def ayrshare_receivers() -> Iterator["Receivers"]:
    """The HTTP server behind all webhook receivers of the session."""
    try:
        with real_files():
            from fakeayr.testing.receiver import Receivers  # noqa: PLC0415 - not everybody needs it
    except ImportError:
        text = "ayrshare_webhook_receiver needs pytest-httpserver: pip install pytest-httpserver"
        raise pytest.fail.Exception(text, pytrace=False) from None
    with Receivers() as receivers:
        yield receivers


@pytest.fixture
def ayrshare_webhook_receiver(
    ayrshare: "Account", ayrshare_receivers: "Receivers"
) -> Iterator["WebhookReceiver"]:
    """A real receiver of the account's `social` webhooks, which checks their signatures."""
    with ayrshare_receivers.receiver() as receiver:
        receiver.register(ayrshare)
        yield receiver


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fails a test that has passed, if strict, and its calls yield advice."""
    outcome = yield
    calls = item.stash.get(_CALLS, None)
    if calls is not None and item.config.getoption("--ayrshare-strict"):
        from fakeayr.testing.advice import find_unwelcome  # noqa: PLC0415 - see the head

        allowed = list(item.config.getini("ayrshare_allow_advice"))
        for mark in item.iter_markers("ayrshare_allow_advice"):
            allowed += mark.args
        try:
            found = find_unwelcome(calls.advice, allowed)
        except ValueError as error:
            pytest.fail(f"ayrshare_allow_advice: {error}", pytrace=False)
        if found:
            pytest.fail("\n".join(["--ayrshare-strict:", *map(str, found)]), pytrace=False)
    return outcome


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Adds the calls that a failing test made to its report."""
    report = yield
    calls = item.stash.get(_CALLS, None)
    if calls is not None and report.failed:
        report.sections.append(("Calls to the fake Ayrshare", str(calls)))
        advice = calls.list_advice()
        if advice:
            report.sections.append(("Advice of the fake Ayrshare", advice))
        if posts := calls.describe_posts():
            report.sections.append(("Posts on the fake Ayrshare", posts))
    if calls is not None and report.when == "teardown":
        del item.stash[_CALLS]  # The item lives on until the session ends.
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hands over the counts and the advice of an xdist worker; writes the SARIF file."""
    config = session.config
    counts, findings = config.stash.get(_COUNTS, None), config.stash.get(_FINDINGS, None)
    if counts is not None and hasattr(config, "workeroutput"):
        config.workeroutput[_XDIST] = [dict(counts.answered), dict(counts.refused)]
    if findings is None:
        return
    if hasattr(config, "workeroutput"):
        config.workeroutput[_XDIST_ADVICE] = [tuple(finding) for finding in findings]
        return
    from fakeayr.client.findings import write_sarif  # noqa: PLC0415 - see the head

    path = config.invocation_params.dir / config.getoption("--ayrshare-sarif")
    path.write_text(write_sarif(findings), "utf-8")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Adds up the counts and the advice of xdist workers."""
    findings = getattr(node, "workeroutput", {}).get(_XDIST_ADVICE)
    if findings is not None:
        from fakeayr.client.findings import Finding  # noqa: PLC0415 - see the head

        node.config.stash[_FINDINGS] += [Finding(*finding) for finding in findings]
    numbers = getattr(node, "workeroutput", {}).get(_XDIST)
    if numbers is not None:
        from fakeayr.testing.interception import InterceptionCounts  # noqa: PLC0415 - see the head

        counts = node.config.stash.setdefault(_COUNTS, InterceptionCounts())
        counts.answered.update(numbers[0])
        counts.refused.update(numbers[1])


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Says in one line what was intercepted."""
    counts = config.stash.get(_COUNTS, None)
    if counts is not None:
        terminalreporter.write_line(f"fakeayr: {counts}")


def _mark_stranger(call: "RecordedRequest") -> str:
    """A call that is in no account's journal, with its advice below."""
    first, *rest = str(call).split("\n")
    return "\n".join([f"{first}  (not with the test's API key)", *rest])


def _note_advice(node: pytest.Item, calls: _Calls) -> None:
    """Keeps the advice on a test's calls, with the test's file and line, for the SARIF file."""
    findings = node.config.stash.get(_FINDINGS, None)
    if findings is None:
        return
    from dataclasses import asdict  # noqa: PLC0415 - see the head

    from fakeayr.client.findings import Finding  # noqa: PLC0415 - see the head

    file, line, _ = node.location
    for piece in calls.advice:
        told = {name: value for name, value in asdict(piece).items() if value is not None}
        findings.append(Finding(told, file, (line or 0) + 1, node.nodeid))


def _read_options(node: pytest.Item) -> Any:
    """What the test's markers say of its account; the closest marker counts."""
    options: dict[str, Any] = {}
    for mark in reversed(list(node.iter_markers("ayrshare"))):
        if mark.args:
            pytest.fail("The marker ayrshare takes named arguments only.", pytrace=False)
        options |= mark.kwargs
    return options


def _report_no_account(error: Exception) -> BaseException:
    """One sentence in place of a traceback."""
    why = getattr(error, "why", error)
    return pytest.fail.Exception(f"The account could not be opened: {why}", pytrace=False)


def _is_server_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _empty_file(config: pytest.Config, option: str) -> Path:
    """The file that an option names, which is empty when the session begins."""
    path = config.invocation_params.dir / config.getoption(option)
    try:
        if not hasattr(config, "workerinput"):  # The workers of xdist share it.
            path.write_bytes(b"")
    except OSError as error:
        raise pytest.UsageError(f"{option}: {path}: {error.strerror}") from error
    return Path(path)
