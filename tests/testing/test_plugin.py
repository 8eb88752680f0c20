"""The pytest plugin as its user meets it: in a folder with a test file, and nothing else."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fakeayr.testing import fake, interception  # noqa: F401 - else each inner session loads anew
from fakeayr.web.config import Config
from tests.support.apps import running_app

pytest_plugins = ["pytester"]

Run = Callable[..., pytest.RunResult]

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "pytest.md").read_text("utf-8")
FIVE_LINES = GUIDE.split("```")[1].removeprefix("python\n")

CALLS = """
import pytest
import requests

@pytest.fixture
def call(ayrshare):
    def call(method, path, **body):
        headers = {"Authorization": f"Bearer {ayrshare.api_key}"}
        url = "https://api.ayrshare.com/api" + path
        return requests.request(method, url, json=body or None, headers=headers, timeout=30)
    return call
"""
"""A conftest whose `call` makes a call as an application would."""


@pytest.fixture(autouse=True)
def only_this_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    """What else is installed beside the plugin does not take part."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    """Runs a test file in this process."""

    def run(source: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(source)
        return pytester.runpytest_inprocess("-p", "fakeayr.testing.plugin", *options)

    return run


@pytest.fixture
def run_apart(pytester: pytest.Pytester) -> Run:
    """Runs a test file in a process of its own; a warning is an error."""

    def run(source: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(source)
        return pytester.runpytest_subprocess("-W", "error", "-p", "fakeayr", *options, timeout=280)

    return run


# Beginning.


def test_five_lines_are_enough(run_apart: Run) -> None:
    assert len(FIVE_LINES.splitlines()) == 5
    result = run_apart(FIVE_LINES)

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["fakeayr: 0 calls to Ayrshare's host names answered by the fake"])
    assert result.stderr.str() == ""


@pytest.mark.parametrize("name", ["pytest.md", "posting.md", "media.md", "analytics.md"])
def test_every_example_of_a_guide_is_green(run: Run, pytester: pytest.Pytester, name: str) -> None:
    guide = (DOCS / name).read_text("utf-8")
    examples = re.findall(r"^```python\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    for number, example in enumerate(examples):
        pytester.makepyfile(**{f"test_{number}": example})

    result = run("")

    assert result.ret == pytest.ExitCode.OK
    assert result.parseoutcomes()["passed"] >= guide.count("def test_") > 0


def test_a_session_without_the_fixture_starts_and_loads_nothing(run_apart: Run) -> None:
    result = run_apart(
        """
        import sys
        import threading

        def test_nothing_happens():
            heavy = {"flask", "werkzeug", "jinja2", "cryptography", "jwt", "msgspec", "urllib3",
                     "requests", "httpx", "granian", "cheroot", "click", "trustme", "asyncio",
                     "pytest_httpserver", "fakeayr.serving.create_app", "fakeayr.serving.thread"}
            assert heavy & sys.modules.keys() == set()
            assert threading.enumerate() == [threading.main_thread()]
        """
    )

    result.assert_outcomes(passed=1)
    assert "fakeayr:" not in result.stdout.str()


def test_importing_the_package_loads_no_server(run_apart: Run) -> None:
    result = run_apart(
        """
        import subprocess
        import sys

        def test_import():
            program = "import sys, fakeayr; print(*sys.modules)"
            ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
            heavy = {"flask", "cryptography", "msgspec", "urllib3", "granian", "cheroot", "pytest"}
            assert heavy & set(ran.stdout.split()) == set()
        """
    )

    result.assert_outcomes(passed=1)


def test_it_explains_itself(run: Run) -> None:
    options = run("", "--help").stdout.str()
    markers = run("", "--markers").stdout.str()
    fixtures = run("", "--fixtures").stdout.str()

    for name in ("--ayrshare-url", "--ayrshare-journal", "--no-ayrshare-intercept"):
        assert f"{name}" in options
    assert "ayrshare_env (linelist):" in options
    assert (
        "@pytest.mark.ayrshare(plan, max_pack, key_bits, age, domain, email, settings)" in markers
    )
    for name in ("ayrshare ", "ayrshare_env ", "ayrshare_server ", "ayrshare_webhook_receiver "):
        assert f"\n{name}" in fixtures


# The marker.


def test_the_marker_shapes_the_account(run: Run) -> None:
    result = run(
        """
        import pytest

        pytestmark = pytest.mark.ayrshare(plan="enterprise", domain="acme")

        @pytest.mark.ayrshare(plan="launch", max_pack=False, key_bits=2048, age="link-sessions",
                              email="dev@acme.example", settings={"rateLimit": True})
        def test_it(ayrshare):
            assert (ayrshare.plan, ayrshare.max_pack) == ("launch", False)
            assert (ayrshare.age, ayrshare.domain) == ("link-sessions", "acme")
            assert ayrshare.primary.user["email"] == "dev@acme.example"
            assert len(ayrshare.private_key) > 1600

        def test_the_module(ayrshare):
            assert (ayrshare.plan, ayrshare.max_pack) == ("enterprise", True)
        """
    )

    result.assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            'plan="lunch"',
            "plan must be one of free, premium, launch, business, enterprise, *'lunch'",
        ),
        ('age="bronze"', "age must be one of jwt, link-sessions, not 'bronze'"),
        ("pln=1", "An account has no option pln. Did you mean plan?"),
        ("key_bits=512", "keyBits must be 1024, 2048 or 4096."),
        ('max_pack="yes"', "maxPack is a text, and must be true or false. *"),
        (
            'settings={"rate": 1}',
            "settings: Object contains unknown field `rate`. Did you mean rateLimit?",
        ),
        ('"launch"', "The marker ayrshare takes named arguments only."),
    ],
)
def test_a_wrong_marker_gets_one_sentence(run: Run, arguments: str, sentence: str) -> None:
    result = run(
        f"""
        import pytest

        @pytest.mark.ayrshare({arguments})
        def test_it(ayrshare):
            pass
        """
    )

    result.assert_outcomes(errors=1)
    (told,) = re.findall(r"_ ERROR at setup of test_it _+\n(.*?)\n[=f]", result.stdout.str(), re.S)
    assert "\n" not in told
    result.stdout.fnmatch_lines([f"*{sentence}"])


# What a failing test shows.


def test_a_failing_test_shows_its_calls_without_their_secrets(
    run: Run, pytester: pytest.Pytester
) -> None:
    pytester.makeconftest(CALLS)
    result = run(
        """
        def test_it(ayrshare, call):
            profile = ayrshare.create_profile("Bakery")
            print("KEYS", ayrshare.api_key, profile.key)
            call("POST", "/profiles", title="Bakery")
            call("POST", "/profiles/generateJWT", domain=ayrshare.domain,
                 privateKey=ayrshare.private_key, profileKey=profile.key, expiresIn=300)
            ayrshare.fail_next(503)
            call("GET", "/user?a=1")
            assert ayrshare.requests == []
        """
    )

    result.stdout.fnmatch_lines(
        [
            "E*first extra item: <Request POST /api/profiles -> 400 (code 146: *>",
            "*- Calls to the fake Ayrshare -*",
            'POST /api/profiles -> 400 (code 146: *  {"title": "Bakery"}',
            'POST /api/profiles/generateJWT -> 200  *"privateKey": "[[]redacted[]]"*300}',
            "    advice: field-expiry-in-seconds: *expiresIn 300 counts minutes: *",
            "GET /api/user[?]a=1 -> 503 (code *) [[]fault */error[]]",
        ]
    )
    text = result.stdout.str()
    keys = re.search(r"KEYS (\S+) (\S+)", text)
    assert keys is not None
    assert [text.count(key) for key in keys.groups()] == [1, 1]  # Where the test printed it.
    assert "BEGIN RSA" not in text


@pytest.mark.parametrize(
    ("where", "when"),
    [("raise RuntimeError; yield", "setup"), ("yield; raise RuntimeError", "teardown")],
)
@pytest.mark.parametrize("order", ["ayrshare, call", "call, ayrshare"])
def test_a_failing_fixture_shows_the_calls_too(
    run: Run, pytester: pytest.Pytester, where: str, when: str, order: str
) -> None:
    pytester.makeconftest(CALLS)
    result = run(
        f"""
        import pytest

        @pytest.fixture
        def failing({order}):
            call("GET", "/user")
            {where}

        def test_it(failing):
            pass
        """
    )

    result.stdout.fnmatch_lines(
        [
            f"*ERROR at {when} of test_it*",
            "*- Calls to the fake Ayrshare -*",
            "GET /api/user -> 200",
        ]
    )


def test_a_fixture_that_ends_after_the_account_may_fail(
    run: Run, pytester: pytest.Pytester
) -> None:
    pytester.makeconftest(CALLS)
    result = run(
        """
        import pytest

        @pytest.fixture
        def failing():
            yield
            raise RuntimeError

        def test_it(failing, call):
            call("GET", "/user")
        """
    )

    result.stdout.fnmatch_lines(["*- Calls to the fake Ayrshare -*", "GET /api/user -> 200"])


def test_calls_with_a_wrong_key_are_shown_where_the_account_got_none(run: Run) -> None:
    result = run(
        """
        import requests

        def test_it(ayrshare):
            wrong = {"Authorization": "Bearer WRONG"}
            assert requests.get(ayrshare.api_url + "/user", headers=wrong).ok
        """
    )

    result.stdout.fnmatch_lines(
        [
            "*- Calls to the fake Ayrshare -*",
            "GET /api/user -> 403 (code 102: API Key not valid.*  (not with the test's API key)",
            "    advice: key-api-unknown: *",
        ]
    )


def test_a_test_without_calls_says_so(run: Run) -> None:
    result = run("def test_it(ayrshare): assert not ayrshare")

    result.stdout.fnmatch_lines(
        ["E*assert not <Account *.example plan=business at http://127.0.0.1:*/api>", "none"]
    )


def test_a_failing_test_shows_its_posts(run: Run) -> None:
    result = run(
        """
        def test_it(ayrshare):
            ayrshare.primary.link("facebook")
            ayrshare.primary.post("Hello", "facebook", scheduleDate=ayrshare.clock.later(hours=1))
            ayrshare.primary.post("Hi", ["facebook", "telegram"])
            ayrshare.assert_posted("facebook", text="Hello")
        """
    )

    result.stdout.fnmatch_lines(
        [
            "E*A post on facebook with text='Hello' is there 0 times, not at least once.",
            "*- Posts on the fake Ayrshare -*",
            "'Hello' for facebook: pending until 20*Z",
            "'Hi' for facebook, telegram: error; telegram: code 156: Telegram does not seem *",
        ]
    )


def test_of_many_posts_the_latest_are_shown(run: Run) -> None:
    result = run(
        """
        def test_it(ayrshare):
            ayrshare.primary.link("telegram")
            for number in range(103):
                ayrshare.primary.post(f"Post {number}", "telegram")
            assert 0
        """
    )

    result.stdout.fnmatch_lines(
        ["*- Posts on the fake Ayrshare -*", "3 earlier posts", "'Post 3' for telegram: success"]
    )


def test_a_test_without_posts_shows_none(run: Run) -> None:
    result = run("def test_it(ayrshare): assert not ayrshare")

    assert "Posts on the fake" not in result.stdout.str()


def test_a_passing_test_and_one_without_the_fixture_show_nothing(
    run: Run, pytester: pytest.Pytester
) -> None:
    result = run("def test_it(ayrshare): pass\ndef test_fails(): assert 0")

    result.assert_outcomes(passed=1, failed=1)
    assert "Calls to the fake" not in result.stdout.str()


def test_a_test_may_close_its_account(run: Run) -> None:
    strict = ("--ayrshare-strict", "--ayrshare-sarif=x.sarif", "--ayrshare-journal=x.jsonl")
    run("def test_it(ayrshare): ayrshare.close()", *strict).assert_outcomes(passed=1)

    result = run("def test_it(ayrshare): ayrshare.close(); assert 0")
    result.assert_outcomes(failed=1)
    lines = ["*- Calls to the fake Ayrshare -*", "unknown: the test has closed its account"]
    result.stdout.fnmatch_lines(lines)


def test_a_refused_call_points_at_the_line_of_the_test(run: Run) -> None:
    result = run(
        """
        def test_it(ayrshare):
            ayrshare.create_profile("Bakery")
            ayrshare.create_profile("Bakery")
        """,
        "--showlocals",
    )

    result.stdout.fnmatch_lines(
        [
            '>*ayrshare.create_profile("Bakery")',
            "E*CallRefused: POST /api/profiles returned 400, code 146: *",
            "test_*.py:3: CallRefused",
        ]
    )
    assert "Bearer" not in result.stdout.str()


# Options.


@pytest.fixture
def server() -> Iterator[str]:
    """A fake that is up already."""
    with running_app() as url:
        yield url


APPLICATION = """
import requests

