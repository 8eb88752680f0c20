"""How a worker process of `fakeayr serve` ends: when the server says so, or dies.

Ctrl-C in a terminal reaches the server and its workers at once, and the server then tells its
workers to end. A worker that is told twice, or before it is ready, would never end. Therefore
workers block these signals from birth, and one thread waits for the server's word.
"""

import multiprocessing.util
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_GRACE_SECONDS: Final = 3
"""How long requests that are under way may take to end."""


def shield_starts() -> None:
    """Makes every process that this one starts block the signals that end a server."""
    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS),
    )


def end_with_server() -> None:
    """Makes this worker end when the server sends SIGTERM, or is gone."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    threading.Thread(target=_end_when_told, name="fakeayr-end", daemon=True).start()
    threading.Thread(target=_end_when_orphaned, name="fakeayr-orphan", daemon=True).start()


def close_at_end(close: Callable[[], None]) -> None:
    """Calls `close` when this worker has ended all requests, unless it is killed."""
    multiprocessing.util.Finalize(None, close, exitpriority=0)


def _end_when_told() -> None:
    inherited = signal.getsignal(signal.SIGTERM)
    signal.sigwait({signal.SIGTERM})
    end = signal.getsignal(signal.SIGTERM)
    if callable(end) and end is not inherited:  # The worker serves already: requests may end.
        end(signal.SIGTERM, None)
        time.sleep(_GRACE_SECONDS)
    os._exit(0)


def _end_when_orphaned() -> None:
    server = multiprocessing.parent_process()
    if server is not None:
        server.join()
        os.kill(os.getpid(), signal.SIGTERM)
