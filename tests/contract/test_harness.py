"""The harness that holds answers against openapi.yaml catches what it is there to catch."""

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
import msgspec
import pytest
import requests
from flask import Flask, Response
from jsonschema_rs import ValidationError
from werkzeug.test import Client, TestResponse

from fakeayr.domain.linking import private_keys
from fakeayr.serving.thread import run_in_thread
from tests.support.accounts import Account
from tests.support.cases import each
from tests.support.contract import (
    Contract,
    ContractViolation,
    Exchange,
    is_private_key,
    the_contract,
)
from tests.support.guards import Guard

ROOT = Path(__file__).parents[2]


@pytest.fixture
def contract() -> Contract:
    return the_contract()


@pytest.fixture
def good(account: Account) -> Exchange:
    """GET /api/user, as the fake answers it."""
    return exchange_of(account.get("/api/user"))


def exchange_of(response: TestResponse) -> Exchange:
    return Exchange(
        method=response.request.method,
        path=response.request.path,
        status=response.status_code,
        headers={name.lower(): value for name, value in response.headers.items()},
        body=response.data,
    )


def with_fields(exchange: Exchange, **fields: Any) -> Exchange:
    """The exchange with other fields in its body; a field that is `...` is taken away."""
    body = msgspec.json.decode(exchange.body) | fields
    kept = {name: value for name, value in body.items() if value is not ...}
    return replace(exchange, body=msgspec.json.encode(kept))


def with_header(exchange: Exchange, name: str, value: str) -> Exchange:
    return replace(exchange, headers={**exchange.headers, name: value})


def test_a_good_answer_passes(contract: Contract, good: Exchange) -> None:
    contract.check(good)


@pytest.mark.parametrize(
    ("break_it", "complaint"),
    [
        pytest.param(
            lambda good: with_fields(good, surprise=1),
            "the body: Additional properties are not allowed ('surprise' was unexpected)",
            id="extra-field",
        ),
        pytest.param(
            lambda good: with_fields(good, refId=...),
            '"refId" is a required property',
            id="missing-field",
        ),
        pytest.param(
            lambda good: with_fields(good, monthlyApiCalls="none"),
            'the body at /monthlyApiCalls: "none" is not of type "integer"',
            id="wrong-type",
        ),
        pytest.param(
            lambda good: with_fields(good, lastApiCall="yesterday Z"),
            'the body at /lastApiCall: "yesterday Z" is not a "date-time"',
            id="wrong-format",
        ),
        pytest.param(
            lambda good: replace(good, status=202),
            "status 202 is not documented; documented: 200, 400, 401, 403, 429",
            id="undocumented-status",
        ),
        pytest.param(
            lambda good: with_header(good, "content-type", "application/json"),
            "the Content-Type is 'application/json' instead of 'application/json; charset=utf-8'",
            id="inexact-content-type",
        ),
        pytest.param(
            lambda good: with_header(good, "content-type", "text/html; charset=utf-8"),
            "the Content-Type is 'text/html; charset=utf-8' instead of",
            id="wrong-content-type",
        ),
        pytest.param(
            lambda good: replace(good, body=b"{oops"),
            "the body cannot be decoded: Expecting property name",
            id="not-json",
        ),
        pytest.param(
            lambda good: replace(good, body=b'{"monthlyApiCalls": NaN}'),
            "the body cannot be decoded: NaN is not JSON",
            id="not-a-number",
        ),
        pytest.param(
            lambda good: with_header(good, "x-ratelimit-max", "many"),
            'the header x-ratelimit-max: "many" is not of type "integer"',
            id="wrong-header",
        ),
    ],
)
def test_a_broken_answer_is_caught(
    contract: Contract,
    good: Exchange,
    break_it: Callable[[Exchange], Exchange],
    complaint: str,
) -> None:
    with pytest.raises(ContractViolation) as caught:
        contract.check(break_it(good))
    message = str(caught.value)
    assert complaint in message
    assert message.startswith("GET /api/user (getUser) returned ")


def test_the_closest_branch_of_an_alternative_is_explained(
    contract: Contract, account: Account
) -> None:
    answer = account.generate_jwt(account.create_profile()["profileKey"])
    with pytest.raises(ContractViolation, match="'surprise' was unexpected"):
        contract.check(with_fields(exchange_of(answer), surprise=1))


