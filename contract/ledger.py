"""The ledger: profiles that a run has made, kept until they are deleted again.

It survives Ctrl-C and crashes, so that `fakeayr contract clean` can finish the job. It lies in the
user's state folder, readable by nobody else, and holds profile keys, without which Ayrshare deletes
nothing; an entry goes as soon as its profile is gone.
"""

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

TITLE_PREFIX: Final = "fakeayr-contract-"
"""What the titles of our profiles begin with."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A profile that has to be deleted.

    Attributes:
        url: The API's base it lives on.
        title: Its title; known before the profile is made.
        key: Its profile key; empty if the answer to its creation got lost.
    """

    url: str
    title: str
    key: str = ""


class Ledger:
    """The file of profiles to delete.

    Args:
        path: The file; the user's own unless given.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or _default_path()

    def entries(self) -> list[Entry]:
        """What has to be deleted."""
        try:
            lines = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return []
        return [Entry(**line) for line in lines]

    def add(self, entry: Entry) -> None:
        """Notes a profile, in place of an entry with the same title."""
        self._write([*self._without(entry.url, entry.title), entry])

    def remove(self, url: str, title: str) -> None:
        """Forgets a profile that is gone."""
        self._write(self._without(url, title))

    def _without(self, url: str, title: str) -> list[Entry]:
        return [it for it in self.entries() if (it.url, it.title) != (url, title)]

    def _write(self, entries: list[Entry]) -> None:
        if not entries:
            self._path.unlink(missing_ok=True)
            return
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=self._path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump([asdict(entry) for entry in entries], file)
        Path(name).replace(self._path)


def _default_path() -> Path:
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "fakeayr" / "contract-profiles.json"
