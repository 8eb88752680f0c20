"""Finds `openapi.yaml`: inside an installed package, or beside the package in a checkout."""

from pathlib import Path

from fakeayr import package_files


def path() -> Path:
    """Returns the path of `openapi.yaml`.

    Raises:
        FileNotFoundError: The file is missing from the installation.
    """
    here = Path(__file__).parents[1]
    for folder in (here, here.parent):
        file = folder / "openapi.yaml"
        if file.is_file():
            return file
    raise FileNotFoundError("openapi.yaml is missing from this installation of fakeayr")


def text() -> str:
    """What it says, also where a test has faked the file system.

    Raises:
        FileNotFoundError: The installation lacks it.
    """
    try:
        return package_files.read("openapi.yaml")
    except FileNotFoundError:
        return package_files.read("../openapi.yaml")
