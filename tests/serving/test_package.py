"""`fakeayr package`: what Ayrshare hands out at onboarding, for the development account."""

import base64
import json
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from fakeayr.serving import package
from fakeayr.web import development
from tests.support.servers import run

FILES: Final = ["private.key", package.POSTMAN_FILE, ".env"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a package for the address that `fakeayr serve` has by default."""
    assert run("package", "--out", "package", folder=tmp_path).returncode == 0
    return tmp_path / "package"


def test_it_names_the_files_that_it_wrote(tmp_path: Path) -> None:
    ended = run("package", "--out", "deep/down", folder=tmp_path)
    assert ended.stdout.splitlines() == [f"Wrote deep/down/{name}" for name in FILES]
    assert ended.stderr == ""
    assert {path.name for path in (tmp_path / "deep" / "down").iterdir()} == set(FILES)


def test_the_files_are_their_owners_only(folder: Path) -> None:
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_the_key_is_the_development_accounts(folder: Path) -> None:
    assert (folder / "private.key").read_text() == development.private_key()


@pytest.mark.outside("bash", "base64", "env")
def test_a_shell_reads_the_env_file(folder: Path) -> None:
    shell = subprocess.run(
        ["bash", "-euc", 'set -a; . ./.env; base64 -d <<<"$AYRSHARE_PRIVATE_KEY_BASE64"; env'],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    assert shell.stdout.startswith(development.private_key())
    assert "AYRSHARE_BASE_URL=http://127.0.0.1:8189/api\n" in shell.stdout
    assert f"AYRSHARE_API_KEY={development.API_KEY}\n" in shell.stdout
    assert f"AYRSHARE_PROFILE_KEY={development.PROFILE_KEY}\n" in shell.stdout
    assert f"AYRSHARE_DOMAIN={development.DOMAIN}\n" in shell.stdout
    assert "AYRSHARE_PRIVATE_KEY_FILE=private.key\n" in shell.stdout


NODE: Final = Path(__file__).parents[1] / "clients" / "node"
READERS: Final = {
    "python-dotenv": "import dotenv; found = dotenv.dotenv_values('.env')",
    "django-environ": "import environ, os; environ.Env.read_env('.env'); found = dict(os.environ)",
    "honcho": "import honcho.environ as e; found = e.parse(open('.env').read())",
}


def check_read(folder: Path, command: list[str | Path]) -> None:
    """Runs a program that prints what it has read, as JSON; nothing may be lost."""
    ran = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    read = json.loads(ran.stdout)
    assert base64.b64decode(read["AYRSHARE_PRIVATE_KEY_BASE64"]).decode() == (
        development.private_key()
    )
    assert (folder / read["AYRSHARE_PRIVATE_KEY_FILE"]).read_text() == development.private_key()
    expected = package.environment("http://127.0.0.1:8189")
    assert {name: read[name] for name in expected} == expected


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_of_env_files_reads_it(folder: Path, reader: str) -> None:
    program = f"import json; {READERS[reader]}; print(json.dumps(dict(found)))"

    check_read(folder, [sys.executable, "-c", program])


@pytest.mark.outside("node")
def test_dotenv_reads_it(folder: Path) -> None:
    program = """
        import { createRequire } from "node:module";
        const dotenv = createRequire(process.argv[1])("dotenv");
        console.log(JSON.stringify(dotenv.config({ quiet: true }).parsed));
    """

    command: list[str | Path] = ["node", "--input-type=module", "-e", program]
    check_read(folder, [*command, NODE / "package.json"])


def test_a_container_reads_it(folder: Path) -> None:
    """`docker run --env-file` takes each line as it is, and no blank in a name."""
    lines = (folder / ".env").read_text().splitlines()

    read = dict(line.split("=", 1) for line in lines if not line.startswith("#"))

    assert all(re.fullmatch(r"[A-Z0-9_]+", name) for name in read)
    assert not any(re.search(r"""[\s"'`$\\]""", value) for value in read.values())


def test_it_replaces_its_own_files(folder: Path) -> None:
    again = run("package", "--out", ".", "--url", "https://fake.example/", folder=folder)
    assert again.returncode == 0
    assert "AYRSHARE_BASE_URL=https://fake.example/api\n" in (folder / ".env").read_text()


@pytest.mark.parametrize("name", FILES)
def test_it_leaves_files_alone_that_it_did_not_write(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("mine")

    refused = run("package", "--out", ".", folder=tmp_path)

    assert refused.returncode == 1
    assert refused.stderr == (
        f"Error: {name} was not written by fakeayr; move it, "
        "or overwrite it with fakeayr package --force.\n"
    )
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, "mine")]


@pytest.mark.parametrize("name", FILES)
def test_force_overwrites_them(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("mine")
    assert run("package", "--out", ".", "--force", folder=tmp_path).returncode == 0
    assert (tmp_path / name).read_text() != "mine"


def test_a_folder_that_cannot_be_made_gets_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = run("package", "--out", "file/folder", folder=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr == (
        "Error: The package cannot be written to file/folder: Not a directory; "
        "choose another folder.\n"
    )


def test_a_folder_in_a_files_place_gets_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    refused = run("package", "--out", ".", "--force", folder=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr == (
        "Error: The package cannot be written to .: Is a directory; choose another folder.\n"
    )
