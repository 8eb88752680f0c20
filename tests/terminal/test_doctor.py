"""`fakeayr doctor`, `exec` and `serve` say what is wrong, and nothing where nothing is."""

import base64
import json
import os
import sys
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

import pytest

from fakeayr.client.api import ApiClient
from fakeayr.client.transport import HttpTransport
from fakeayr.domain.advice.catalogue import CATALOGUE
from fakeayr.serving.package import environment, key_in_base64
from fakeayr.web import development
from tests.support.accounts import Account
from tests.support.receivers import Receiver
from tests.support.servers import serving
from tests.terminal.conftest import Terminal, Write

pytestmark = pytest.mark.processes

KEY: Final = development.private_key()
MISTAKE: Final = """
import json, os, urllib.request
url = os.environ["AYRSHARE_BASE_URL"] + "/profiles"
headers = {"Authorization": "Bearer " + os.environ["AYRSHARE_API_KEY"],
           "Content-Type": "application/json"}
body = json.dumps({"title": "Ann", "titel": "Ann"}).encode()
urllib.request.urlopen(urllib.request.Request(url, body, headers)).read()
"""


def names(advice: list[dict[str, Any]]) -> list[str]:
    return [piece["name"] for piece in advice]


def test_a_good_key_is_told_as_such(terminal: Terminal, write: Write, url: str) -> None:
    file = write("private.key", KEY)
    told = f"✓ {file} is a good RSA key: 1024 bits, PKCS#1"
    assert terminal.says("doctor", "key", file) == f"{told}.\n"
    assert terminal.says("doctor", "key", file, "--url", url) == f"{told}, that of acme.\n"
    assert terminal.json("doctor", "key", "-", given=KEY)["key"]["bits"] == 1024
    encoded = base64.b64encode(KEY.encode()).decode()
    assert terminal.json("doctor", "key", "-", "--base64", given=encoded)["advice"] == []


def test_anothers_key_is_told_by_the_fake_alone(
    terminal: Terminal, write: Write, account: Account, url: str
) -> None:
    file = write("private.key", account.private_key)
    assert terminal.json("doctor", "key", file)["advice"] == []
    compared = terminal.json("doctor", "key", file, "--url", url, code=1)
    assert names(compared["advice"]) == ["key-of-other-domain"]
    assert "key" in terminal.json("doctor", "key", file, "--url", url,
                                  "--api-key", account.api_key)  # fmt: skip


def test_a_damaged_key_is_named_exactly(bare: Terminal, write: Write) -> None:
    file = write("private.key", KEY.replace("\n", " "))
    found = bare.json("doctor", "key", file, code=1)
    assert (found["key"], names(found["advice"])) == (None, ["key-newlines-became-spaces"])
    assert bare.says("doctor", "key", file, code=1).startswith(
        "✗ The private key lost its line ends to spaces\n"
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"\xff\xfe\x00", "is no text"), (b"x" * 70_000, "is over 64 KiB"), (None, "cannot be read")],
)
def test_what_is_no_file_of_a_key_gets_one_line(
    bare: Terminal, content: bytes | None, told: str
) -> None:
    file = bare.folder / "private.key"
    if content is not None:
        file.write_bytes(content)
    assert told in bare.complains("doctor", "key", file)


def test_a_linking_url_is_inspected(terminal: Terminal, dev: Account) -> None:
    made = dev.generate_jwt(development.PROFILE_KEY).get_json()
    assert "✓ It opens for Development Profile.\n" in terminal.says("doctor", "url", made["url"])
    assert "profile   Development Profile (" in terminal.says("doctor", "url", made["token"])
    told = terminal.says("doctor", "url", f"{made['token'][:-4]}AAAA", code=1)
    assert told.startswith("✗ It does not open (signature): ")
    assert terminal.json("doctor", "url", "no token", code=1)["reason"] == "malformed"


def good_variables(url: str) -> dict[str, str]:
    return {**environment(url), **key_in_base64(KEY)}


