"""A run that is cut short reports what it has found, and deletes or names what it has created."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fakeayr.cli import main
from fakeayr.client.api import ApiClient
from fakeayr.client.start import run_server
from fakeayr.client.transport import HttpTransport, Reply, TransportError
from fakeayr.contract.leftovers import Leftovers

pytestmark = pytest.mark.slow


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The API of a fake whose account is in the environment."""
    with run_server() as fake, closing(HttpTransport(fake.url)) as transport:
        account = ApiClient(transport, fake.url).open_account()
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
        monkeypatch.setenv("AYRSHARE_API_KEY", account.api_key)
        monkeypatch.setenv("AYRSHARE_DOMAIN", account.domain)
        monkeypatch.setenv("AYRSHARE_PRIVATE_KEY", account.private_key)
        yield f"{fake.url}/api"


def run(url: str, *words: str) -> Result:
    command = ["contract", "run", "--url", url, "--no-safe", "--no-fuzz", *words]
    return CliRunner().invoke(main, command, catch_exceptions=False)


def fail_at(monkeypatch: pytest.MonkeyPatch, call: int, errors: list[BaseException]) -> None:
    """Lets calls fail from the one with this number on, with an error each."""
    send, numbers = HttpTransport.send, iter(range(1, 10**6))

    def failing(self: HttpTransport, *request: Any) -> Reply:
        if next(numbers) >= call and errors:
            raise errors.pop(0)
        return send(self, *request)

    monkeypatch.setattr(HttpTransport, "send", failing)


def test_a_server_that_dies_ends_the_run_with_a_report(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "report.html"
    fail_at(monkeypatch, 60, [TransportError("Connection refused")] * 1000)

    done = run(url, "--html", str(page))

    assert done.exit_code == 2
    assert done.stdout.count("\n??  ") == 2  # Where it happened, and why.
    assert f"could not run: {url} cannot be reached: Connection refused" in done.stdout
    assert f"The run ended early: {url} no longer responds. Not all checks" in done.stderr
    left = len(Leftovers().entries())
    assert left > 0
    assert f"{left} profile" in done.stderr
    assert f"could not be deleted; later, run fakeayr contract clean --url {url}" in done.stderr
    assert "could not run" in page.read_text("utf-8")


def test_a_call_that_fails_once_does_not_end_the_run(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_at(monkeypatch, 60, [TransportError("Connection reset")])

    done = run(url)

    assert done.exit_code == 2
    assert " held, 1 could not run, " in done.stdout
    assert done.stderr == ""
    assert Leftovers().entries() == []


def test_ctrl_c_ends_the_run_with_a_report(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_at(monkeypatch, 60, [KeyboardInterrupt()])

    done = run(url)

    assert done.exit_code == 2
    assert " held" in done.stdout.splitlines()[-1]
    assert "The run was interrupted. Not all checks have run." in done.stderr
    assert Leftovers().entries() == []


@pytest.mark.parametrize("variable", ["AYRSHARE_DOMAIN", "AYRSHARE_PRIVATE_KEY"])
def test_a_domain_or_key_of_another_account_is_not_called_a_broken_contract(
    url: str, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    with closing(HttpTransport(url.removesuffix("/api"))) as transport:
        other = ApiClient(transport, url.removesuffix("/api")).open_account()
    wrong = {"AYRSHARE_DOMAIN": "another", "AYRSHARE_PRIVATE_KEY": other.private_key}
    monkeypatch.setenv(variable, wrong[variable])

    done = run(url)

    assert (done.exit_code, done.stdout) == (2, "")
    told = f"Error: {variable} is not that of the account whose API key is given.\n"
    assert done.stderr == told
    assert Leftovers().entries() == []
