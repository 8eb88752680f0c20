"""`fakeayr` as it must not be: it keeps its state in memory and writes the file a little later."""

import sqlite3
import threading
from pathlib import Path
from unittest.mock import patch

from fakeayr import cli
from fakeayr.store.sqlite import IN_MEMORY, SqliteStore

WRITES_EVERY_SECONDS = 0.02


class ForgetfulStore(SqliteStore):
    """Acknowledges first and writes then, faultlessly but for the order."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(path)
        file = self._writer.database
        memory = sqlite3.connect(IN_MEMORY, isolation_level=None, check_same_thread=False)
        file.backup(memory)
        self._writer.database, self._reader = memory, self._writer
        threading.Thread(target=self._save, args=(memory, file), daemon=True).start()

    def _save(self, memory: sqlite3.Connection, file: sqlite3.Connection) -> None:
        later = threading.Event()
        while not later.wait(WRITES_EVERY_SECONDS):
            with self._writer.lock:
                if not memory.in_transaction:
                    memory.backup(file)


if __name__ == "__main__":
    with patch("fakeayr.store.opening.SqliteStore", ForgetfulStore):
        cli.run()
