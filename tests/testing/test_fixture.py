"""The `ayrshare` fixture itself: what a test can say with it."""

from collections.abc import Callable, Iterator

import pytest
import requests
from ayrshare import SocialPost

from fakeayr.client.api import CallRefused
from fakeayr.client.page import ButtonMissing, LinkRefused
from fakeayr.client.webhooks import is_signed
from fakeayr.testing import Account, Profile
from fakeayr.testing.environment import Environment
from fakeayr.testing.fake import FakeServer
from fakeayr.testing.receiver import WebhookReceiver

API = "https://api.ayrshare.com/api"

Call = Callable[..., requests.Response]


@pytest.fixture
def call(ayrshare: Account) -> Iterator[Call]:
    """Makes a call as an application does: `call("GET", "/user", profile=bakery)`."""
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {ayrshare.api_key}"

        def call(
            method: str, path: str, *, profile: Profile | None = None, **body: object
        ) -> requests.Response:
            key = {} if profile is None or profile.key is None else {"Profile-Key": profile.key}
            return session.request(method, API + path, json=body or None, headers=key, timeout=30)

        yield call


@pytest.fixture
def bakery(ayrshare: Account) -> Profile:
    """A User Profile."""
    return ayrshare.create_profile(title="Mia's Bakery")


# Accounts and profiles.


def test_an_account_is_on_the_business_plan_with_the_max_pack(ayrshare: Account) -> None:
    assert (ayrshare.plan, ayrshare.max_pack, ayrshare.age) == ("business", True, "jwt")
    assert ayrshare.api_url == f"{ayrshare.url}/api"
    assert ayrshare.private_key.startswith("-----BEGIN RSA PRIVATE KEY-----\n")
    assert ayrshare.primary.ref_id == ayrshare.ref_id


def test_two_accounts_share_nothing(ayrshare: Account, ayrshare_server: FakeServer) -> None:
    with ayrshare_server.account(plan="launch") as other:
        other.create_profile("Bakery").link("facebook")
        ayrshare.create_profile("Bakery")

        assert other.plan == "launch"
        assert other.api_key != ayrshare.api_key
        assert other.private_key != ayrshare.private_key
        assert ayrshare.primary.linked == []


def test_an_account_ends_with_its_block(ayrshare_server: FakeServer) -> None:
    with ayrshare_server.account() as account:
        pass

    with pytest.raises(CallRefused) as refused:
        account.create_profile()
    assert (refused.value.status, refused.value.code) == (403, 102)


def test_an_account_can_change(ayrshare: Account, call: Call) -> None:
    ayrshare.configure(plan="premium", max_pack=False, age="link-sessions", rateLimit=True)

    assert (ayrshare.plan, ayrshare.max_pack, ayrshare.age) == ("premium", False, "link-sessions")
    assert call("POST", "/profiles", title="Bakery").status_code == 403
    assert call("GET", "/user").headers["x-ratelimit-count"] == "2"


def test_profiles_get_titles_of_their_own(ayrshare: Account) -> None:
    assert [ayrshare.create_profile().title for _ in "ab"] == ["Profile 1", "Profile 2"]


def test_a_profile_that_the_application_created_can_be_found(ayrshare: Account, call: Call) -> None:
    made = call("POST", "/profiles", title="Bakery").json()

    profile = ayrshare.profile(made["profileKey"])

    assert (profile.title, profile.ref_id) == ("Bakery", made["refId"])


