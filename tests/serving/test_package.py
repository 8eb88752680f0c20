"""`fakeayr package`: what Ayrshare hands out at onboarding, for the development account."""

import stat
import subprocess
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
        f"Error: {name} was not written by fakeayr: move it away, "
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
        "Error: The package cannot be written to file/folder: Not a directory.\n"
    )


def test_a_folder_in_a_files_place_gets_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    refused = run("package", "--out", ".", "--force", folder=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr == "Error: The package cannot be written to .: Is a directory.\n"
