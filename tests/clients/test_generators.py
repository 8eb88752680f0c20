"""Generators of clients take the vendor's document as it is served, and what they make works.

Each client makes a profile, a linking URL and a link session, sees what was linked, and cleans up.
The TypeScript ones are compiled strictly, so a field whose type a generator has lost fails here.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
import requests

from fakeayr.serving import package
from tests.support.accounts import Account
from tests.support.servers import run

HERE: Final = Path(__file__).with_name("generators")
pytestmark = pytest.mark.slow


def _node(*arguments: str | Path, folder: Path, **variables: str) -> str:
    """Runs a program of the npm packages, or a script; returns what it prints."""
    program, *rest = arguments
    installed = HERE / "node_modules" / ".bin" / str(program)
    command = [installed, *rest] if installed.exists() else ["node", *arguments]
    return _run(command, folder, variables)


def _run(command: Sequence[str | Path], folder: Path, variables: dict[str, str]) -> str:
    done = subprocess.run(
        command, cwd=folder, env=os.environ | variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def pip_tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the programs of the Python generators are, in an environment of their own."""
    folder = tmp_path_factory.mktemp("generators")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--python"]
    requirements = HERE / "requirements.txt"
    subprocess.run(
        [*pip, folder / "bin" / "python", "install", "--require-hashes", "-r", requirements],
        check=True,
    )
    return folder / "bin"


@pytest.fixture
def document(server_url: str, tmp_path: Path) -> Path:
    """The vendor's document as the server has it, in a folder of its own."""
    file = tmp_path / "openapi.yaml"
    file.write_bytes(requests.get(f"{server_url}/openapi.yaml").content)
    return file


@pytest.fixture
def variables(account: Account, server_url: str) -> dict[str, str]:
    """What a client's walk needs to know."""
    return {
        "BASE_URL": server_url,
        "API_KEY": account.api_key,
        "DOMAIN": account.domain,
        "PRIVATE_KEY": account.private_key,
    }


@pytest.fixture
def check_walk(account: Account, server_url: str) -> Callable[[str], None]:
    """Compares what a walk has printed with what must have happened."""

    def check(printed: str) -> None:
        told: dict[str, Any] = json.loads(printed)
        token = told.pop("token")
        assert told.pop("url").startswith(f"{server_url}?domain={account.domain}&jwt={token}")
        assert told.pop("sessionUrl").startswith(f"{server_url}?session=ayr_ls_")
        assert told == {
            "linked": ["facebook"],
            "hasMore": False,
            "listed": ["Mia's Bakery"],
            "unlinked": "facebook",
            "taken": 146,
        }
        assert account.get("/api/profiles").get_json()["count"] == 0
        bodies = [entry.get("body", {}) for entry in account.requests()]
        made = next(body for body in bodies if "privateKey" in body)
        assert set(made) == {"domain", "privateKey", "profileKey", "allowedSocial"}
        assert not [entry for entry in account.requests() if entry.get("advice")]

    return check


@pytest.mark.outside("node")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("generator", ["openapi_fetch", "hey_api", "orval"])
def test_a_typescript_client_walks_a_linking_flow(
    generator: str, document: Path, variables: dict[str, str], check_walk: Callable[[str], None]
) -> None:
    folder = document.parent
    (folder / "node_modules").symlink_to(HERE / "node_modules")
    walk = f"walk_{generator}"
    for name in ("tsconfig.json", "walk.ts", f"{walk}.ts"):
        (folder / name).write_bytes((HERE / name).read_bytes())
    match generator:
        case "openapi_fetch":
            _node("openapi-typescript", document, "--output", "client.d.ts", folder=folder)
        case "hey_api":
            plugin = ("--client", "@hey-api/client-fetch")
            _node("openapi-ts", "-i", document, "-o", "client", *plugin, folder=folder)
        case _:
            output = {"target": "client.ts", "client": "fetch", "baseUrl": variables["BASE_URL"]}
            configuration = {"fake": {"input": str(document), "output": output}}
            (folder / "orval.config.mjs").write_text(
                f"export default {json.dumps(configuration)};", "utf-8"
            )
            _node("orval", "--config", "orval.config.mjs", folder=folder)
    _node("tsc", "--project", ".", folder=folder)
    check_walk(_node(Path("out") / f"{walk}.js", folder=folder, **variables))


@pytest.mark.timeout(600)  # It installs from a package registry.
@pytest.mark.parametrize("generator", ["openapi_python_client", "datamodel_code_generator"])
def test_a_python_client_walks_a_linking_flow(
    generator: str,
    pip_tools: Path,
    document: Path,
    variables: dict[str, str],
    check_walk: Callable[[str], None],
) -> None:
    folder = document.parent
    if generator == "openapi_python_client":
        program = "openapi-python-client"
        configuration = HERE / "openapi_python_client.yaml"
        options = f"generate --path {document} --output-path client --meta none --fail-on-warning"
        options += f" --config {configuration}"
    else:
        program = "datamodel-codegen"
        options = f"--input {document} --input-file-type openapi --output client.py"
        options += " --output-model-type pydantic_v2.BaseModel --formatters builtin"
    _run(
        [pip_tools / program, *options.split()],
        folder,
        {"PATH": f"{pip_tools}{os.pathsep}{os.environ['PATH']}"},
    )
    walk = HERE / f"walk_{generator}.py"
    script = folder / walk.name
    script.write_bytes(walk.read_bytes())
    check_walk(_run([pip_tools / "python", "-W", "error", script], folder, variables))


@pytest.mark.outside("node")
def test_the_postman_collection_passes_whenever_it_runs(
    dev: Account, server_url: str, tmp_path: Path
) -> None:
    run("package", "--out", ".", "--url", server_url, folder=tmp_path)
    for times in (1, 2):
        report = tmp_path / f"{times}.json"
        reporting = ["--reporters", "json", "--reporter-json-export", str(report)]
        _node("newman", "run", package.POSTMAN_FILE, *reporting, folder=tmp_path)
        ran = json.loads(report.read_text("utf-8"))["run"]
        assert ran["failures"] == []
        assert all(execution.get("assertions") for execution in ran["executions"])
        assert ran["stats"]["requests"]["total"] == len(ran["executions"]) == 9
    paths = {(entry["method"], entry["path"]) for entry in dev.requests()}
    assert {("POST", "/api/profiles/generateJWT"), ("DELETE", "/api/profiles/social")} <= paths
    assert dev.get("/api/profiles").get_json()["count"] == 1