def test_networks_are_linked_and_unlinked(bakery: Profile, call: Call) -> None:
    bakery.link("facebook", displayName="Mia's Page")
    bakery.link("tiktok")
    bakery.unlink("tiktok")

    assert bakery.linked == ["facebook"]
    (shown,) = call("GET", "/user", profile=bakery).json()["displayNames"]
    assert shown["displayName"] == "Mia's Page"
    assert bakery.user["displayNames"] == [shown]


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (
            lambda a, p: p.linking_url(expires_in=60),
            "generateJWT has no field expires_in. Did you mean expiresIn?",
        ),
        (
            lambda a, p: p.link_session(allowed_social=["facebook"]),
            "A link session has no field allowed_social. Did you mean allowedSocial?",
        ),
        (
            lambda a, p: a.create_profile(titel="x"),
            "A profile has no field titel. Did you mean title?",
        ),
        (
            lambda a, p: a.open(p.linking_url()).allow("facebook", display_name="Mia"),
            "The consent page of facebook has no field display_name. Did you mean displayName?",
        ),
        (
            lambda a, p: a.open(p.linking_url()).fail("instagram", "network_down"),
            "'network_down' is not a scenario. Did you mean network-down?",
        ),
        (
            lambda a, p: a.open(p.linking_url()).allow("facebok"),
            "'facebok' is not a network. Did you mean facebook?",
        ),
        (lambda a, p: a.open(p), "open() takes the text of a linking URL, not a Profile."),
        (lambda a, p: a.resend("id"), "resend() takes one of `webhooks` or `emails`."),
        (lambda a, p: p.link("facebok"), "'facebok' is not a network. Did you mean facebook?"),
        (lambda a, p: p.revoke("facebok"), "'facebok' is not a network. Did you mean facebook?"),
        (
            lambda a, p: a.next_consent("allow", "facebok"),
            "'facebok' is not a network. Did you mean facebook?",
        ),
        (
            lambda a, p: a.assert_posted("facebook", profile="Shop"),
            "profile must be a Profile, such as ayrshare.primary, not 'Shop'.",
        ),
        (
            lambda a, p: a.assert_called("/user", "GET"),
            'The method comes first: assert_called("GET", "/user").',
        ),
        (
            lambda a, p: a.clock.advance(minutes=-1),
            "A clock never goes back: advance() takes 0 seconds or more.",
        ),
        (
            lambda a, p: a.assert_no_advice(["field-mispelt"]),
            "There is no advice 'field-mispelt'. Did you mean field-misspelt?",
        ),
        (
            lambda a, p: a.primary.linking_url(),
            "The primary profile has no linking URL: generateJWT needs a profile key. "
            "Make a profile with create_profile().",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_mistake_in_a_test_is_told_with_what_was_meant(
    ayrshare: Account, mistake: Callable[[Account, Profile], object], message: str
) -> None:
    with pytest.raises((TypeError, ValueError)) as error:
        mistake(ayrshare, ayrshare.create_profile())
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (
            lambda a: a.fail_next(pth="/user"),
            "POST /_fakeayr/faults returned 400: Object contains unknown field `pth`. "
            "Did you mean path?",
        ),
        (
            lambda a: a.configure(rate_limit=True),
            "PATCH /_fakeayr/accounts returned 400: settings: Object contains unknown field "
            "`rate_limit`. Did you mean rateLimit?",
        ),
    ],
    ids=["fault", "setting"],
)
def test_an_order_that_is_refused_says_only_what_is_wrong(
    ayrshare: Account, order: Callable[[Account], object], message: str
) -> None:
    with pytest.raises(CallRefused) as error:
        order(ayrshare)
    assert str(error.value) == message


def test_a_missing_button_is_told_with_those_that_are_there(
    ayrshare: Account, bakery: Profile
) -> None:
    page = ayrshare.open(bakery.linking_url(allowedSocial=["gmb"]))
    with pytest.raises(ButtonMissing, match="but: Link Google Business Profile, All Done"):
        page.allow("facebook")


def test_a_refused_call_is_shown_with_its_details(ayrshare: Account, call: Call) -> None:
    call("POST", "/profiles/generateJWT", domain=ayrshare.domain)
    (request,) = ayrshare.requests
    assert "privateKey is required." in str(request)


def test_an_address_that_is_no_page_is_told(ayrshare: Account) -> None:
    with pytest.raises(LinkRefused, match=r"404: This is not a page of the fake\."):
        ayrshare.open(f"{ayrshare.url}/elsewhere")


