"""`fakeayr contract run` and `clean`, as their users see them."""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner
from flask import Flask

from fakeayr.client.start import run_server
from fakeayr.contract import checks, command
from fakeayr.serving.thread import run_in_thread
from tests.support.standin import Onboarding, running

pytestmark = pytest.mark.slow

ANY_METHOD: Final = ["GET", "POST", "PATCH", "DELETE"]
KEPT: Final = Path(__file__).parents[2] / "contract" / "recordings" / "kept" / "fake.yaml"


def contract(
    *arguments: str, onboarding: Onboarding | None = None, state: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs `fakeayr contract …` with an account in its environment, or none."""
    variables = {name: value for name, value in os.environ.items() if "AYRSHARE" not in name}
    if onboarding is not None:
        variables |= {
            "AYRSHARE_API_KEY": onboarding.credentials.api_key,
            "AYRSHARE_DOMAIN": onboarding.credentials.domain,
            "AYRSHARE_PRIVATE_KEY": str(onboarding.key_file),
        }
    if state is not None:
        variables["XDG_STATE_HOME"] = str(state)
    return subprocess.run(
        [sys.executable, "-m", "fakeayr", "contract", *arguments],
        env=variables,
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )


def test_the_contract_holds_on_the_fake(tmp_path: Path) -> None:
    junit, page = tmp_path / "junit.xml", tmp_path / "report.html"

    done = contract("run", "--no-fuzz", "--junit", str(junit), "--html", str(page))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok    The token is signed with RS256." in done.stdout
    assert "163 held; " in done.stdout
    suite = ET.parse(junit).getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("163", "0", "0")
    named = {case.get("classname"): case.get("name") for case in suite}
    assert named["fakeayr.contract.the_token_is_rs256"] == "The token is signed with RS256."
    assert "The token's header is" in page.read_text("utf-8").replace("&#x27;", "'")


@pytest.mark.parametrize(
    "name",
    [
        "an_unknown_api_key_is_refused",
        "an unknown api key is refused",
        "An unknown API key is refused.",
    ],
)
def test_a_check_is_chosen_by_its_name_or_its_sentence(name: str) -> None:
    done = contract("run", "--only", name)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "\nok    An unknown API key is refused.\n" in done.stdout
    assert "\n1 held; " in done.stdout


def test_calls_with_the_account_of_link_sessions_count() -> None:
    done = contract("run", "--only", "Link sessions want an API key and a profile key.")

    assert re.search(r"^1 held; [1-9]\d* calls\.$", done.stdout, re.M), done.stdout


def test_a_check_that_there_is_not_is_told_with_the_nearest() -> None:
    done = contract("run", "--only", "unknown api key refused")

    assert done.returncode == 2
    assert 'There is no check "unknown api key refused"; did you mean' in done.stderr
    assert "An unknown API key is refused." in done.stderr


@pytest.mark.slow
def test_schemathesis_finds_nothing_on_the_fake(tmp_path: Path) -> None:
    done = contract("run", "--only", "a_profile_is_created", "--fuzz", "--reports", str(tmp_path))

    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "schemathesis.har").is_file()
    assert "BEGIN RSA" not in (tmp_path / "schemathesis.vcr.yaml").read_text("utf-8")


def test_fuzzing_without_schemathesis_is_refused_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fakeayr.contract.fuzzing.importlib.util.find_spec", lambda _: None)

    refused = CliRunner().invoke(command.contract, ["run"])

    assert refused.exit_code == 2
    assert "pip install '.[contract]' in a clone, or pass --no-fuzz." in refused.output
    assert "Checking" not in refused.output


@pytest.mark.outside("node")
def test_the_contract_holds_on_another_server(onboarding: Onboarding, tmp_path: Path) -> None:
    with running(onboarding) as url:
        done = contract(
            "run", "--url", url, "--ca", str(onboarding.authority), "--no-safe",
            onboarding=onboarding, state=tmp_path,
        )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    assert "98 held, 65 left out" in done.stdout
    assert not list(tmp_path.rglob("*.json"))


@pytest.mark.outside("node")
def test_a_broken_contract_tells_fact_request_and_answer(
    onboarding: Onboarding, tmp_path: Path
) -> None:
    with running(onboarding, "half-x-credentials-status-200") as url:
        done = contract(
            "run", "--url", url, "--ca", str(onboarding.authority), "--no-safe",
            "--only", "half_a_pair_of_x_credentials_is_refused",
            onboarding=onboarding, state=tmp_path,
        )  # fmt: skip

    assert done.returncode == 1
    assert "fact jwt.x-half: Half a pair of X credentials is refused" in done.stdout
    assert "broken: HTTP status 200, not 400" in done.stdout
    assert "$ curl -X POST" in done.stdout
    known = onboarding.credentials
    assert known.api_key not in done.stdout + done.stderr
    assert known.private_key.splitlines()[1] not in done.stdout + done.stderr


@pytest.mark.outside("node")
def test_a_run_deletes_what_it_made_even_when_time_runs_out(
    onboarding: Onboarding, tmp_path: Path
) -> None:
    with running(onboarding) as url:
        done = contract(
            "run", "--url", url, "--ca", str(onboarding.authority), "--no-safe",
            "--time-budget", "1", onboarding=onboarding, state=tmp_path,
        )  # fmt: skip

    assert "/1 s ok" in done.stdout
    assert not list(tmp_path.rglob("*.json"))


@pytest.mark.outside("node")
def test_clean_finishes_what_an_interrupted_run_has_left(
    onboarding: Onboarding, tmp_path: Path
) -> None:
    leftovers = tmp_path / "fakeayr" / "contract-profiles.json"
    leftovers.parent.mkdir()
    with running(onboarding) as url:
        left = [
            {"url": url, "title": "fakeayr-contract-left", "key": ""},
            {"url": url, "title": "not-ours", "key": "AAAAAAA-AAAAAAA-AAAAAAA-AAAAAAA"},
            {"url": "https://elsewhere/api", "title": "fakeayr-contract-left", "key": ""},
        ]
        leftovers.write_text(json.dumps(left), "utf-8")
        done = contract(
            "clean", "--url", url, "--ca", str(onboarding.authority),
            onboarding=onboarding, state=tmp_path,
        )  # fmt: skip

    assert done.returncode == 1
    assert "1 profile could not be deleted" in done.stderr
    assert json.loads(leftovers.read_text("utf-8")) == left[1:]


def test_a_damaged_note_of_profiles_is_told(onboarding: Onboarding, tmp_path: Path) -> None:
    note = tmp_path / "fakeayr" / "contract-profiles.json"
    note.parent.mkdir()
    note.write_text('[{"url": "x"', "utf-8")

    done = contract(
        "clean", "--url", "http://127.0.0.1:9/api", onboarding=onboarding, state=tmp_path
    )

    assert done.returncode == 2
    assert done.stderr == (
        f"Error: {note} cannot be read; delete it, and by hand all profiles whose titles, and all "
        "posts whose texts begin with fakeayr-contract-.\n"
    )


def test_every_check_is_a_sentence_of_its_own() -> None:
    sentences = [check.sentence for check in checks.load()]

    assert len(set(sentences)) == len(sentences) == 163
    for sentence in sentences:
        assert re.fullmatch(r"[A-Z][^\n]{10,90}[.]", sentence), sentence


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["run", "--url", "https://api.ayrshare.com/api"], 2, "AYRSHARE_API_KEY"),
        (["run", "--url", "nonsense"], 2, "AYRSHARE_API_KEY"),
        (
            ["run", "--only", "zzz"],
            2,
            'There is no check "zzz"; a run without --only',
        ),
        (["clean"], 2, "Say with --url which server to clean."),
    ],
)
def test_what_cannot_run_says_why(arguments: list[str], code: int, said: str) -> None:
    done = contract(*arguments)

    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "--html"],
        ["run", "--junit"],
        ["record", "--out"],
        ["diff", "fake", "fake", "--json"],
        ["replay", "recording.yaml", "--json"],
    ],
)
def test_a_report_without_a_folder_is_refused_before_anything_runs(
    arguments: list[str], tmp_path: Path
) -> None:
    done = contract(*arguments, str(tmp_path / "none" / "report"))

    assert done.returncode == 2
    assert done.stdout == ""
    assert f"Nothing can be written to the folder {tmp_path / 'none'}" in done.stderr.replace(
        "\n", ""
    )
    assert "Playing" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "--no-fuzz", "--only", "a_profile_is_created", "--html"],
        ["run", "--no-fuzz", "--only", "a_profile_is_created", "--junit"],
        ["diff", str(KEPT), str(KEPT), "--json"],
    ],
)
def test_a_report_that_finds_no_space_is_told(arguments: list[str]) -> None:
    done = contract(*arguments, "/dev/full")

    assert done.returncode == 2
    assert done.stderr == "Error: /dev/full cannot be written: No space left on device.\n"


def test_a_server_that_is_not_this_machines_asks_first(onboarding: Onboarding) -> None:
    done = contract("run", "--url", "https://real.invalid/api", onboarding=onboarding)

    assert done.returncode == 2
    assert "This creates and deletes profiles at https://real.invalid/api" in done.stderr


@pytest.fixture(scope="module")
def fake_url() -> Iterator[str]:
    with run_server() as fake:
        yield fake.url


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/api", "does not accept the API key in AYRSHARE_API_KEY: GET /user returned"),
        ("", "is not the base of Ayrshare's API, which ends in /api: GET /user returned"),
    ],
    ids=["wrong key", "wrong url"],
)
def test_a_wrong_key_and_a_wrong_url_are_told_before_anything_is_checked(
    onboarding: Onboarding, fake_url: str, tmp_path: Path, path: str, said: str
) -> None:
    url, out = fake_url + path, tmp_path / "recording.yaml"
    for arguments in (
        ("run", "--url", url),
        ("record", "--url", url, "--out", str(out)),
        ("diff", str(KEPT), url),
    ):
        done = contract(*arguments, onboarding=onboarding, state=tmp_path)

        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.startswith(f"Error: {url} {said}")
        assert done.stderr.count("\n") == 1
        assert onboarding.credentials.api_key not in done.stderr
    assert not out.exists()


@pytest.mark.parametrize("mark", ["\n", "…"])
def test_an_api_key_that_no_header_can_hold_is_told(
    onboarding: Onboarding, fake_url: str, mark: str
) -> None:
    known = onboarding.credentials
    wrong = replace(onboarding, credentials=replace(known, api_key=known.api_key + mark))

    done = contract("run", "--url", f"{fake_url}/api", onboarding=wrong)

    assert done.returncode == 2
    assert done.stderr == (
        "Error: AYRSHARE_API_KEY holds a character that no HTTP header can; copy it again.\n"
    )


def test_a_web_page_in_place_of_an_api_is_told(onboarding: Onboarding) -> None:
    page = Flask("page")
    page.add_url_rule("/<path:path>", view_func=lambda path: f"<p>Welcome to {path}.")
    with run_in_thread(page) as url:
        done = contract("run", "--url", url, onboarding=onboarding)

    assert done.returncode == 2
    assert "GET /user returned HTTP status 200 and no JSON." in done.stderr


def test_a_server_without_profiles_breaks_the_contract(
    onboarding: Onboarding, tmp_path: Path
) -> None:
    broken = Flask("broken")
    broken.add_url_rule("/<path:_>", view_func=lambda _: {"status": "error"}, methods=ANY_METHOD)
    with run_in_thread(broken) as url:
        done = contract(
            "run", "--url", url, "--no-safe", "--fuzz", "--only", "an_unknown_path_is_not_found",
            onboarding=onboarding, state=tmp_path,
        )  # fmt: skip

    assert done.returncode == 1, done.stderr
    assert "broken: GET /no-such-path: HTTP status 200, not 404" in done.stdout
    assert "broken: POST /profiles showed no profileKey" in done.stdout
    assert done.stderr == ""


def test_a_server_that_is_down_is_told(onboarding: Onboarding) -> None:
    done = contract(
        "run", "--url", "http://127.0.0.1:9/api", "--only", "the_token_is_rs256",
        onboarding=onboarding,
    )  # fmt: skip

    assert done.returncode == 2
    assert done.stdout == ""
    assert "cannot be reached" in done.stderr
