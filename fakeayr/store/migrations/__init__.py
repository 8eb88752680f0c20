"""The database schema's versions, as numbered SQL files in this folder.

`0002_name.sql` migrates version 1 to version 2 in both databases. If the databases need different
statements, there are two files, `0002_name.sqlite.sql` and `0002_name.postgres.sql`. A file that
was released never changes.
"""

import re
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

SQLITE: Final = "sqlite"
POSTGRES: Final = "postgres"

_NAME: Final = re.compile(r"(?P<number>\d{4})_\w+(\.(?P<database>\w+))?\.sql")
FOLDER: Traversable = resources.files(__package__)


def read_migrations(database: str) -> dict[int, str]:
    """Returns the SQL that migrates to each version of the schema, in order.

    Args:
        database: `SQLITE` or `POSTGRES`.
    """
    found = {
        int(name["number"]): file.read_text("utf-8")
        for file in FOLDER.iterdir()
        if (name := _NAME.fullmatch(file.name)) and name["database"] in {None, database}
    }
    return dict(sorted(found.items()))


def describe_newer_version(found: int, known: int) -> str:
    """Returns the end of a sentence about a database with a newer version of the schema."""
    return (
        f"was written by a newer version of fakeayr (its schema is {found}, this one knows {known})"
        "; upgrade fakeayr, or use another one"
    )