def test_the_primary_profile_links_too(ayrshare: Account) -> None:
    ayrshare.primary.link("bluesky")

    assert ayrshare.primary.linked == ["bluesky"]


def test_a_suspended_profile_gets_no_linking_url(bakery: Profile) -> None:
    bakery.suspend()
    with pytest.raises(CallRefused) as refused:
        bakery.linking_url()
    assert refused.value.status == 403

    bakery.unsuspend()
    assert bakery.linking_url()


def test_a_deleted_profile_is_gone(bakery: Profile, call: Call) -> None:
    bakery.delete()

    assert call("GET", "/user", profile=bakery).json()["code"] == 144


def test_a_browser_gets_an_address_that_it_can_open(ayrshare: Account) -> None:
    for host in ("profile.ayrshare.com", "API.ayrshare.com:443"):
        assert ayrshare.browser_url(f"https://{host}/a?b=c#d") == f"{ayrshare.url}/a?b=c#d"
    elsewhere = "https://shop.example/?u=api.ayrshare.com"
    assert ayrshare.browser_url(elsewhere) == elsewhere
    with pytest.raises(TypeError, match="takes the text of a URL, not a NoneType"):
        ayrshare.browser_url(None)  # type: ignore[arg-type]


# The linking page, without a browser.


def test_a_person_links_and_refuses_and_leaves(ayrshare: Account, bakery: Profile) -> None:
    page = ayrshare.open(bakery.linking_url(redirect="https://shop.example/done"))

    page.allow("facebook", displayName="Mia's Page").refuse("instagram").allow("tiktok")
    page.unlink("tiktok")

    assert page.linked == bakery.linked == ["facebook"]
    assert page.done() == "https://shop.example/done"


def test_without_a_redirect_the_tab_closes(ayrshare: Account, bakery: Profile) -> None:
    assert ayrshare.open(bakery.linking_url()).done() is None


def test_the_page_shows_the_networks_that_are_allowed(ayrshare: Account, bakery: Profile) -> None:
    page = ayrshare.open(bakery.linking_url(allowedSocial=["facebook", "gmb"]))

    assert page.networks == ["facebook", "gmb"]
    with pytest.raises(AssertionError, match=r"no button 'Link TikTok' on the page '.*Bakery"):
        page.allow("tiktok")


@pytest.mark.parametrize(
    "scenario", ["no-account", "permission-missing", "network-down", "linked-elsewhere"]
)
def test_a_consent_can_fail(ayrshare: Account, bakery: Profile, scenario: str) -> None:
    page = ayrshare.open(bakery.linking_url()).fail("instagram", scenario)

    assert page.linked == []
    assert page.notice


def test_how_the_next_consent_ends_can_be_decided(ayrshare: Account, bakery: Profile) -> None:
    page = ayrshare.open(bakery.linking_url())

    ayrshare.next_consent("network-down", "facebook")
    page.allow("tiktok").allow("facebook")
    assert page.linked == ["tiktok"]

    ayrshare.next_consent("allow", displayName="Mia's Page")
    page.allow("facebook")
    assert bakery.user["displayNames"][0]["displayName"] == "Mia's Page"


def test_an_expired_link_does_not_open(ayrshare: Account, bakery: Profile) -> None:
    url = bakery.linking_url(expiresIn=30)
    assert ayrshare.inspect(url)["valid"]

    ayrshare.clock.advance(minutes=29)
    assert ayrshare.open(url).networks
    ayrshare.clock.advance(minutes=2)

    with pytest.raises(LinkRefused, match=r"401: .*expired") as refused:
        ayrshare.open(url)
    assert (refused.value.status, refused.value.reason) == (401, "expired")
    assert ayrshare.inspect(url)["reason"] == "expired"


@pytest.mark.ayrshare(age="link-sessions")
def test_link_sessions_open_the_same_page(ayrshare: Account, bakery: Profile) -> None:
    ayrshare.open(bakery.link_session()).allow("facebook")

    assert bakery.linked == ["facebook"]


