"""Posts, in the words of the `ayrshare` fixture."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import requests

import fakeayr
from fakeayr import Account, CallRefused, Post, Profile, PublishedPost
from fakeayr.testing.receiver import WebhookReceiver

PHOTO = "https://images.bakery.example/bread.jpg"

Act = Callable[[Account, Profile], object]


@pytest.fixture
def bakery(ayrshare: Account) -> Profile:
    """A User Profile that has linked Facebook, LinkedIn and X."""
    profile = ayrshare.create_profile(title="Mia's Bakery")
    for network in ("facebook", "linkedin", "twitter"):
        profile.link(network)
    return profile


# Posting.


def test_a_post_is_published_where_it_was_meant_to(bakery: Profile) -> None:
    post = bakery.post("Fresh bread!", ["facebook", "linkedin"])

    assert (post.status, post.text, post.networks) == (
        "success",
        "Fresh bread!",
        ["facebook", "linkedin"],
    )
    assert (post.ref_id, post.errors) == (bakery.ref_id, [])
    on_facebook, on_linkedin = post.published
    assert on_facebook == bakery.published("facebook")[0]
    assert on_facebook.post_id == post.id
    assert str(on_facebook.url).startswith("https://www.facebook.com/")
    assert on_linkedin.id.startswith("urn:li:share:")
    assert bakery.published("twitter") == []


def test_a_post_carries_further_fields(ayrshare: Account, bakery: Profile) -> None:
    bakery.post(
        {"default": "Fresh bread!", "twitter": "Bread!"},
        "all",
        mediaUrls=[PHOTO],
        faceBookOptions={"altText": ["A loaf"]},
        firstComment={"comment": "While it lasts"},
    )

    (on_facebook,) = ayrshare.assert_posted("facebook", altText=["A loaf"])
    assert (on_facebook.text, on_facebook.media_urls) == ("Fresh bread!", [PHOTO])
    assert on_facebook.first_comment is None
    assert ayrshare.assert_posted("twitter", text="Bread!")
    ayrshare.clock.advance(minutes=2)
    assert bakery.published("facebook")[0].first_comment == "While it lasts"


def test_the_primary_profile_posts_too(ayrshare: Account, bakery: Profile) -> None:
    ayrshare.primary.link("bluesky")

    post = ayrshare.primary.post("Hello", "bluesky")
    bakery.post("Fresh bread!", "facebook")

    assert post.status == "success"
    assert ayrshare.primary.posts == [post]
    assert [post.text for post in bakery.posts] == ["Fresh bread!"]
    assert [post.text for post in ayrshare.posts] == ["Hello", "Fresh bread!"]


def test_a_scheduled_post_appears_when_the_clock_reaches_it(
    ayrshare: Account, bakery: Profile
) -> None:
    post = bakery.post("Later", "facebook", scheduleDate=ayrshare.clock.later(hours=2))

    assert (post.status, post.published) == ("pending", [])
    ayrshare.clock.advance(hours=1, minutes=59)
    ayrshare.assert_posted("facebook", times=0)
    ayrshare.clock.advance(minutes=1)
    (shown,) = ayrshare.assert_posted("facebook", text="Later")
    assert shown.published == post.schedule_date.replace("Z", ".000Z")
    assert bakery.posts[0].status == "success"


def test_a_later_time_is_written_as_ayrshare_takes_it(ayrshare: Account) -> None:
    first, then = ayrshare.clock.later(), ayrshare.clock.later(days=1, seconds=1)

    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", first)
    assert then > first


def test_what_one_network_refuses_is_told_beside_what_another_took(bakery: Profile) -> None:
    post = bakery.post("Fresh bread!", ["facebook", "telegram"])

    assert [one.network for one in post.published] == ["facebook"]
    assert [(error["platform"], error["code"]) for error in post.errors] == [("telegram", 156)]


def test_a_post_that_no_network_takes_is_an_error(bakery: Profile) -> None:
    with pytest.raises(CallRefused) as refused:
        bakery.post("Fresh bread!", ["gmb", "telegram"])

    assert (refused.value.status, refused.value.code) == (400, 156)
    assert str(refused.value).startswith("POST /api/post returned 400, gmb: code 156: Google ")
    assert "; telegram: code 156: Telegram does not seem to be linked" in str(refused.value)
    assert bakery.posts[0].status == "error"


def test_a_post_of_a_suspended_profile_is_an_error(bakery: Profile) -> None:
    bakery.suspend()

    with pytest.raises(CallRefused) as refused:
        bakery.post("Fresh bread!", "facebook")
    assert refused.value.code == 276


def test_what_was_deleted_is_seen_by_nobody(ayrshare: Account, bakery: Profile) -> None:
    post = bakery.post("Fresh bread!", "facebook")
    headers = {"Authorization": f"Bearer {ayrshare.api_key}", "Profile-Key": str(bakery.key)}
    requests.delete("https://api.ayrshare.com/api/post", json={"id": post.id}, headers=headers)

    (deleted,) = bakery.posts
    assert (deleted.status, deleted.published[0].status) == ("deleted", "deleted")
    assert bakery.published("facebook") == []
    ayrshare.assert_posted("facebook", times=0)


# How publications end.


def test_the_next_publication_fails_as_ordered(ayrshare: Account, bakery: Profile) -> None:
    ayrshare.next_publication("fail", "linkedin", code=99, message="LinkedIn is tired.")

    post = bakery.post("Fresh bread!", ["facebook", "linkedin"])
    again = bakery.post("Fresh cake!", ["facebook", "linkedin"])

    (error,) = post.errors
    assert (error["platform"], error["code"], error["message"]) == (
        "linkedin",
        99,
        "LinkedIn is tired.",
    )
    assert again.errors == []


def test_a_failure_may_say_that_a_retry_is_worth_it(ayrshare: Account, bakery: Profile) -> None:
    bakery.next_publication("fail", "linkedin", code=161, retry_available=True)

    (error,) = bakery.post("Fresh bread!", ["facebook", "linkedin"]).errors

    assert error["retryAvailable"] is True
    assert error["message"].startswith("LinkedIn authorization error.")


def test_a_slow_publication_appears_later(ayrshare: Account, bakery: Profile) -> None:
    ayrshare.next_publication("slow", seconds=30)

    post = bakery.post("Fresh bread!", "facebook")

    assert (post.status, post.published[0].status) == ("processing", "slow")
    assert bakery.published("facebook") == []
    ayrshare.clock.advance(seconds=30)
    assert bakery.published("facebook")[0].text == "Fresh bread!"


def test_a_publication_may_keep_its_id_to_itself(ayrshare: Account, bakery: Profile) -> None:
    ayrshare.next_publication("pending", times=2)

    post = bakery.post("Fresh bread!", ["facebook", "linkedin"])
    ayrshare.clock.advance(days=1)

    assert [one.id for one in post.published] == ["pending", "pending"]
    assert bakery.published("facebook")[0].id == "pending"


@pytest.mark.parametrize("whose", ["account", "profile"])
def test_an_order_may_be_for_one_profile(ayrshare: Account, bakery: Profile, whose: str) -> None:
    ayrshare.primary.link("facebook")
    if whose == "account":
        ayrshare.next_publication("slow", profile=ayrshare.primary)
    else:
        ayrshare.primary.next_publication("slow")

    assert bakery.post("Fresh bread!", "facebook").status == "success"
    assert ayrshare.primary.post("Hello", "facebook").status == "processing"


# What a test expects.


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"text": "Fresh bread!"},
        {"text": re.compile("bread|cake")},
        {"text": re.compile("bread"), "media_urls": [PHOTO], "times": 1},
        {"media_urls": (PHOTO,), "title": "Bread"},
        {"text": "Fresh cake!", "times": 0},
        {"times": 1},
    ],
)
def test_what_was_posted_can_be_asserted(
    ayrshare: Account, bakery: Profile, wanted: dict[str, Any]
) -> None:
    bakery.post("Fresh bread!", "facebook", mediaUrls=[PHOTO], faceBookOptions={"title": "Bread"})

    found = ayrshare.assert_posted("facebook", **wanted)

    assert len(found) == wanted.get("times", 1)


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"text": "Fresh"}, "A post on facebook with text='Fresh' is there 0 times, not at least"),
        ({"text": re.compile("cake")}, "with text='cake' is there 0 times, not at least once."),
        ({"media_urls": []}, "with media_urls=[] is there 0 times, not at least once."),
        ({"title": "Cake"}, "with title='Cake' is there 0 times, not at least once."),
        ({"link": None}, "A post on facebook with link=None is there 0 times, not at least once."),
        ({"times": 2}, "A post on facebook is there once, not 2 times."),
        ({"times": 0}, "A post on facebook is there once, not 0 times."),
    ],
)
def test_what_was_not_posted_fails(
    ayrshare: Account, bakery: Profile, wanted: dict[str, Any], told: str
) -> None:
    bakery.post("Fresh bread!", "facebook", mediaUrls=[PHOTO], faceBookOptions={"title": "Bread"})

    with pytest.raises(AssertionError) as failed:
        ayrshare.assert_posted("facebook", **wanted)
    first, *more = str(failed.value).splitlines()
    assert told in first
    assert more == [
        "On facebook:",
        f"  <PublishedPost facebook 'Fresh bread!' title='Bread' {PHOTO}>",
    ]


def test_a_failing_assertion_shows_the_nearest_text(ayrshare: Account, bakery: Profile) -> None:
    bakery.post("Something else altogether", "facebook")
    bakery.post("Fresh bread!\nFrom 7 to 12", "facebook")

    with pytest.raises(AssertionError) as failed:
        ayrshare.assert_posted("facebook", text="Fresh bread!\nFrom 8 to 12")
    assert str(failed.value).splitlines()[-6:] == [
        "The nearest text (- wanted, + there):",
        "    Fresh bread!",
        "  - From 8 to 12",
        "  ?      ^",
        "  + From 7 to 12",
        "  ?      ^",
    ]


def test_a_failing_assertion_says_why_a_post_is_not_there(
    ayrshare: Account, bakery: Profile
) -> None:
    later = bakery.post("Later", "linkedin", scheduleDate=ayrshare.clock.later(hours=1))
    ayrshare.next_publication("fail", "linkedin", code=99, message="LinkedIn is tired.")
    bakery.post("Now", ["facebook", "linkedin"])

    with pytest.raises(AssertionError) as failed:
        ayrshare.assert_posted("linkedin", text="Now")
    assert str(failed.value).splitlines()[1:] == [
        "Nothing is on linkedin.",
        "Not on linkedin:",
        f"  <Post 'Later' for linkedin: pending until {later.schedule_date}>",
        "  <Post 'Now' for facebook, linkedin: error; linkedin: code 99: LinkedIn is tired.>",
    ]


def test_posts_of_another_profile_do_not_count(ayrshare: Account, bakery: Profile) -> None:
    bakery.post("Fresh bread!", "facebook")

    ayrshare.assert_posted("facebook", profile=bakery, times=1)
    ayrshare.assert_posted("facebook", profile=ayrshare.primary, times=0)


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (
            lambda a, p: p.post("Hi", "facebook", schedule_date="x"),
            "A post has no field schedule_date. Did you mean scheduleDate?",
        ),
        (
            lambda a, p: p.post("Hi", "facebook", faceBookOptions={"titel": "x"}),
            "faceBookOptions has no field titel. Did you mean title?",
        ),
        (
            lambda a, p: p.post("Hi", ["facebook", "linkedln"]),
            "'linkedln' is not a network. Did you mean linkedin?",
        ),
        (
            lambda a, p: p.set_analytics("facebok", followersCount=1),
            "'facebok' is not a network. Did you mean facebook?",
        ),
        (lambda a, p: p.published("X"), None),
        (
            lambda a, p: a.assert_posted("facebok"),
            "'facebok' is not a network. Did you mean facebook?",
        ),
        (
            lambda a, p: a.assert_posted("instagram", story=True),
            "A post on instagram has no field story. Did you mean stories?",
        ),
        (
            lambda a, p: a.assert_posted("telegram", title="x"),
            "A post on telegram has no field title.",
        ),
        (
            lambda a, p: a.next_publication("fial"),
            "'fial' is not a way for a publication to end. Did you mean fail?",
        ),
        (
            lambda a, p: p.next_publication("fail", "facebok"),
            "'facebok' is not a network. Did you mean facebook?",
        ),
        (
            lambda a, p: a.next_publication("slow", second=3),
            "A publication's order has no field second. Did you mean seconds?",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_mistake_in_a_test_is_told_with_what_was_meant(
    ayrshare: Account, bakery: Profile, mistake: Act, message: str | None
) -> None:
    with pytest.raises((TypeError, ValueError)) as error:
        mistake(ayrshare, bakery)
    if message is None:
        message = (
            "'X' is not a network. Choose one of bluesky, facebook, gmb, instagram, linkedin, "
            "pinterest, reddit, snapchat, telegram, threads, tiktok, twitter, youtube."
        )
    assert str(error.value) == message
    assert ayrshare.posts == []


def test_an_order_that_makes_no_sense_is_told(ayrshare: Account) -> None:
    with pytest.raises(CallRefused, match="times: Expected `int` >= 1"):
        ayrshare.next_publication("fail", times=0)


# Around it.


def test_a_scheduled_posts_end_is_reported(
    ayrshare: Account, bakery: Profile, ayrshare_webhook_receiver: WebhookReceiver
) -> None:
    ayrshare_webhook_receiver.register(ayrshare, "scheduled")
    post = bakery.post("Later", "facebook", scheduleDate=ayrshare.clock.later(hours=1))

    ayrshare.clock.advance(hours=1)

    (delivery,) = ayrshare_webhook_receiver.wait()
    assert delivery.signed
    assert (delivery.payload["action"], delivery.payload["id"]) == ("scheduled", post.id)
    assert repr(ayrshare.webhooks) == (
        f"[<Webhook scheduled Mia's Bakery success {post.id} to {ayrshare_webhook_receiver.url}: "
        "delivered (200)>]"
    )


def test_a_request_that_a_network_refused_says_so(ayrshare: Account, bakery: Profile) -> None:
    headers = {"Authorization": f"Bearer {ayrshare.api_key}", "Profile-Key": str(bakery.key)}
    body = {"post": "Hi", "platforms": ["facebook", "telegram"]}
    requests.post("https://api.ayrshare.com/api/post", json=body, headers=headers)

    (request,) = ayrshare.requests
    assert (request.status, request.code) == (200, 156)
    assert str(request).startswith(
        "POST /api/post -> 200 (telegram: code 156: Telegram does not seem to be linked "
    )


def test_posts_print_usefully(ayrshare: Account, bakery: Profile) -> None:
    post = bakery.post("x" * 300, "facebook", mediaUrls=[PHOTO])
    ayrshare.next_publication("slow")
    slow = bakery.post("y", "twitter")

    assert repr(post) == f"<Post '{'x' * 200}…' for facebook: success>"
    assert repr(post.published) == f"[<PublishedPost facebook '{'x' * 200}…' {PHOTO}>]"
    assert repr(slow.published) == "[<PublishedPost twitter 'y' (slow)>]"


def test_the_fake_without_pytest_has_the_same_words() -> None:
    with fakeayr.FakeAyrshare() as ayrshare:
        profile = ayrshare.create_profile()
        profile.link("facebook")
        profile.next_publication("slow", seconds=60)

        post = profile.post("Fresh bread!", "facebook")
        ayrshare.clock.advance(minutes=1)

        (shown,) = ayrshare.assert_posted("facebook", text="Fresh bread!", profile=profile)
        assert isinstance(post, Post)
        assert isinstance(shown, PublishedPost)
        assert [one.id for one in ayrshare.posts] == [post.id]
