"""`fakeayr serve`, started as a user starts it: in a process of its own."""

import http.client
import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import requests
from click.testing import CliRunner

from fakeayr.client.start import COMMAND
from fakeayr.terminal.serving import serve
from fakeayr.web import development
from tests.support.linking import claims_of
from tests.support.servers import (
    Served,
    development_headers,
    eventually,
    linking_request,
    run,
    serving,
    start,
)

pytestmark = pytest.mark.processes

AUTHORIZED: Final = development_headers()
Sessions = Callable[[str], requests.Session]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server without options, for tests that leave it as it is."""
    with serving(folder=tmp_path_factory.mktemp("serve")) as served:
        yield served


def generate_jwt(session: requests.Session, url: str, **fields: object) -> requests.Response:
    """Asks for a linking URL of the development account's profile."""
    return session.post(
        f"{url}/api/profiles/generateJWT", json=linking_request(**fields), headers=AUTHORIZED
    )


def titles(session: requests.Session, url: str) -> set[str]:
    """The titles of the development account's profiles."""
    listed = session.get(f"{url}/api/profiles", headers=AUTHORIZED).json()
    return {profile["title"] for profile in listed["profiles"]}


# What it prints.


def test_it_says_first_what_it_is(plain: Served) -> None:
    first = plain.greeting.splitlines()[0]
    assert first.startswith("fakeayr ")
    assert "unofficial" in first


@pytest.mark.outside("bash", "curl")
def test_the_printed_variables_pasted_into_a_shell_lead_to_a_token(plain: Served) -> None:
    pasted = plain.greeting[plain.greeting.index("export ") :]
    command = """
        curl -sS "$AYRSHARE_BASE_URL/profiles/generateJWT" \\
          -H "Authorization: Bearer $AYRSHARE_API_KEY" \\
          -d "domain=$AYRSHARE_DOMAIN" -d "profileKey=$AYRSHARE_PROFILE_KEY" \\
          --data-urlencode "privateKey=$AYRSHARE_PRIVATE_KEY" -d verify=true
    """
    shell = subprocess.run(
        ["bash", "-eu"], input=pasted + command, check=True, capture_output=True, text=True
    )
    answer = json.loads(shell.stdout)
    assert answer["status"] == "success"
    page = requests.get(answer["url"])
    assert page.status_code == 200
    assert "Development Profile" in page.text


def test_a_browser_opens_the_printed_linking_page(plain: Served) -> None:
    page = requests.get(plain.said("Linking page"))
    assert page.status_code == 200
    assert "Development Profile" in page.text


def test_it_is_healthy_when_it_has_printed(plain: Served, session_for: Sessions) -> None:
    health = session_for(plain.url).get(f"{plain.url}/_fakeayr/health")
    assert health.json()["status"] == "ok"


def test_it_serves_its_contract_and_an_api_browser(plain: Served) -> None:
    assert requests.get(f"{plain.url}/openapi.yaml").text.startswith("openapi: 3.1")
    assert "swagger" in requests.get(f"{plain.url}/docs/").text


