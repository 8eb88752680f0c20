"""An installed wheel does in an empty directory all that a checkout does."""

import re
import resource
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
import requests
import yaml

from fakeayr.ayrshare import openapi
from fakeayr.cli import main
from tests.support.servers import development_headers, linking_request, run, serving

pytestmark = pytest.mark.slow

ROOT: Final = Path(__file__).parents[2]


def install(folder: Path) -> Path:
    """Builds an sdist and a wheel of it, as `python -m build` does, and installs that.

    Returns:
        `fakeayr` in a new virtual environment.
    """
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    sdist = build_sdist(folder)
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, sdist]
    subprocess.run(build, check=True)
    (wheel,) = folder.glob("fakeayr-*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([*pip, "--python", python, "install", wheel], check=True)
    return folder / "venv" / "bin" / "fakeayr"


def build_sdist(folder: Path) -> Path:
    """Builds an archive of the sources; returns its path."""
    build: list[str | Path] = [sys.executable, "-m", "hatchling", "build", "-t", "sdist"]
    subprocess.run([*build, "-d", folder], cwd=ROOT, check=True, capture_output=True)
    (sdist,) = folder.glob("fakeayr-*.tar.gz")
    return sdist


def test_an_sdist_has_every_module(tmp_path: Path) -> None:
    wanted = {
        Path("fakeayr", *(() if folder == "fakeayr" else (folder,)), it.relative_to(ROOT / folder))
        for folder in ("fakeayr", "contract", "loadtests")
        for it in (ROOT / folder).rglob("*")
        if it.is_file() and "__pycache__" not in it.parts
    }

    with tarfile.open(build_sdist(tmp_path)) as archive:
        files = [Path(it.name.partition("/")[2]) for it in archive if it.isfile()]

    assert wanted <= set(files)
    assert len(files) == len(set(files))


@pytest.mark.timeout(600)  # It installs from a package registry.
def test_an_installed_wheel_needs_no_checkout(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    session_for: Callable[[str], requests.Session],
) -> None:
    fakeayr = install(tmp_path_factory.mktemp("wheel"))

    for command in main.commands.keys() - {"contract", "load"}:  # They need more.
        helped = run(command, "--help", folder=tmp_path, command=[fakeayr])
        assert (helped.returncode, helped.stderr) == (0, "")
        assert helped.stdout.startswith(f"Usage: fakeayr {command} ")
    without_locust = run("load", folder=tmp_path, command=[fakeayr])
    assert without_locust.returncode == 2
    assert "pip install '.[load]' in a clone" in without_locust.stderr
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
        dashboard = requests.get(f"{served.url}/_fakeayr/")
        files = [
            requests.get(f"{served.url}{path}").status_code
            for path in re.findall(r'"(/_fakeayr/dashboard/[^"]+)"', dashboard.text)
        ]
    assert made["status"] == "success"
    assert page.status_code == 200
    assert "Development Profile" in page.text
    vendors, _ = openapi.split(openapi.document())
    assert yaml.load(contract.text, yaml.CSafeLoader)["paths"] == vendors["paths"]
    assert browser.status_code == 200
    assert len(files) == 4
    assert set(files) == {200}
    check_five_lines(fakeayr.parent, tmp_path)


def check_five_lines(programs: Path, folder: Path) -> None:
    """The guide's first test is green in an empty folder, and soon."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--python"]
    subprocess.run(
        [*pip, programs / "python", "install", f"pytest=={pytest.__version__}"], check=True
    )
    guide = (ROOT / "docs" / "pytest.md").read_text("utf-8")
    test, shown = re.findall(r"^```(?:python|text)\n(.*?)^```", guide, re.M | re.S)[:2]
    assert f"```python\n{test}```" in (ROOT / "README.md").read_text("utf-8")
    file = folder / "test_linking.py"

    file.write_text(test, "utf-8")
    printed, cpu = _measured([programs / "pytest", "-q"], folder)
    file.write_text("def test_nothing(): pass", "utf-8")
    _, cpu_of_nothing = _measured([programs / "pytest", "-q"], folder)

    command, _, expected = shown.partition("\n")
    assert command == "$ pytest -q"
    assert re.sub(r"[\d.]+s", "?s", printed) == re.sub(r"[\d.]+s", "?s", expected)
    # How many seconds it takes depends on what else the machine does. On a quiet one it is less
    # than one, of which pytest alone takes a third.
    assert cpu < 5 * cpu_of_nothing


def _measured(command: list[str | Path], folder: Path) -> tuple[str, float]:
    """What a command prints, and the CPU seconds that it takes; the best of three times."""
    taken = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        ran = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return ran.stdout, min(taken)
