"""The files of this package, read as Python reads modules: also where a test fakes all others."""

from importlib.machinery import SourceFileLoader
from os import path
from typing import Final

_FOLDER: Final = path.dirname(path.abspath(__file__))


def read(name: str) -> str:
    """The text of a file.

    Args:
        name: Its path from the package's folder, with `/`.

    Raises:
        OSError: It cannot be read.
    """
    file = "/".join((_FOLDER, name))
    return SourceFileLoader("", file).get_data(file).decode()
