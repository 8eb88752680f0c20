"""The commands that do what a person, a network or time does, against a real server."""

import json
import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from fakeayr.cli import _COMMANDS, main
from fakeayr.client.start import COMMAND
from fakeayr.web import development
from tests.delivery.test_emails import EMAIL
from tests.support.accounts import Account
from tests.support.receivers import Receiver
from tests.terminal.conftest import Terminal

pytestmark = pytest.mark.processes

PROFILE: Final = "Development Profile"


def misspell(dev: Account) -> None:
    """Makes a call that deserves advice."""
    dev.post("/api/profiles", json={"title": "Ann", "titel": "Ann"})


def test_status_tells_fake_account_and_counts(terminal: Terminal, dev: Account, url: str) -> None:
    dev.get("/api/user")
    told = terminal.says("status")
    assert f"fake      {url} (fakeayr " in told
    assert "account   acme: business, with Max Pack, age jwt" in told
    assert f"profiles  Primary Profile, {PROFILE}" in told
    assert "seen      1 request, 0 posts, 0 webhooks, 0 emails" in told
    assert "nothing to mend" in told
    known = terminal.json("status")
    assert known["account"]["refId"] == dev.ref_id
    assert known["counts"]["requests"] == 1


def test_link_tells_what_changed_and_which_webhook_left(
    terminal: Terminal, dev: Account, receiver: Receiver
) -> None:
    receiver.register(dev)
    linked = terminal.says("link", "facebook", "--profile", PROFILE, "--name", "Mia bakes")
    assert linked.startswith(f"facebook linked: {PROFILE} (fa4ea74d")
    assert "now has facebook\nwebhook " in linked
    assert f"(social: link facebook {PROFILE}) to {receiver.url}: delivered" in linked
    assert receiver.payloads[0]["displayName"] == "Mia bakes"

    ref_id = receiver.payloads[0]["refId"]
    assert "facebook linked anew" in terminal.says("link", "facebook", "--profile", ref_id)
    assert "facebook revoked" in terminal.says("revoke", "facebook", "--profile", ref_id)
    assert "was not linked" in terminal.says("unlink", "facebook", "--profile", ref_id)
    terminal.says("link", "facebook", "--profile", ref_id)
    unlinked = terminal.says("unlink", "facebook", "--profile", ref_id)
    assert "facebook unlinked" in unlinked
    assert "now has nothing" in unlinked
    assert [payload["type"] for payload in receiver.payloads] == [
        *("link", "link", "unlink", "link", "unlink")
    ]


def test_link_without_a_profile_means_the_primary_one(terminal: Terminal, dev: Account) -> None:
    answer = terminal.json("link", "linkedin")
    assert answer == {
        "status": "success",
        "refId": dev.ref_id,
        "activeSocialAccounts": ["linkedin"],
    }