def test_it(ayrshare):
    headers = {"Authorization": f"Bearer {ayrshare.api_key}"}
    answer = requests.get("https://api.ayrshare.com/api/user", headers=headers, timeout=5)
    assert answer.json()["refId"] == ayrshare.ref_id
    assert len(ayrshare.requests) == 1
"""


def test_tests_may_use_a_server_that_is_up(run_apart: Run, server: str) -> None:
    result = run_apart(
        f"{APPLICATION}    assert ayrshare.url == {server!r}", "--ayrshare-url", server
    )

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["fakeayr: 1 call to Ayrshare's host names answered by the fake*"])


def test_a_server_may_want_a_token(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_app(Config(control_token="let-me-in")) as url:
        without = run(APPLICATION, f"--ayrshare-url={url}/")
        monkeypatch.setenv("FAKEAYR_CONTROL_TOKEN", "let-me-in")
        with_it = run(APPLICATION, f"--ayrshare-url={url}/")

    without.assert_outcomes(errors=1)
    without.stdout.fnmatch_lines(
        ["The account could not be opened: It needs the header X-Fakeayr-Control-Token."]
    )
    with_it.assert_outcomes(passed=1)


def test_without_a_server_one_sentence_says_so(run: Run, server: str) -> None:
    gone = run(APPLICATION, "--ayrshare-url=http://127.0.0.1:9")
    another = run(APPLICATION, f"--ayrshare-url={server}/api")

    gone.assert_outcomes(errors=1)
    gone.stdout.fnmatch_lines(
        ["--ayrshare-url: there is no fake at http://127.0.0.1:9: *Connection refused*"]
    )
    another.stdout.fnmatch_lines(["--ayrshare-url: there is no fake at */api: *returned 404*"])


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("--ayrshare-url=localhost:8189", "--ayrshare-url must look like http://127.0.0.1:8189, *"),
        ("--ayrshare-url=http://", "--ayrshare-url must look like *, not 'http://'"),
        ("--ayrshare-url=http://[", "--ayrshare-url must look like *"),
        (
            "--ayrshare-journal=no/where.jsonl",
            "--ayrshare-journal: */no/where.jsonl: No such file*",
        ),
        ("--ayrshare-journal=.", "--ayrshare-journal: *: Is a directory"),
        ("--ayrshare-sarif=no/it.sarif", "--ayrshare-sarif: */no/it.sarif: No such file*"),
        ("--override-ini=ayrshare_env=KEY", "ayrshare_env: 'KEY' must read NAME=VALUE, where *"),
        ("--override-ini=ayrshare_env=KEY=key", "ayrshare_env: 'KEY=key' must read *"),
    ],
)
def test_a_wrong_option_gets_one_sentence(run: Run, option: str, sentence: str) -> None:
    result = run(FIVE_LINES, option)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {sentence}", ""])
    assert len(result.stderr.lines) == 2


def test_interception_can_be_switched_off(run: Run) -> None:
    result = run(
        """
        import socket

        def test_it(ayrshare):
            assert socket.getaddrinfo.__module__ == "socket"
        """,
        "--no-ayrshare-intercept",
    )

    result.assert_outcomes(passed=1)
    assert "fakeayr:" not in result.stdout.str()


def test_the_journal_is_kept_in_a_file(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CALLS)
    file = pytester.path / "journal.jsonl"
    file.write_text("what an earlier session left\n")
    run(
        """
        import pytest

        def test_passes(call):
            call("POST", "/profiles", title="Bäckerei")
            call("GET", "/user")

        def test_fails(call):
            call("GET", "/profiles")
            assert 0

        @pytest.fixture
        def failing(call):
            call("DELETE", "/profiles")
            raise RuntimeError

        def test_fails_before(failing):
            pass

        def test_calls_nothing(ayrshare):
            pass
        """,
        "--ayrshare-journal=journal.jsonl",
    )

    name = "test_the_journal_is_kept_in_a_file.py::test_"
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [(line["test"], line["method"], line["path"], line["status"]) for line in lines] == [
        (f"{name}passes", "POST", "/api/profiles", 200),
        (f"{name}passes", "GET", "/api/user", 200),
        (f"{name}fails", "GET", "/api/profiles", 200),
        (f"{name}fails_before", "DELETE", "/api/profiles", 400),
    ]
    assert lines[0]["body"] == {"title": "Bäckerei"}
    assert lines[0]["answer"]["profileKey"] == "[redacted]"


# The environment.


def test_the_environment_is_what_applications_usually_read(run: Run) -> None:
    result = run(
        """
        import os

        def test_it(ayrshare, ayrshare_env):
            assert os.environ["AYRSHARE_BASE_URL"] == ayrshare.api_url
            assert os.environ["AYRSHARE_API_KEY"] == ayrshare.api_key
            assert os.environ["AYRSHARE_DOMAIN"] == ayrshare.domain
            assert os.environ["AYRSHARE_PRIVATE_KEY"] == ayrshare.private_key
            assert ayrshare_env.items() <= os.environ.items()
            assert ayrshare.private_key not in repr(ayrshare_env)

        def test_it_ends_with_the_test():
            assert "AYRSHARE_BASE_URL" not in os.environ
        """
    )

    result.assert_outcomes(passed=2)


def test_its_names_can_be_chosen(run: Run, pytester: pytest.Pytester) -> None:
    (settings,) = re.findall(r"^```ini\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    pytester.makeini(settings)
    result = run(
        """
        import os

        def test_it(ayrshare, ayrshare_env):
            assert list(ayrshare_env) == ["SOCIAL_URL", "SOCIAL_API_KEY", "SOCIAL_PROFILE_KEY"]
            assert os.environ["SOCIAL_URL"] == ayrshare.api_url
            assert os.environ["SOCIAL_API_KEY"] == ayrshare.api_key
            key = os.environ["SOCIAL_PROFILE_KEY"]
            assert ayrshare.profile(key).title == "Profile 1"
            assert "AYRSHARE_API_KEY" not in os.environ
        """
    )

    result.assert_outcomes(passed=1)


# Beside other plugins.


def test_it_works_under_xdist(run_apart: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CALLS)
    result = run_apart(
        """
        import pytest

        @pytest.mark.parametrize("number", range(24))
        def test_it(ayrshare, call, number):
            for title in "abc":
                call("POST", "/profiles", title=f"{title} " * 5_000 + title)
            assert number != 7
        """,
        *("-p", "xdist", "-n", "2", "--ayrshare-journal=journal.jsonl"),
    )

    result.assert_outcomes(passed=23, failed=1)
    result.stdout.fnmatch_lines_random(
        [
            "*- Calls to the fake Ayrshare -*",
            'POST /api/profiles -> 200  {"title": "a a a a*',
            "fakeayr: 72 calls to Ayrshare's host names answered by the fake (requests/urllib3 72)",
        ]
    )
    lines = (pytester.path / "journal.jsonl").read_text("utf-8").splitlines()
    calls = [json.loads(line) for line in lines]
    assert len(calls) == 72
    assert len({call["test"] for call in calls}) == 24


def test_it_works_with_async_tests_in_any_order(run_apart: Run) -> None:
    result = run_apart(
        """
        import httpx
        import pytest

        @pytest.mark.parametrize("number", range(8))
        async def test_it(ayrshare, ayrshare_env, number):
            headers = {"Authorization": f"Bearer {ayrshare.api_key}"}
            async with httpx.AsyncClient(headers=headers, timeout=None) as client:
                answer = await client.get("https://api.ayrshare.com/api/user")
            assert answer.json()["refId"] == ayrshare.ref_id
            assert len(ayrshare.requests) == 1
        """,
        *("-p", "asyncio", "-p", "randomly", "--asyncio-mode=auto", "-p", "anyio"),
        *("-o", "asyncio_default_fixture_loop_scope=function"),
    )

    result.assert_outcomes(passed=8)


@pytest.mark.slow
def test_a_long_session_keeps_its_memory(run_apart: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    # Otherwise the C library opens another arena of some megabytes for a thread now and then.
    monkeypatch.setenv("MALLOC_ARENA_MAX", "1")
    result = run_apart(
        """
        import gc
        import os
        import threading
        from pathlib import Path

        import pytest
        import requests

        def used():
            gc.collect()
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            files = len(os.listdir("/proc/self/fd"))
            return pages * os.sysconf("SC_PAGESIZE"), files, threading.active_count()

        before = []

        @pytest.mark.parametrize("number", range(1000))
        def test_it(ayrshare, ayrshare_webhook_receiver, number):
            profile = ayrshare.create_profile()
            headers = {"Authorization": f"Bearer {ayrshare.api_key}"}
            requests.get("https://api.ayrshare.com/api/user", headers=headers, timeout=5)
            if number % 10 == 0:
                ayrshare.rate_limit()
                ayrshare.open(profile.linking_url(redirect="https://shop.example/" + "x" * 500))
                profile.link("facebook", displayName="x" * 500)
                ayrshare_webhook_receiver.wait()
            if number == 200:
                before[:] = used()
            if number == 999:
                memory, files, threads = used()
                # pytest itself keeps 3 kB for each test.
                assert memory - before[0] < 800 * 8_000, "memory grows"
                assert files - before[1] <= 4
                assert threads - before[2] <= 4
        """
    )

    result.assert_outcomes(passed=1000)


# Receiving webhooks.


def test_a_receiver_without_its_library_says_what_to_install(
    run: Run, pytester: pytest.Pytester
) -> None:
    pytester.makeconftest("import sys; sys.modules['pytest_httpserver'] = None")
    pytester.makepyfile(test_receiving="def test_it(ayrshare_webhook_receiver): pass")

    result = pytester.runpytest_subprocess("-p", "fakeayr")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["ayrshare_webhook_receiver needs pytest-httpserver: pip install pytest-httpserver"]
    )
