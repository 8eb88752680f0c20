"""Recordings: what the fake answers stands in the repository; what differs elsewhere is told."""

import difflib
import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives import serialization

from fakeayr.cli import main
from fakeayr.client.api import ApiClient
from fakeayr.client.credentials import Credentials
from fakeayr.client.redaction import Redactor
from fakeayr.client.start import run_server
from fakeayr.client.transport import HttpTransport
from fakeayr.contract.errors import Untestable
from fakeayr.contract.leftovers import Leftovers
from fakeayr.contract.recordings import differences, playing, recording, reporting, scenarios
from fakeayr.contract.recordings.differences import (
    Acceptance,
    Comparison,
    Difference,
    DiffKind,
)
from fakeayr.contract.recordings.normalising import Normaliser
from fakeayr.contract.recordings.recording import Recording, ScenarioResult
from fakeayr.contract.recordings.step_recorder import JWT, LINK_SESSIONS
from fakeayr.contract.server import Answer, CheckedServer
from fakeayr.contract.session import ContractSession
from fakeayr.domain.linking import private_keys
from tests.support.standin import Onboarding, running

pytestmark = pytest.mark.slow

ROOT: Final = Path(__file__).parents[2]
KEPT: Final = ROOT / "contract" / "recordings" / "kept" / "fake.yaml"
STANDIN_ACCEPTED: Final = ROOT / "tests" / "standin" / "accepted.toml"
UPDATE: Final = "fakeayr contract record --out contract/recordings/kept/fake.yaml"
KEY_LINES_IN_ERRORS: Final = (
    "-----BEGIN RSA PRIVATE KEY----- and -----END RSA PRIVATE KEY-----",
    "-----BEGIN RSA PRIVATE KEY----- line",
)
"""What error messages say of key files; no key is in it."""


@pytest.fixture(scope="module")
def kept() -> Recording:
    """The fake's recording of this repository."""
    return recording.from_file(KEPT)


def contract(*words: str | Path) -> Result:
    """Runs `fakeayr contract …`."""
    return CliRunner().invoke(main, ["contract", *map(str, words)], catch_exceptions=False)


# The recording that is kept


def test_the_fake_answers_as_it_did_when_it_was_recorded(kept: Recording, tmp_path: Path) -> None:
    """To the byte; so two recordings of the same fake are identical, too."""
    out = tmp_path / "fake.yaml"
    result = contract("record", "--out", out)
    assert result.exit_code == 0, result.output

    before, now = KEPT.read_text("utf-8"), out.read_text("utf-8")
    if before != now:
        found = differences.compare(kept, recording.from_file(out), [])
        lines = difflib.unified_diff(before.splitlines(), now.splitlines(), "kept", "now", n=8)
        pytest.fail(
            f"{reporting.describe(found, 'what is kept', 'what the fake answers now')}\n\n"
            + "\n".join(lines)
            + f"\n\nThe fake answers something else. If that is meant: {UPDATE}",
            pytrace=False,
        )


def test_replaying_the_fakes_own_recording_finds_nothing(kept: Recording, tmp_path: Path) -> None:
    part = Recording("fake", {"webhooks": kept.scenarios["webhooks"]})
    file = tmp_path / "part.yaml"
    file.write_text(recording.to_text(part), "utf-8")

    result = contract("replay", file)

    assert result.exit_code == 0, result.output
    assert result.output == f"A is {file}, B is the fake: no differences, 0 more are accepted.\n"


def test_no_secret_is_written_down() -> None:
    text = KEPT.read_text("utf-8")
    for words in KEY_LINES_IN_ERRORS:
        text = text.replace(words, "")
    assert Redactor()(text) == text


def test_nothing_is_written_down_that_is_another_one_tomorrow() -> None:
    text = KEPT.read_text("utf-8")
    assert not re.findall(r"\b[0-9a-f]{12,}\b|\d{9,}|20\d\d-\d\d-\d\d|127\.0\.0\.1", text)


def test_the_library_plays_both_ages(kept: Recording) -> None:
    assert list(kept.scenarios) == [scenario.name for scenario in scenarios.load()]
    assert {played.age for played in kept.scenarios.values()} == {JWT, LINK_SESSIONS}
    assert kept.left_out == {}
    assert [name for name, played in kept.scenarios.items() if played.ended] == []


