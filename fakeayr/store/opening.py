"""Opens the store that `--state` names: a file or a database URL."""

import re
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from fakeayr.domain.ports import Store, StoreUnusable
from fakeayr.store.sqlite import SqliteStore

_URL: Final = re.compile(
    r":/|:\\\\|:.*@|postgres(?:ql)?\W*:|passw(?:or)?d\W*[=:]|\bpwd\W*=", re.IGNORECASE | re.DOTALL
)
"""What stands in a URL or a list of parameters, also in a misspelt one, and in no file's path."""
_POSTGRES: Final = ("postgresql://", "postgres://")


def is_url(state: str | Path) -> bool:
    """Returns whether a state is a URL, or looks as if it was meant as one, and not a path."""
    text = str(state)
    return _URL.search(text) is not None or _URL.search(unquote(text)) is not None


def check_url(state: str) -> None:
    """Checks a state that is a URL, without connecting.

    Raises:
        StoreUnusable: The URL is not PostgreSQL's or malformed, or psycopg is missing.
    """
    if not state.startswith(_POSTGRES):
        raise StoreUnusable(
            "The state must be a file, or a URL that begins with postgresql://, without quotes or "
            "spaces around it."
        )
    try:
        from fakeayr.store.postgres.connections import read_url  # noqa: PLC0415 - an optional dependency
    except ImportError as error:
        raise StoreUnusable(
            "PostgreSQL needs psycopg, which is not installed; run pip install 'psycopg[binary]'."
        ) from error
    read_url(state)


def open_store(state: str | Path) -> Store:
    """Opens a store.

    Args:
        state: A URL of PostgreSQL, a file, or `:memory:`.

    Raises:
        StoreUnusable: The state cannot be used. The message contains no password.
        StoreUnreachable: The database does not respond.
    """
    if not is_url(state):
        return SqliteStore(state)
    check_url(str(state))
    from fakeayr.store.postgres.store import PostgresStore  # noqa: PLC0415 - an optional dependency

    return PostgresStore(str(state))
