"""The shop's tests: no mocks, one fixture."""

import base64
import io
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
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


# Offers.

CAKE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
"""A PNG image of one pixel."""


@pytest.fixture
def ann(ayrshare: fakeayr.Account, customer: FlaskClient) -> FlaskClient:
    """A customer who has linked Facebook and LinkedIn."""
    page = ayrshare.open(customer.get("/customers/ann/connect").location)
    page.allow("facebook").allow("linkedin")
    return customer


def post(ann: FlaskClient, text: str, **form: Any) -> Any:
    """What the shop shows after ann has posted an offer."""
    return ann.post("/customers/ann/offers", data={"text": text, **form}).json


def list_offers(ann: FlaskClient) -> Any:
    """What the shop lists."""
    return ann.get("/customers/ann/offers").json


def test_an_offer_appears_on_every_network(ayrshare: fakeayr.Account, ann: FlaskClient) -> None:
    offer = post(ann, "Half price!")

    (on_facebook,) = ayrshare.assert_posted("facebook", text="Half price!")
    (on_linkedin,) = ayrshare.assert_posted("linkedin", text="Half price!")
    assert offer["ok"]
    assert offer["published"] == {"facebook": on_facebook.url, "linkedin": on_linkedin.url}
    assert list_offers(ann)["offers"] == [offer]


def test_an_offer_has_its_image(ayrshare: fakeayr.Account, ann: FlaskClient) -> None:
    post(ann, "Half price!", image=(io.BytesIO(CAKE), "cake.png"))

    (there,) = ayrshare.assert_posted("facebook")
    (uploaded,) = ayrshare.uploads
    assert [url.rpartition("/")[2] for url in there.media_urls] == [uploaded.url.rpartition("/")[2]]
    assert (uploaded.file_name, uploaded.bytes) == ("cake.png", len(CAKE))


def test_an_offer_appears_only_where_it_is_wanted(
    ayrshare: fakeayr.Account, ann: FlaskClient
) -> None:
    offer = post(ann, "Half price!", network=["linkedin"])

    ayrshare.assert_posted("linkedin", text="Half price!")
    ayrshare.assert_posted("facebook", times=0)
    assert list(offer["published"]) == ["linkedin"]


def test_a_customer_without_accounts_cannot_post(customer: FlaskClient) -> None:
    answer = customer.post("/customers/bob/offers", data={"text": "Half price!"})

    assert (answer.status_code, answer.json["code"]) == (502, 156)


def test_a_customer_without_offers_sees_none(ann: FlaskClient) -> None:
    assert list_offers(ann) == {"offers": [], "ended": {}}


def test_an_offer_that_one_network_refuses_is_not_called_fine(
    ayrshare: fakeayr.Account, ann: FlaskClient
) -> None:
    ayrshare.next_publication("fail", "linkedin", code=161)

    offer = post(ann, "Half price!")

    assert not offer["ok"]
    assert (list(offer["published"]), offer["failed"]) == (["facebook"], {"linkedin": 161})


def test_trying_again_posts_only_what_is_missing(
    ayrshare: fakeayr.Account, ann: FlaskClient
) -> None:
    ayrshare.next_publication("fail", "linkedin")
    offer = post(ann, "Half price!")

    answer = ann.post(f"/customers/ann/offers/{offer['id']}/retry")
    ayrshare.clock.advance(seconds=1)

    assert answer.status_code == 202
    for network in ("facebook", "linkedin"):
        ayrshare.assert_posted(network, text="Half price!", times=1)
    assert [one["ok"] for one in list_offers(ann)["offers"]] == [True]


def test_an_offer_whose_address_is_not_known_yet_is_shown(
    ayrshare: fakeayr.Account, ann: FlaskClient
) -> None:
    ayrshare.next_publication("pending", "linkedin")

    assert post(ann, "Half price!")["published"]["linkedin"] is None


def test_a_scheduled_offer_appears_at_its_time(ayrshare: fakeayr.Account, ann: FlaskClient) -> None:
    at = datetime.fromisoformat(ayrshare.clock.later(hours=2)).astimezone(
        timezone(timedelta(hours=-3))
    )

    offer = post(ann, "Half price!", at=at.isoformat())

    assert (offer["status"], offer["published"]) == ("scheduled", {})
    ayrshare.clock.advance(hours=1, minutes=59)
    ayrshare.assert_posted("facebook", times=0)
    ayrshare.clock.advance(minutes=1)
    ayrshare.assert_posted("facebook", text="Half price!")
    assert list_offers(ann)["offers"][0]["status"] == "success"


def test_a_deleted_offer_does_not_appear(ayrshare: fakeayr.Account, ann: FlaskClient) -> None:
    offer = post(ann, "Half price!", at=ayrshare.clock.later(hours=2))

    answer = ann.delete(f"/customers/ann/offers/{offer['id']}")
    ayrshare.clock.advance(hours=3)

    assert answer.status_code == 204
    ayrshare.assert_posted("facebook", times=0)
    assert list_offers(ann) == {"offers": [], "ended": {}}


def test_the_end_of_a_scheduled_offer_is_known_from_its_webhook(
    ayrshare: fakeayr.Account, ann: FlaskClient, webhook_url: str
) -> None:
    ayrshare.register_webhook("scheduled", webhook_url, SECRET)
    offers = [
        post(ann, text, at=ayrshare.clock.later(hours=1)) for text in ("Half price!", "Closed")
    ]
    ayrshare.next_publication("fail", "facebook")

    ayrshare.clock.advance(hours=1)

    assert [webhook.state for webhook in ayrshare.webhooks] == ["delivered"] * 2
    first, second = (one["id"] for one in offers)
    assert list_offers(ann)["ended"] == {first: "error", second: "success"}