LINKING: Final = {101, 102, 144, 146, 188, 189, 276, 333, 434, 502, 503, 504}
POSTING: Final = {114, 132, 136, 137, 151, 156, 161, 182, 192, 221, 254, 272, 322, 383, 400, 419}
OURS: Final = {9400, 9403, 9404, 9405, 9413, 9429}


def errors_in(value: Any) -> Iterator[dict[str, Any]]:
    """The errors in a body, however deep."""
    match value:
        case {"code": int(), "status": "error"}:
            yield value
        case dict():
            for inner in value.values():
                yield from errors_in(inner)
        case list():
            for inner in value:
                yield from errors_in(inner)


def test_the_library_provokes_every_documented_error(kept: Recording) -> None:
    bodies = [
        step["answer"].get("body")
        for played in kept.scenarios.values()
        for step in played.steps
        if isinstance(step.get("answer"), dict)
    ]
    codes = {error["code"] for body in bodies for error in errors_in(body)}
    assert codes == LINKING | POSTING | OURS


def test_a_recording_survives_its_file(kept: Recording) -> None:
    assert recording.to_text(kept) == KEPT.read_text("utf-8")


# The stand-in, which is another server


def played_by_the_standin(
    onboarding: Onboarding, folder: Path, mutant: str | None = None
) -> Recording:
    leftovers = Leftovers(folder / "profiles.json")
    with running(onboarding, mutant) as url:
        target = CheckedServer(
            url, onboarding.credentials, paced=False, authority=onboarding.authority
        )
        with closing(target):
            return playing.play(playing.OtherServer(ContractSession(target, leftovers), leftovers))


def compared_with_the_standin(
    kept: Recording, onboarding: Onboarding, folder: Path, mutant: str | None = None
) -> Comparison:
    other = played_by_the_standin(onboarding, folder, mutant)
    return differences.compare(kept, other, differences.acceptances(STANDIN_ACCEPTED))


@pytest.mark.outside("node")
def test_fake_and_stand_in_differ_as_is_known(
    kept: Recording, onboarding: Onboarding, tmp_path: Path
) -> None:
    found = compared_with_the_standin(kept, onboarding, tmp_path)
    assert found.found == [], reporting.describe(found, "the fake", "the stand-in")
    assert found.unused == []
    assert set(found.not_compared.values()) == {
        "It takes a person who links accounts.",
        "It takes an account that only a fake opens.",
        "It takes a fake.",
        "The account does not live in the age of link-sessions.",
    }
    assert not (tmp_path / "profiles.json").exists()


Planted = set[tuple[str, DiffKind, str, str]]
NO_START_LINE: Final = (
    "Error generating JWT. Check the sent parameters, such as the privateKey has no extra tabs, "
    "spaces, or newlines. Error: "
)
QUERY: Final = "url.<url>.query"


@pytest.mark.parametrize(
    ("mutant", "planted"),
    [
        (
            "aud-is-the-profile-host",
            {
                (
                    "token.<jwt>.claims.aud",
                    DiffKind.VALUE,
                    "https://app.ayrshare.com",
                    "https://profile.ayrshare.com",
                )
            },
        ),
        (
            "lives-ten-minutes",
            {("token.<jwt>.claims.exp", DiffKind.VALUE, "iat + 300", "iat + 600")},
        ),
        ("half-x-credentials-code-189", {("code", DiffKind.CODE, "188", "189")}),
        ("half-x-credentials-status-200", {("status", DiffKind.STATUS, "400", "200")}),
        (
            "errors-without-action",
            {
                ("action", DiffKind.ONLY_A, it, "")
                for it in ("JWT", "create profile", "get", "profile", "request")
            },
        ),
        ("email-sent-always", {("emailSent", DiffKind.ONLY_B, "", "false")}),
        (
            "no-start-line-other-message",
            {
                (
                    "message",
                    DiffKind.MESSAGE,
                    f"{NO_START_LINE}error:0909006C:PEM routines:get_name:no start line",
                    f"{NO_START_LINE}no start line",
                )
            },
        ),
        (
            "content-type-without-charset",
            {
                (
                    "header content-type",
                    DiffKind.HEADER,
                    "application/json; charset=utf-8",
                    "application/json",
                )
            },
        ),
        (
            "expires-in-shown-as-number",
            {
                ("expiresIn", DiffKind.TYPE, "30m", "30"),
                ("expiresIn", DiffKind.TYPE, "2880m", "2880"),
            },
        ),
        (
            "url-without-domain",
            {
                (
                    QUERY,
                    DiffKind.VALUE,
                    "[domain=<domain>, jwt=<the token>]",
                    "[jwt=<the token>]",
                ),
                (
                    QUERY,
                    DiffKind.VALUE,
                    "[domain=<domain>, jwt=<the token>, redirect=<short link>]",
                    "[jwt=<the token>, redirect=<short link>]",
                ),
            },
        ),
    ],
)
@pytest.mark.outside("node")
def test_a_planted_difference_is_all_that_is_found(
    kept: Recording, onboarding: Onboarding, tmp_path: Path, mutant: str, planted: Planted
) -> None:
    found = compared_with_the_standin(kept, onboarding, tmp_path, mutant)
    assert {(it.place, it.kind, it.a, it.b) for it in found.found} == planted


