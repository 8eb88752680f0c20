"""The dashboard: what a person sees and does on it, while an application uses the fake."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from playwright.sync_api import expect

from tests.browser.people import Integrator, Person
from tests.support.accounts import Account
from tests.support.clock import ManualClock
from tests.support.posts import decide

DESKTOP: Final[dict[str, Any]] = {"viewport": {"width": 1280, "height": 860}, "timezone_id": "UTC"}
PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 390, "height": 844},
    "timezone_id": "UTC",
    "has_touch": True,
    "is_mobile": True,
}
PAGES: Final = (
    *("now", "requests", "advice", "profiles", "posts", "webhooks", "emails", "clock", "accounts"),
)
HOSTILE: Final = "<img src=x onerror=\"document.title='taken'\"><script>alert(1)</script>"

People = Callable[..., Person]


@pytest.fixture
def looker(new_person: People) -> Person:
    """Somebody at a desktop who has permission to copy."""
    return new_person(**DESKTOP, permissions=["clipboard-read", "clipboard-write"])


@pytest.fixture
def story(
    dev: Account, clock: ManualClock, integrator: Integrator, new_person: People, server: str
) -> Account:
    """A working day: posts, webhooks, an e-mail, and a linking flow that fails at the end."""
    anna = dev.create_profile("Anna Writes")["profileKey"]
    mia = dev.create_profile("Mia's Bakery")["profileKey"]
    for action in ("social", "scheduled"):
        dev.post(
            "/api/hook/webhook",
            json={"action": action, "url": integrator.webhook(), "secret": "correct-horse"},
        )
    for key, networks in ((anna, ("linkedin", "bluesky")), (mia, ("instagram", "facebook", "gmb"))):
        for network in networks:
            clock.advance(seconds=7)
            dev.link(network, key)
    clock.advance(minutes=11)
    dev.post(
        "/api/post",
        json={"post": "What I learned in ten years of writing", "platforms": ["linkedin"]},
        profile_key=anna,
    )
    decide(dev, "fail", platform="instagram")
    clock.advance(minutes=3)
    dev.post(
        "/api/post",
        json={
            "post": "Fresh sourdough from seven o'clock",
            "platforms": ["facebook", "instagram", "gmb"],
            "mediaUrls": ["https://bakery.example/sourdough.jpg"],
        },
        profile_key=mia,
    )
    for text, day in (("Closed on Monday", "03"), ("Apple cake is back", "05")):
        clock.advance(seconds=20)
        dev.post(
            "/api/post",
            json={
                "post": text,
                "platforms": ["facebook"],
                "scheduleDate": f"2022-11-{day}T08:00:00Z",
            },
            profile_key=mia,
        )
    clock.advance(minutes=6)
    dev.get("/api/user", profile_key=mia)
    clock.advance(seconds=40)
    key = dev.private_key.replace("\n", " ")
    made = dev.generate_jwt(anna, privateKey=key).get_json()
    clock.advance(seconds=8)
    new_person().opens(made["url"])
    return dev


def opens(person: Person, server: str, page: str = "now", query: str = "") -> None:
    """Opens a page of the dashboard and waits until it shows data."""
    person.opens(f"{server}/_fakeayr/#/{page}{query}")
    expect(person.page.locator("#live-text")).to_have_text("live")
    expect(person.page.locator("main h1")).to_be_visible()


def test_a_failing_linking_flow_is_seen_at_once(
    looker: Person, new_person: People, server: str, story: Account
) -> None:
    looker.opens(f"{server}/")
    page = looker.page
    expect(page.locator(".advice.worst h2")).to_contain_text("key")
    expect(page.locator(".advice.worst")).to_contain_text("certain")
    rail = page.get_by_role("list", name="Linking, step by step")
    expect(rail.get_by_role("listitem")).to_have_count(7)
    expect(rail.locator("[data-state=bad]")).to_have_count(1)
    expect(rail.locator("[data-state=bad]")).to_contain_text("Page opened: failed")
    expect(rail.locator("[data-state=bad]")).to_contain_text("answered 401")
    looker.photographs("dashboard-light")
    dark = new_person(**DESKTOP, color_scheme="dark")
    opens(dark, server)
    dark.photographs("dashboard-dark")
    phone = new_person(**PHONE)
    opens(phone, server)
    phone.photographs("dashboard-phone")
    width = phone.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    assert looker.errors + dark.errors + phone.errors == []
    assert looker.outsiders == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("options", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_is_accessible_and_fits(
    new_person: People, server: str, story: Account, scheme: str, options: dict[str, Any]
) -> None:
    person = new_person(**options, color_scheme=scheme)
    for name in PAGES:
        opens(person, server, name)
        person.page.wait_for_function(
            "title => document.title.startsWith(title)",
            arg=person.page.locator("nav [aria-current]").evaluate("it => it.firstChild.data"),
        )
        device = "phone" if options is PHONE else "desktop"
        person.photographs(f"dashboard-{name}-{device}-{scheme}")
        assert person.stumbles() == [], name
        first = person.page.locator("a.item").first
        if first.count() and name != "now":
            first.click()
            expect(person.page.locator(".detail")).to_be_visible()
            person.photographs(f"dashboard-{name}-detail-{device}-{scheme}")
            assert person.stumbles() == [], name
        width = person.page.evaluate("document.documentElement.scrollWidth")
        assert width <= options["viewport"]["width"], name
    assert person.errors == []