def test_a_link_of_the_vendors_host_opens(ayrshare: Account, bakery: Profile, call: Call) -> None:
    answer = call(
        "POST",
        "/profiles/generateJWT",
        domain=ayrshare.domain,
        privateKey=ayrshare.private_key,
        profileKey=bakery.key,
    )
    url = answer.json()["url"]
    assert url.startswith("https://profile.ayrshare.com?")

    ayrshare.open(url).allow("facebook")

    assert bakery.linked == ["facebook"]


# Time.


def test_the_clock_moves_when_the_test_says_so(ayrshare: Account) -> None:
    before = ayrshare.clock.now

    ayrshare.clock.advance(days=1, hours=1, minutes=1, seconds=1)

    assert 90_061 <= ayrshare.clock.now - before < 90_121


# What the fake has seen.


def test_requests_are_those_of_the_application(
    ayrshare: Account, bakery: Profile, call: Call
) -> None:
    call("POST", "/profiles/generateJWT", privateKey=ayrshare.private_key, profileKey=bakery.key)
    call("GET", "/profiles?limit=5", profile=bakery)

    first, second = ayrshare.requests
    assert (first.method, first.path, first.status) == ("POST", "/api/profiles/generateJWT", 400)
    assert first.body == {"privateKey": "[redacted]", "profileKey": "[redacted]"}
    assert first.code == 101
    assert (second.query, second.answer["count"]) == ({"limit": "5"}, 1)


def test_advice_is_kept_with_a_request(ayrshare: Account, bakery: Profile, call: Call) -> None:
    call(
        "POST",
        "/profiles/generateJWT",
        domain=ayrshare.domain,
        privateKey=ayrshare.private_key,
        profileKey=bakery.key,
        expiresIn=300,
    )

    (advice,) = ayrshare.requests[0].advice
    assert (advice.name, advice.place) == ("field-expiry-in-seconds", "/expiresIn")
    assert str(advice) == (
        "field-expiry-in-seconds: The expiry looks like seconds. Seen: expiresIn 300 counts "
        "minutes: that is 5 hours. Do: Send 5 if you meant 5 minutes."
    )


def test_calls_can_be_asserted(ayrshare: Account, call: Call) -> None:
    call("POST", "/profiles", title="Bakery", tags=["sweet"])
    call("POST", "/profiles", title="Café")

    assert len(ayrshare.assert_called("POST", "/profiles")) == 2
    (found,) = ayrshare.assert_called("post", "/api/profiles/", times=1, title="Bakery")
    assert found.body["tags"] == ["sweet"]
    ayrshare.assert_called("DELETE", "/profiles", times=0)


@pytest.mark.parametrize(
    ("times", "fields", "told"),
    [
        (None, {"title": "Pub"}, r"with {'title': 'Pub'} was called 0 times, not at least once"),
        (2, {}, "was called once, not 2 times"),
        (0, {}, "was called once, not 0 times"),
    ],
)
def test_a_failing_assertion_tells_what_the_fake_saw(
    ayrshare: Account, call: Call, times: int | None, fields: dict[str, str], told: str
) -> None:
    call("POST", "/profiles", title="Bakery")

    with pytest.raises(AssertionError, match=told) as failed:
        ayrshare.assert_called("POST", "/profiles", times=times, **fields)
    assert 'The fake saw:\n  POST /api/profiles -> 200  {"title": "Bakery"}' in str(failed.value)


# What goes wrong on purpose.


def test_the_next_call_fails(ayrshare: Account, call: Call) -> None:
    ayrshare.fail_next(503)

    assert [call("GET", "/user").status_code for _ in range(2)] == [503, 200]
    assert [bool(request.fault) for request in ayrshare.requests] == [True, False]


def test_a_fault_hits_matching_calls_only(ayrshare: Account, bakery: Profile, call: Call) -> None:
    fault = ayrshare.fail_next(500, method="get", path="/us*", profile=bakery, times=2)

    assert call("GET", "/user").status_code == 200
    assert call("GET", "/profiles", profile=bakery).status_code == 200
    assert call("GET", "/user", profile=bakery).status_code == 500
    (ordered,) = ayrshare.faults
    assert (ordered.id, ordered.hits, ordered.calls, ordered.times) == (fault.id, 1, 1, 2)


