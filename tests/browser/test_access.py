"""For everybody: assistive technology, both colour schemes, phones, keyboards, no JavaScript."""

from collections.abc import Callable, Iterator
from typing import Final, Literal

import pytest
from playwright.sync_api import expect

from tests.browser.people import Integrator, Person
from tests.support.accounts import Account

PHONE: Final = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP: Final = {"viewport": {"width": 1280, "height": 800}}
SMALL: Final = {"viewport": {"width": 320, "height": 640}}

SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")

NewPerson = Callable[..., Person]
Way = Callable[[Person, Account, str], Iterator[str]]


def stays_within_the_screen(person: Person) -> bool:
    """Whether nothing has to be scrolled sideways."""
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(person.page.evaluate(fits))


def pages(person: Person, account: Account, profile_key: str) -> Iterator[str]:
    """Leads a person past every page, and names each when they are there."""
    account.link("linkedin", profile_key, displayName="Mia's Bakery & Sons")
    event = {"type": "near-expiry", "platform": "linkedin", "profileKey": profile_key}
    account.post("/_fakeayr/events", json=event)
    url = account.generate_jwt(profile_key).get_json()["url"]
    person.opens(url)
    person.refuses("Pinterest")
    yield "grid-cancelled"
    person.links("Facebook")
    yield "grid-linked"
    for name in ("Bluesky", "Instagram", "LinkedIn", "Telegram"):
        person.clicks(f"Link {name}")
        person.page.get_by_text("What should happen?").click()
        yield f"consent-{name.lower()}"
        person.clicks("Cancel")
    person.clicks("Link Bluesky")
    form = person.page.locator("form").filter(has=person.button("Allow"))
    form.evaluate("form => { form.noValidate = true }")
    person.clicks("Allow")
    yield "consent-incomplete"
    person.clicks("Cancel")
    person.clicks("All Done")
    yield "closed"
    person.opens(f"{url}x")
    yield "refused"
    person.opens(url.partition("?")[0] + "/_page/help")
    yield "help"


def popups(person: Person, account: Account, profile_key: str) -> Iterator[str]:
    """Leads a person past every page of connect mode."""
    body = {"mode": "connect", "network": "youtube"}
    session = account.post("/api/profiles/link-sessions", json=body, profile_key=profile_key)
    person.opens(session.get_json()["url"] + "&autoClose=false")
    person.clicks("Cancel")
    yield "connect-cancelled"
    person.links("YouTube")
    yield "connect-linked"


@pytest.mark.parametrize("way", [pages, popups])
def test_no_page_makes_anybody_stumble_in_light_or_dark(
    new_person: NewPerson, account: Account, profile_key: str, way: Way
) -> None:
    person = new_person(**DESKTOP)
    stumbles = []
    for name in way(person, account, profile_key):
        for scheme in SCHEMES:
            person.page.emulate_media(color_scheme=scheme)
            person.photographs(f"{name}-{scheme}")
            stumbles += [f"{name}, {scheme}: {stumble}" for stumble in person.stumbles()]
    assert stumbles == []
    assert person.outsiders == []


def test_the_check_finds_what_makes_people_stumble(person: Person) -> None:
    person.page.set_content('<img src="data:,"><p style="color: #aaa; background: #fff">Pale</p>')
    found = " ".join(person.stumbles())
    for rule in ("image-alt", "color-contrast", "html-has-lang"):
        assert rule in found


@pytest.mark.parametrize("way", [pages, popups])
def test_every_page_fits_a_phone(
    new_person: NewPerson, account: Account, profile_key: str, way: Way
) -> None:
    person = new_person(**PHONE)
    for name in way(person, account, profile_key):
        person.photographs(f"{name}-phone")
        assert stays_within_the_screen(person), name


def test_long_words_fit_a_small_screen(new_person: NewPerson, account: Account) -> None:
    person = new_person(**SMALL)
    long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    profile = account.create_profile(long, subHeader=long)
    account.link("gmb", profile["profileKey"], displayName=long)
    person.opens(account.generate_jwt(profile["profileKey"]).get_json()["url"])
    person.photographs("grid-long-words")
    assert stays_within_the_screen(person)
    person.clicks("Link Facebook")
    assert stays_within_the_screen(person)


