"""How a worker process of `fakeayr serve` ends: when the server stops it, or dies.

Ctrl-C in a terminal sends SIGINT to the server and its workers, and the server then sends SIGTERM
to its workers. A worker that gets a signal twice, or before it is ready, would never end. Workers
therefore block these signals from the start, and one thread waits for SIGTERM.
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
"""How long running requests may take to finish."""


def shield_starts() -> None:
    """Makes processes that this one forks block the signals that end a server."""
    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, ENDING_SIGNALS),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING_SIGNALS),
    )


class WorkerShutdown:
    """Ends this worker when the server sends SIGTERM, or is gone."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING_SIGNALS)
        threading.Thread(target=self._end_on_signal, name="fakeayr-end", daemon=True).start()
        threading.Thread(target=_end_when_orphaned, name="fakeayr-orphan", daemon=True).start()

    def start_serving(self, loop: asyncio.AbstractEventLoop) -> None:
        """From now on, running requests may finish before the worker ends."""
        self._loop = loop

    def _end_on_signal(self) -> None:
        signal.sigwait({signal.SIGTERM})
        if self._loop is not None:
            self._loop.call_soon_threadsafe(_let_server_end)
            time.sleep(_GRACE_SECONDS)
        os._exit(0)


def close_at_end(close: Callable[[], None]) -> None:
    """Calls `close` when this worker has finished its requests, unless it is killed."""
    multiprocessing.util.Finalize(None, close, exitpriority=0)


def _let_server_end() -> None:
    """Delivers to this process the signal that Granian's loop waits for."""
    signal.raise_signal(signal.SIGTERM)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


def _end_when_orphaned() -> None:
    server = multiprocessing.parent_process()
    if server is not None:
        server.join()
        os.kill(os.getpid(), signal.SIGTERM)
