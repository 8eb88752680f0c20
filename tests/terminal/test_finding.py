"""Which fake a command talks to, and what it says where there is none."""

import json
import os
from pathlib import Path

import pytest
from flask import Flask

from fakeayr.serving.thread import run_in_thread
from fakeayr.terminal import run_files
from fakeayr.terminal.fakes import DEFAULT_URL
from tests.support.receivers import closed_port
from tests.support.servers import serving
from tests.terminal.conftest import Terminal


def leave_run_file(folder: Path, url: str, pid: int) -> Path:
    path = folder / f"fakeayr-{pid}.json"
    path.write_text(json.dumps({"url": url, "pid": pid}))
    return path


def found(terminal: Terminal, *options: str, **variables: str) -> str:
    """The fake that `status` finds."""
    return str(terminal.json("status", *options, **variables)["url"])


def test_an_option_goes_before_every_variable(bare: Terminal, url: str) -> None:
    elsewhere = f"http://127.0.0.1:{closed_port()}"
    for named in (url, f"{url}/", f"{url}/api", url.removeprefix("http://")):
        assert found(bare, "--url", named, FAKEAYR_URL=elsewhere) == url
    assert found(bare, FAKEAYR_URL=url, AYRSHARE_BASE_URL=f"{elsewhere}/api") == url


def test_the_base_url_counts_if_a_fake_is_there(bare: Terminal, url: str) -> None:
    assert found(bare, AYRSHARE_BASE_URL=f"{url}/api") == url
    leave_run_file(bare.folder, url, os.getpid())
    assert found(bare, AYRSHARE_BASE_URL="https://api.ayrshare.com/api") == url


def test_serve_leaves_a_run_file_while_it_runs(bare: Terminal, tmp_path: Path) -> None:
    where = {"XDG_RUNTIME_DIR": str(tmp_path)}
    with serving(folder=tmp_path, environment=where) as served:
        (file,) = tmp_path.glob("fakeayr-*.json")
        assert file.stat().st_mode & 0o777 == 0o600
        assert json.loads(file.read_text()) == {"url": served.url, "pid": served.process.pid}
        assert found(bare) == served.url
    assert not file.exists()


def test_a_run_file_of_a_dead_server_is_ignored_and_removed(bare: Terminal, url: str) -> None:
    stale = leave_run_file(bare.folder, DEFAULT_URL, 2**22 + 1)
    leave_run_file(bare.folder, url, os.getpid())
    (bare.folder / "fakeayr-1.json").write_text("{not JSON")

    assert found(bare) == url
    assert not stale.exists()


def test_two_fakes_are_both_named(bare: Terminal, app: Flask, url: str) -> None:
    with run_in_thread(app) as other:
        leave_run_file(bare.folder, url, os.getpid())
        leave_run_file(bare.folder, other, os.getppid())
        told = bare.complains("status", code=3)
    assert url in told
    assert other in told
    assert "Choose one with --url or FAKEAYR_URL." in told


def test_no_fake_is_exit_code_3(bare: Terminal) -> None:
    nowhere = f"http://127.0.0.1:{closed_port()}"
    told = bare.complains("status", "--url", nowhere, code=3)
    assert told == f"Error: There is no fake at {nowhere}. Start one with fakeayr serve.\n"
    bare.complains("link", "facebook", "--url", "http://[", code=3)


def test_another_server_is_no_fake(bare: Terminal, receiving_server: object, url: str) -> None:
    other = str(getattr(receiving_server, "url_for")("/"))  # noqa: B009 - it has no types
    assert "There is no fake at" in bare.complains("status", "--url", other, code=3)


def test_an_unknown_api_key_is_told(terminal: Terminal) -> None:
    told = terminal.complains("status", AYRSHARE_API_KEY="nobody's")
    assert "has no account with this API key; see --api-key and AYRSHARE_API_KEY." in told


@pytest.mark.parametrize("folder", ["", "/nonexistent"])
def test_without_a_runtime_folder_the_cache_holds_run_files(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with run_files.leave("http://127.0.0.1:1"):
        assert run_files.find_urls() == ["http://127.0.0.1:1"]
    assert run_files.find_urls() == []


def test_a_home_that_cannot_be_written_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    with run_files.leave("http://127.0.0.1:1"):
        assert run_files.find_urls() == []