def test_right_variables_are_fine(bare: Terminal, url: str, write: Write) -> None:
    assert bare.json("doctor", "env", **good_variables(url))["advice"] == []
    write("private.key", KEY)
    lines = [f"{name}={value}" for name, value in good_variables(url).items()]
    file = write(".env", "\n".join([*lines, "AYRSHARE_PRIVATE_KEY_FILE=private.key"]))
    surveyed = bare.json("doctor", "env", "--file", file)
    assert surveyed["advice"] == []
    assert surveyed["variables"]["AYRSHARE_API_KEY"] == "fine (31 characters)"


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        ({"AYRSHARE_API_KEY": ""}, ["env-missing"]),
        ({"AYRSHARE_API_KEY": "", "AYRSHARE_APIKEY": "x"}, ["env-misspelt"]),
        ({"AYRSHARE_API_KEY": "undefined"}, ["env-word"]),
        ({"AYRSHARE_API_KEY": "[object Object]"}, ["env-word"]),
        ({"AYRSHARE_API_KEY": "${KEY}"}, ["env-unexpanded"]),
        ({"AYRSHARE_API_KEY": "%KEY%"}, ["env-unexpanded"]),
        ({"AYRSHARE_API_KEY": f'"{development.API_KEY}"'}, ["env-quoted"]),
        ({"AYRSHARE_API_KEY": f"{development.API_KEY}\n"}, ["env-white-space"]),
        ({"AYRSHARE_API_KEY": f"Bearer {development.API_KEY}"}, ["env-bearer"]),
        ({"AYRSHARE_API_KEY": KEY}, ["env-private-key-elsewhere"]),
        ({"AYRSHARE_API_KEY": "A" * 31}, ["env-account-unknown"]),
        ({"AYRSHARE_PROFILE_KEY": development.API_KEY}, ["env-profile-key-is-api-key"]),
        ({"AYRSHARE_DOMAIN": ""}, ["env-half-a-link"]),
        ({"AYRSHARE_DOMAIN": "https://acme"}, ["env-domain-url", "env-other-domain"]),
        ({"AYRSHARE_DOMAIN": "Acme"}, ["env-other-domain"]),
        ({"AYRSHARE_BASE_URL": "https://api.ayrshare.com/"}, ["env-base-url"]),
        ({"AYRSHARE_BASE_URL": "api.ayrshare.com/api"}, ["env-base-url"]),
        ({"AYRSHARE_BASE_URL": "https://api.ayrshare.com/api/"}, ["env-base-url"]),
        ({"AYRSHARE_PRIVATE_KEY_BASE64": KEY}, ["key-base64-flag-without-base64"]),
        ({"AYRSHARE_PRIVATE_KEY": KEY.replace("\n", "\\n")}, ["key-backslash-n"]),
        ({"AYRSHARE_PRIVATE_KEY_FILE": "nowhere.key"}, ["env-file-unreadable"]),
    ],
    ids=lambda value: repr(value)[:60] if isinstance(value, dict) else "",
)
def test_each_wrong_variable_gets_its_one_piece_of_advice(
    bare: Terminal, url: str, wrong: dict[str, str], advice: list[str]
) -> None:
    variables = {**good_variables(url), **wrong}
    told = bare.run("doctor", "env", "--json", code=1, **variables).stdout
    assert names(json.loads(told)["advice"]) == advice
    assert not [value for value in variables.values() if len(value) > 20 and value in told
                and not value.startswith(("http", "api."))]  # fmt: skip


def test_a_receiver_is_probed(terminal: Terminal, receiver: Receiver) -> None:
    told = terminal.says("doctor", "webhook", receiver.url, "--secret", "hush-hush", code=1)
    assert "✓ took (200)     a right delivery\n" in told
    assert "✗ took (200)     a delivery without a signature: it should refuse it\n" in told
    assert "\n✗ The webhook receiver takes a delivery without a signature\n" in told
    secret = {"AYRSHARE_WEBHOOK_SECRET": "hush-hush"}
    known = terminal.json("doctor", "webhook", receiver.url, code=1, **secret)
    assert names(known["advice"]) == ["webhook-unsigned-accepted"]
    assert names(terminal.json("doctor", "webhook", receiver.url)["advice"]) == [
        "webhook-without-secret"
    ]
    assert "hush" not in json.dumps(known)


def test_exec_ends_with_the_advice(bare: Terminal) -> None:
    ended = bare.run("exec", sys.executable, "-c", MISTAKE)
    assert ended.stderr == (
        "fakeayr: 1 to mend.\n! The field titel is misspelt\n  do    Did you mean title?\n"
        "  field-misspelt · likely · POST /api/profiles · /titel · #1\n"
    )
    assert bare.run("exec", "--quiet", sys.executable, "-c", MISTAKE).stderr == ""


def test_exec_ends_with_the_advice_to_every_account(bare: Terminal) -> None:
    """Applications and test suites may open accounts of their own; equal advice is one piece."""
    mistakes = (
        "import json, os, urllib.request as lib\n"
        "base = os.environ['AYRSHARE_BASE_URL']\n"
        "def post(url, body, key=''):\n"
        "    headers = {'Authorization': f'Bearer {key}', 'Content-Type': 'application/json'}\n"
        "    sent = json.dumps(body).encode()\n"
        "    return json.load(lib.urlopen(lib.Request(url, sent, headers)))\n"
        "for domain in ('bakery.example', 'cafe.example'):\n"
        "    order = {'domain': domain}\n"
        "    opened = post(base.removesuffix('/api') + '/_fakeayr/accounts', order)\n"
        "    body = {'title': 'Ann', 'titel': 'Ann'}\n"
        "    post(base + '/profiles', body, opened['apiKey'])\n"
    )
    ended = bare.run("exec", sys.executable, "-c", mistakes)
    assert "fakeayr: 1 to mend.\n! The field titel is misspelt (2 times)\n" in ended.stderr
    assert "#1 · cafe.example\n" in ended.stderr