@pytest.mark.parametrize(
    "fields",
    [{"code": 103}, {"message": "API key not valid."}, {"action": "login"}],
    ids=["code", "message", "action"],
)
def test_a_refusal_in_other_words_than_the_documented_ones_is_caught(
    contract: Contract, account: Account, fields: dict[str, Any]
) -> None:
    refused = exchange_of(account.get("/api/user", headers={"Authorization": "Bearer nobody"}))
    with pytest.raises(ContractViolation, match=r"not a documented one: .*; ApiKeyNotValid"):
        contract.check(with_fields(refused, **fields))


def test_the_documented_refusal_of_another_operation_is_caught(
    contract: Contract, account: Account
) -> None:
    account.create_profile("Twice")
    refused = exchange_of(account.post("/api/profiles", json={"title": "Twice"}))
    contract.check(refused)
    with pytest.raises(ContractViolation, match="not a documented one"):
        contract.check(replace(refused, path="/api/user", method="GET"))


def test_a_missing_required_header_is_caught(contract: Contract, account: Account) -> None:
    refused = exchange_of(account.post("/api/user"))
    contract.check(refused)
    without = {name: value for name, value in refused.headers.items() if name != "allow"}
    with pytest.raises(ContractViolation, match="the header Allow is missing"):
        contract.check(replace(refused, headers=without))


def test_a_body_where_none_is_documented_is_caught(contract: Contract) -> None:
    short_link = Exchange(
        method="GET",
        path="/r/0123456789ab",
        status=302,
        headers={"location": "https://app.example.com/linked"},
        body=b"",
    )
    contract.check(short_link)
    with pytest.raises(ContractViolation, match="there is a body, but none is documented"):
        contract.check(replace(short_link, body=b"<p>Moved."))


@pytest.mark.parametrize("path", ["/api/users", "/api/user//", "/r/a/b", "/favicon.ico"])
def test_only_404_is_right_for_an_unknown_path(
    contract: Contract, good: Exchange, path: str
) -> None:
    with pytest.raises(ContractViolation, match=r"unknown path\) returned 200"):
        contract.check(replace(good, path=path))


def test_only_405_is_right_for_a_wrong_method(contract: Contract, good: Exchange) -> None:
    with pytest.raises(ContractViolation, match=r"wrong method\) returned 200"):
        contract.check(replace(good, method="PATCH"))


@pytest.mark.parametrize("path", ["/api/user/", "/api/user"])
def test_one_slash_at_the_end_does_not_matter(
    contract: Contract, good: Exchange, path: str
) -> None:
    contract.check(replace(good, path=path))


def test_head_is_get_without_a_body(contract: Contract, account: Account) -> None:
    answer = exchange_of(account.call("HEAD", "/api/user"))
    assert answer.body == b""
    contract.check(answer)


@pytest.mark.parametrize(
    ("encoding", "compress"), [("gzip", gzip.compress), ("br", brotli.compress)]
)
def test_compressed_answers_are_read(
    contract: Contract, good: Exchange, encoding: str, compress: Callable[[bytes], bytes]
) -> None:
    def compressed(exchange: Exchange) -> Exchange:
        packed = replace(exchange, body=compress(exchange.body))
        return with_header(packed, "content-encoding", encoding)

    contract.check(compressed(good))
    with pytest.raises(ContractViolation, match="'surprise' was unexpected"):
        contract.check(compressed(with_fields(good, surprise=1)))


def test_private_keys_are_told_from_other_texts(account: Account) -> None:
    assert is_private_key(account.private_key)
    assert is_private_key(account.private_key.replace("\n", "%0A"))
    assert not is_private_key(account.private_key[:200])
    assert not is_private_key(private_keys.public_pem(account.private_key))
    assert not is_private_key("a key")


def an_app_that_answers(**fields: Any) -> Flask:
    """An app whose GET /_fakeayr/health answers these fields."""
    app = Flask("health")

    @app.get("/_fakeayr/health")
    def health() -> Response:
        return Response(msgspec.json.encode(fields), content_type="application/json; charset=utf-8")

    return app


