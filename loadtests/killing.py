"""Killing a worker of `fakeayr serve` in the middle of a run, as an out-of-memory killer would."""

import random

import psutil

from fakeayr.loadtests.errors import CannotLoad


def check_server(pid: int) -> None:
    """Looks whether a process is a server of which a worker can be killed.

    Raises:
        CannotLoad: It is none, or has one worker only.
    """
    if len(_list_workers(pid)) < 2:
        raise CannotLoad(
            f"worker-killed needs a fakeayr serve with two workers or more; process {pid} is none."
        )


def kill_one(pid: int) -> int:
    """Kills one of the workers of a server and returns its process id.

    Raises:
        CannotLoad: There is none.
    """
    workers = _list_workers(pid)
    if not workers:
        raise CannotLoad(f"Process {pid} has no workers any more.")
    chosen = random.choice(workers)
    chosen.kill()
    return int(chosen.pid)


def _list_workers(pid: int) -> list[psutil.Process]:
    try:
        server = psutil.Process(pid)
        if not {"fakeayr", "serve"} <= {word.rpartition("/")[2] for word in server.cmdline()}:
            return []
        workers: list[psutil.Process] = server.children()
    except psutil.Error:
        return []
    return workers