def test_a_run_fails_by_what_should_be_mended(bare: Terminal, tmp_path: Path) -> None:
    mistake = (sys.executable, "-c", MISTAKE)
    assert bare.run("doctor", "run", sys.executable, "-c", "").stderr == (
        "fakeayr: nothing to mend.\n"
    )
    assert "fakeayr: 1 to mend." in bare.run("doctor", "run", *mistake, code=1).stderr
    bare.run("doctor", "run", "--allow", "field-misspelt", *mistake)
    bare.run("doctor", "run", "--", sys.executable, "-c", "exit(7)", code=7)

    out = tmp_path / "report.sarif"
    sarif = ("--format", "sarif", "--location", "app.py", "--out", out)
    bare.run("doctor", "run", *sarif, *mistake, code=1)
    (run,) = json.loads(out.read_text())["runs"]
    assert run["results"][0]["ruleId"] == run["tool"]["driver"]["rules"][0]["id"]
    junit = bare.run("doctor", "run", "--format", "junit", *mistake, code=1)
    assert ElementTree.fromstring(junit.stderr.strip()).get("failures") == "1"
    assert bare.run("doctor", "run", "--allow", "field-*", "--format", "json", *mistake).stderr == (
        '{\n  "advice": []\n}\n'
    )
    assert "--format sarif needs --location FILE" in bare.complains(
        "doctor", "run", "--format", "sarif", "true"
    )
    assert "There is no advice 'x'. fakeayr explain lists all." in bare.complains(
        "doctor", "run", "--allow", "x", "true"
    )
    assert "No such option '--bogus'" in bare.complains("doctor", "run", "--bogus", "true")


def test_serve_prints_advice_as_it_comes(tmp_path: Path) -> None:
    with serving(folder=tmp_path) as served:
        for _ in range(2):
            terminal_post(served.url)
        assert served.process.stdout is not None
        printed = os.read(served.process.stdout.fileno(), 4096).decode()
        while "field-misspelt" not in printed:
            printed += os.read(served.process.stdout.fileno(), 4096).decode()
    assert "What should be mended; fakeayr advice says more:" in printed
    assert " ! The field titel is misspelt" in printed


def test_serve_prints_the_advice_to_every_account_under_its_domain(tmp_path: Path) -> None:
    with serving(folder=tmp_path) as served:
        assert served.process.stdout is not None
        domains = [f"bakery{number}.example" for number in range(12)]  # More than in one look.
        with closing(HttpTransport(served.url)) as transport:
            client = ApiClient(transport, served.url)
            keys = [client.open_account(domain=domain).api_key for domain in domains]
        for key in keys:
            terminal_post(served.url, key)
        printed = ""
        while not all(f" · {domain}\n" in printed for domain in domains):
            printed += os.read(served.process.stdout.fileno(), 4096).decode()
    assert printed.count(" · field-misspelt #1 · ") == len(domains)
    assert not any(key in printed for key in keys)


def test_serve_prints_no_advice_of_an_earlier_run(tmp_path: Path) -> None:
    state = ("--state", "state.sqlite")
    with serving(*state, "--quiet", folder=tmp_path) as served:
        terminal_post(served.url)
    with serving(*state, folder=tmp_path) as served:
        for _ in range(9):
            terminal_post(served.url)
        assert served.process.stdout is not None
        printed = ""
        while "field-misspelt" not in printed:
            printed += os.read(served.process.stdout.fileno(), 4096).decode()
    assert printed.count("field-misspelt") == 1
    assert "(10 times)" in printed


def terminal_post(url: str, api_key: str = development.API_KEY) -> None:
    """Makes a call that deserves advice."""
    import urllib.request  # noqa: PLC0415 - only here

    headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}
    body = json.dumps({"title": os.urandom(4).hex(), "titel": "Ann"}).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{url}/api/profiles", body, headers)):
        pass


def test_rows_of_the_terminal_are_complete() -> None:
    mine = [row for row in CATALOGUE.values() if row.name.startswith("env-")]
    assert len(mine) > 10
    for row in mine:
        assert row.headline[-1] not in ".!"
        assert all((row.seen, row.so, row.do, row.fact, row.wrong, row.right))
