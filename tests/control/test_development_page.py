"""GET /_fakeayr/linking-page: a browser alone is enough to see the linking page."""

import re

import pytest
from flask.testing import FlaskClient

from fakeayr.ayrshare.plans import Plan
from fakeayr.web import development
from fakeayr.web.config import Config
from tests.support.accounts import Account
from tests.support.apps import NewApp

PATH = "/_fakeayr/linking-page"


def location(client: FlaskClient) -> str:
    """Where the address leads."""
    answer = client.get(PATH)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_it_leads_to_the_development_profiles_page(client: FlaskClient, dev: Account) -> None:
    page = client.get(PATH, follow_redirects=True)
    assert page.status_code == 200
    assert "Development Profile" in page.text


def test_it_does_not_expire_as_its_linking_urls_do(client: FlaskClient, dev: Account) -> None:
    earlier = location(client)
    dev.post("/_fakeayr/clock", json={"advance": 301})
    assert client.get(earlier).status_code == 401
    assert client.get(location(client)).status_code == 200


def test_the_url_is_of_the_accounts_age(client: FlaskClient, dev: Account) -> None:
    assert location(client).startswith("http://localhost?domain=acme&jwt=ey")
    dev.change(age="link-sessions")
    newer = location(client)
    assert newer.startswith("http://localhost?session=ayr_ls_")
    assert client.get(newer).status_code == 200


def test_the_url_is_the_public_one(new_app: NewApp) -> None:
    client = new_app(Config(public_url="https://fake.example")).test_client()
    assert location(client).startswith("https://fake.example?domain=acme&jwt=")


@pytest.mark.parametrize("age", ["jwt", "link-sessions"])
def test_all_done_leads_to_the_redirect(client: FlaskClient, dev: Account, age: str) -> None:
    dev.change(age=age)
    page = client.get(
        PATH, query_string={"redirect": "https://app.example/"}, follow_redirects=True
    )
    (token,) = set(re.findall(r'name="page_token" value="([^"]+)"', page.text))
    done = client.post("/_page/done", data={"page_token": token})
    assert done.headers["Location"] == "https://app.example/"


def test_only_a_web_address_can_be_the_redirect(client: FlaskClient) -> None:
    answer = client.get(PATH, query_string={"redirect": "javascript:alert(1)"})
    assert (answer.status_code, answer.get_json()["code"]) == (400, 101)


def test_no_browser_keeps_it(client: FlaskClient) -> None:
    assert client.get(PATH).headers["Cache-Control"] == "no-store"


def test_the_profile_may_be_gone(client: FlaskClient, dev: Account) -> None:
    dev.delete("/api/profiles", profile_key=development.PROFILE_KEY)
    answer = client.get(PATH)
    assert (answer.status_code, answer.get_json()["code"]) == (403, 144)


@pytest.mark.parametrize("age", ["jwt", "link-sessions"])
def test_the_profile_may_be_suspended(client: FlaskClient, dev: Account, age: str) -> None:
    dev.change(age=age)
    suspension = {"type": "suspend", "profileKey": development.PROFILE_KEY}
    dev.post("/_fakeayr/events", json=suspension)
    answer = client.get(PATH)
    assert answer.status_code == 403
    assert "suspended" in answer.get_json()["message"]


def test_the_plan_may_have_no_linking_urls(new_app: NewApp) -> None:
    client = new_app(Config(plan=Plan.FREE)).test_client()
    answer = client.get(PATH)
    assert answer.status_code == 403
    assert answer.get_json()["details"] == "The plan is free."


def test_no_other_sites_page_leads_there(client: FlaskClient) -> None:
    assert client.get(PATH, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.get(PATH, headers={"Sec-Fetch-Site": "none"}).status_code == 303