def test_a_fault_may_be_for_the_primary_profile(
    ayrshare: Account, bakery: Profile, call: Call
) -> None:
    ayrshare.fail_next(500, profile=ayrshare.primary)

    assert call("GET", "/user", profile=bakery).status_code == 200
    assert call("GET", "/user").status_code == 500


def test_a_rate_limit_has_its_headers(ayrshare: Account, call: Call) -> None:
    ayrshare.rate_limit()

    answer = call("GET", "/user")

    assert answer.status_code == 429
    assert (answer.headers["x-ratelimit-max"], answer.headers["x-ratelimit-count"]) == (
        "300",
        "301",
    )


def test_faults_end_when_they_are_removed(ayrshare: Account, call: Call) -> None:
    first = ayrshare.fail_next(500, times=None, path="/user")
    ayrshare.fail_next(503, times=None)
    assert call("GET", "/user").status_code == 500

    ayrshare.remove_faults(first)
    assert call("GET", "/user").status_code == 503
    ayrshare.remove_faults()
    assert call("GET", "/user").status_code == 200


def test_what_the_test_does_itself_meets_no_fault(ayrshare: Account) -> None:
    ayrshare.fail_next(500, times=None)
    ayrshare.configure(rateLimit=True)

    profile = ayrshare.create_profile()

    assert profile.linked == []
    assert ayrshare.requests == []
    assert ayrshare.faults[0].calls == 0


def test_chaos_is_the_same_for_the_same_seed(ayrshare: Account, call: Call) -> None:
    def statuses(seed: int) -> list[int]:
        ayrshare.remove_faults()
        ayrshare.chaos(0.5, seed=seed, status=502)
        return [call("GET", "/user").status_code for _ in range(20)]

    assert statuses(1) == statuses(1) != statuses(2)
    assert set(statuses(1)) == {200, 502}


def test_a_wrong_order_says_what_is_wrong(ayrshare: Account) -> None:
    with pytest.raises(CallRefused, match="path is what follows /api") as refused:
        ayrshare.fail_next(path="/api/user")
    assert refused.value.why.startswith("path is what follows /api")


# Webhooks.


def test_a_receiver_gets_signed_webhooks(
    bakery: Profile, ayrshare_webhook_receiver: WebhookReceiver
) -> None:
    bakery.link("facebook")
    bakery.revoke("facebook")

    linked, revoked = ayrshare_webhook_receiver.wait(2)

    assert (linked.payload["type"], linked.payload["platform"]) == ("link", "facebook")
    assert linked.payload["title"] == "Mia's Bakery"
    assert (revoked.payload["type"], revoked.payload["source"]) == ("unlink", "system")
    assert linked.signed
    assert revoked.signed


@pytest.mark.parametrize("told", ["the old", "the new"])
def test_during_a_rotation_either_secret_will_do(
    ayrshare: Account, bakery: Profile, ayrshare_webhook_receiver: WebhookReceiver, told: str
) -> None:
    ayrshare.primary.rotate_webhook_secret("the new")
    if told == "the new":
        ayrshare_webhook_receiver.secret = told
    bakery.link("facebook")
    ayrshare.clock.advance(days=1, seconds=1)
    bakery.link("tiktok")

    during, after = ayrshare_webhook_receiver.wait(2)

    assert during.signed
    assert after.signed == (told == "the new")


def test_a_signature_of_another_secret_or_body_is_wrong(
    bakery: Profile, ayrshare_webhook_receiver: WebhookReceiver
) -> None:
    bakery.link("facebook")
    (delivery,) = ayrshare_webhook_receiver.wait()
    secret = ayrshare_webhook_receiver.secret

    assert is_signed(delivery.body, delivery.headers, secret)
    assert not is_signed(delivery.body + b" ", delivery.headers, secret)
    assert not is_signed(delivery.body, delivery.headers, "another")
    assert not is_signed(delivery.body, {}, secret)
    assert not is_signed(delivery.body, {"X-Authorization-Content-SHA256": "ß"}, secret)


