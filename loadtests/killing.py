"""Kills a worker of `fakeayr serve` during a run, as an out-of-memory killer would."""

import random

import psutil

from fakeayr.loadtests.errors import CannotLoad


def check_server(pid: int) -> None:
    """Checks that a process is a server with a worker to kill.

    Raises:
        CannotLoad: It is not `fakeayr serve`, or has only one worker.
    """
    if len(_list_workers(pid)) < 2:
        raise CannotLoad(
            f"worker-killed needs fakeayr serve with two workers or more; process {pid} is not one."
        )


def kill_one(pid: int) -> int:
    """Kills one of the workers of a server and returns its process id.

    Raises:
        CannotLoad: The server has no workers.
    """
    workers = _list_workers(pid)
    if not workers:
        raise CannotLoad(f"Process {pid} has no workers left to kill.")
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
