"""Runs the Node.js stand-in of the real API, over TLS, with a mutation or none."""

import contextlib
import json
import os
import re
import shutil
import ssl
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import trustme

from fakeayr.client.credentials import Credentials
from fakeayr.contract.control import Control
from fakeayr.contract.expectations import NotServed
from fakeayr.domain.linking import private_keys

FOLDER = Path(__file__).parents[1] / "standin"


@dataclass(frozen=True)
class Onboarding:
    """What a stand-in is started with.

    Attributes:
        credentials: The account.
        key_file: The account's private key.
        certificate: The server's certificate and, behind it, the authority's.
        certificate_key: The server's key.
        authority: The certificate authority for clients.
    """

    credentials: Credentials
    key_file: Path
    certificate: Path
    certificate_key: Path
    authority: Path


def onboard(folder: Path) -> Onboarding:
    """Creates an account and certificates in a folder."""
    credentials = Credentials(
        "AJ3PGW1-8HZM8R4-GCWTVJW-YE153PE", "acme", private_keys.generate(1024)
    )
    files = [folder / name for name in ("private.key", "server.pem", "server.key", "ca.pem")]
    files[0].write_text(credentials.private_key, "ascii")
    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    issued.cert_chain_pems[0].write_to_path(files[1])
    issued.private_key_pem.write_to_path(files[2])
    authority.cert_pem.write_to_path(files[3])
    return Onboarding(credentials, *files)


@contextlib.contextmanager
def running(onboarding: Onboarding, mutant: str | None = None) -> Iterator[str]:
    """Runs a stand-in; yields the base URL of its API."""
    node = shutil.which("node")
    assert node is not None, "the stand-in needs Node.js: run ./dev test"
    assert (FOLDER / "node_modules").is_dir(), "the stand-in is not installed: run ./dev test"
    known = onboarding.credentials
    process = subprocess.Popen(
        [
            node,
            str(FOLDER / "server.mjs"),
            str(onboarding.certificate),
            str(onboarding.certificate_key),
            *([] if mutant is None else [mutant]),
        ],
        env={
            "PATH": os.environ["PATH"],
            "API_KEY": known.api_key,
            "DOMAIN": known.domain,
            "KEY_FILE": str(onboarding.key_file),
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


def mutant_url(url: str, mutant: str) -> str:
    """Where the API of a stand-in with a fault is, beside the one at a URL."""
    return f"{url.removesuffix('/api')}/{quote(mutant, safe='')}/api"


def beside(url: str, which: str) -> str:
    """Where the API of another stand-in with the same faults is.

    Args:
        url: The API of the first one.
        which: `timed` for one whose clock may be moved, `newer` for one in the newer age.
    """
    place = urlsplit(url).path.removesuffix("/api").strip("/")
    return urljoin(url, f"/{place}~{which}/api")


def order(
    url: str, onboarding: Onboarding, path: str, body: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Makes something happen on the stand-in whose API is at a URL; without a body, looks."""
    data = None if body is None else json.dumps(body).encode()
    place = f"{url.removesuffix('/api')}/stand-in/{path}"
    trusted = ssl.create_default_context(cafile=onboarding.authority)
    with urllib.request.urlopen(place, data, timeout=30, context=trusted) as answer:
        told: dict[str, Any] = json.load(answer)
        return told


def control_of(url: str, onboarding: Onboarding) -> Control:
    """What can be made to happen on the stand-in whose API is at a URL."""

    def call(path: str, body: dict[str, Any] | None = None) -> Any:
        return order(url, onboarding, path, body)

    def refuse(_: str) -> None:
        raise NotServed("it suspends no profile")

    return Control(
        link=lambda key, network: call("link", {"profileKey": key, "network": network}),
        revoke=lambda key, network: call("revoke", {"profileKey": key, "network": network}),
        suspend=refuse,
        advance=lambda seconds: call("clock", {"advance": seconds}),
        webhooks=lambda: list(call("webhooks")["webhooks"]),
        declare=lambda facts: call("media", facts),
    )


def mutants() -> dict[str, str]:
    """Returns the check that catches each mutant, by the mutant's name."""
    text = (FOLDER / "mutants.mjs").read_text("utf-8")
    return dict(re.findall(r"^  '(.+)': '(.*)',$", text, re.MULTILINE))