def test_a_receiver_that_fails_is_tried_again(
    ayrshare: Account, bakery: Profile, ayrshare_webhook_receiver: WebhookReceiver
) -> None:
    ayrshare_webhook_receiver.status = 500
    bakery.link("linkedin")
    ayrshare.clock.advance(seconds=5)
    ayrshare_webhook_receiver.status = 200
    ayrshare.clock.advance(seconds=30)

    (webhook,) = ayrshare.webhooks
    assert [attempt.status for attempt in webhook.attempts] == [500, 500, 200]
    assert webhook.state == "delivered"
    first, second, third = ayrshare_webhook_receiver.wait(3)
    assert first.payload["hookId"] == second.payload["hookId"] == webhook.hook_id
    assert third.signed


def test_a_webhook_can_be_sent_again(
    ayrshare: Account, bakery: Profile, ayrshare_webhook_receiver: WebhookReceiver
) -> None:
    bakery.link("facebook")
    (webhook,) = ayrshare.webhooks

    ayrshare.resend(webhook)

    assert len({item.payload["hookId"] for item in ayrshare_webhook_receiver.wait(2)}) == 1


def test_waiting_in_vain_tells_what_arrived(
    bakery: Profile, ayrshare_webhook_receiver: WebhookReceiver
) -> None:
    bakery.link("facebook")
    ayrshare_webhook_receiver.wait()

    with pytest.raises(AssertionError, match=r"1 of 2 webhooks arrived within 0\.1 seconds: \[<D"):
        ayrshare_webhook_receiver.wait(2, seconds=0.1)


def test_a_profile_may_have_a_receiver_of_its_own(
    ayrshare: Account, bakery: Profile, ayrshare_webhook_receiver: WebhookReceiver
) -> None:
    bakery.register_webhook("social", "http://127.0.0.1:9/nobody")
    bakery.link("facebook")
    ayrshare.create_profile("Café").link("facebook")

    assert [webhook.url for webhook in ayrshare.webhooks] == [
        "http://127.0.0.1:9/nobody",
        ayrshare_webhook_receiver.url,
    ]
    assert [item.payload["title"] for item in ayrshare_webhook_receiver.wait()] == ["Café"]


def test_links_near_their_end_are_told(
    bakery: Profile, ayrshare_webhook_receiver: WebhookReceiver
) -> None:
    bakery.link("linkedin")
    bakery.near_expiry("linkedin")

    assert ayrshare_webhook_receiver.wait(2)[1].payload["type"] == "refresh"


# E-mails.


def test_the_mail_of_a_linking_url_can_be_read_and_followed(
    ayrshare: Account, bakery: Profile
) -> None:
    bakery.linking_url(
        email={
            "to": "mia@bakery.example",
            "contactEmail": "help@shop.example",
            "company": "The Shop",
            "termsUrl": "https://shop.example/terms",
            "privacyUrl": "https://shop.example/privacy",
            "expiresIn": 60,
        }
    )

    (email,) = ayrshare.emails

    assert (email.to, email.state) == ("mia@bakery.example", "kept")
    assert "The Shop" in email.subject
    assert email.url in email.text
    ayrshare.open(email.url).allow("facebook")
    assert bakery.linked == ["facebook"]


# How things print.


