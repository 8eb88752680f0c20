"""The shop's tests: no mocks, one fixture."""

from conftest import SECRET
from flask import Flask
from flask.testing import FlaskClient
from shop import Ayrshare, create_shop

import fakeayr


def test_a_customer_links_an_account(ayrshare: fakeayr.Account, customer: FlaskClient) -> None:
    url = customer.get("/customers/ann/connect").location

    page = ayrshare.open(url).allow("facebook").refuse("instagram")

    assert page.done() == "http://localhost/customers/ann/connected"
    assert customer.get("/customers/ann/connected").json == {"linked": ["facebook"]}


def test_a_new_customer_has_nothing_linked(customer: FlaskClient) -> None:
    answer = customer.get("/customers/ann/connected")

    assert answer.status_code == 200
    assert answer.json == {"linked": []}


def test_every_click_gets_a_link_of_its_own(
    ayrshare: fakeayr.Account, customer: FlaskClient
) -> None:
    customer.get("/customers/ann/connect")
    customer.get("/customers/ann/connect")

    ayrshare.assert_called("POST", "/profiles", times=1, title="ann")
    ayrshare.assert_called("POST", "/profiles/generateJWT", times=2)


def test_a_link_in_an_email_lives_an_hour(ayrshare: fakeayr.Account, customer: FlaskClient) -> None:
    url = customer.get("/customers/ann/email-link").json["url"]

    ayrshare.clock.advance(minutes=59)
    assert ayrshare.inspect(url)["valid"]
    ayrshare.clock.advance(minutes=2)
    assert ayrshare.inspect(url)["reason"] == "expired"


def test_an_expired_link_gives_a_fresh_one(
    ayrshare: fakeayr.Account, customer: FlaskClient
) -> None:
    url = customer.get("/customers/ann/connect").location

    ayrshare.clock.advance(minutes=6)
    followed = customer.get("/customers/ann/follow", query_string={"url": url})

    assert followed.location == "/customers/ann/connect"
    assert ayrshare.open(customer.get(followed.location).location).networks


def test_a_private_key_from_a_one_line_variable_works(
    ayrshare: fakeayr.Account, ayrshare_env: dict[str, str]
) -> None:
    one_line = ayrshare_env["AYRSHARE_PRIVATE_KEY"].replace("\n", "\\n")
    shop = create_shop(Ayrshare({**ayrshare_env, "AYRSHARE_PRIVATE_KEY": one_line}), SECRET)

    url = shop.test_client().get("/customers/ann/connect").location

    assert ayrshare.open(url).networks


def test_a_signed_webhook_is_believed(
    ayrshare: fakeayr.Account, customer: FlaskClient, webhook_url: str
) -> None:
    ayrshare.register_webhook("social", webhook_url, SECRET)
    page = ayrshare.open(customer.get("/customers/ann/connect").location)

    page.allow("facebook", displayName="Café Ann").allow("tiktok").unlink("facebook")

    assert [webhook.state for webhook in ayrshare.webhooks] == ["delivered"] * 3
    assert customer.get("/customers/ann/known").json == {"linked": ["tiktok"]}


def test_while_the_secret_rotates_webhooks_are_still_believed(
    ayrshare: fakeayr.Account, customer: FlaskClient, webhook_url: str
) -> None:
    ayrshare.register_webhook("social", webhook_url, SECRET)
    ayrshare.primary.rotate_webhook_secret("the-next-secret")
    ayrshare.open(customer.get("/customers/ann/connect").location).allow("facebook")

    assert [webhook.state for webhook in ayrshare.webhooks] == ["delivered"]
    assert customer.get("/customers/ann/known").json == {"linked": ["facebook"]}


def test_a_webhook_with_another_secret_is_nobodys(
    ayrshare: fakeayr.Account, customer: FlaskClient, webhook_url: str
) -> None:
    ayrshare.register_webhook("social", webhook_url, "somebody-elses-secret")
    ayrshare.open(customer.get("/customers/ann/connect").location).allow("facebook")

    assert [webhook.attempts[0].status for webhook in ayrshare.webhooks] == [403]
    assert customer.get("/customers/ann/known").json == {"linked": []}


def test_a_rate_limit_is_not_hammered(ayrshare: fakeayr.Account, customer: FlaskClient) -> None:
    ayrshare.rate_limit(path="/profiles", times=None)

    answer = customer.get("/customers/ann/connect")

    assert answer.status_code == 503
    ayrshare.assert_called("POST", "/profiles", times=1)


def test_a_failing_ayrshare_is_told_kindly(
    ayrshare: fakeayr.Account, customer: FlaskClient
) -> None:
    ayrshare.fail_next(500, path="/profiles/generateJWT")

    assert customer.get("/customers/ann/connect").status_code == 502
    assert customer.get("/customers/ann/connect").status_code == 302


def test_two_customers_never_see_each_others_accounts(
    ayrshare: fakeayr.Account, customer: FlaskClient, shop: Flask
) -> None:
    ayrshare.open(customer.get("/customers/ann/connect").location).allow("facebook")

    assert customer.get("/customers/bob/connected").json == {"linked": []}