# What counts as a difference


def answering(http: int = 200, /, *, target: str = "other", **body: Any) -> Recording:
    """A recording of one answer."""
    answer = {"status": http, "headers": {"content-type": "text/plain"}, "body": body}
    step = {"step": "ask", "request": "GET /user", "answer": answer}
    return Recording(target, {"asking": ScenarioResult("", JWT, [step])})


def refusing(code: int, message: str, *, status: int = 400, target: str = "other") -> Recording:
    body = {"action": "a", "status": "error", "code": code, "message": message}
    return answering(status, target=target, **body)


BAD_KEY: Final = "The Profile Key is invalid. Please verify correct Profile Key is being used."


def kinds(a: Recording, b: Recording) -> list[DiffKind]:
    return [it.kind for it in differences.compare(a, b, []).found]


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        (answering(x=1), answering(x=2), DiffKind.VALUE),
        (answering(x=1), answering(x="1"), DiffKind.TYPE),
        (answering(x=1), answering(x=True), DiffKind.TYPE),
        (answering(x=1), answering(), DiffKind.ONLY_A),
        (answering(), answering(x=None), DiffKind.ONLY_B),
        (answering(x=[1, 2]), answering(x=[2, 1]), DiffKind.ORDER),
        (answering(x=[1, 2]), answering(x=[1]), DiffKind.VALUE),
        (answering(200), answering(201), DiffKind.STATUS),
        (answering(200), refusing(101, "No.", status=200), DiffKind.OUTCOME),
        (refusing(144, "No."), refusing(146, "No."), DiffKind.CODE),
        (refusing(144, "No."), refusing(144, "Never."), DiffKind.MESSAGE),
        (
            refusing(144, BAD_KEY, status=403),
            refusing(144, BAD_KEY, status=500),
            DiffKind.STATUS,
        ),
    ],
)
def test_what_differs_has_a_kind(a: Recording, b: Recording, kind: DiffKind) -> None:
    assert kinds(a, a) == []
    assert kinds(a, b) == [kind]


def test_the_order_of_fields_means_nothing() -> None:
    assert kinds(answering(x=1, y=2), answering(y=2, x=1)) == []


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (refusing(9404, "Not found."), refusing(77, "Where?")),
        (refusing(9999, "Ours."), refusing(77, "Theirs.")),
        (refusing(102, "API Key not valid."), refusing(102, "Wrong API key.")),
        (
            refusing(502, "Link session not found.", status=404),
            refusing(502, "Gone.", status=410),
        ),
        (refusing(144, BAD_KEY, status=403), refusing(144, BAD_KEY, status=401)),
    ],
    ids=["code and words", "9000 and above", "words", "words and status", "a disputed status"],
)
def test_what_ayrshare_has_not_published_is_not_compared(
    ours: Recording, theirs: Recording
) -> None:
    assert kinds(ours, theirs) == kinds(theirs, ours) == []


def test_two_recordings_of_the_fake_are_compared_to_the_letter() -> None:
    a, b = (refusing(9404, words, target="fake") for words in ("Not found.", "Where?"))
    everything = [Acceptance("Anything goes.", {"place": "*"})]
    assert [it.kind for it in differences.compare(a, b, everything).found] == [DiffKind.MESSAGE]


def test_a_scenario_that_ended_early_is_told() -> None:
    whole = answering()
    cut = Recording("other", {"asking": replace(whole.scenarios["asking"], ended="it broke")})
    found = differences.compare(whole, cut, []).found
    assert found == [
        Difference("asking", "", "how it was played", DiffKind.OUTCOME, "to the end", "it broke")
    ]


