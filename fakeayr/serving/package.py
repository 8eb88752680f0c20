"""The integration package: the files that Ayrshare gives a customer, made for the fake."""

import base64
import json
import os
import tempfile
from pathlib import Path
from typing import Final

from fakeayr.errors import FakeayrError
from fakeayr.serving import postman
from fakeayr.web import development

_MARK: Final = "Written by fakeayr"
"""Is in every text file of the package, so that a later run may overwrite it."""
POSTMAN_FILE: Final = "ayrshare-fake.postman_collection.json"


class PackageRefused(FakeayrError):
    """The package cannot be written."""


def write(folder: Path, url: str, *, force: bool = False) -> list[Path]:
    """Writes `private.key`, a Postman collection and a `.env` for the development account.

    Each file is replaced atomically.

    Args:
        folder: Where to write; it is created if it does not exist.
        url: The server's URL.
        force: Whether to overwrite files that fakeayr did not write.

    Returns:
        The files that were written.

    Raises:
        PackageRefused: fakeayr did not write a file that is there, or the folder cannot be written.
    """
    private_key = development.private_key()
    description = f"{_MARK}. Unofficial; runs against a fakeayr server."
    collection = postman.collection(url, private_key, description)
    texts = {
        "private.key": private_key,
        POSTMAN_FILE: json.dumps(collection, indent=2) + "\n",
        ".env": _format_env(url, private_key),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not force:
            for name in texts:
                _check_own(folder / name, private_key)
        return [_write_whole(folder / name, text) for name, text in texts.items()]
    except OSError as error:
        raise PackageRefused(
            f"The package cannot be written to {folder}: {error.strerror}; choose another folder."
        ) from error


def environment(url: str, domain: str | None = None) -> dict[str, str]:
    """Returns the development account as environment variables, without its private key.

    Args:
        url: Where the server is reachable.
        domain: The account's domain, if it is another than usual.
    """
    return {
        "AYRSHARE_BASE_URL": f"{url}/api",
        "AYRSHARE_API_KEY": development.API_KEY,
        "AYRSHARE_PROFILE_KEY": development.PROFILE_KEY,
        "AYRSHARE_DOMAIN": domain or development.DOMAIN,
    }


def key_in_base64(private_key: str) -> dict[str, str]:
    """A private key as an environment variable of one line without blanks, quotes or backslashes.

    Whatever reads a `.env` takes it as it is, which cannot be said of any form with newlines.
    """
    return {"AYRSHARE_PRIVATE_KEY_BASE64": base64.b64encode(private_key.encode()).decode()}


def _check_own(path: Path, private_key: str) -> None:
    if not path.exists():
        return
    text = path.read_text("utf-8", errors="replace")
    if text != private_key and _MARK not in text:
        raise PackageRefused(
            f"{path} was not written by fakeayr; move it, "
            "or overwrite it with fakeayr package --force."
        )


def _write_whole(path: Path, text: str) -> Path:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def _format_env(url: str, private_key: str) -> str:
    lines = [f"# {_MARK}: the development account of a fake Ayrshare server."]
    lines += [f"{name}={value}" for name, value in environment(url).items()]
    lines += [
        "AYRSHARE_PRIVATE_KEY_FILE=private.key",
        "# The same key in base64, for {base64: true}: every .env parser reads one line.",
        *(f"{name}={value}" for name, value in key_in_base64(private_key).items()),
    ]
    return "\n".join(lines) + "\n"
