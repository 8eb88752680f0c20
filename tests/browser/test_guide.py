"""What `docs/linking-page.md` tells integrators: its examples run, and its names are the page's."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.domain.consents import SCENARIOS, ConsentOutcome
from fakeayr.page import forms
from tests.browser.people import Integrator, Person, Shop, clicks_the_last
from tests.support.accounts import Account

GUIDE = (Path(__file__).parents[2] / "docs/linking-page.md").read_text("utf-8")
WORDS = " ".join(GUIDE.split())


def example(language: str) -> str:
    """The guide's example in a language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    return str(found)


def test_the_example_for_browser_tests(person: Person, account: Account, profile_key: str) -> None:
    names: dict[str, Any] = {}
    exec(example("python"), names)
    names["link_facebook"](person.page, account.generate_jwt(profile_key).get_json()["url"])
    person.sees("You can close this tab.")
    user = account.get("/api/user", profile_key=profile_key).get_json()
    assert user["activeSocialAccounts"] == ["facebook"]


def test_the_example_for_popups(
    person: Person, account: Account, profile_key: str, integrator: Integrator, server: str
) -> None:
    body = {"origin": integrator.origin, "mode": "connect", "network": "facebook"}
    session = account.post("/api/profiles/link-sessions", json=body, profile_key=profile_key)
    person.opens(integrator.shop(session.get_json()["url"]))
    person.page.evaluate(example("js").replace("AYRSHARE_ORIGIN", f'"{server}"'))
    popup = Shop(person).opens_popup()
    clicks_the_last(popup, "Allow")
    person.page.wait_for_function("linked.length === 1")
    assert person.page.evaluate("linked") == ["facebook"]


def test_the_buttons_that_the_guide_names_are_on_the_page(
    person: Person, account: Account, profile_key: str
) -> None:
    (listed,) = re.findall(r"`NETWORK` is one of (.*?)\.", WORDS)
    names = listed.split(", ")
    person.opens(account.generate_jwt(profile_key).get_json()["url"])
    expect(person.page.get_by_role("button")).to_have_count(len(names) + 2)
    for name in [f"Link {network}" for network in names] + ["All Done"]:
        expect(person.button(name)).to_have_count(1)
    for name in re.findall(r"`(Your logo: .*?|Help .*?)`", WORDS):
        expect(person.page.get_by_label(name).or_(person.page.get_by_text(name))).to_be_visible()


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_the_guide_names_every_field_and_choice(network: Any) -> None:
    for field in forms.list_fields(network):
        for label in [label for _, label in field.choices] or [field.label]:
            assert f"`{label}`" in WORDS


def test_the_guide_names_every_end_of_a_consent() -> None:
    for outcome, label in SCENARIOS.items():
        assert outcome is ConsentOutcome.ALLOW or f"`{label}`" in WORDS
