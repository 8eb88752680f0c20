"""The integration package: what Ayrshare hands a customer at onboarding, made for the fake."""

import base64
import json
import os
import tempfile
from pathlib import Path
from typing import Final

from fakeayr.serving import postman
from fakeayr.web import development

_MARK: Final = "Written by fakeayr"
"""Stands in every text file of the package, so that a later run knows its own."""
POSTMAN_FILE: Final = "ayrshare-fake.postman_collection.json"


class PackageRefused(Exception):
    """The package cannot be written; the text says why and what to do, in one sentence."""


def write(folder: Path, url: str, *, force: bool = False) -> list[Path]:
    """Writes `private.key`, a Postman collection and a `.env` for the development account.

    Files appear whole or not at all.

    Args:
        folder: Where; it is made if need be.
        url: Where the server is reachable.
        force: Whether files that fakeayr did not write are overwritten.

    Returns:
        The files written.

    Raises:
        PackageRefused: A file of that name is somebody else's, or the folder cannot be written.
    """
    private_key = development.private_key()
    told = f"{_MARK}. Unofficial; runs against a fakeayr server."
    collection = postman.collection(url, private_key, told)
    texts = {
        "private.key": private_key,
        POSTMAN_FILE: json.dumps(collection, indent=2) + "\n",
        ".env": _environment(url, private_key),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not force:
            for name in texts:
                _check_own(folder / name, private_key)
        return [_write_whole(folder / name, text) for name, text in texts.items()]
    except OSError as error:
        raise PackageRefused(
            f"The package cannot be written to {folder}: {error.strerror}."
        ) from error


def environment(url: str) -> dict[str, str]:
    """The development account as environment variables, without its private key."""
    return {
        "AYRSHARE_BASE_URL": f"{url}/api",
        "AYRSHARE_API_KEY": development.API_KEY,
        "AYRSHARE_PROFILE_KEY": development.PROFILE_KEY,
        "AYRSHARE_DOMAIN": development.DOMAIN,
    }


def _check_own(path: Path, private_key: str) -> None:
    if not path.exists():
        return
    text = path.read_text("utf-8", errors="replace")
    if text != private_key and _MARK not in text:
        raise PackageRefused(
            f"{path} was not written by fakeayr: move it away, "
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


def _environment(url: str, private_key: str) -> str:
    lines = [f"# {_MARK}: the development account of a fake Ayrshare server."]
    lines += [f"{name}={value}" for name, value in environment(url).items()]
    lines += [
        "AYRSHARE_PRIVATE_KEY_FILE=private.key",
        "# The same key in base64, for {base64: true}: one line survives every .env parser.",
        f"AYRSHARE_PRIVATE_KEY_BASE64={base64.b64encode(private_key.encode()).decode()}",
    ]
    return "\n".join(lines) + "\n"
