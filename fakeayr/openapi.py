"""Where the contract lies: beside this module in a wheel, above it in a checkout."""

from pathlib import Path


def path() -> Path:
    """The file.

    Raises:
        FileNotFoundError: The installation lacks it.
    """
    here = Path(__file__).parent
    for folder in (here, here.parent):
        file = folder / "openapi.yaml"
        if file.is_file():
            return file
    raise FileNotFoundError("openapi.yaml is missing from this installation of fakeayr")
