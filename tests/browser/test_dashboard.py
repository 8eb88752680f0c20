"""The dashboard: what a person sees and does on it, while an application uses the fake."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from playwright.sync_api import expect

from fakeayr.serving.thread import run_in_thread
from fakeayr.web import development
from fakeayr.web.config import Config
from tests.browser.people import Integrator, Person
from tests.support.accounts import Account
from tests.support.apps import NewApp
from tests.support.clock import ManualClock
from tests.support.key_source import BorrowedKeys
from tests.support.posts import decide
from tests.support.receivers import closed_port, deliveries

DESKTOP: Final[dict[str, Any]] = {"viewport": {"width": 1280, "height": 860}, "timezone_id": "UTC"}
PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 390, "height": 844},
    "timezone_id": "UTC",
    "has_touch": True,
    "is_mobile": True,
}
PAGES: Final = {
    "now": "Now",
    "requests": "Requests",
    "advice": "Advice",
    "profiles": "Profiles",
    "posts": "Posts",
    "webhooks": "Webhooks",
    "emails": "E-mails",
    "clock": "Clock and faults",
    "accounts": "Accounts",
}
EMAIL: Final = {
    "to": "mia@bakery.example",
    "contactEmail": "help@acme.example",
    "company": "ACME",
    "termsUrl": "https://acme.example/terms",
    "privacyUrl": "https://acme.example/privacy",
    "expiresIn": 60,
}
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
            deliveries(dev)
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
    dev.generate_jwt(mia, email=EMAIL)
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
    expect(person.page.locator("main h1")).to_have_text(PAGES[page])


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
        device = "phone" if options is PHONE else "desktop"
        person.photographs(f"dashboard-{name}-{device}-{scheme}")
        assert person.stumbles() == [], name
        first = person.page.locator(".list a.item").first
        if first.count():
            first.click()
            expect(person.page.locator(".detail")).to_be_visible()
            person.photographs(f"dashboard-{name}-detail-{device}-{scheme}")
            assert person.stumbles() == [], name
        width = person.page.evaluate("document.documentElement.scrollWidth")
        assert width <= options["viewport"]["width"], name
    assert person.errors == []


def test_what_comes_is_shown_at_once_but_a_list_that_is_read_does_not_move(
    looker: Person, server: str, dev: Account
) -> None:
    dev.get("/api/user")
    opens(looker, server, "requests")
    rows = looker.page.locator("a.item")
    expect(rows).to_have_count(1)
    dev.get("/api/profiles")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("/profiles")
    rows.last.click()
    expect(looker.page.locator(".detail h2").first).to_contain_text("/api/user")
    dev.get("/api/user")
    dev.post("/api/profiles", json={"title": "Ann"})
    expect(looker.button("2 new").or_(looker.button("3 new"))).to_be_visible()
    expect(rows).to_have_count(2)
    looker.page.locator(".news").click()
    expect(rows).to_have_count(4)
    expect(looker.page.get_by_role("status")).to_contain_text("new request")


def test_the_state_of_being_live_is_shown_and_can_be_paused(
    looker: Person, server: str, dev: Account
) -> None:
    opens(looker, server, "requests")
    looker.page.get_by_role("button", name="live. Pause").click()
    expect(looker.page.locator("#live-text")).to_have_text("paused")
    dev.get("/api/user")
    looker.page.get_by_role("button", name="Paused. Go on").click()
    expect(looker.page.locator("a.item")).to_have_count(1)
    looker.page.route("**/_fakeayr/changes*", lambda route: route.abort())
    expect(looker.page.locator("#live-text")).to_have_text("fake has gone, trying again")
    looker.page.unroute("**/_fakeayr/changes*")
    expect(looker.page.locator("#live-text")).to_have_text("live")


def test_the_keyboard_is_enough(looker: Person, server: str, dev: Account) -> None:
    for path in ("/api/user", "/api/profiles", "/api/history"):
        dev.get(path)
    opens(looker, server, "requests")
    page = looker.page
    page.keyboard.press("Escape")
    page.locator("a.item").first.focus()
    page.keyboard.press("Enter")
    heading = page.locator(".detail h2").first
    expect(heading).to_contain_text("/api/history")
    page.keyboard.press("ArrowDown")
    expect(heading).to_contain_text("/api/profiles")
    expect(page.locator("a.item:focus")).to_contain_text("/profiles")
    page.keyboard.press("Escape")
    expect(page.locator(".detail")).to_have_count(0)
    expect(page.locator("a.item:focus")).to_contain_text("/profiles")
    page.go_back()
    expect(page.locator(".detail")).to_have_count(1)


def test_requests_are_filtered_and_the_url_keeps_it(
    looker: Person, server: str, dev: Account
) -> None:
    dev.get("/api/user")
    wrong = {"Authorization": "Bearer WRONG"}
    dev.client.get("/api/user", headers=wrong)
    dev.post("/api/profiles", json={"title": "Ann"})
    opens(looker, server, "requests")
    rows = looker.page.locator("a.item")
    expect(rows).to_have_count(3)
    looker.page.get_by_label("Status").select_option("4xx")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("no account's API key")
    looker.page.reload()
    expect(rows).to_have_count(1)
    looker.page.get_by_label("Status").select_option("any")
    looker.page.get_by_label("Text").press_sequentially("Ann")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("POST")
    assert looker.page.get_by_label("Text").input_value() == "Ann"


def test_a_request_is_copied_as_curl_without_secrets_and_can_be_made_to_fail(
    looker: Person, server: str, dev: Account
) -> None:
    key = dev.create_profile("Ann")["profileKey"]
    made = dev.generate_jwt(key).get_json()
    opens(looker, server, "requests")
    looker.page.locator("a.item").first.click()
    looker.clicks_and_stays("Copy as curl")
    expect(looker.page.locator("#toast")).to_have_text("Copied.")
    copied = looker.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("curl -X POST \"$AYRSHARE_BASE_URL\"'/profiles/generateJWT'")
    assert '"Authorization: Bearer $AYRSHARE_API_KEY"' in copied
    assert '--data-urlencode "privateKey=$AYRSHARE_PRIVATE_KEY"' in copied
    assert '--data-urlencode "profileKey=$AYRSHARE_PROFILE_KEY"' in copied
    for secret in (dev.api_key, key, made["token"]):
        assert secret not in copied
    looker.clicks_and_stays("Fail this call next time")
    expect(looker.page.locator("#toast")).to_contain_text("fails once")
    assert dev.generate_jwt(key).status_code == 500
    assert dev.generate_jwt(key).status_code == 200


def test_profiles_are_linked_unlinked_and_opened(looker: Person, server: str, dev: Account) -> None:
    key = dev.create_profile("Anna Writes")["profileKey"]
    opens(looker, server, "profiles")
    page = looker.page
    page.locator("a.item", has_text="Anna Writes").click()
    page.get_by_label("Network").select_option("facebook")
    command = f"fakeayr link facebook --profile 'Anna Writes' --url {server}"
    expect(page.locator("form .line code")).to_have_text(command)
    looker.clicks_and_stays("Link now")
    expect(page.locator(".chip")).to_contain_text("Facebook")
    expect(page.locator("#toast")).to_have_text(f"Facebook is linked.{command}")
    linked = dev.get("/api/user", profile_key=key).get_json()["activeSocialAccounts"]
    assert linked == ["facebook"]
    page.get_by_role("button", name="let expire facebook").click()
    expect(page.locator(".chip")).to_contain_text("until")
    page.get_by_role("button", name="revoke facebook").click()
    expect(page.locator(".chip")).to_have_count(0)
    with page.context.expect_page() as opening:
        looker.clicks_and_stays("Open the linking page")
    heading = opening.value.get_by_role("heading", level=1)
    expect(heading).to_have_text('Social Accounts for "Anna Writes"')


def test_time_passes_and_faults_are_switched_on(looker: Person, server: str, dev: Account) -> None:
    opens(looker, server, "clock")
    looker.clicks_and_stays("+1 day")
    expect(looker.page.locator("#offset")).to_have_text("+1 d")
    looker.page.get_by_label("Path below /api").fill("/user")
    looker.clicks_and_stays("Switch on")
    expect(looker.page.get_by_text("1 of 1 left")).to_be_visible()
    assert dev.get("/api/user").status_code == 500
    assert dev.get("/_fakeayr/clock").get_json()["offset"] == 86_400


def test_a_signature_is_explained_and_a_secret_is_checked_in_the_browser(
    looker: Person, server: str, dev: Account, integrator: Integrator
) -> None:
    hook = {"action": "social", "url": integrator.webhook(), "secret": "correct-horse"}
    dev.post("/api/hook/webhook", json=hook)
    dev.link("facebook")
    deliveries(dev)
    opens(looker, server, "webhooks")
    looker.page.locator("a.item").first.click()
    (headers,) = integrator.headers()
    signature = headers["X-Authorization-Content-SHA256"]
    expect(looker.page.get_by_text(signature)).to_be_visible()
    secret = looker.page.get_by_label("Does your secret fit?")
    for typed, verdict in (
        ("correct-horse", "It fits."),
        ("correct-horse ", "It fits without the blanks around it."),
        ("wrong", "this one has 5 characters, the registered one 13."),
    ):
        secret.fill(typed)
        looker.clicks_and_stays("Check")
        expect(looker.page.locator("main [role=status]")).to_contain_text(verdict)
    looker.clicks_and_stays("Send again")
    expect(looker.page.locator(".timeline li")).to_have_count(2)
    assert len(integrator.deliveries()) == 2


def test_a_receiver_is_sent_wrong_deliveries(
    looker: Person, server: str, dev: Account, integrator: Integrator
) -> None:
    hook = {"action": "social", "url": integrator.webhook(), "secret": "correct-horse"}
    dev.post("/api/hook/webhook", json=hook)
    dev.link("facebook")
    deliveries(dev)
    opens(looker, server, "webhooks")
    looker.page.locator("a.item").first.click()
    looker.clicks_and_stays("Send wrong ones")
    report = looker.page.locator("section", has_text="Right and wrong deliveries").last
    unsigned = report.get_by_role("listitem").filter(has_text="a delivery without a signature")
    expect(unsigned).to_contain_text("it should refuse it")
    expect(report.locator("li.good").first).to_contain_text("a right delivery")
    advised = looker.page.get_by_text("takes a delivery without a signature")
    expect(advised).to_be_visible()
    assert len(integrator.deliveries()) == 14
    looker.photographs("dashboard-webhooks-probed")
    assert looker.stumbles() == []


def test_each_action_names_what_does_the_same_in_a_terminal(
    looker: Person, server: str, dev: Account
) -> None:
    dev.create_profile("Mia's Bakery")
    opens(looker, server, "clock")
    looker.page.get_by_text("In a terminal").click()
    lines = looker.page.locator(".terminal .line code")
    expect(lines.first).to_have_text(f"fakeayr clock +1m --url {server}")
    looker.page.get_by_role("button", name="copy POST /clock as curl").first.click()
    expect(looker.page.locator("#toast")).to_have_text("Copied.")
    assert looker.page.evaluate("navigator.clipboard.readText()") == (
        "curl -X POST \"$AYRSHARE_BASE_URL\"'/../_fakeayr/clock' \\\n"
        '  -H "Authorization: Bearer $AYRSHARE_API_KEY" \\\n'
        "  --json '{\"advance\":60}'"
    )
    looker.page.get_by_label("Path below /api").fill("/user tags")
    looker.page.get_by_role("combobox", name="Kind").select_option("reset")
    faults = looker.page.locator("form", has_text="Switch on").locator(".line code")
    expect(faults).to_have_text(
        f"fakeayr fail --kind reset --path '/user tags' --next 1 --url {server}"
    )
    opens(looker, server, "profiles")
    looker.page.locator("a.item", has_text="Bakery").click()
    line = looker.page.locator("form .line code")
    expect(line).to_contain_text("--profile 'Mia'\\''s Bakery'")


def test_a_form_that_is_being_filled_in_stays(looker: Person, server: str, dev: Account) -> None:
    opens(looker, server, "clock")
    path = looker.page.get_by_label("Path below /api")
    path.fill("/user")
    looker.page.get_by_role("heading", name="Clock and faults").click()
    dev.get("/api/user")
    expect(looker.button("1 new")).to_be_visible()
    expect(path).to_have_value("/user")


def test_long_lists_show_their_latest_rows_first(looker: Person, server: str, dev: Account) -> None:
    for _ in range(205):
        dev.get("/api/user")
    opens(looker, server, "requests")
    rows = looker.page.locator(".list a.item")
    expect(rows).to_have_count(200)
    looker.page.get_by_role("link", name="Show all 205").click()
    expect(rows).to_have_count(205)
    looker.page.reload()
    expect(rows).to_have_count(205)


def test_an_account_that_is_used_is_found_from_one_that_is_not(
    looker: Person, server: str, account: Account
) -> None:
    opens(looker, server)
    expect(looker.page.get_by_text("Three steps")).to_be_visible()
    account.get("/api/user")
    looker.page.get_by_role("link", name=account.domain).click()
    expect(looker.page.locator("a.item", has_text="/user")).to_be_visible()
    opens(looker, server, "accounts")
    used = looker.page.locator(f"a.item[href*='{account.ref_id}']")
    expect(used).to_contain_text("requests 1")


def test_another_fake_at_the_same_address_is_noticed(
    looker: Person, new_app: NewApp, clock: ManualClock, keys: BorrowedKeys
) -> None:
    port = closed_port()
    for path in ("/user", "/profiles"):
        app = new_app(Config(), clock=clock, keys=keys)
        with run_in_thread(app, port=port) as url:
            headers = {"Authorization": f"Bearer {development.API_KEY}"}
            app.test_client().get(f"/api{path}", headers=headers)
            if path == "/user":
                opens(looker, url, "requests")
            rows = looker.page.locator("a.item")
            expect(rows).to_have_count(1)
            expect(rows).to_contain_text(path)
        expect(looker.page.locator("#live-text")).to_have_text("fake has gone, trying again")
        looker.clicks_and_stays("+5 min")
        expect(looker.page.locator("#toast")).to_have_text("The fake does not respond.")


def test_hostile_texts_stay_texts(
    looker: Person, server: str, dev: Account, integrator: Integrator
) -> None:
    key = dev.create_profile(HOSTILE)["profileKey"]
    hook = {"action": "social", "url": integrator.webhook()}
    dev.post("/api/hook/webhook", json=hook)
    dev.link("facebook", key, displayName=HOSTILE)
    post = {"post": HOSTILE, "platforms": ["facebook"]}
    dev.post("/api/post", json=post, profile_key=key)
    dev.post("/api/profiles", json={"title": "x", HOSTILE: HOSTILE})
    dev.generate_jwt(key, email={**EMAIL, "company": HOSTILE})
    deliveries(dev)
    for name in PAGES:
        opens(looker, server, name)
        for row in range(looker.page.locator("main > .split a.item").count()):
            looker.page.locator("main > .split a.item").nth(row).click()
            expect(looker.page.locator(".detail")).to_be_visible()
        assert looker.page.locator("main img, main script").count() == 0, name
    opens(looker, server, "emails")
    looker.page.locator("a.item").first.click()
    frame = looker.page.frame_locator("iframe")
    expect(frame.get_by_role("link").first).to_be_visible()
    assert frame.locator("script").count() == 0
    assert "taken" not in looker.page.title()
    assert [error for error in looker.errors if "frame is sandboxed" not in error] == []
    assert looker.outsiders == []


def test_an_account_is_opened_and_its_credentials_copied(
    looker: Person, server: str, dev: Account
) -> None:
    opens(looker, server, "accounts")
    looker.clicks_and_stays("as JSON")
    expect(looker.page.locator("#toast")).to_have_text("Copied.")
    assert looker.page.evaluate("async () => JSON.parse(await navigator.clipboard.readText())") == {
        "AYRSHARE_BASE_URL": f"{server}/api",
        "AYRSHARE_API_KEY": dev.api_key,
        "AYRSHARE_DOMAIN": dev.domain,
        "AYRSHARE_PRIVATE_KEY": dev.private_key,
    }
    looker.clicks_and_stays("Open an account")
    expect(looker.page.locator("#account option")).to_have_count(2)
    expect(looker.page.get_by_text(dev.api_key)).to_have_count(0)


def test_the_dashboards_own_calls_are_not_in_the_journal(
    looker: Person, server: str, dev: Account
) -> None:
    looker.opens(f"{server}/")
    expect(looker.page).to_have_url(f"{server}/_fakeayr/")
    for name in PAGES:
        opens(looker, server, name)
    assert dev.requests() == []


def test_with_reduced_motion_nothing_moves(new_person: People, server: str) -> None:
    person = new_person(**DESKTOP, reduced_motion="reduce")
    opens(person, server)
    person.page.get_by_role("button", name="+5 min").click()
    expect(person.page.locator("#toast")).to_be_visible()
    assert person.page.evaluate("document.getAnimations().length") == 0


def test_a_post_that_one_network_refused(looker: Person, server: str, story: Account) -> None:
    opens(looker, server, "posts")
    looker.page.locator("a.item", has_text="Fresh sourdough").click()
    detail = looker.page.locator(".detail")
    refused = detail.locator("section", has_text="Instagram")
    expect(refused).to_contain_text("error")
    expect(refused).to_contain_text("Instagram refused the post.")
    expect(detail.locator("section", has_text="Facebook")).to_contain_text("postUrl")
    looker.photographs("dashboard-posts-refused")


def test_the_control_token_is_asked_for_once(
    new_app: NewApp, clock: ManualClock, keys: BorrowedKeys, new_person: People
) -> None:
    app = new_app(Config(control_token="s3cr-t"), clock=clock, keys=keys)
    with run_in_thread(app) as url:
        person = new_person(**DESKTOP)
        person.opens(f"{url}/_fakeayr/")
        person.page.get_by_role("textbox", name="Token").fill("wrong")
        person.clicks_and_stays("Go on")
        expect(person.page.get_by_text("That is not the token.")).to_be_visible()
        person.photographs("dashboard-token")
        assert person.stumbles() == []
        person.page.get_by_role("textbox", name="Token").fill("s3cr-t")
        person.page.keyboard.press("Enter")
        expect(person.page.locator("#live-text")).to_have_text("live")
        person.page.reload()
        expect(person.page.locator("#live-text")).to_have_text("live")
        expect(person.page.get_by_role("dialog")).to_have_count(0)
        assert person.page.evaluate("document.cookie") == ""
        person.leaves()


def test_a_linking_flow_that_succeeds_comes_to_its_last_station(
    looker: Person, new_person: People, server: str, dev: Account, integrator: Integrator
) -> None:
    key = dev.create_profile("Anna Writes")["profileKey"]
    opens(looker, server)
    stations = looker.page.get_by_role("list", name="Linking, step by step").get_by_role("listitem")
    hook = {"action": "social", "url": integrator.webhook(), "secret": "correct-horse"}
    dev.post("/api/hook/webhook", json=hook)
    url = dev.generate_jwt(key).get_json()["url"]
    expect(stations.locator("nth=2")).to_contain_text("URL made: done")
    expect(stations.locator("nth=3")).to_contain_text("Page opened: not yet")
    customer = new_person()
    customer.opens(url)
    expect(stations.locator("nth=3")).to_contain_text("Page opened: done")
    customer.clicks("Link Facebook")
    expect(stations.locator("nth=4")).to_contain_text("Consent: under way")
    customer.clicks("Allow")
    expect(stations.locator("nth=5")).to_contain_text("Linked: done")
    expect(stations.locator("nth=6")).to_contain_text("Webhook: done")
    expect(looker.page.get_by_text("There is nothing to mend.")).to_be_visible()


@pytest.mark.parametrize(
    ("change", "station"),
    [
        ({"api_key": "WRONG"}, "API key"),
        ({"profile_key": "undefined"}, "Profile"),
        ({"private_key": "undefined"}, "URL made"),
    ],
    ids=["api key", "profile", "url"],
)
def test_the_station_at_which_a_flow_fails(
    looker: Person, server: str, dev: Account, change: dict[str, str], station: str
) -> None:
    key = dev.create_profile("Anna Writes")["profileKey"]
    body = {
        "domain": dev.domain,
        "privateKey": change.get("private_key", dev.private_key),
        "profileKey": change.get("profile_key", key),
    }
    headers = {"Authorization": f"Bearer {change.get('api_key', dev.api_key)}"}
    dev.client.post("/api/profiles/generateJWT", json=body, headers=headers)
    opens(looker, server)
    failed = looker.page.locator(".station[data-state=bad]")
    expect(failed).to_have_count(1)
    expect(failed).to_contain_text(f"{station}: failed")
    looker.photographs(f"dashboard-fails-at-{station.replace(' ', '-').lower()}")
