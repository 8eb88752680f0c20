"""Browsers' own code may call the API from pages of other origins only where the server says so."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from fakeayr.web import development
from fakeayr.web.config import Config
from tests.support.accounts import Account
from tests.support.apps import NewApp
from tests.support.key_source import BorrowedKeys

PAGE = "http://localhost:3000"
PREFLIGHT = {
    "Origin": PAGE,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,profile-key",
}


def preflight(account: Account, path: str = "/api/profiles", **headers: str) -> TestResponse:
    sent = PREFLIGHT | {name.replace("_", "-"): value for name, value in headers.items()}
    return account.client.options(path, headers=sent)


def allowed(response: TestResponse) -> dict[str, str]:
    return {
        name.removeprefix("Access-Control-Allow-"): value
        for name, value in response.headers.items()
        if name.startswith("Access-Control-Allow-")
    }


@pytest.fixture
def opened(new_app: NewApp, keys: BorrowedKeys) -> Account:
    """An account of a server that lets one page call it."""
    app = new_app(Config(cors_origins=frozenset({PAGE})), keys=keys)
    return Account.open(app.test_client(), {})


def journal_of_dev(account: Account) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {development.API_KEY}"}
    told = account.client.get("/_fakeayr/requests", headers=headers).get_json()
    requests: list[dict[str, Any]] = told["requests"]
    return requests


def test_a_preflight_is_refused_unless_the_server_says_otherwise(account: Account) -> None:
    refused = preflight(account)
    assert refused.status_code == 405
    assert allowed(refused) == {}
    assert "Vary" not in refused.headers
    (advice,) = journal_of_dev(account)[-1]["advice"]
    assert advice["name"] == "conduct-browser-calls-api"
    assert f"whether a page of {PAGE} may make this call" in advice["seen"]
    assert advice["do"].endswith(f"fakeayr serve --cors-origin {PAGE}")


def test_a_page_of_a_named_origin_may_call_the_api(opened: Account) -> None:
    response = preflight(opened)
    assert (response.status_code, response.data) == (204, b"")
    told = allowed(response)
    methods = told.pop("Methods").split(", ")
    assert told == {"Origin": PAGE, "Headers": "authorization,content-type,profile-key"}
    assert {"GET", "POST", "PATCH", "PUT", "DELETE"} <= set(methods)
    assert response.headers["Vary"] == "Origin"
    called = opened.get("/api/user", headers={"Origin": PAGE})
    assert called.status_code == 200
    assert called.headers["Access-Control-Allow-Origin"] == PAGE
    assert "x-ratelimit-count" in called.headers["Access-Control-Expose-Headers"]


def test_a_page_may_read_refusals_too(opened: Account) -> None:
    refused = opened.client.get("/api/user", headers={"Origin": PAGE})
    assert refused.get_json()["code"] == 102
    assert refused.headers["Access-Control-Allow-Origin"] == PAGE


@pytest.mark.parametrize(
    "origin", ["http://localhost:3001", "https://localhost:3000", "null", f"{PAGE}.evil.example"]
)
def test_a_page_of_another_origin_may_not(opened: Account, origin: str) -> None:
    response = preflight(opened, Origin=origin)
    assert response.status_code == 405
    assert allowed(response) == {}
    assert response.headers["Vary"] == "Origin"
    assert origin in journal_of_dev(opened)[-1]["advice"][0]["seen"]


def test_the_control_api_is_open_to_no_page(opened: Account) -> None:
    response = preflight(opened, "/_fakeayr/accounts")
    assert response.status_code == 405
    assert allowed(response) == {}
    refused = opened.get("/_fakeayr/accounts", headers={"Origin": PAGE})
    assert refused.status_code == 403
    assert allowed(refused) == {}


def test_an_unknown_path_stays_unknown(opened: Account) -> None:
    assert preflight(opened, "/api/nothing").status_code == 404


def test_header_names_that_are_none_are_not_repeated(opened: Account) -> None:
    response = preflight(opened, Access_Control_Request_Headers="a b<script>")
    assert response.status_code == 204
    assert "Access-Control-Allow-Headers" not in response.headers


def test_a_star_lets_every_page_through(new_app: NewApp, keys: BorrowedKeys) -> None:
    app = new_app(Config(cors_origins=frozenset({"*"})), keys=keys)
    account = Account.open(app.test_client(), {})
    assert allowed(preflight(account, Origin="https://a.example"))["Origin"] == "https://a.example"