def test_a_keyboard_is_enough(person: Person, account: Account, profile_key: str) -> None:
    only = {"allowedSocial": ["instagram", "reddit"]}
    person.opens(account.generate_jwt(profile_key, **only).get_json()["url"])
    keyboard = person.page.keyboard
    for control in ("Your logo: back to where you came from", "Help (opens a new tab)"):
        keyboard.press("Tab")
        expect(person.page.locator(":focus")).to_have_accessible_name(control)
    keyboard.press("Tab")
    expect(person.button("Link Instagram")).to_be_focused()
    person.photographs("grid-keyboard")
    with person.page.expect_navigation():
        keyboard.press("Enter")
    person.sees_heading("Ayrshare (fake) wants to use your Instagram account")
    keyboard.press("Tab")
    keyboard.press("ArrowDown")
    expect(person.page.get_by_label("Creator account")).to_be_checked()
    for _ in range(3):
        keyboard.press("Tab")
    expect(person.button("Allow")).to_be_focused()
    with person.page.expect_navigation():
        keyboard.press("Space")
    person.sees_notice("Instagram is linked.")
    expect(person.button("Unlink Instagram")).to_be_focused()
    for name in ("Link Reddit", "All Done"):
        keyboard.press("Tab")
        expect(person.button(name)).to_be_focused()
    with person.page.expect_navigation():
        keyboard.press("Enter")
    person.sees("You can close this tab.")


def test_focus_is_visible(person: Person, account: Account, profile_key: str) -> None:
    person.opens(account.generate_jwt(profile_key).get_json()["url"])
    person.page.keyboard.press("Tab")
    expect(person.page.locator(":focus")).to_have_css("outline-width", "3px")
    expect(person.page.locator(":focus")).to_have_css("outline-style", "solid")


def test_everything_but_popups_works_without_javascript(
    new_person: NewPerson, account: Account, profile_key: str, integrator: Integrator
) -> None:
    person = new_person(java_script_enabled=False)
    back = integrator.page("/back")
    person.opens(account.generate_jwt(profile_key, redirect=back).get_json()["url"])
    person.links("Facebook")
    person.sees_notice("Facebook is linked.")
    person.clicks("Unlink Facebook")
    person.sees_notice("Facebook is not linked any more.")
    person.clicks("All Done")
    person.page.wait_for_url(back)


def test_without_javascript_the_last_page_still_leads_on(
    new_person: NewPerson, account: Account, profile_key: str, integrator: Integrator
) -> None:
    person = new_person(java_script_enabled=False)
    back = integrator.page("/back")
    body = {"origin": integrator.origin, "redirect": back}
    answer = account.post("/api/profiles/link-sessions", json=body, profile_key=profile_key)
    person.opens(answer.get_json()["url"])
    person.clicks("All Done")
    person.page.wait_for_url(back)


def test_without_javascript_a_redirect_for_an_opener_is_a_link(
    new_person: NewPerson, account: Account, profile_key: str, integrator: Integrator
) -> None:
    person = new_person(java_script_enabled=False)
    back = integrator.page("/back") + "?origin=true"
    person.opens(account.generate_jwt(profile_key, redirect=back).get_json()["url"])
    person.clicks("All Done")
    person.photographs("closed-with-a-way-on")
    person.page.get_by_role("link", name="Go on").click()
    person.page.wait_for_url(back)


def test_a_hostile_profile_runs_nothing(person: Person, account: Account) -> None:
    hostile = "</title><script>document.title='evil'</script><img src=x onerror=alert(1)>"
    profile = account.create_profile(hostile, topHeader=hostile, subHeader=hostile)
    account.link("facebook", profile["profileKey"], displayName=hostile)
    person.opens(account.generate_jwt(profile["profileKey"]).get_json()["url"])
    person.sees_heading(hostile)
    expect(person.page).to_have_title(hostile)
    expect(person.page.locator("img")).to_have_count(0)
    assert person.errors == []
