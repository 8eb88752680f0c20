"""`fakeayr exec`: runs a command whose calls to the vendor's host names reach a fake."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any, Final

from fakeayr.domain.advice.rows import Sureness
from fakeayr.errors import FakeayrError
from fakeayr.gateway.opening import open_gateway
from fakeayr.serving.create_app import create_app
from fakeayr.serving.package import environment, key_in_base64
from fakeayr.serving.thread import run_in_thread
from fakeayr.web import development
from fakeayr.web.app import App
from fakeayr.web.config import Config
from fakeayr.web.context import context

_SIGNALLED: Final = 128
_MOST_ACCOUNTS: Final = 1_000
"""Of more, the advice to the latest is reported."""
_PASSED_ON: Final = (signal.SIGTERM, signal.SIGHUP)


class CommandNotRun(FakeayrError):
    """The command cannot be started. The exit codes are a shell's."""

    exit_code = 126


class CommandNotFound(CommandNotRun):
    """There is no such command."""

    exit_code = 127


class NoFake(CommandNotRun):
    """There is no fake to start it with; the exit code is the one of `env` and `timeout`."""

    exit_code = 125


class JournalNotWritten(FakeayrError):
    """The command has run, but its journal is nowhere."""


def run(
    command: Sequence[str],
    config: Config,
    *,
    port: int = 0,
    journal: Path | None = None,
    report: Callable[[list[dict[str, Any]]], None] | None = None,
) -> int:
    """Starts a fake, runs a command to its end, and cleans up.

    The development account stands in the command's environment, as `fakeayr serve` prints it, its
    private key also in base64 and in a file.

    Args:
        command: The command and its arguments.
        config: How the fake is set up.
        port: Where the fake listens; 0 picks a free port.
        journal: Where to write what was asked of the fake, as `GET /_fakeayr/requests` tells it.
        report: Called with what should be mended, as `GET /_fakeayr/advice` tells it, once the
            command has ended; what concerns another than the development account has the other's
            domain as `account`.

    Returns:
        The command's exit code; 128 and the signal's number if a signal ended it.

    Raises:
        CommandNotRun: The command cannot be started.
        JournalNotWritten: The command has succeeded, but the journal cannot be written.
    """
    with _Signals() as signals, ExitStack() as running:
        try:
            app, variables = _start(running, config, port)
        except OSError as error:
            where = f" on port {port}" if port else ""
            hint = " Choose another with --port (0 picks a free port)." if port else ""
            raise NoFake(f"The fake cannot start{where}: {_explain(error)}.{hint}") from error
        try:
            code = signals.run(command, {**os.environ, **variables})
        except OSError as error:
            missing = isinstance(error, FileNotFoundError)
            refusal = CommandNotFound if missing else CommandNotRun
            raise refusal(f"Cannot run {command[0]}: {error.strerror}.") from error
        code = code if code >= 0 else _SIGNALLED - code
        if report is not None:
            report(_read_advice(app))
        if journal is not None:
            try:
                journal.write_text(_read_journal(app), "utf-8")
            except OSError as error:
                why = f"The journal cannot be written to {journal}: {error.strerror}."
                if code == 0:
                    raise JournalNotWritten(why) from error
                print(f"Error: {why}", file=sys.stderr)
    return code


def _start(running: ExitStack, config: Config, port: int) -> tuple[App, dict[str, str]]:
    """Starts a fake and a gateway; returns the fake and the variables that lead to it."""
    app = running.enter_context(closing(create_app(config)))
    url = running.enter_context(run_in_thread(app, port=port))
    gateway, _ = running.enter_context(open_gateway(url))
    folder = Path(running.enter_context(TemporaryDirectory(prefix="fakeayr-")))
    private_key = development.private_key()
    file = folder / "private.key"
    file.touch(0o600)
    file.write_text(private_key, "ascii")
    return app, {
        **environment(url, config.domain),
        "AYRSHARE_PRIVATE_KEY": private_key,
        "AYRSHARE_PRIVATE_KEY_FILE": str(file),
        **key_in_base64(private_key),
        **gateway,
    }


def _explain(error: OSError) -> str:
    """What the system says; the server's own error has its number in the text alone."""
    written = re.search(r"\[Errno (\d+)\]", str(error))
    number = error.errno or (int(written[1]) if written else None)
    return str(error) if number is None else os.strerror(number)


def _read_journal(app: App) -> str:
    return json.dumps(_read(app, "/_fakeayr/requests"), indent=2, ensure_ascii=False) + "\n"


def _read_advice(app: App) -> list[dict[str, Any]]:
    """What is advised to every account, the surest first; what several share is one piece."""
    with app.app_context():
        accounts = context().world.store.accounts(_MOST_ACCOUNTS)
    accounts.sort(key=lambda account: account.api_key != development.API_KEY)
    found: dict[tuple[str | None, ...], dict[str, Any]] = {}
    for account in accounts:
        whose = {} if account.api_key == development.API_KEY else {"account": account.domain}
        for piece in _read(app, "/_fakeayr/advice", account.api_key)["advice"]:
            key = tuple(piece.get(name) for name in ("name", "method", "path", "place"))
            one = found.setdefault(key, {**piece, **whose, "count": 0})
            one["count"] += piece["count"]
    surest = [sureness.value for sureness in Sureness]
    return sorted(found.values(), key=lambda piece: surest.index(piece["sureness"]))


def _read(app: App, path: str, api_key: str = development.API_KEY) -> Any:
    """What the control API reports of an account."""
    with app.test_client() as client:
        return client.get(path, headers={"Authorization": f"Bearer {api_key}"}).json


class _Signals:
    """What signals do: before the command runs they end us, then it is for the command to end."""

    def __init__(self) -> None:
        self._before: dict[int, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._held: list[int] | None = None

    def __enter__(self) -> "_Signals":
        for number in (signal.SIGINT, *_PASSED_ON):
            self._before[number] = signal.signal(number, self._arrived)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def run(self, command: Sequence[str], variables: Mapping[str, str]) -> int:
        """Runs a command to its end; returns its code, negative if a signal ended it."""
        self._held = []  # Until there is a process to pass them on to.
        self._process = subprocess.Popen(command, env=variables)  # noqa: S603 - the user's own
        for number in self._held:
            self._process.send_signal(number)
        return self._process.wait()

    def _arrived(self, number: int, _: FrameType | None) -> None:
        if self._held is None:
            sys.exit(_SIGNALLED + number)
        if number == signal.SIGINT:
            return  # A terminal sends Ctrl-C to the command as well.
        if self._process is None:
            self._held.append(number)
        else:
            self._process.send_signal(number)
