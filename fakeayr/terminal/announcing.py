"""Prints advice while `fakeayr serve` runs: one line each, and repeated ones seldom."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any, Final

from fakeayr.client.development import API_KEY
from fakeayr.errors import FakeayrError
from fakeayr.terminal.fakes import Fake
from fakeayr.terminal.output import format_iso, plain, show, sign

_PAUSE_SECONDS: Final = 1.0
_COUNTS_SHOWN: Final = (1, 10, 100, 1_000, 10_000, 100_000)


class Announcer:
    """Prints what is advised to a server's development account, as it comes.

    It asks the server once a second; that takes no thread of the server while nothing happens.

    Args:
        url: The server.
        token: Its control token, if it has one.
    """

    def __init__(self, url: str, token: str | None) -> None:
        self._fake = Fake(url, API_KEY, token)
        self._ended = threading.Event()
        self._shown: dict[tuple[str, str | None], int] = {}
        self._seen: Any = None
        self._printed = False
        self._thread = threading.Thread(target=self._run, name="fakeayr-advice", daemon=True)

    def start(self) -> None:
        """Begins to look; what an earlier server has advised is not printed again."""
        with contextlib.suppress(FakeayrError):
            self.look(lambda _: None)
        self._thread.start()

    def stop(self) -> None:
        """Ends it."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.wait(_PAUSE_SECONDS):
            try:
                self.look(self._print)
            except FakeayrError:
                continue  # The server is busy or ends, or a worker has just died.

    def _print(self, line: str) -> None:
        if not self._printed:
            show("\nWhat should be mended; fakeayr advice says more:\n")
        self._printed = True
        show(line)

    def look(self, print_line: Callable[[str], None]) -> None:
        """Prints what is new since the last look.

        Args:
            print_line: Prints a line.
        """
        cursor = 0 if self._seen is None else self._seen[0]
        changes = self._fake.get(f"/changes?after={cursor}")
        seen = changes["cursor"], changes["counts"]["advice"]
        if seen == self._seen:
            return
        self._seen = seen
        for piece in self._fake.get("/advice")["advice"]:
            key = piece["name"], piece.get("place")
            reached = max(count for count in _COUNTS_SHOWN if count <= piece["count"])
            if reached > self._shown.get(key, 0):
                self._shown[key] = reached
                print_line(_write(piece))


def _write(piece: dict[str, Any]) -> str:
    often = f" ({piece['count']} times)" if piece["count"] > 1 else ""
    number = f" #{piece['requests'][-1]}" if piece["requests"] else ""
    return (
        f"{format_iso(piece['last'])} {sign(piece['sureness'])} {plain(piece['headline'])}{often}"
        f" · {piece['name']}{number}"
    )
