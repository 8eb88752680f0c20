"""`fakeayr load` and `locust -f loadtests/link_flow.py`, as their users see them."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.wrappers import Response

from fakeayr.serving.thread import run_in_thread
from tests.support.accounts import Account
from tests.support.apps import NewApp
from tests.support.loads import (
    FAST,
    Broken,
    Ended,
    environment,
    load,
    locust,
    locust_command,
    without,
)
from tests.support.receivers import Receiver, closed_port
from tests.support.servers import eventually

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture
def serving(app: Flask) -> Iterator[Callable[..., str]]:
    """Serves a fake some of whose answers are spoiled: `serving("/user", spoil=…)`."""
    with ExitStack() as servers:

        def serve(path: str, **how: Any) -> str:
            broken: Any = Broken(app, path, **how)
            return servers.enter_context(run_in_thread(broken))

        yield serve


def test_a_healthy_run_ends_with_a_readable_summary(tmp_path: Path) -> None:
    done = load(*FAST, "--html", str(tmp_path / "report.html"), "--csv", str(tmp_path / "load"))

    assert done.code == 0, done
    assert re.match(
        r"The fake runs at http://127\.0\.0\.1:\d+ with \d+ workers?\.$", done.complained
    ), done
    flows = done.count("whole flow")
    assert flows > 0
    assert done.count("create profile") >= flows
    assert done.count("webhook arrived after") == done.count("link")
    assert f"{flows} flows in " in done.told or done.count("re-link flow")
    assert re.search(
        r"^Nothing was lost: \d+ profiles, \d+ links and \d+ webhooks acknowledged, all there\.$",
        done.told,
        re.MULTILINE,
    )
    assert done.told.endswith("\nHeld: error ratio of all requests 0 % (at most 1 %).\n")
    assert "whole flow" in (tmp_path / "report.html").read_text("utf-8")
    assert "step,generateJWT," in (tmp_path / "load_stats.csv").read_text("utf-8")


def test_the_help_shows_what_goes_beyond_locust() -> None:
    done = load("--help")
    assert (done.code, done.complained) == (0, "")
    assert " load [OPTIONS] [LOCUST OPTIONS]\n" in done.told
    own, flows, locusts = map(done.told.index, ("--app ", "--think-time ", "`locust --help`"))
    assert own < flows < locusts


def test_thresholds_that_break_set_the_exit_code(serving: Callable[..., str]) -> None:
    def every_second(answer: Response, number: int) -> Response:
        return answer if number % 2 else Response('{"message": "out of order"}', 500)

    url = serving("/profiles/generateJWT", spoil=every_second)
    done = locust(
        *FAST, "--headless", "--only-summary", "--host", url, "--scenario", "sign-up",
        "--max-error-ratio", "1,generateJWT=0.1", "--max-p95-ms", "60000,open page=0",
        "--max-p99-ms", "whole flow=60000", "--min-flows-per-s", "100000",
    )  # fmt: skip

    assert done.code == 1, done
    assert done.errors("generateJWT") > 0
    assert 'generateJWT: 500: {"message": "out of order"}' in done.told
    broken = re.findall(r"^Broken: (.*)$", done.told, re.MULTILINE)
    assert len(broken) == 3
    assert re.fullmatch(r"error ratio of generateJWT is \S+ %, .* over 10 %\.", broken[0])
    assert re.fullmatch(r"p95 of open page is \d+ ms, \d+ ms over 0 ms\.", broken[1])
    assert re.fullmatch(r"\S+ flows/s, \S+ fewer than 100000\.", broken[2])
    held = re.findall(r"(\w+ \w+ \w+ \w+) \S+ (?:%|ms) \(at most", done.told)
    assert held == ["ratio of all requests", "p95 of all requests", "p99 of whole flow"]


def test_without_a_finished_flow_nothing_is_proved(serving: Callable[..., str]) -> None:
    url = serving("/_page/done", spoil=lambda *_: Response("<title>Sorry</title>", 503))
    done = load(*FAST, "--host", url, "--scenario", "sign-up")

    assert done.code == 2, done
    assert "all done: 503: Sorry" in done.told
    assert done.told.endswith("\nCould not run: no flow was finished.\n")


def test_a_target_that_is_down_cannot_be_loaded() -> None:
    url = f"http://127.0.0.1:{closed_port()}"
    done = load(*FAST, "--host", url)

    assert done.code == 2
    assert done.told == (
        f"Could not run: {url}: no response: ConnectionRefusedError; check --host.\n"
    )
    assert done.complained == ""


def test_whatever_disappears_is_noticed(app: Flask, receiver: Receiver) -> None:
    # A flow asks twice for its links; the third time it is the check in the end.
    forgets_links = Broken(app, "/api/user", spoil=without("activeSocialAccounts", since=3))
    forgets_profiles = Broken(forgets_links, "/api/profiles", spoil=without("profiles"))
    elsewhere = {"url": receiver.url}
    target: Any = Broken(forgets_profiles, "/hook/webhook", change=lambda body: body | elsewhere)
    with run_in_thread(target) as url:
        done = load(*FAST, "--host", url, "--scenario", "sign-up", "--webhook-within", "0.2")

    assert done.code == 1, done
    told = re.search(r"^(\d+) lost of (\d+) profiles, ", done.told, re.MULTILINE)
    assert told is not None
    assert f"Broken: {told[1]} lost, see above." in done.told
    assert len(re.findall(r"^  the profile of load-\w+-\d+$", done.told, re.M)) == 1
    assert re.search(r"^  the link to \w+ of load-\w+-1$", done.told, re.MULTILINE)
    assert re.search(r"^  the webhook about the link of \w+ to load-\w+-1$", done.told, re.M)
    assert "webhook arrived after: not within 0.2 s" in done.told


def test_a_check_that_fails_does_not_say_that_nothing_was_lost(
    serving: Callable[..., str],
) -> None:
    def no_list(answer: Response, _: int) -> Response:
        return Response("Down", 503) if b'"profiles"' in answer.get_data() else answer

    url = serving("/api/profiles", spoil=no_list)
    done = load(*FAST, "--host", url, "--scenario", "sign-up")

    assert done.code == 2, done
    assert "\nAcknowledged, but not checked to the end: " in done.told
    assert "\nCould not run: The check that nothing was lost failed: 503" in done.told
    assert "Nothing was lost" not in done.told


def test_a_forged_webhook_is_noticed_and_one_that_was_given_up_is_not_lost(
    serving: Callable[..., str],
) -> None:
    url = serving("/hook/webhook", change=lambda body: {**body, "secret": "another"})
    done = load(
        *FAST, "--host", url, "--scenario", "sign-up", "--webhook-within", "0.2",
        "--max-error-ratio", "1",
    )  # fmt: skip

    assert done.code == 1, done
    assert "  a webhook with a wrong signature arrived" in done.told
    webhooks = done.count("webhook arrived after")
    assert f"all there ({webhooks} in the outbox as failed)." in done.told


@pytest.mark.parametrize(
    ("failures", "told"),
    [
        ("faults", r"^Made to fail: \d+ ordered fault.*; \d+ flows? given up\."),
        (
            "worker-killed,slow-webhooks",
            r"(?s)^webhook arrived after( +\d+){3} +[1-9]\d{2,} .*^Made to fail: 1 worker killed",
        ),
    ],
)
def test_nothing_is_lost_when_things_go_wrong(failures: str, told: str) -> None:
    done = load(
        *FAST, "--run-time", "10s", "--users", "4", "--think-time", "0.05",
        "--failures", failures, "--fault-ratio", "0.1", "--webhook-within", "100",
    )  # fmt: skip

    assert done.code == 0, done
    assert re.search(told, done.told, re.MULTILINE), done
    assert "\nNothing was lost: " in done.told


def test_nothing_is_lost_when_rates_are_limited(
    client: FlaskClient, serving: Callable[..., str]
) -> None:
    def nearly_exhausted(registered: Any, number: int) -> Any:
        authorization = {"Authorization": registered.request.headers["Authorization"]}
        for _call in range(296 if number == 1 else 0):  # There are webhooks for two actions.
            client.get("/api/user", headers=authorization)
        return registered

    url = serving("/hook/webhook", spoil=nearly_exhausted)
    done = load(*FAST, "--host", url, "--scenario", "sign-up", "--failures", "rate-limits")

    assert done.code == 0, done
    told = re.search(
        r"^Made to fail: (\d+) refusals? by the rate limit; [1-9]\d* flows? given up\.",
        done.told,
        re.MULTILINE,
    )
    assert told is not None, done
    assert int(told[1]) < 20  # Who is refused waits longer each time.
    assert "\nNothing was lost: " in done.told


def test_failures_that_nobody_ordered_are_errors(serving: Callable[..., str]) -> None:
    def every_second(answer: Response, number: int) -> Response:
        return answer if number % 2 else Response("<title>Bad gateway</title>", 502)

    url = serving("/profiles/generateJWT", spoil=every_second)
    done = load(
        *FAST, "--host", url, "--scenario", "sign-up", "--failures", "faults",
        "--fault-ratio", "0",
    )  # fmt: skip

    assert done.code == 1, done
    assert re.search(r"^Broken: \d+ failures? more than were made on purpose\.$", done.told, re.M)


def test_two_processes_load_together(server_url: str) -> None:
    done = load(*FAST, "--host", server_url, "--processes", "2", "--users", "4")

    assert done.code == 0, done
    assert " on 2 Locust processes." in done.told
    checked = re.search(r"^Nothing was lost: (\d+) profiles, ", done.told, re.MULTILINE)
    assert checked is not None
    assert int(checked[1]) == done.count("create profile")


POSTS = ("--scenario", "posting", "--scenario", "post-campaign", "--post-profiles", "10")


def test_a_publishing_day_loses_and_doubles_nothing() -> None:
    done = load(
        *FAST, *POSTS, "--processes", "2", "--users", "4",
        "--run-time", "6s", "--max-error-ratio", "post reported after=0,post=0",
    )  # fmt: skip

    assert done.code == 0, done
    assert " on 2 Locust processes." in done.told
    checked = re.search(
        r"^Nothing was lost: \d+ profiles, \d+ links, (\d+) posts and \d+ webhooks ",
        done.told,
        re.M,
    )
    assert checked is not None, done
    deleted = done.count("delete post") if "delete post" in done.told else 0
    assert int(checked[1]) == done.count("post") - deleted
    assert done.count("post reported after") > 10 * done.count("post campaign") > 0
    assert done.count("get post") >= done.count("post flow") > 0


@pytest.mark.parametrize("failures", ["faults", "worker-killed"])
def test_no_post_is_lost_or_doubled_when_things_go_wrong(failures: str) -> None:
    done = load(
        *FAST, *POSTS, "--run-time", "8s", "--users", "4", "--think-time", "0.05",
        "--failures", failures, "--fault-ratio", "0.1", "--webhook-within", "100",
    )  # fmt: skip

    assert done.code == 0, done
    assert re.search(r"^Nothing was lost: .* [1-9]\d* posts and ", done.told, re.MULTILINE), done
    assert "\nMade to fail: " in done.told


def test_a_dashboard_reads_history_and_numbers_and_checks_a_draft() -> None:
    done = load(
        *FAST, "--scenario", "dashboard", "--scenario", "posting", "--networks", "3",
        "--run-time", "5s", "--max-error-ratio", "post analytics=0,validate post=0",
    )  # fmt: skip

    assert done.code == 0, done
    assert done.count("history") >= done.count("account analytics") > 0
    assert done.count("post analytics") >= done.count("post flow") > 0
    assert done.count("validate post") > 0


def test_a_history_that_is_refused_by_a_rate_limit_is_no_error(serving: Callable[..., str]) -> None:
    url = serving("/history", spoil=lambda *_: Response('{"status": "error", "code": 429}', 429))
    done = load(*FAST, "--host", url, "--scenario", "dashboard", "--failures", "rate-limits")

    assert done.code == 0, done
    assert re.search(r"^Made to fail: \d+ refusals? by the rate limit; ", done.told, re.MULTILINE)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda posts: posts[1:], r"^  post \w+ on \w+ of load-\w+-\d+$"),
        (
            lambda posts: [*posts, *({**post, "id": "another"} for post in posts[:1])],
            r"^  post \w+, twice on \w+, of load-\w+-\d+$",
        ),
    ],
    ids=["lost", "doubled"],
)
def test_posts_that_disappear_or_appear_twice_are_noticed(
    app: Flask, spoil: Callable[[Any], Any], told: str
) -> None:
    def spoiled(answer: Response, _: int) -> Response:
        document = json.loads(answer.get_data())
        answer.set_data(json.dumps({"posts": spoil(document["posts"])}))
        return answer

    target: Any = Broken(app, "/_fakeayr/posts", spoil=spoiled)
    with run_in_thread(target) as url:
        done = load(
            *FAST, "--host", url, "--scenario", "posting", "--users", "1", "--run-time", "5s",
            "--think-time", "0", "--settle-within", "3", "--networks", "1",
        )  # fmt: skip

    assert done.code == 1, done
    assert re.search(r"^\d+ lost or doubled of 1 profile, ", done.told, re.MULTILINE), done
    assert re.search(told, done.told, re.MULTILINE), done


def test_a_server_that_is_no_fake_gets_posts_only_if_they_are_named(new_app: NewApp) -> None:
    app = new_app()
    account = Account.open(app.test_client(), {})
    no_fake: Any = Broken(app, "/_fakeayr/health", spoil=lambda *_: Response("Not found", 404))
    variables = {
        "AYRSHARE_API_KEY": account.api_key,
        "AYRSHARE_DOMAIN": account.domain,
        "AYRSHARE_PRIVATE_KEY": account.private_key.replace("\n", "\\n"),
    }

    def count_posts() -> int:
        calls = account.get("/_fakeayr/requests").get_json()["requests"]
        return sum(call["path"] == "/api/post" for call in calls)

    with run_in_thread(no_fake) as url:
        unnamed = load(*FAST, "--host", url, "--run-time", "4s", variables=variables)
        assert (unnamed.code, count_posts()) == (0, 0), unnamed
        named = load(*FAST, *POSTS, "--host", url, "--run-time", "6s", variables=variables)
        assert named.code == 0, named
        assert re.search(r"^Nothing was lost: .* [1-9]\d* posts? and ", named.told, re.MULTILINE), (
            named
        )
        assert count_posts() > 0


def test_locusts_own_master_and_workers_merge(serving: Callable[..., str]) -> None:
    url = serving("/api/profiles", spoil=without("profiles"))
    port = str(closed_port())
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "locust", "-f", "-", "--worker", "--master-port", port],
            env=environment(),
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    master = locust(
        *FAST, "--users", "4", "--headless", "--only-summary", "--host", url, "--master",
        "--master-bind-port", port, "--expect-workers", "2", "--scenario", "sign-up",
    )  # fmt: skip
    complaints = [worker.communicate()[1] for worker in workers]

    assert master.code == 1, (master, complaints)
    assert " on 2 Locust processes." in master.told
    assert "\n2 lost of " in master.told  # Each worker has an account of its own.
    assert master.count("create profile") > 2


def load_shop(tmp_path: Path, *arguments: str) -> Ended:
    """Runs a load test through the example application."""
    port = closed_port()
    shop = ROOT / "examples" / "shop"
    return load(
        *FAST, "--host", f"http://127.0.0.1:{port}", "--app", f"{sys.executable} {shop}/shop.py",
        "--app-log", str(tmp_path / "shop.log"), "--adapter", f"{shop}/load.py:Shop", *arguments,
        variables={"PORT": str(port), "WEBHOOK_SECRET": "hush"},
    )  # fmt: skip


def test_an_application_is_loaded_through_its_adapter(tmp_path: Path) -> None:
    done = load_shop(tmp_path, "--max-p95-ms", "connect=60000")

    assert done.code == 0, done
    assert done.count("connect") >= done.count("whole flow") > 0
    assert "\nNothing was lost: " in done.told
    assert "p95 of connect " in done.told
    assert "/connect HTTP" in (tmp_path / "shop.log").read_text("utf-8")


def test_an_application_posts_through_its_adapter(tmp_path: Path) -> None:
    mix = ("--scenario", "posting=1,sign-up=1,post-campaign=1", "--users", "3")
    done = load_shop(tmp_path, *mix, "--run-time", "12s")

    assert done.code == 0, done
    assert done.count("new offer") > done.count("post flow") > 0
    assert done.count("post reported after") >= done.count("post campaign") > 0
    assert re.search(r"^Nothing was lost: .* [1-9]\d* posts and ", done.told, re.MULTILINE), done


def test_a_mistake_in_an_adapter_is_no_success(server_url: str, tmp_path: Path) -> None:
    (tmp_path / "mistaken.py").write_text(
        "from fakeayr.loadtests.direct import AyrshareAdapter\n"
        "class Mistaken(AyrshareAdapter):\n"
        "    def fetch_notified(self, http, customer): return set()\n"
        "    def refresh(self, http, customer): return {}['nothing']\n"
    )
    done = load(
        *FAST, "--host", server_url, "--adapter", f"{tmp_path}/mistaken.py:Mistaken",
        "--scenario", "dashboard",
    )  # fmt: skip

    assert done.code == 1, done
    assert re.search(r"^Broken: \d+ mistakes? in scenarios or adapter:$", done.told, re.MULTILINE)
    assert "\n  mistaken.py, line 4: KeyError: 'nothing'\n" in done.told
    assert done.complained == ""


def test_an_application_that_does_not_start_is_told() -> None:
    shop = ROOT / "examples" / "shop"
    done = load(
        "--host", f"http://127.0.0.1:{closed_port()}", "--app", f"{sys.executable} -c exit(3)",
        "--adapter", f"{shop}/load.py:Shop",
    )  # fmt: skip

    assert done.code == 2
    assert done.complained.endswith(
        "\nError: The application ended with exit code 3; see its output.\n"
    )


def test_another_server_is_loaded_with_an_account_of_the_environment(
    account: Account, serving: Callable[..., str]
) -> None:
    url = serving("/_fakeayr/health", spoil=lambda *_: Response("Not found", 404))
    variables = {
        "AYRSHARE_API_KEY": account.api_key,
        "AYRSHARE_DOMAIN": account.domain,
        "AYRSHARE_PRIVATE_KEY": account.private_key.replace("\n", "\\n"),
    }
    quick = ("--networks", "1", "--think-time", "0", "--run-time", "5s")
    arguments = (*FAST, *quick, "--host", url, "--scenario", "returning")
    done = load(*arguments, variables=variables)
    refused = load(*arguments)

    assert done.code == 0, done
    assert done.count("unlink") >= done.count("re-link flow") > 0
    assert "\nNothing was lost: " in done.told
    assert account.private_key.splitlines()[1] not in done.told + done.complained
    assert refused.code == 2
    assert refused.told == (
        f"Could not run: {url}: AYRSHARE_API_KEY, AYRSHARE_DOMAIN, AYRSHARE_PRIVATE_KEY "
        "must be set to use a server that is already running.\n"
    )


def test_an_application_must_not_lead_to_the_real_ayrshare(serving: Callable[..., str]) -> None:
    def elsewhere(answer: Response, _: int) -> Response:
        document = json.loads(answer.get_data())
        document["url"] = document["url"].replace("http://127.0.0.1", "http://profile.ayrshare.com")
        answer.set_data(json.dumps(document))
        return answer

    url = serving("/profiles/generateJWT", spoil=elsewhere)
    done = load(*FAST, "--host", url, "--scenario", "sign-up", "--i-own-this-host")

    assert done.code == 2, done
    assert (
        "\nCould not run: profile.ayrshare.com is the real Ayrshare, which must not be "
        "load-tested; nothing was sent.\n"
    ) in done.told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--host", "https://api.ayrshare.com"], "api.ayrshare.com is the real Ayrshare"),
        (["--host", "http://10.1.2.3"], "add --i-own-this-host"),
        (["--scenario", "holiday"], "there is no scenario 'holiday'"),
        (["--nonsense"], "unrecognized arguments: --nonsense"),
        (["--networks", "4-1"], "argument --networks: it must be one or two whole numbers"),
        (["--run-time", "soon"], "Valid formats: 20, 20s, 3m, 2h, 1h20m, 3h30m10s"),
        (["--adapter", "shop.py:Shop"], "An adapter needs --host, the URL of the application."),
        (["--app", "true", "--host", "http://127.0.0.1:1"], "--app needs --adapter"),
        (
            [
                *("--host", "http://127.0.0.1:1", "--scenario", "posting"),
                *("--adapter", "fakeayr.loadtests.adapter:Adapter"),
            ],
            "--scenario posting: the adapter ",
        ),
        (
            ["--failures", "worker-killed", "--host", "http://127.0.0.1:1"],
            "worker-killed with --host needs --server-pid",
        ),
    ],
)
def test_a_mistake_gets_one_sentence(arguments: list[str], told: str) -> None:
    done = load(*arguments)
    assert done.code == 2
    assert done.told == ""
    assert told in done.complained
    assert done.complained.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["--max-p95-ms", "open=3"],
            "Error: --max-p95-ms: there is no step 'open'; choose one of ",
        ),
        (["--host", "https://ayrshare.com."], "Error: ayrshare.com. is the real Ayrshare"),
    ],
)
def test_locust_itself_says_it_too(arguments: list[str], told: str) -> None:
    done = locust("--headless", "--loglevel", "ERROR", "--host", "http://127.0.0.1:9", *arguments)
    assert done.code == 2, done
    assert told in done.complained
    assert done.complained.count("\n") == 1


def test_the_web_interface_is_for_this_machine_only(server_url: str) -> None:
    port = closed_port()
    process = subprocess.Popen(
        [*locust_command(), "--host", server_url, "--web-port", str(port), "--think-time", "0"],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    web = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: _listens(process.pid, port))
        assert '"networks": {"choices": null, "default_value": "1-4"' in requests.get(web).text
        form = {"user_count": 2, "spawn_rate": 2, "networks": "13"}
        for foreign in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Host": f"evil.example:{port}"},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            refused = requests.post(f"{web}/swarm", data=form, headers=foreign)
            assert (refused.status_code, refused.text[:26]) == (403, "This call is not allowed. ")
        assert (
            requests.get(f"{web}/stop", headers={"Sec-Fetch-Site": "same-site"}).status_code == 403
        )
        started = requests.post(f"{web}/swarm", data=form, headers={"Origin": web})
        assert started.json()["success"]
        eventually(lambda: "whole flow" in requests.get(f"{web}/stats/requests").text)
        requests.get(f"{web}/stop")
    finally:
        os.killpg(process.pid, signal.SIGINT)
        told, complained = process.communicate(timeout=30)
    ended = Ended(process.returncode, told, complained)
    assert ended.code == 0, ended
    assert ended.count("whole flow") > 0
    assert ended.count("link") >= 13 * ended.count("all done")
    assert "\nNothing was lost: " in told


def _listens(pid: int, port: int) -> bool:
    """Whether a process listens to a port; it must listen to this machine only."""
    listening = [
        connection.laddr
        for connection in psutil.Process(pid).net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert {address.ip for address in listening} <= {"127.0.0.1"}
    return port in {address.port for address in listening}


def test_ctrl_c_ends_a_run_with_its_summary(server_url: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "fakeayr", "load", *FAST, "--run-time", "1h", "--host", server_url],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    assert "flows, 0 errors" in process.stderr.readline()  # How it goes, after five seconds.
    os.killpg(process.pid, signal.SIGINT)
    told, complained = process.communicate(timeout=30)

    assert process.returncode == 0, told + complained
    assert "\nNothing was lost: " in told
    assert "Traceback" not in complained