def test_a_proxy_in_the_environment_does_not_keep_it_from_starting(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9"
    with serving(folder=tmp_path, environment={"HTTP_PROXY": nowhere, "http_proxy": nowhere}):
        pass


def test_a_host_may_be_a_name(tmp_path: Path) -> None:
    with serving("--host", "localhost", folder=tmp_path) as served:
        assert served.url == f"http://localhost:{served.port}"
        assert requests.get(f"{served.url}/_fakeayr/health").status_code == 200


# How clients talk to it.


def test_a_body_may_come_in_chunks(plain: Served, session_for: Sessions) -> None:
    body = json.dumps(linking_request()).encode()
    answer = session_for(plain.url).post(
        f"{plain.url}/api/profiles/generateJWT",
        data=iter([body[:100], body[100:]]),
        headers={**AUTHORIZED, "Content-Type": "application/json"},
    )
    assert answer.request.headers["Transfer-Encoding"] == "chunked"
    assert answer.json()["status"] == "success"


def test_a_connection_is_kept_for_many_calls(plain: Served) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", plain.port)
    connection.connect()
    first = connection.sock
    for _ in range(3):
        connection.request("GET", "/api/user", headers=AUTHORIZED)
        answer = connection.getresponse()
        assert answer.status == 200
        answer.read()
    assert connection.sock is first
    connection.close()


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", ["api.ayrshare.com", "app.ayrshare.com"])
def test_a_target_may_be_in_absolute_form_for_ayrshares_hosts(
    plain: Served, scheme: str, host: str
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", plain.port)
    connection.request(
        "POST",
        f"{scheme}://{host}/api/profiles/generateJWT",
        json.dumps(linking_request()),
        {**AUTHORIZED, "Content-Type": "application/json", "Host": host},
    )
    answer = json.load(connection.getresponse())
    connection.close()
    assert answer["url"].startswith("https://profile.ayrshare.com?domain=acme&jwt=")


# Its options.


def test_the_account_is_on_the_business_plan_with_the_max_pack(
    plain: Served, session_for: Sessions
) -> None:
    answer = generate_jwt(session_for(plain.url), plain.url, expiresIn=30).json()
    assert answer["expiresIn"] == "30m"
    claims = claims_of(answer["token"])
    assert claims["exp"] - claims["iat"] == 30 * 60


def test_a_plan_without_the_feature(tmp_path: Path, session_for: Sessions) -> None:
    with serving("--plan", "free", folder=tmp_path) as served:
        refused = generate_jwt(session_for(served.url), served.url)
    assert (refused.status_code, refused.json()["code"]) == (403, 9403)


def test_no_max_pack(tmp_path: Path, session_for: Sessions) -> None:
    with serving("--no-max-pack", folder=tmp_path) as served:
        session = session_for(served.url)
        assert generate_jwt(session, served.url).status_code == 200
        refused = generate_jwt(session, served.url, expiresIn=30)
    assert (refused.status_code, refused.json()["code"]) == (403, 9403)


def test_the_rate_limit_counts_across_workers(tmp_path: Path, session_for: Sessions) -> None:
    with serving("--rate-limit", "--workers", "2", folder=tmp_path) as served:
        session = session_for(served.url)
        headers = {**AUTHORIZED, "Connection": "close"}  # Any worker may take the next call.
        answers = [session.get(f"{served.url}/api/user", headers=headers) for _ in range(301)]
    assert [answer.headers["x-ratelimit-count"] for answer in answers] == [
        str(count) for count in range(1, 302)
    ]
    assert [answer.status_code for answer in answers] == [200] * 300 + [429]


def test_a_public_url_is_where_links_point(tmp_path: Path, session_for: Sessions) -> None:
    with serving(
        "--public-url", "https://fake.example/", "--control-token", "t", folder=tmp_path
    ) as served:
        answer = generate_jwt(session_for(served.url), served.url).json()
    assert served.said("API") == "https://fake.example/api"
    assert answer["url"].startswith("https://fake.example?domain=acme&jwt=")


def test_others_reach_the_api_but_not_the_control_surface(
    tmp_path: Path, session_for: Sessions
) -> None:
    with serving("--host", "0.0.0.0", "--control-token", "s3cret", folder=tmp_path) as served:
        assert not served.said("Linking page")  # A browser could not send the token.
        session = session_for(served.url)
        journal = f"{served.url}/_fakeayr/requests"
        assert generate_jwt(session, served.url).status_code == 200
        assert session.get(journal, headers=AUTHORIZED).status_code == 403
        known = {**AUTHORIZED, "X-Fakeayr-Control-Token": "s3cret"}
        assert session.get(journal, headers=known).status_code == 200


def test_a_package_is_written_for_the_port_that_was_picked(tmp_path: Path) -> None:
    with serving("--package", "package", folder=tmp_path) as served:
        settings = (tmp_path / "package" / ".env").read_text()
        assert f"AYRSHARE_BASE_URL={served.url}/api" in settings
    assert (tmp_path / "package" / "private.key").read_text() == development.private_key()


# Workers, and what lasts.


def test_workers_share_what_they_know(tmp_path: Path, session_for: Sessions) -> None:
    with serving("--workers", "2", folder=tmp_path) as served:
        session = session_for(served.url)
        headers = {**AUTHORIZED, "Connection": "close"}
        for number in range(20):
            created = session.post(
                f"{served.url}/api/profiles", json={"title": f"P{number}"}, headers=headers
            ).json()
            user = session.get(
                f"{served.url}/api/user",
                headers={**headers, "Profile-Key": created["profileKey"]},
            )
            assert user.json()["title"] == f"P{number}"
        assert len(served.processes()) == 3


def test_state_outlives_the_server(tmp_path: Path, session_for: Sessions) -> None:
    with serving("--state", "state.sqlite", folder=tmp_path) as served:
        created = session_for(served.url).post(
            f"{served.url}/api/profiles", json={"title": "Mia's Bakery"}, headers=AUTHORIZED
        )
    headers = {**AUTHORIZED, "Profile-Key": created.json()["profileKey"]}
    with serving("--state", "state.sqlite", folder=tmp_path) as served:
        user = session_for(served.url).get(f"{served.url}/api/user", headers=headers)
    assert user.json()["title"] == "Mia's Bakery"


def test_a_worker_that_ends_closes_its_database(tmp_path: Path) -> None:
    """SQLite's own files beside the state go with the last process that closes it."""
    with serving("--state", "state.sqlite", folder=tmp_path) as served:
        requests.get(f"{served.url}/api/user", headers=AUTHORIZED, timeout=10)
        assert (tmp_path / "state.sqlite-wal").exists()
    left = {path.name for path in tmp_path.glob("state.sqlite*")}
    assert left == {"state.sqlite", "state.sqlite-mark"}


def test_without_state_a_server_forgets(tmp_path: Path, session_for: Sessions) -> None:
    with serving(folder=tmp_path) as served:
        session_for(served.url).post(
            f"{served.url}/api/profiles", json={"title": "Mia's Bakery"}, headers=AUTHORIZED
        )
    with serving(folder=tmp_path) as served:
        assert titles(session_for(served.url), served.url) == {"Development Profile"}


def test_a_plan_without_linking_urls_has_no_linking_page(tmp_path: Path) -> None:
    with serving("--plan", "premium", folder=tmp_path) as served:
        assert not served.said("Linking page")


# How it ends.

ENDINGS: Final[dict[str, Callable[[Served], Any]]] = {
    "Ctrl-C": Served.press_ctrl_c,
    "SIGINT": lambda served: served.process.send_signal(signal.SIGINT),
    "SIGTERM": lambda served: served.process.terminate(),
    "SIGHUP": lambda served: served.process.send_signal(signal.SIGHUP),
    "SIGHUP to all": lambda served: os.killpg(served.process.pid, signal.SIGHUP),
    "SIGTERM to all": lambda served: os.killpg(served.process.pid, signal.SIGTERM),
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_ends_cleanly(ending: str, workers: str, tmp_path: Path) -> None:
    served = start("--workers", workers, folder=tmp_path)
    ENDINGS[ending](served)
    ended = served.end()
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_call_under_way_does_not_keep_it_for_long(tmp_path: Path) -> None:
    served = start(folder=tmp_path)
    with socket.create_connection(("127.0.0.1", served.port)) as connection:
        connection.sendall(b"POST /api/profiles HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
        served.process.terminate()
        assert served.end().returncode == 0


@pytest.mark.outside("bash")
def test_nohup_keeps_it_from_ending(tmp_path: Path) -> None:
    nohup = ["bash", "-c", "trap '' HUP && exec \"$@\"", "nohup", *COMMAND]
    with serving(folder=tmp_path, command=nohup) as served:
        session = requests.Session()
        body = {"title": "Mia's Bakery"}
        session.post(f"{served.url}/api/profiles", json=body, headers=AUTHORIZED)
        os.killpg(served.process.pid, signal.SIGHUP)
        assert "Mia's Bakery" in titles(session, served.url)
        session.close()


def test_a_worker_that_dies_with_all_accounts_does_not_go_unnoticed(tmp_path: Path) -> None:
    served = start(folder=tmp_path)
    served.kill_worker()
    assert "Use --state to keep them." in served.complains("\n")
    eventually(lambda: answers(served.url))
    assert titles(requests.Session(), served.url) == {"Development Profile"}
    served.process.terminate()
    assert served.end().returncode == 0


def test_a_worker_that_dies_with_a_state_is_not_worth_a_word(tmp_path: Path) -> None:
    with serving("--state", "state.sqlite", folder=tmp_path) as served:
        served.kill_worker()
        eventually(lambda: answers(served.url))


def answers(url: str) -> bool:
    """Whether a server answers."""
    try:
        return requests.get(f"{url}/_fakeayr/health").status_code == 200
    except requests.ConnectionError:
        return False


def test_workers_do_not_outlive_a_server_that_is_killed(tmp_path: Path) -> None:
    served = start("--workers", "2", folder=tmp_path)
    served.process.kill()
    assert served.end().returncode == -signal.SIGKILL


# What it refuses.


def test_compression_needs_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fakeayr.terminal.serving.find_spec", lambda _: None)
    ended = CliRunner().invoke(serve, ["--compress"])
    assert ended.exit_code == 2
    assert "Flask-Compress is not installed; run pip install Flask-Compress." in ended.output


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (
            ["--state", "missing/state.sqlite"],
            "state.sqlite cannot be used: No such file or directory.",
        ),
        (["--state", "private.key"], "The state file private.key cannot be used"),
        (["--package", "private.key/x"], "The package cannot be written to private.key/x"),
        (["--package", "."], "private.key was not written by fakeayr; move it"),
        (
            ["--host", "0.0.0.0"],
            "set FAKEAYR_CONTROL_TOKEN or --control-token to protect the control",
        ),
        (
            ["--host", "::"],
            "set FAKEAYR_CONTROL_TOKEN or --control-token to protect the control",
        ),
        (["--host", "192.0.2.1", "--control-token", "x"], "Cannot listen on 192.0.2.1"),
        (["--host", "host.invalid", "--control-token", "x"], "Cannot listen on host.invalid"),
        (["--port", "65536"], "Invalid value for '--port'"),
        (["--workers", "0"], "Invalid value for '--workers'"),
        (["--plan", "gold"], "Invalid value for '--plan'"),
        (["--public-url", "fake.example"], "Invalid value for '--public-url'"),
        (["--public-url", "http://127.0.0.1/api"], "leave out /api at the end"),
        (["--public-url", "https://fake.example"], "Other machines can reach https://fake.example"),
        (["--control-token", "h\xe9llo"], "no client can send it"),
        (["--control-token", " "], "no client can send it"),
        (["--control-token", "a b"], "no client can send it"),
        (["--control-token", ""], "it must not be empty"),
        (["--tls-port", "8444"], "--tls-port needs --tls"),
        (
            ["--webhook-host", "http://app"],
            "'http://app' is not a host name; it must look like app",
        ),
        (["--webhook-host", "app:3000"], "without http:// and port"),
        (["--webhook-host", ""], "'' is not a host name"),
        (["--webhook-host", "*"], "'*' is not a host name"),
        (["--cors-origin", "localhost:3000"], "it must look like http://localhost:3000"),
        (["--cors-origin", "http://localhost:3000/"], "without a path"),
        (["--cors-origin", "HTTPS://app.example"], "is not an origin"),
        (["--prot", "1"], "No such option '--prot'"),
        (["--bogus"], "Did you mean '--host'? See "),
        (["now"], "unexpected extra argument"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_gets_one_clear_line(options: list[str], complaint: str, tmp_path: Path) -> None:
    (tmp_path / "private.key").write_text("somebody else's")
    ended = run("serve", "--port", "0", *options, folder=tmp_path)
    assert ended.returncode in {1, 2}
    assert ended.stdout == ""
    assert ended.stderr.startswith("Error: ")
    assert complaint in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert (tmp_path / "private.key").read_text() == "somebody else's"


def test_two_servers_do_not_share_a_port(plain: Served, tmp_path: Path) -> None:
    refused = run("serve", "--port", str(plain.port), folder=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Error: Cannot listen on 127.0.0.1 port {plain.port}: ")
    assert refused.stderr.count("\n") == 1


def test_a_port_that_another_program_has_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        refused = run("serve", "--port", str(other.getsockname()[1]), folder=tmp_path)
    assert refused.returncode == 1
    assert "Address already in use" in refused.stderr


def test_a_port_is_free_again_at_once(tmp_path: Path) -> None:
    with serving(folder=tmp_path) as served:
        requests.get(f"{served.url}/_fakeayr/health")
    with serving("--port", str(served.port), folder=tmp_path) as again:
        assert again.url == served.url
