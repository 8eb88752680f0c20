"""An installed wheel does in an empty directory all that a checkout does."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
import requests
from support.servers import development_headers, linking_request, run, serving

from fakeayr.cli import main

ROOT: Final = Path(__file__).parents[1]


def install(folder: Path) -> Path:
    """Builds a wheel and installs it into a new virtual environment; answers its `fakeayr`."""
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT]
    subprocess.run(build, check=True)
    (wheel,) = folder.glob("fakeayr-*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([*pip, "--python", python, "install", wheel], check=True)
    return folder / "venv" / "bin" / "fakeayr"


@pytest.mark.timeout(600)  # It installs from a package registry.
def test_an_installed_wheel_needs_no_checkout(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    session_for: Callable[[str], requests.Session],
) -> None:
    fakeayr = install(tmp_path_factory.mktemp("wheel"))

    for command in main.commands:
        helped = run(command, "--help", folder=tmp_path, command=[fakeayr])
        assert (helped.returncode, helped.stderr) == (0, "")
        assert helped.stdout.startswith(f"Usage: fakeayr {command} ")
    with serving(command=[fakeayr], folder=tmp_path) as served:
        session = session_for(served.url)
        made = session.post(
            f"{served.url}/api/profiles/generateJWT",
            json=linking_request(),
            headers=development_headers(),
        ).json()
        page = session.get(made["url"])
        contract = requests.get(f"{served.url}/openapi.yaml")
        browser = requests.get(f"{served.url}/docs/")
    assert made["status"] == "success"
    assert page.status_code == 200
    assert "Development Profile" in page.text
    assert contract.content == (ROOT / "openapi.yaml").read_bytes()
    assert browser.status_code == 200