def test_everything_prints_usefully_and_without_secrets(
    ayrshare: Account,
    ayrshare_env: Environment,
    ayrshare_server: FakeServer,
    bakery: Profile,
    ayrshare_webhook_receiver: WebhookReceiver,
) -> None:
    bakery.link("facebook")
    url = bakery.linking_url(
        email={
            "to": "mia@bakery.example",
            "contactEmail": "help@shop.example",
            "company": "The Shop",
            "termsUrl": "https://shop.example/terms",
            "privacyUrl": "https://shop.example/privacy",
            "expiresIn": 60,
        }
    )
    page, title = ayrshare.open(url), 'Social Accounts for "Mia\'s Bakery"'
    deliveries = ayrshare_webhook_receiver.wait()
    fault = ayrshare.fail_next(method="GET", path="/user")

    printed = {
        repr(ayrshare): f"<Account {ayrshare.domain} plan=business at {ayrshare.api_url}>",
        repr(bakery): f"<Profile \"Mia's Bakery\" refId={bakery.ref_id} linked=['facebook']>",
        repr(ayrshare_server): f"<FakeServer {ayrshare.url}>",
        repr(page): f"<Page {title!r} linked=['facebook']>",
        repr(fault): "<Fault error of GET /user: hit 0 of 0, at most 1>",
        repr(ayrshare.emails): "[<Email to mia@bakery.example: "
        "'The Shop: connect your social accounts', kept>]",
        repr(ayrshare.webhooks): "[<Webhook social link facebook Mia's Bakery to "
        f"{ayrshare_webhook_receiver.url}: delivered (200)>]",
        repr(ayrshare_env): "<Environment AYRSHARE_BASE_URL, AYRSHARE_API_KEY, AYRSHARE_DOMAIN, "
        "AYRSHARE_PRIVATE_KEY>",
        repr(ayrshare_webhook_receiver): f"<WebhookReceiver {ayrshare_webhook_receiver.url} "
        f"[<Delivery signed {deliveries[0].payload}>]>",
    }
    token = url.partition("jwt=")[2]
    everything = "\n".join([*printed, repr(ayrshare.clock), repr(ayrshare.requests)])

    assert [text for text, expected in printed.items() if text != expected] == []
    assert repr(ayrshare.clock).startswith("<Clock 20")
    assert repr(ayrshare.requests) == (
        f"[<Request GET /?domain={ayrshare.domain}&jwt=[redacted] -> 200>]"
    )
    secrets = (ayrshare.api_key, str(bakery.key), ayrshare.private_key[40:80], token)
    assert [secret for secret in secrets if secret in everything] == []


def test_what_is_gone_prints_too(bakery: Profile) -> None:
    bakery.delete()

    assert repr(bakery) == f'<Profile "Mia\'s Bakery" refId={bakery.ref_id} gone>'


# The vendor's own package, which knows one address only.


def test_the_official_package_reaches_the_fake_unmodified(ayrshare: Account) -> None:
    social = SocialPost(ayrshare.api_key)

    created = social.createProfile({"title": "Mia's Bakery"})
    linked = social.generateJWT(
        {
            "domain": ayrshare.domain,
            "privateKey": ayrshare.private_key,
            "profileKey": created["profileKey"],
        }
    )
    ayrshare.open(linked["url"]).allow("facebook")

    bakery = ayrshare.profile(created["profileKey"])
    assert bakery.linked == ["facebook"]
    assert social.getProfiles({"title": "Mia's Bakery"})["profiles"][0]["refId"] == bakery.ref_id
    assert social.user()["title"] == "Primary Profile"
    ayrshare.assert_called("POST", "/profiles/create-profile", times=1, source="pypi")


def test_a_receiver_can_be_probed(
    ayrshare: Account, bakery: Profile, ayrshare_webhook_receiver: WebhookReceiver
) -> None:
    receiver = ayrshare_webhook_receiver
    report = ayrshare.probe_webhook(receiver.url, secret=receiver.secret, profile=bakery)

    assert [piece.name for piece in report.advice] == ["webhook-unsigned-accepted"]
    assert {result.name for result in report.results if not result.right} == {
        *("unsigned", "wrong-signature", "changed-body", "re-serialised")
    }
    assert receiver.deliveries[0].signed
    assert receiver.deliveries[0].payload["title"] == bakery.title
    assert "<Probe unsigned: accepted, should refuse>" in repr(report)
    assert receiver.secret not in repr(report)
    with pytest.raises(CallRefused, match="http:// is let through to this machine"):
        ayrshare.probe_webhook("http://app.example/hooks")
