"""Which store a state is kept in: a file's, or that of a database's URL."""

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
    """Whether a state is a URL, or looks as if it was meant as one, and not a file's path."""
    text = str(state)
    return _URL.search(text) is not None or _URL.search(unquote(text)) is not None


def check_url(state: str) -> None:
    """Checks a state that is a URL, without connecting.

    Raises:
        StoreUnusable: It is not one of PostgreSQL, cannot be read, or psycopg is missing.
    """
    if not state.startswith(_POSTGRES):
        raise StoreUnusable(
            "A state is a file, or a URL that begins with postgresql://, without quotes or spaces "
            "around it."
        )
    try:
        from fakeayr.store.postgres.connections import read_url  # noqa: PLC0415 - an optional part
    except ImportError as error:
        raise StoreUnusable(
            "A state in PostgreSQL needs psycopg, which is not installed here: "
            "pip install 'psycopg[binary]'."
        ) from error
    read_url(state)


def open_store(state: str | Path) -> Store:
    """Opens the store of a state: a URL of PostgreSQL, a file, or `:memory:`.

    Raises:
        StoreUnusable: It cannot be used; no password stands in the text.
        StoreUnreachable: The database does not answer.
    """
    if not is_url(state):
        return SqliteStore(state)
    check_url(str(state))
    from fakeayr.store.postgres.store import PostgresStore  # noqa: PLC0415 - an optional part

    return PostgresStore(str(state))