def test_a_guard_around_an_app_raises_and_remembers(contract: Contract) -> None:
    guard = Guard(contract)
    app = an_app_that_answers(status="ok", version="1.0", mood="good")
    client = Client(lambda environ, start: guard.answer(app, environ, start))
    with pytest.raises(ContractViolation, match="'mood' was unexpected") as caught:
        client.get("/_fakeayr/health")
    assert guard.violations == [caught.value]


def test_a_guard_leaves_a_good_answer_as_it_is(contract: Contract) -> None:
    guard = Guard(contract)
    app = an_app_that_answers(status="ok", version="1.0")
    client = Client(lambda environ, start: guard.answer(app, environ, start))
    assert client.get("/_fakeayr/health").get_json() == {"status": "ok", "version": "1.0"}
    assert guard.violations == []


def test_a_session_watches_a_server_elsewhere(contract: Contract) -> None:
    guard = Guard(contract)
    app = an_app_that_answers(status="ok", version="1.0", mood="good")
    with (
        run_in_thread(app) as url,
        guard.session(url) as session,
        pytest.raises(ContractViolation, match="'mood' was unexpected"),
    ):
        session.get(f"{url}/_fakeayr/health", timeout=10)


def test_a_session_leaves_other_servers_alone(
    session_for: Callable[[str], requests.Session],
) -> None:
    app = an_app_that_answers(status="ok", version="1.0", mood="good")
    with run_in_thread(app) as url:
        answer = session_for("http://127.0.0.1:1").get(f"{url}/_fakeayr/health", timeout=10)
    assert answer.json()["mood"] == "good"


def test_whichever_way_a_test_breaks_the_contract_it_fails(tmp_path: Path) -> None:
    """Runs a test file of its own against an app with a route that the contract does not know."""
    (tmp_path / "test_inner.py").write_text(
        """
import urllib.request
import pytest
from fakeayr.serving.create_app import create_app
from fakeayr.serving.thread import run_in_thread

app = create_app()
app.add_url_rule("/api/secret", view_func=lambda: "psst")

@pytest.fixture(scope="module", autouse=True)
def _closed():
    yield
    app.close()

def test_through_a_client():
    app.test_client().get("/api/secret")

def test_through_a_thread():
    with run_in_thread(app) as url:
        try:
            urllib.request.urlopen(f"{url}/api/secret")
        except urllib.error.HTTPError:
            pass

def test_that_keeps_to_the_contract():
    app.test_client().get("/_fakeayr/health")
"""
    )
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.conftest",
            "-p",
            "no:cacheprovider",
            tmp_path,
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 failed, 1 passed" in run.stdout, run.stdout + run.stderr
    for broken in ("test_through_a_client", "test_through_a_thread"):
        assert f"FAILED test_inner.py::{broken} - tests.support.contract.Contract" in run.stdout
    assert "GET /api/secret (no operation: unknown path) returned 200" in run.stdout


def test_a_test_of_many_cases_names_each_that_fails() -> None:
    @each({"one": 1, "two": 2, "three": 3})
    def test_it(name: str, number: int) -> None:
        """Says what is checked."""
        assert number == 2

    with pytest.raises(ExceptionGroup, match="2 of 3 cases") as failed:
        test_it()
    notes = [failure.__notes__ for failure in failed.value.exceptions]
    assert notes == [["The case is one."], ["The case is three."]]
    assert all(isinstance(failure, AssertionError) for failure in failed.value.exceptions)
    assert (test_it.__name__, test_it.__doc__) == ("test_it", "Says what is checked.")
    each({"two": 2})(lambda name, number: None)()
    with pytest.raises(AssertionError):
        each({})


def test_a_schema_is_compiled_with_all_that_it_refers_to() -> None:
    schemas: dict[str, Any] = {
        "Word": {"type": "string", "format": "no-such-format"},
        "Sentence": {"type": "array", "items": {"$ref": "#/components/schemas/Word"}},
        "Lost": {"anyOf": [{"$ref": "#/components/schemas/Nowhere"}, {"type": "null"}]},
    }
    contract = Contract({"paths": {}, "components": {"schemas": schemas}})
    with pytest.raises(ValidationError, match="no-such-format"):
        contract.validator(schemas["Sentence"])
    with pytest.raises(ValidationError, match="Nowhere"):
        contract.validator({"$ref": "#/components/schemas/Lost"})
