"""`fakeayr` as it must not be: it keeps its state in memory and writes the file a little later."""

import sqlite3
import threading
from unittest.mock import patch

from fakeayr import cli
from fakeayr.store.sqlite import SqliteStore

WRITES_EVERY_SECONDS = 0.02


class ForgetfulStore(SqliteStore):
    """Acknowledges first and writes then, faultlessly but for the order."""

    def _open(self, path: str) -> sqlite3.Connection:
        file = super()._open(path)
        memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        file.backup(memory)
        threading.Thread(target=self._save, args=(memory, file), daemon=True).start()
        return memory

    def _save(self, memory: sqlite3.Connection, file: sqlite3.Connection) -> None:
        later = threading.Event()
        while not later.wait(WRITES_EVERY_SECONDS):
            with self._lock:
                if not memory.in_transaction:
                    memory.backup(file)


if __name__ == "__main__":
    with patch("fakeayr.store.opening.SqliteStore", ForgetfulStore):
        cli.run()