def test_a_step_that_only_one_has_is_told() -> None:
    whole, cut = answering(), Recording("other", {"asking": ScenarioResult("", JWT, [])})
    assert kinds(whole, cut) == [DiffKind.ONLY_A]
    assert kinds(cut, whole) == [DiffKind.ONLY_B]


# What is accepted


def test_accepted_differences_are_counted_and_unused_acceptances_told() -> None:
    used = Acceptance("Known.", {"scenario": "ask*", "place": "x"})
    unused = Acceptance("Long gone.", {"place": "y"})
    compared = differences.compare(answering(x=1), answering(x=2), [used, unused])

    assert (compared.found, len(compared.accepted), compared.unused) == ([], 1, [unused])
    text = reporting.describe(compared, "one", "two")
    assert "Accepted, but not needed: place y (Long gone.)" in text
    assert "A is one, B is two: no differences, 1 more are accepted." in text


@pytest.mark.parametrize(
    "text", ['[[accepted]]\nplace = "x"', '[[accepted]]\nreason = "why"', "not toml", None]
)
def test_an_acceptance_needs_a_reason_and_a_pattern(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "accepted.toml"
    if text is not None:
        file.write_text(text, "utf-8")
    with pytest.raises(Untestable, match=re.escape(str(file))):
        differences.acceptances(file)


def test_the_accepted_differences_that_come_with_fakeayr_have_reasons() -> None:
    assert differences.acceptances(differences.ACCEPTED)


# The commands


@pytest.fixture
def other(tmp_path: Path, kept: Recording) -> Path:
    """A recording that differs from the fake's in one status."""
    file = tmp_path / "other.yaml"
    played = kept.scenarios["anywhere"]
    named = [step["step"] for step in played.steps]
    place = named.index("a method that does not exist")
    step = played.steps[place]
    changed = {**step, "answer": {**step["answer"], "status": 410}}
    steps = [*played.steps[:place], changed, *played.steps[place + 1 :]]
    file.write_text(
        recording.to_text(Recording("other", {"anywhere": replace(played, steps=steps)})), "utf-8"
    )
    return file


def test_diff_tells_what_differs(other: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    result = contract("diff", KEPT, other, "--json", report)

    assert result.exit_code == 1
    assert (
        "status differs:\n  A: 405\n  B: 410\n     in anywhere: a method that does not exist\n"
        in result.output
    )
    assert json.loads(report.read_text("utf-8"))["differences"] == [
        {
            "scenario": "anywhere",
            "step": "a method that does not exist",
            "place": "status",
            "kind": "status",
            "a": "405",
            "b": "410",
        }
    ]


def test_replay_holds_the_fake_against_a_recording(other: Path) -> None:
    result = contract("replay", other)
    assert result.exit_code == 1
    assert "status differs:\n  A: 410\n  B: 405\n" in result.output


def test_diff_of_the_same_finds_nothing() -> None:
    result = contract("diff", KEPT, KEPT)
    assert result.exit_code == 0
    assert "no differences" in result.output


@pytest.mark.parametrize("age", [JWT, LINK_SESSIONS])
def test_a_server_elsewhere_is_recorded_with_one_account(
    kept: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age: str
) -> None:
    out = tmp_path / "elsewhere.yaml"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with run_server() as fake:
        url = fake.url
        with closing(HttpTransport(url)) as transport:
            account = ApiClient(transport, url).open_account(age=age, settings={"rateLimit": True})
        monkeypatch.setenv("AYRSHARE_API_KEY", account.api_key)
        monkeypatch.setenv("AYRSHARE_DOMAIN", account.domain)
        monkeypatch.setenv("AYRSHARE_PRIVATE_KEY", account.private_key)
        result = contract("record", "--url", f"{url}/api", "--age", age, "--out", out)
        with closing(CheckedServer(f"{url}/api", account, paced=False)) as target:
            left = ContractSession(target, Leftovers()).listed()

    assert result.exit_code == 0, result.output
    assert left == []
    text = out.read_text("utf-8")
    for secret in (account.api_key, account.domain, account.private_key.splitlines()[1]):
        assert secret not in text
    found = differences.compare(kept, recording.from_file(out), [])
    assert found.found == [], reporting.describe(found, "the fake", "the same one elsewhere")


@pytest.mark.parametrize("text", [None, "", "- a list", "format: 99", "a: [", "format: 1"])
def test_what_is_no_recording_cannot_be_compared(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "x.yaml"
    if text is not None:
        file.write_text(text, "utf-8")
    for words in (("diff", KEPT, file), ("replay", file)):
        result = contract(*words)
        assert result.exit_code == 2
        assert result.stderr.startswith(f"Error: {file} ")


def test_files_are_read_before_anything_is_played(tmp_path: Path) -> None:
    file = tmp_path / "nope.yaml"
    for words in (("diff", "fake", file), ("diff", file, "fake"), ("replay", file)):
        result = contract(*words)
        assert result.exit_code == 2
        assert result.stderr.startswith(f"Error: {file} does not exist; name a recording")
        assert "Playing" not in result.stderr


def test_a_server_needs_an_account_to_be_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AYRSHARE_API_KEY", raising=False)
    result = contract("record", "--url", "http://127.0.0.1:9/api", "--out", tmp_path / "out.yaml")
    assert result.exit_code == 2
    assert "AYRSHARE_API_KEY" in result.stderr


# How values are written down

PEM: Final = private_keys.generate(1024)
ACCOUNT: Final = Credentials("AJ3PGW1-8HZM8R4-GCWTVJW-YE153PE", "acme", PEM)
KEY: Final = "8H2KQ7D-X4M9W1T-B6C3Z5R-N7P0V2J"


@pytest.fixture
def names() -> Normaliser:
    public = ContractSession(
        CheckedServer("http://x.example/api", ACCOUNT, paced=False), Leftovers()
    ).public_key
    return Normaliser(ACCOUNT, "http://x.example/api", public)


def answer(text: str) -> Answer:
    headers = {"date": "Wed, 02 Nov 2022 01:00:00 GMT", "content-type": "application/json"}
    return Answer(200, headers, text, "curl", text)


def test_an_id_has_one_name_wherever_it_stands(names: Normaliser) -> None:
    assert names.value({"profileKey": KEY, "refId": "a" * 40}) == {
        "profileKey": "<profileKey 1>",
        "refId": "<refId 1>",
    }
    assert names.text(f"{KEY} is not {KEY[::-1]}") == "<profileKey 1> is not <profileKey 2>"
    assert names.value("b" * 40) == "<refId 2>"
    assert names.value(ACCOUNT.api_key) == "<apiKey>"


def test_an_id_of_another_shape_is_told(names: Normaliser) -> None:
    assert names.value("8a1f", "refId") == "<refId of another shape>"


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2022-11-02T01:00:07Z", "<time iso-seconds>"),
        ("2021-01-01T00:00:00.110Z", "<time iso-milliseconds>"),
        ("2022-11-02T01:05:00Z", "<time iso-seconds in 5 minutes>"),
        ("2022-11-02T01:00:00.123456Z", "<time iso-6-digits>"),
        ("2022-11-02T02:00:00+01:00", "<time iso-seconds +01:00>"),
    ],
)
def test_a_time_is_told_by_its_form_and_what_lies_ahead(
    names: Normaliser, moment: str, told: str
) -> None:
    assert names.body(answer(json.dumps({"created": moment}))) == {"created": told}


def test_a_linking_url_is_told_by_its_parts(names: Normaliser) -> None:
    url = "https://profile.ayrshare.com?domain=acme&redirect=https%3A%2F%2Fs.example%2Fx1"
    assert names.value(url, "url") == {
        "<url>": {
            "scheme": "http(s)",
            "host": "<the target>",
            "path": "",
            "query": ["domain=<domain>", "redirect=<short link>"],
        }
    }


def test_keys_and_tokens_are_never_told(names: Normaliser) -> None:
    der = serialization.load_pem_private_key(
        private_keys.generate(1024).encode(), None, unsafe_skip_rsa_key_validation=True
    ).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    secrets = (PEM, der.decode(), ACCOUNT.api_key, "ayr_ls_abcdefghijk", "eyJhbGciOiJub25l.e30.x")
    for secret in secrets:
        for text in (secret, f"It was {secret}, was it not?"):
            shown = json.dumps(names.value({"x": text}))
            assert Redactor(*secrets)(shown) == shown


@pytest.mark.parametrize(
    ("text", "told"), [("", "<nothing>"), ("null", "<nothing>"), ("<p>", "<application/json>")]
)
def test_a_body_that_is_no_document_is_named(names: Normaliser, text: str, told: str) -> None:
    assert names.body(answer(text)) == told
