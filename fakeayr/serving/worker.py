"""How a worker process of `fakeayr serve` ends: when the server says so, or dies.

Ctrl-C in a terminal reaches the server and its workers at once, and the server then tells its
workers to end. A worker that is told twice, or before it is ready, would never end. Therefore
workers block these signals from birth, and one thread waits for the server's word.
"""

import asyncio
import multiprocessing.util
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Final

ENDING_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_GRACE_SECONDS: Final = 3
"""How long requests that are under way may take to end."""


def shield_starts() -> None:
    """Makes every process that this one starts block the signals that end a server."""
    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, ENDING_SIGNALS),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING_SIGNALS),
    )


class End:
    """Makes this worker end when the server sends SIGTERM, or is gone."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING_SIGNALS)
        threading.Thread(target=self._end_when_told, name="fakeayr-end", daemon=True).start()
        threading.Thread(target=_end_when_orphaned, name="fakeayr-orphan", daemon=True).start()

    def serves(self, loop: asyncio.AbstractEventLoop) -> None:
        """Call this when the worker serves: from now on, requests under way may end first."""
        self._loop = loop

    def _end_when_told(self) -> None:
        signal.sigwait({signal.SIGTERM})
        if self._loop is not None:
            self._loop.call_soon_threadsafe(_let_server_end)
            time.sleep(_GRACE_SECONDS)
        os._exit(0)


def close_at_end(close: Callable[[], None]) -> None:
    """Calls `close` when this worker has ended all requests, unless it is killed."""
    multiprocessing.util.Finalize(None, close, exitpriority=0)


def _let_server_end() -> None:
    """Sends this process the signal that Granian's loop waits for, past the block."""
    signal.raise_signal(signal.SIGTERM)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


def _end_when_orphaned() -> None:
    server = multiprocessing.parent_process()
    if server is not None:
        server.join()
        os.kill(os.getpid(), signal.SIGTERM)
