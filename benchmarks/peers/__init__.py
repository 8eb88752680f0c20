"""Alternatives to the fake, which are installed in pinned versions.

Node's packages come from `package-lock.json`, moto from `requirements.txt`, both into the folder
`.benchmark` of the checkout, which git does not see.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from benchmarks.contenders import Case, Program, list_token_cases
from benchmarks.errors import CannotMeasure
from benchmarks.fake import SeededAccount
from benchmarks.load import RequestTemplate
from benchmarks.machine import CORES, read_first_line

FLASK = f"bare Flask, {CORES} workers"
HERE = Path(__file__).parent
CONTRACT = HERE.parents[1] / "openapi.yaml"
CACHE = HERE.parents[1] / ".benchmark"
_NODE = CACHE / "node"
_MOTO = CACHE / "moto"


def install() -> None:
    """Installs all peers that are not installed.

    Raises:
        CannotMeasure: A program is missing, or a download failed.
    """
    if shutil.which("npm") is None:
        raise CannotMeasure("The peers need Node.js with npm; --no-peers measures without them.")
    _install_once(_NODE, ["package.json", "package-lock.json", "express.mjs"], _install_node)
    _install_once(_MOTO, ["requirements.txt"], _install_moto)


def read_versions() -> list[tuple[str, str]]:
    """Returns the versions of Node.js and the installed peers, by name."""
    dependencies = json.loads((HERE / "package.json").read_text("utf-8"))["dependencies"]
    moto = (HERE / "requirements.txt").read_text("utf-8").partition("\nmoto==")[2].split()[0]
    return [
        ("Node.js", read_first_line("node", "--version").removeprefix("v")),
        *dependencies.items(),
        ("moto", moto),
    ]


def list_peers(accounts: Mapping[int, SeededAccount], folder: Path) -> list[Case]:
    """Returns the cases of the peers.

    Args:
        accounts: The accounts for Express, by the size of their keys in bits.
        folder: A folder for the peers' files.
    """
    express = Program(
        name="Express + jsonwebtoken",
        command=lambda _: ["node", str(_NODE / "express.mjs")],
        first=accounts[2048].generate_jwt,
        environment={**_PRODUCTION, "ACCOUNTS": str(_write_accounts(accounts, folder))},
    )
    keeping = replace(
        express,
        name="Express + jsonwebtoken, keys kept",
        environment={**express.environment, "KEEP_KEYS": "1"},
    )
    flask = Program(
        name=FLASK,
        command=lambda port: [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-log"),
            *("--port", str(port), "--workers", str(CORES), "benchmarks.peers.bare_flask:app"),
        ],
        first=accounts[2048].generate_jwt,
    )
    least = "a part: parse and sign with a key at hand, on the same server; nothing else"
    same = "the same: parse, authorize, find the profile, sign"
    kept = f"{same}; each private key is parsed only once"
    return [
        *list_token_cases(flask, accounts, least),
        *list_token_cases(express, accounts, same),
        *list_token_cases(keeping, accounts, kept),
        Case(
            program=_program(
                "oauth2-mock-server",
                lambda port: ["-a", "127.0.0.1", "-p", port],
                _request_oauth2_token,
            ),
            call="POST /token",
            bits=2048,
            request=_request_oauth2_token,
            work="nearest: a token signed with a key of its own; nobody is authorized or looked up",
        ),
        Case(
            program=_program(
                "prism",
                lambda port: ["mock", "-h", "127.0.0.1", "-p", port, "-v", "fatal", str(CONTRACT)],
                accounts[2048].generate_jwt,
            ),
            call="generateJWT",
            bits=None,
            request=accounts[2048].generate_jwt,
            work="nearest: the call held against openapi.yaml, its example answered; no signature",
        ),
        Case(
            program=Program(
                name="moto",
                command=lambda port: [str(_MOTO_SERVER), "-H", "127.0.0.1", "-p", str(port)],
                first=_request_aws_identity,
            ),
            call="STS GetCallerIdentity",
            bits=None,
            request=_request_aws_identity,
            work="nearest: a call to a fake of another API; no signature",
        ),
    ]


_PRODUCTION = {"NODE_ENV": "production"}
_MOTO_SERVER = _MOTO / "bin" / "moto_server"
_AWS = (
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/sts/"
    "aws4_request, SignedHeaders=host, Signature=0"
)


def _write_accounts(accounts: Mapping[int, SeededAccount], folder: Path) -> Path:
    known = [
        {
            "apiKey": account.api_key,
            "domain": account.domain,
            "profiles": {profile.key: profile.title for profile in account.profiles},
        }
        for account in accounts.values()
    ]
    file = folder / "accounts.json"
    file.write_text(json.dumps(known), "utf-8")
    return file


def _program(
    name: str, options: Callable[[str], list[str]], first: Callable[[int], RequestTemplate]
) -> Program:
    """Returns a program that Node.js runs."""
    file = str(_NODE / "node_modules" / ".bin" / name)
    return Program(
        name={"prism": "Prism"}.get(name, name),
        command=lambda port: [file, *options(str(port))],
        first=first,
        environment=_PRODUCTION,
    )


def _request_oauth2_token(port: int) -> RequestTemplate:
    return _form(port, "/token", "grant_type=client_credentials&client_id=")


def _request_aws_identity(port: int) -> RequestTemplate:
    return _form(port, "/", "Version=2011-06-15&Action=GetCallerIdentity&X=", _AWS)


def _form(port: int, path: str, fields: str, header: str = "Accept: */*") -> RequestTemplate:
    length = len(fields) + 1
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        header,
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {length}",
    ]
    head = "".join(f"{line}\r\n" for line in lines)
    return RequestTemplate(before=f"{head}\r\n{fields}", keys=list("0123456789"), after="")


def _install_once(folder: Path, files: list[str], install_into: Callable[[Path], None]) -> None:
    """Installs into a folder unless the same files were installed there before."""
    contents = [(HERE / name).read_bytes() for name in files]
    digest = hashlib.sha256(b"\0".join(contents)).hexdigest()
    mark = folder / "installed"
    if mark.exists() and mark.read_text("utf-8") == digest:
        return
    print(f"Installing {folder.name} into {CACHE.name} …", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in files:
        shutil.copy(HERE / name, folder)
    try:
        install_into(folder)
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotMeasure(
            f"The peers could not be installed ({error}); --no-peers measures without them."
        ) from error
    mark.write_text(digest, "utf-8")


def _install_node(folder: Path) -> None:
    options = ["--loglevel=error", "--no-audit", "--no-fund", "--engine-strict"]
    subprocess.run(["npm", "ci", *options], cwd=folder, check=True)


def _install_moto(folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
    requirements = str(folder / "requirements.txt")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [*pip, "--require-hashes", "--requirement", requirements]
    subprocess.run(command, env=environment, check=True)