def test_link_can_decide_how_the_next_consent_fails(terminal: Terminal, dev: Account) -> None:
    told = terminal.says("link", "facebook", "--fail", "network-down")
    assert told == 'The next "Link Facebook" on a linking page ends with network-down.\n'
    refused = terminal.complains("link", "facebook", "--fail", "cancel", "--profile", PROFILE)
    assert "leave --profile and --name" in refused
    assert dev.get("/api/user").get_json().get("activeSocialAccounts") is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["link", "facebok"], "'facebok' is not one of 'bluesky'"),
        (["link", "facebook", "--profile", "Nobody"], "No profile has the title or refId 'Nobody'"),
        (["revoke", "facebook"], "facebook is not linked to this profile."),
        (["clock", "6m"], "write +90s, +6m, +2h, +1d, or next"),
        (["clock", "+6x"], "write +90s, +6m, +2h, +1d, or next"),
        (["clock", "next"], "Nothing is due"),
        (["webhooks", "nothing"], "No webhook has an id that begins with 'nothing'."),
        (["webhooks", "--body"], "--body needs the ID of a delivery"),
        (["webhooks", "resend"], "name what to send again: IDs, --last or --failed"),
        (["emails", "nothing"], "No e-mail has an id that begins with 'nothing'."),
        (["posts", "nothing"], "No post has an id that begins with 'nothing'."),
        (["requests", "7"], "The journal has no request #7."),
        (["requests", "--curl"], "--curl needs the ID of a request"),
        (["requests", "--status", "9xx"], "'9xx' is no status such as 404"),
        (["tail", "--since", "5"], "'5' is no span of time such as 90s, 5m, 2h30m or 1d."),
        (["fail", "--list", "--status", "500"], "--list and --clear stand alone"),
        (["fail", "--next", "2", "--always"], "--next and --always exclude each other"),
        (["fail", "--network", "facebook"], "--network belongs to --post"),
        (
            ["fail", "--post", "fail", "--status", "500"],
            "--status is about calls, not --post",
        ),
        (["fail", "--status", "302"], "status must be 200, or 400 to 599."),
        (["fail", "--kind", "latency"], "latency needs seconds."),
        (["account", "new", "--env", "--json"], "choose one of --env, --shell and --json"),
        (["explain", "key-qouted"], "Did you mean key-quoted?"),
        (["advice", "--clear", "--profile", PROFILE], "forgets the advice about all profiles"),
        (["doctor", "webhook", "ftp://x"], "The webhook URL"),
        (["doctor", "webhook", "http://app.example/hooks"], "http:// is let through to this"),
        (["open", "elsewhere"], "'elsewhere' is not one of 'now'"),
        (["statsu"], "Did you mean 'status'?"),
        (["link"], "Missing argument NETWORK. Choose from: bluesky, facebook,"),
        (["requests", "first"], "Invalid value for ID: 'first' is not a valid number."),
        (["exec", "--setting", "rateLimt=1", "true"], "no setting rateLimt. Did you mean rateL"),
        (["exec", "--setting", "x=1", "true"], "no setting x. docs/settings.md lists all."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_gets_one_clear_line(terminal: Terminal, words: list[str], told: str) -> None:
    assert told in terminal.complains(*words)


def test_the_clock_moves_and_tells_what_left_on_the_way(
    terminal: Terminal, dev: Account, receiver: Receiver
) -> None:
    receiver.register(dev)
    receiver.answers = [500]
    dev.link("facebook")
    receiver.wait()
    terminal.says("webhooks")

    assert terminal.json("clock")["offset"] == 0
    moved = terminal.says("clock", "next")
    assert moved.startswith("moved by 5s: ")
    assert f"to {receiver.url}: delivered at attempt 2" in moved
    assert terminal.says("clock", "+1h30m").startswith("moved by 1h 30m: ")
    assert terminal.json("clock", "+1d")["offset"] == pytest.approx(86_400 + 5_405, abs=1)


def test_webhooks_are_shown_and_sent_again(
    terminal: Terminal, dev: Account, receiver: Receiver
) -> None:
    nothing = terminal.run("webhooks")
    assert (nothing.stdout, nothing.stderr) == ("", "No webhook has been sent yet.\n")
    receiver.register(dev)
    dev.link("facebook")
    receiver.wait()

    (known,) = terminal.json("webhooks")["webhooks"]
    told = terminal.says("webhooks")
    assert told.splitlines()[0].split() == ["time", "id", "state", "what", "to"]
    assert f"{known['id']}  delivered  social: link facebook Primary Profile" in told
    assert terminal.json("webhooks", known["id"]) == known
    assert "attempt 1" in terminal.says("webhooks", known["id"][:8])
    assert terminal.says("webhooks", known["id"], "--body") == f"{known['body']}\n"

    assert "delivered at attempt 2" in terminal.says("webhooks", "resend", known["id"])
    receiver.answers = [500]
    failed = terminal.says("webhooks", "resend", "--last", code=1)
    assert "the receiver responded 500" in failed
    assert terminal.json("webhooks", "resend", known["id"])["webhooks"][0]["id"] == known["id"]
    assert len(receiver.requests) == 4
    assert terminal.run("webhooks", "--failed").stderr == "No webhook has failed.\n"
    again = terminal.run("webhooks", "resend", "--failed")
    assert again.stderr == "There is no webhook to send again.\n"


def test_calls_can_be_made_to_fail(terminal: Terminal, dev: Account) -> None:
    ordered = terminal.says("fail", "--next", "2", "--status", "429")
    assert ": the next 2 calls return 429, code " in ordered
    assert [dev.get("/api/user").status_code for _ in range(3)] == [429, 429, 200]

    terminal.says("fail", "--path", "/profiles*", "--method", "post", "--code", "151", "--after")
    assert dev.post("/api/profiles", json={"title": "Ann"}).get_json()["code"] == 151
    always = terminal.json("fail", "--always", "--seconds", "0.001", "--profile", PROFILE)
    assert (always["kind"], always["times"]) == ("latency", None)
    listed = terminal.says("fail", "--list")
    assert "the next call to POST /profiles* returns 500, code 151, after its effect" in listed
    assert "every call waits 0.001 s" in listed
    assert terminal.says("fail", "--clear") == "Nothing is ordered to fail any more.\n"
    assert terminal.json("fail", "--list") == {"faults": [], "publications": []}


def test_publications_can_be_made_to_fail(terminal: Terminal, dev: Account) -> None:
    told = terminal.says("fail", "--post", "fail", "--network", "facebook")
    assert told == "The next publication on facebook fails.\n"
    assert told in terminal.says("fail", "--list")
    dev.link("facebook")
    dev.link("bluesky")
    body = {"post": "Fresh bread", "platforms": ["facebook", "bluesky"]}
    post = dev.post("/api/post", json=body).get_json()

    assert post["id"] in terminal.says("posts")
    shown = terminal.says("posts", post["id"])
    assert "Fresh bread" in shown
    assert "facebook  code " in shown
    assert "bluesky  success" in shown
    assert terminal.json("posts", post["id"][:8])["id"] == post["id"]
    assert "         facebook: code " in terminal.says("requests")
    assert terminal.json("posts", "--profile", PROFILE) == {"posts": []}


def test_emails_are_shown(terminal: Terminal, dev: Account) -> None:
    dev.generate_jwt(development.PROFILE_KEY, email=EMAIL)
    (known,) = terminal.json("emails")["emails"]
    assert "mia@bakery.example" in terminal.says("emails")
    shown = terminal.says("emails", known["id"])
    assert f"subject  {known['subject']}" in shown
    assert known["text"].splitlines()[0] in shown


def test_an_account_can_be_opened(terminal: Terminal, url: str) -> None:
    opened = terminal.run("account", "new", "--plan", "launch", "--age", "link-sessions")
    lines = dict(line.split("=", 1) for line in opened.stdout.splitlines())
    assert lines["AYRSHARE_BASE_URL"] == f"{url}/api"
    assert "launch, with Max Pack, age link-sessions" in opened.stderr
    known = terminal.json("status", AYRSHARE_API_KEY=lines["AYRSHARE_API_KEY"])
    assert known["account"]["plan"] == "launch"
    assert terminal.json("account", "new", "--no-max-pack")["maxPack"] is False
    shell = terminal.run("account", "new", "--shell").stdout
    assert all(line.startswith("export AYRSHARE_") for line in shell.splitlines())


def test_advice_is_told_and_explained(terminal: Terminal, dev: Account) -> None:
    assert terminal.run("advice").stderr == "There is nothing to mend.\n"
    misspell(dev)
    misspell(dev)
    told = terminal.says("advice", code=1)
    assert told.startswith("! The field titel is misspelt (2 times)\n  seen  ")
    assert "field-misspelt · likely · POST /api/profiles · /titel · #1" in told
    (piece,) = terminal.json("advice", code=1)["advice"]
    assert piece["count"] == 2
    assert terminal.run("advice", "--profile", PROFILE).stdout == ""

    explained = terminal.says("explain", piece["name"])
    assert "! field-misspelt · likely" in explained
    assert piece["docs"] in explained
    assert "{" not in explained.partition("wrong")[0]
    assert piece["name"] in terminal.says("explain")
    assert terminal.json("explain", piece["name"])["fact"] == piece["fact"]

    assert terminal.run("advice", "--clear").stderr == "The advice so far is forgotten.\n"
    assert terminal.json("advice") == {"advice": []}


def test_requests_are_shown_filtered_and_repeated(terminal: Terminal, dev: Account) -> None:
    dev.get("/api/user")
    misspell(dev)
    dev.get("/api/user", profile_key="nobody's")
    dev.get("/api/user", profile_key=development.PROFILE_KEY)

    lines = terminal.says("requests").splitlines()
    assert lines[0].endswith("[200] GET  /api/user  Primary Profile  #1")
    assert "[200] POST /api/profiles  Ann  #2" in lines[1]
    assert lines[2:5] == [
        "         ! The field titel is misspelt",
        "           do    Did you mean title?",
        "           field-misspelt · likely · /titel",
    ]
    assert "         ✗ The profile key is unknown" in lines

    def numbers(*options: str) -> list[int]:
        return [entry["id"] for entry in terminal.json("requests", *options)["requests"]]

    assert numbers("--status", "4xx") == numbers("--status", "403") == [3]
    assert numbers("--method", "post") == numbers("--path", "/profiles") == [2]
    assert numbers("--advice") == [2, 3]
    assert numbers("--profile", PROFILE) == [4]
    assert numbers("--tail", "2") == [3, 4]
    assert numbers("--since", "1h") == [1, 2, 3, 4]

    shown = terminal.says("requests", "2")
    assert '"titel": "Ann"' in shown
    assert "\nresponse\n" in shown
    curl = terminal.says("requests", "2", "--curl")
    assert curl.startswith("curl -s -X POST http://127.0.0.1:")
    assert '-H "Authorization: Bearer $AYRSHARE_API_KEY"' in curl
    assert '-H "Profile-Key: $AYRSHARE_PROFILE_KEY"' in terminal.says("requests", "4", "--curl")


@pytest.mark.outside("bash", "curl", "cat", "sed", "tr")
def test_a_request_as_curl_makes_the_same_request(terminal: Terminal, dev: Account) -> None:
    key = terminal.folder / "private.key"
    key.write_text(dev.private_key)
    first = dev.generate_jwt(development.PROFILE_KEY).get_json()
    variables = {
        "AYRSHARE_API_KEY": development.API_KEY,
        "AYRSHARE_PROFILE_KEY": development.PROFILE_KEY,
    }
    command = terminal.says("requests", "1", "--curl")
    printed = subprocess.run(
        ["bash", "-c", command],
        cwd=terminal.folder,
        env={**terminal.variables, **variables},
        capture_output=True,
        check=True,
    )
    assert json.loads(printed.stdout).keys() == first.keys()


@contextmanager
def tailing(terminal: Terminal, *options: str) -> Iterator["subprocess.Popen[str]"]:
    """Runs `fakeayr tail`, which is ready; Ctrl-C ends it quietly."""
    with subprocess.Popen(
        [*COMMAND, "tail", *options],
        env=terminal.variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    ) as process:
        assert process.stderr is not None
        if "--json" not in options:
            assert process.stderr.readline().startswith("Ready: ")
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait() == 130
        assert process.stderr.read().strip() in {"", "Aborted!"}


def test_tail_tells_requests_and_advice_as_they_come(terminal: Terminal, dev: Account) -> None:
    dev.get("/api/user")
    with tailing(terminal, "--since", "1h") as process:
        assert process.stdout is not None
        assert process.stdout.readline().endswith("GET  /api/user  Primary Profile  #1\n")
        misspell(dev)
        assert process.stdout.readline().endswith("POST /api/profiles  Ann  #2\n")
        assert process.stdout.readline() == "         ! The field titel is misspelt\n"


def test_tail_is_for_scripts_too(terminal: Terminal, dev: Account) -> None:
    dev.get("/api/user")
    with tailing(terminal, "--json", "--since", "1h", "--advice") as process:
        misspell(dev)
        assert process.stdout is not None
        entry: dict[str, Any] = json.loads(process.stdout.readline())
        assert entry["advice"][0]["name"] == "field-misspelt"


def test_what_would_steer_the_terminal_is_spelt_out(terminal: Terminal, dev: Account) -> None:
    dev.create_profile("Ann\x1b[31m\u202e")
    dev.link("facebook", terminal.json("status") and None)
    assert "\x1b" not in terminal.says("status")
    assert "Ann\\x1b[31m\\x202e" in terminal.says("status")
    assert "\\x1b[31m" in terminal.says("requests")


def test_colours_are_for_terminals_that_want_them(terminal: Terminal, dev: Account) -> None:
    dev.get("/api/user")

    def printed(*words: str, **variables: str) -> bytes:
        leader, follower = pty.openpty()
        environment = {**terminal.variables, **variables}
        subprocess.run([*COMMAND, *words], env=environment, stdout=follower, check=True)
        os.close(follower)
        with open(leader, "rb", buffering=0) as stream:
            return stream.read(65_536)

    assert b"\x1b[32m[200]" in printed("requests")
    assert b"\x1b[" not in printed("requests", NO_COLOR="1")
    assert b"\x1b[" not in printed("requests", "--json")


def test_a_table_fits_the_terminal(terminal: Terminal, dev: Account, receiver: Receiver) -> None:
    receiver.register(dev)
    dev.link("facebook")
    receiver.wait()
    leader, follower = pty.openpty()
    variables = {**terminal.variables, "NO_COLOR": "1"}
    subprocess.run([*COMMAND, "webhooks"], env=variables, stdout=follower, check=True)
    os.close(follower)
    with open(leader, "rb", buffering=0) as stream:
        lines = stream.read(65_536).decode().splitlines()
    assert [len(line) <= 80 for line in lines] == [True, True]
    assert lines[1].endswith("…")
    assert receiver.url in terminal.says("webhooks")


def test_a_terminal_without_unicode_is_no_reason_for_a_traceback(
    terminal: Terminal, dev: Account
) -> None:
    misspell(dev)
    ended = terminal.run("advice", code=1, PYTHONIOENCODING="ascii")
    assert "! The field titel is misspelt" in ended.stdout


@pytest.mark.outside("sh")
@pytest.mark.parametrize(
    ("where", "told"),
    [
        (">/dev/full", "Error: The output cannot be written: No space left on device.\n"),
        (">&-", ""),
    ],
)
def test_output_that_goes_nowhere_is_no_reason_for_a_traceback(
    bare: Terminal, where: str, told: str
) -> None:
    ended = subprocess.run(
        ["sh", "-c", f'exec "$@" {where}', "sh", *COMMAND, "explain"],
        env=bare.variables,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert (ended.stderr, ended.returncode) == (told, 1 if told else 0)


def test_open_prints_the_address(terminal: Terminal, url: str) -> None:
    assert terminal.says("open", "--print") == f"{url}/_fakeayr/\n"
    assert terminal.says("open", "linking-page", "--print") == f"{url}/_fakeayr/linking-page\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
@pytest.mark.outside("bash")
def test_completion_is_printed(bare: Terminal, shell: str) -> None:
    assert "_FAKEAYR_COMPLETE" in bare.says("completion", shell)


@pytest.mark.parametrize(
    ("typed", "wanted"), [("fakeayr we", "webhooks"), ("fakeayr link face", "facebook")]
)
def test_a_shell_completes_commands_and_networks(bare: Terminal, typed: str, wanted: str) -> None:
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1)}
    program = "import sys; sys.argv[0] = 'fakeayr'; from fakeayr.cli import run; run()"
    completed = subprocess.run(
        [COMMAND[0], "-c", program],
        env={**bare.variables, **words, "_FAKEAYR_COMPLETE": "bash_complete"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert completed.stdout == f"plain,{wanted}\n"


@pytest.mark.parametrize("words", ["status", "tail", "link facebook", "doctor webhook x"])
def test_client_commands_start_without_the_server(bare: Terminal, words: str) -> None:
    program = (
        "import sys; from fakeayr.cli import main\n"
        f"try: main({words.split()}, standalone_mode=False)\n"
        "except Exception: pass\n"
        "print([name for name in ('flask', 'urllib3', 'cryptography') if name in sys.modules])"
    )
    where = {"FAKEAYR_URL": "http://127.0.0.1:1"}
    printed = subprocess.run(
        [COMMAND[0], "-c", program],
        env={**bare.variables, **where},
        capture_output=True,
        text=True,
        check=True,
    )
    assert printed.stdout == "[]\n"


def test_every_command_has_help_of_its_own(bare: Terminal) -> None:
    listed = bare.says("--help")
    for name, place in _COMMANDS.items():
        assert f"  {name} " in listed
        assert place.summary.endswith(".")
    assert set(main.list_commands(None)) == set(_COMMANDS)  # type: ignore[arg-type]


def test_run_files_stand_in_no_ones_way(tmp_path: Path, bare: Terminal) -> None:
    (tmp_path / "fakeayr-2.json").mkdir()
    bare.complains("status", "--url", "http://127.0.0.1:1", code=3)
