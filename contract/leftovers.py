"""The profiles and posts that a run has created and has not deleted yet.

The file survives Ctrl-C and crashes, so that `fakeayr contract clean` can finish the job. It is in
the user's state folder, readable only to that user, and holds profile keys, without which Ayrshare
deletes nothing; an entry is removed as soon as its profile is.
"""

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fakeayr.contract.errors import Untestable

TITLE_PREFIX: Final = "fakeayr-contract-"
"""What the titles of the profiles, and the texts of the posts, begin with."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """A profile or a post that has to be deleted.

    Attributes:
        url: The base of the API that has it.
        title: The profile's title, or the post's text; known before it is created.
        key: Its profile key; empty for a profile if the response to its creation was lost, and for
            a post of the primary profile.
        is_post: Whether it is a post.
        ids: The ids of a post; empty if the response to it was lost.
    """

    url: str
    title: str
    key: str = ""
    is_post: bool = False
    ids: tuple[str, ...] = ()

    def as_line(self) -> dict[str, Any]:
        """What is written down."""
        line: dict[str, Any] = {"url": self.url, "title": self.title, "key": self.key}
        return line | ({"is_post": True, "ids": list(self.ids)} if self.is_post else {})


class Leftovers:
    """The file of profiles and posts to delete.

    Args:
        path: The file; the user's own unless given.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or _default_path()

    def entries(self) -> list[Leftover]:
        """What has to be deleted.

        Raises:
            Untestable: The file is damaged.
        """
        try:
            lines = json.loads(self._path.read_text("utf-8"))
            return [Leftover(**{**line, "ids": tuple(line.get("ids", ()))}) for line in lines]
        except FileNotFoundError:
            return []
        except (OSError, TypeError, ValueError) as error:
            raise Untestable(
                f"{self._path} cannot be read; delete it, and by hand all profiles whose titles, "
                f"and all posts whose texts begin with {TITLE_PREFIX}."
            ) from error

    def add(self, entry: Leftover) -> None:
        """Notes a profile or a post, in place of an entry with the same title."""
        self._write([*self._without(entry.url, entry.title), entry])

    def remove(self, url: str, title: str) -> None:
        """Forgets a profile or a post that is gone."""
        self._write(self._without(url, title))

    def _without(self, url: str, title: str) -> list[Leftover]:
        return [it for it in self.entries() if (it.url, it.title) != (url, title)]

    def _write(self, entries: list[Leftover]) -> None:
        if not entries:
            self._path.unlink(missing_ok=True)
            return
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=self._path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump([entry.as_line() for entry in entries], file)
        Path(name).replace(self._path)


def _default_path() -> Path:
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "fakeayr" / "contract-profiles.json"
