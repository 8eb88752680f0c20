"""`kill -9` at any moment: with `--state`, nothing that was acknowledged is lost.

The server and its workers die together in the middle of a load of writes, and the next server
starts on the same file as it lies there.
"""

import random
import secrets
import sqlite3
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from fakeayr.client.api import CallRefused
from fakeayr.client.start import COMMAND
from tests.support.receivers import closed_port
from tests.support.servers import Served, eventually, start
from tests.support.writers import Client, Facts, Writer, find_lost, read_facts

pytestmark = pytest.mark.slow

KILLS: Final = 25
"""Of servers with one worker, and again of servers with two."""
WRITERS: Final = 4
LONGEST_LOAD_CALLS: Final = 80
FORGETFUL: Final = (sys.executable, str(Path(__file__).parents[1] / "mutants" / "forgetful.py"))


class Crashes:
    """Servers that are killed, one after the other on one file.

    Args:
        folder: Where the file lies.
        seed: Decides what is written and when a server dies.
        options: How the servers are started, besides their state.
        command: The program `fakeayr`.

    Attributes:
        acknowledged: How many facts are remembered so far.
    """

    def __init__(
        self, folder: Path, seed: str, *options: str, command: tuple[str, ...] = COMMAND
    ) -> None:
        self.acknowledged = 0
        self._folder = folder
        self._seed = seed
        self._moments = random.Random(seed)
        self._options = options
        self._command = command
        self._file = folder / "state.sqlite"
        self._webhook = f"http://127.0.0.1:{closed_port()}"
        self._served = self._start()

    def _start(self) -> Served:
        options = ("--state", str(self._file), *self._options)
        return start(*options, folder=self._folder, command=self._command)

    def close(self) -> None:
        """Kills the last server."""
        self._served.kill()

    def crash(self) -> Facts:
        """Lets clients write, kills the server, starts another: what does that not know?"""
        with closing(Client.with_new_account(self._served.port)) as client:
            account = client.account
        writers = [self._writer(f"w{number}", account) for number in range(WRITERS)]
        enough = self._moments.randrange(LONGEST_LOAD_CALLS)

        def kill() -> None:
            try:
                eventually(lambda: sum(writer.calls for writer in writers) >= enough)
            finally:
                self._served.kill()

        killing = threading.Thread(target=kill)
        killing.start()
        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(Writer.write, writers))
        killing.join()
        self._served = self._start()
        with closing(Client(self._served.port, account)) as client:
            return self._missing(client, writers)

    def _writer(self, name: str, account: dict[str, str]) -> Writer:
        client = Client(self._served.port, account)
        return Writer(name, client, f"{self._seed}.{name}.{self.acknowledged}", self._webhook)

    def _missing(self, client: Client, writers: list[Writer]) -> Facts:
        facts: Facts = {}
        profiles: dict[str, str] = {}
        for writer in writers:
            facts |= writer.facts
            profiles |= writer.profiles
        self.acknowledged += len(facts)
        try:
            told = read_facts(client, profiles)
        except CallRefused as refused:
            if refused.status != 403:
                raise
            told = {}  # The server has lost the whole account.
        return find_lost(facts, told)

    def check_file(self) -> None:
        """Fails unless the database is sound."""
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_no_acknowledged_write_is_lost(workers: str, tmp_path: Path) -> None:
    seed = secrets.token_hex(4)
    with closing(Crashes(tmp_path, seed, "--workers", workers)) as crashes:
        for number in range(KILLS):
            missing = crashes.crash()
            crashes.check_file()
            assert missing == {}, f"seed {seed}, kill {number}"
    assert crashes.acknowledged > KILLS * WRITERS, f"seed {seed}: hardly anything was written"


def test_a_server_that_writes_after_its_answer_would_be_found_out(tmp_path: Path) -> None:
    with closing(Crashes(tmp_path, "0", command=FORGETFUL)) as crashes:
        assert any(crashes.crash() for _ in range(KILLS))
        crashes.check_file()
