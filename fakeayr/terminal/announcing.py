"""Prints advice while `fakeayr serve` runs: one line each, and repeated ones seldom."""

import contextlib
import threading
from dataclasses import dataclass, field
from typing import Any, Final

from fakeayr.client.development import API_KEY
from fakeayr.errors import FakeayrError
from fakeayr.terminal.fakes import Fake, OrderRefused
from fakeayr.terminal.output import format_iso, plain, show, sign

_PAUSE_SECONDS: Final = 1.0
_COUNTS_SHOWN: Final = (1, 10, 100, 1_000, 10_000, 100_000)
_MOST_ACCOUNTS: Final = 10
"""So many accounts are looked at in one go: the server is there for its clients."""


@dataclass
class _Watched:
    """An account, and what is known of it.

    Attributes:
        fake: The server from its point of view.
        is_new: Whether all of its advice is printed; of an account that was there before, only
            what comes.
        looked: In which look it was last looked at.
        seen: How much there was then.
        shown: The counts that were reached, by name and place of the advice.
    """

    fake: Fake
    is_new: bool
    looked: int = 0
    seen: tuple[int, int] = (0, 0)
    shown: dict[tuple[str, str | None], int] = field(default_factory=dict)


class Announcer:
    """Prints what is advised to the accounts of a server, as it comes.

    It asks the server once a second about the development account and some of the others in turn;
    that takes no thread of the server while nothing happens.

    Args:
        url: The server.
        token: Its control token, if it has one.
    """

    def __init__(self, url: str, token: str | None) -> None:
        self._fake = Fake(url, API_KEY, token)
        self._ended = threading.Event()
        self._watched: dict[str, _Watched] = {}
        self._looks = 0
        self._printed = False
        self._thread = threading.Thread(target=self._run, name="fakeayr-advice", daemon=True)

    def start(self) -> None:
        """Begins to look; what an earlier server has advised is not printed again."""
        with contextlib.suppress(FakeayrError):
            self._look()
        self._thread.start()

    def stop(self) -> None:
        """Ends it."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.wait(_PAUSE_SECONDS):
            with contextlib.suppress(FakeayrError):  # The server is busy or ends.
                self._look()

    def _look(self) -> None:
        """Prints what is new of the development account and of those not seen for longest."""
        own, *others = self._fake.get("/credentials")["accounts"]
        were_there = self._looks == 0
        self._looks += 1
        self._watched = {
            key: self._watched.get(key) or _Watched(self._fake.of_account(key), not were_there)
            for key in (account["apiKey"] for account in (own, *others))
        }
        others.sort(key=lambda account: self._watched[account["apiKey"]].looked)
        self._look_at(self._watched[own["apiKey"]], "")
        for account in others[:_MOST_ACCOUNTS]:
            with contextlib.suppress(OrderRefused):  # It has just been closed.
                self._look_at(self._watched[account["apiKey"]], f" · {account['domain']}")

    def _look_at(self, watched: _Watched, whose: str) -> None:
        is_quiet = not watched.is_new
        watched.looked, watched.is_new = self._looks, True
        changes = watched.fake.get(f"/changes?after={watched.seen[0]}")
        seen = changes["cursor"], changes["counts"]["advice"]
        if seen == watched.seen:
            return
        watched.seen = seen
        for piece in watched.fake.get("/advice")["advice"]:
            key = piece["name"], piece.get("place")
            reached = max(count for count in _COUNTS_SHOWN if count <= piece["count"])
            if reached > watched.shown.get(key, 0):
                watched.shown[key] = reached
                if not is_quiet:
                    self._print(f"{_write(piece)}{plain(whose)}")

    def _print(self, line: str) -> None:
        if not self._printed:
            show("\nWhat should be mended; fakeayr advice says more:\n")
        self._printed = True
        show(line)


def _write(piece: dict[str, Any]) -> str:
    often = f" ({piece['count']} times)" if piece["count"] > 1 else ""
    number = f" #{piece['requests'][-1]}" if piece["requests"] else ""
    return (
        f"{format_iso(piece['last'])} {sign(piece['sureness'])} {plain(piece['headline'])}{often}"
        f" · {piece['name']}{number}"
    )
