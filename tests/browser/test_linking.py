"""Networks linked, refused and unlinked in a browser; API, webhooks and control surface agree."""

from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Route, expect

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.web import development
from tests.browser.people import Integrator, Person
from tests.support.accounts import Account
from tests.support.receivers import deliveries
from tests.support.servers import development_headers, serving


def linked(account: Account, profile_key: str) -> list[str]:
    """What GET /user says is linked."""
    user = account.get("/api/user", profile_key=profile_key).get_json()
    names: list[str] = user.get("activeSocialAccounts", [])
    return names


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_every_network_can_be_refused_linked_and_unlinked(
    person: Person, account: Account, profile_key: str, network: Any
) -> None:
    name = network.display_name
    person.opens(account.generate_jwt(profile_key).get_json()["url"])
    person.refuses(name)
    person.sees_notice(f"{name} was not linked: you cancelled.")
    expect(person.row(name)).to_contain_text("Not linked")
    person.links(name)
    person.sees_notice(f"{name} is linked.")
    expect(person.row(name)).to_contain_text("Linked as ")
    assert linked(account, profile_key) == [network.name]
    person.clicks(f"Unlink {name}")
    person.sees_notice(f"{name} is not linked any more.")
    assert linked(account, profile_key) == []


def test_the_whole_walk(
    person: Person, account: Account, profile_key: str, integrator: Integrator
) -> None:
    order = {"action": "social", "url": integrator.webhook(), "secret": "a-secret"}
    assert account.post("/api/hook/webhook", json=order).status_code == 200
    back = integrator.page("/back", "Welcome back to ACME")
    person.opens(account.generate_jwt(profile_key, redirect=back).get_json()["url"])
    person.sees_heading('Social Accounts for "Mia\'s Bakery"')

    for name in ("Facebook", "Bluesky", "LinkedIn"):
        person.links(name)
        person.sees_notice(f"{name} is linked.")
    person.refuses("TikTok")
    person.clicks("Unlink Facebook")
    person.sees_notice("Facebook is not linked any more.")
    person.clicks("All Done")
    person.page.wait_for_url(back)
    person.sees_heading("Welcome back to ACME")

    user = account.get("/api/user", profile_key=profile_key).get_json()
    assert user["activeSocialAccounts"] == ["bluesky", "linkedin"]
    names = {entry["platform"]: entry["displayName"] for entry in user["displayNames"]}
    assert names == {"bluesky": "mia.example", "linkedin": "Mia's Bakery"}

    sent = deliveries(account)
    changes = [
        ("link", "facebook"),
        ("link", "bluesky"),
        ("link", "linkedin"),
        ("unlink", "facebook"),
    ]
    heard = integrator.deliveries()
    assert sorted((event["type"], event["platform"]) for event in heard) == sorted(changes)
    assert {event["source"] for event in heard} == {"user"}
    assert [delivery["state"] for delivery in sent] == ["delivered"] * 4
    assert all(headers["X-Authorization-Content-SHA256"] for headers in integrator.headers())
    assert person.errors == []
    assert person.outsiders == []


def test_the_walk_from_the_printed_address(
    person: Person, integrator: Integrator, tmp_path: Path
) -> None:
    back = integrator.page("/back", "Welcome back to ACME")
    with serving(folder=tmp_path) as served:
        person.opens(f"{served.said('Linking page')}?redirect={back}")
        person.sees_heading('Social Accounts for "Development Profile"')
        for name in ("Facebook", "Telegram", "X"):
            person.links(name)
        person.refuses("Reddit")
        person.clicks("Unlink X")
        person.clicks("All Done")
        person.sees_heading("Welcome back to ACME")
        headers = development_headers() | {"Profile-Key": development.PROFILE_KEY}
        user = requests.get(f"{served.url}/api/user", headers=headers, timeout=20).json()
    assert user["activeSocialAccounts"] == ["facebook", "telegram"]


def test_a_consent_can_go_wrong(person: Person, account: Account, profile_key: str) -> None:
    person.opens(account.generate_jwt(profile_key).get_json()["url"])
    person.clicks("Link Instagram")
    expect(person.page.get_by_label("There is no page or business account")).to_be_hidden()
    person.page.get_by_text("What should happen?").click()
    person.photographs("consent-scenarios")
    person.page.get_by_label("There is no page or business account").check()
    person.clicks("Allow")
    text = "Instagram was not linked. Instagram authorization error. "
    person.sees_notice(f"{text}A business or creator account is required.", role="alert")
    person.photographs("grid-error")


def test_what_a_network_insists_on_is_asked_for(
    person: Person, account: Account, profile_key: str
) -> None:
    person.opens(account.generate_jwt(profile_key).get_json()["url"])
    person.clicks("Link Bluesky")
    person.clicks_and_stays("Allow")
    expect(person.page.get_by_label("Handle")).to_be_focused()
    person.page.get_by_label("Handle").fill("mia.example")
    person.clicks_and_stays("Allow")
    expect(person.page.get_by_label("App password")).to_be_focused()
    assert linked(account, profile_key) == []


def test_a_second_click_sends_no_second_form(
    person: Person, account: Account, profile_key: str
) -> None:
    person.opens(account.generate_jwt(profile_key).get_json()["url"])
    person.clicks("Link Facebook")
    forms: list[Route] = []

    def hold(route: Route) -> None:
        forms.append(route)

    person.page.route("**/_page/consent/facebook", hold)
    click_twice = """async () => {
      const allow = document.querySelector("[value=allow]");
      allow.click();
      await new Promise((resolve) => setTimeout(resolve, 100));
      allow.click();
    }"""
    person.page.evaluate(click_twice)
    while not forms:
        person.page.wait_for_timeout(10)
    forms[0].continue_()
    person.sees_notice("Facebook is linked.")
    assert len(forms) == 1


def test_a_consent_that_was_answered_is_not_asked_again(
    person: Person, account: Account, profile_key: str
) -> None:
    person.opens(account.generate_jwt(profile_key).get_json()["url"])
    person.links("Facebook")
    person.sees_notice("Facebook is linked.")
    person.page.go_back()
    person.sees_notice("Facebook: this consent was answered already.")
    person.page.reload()
    expect(person.row("Facebook")).to_contain_text("Linked as Mia's Bakery")


def test_x_names_the_integrators_app(person: Person, account: Account, profile_key: str) -> None:
    account.post("/_fakeayr/x-apps", json={"apiKey": "key", "name": "ACME Poster"})
    app = {"twitterApiKey": "key", "twitterApiSecret": "secret"}
    person.opens(account.generate_jwt(profile_key, **app).get_json()["url"])
    person.clicks("Link X")
    person.sees_heading("ACME Poster wants to use your X account")
    person.photographs("consent-x-app")
    person.clicks("Allow")
    person.sees_notice("X is linked.")


def test_x_refuses_an_app_whose_callbacks_are_not_approved(
    person: Person, account: Account, profile_key: str
) -> None:
    account.post("/_fakeayr/x-apps", json={"apiKey": "key", "callbackApproved": False})
    app = {"twitterApiKey": "key", "twitterApiSecret": "secret"}
    person.opens(account.generate_jwt(profile_key, **app).get_json()["url"])
    person.clicks("Link X")
    person.sees("Callback URL not approved")
    person.photographs("refused-callback")
    person.page.get_by_role("link", name="Back").click()
    person.sees_heading('Social Accounts for "Mia\'s Bakery"')
