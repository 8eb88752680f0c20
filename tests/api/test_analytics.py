"""POST /api/analytics/post and /api/analytics/social."""

from typing import Any, Final

import pytest
from werkzeug.test import TestResponse

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.posting.analytics import ACCOUNT_FIELDS, POST_FIELDS
from fakeayr.domain.posting.posts import Post
from tests.support.accounts import Account, OpenAccount
from tests.support.clock import START
from tests.support.publishing import advance, choose_analytics, live_id, publish

DAY: Final = 86_400
IMAGE: Final = "https://media.example/bread.jpg"
VIDEO: Final = "https://media.example/bread.mp4"
OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "youtube": {"title": "Bread"},
    "reddit": {"title": "Bread", "subreddit": "bread"},
    "pinterest": {"thumbNail": IMAGE},
}
X_HEADERS: Final = {
    "X-Twitter-OAuth1-Api-Key": "key",
    "X-Twitter-OAuth1-Api-Secret": "secret",
}
NOT_LINKED: Final = (
    "{} does not seem to be linked with Ayrshare. Please confirm the linkage on the Social Accounts"
    " page in your dashboard. https://docs.ayrshare.com/additional-info/troubleshooting"
)


def ask(account: Account, profile_key: str | None = None, **body: Any) -> TestResponse:
    """Asks for the analytics of a post."""
    return account.post("/api/analytics/post", json=body, profile_key=profile_key)


def of_post(account: Account, post: Post, *networks: str, **body: Any) -> dict[str, Any]:
    """The analytics of a post."""
    if networks:
        body["platforms"] = list(networks)
    answer = ask(account, id=post.id, **body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def of_accounts(account: Account, *networks: str, **body: Any) -> dict[str, Any]:
    """The analytics of accounts."""
    answer = account.post("/api/analytics/social", json={"platforms": list(networks), **body})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def refused(answer: TestResponse, status: int, code: int) -> str:
    """The message of a refusal, with its details."""
    body = answer.get_json()
    assert (answer.status_code, body["code"], body["status"]) == (status, code, "error")
    return f"{body['message']} {body.get('details', '')}".strip()


@pytest.fixture
def linked(account: Account) -> Account:
    """An account whose primary profile has every network."""
    for network in NETWORKS:
        account.link(network)
    return account


# Of a post.


@pytest.mark.parametrize("network", POST_FIELDS)
def test_each_network_reports_a_post_that_was_published(linked: Account, network: str) -> None:
    media = [IMAGE] if network == "reddit" else [VIDEO]
    post = publish(linked, network, media=media, options=OPTIONS)
    advance(linked, DAY)
    found = of_post(linked, post)
    assert found.keys() == {"status", "id", network}
    assert (found["status"], found["id"]) == ("success", post.id)
    report = found[network]
    assert report["id"] == live_id(linked, post, network)
    assert report["lastUpdated"] == "2022-11-03T01:03:42.000Z"
    assert report["nextUpdate"] == "2022-11-03T01:13:42.000Z"
    for one in POST_FIELDS[network]:
        value = report["analytics"]
        for name in one.path:
            value = value[name]


def test_it_is_all_networks_of_the_post_or_those_asked_for(linked: Account) -> None:
    post = publish(linked, "facebook", "threads", "telegram", text="Bread")
    assert of_post(linked, post).keys() == {"status", "id", "facebook", "threads"}
    assert of_post(linked, post, "threads", "threads").keys() == {"status", "id", "threads"}


def test_numbers_are_the_same_until_the_clock_moves_and_grow_then(linked: Account) -> None:
    post = publish(linked, "threads")
    first = of_post(linked, post)["threads"]["analytics"]
    assert first == {"likes": 0, "quotes": 0, "replies": 0, "reposts": 0, "views": 0}
    advance(linked, DAY)
    day = of_post(linked, post)["threads"]
    assert of_post(linked, post)["threads"] == day
    advance(linked, DAY)
    later = of_post(linked, post)["threads"]["analytics"]
    assert later["views"] > day["analytics"]["views"] > later["likes"] > 0


def test_a_report_repeats_what_was_posted(linked: Account) -> None:
    options = {"youtube": {"title": "Loaf", "tags": ["rye"], "visibility": "unlisted"}}
    youtube = publish(linked, "youtube", text="How to", media=[VIDEO], options=options)
    analytics = of_post(linked, youtube)["youtube"]["analytics"]
    assert analytics["title"] == "Loaf"
    assert (analytics["description"], analytics["tags"]) == ("How to", ["rye"])
    assert (analytics["privacyStatus"], analytics["madeForKids"]) == ("unlisted", False)
    assert analytics["created"] == "2022-11-02T01:03:42Z"


@pytest.mark.parametrize(
    ("media", "types"),
    [
        ([IMAGE], ("FEED", "IMAGE")),
        ([VIDEO], ("REELS", "VIDEO")),
        ([IMAGE, IMAGE.replace("bread", "roll")], ("FEED", "CAROUSEL_ALBUM")),
    ],
)
def test_a_report_says_what_the_post_shows(
    linked: Account, media: list[str], types: tuple[str, str]
) -> None:
    post = publish(linked, "instagram", media=media)
    analytics = of_post(linked, post)["instagram"]["analytics"]
    assert (analytics["mediaProductType"], analytics["mediaType"]) == types


def test_only_videos_have_the_fields_of_videos(linked: Account) -> None:
    still = of_post(linked, publish(linked, "twitter", media=[IMAGE]))["twitter"]["analytics"]
    moving = of_post(linked, publish(linked, "twitter", text="Rye", media=[VIDEO]))
    assert "video" not in still["organicMetrics"]
    assert "video" in moving["twitter"]["analytics"]["organicMetrics"]


# What a post does not have.


@pytest.mark.parametrize("asked", ["x" * 20, "bread", "\N{BREAD}"])
def test_an_unknown_id_is_refused(linked: Account, asked: str) -> None:
    assert refused(ask(linked, id=asked), 404, 186) == "Post ID not found."


def test_a_post_of_another_profile_is_unknown(linked: Account) -> None:
    key = linked.create_profile()["profileKey"]
    post = publish(linked, "threads")
    assert refused(ask(linked, key, id=post.id), 404, 186) == "Post ID not found."


def test_a_post_of_another_account_is_unknown(linked: Account, open_account: OpenAccount) -> None:
    post = publish(linked, "threads")
    assert refused(ask(open_account(), id=post.id), 404, 186) == "Post ID not found."


def test_a_user_profile_has_its_own_posts(linked: Account) -> None:
    key = linked.create_profile()["profileKey"]
    linked.link("threads", key)
    post = publish(linked, "threads", profile_key=key)
    assert ask(linked, key, id=post.id).get_json()["status"] == "success"
    assert refused(ask(linked, id=post.id), 404, 186)


def test_a_network_that_reports_nothing_leaves_the_others(linked: Account) -> None:
    post = publish(linked, "facebook", "threads")
    linked.delete("/_fakeayr/links", json={"platform": "facebook"})
    found = of_post(linked, post)
    assert (found["status"], found["threads"]["id"]) == (
        "partial",
        live_id(linked, post, "threads"),
    )
    assert found["errors"] == [
        {
            "action": "post",
            "status": "error",
            "code": 156,
            "message": NOT_LINKED.format("Facebook"),
            "platform": "facebook",
        }
    ]
    assert "facebook" not in found


def test_the_first_error_is_the_answer_if_no_network_reports_anything(linked: Account) -> None:
    post = publish(linked, "facebook", "threads")
    for network in ("facebook", "threads"):
        linked.delete("/_fakeayr/links", json={"platform": network})
    answer = ask(linked, id=post.id)
    expected = f"{NOT_LINKED.format('Facebook')} There is nothing of threads either."
    assert refused(answer, 400, 156) == expected
    assert refused(ask(linked, id=post.id, platforms=["threads"]), 400, 156) == (
        NOT_LINKED.format("Threads")
    )


def test_gmb_and_telegram_have_no_analytics_of_posts(linked: Account) -> None:
    post = publish(linked, "gmb", "telegram", "threads")
    found = of_post(linked, post, "gmb", "threads")
    assert found["status"] == "partial"
    assert found["errors"][0]["message"] == "Google Business Profile has no analytics."
    only = publish(linked, "telegram", text="Rolls")
    assert refused(ask(linked, id=only.id), 400, 9400) == "Telegram has no analytics."


def test_a_network_that_the_post_is_not_on_has_none(linked: Account) -> None:
    post = publish(linked, "threads")
    found = of_post(linked, post, "threads", "facebook")
    assert found["errors"][0]["message"] == "The post is not on Facebook."
    assert found["errors"][0]["code"] == 186


def test_a_pending_post_is_nowhere_yet(linked: Account) -> None:
    post = publish(linked, "threads", scheduled=START + DAY)
    assert refused(ask(linked, id=post.id), 400, 186) == "The post is not on Threads."
    advance(linked, DAY)
    assert of_post(linked, post)["threads"]["analytics"]["views"] == 0


def test_tiktok_has_none_until_it_tells_the_id(linked: Account) -> None:
    post = publish(linked, "tiktok", media=[VIDEO])
    assert refused(ask(linked, id=post.id), 400, 186) == "The post is not on TikTok."
    advance(linked, 300)
    assert of_post(linked, post)["status"] == "success"


def test_a_network_that_refused_the_post_has_none(linked: Account) -> None:
    post = publish(linked, "instagram", "threads", text="Bread without a picture")
    found = of_post(linked, post)
    assert found["status"] == "partial"
    assert found["errors"][0]["message"] == "The post is not on Instagram."


def test_a_story_is_over_after_a_day(linked: Account) -> None:
    options = {"instagram": {"stories": True}}
    post = publish(linked, "instagram", media=[IMAGE], options=options)
    assert of_post(linked, post)["status"] == "success"
    advance(linked, DAY + 1)
    assert refused(ask(linked, id=post.id), 400, 485) == "The story has expired."


# By the networks' ids.


def test_a_post_is_found_by_its_networks_id(linked: Account) -> None:
    post = publish(linked, "facebook", "threads")
    network_id = live_id(linked, post, "facebook")
    body: dict[str, Any] = {"id": network_id, "platforms": ["facebook"], "searchPlatformId": True}
    found = ask(linked, **body).get_json()
    assert found["id"] == network_id
    assert found["facebook"] == of_post(linked, post)["facebook"]
    assert refused(ask(linked, id=network_id), 404, 186)


def test_an_id_belongs_to_one_network(linked: Account) -> None:
    network_id = live_id(linked, publish(linked, "facebook"), "facebook")
    body: dict[str, Any] = {"id": network_id, "platforms": ["threads"], "searchPlatformId": True}
    assert refused(ask(linked, **body), 404, 186) == "Post ID not found."


def test_several_posts_of_a_network_come_as_a_list(linked: Account) -> None:
    posts = [publish(linked, "threads", text=text) for text in ("Rye bread", "A poppy seed roll")]
    ids = [live_id(linked, post, "threads") for post in posts]
    body: dict[str, Any] = {"platforms": ["threads"], "searchPlatformId": True}
    found = ask(linked, postIds=[*ids, ids[0]], **body).get_json()
    assert found.keys() == {"status", "threads"}
    assert [one["id"] for one in found["threads"]] == ids
    (only,) = ask(linked, postIds=ids[:1], **body).get_json()["threads"]
    assert only["id"] == ids[0]


def test_what_is_unknown_among_several_is_told(linked: Account) -> None:
    known = live_id(linked, publish(linked, "threads"), "threads")
    body: dict[str, Any] = {"platforms": ["threads"], "searchPlatformId": True}
    found = ask(linked, postIds=["1", known], **body).get_json()
    assert (found["status"], len(found["threads"])) == ("partial", 1)
    (error,) = found["errors"]
    assert (error["code"], error["id"], error["platform"]) == (186, "1", "threads")
    assert refused(ask(linked, postIds=["1", "2"], **body), 404, 186)


def test_a_hundred_ids_are_the_most(linked: Account) -> None:
    body: dict[str, Any] = {"platforms": ["threads"], "searchPlatformId": True}
    ids = [str(number) for number in range(101)]
    assert refused(ask(linked, postIds=ids[:100], **body), 404, 186)
    assert "postIds" in refused(ask(linked, postIds=ids, **body), 400, 101)


def test_a_network_has_the_posts_of_the_profile_that_asks(linked: Account) -> None:
    key = linked.create_profile()["profileKey"]
    linked.link("threads", key)
    network_id = live_id(linked, publish(linked, "threads"), "threads")
    body: dict[str, Any] = {"id": network_id, "platforms": ["threads"], "searchPlatformId": True}
    assert ask(linked, **body).status_code == 200
    assert refused(ask(linked, key, **body), 404, 186)


def test_a_post_from_elsewhere_is_there_once_a_test_has_set_it(linked: Account) -> None:
    choose_analytics(linked, "linkedin", id="urn:li:share:1", values={"likeCount": 12})
    body: dict[str, Any] = {
        "id": "urn:li:share:1",
        "platforms": ["linkedin"],
        "searchPlatformId": True,
    }
    report = ask(linked, **body).get_json()["linkedin"]
    assert (report["id"], report["analytics"]["likeCount"]) == ("urn:li:share:1", 12)
    assert "postUrl" not in report
    key = linked.create_profile()["profileKey"]
    linked.link("linkedin", key)
    assert refused(ask(linked, key, **body), 404, 186)


# Bad input.


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({}, "id is required."),
        ({"id": 5}, "id is a whole number, and must be a text. Send a text."),
        ({"id": ""}, "id: Expected `str` of length >= 1."),
        (
            {"id": "x", "platforms": "threads"},
            'platforms is a text, and must be a list. Send a JSON array, such as ["…"].',
        ),
        ({"id": "x", "platforms": []}, "platforms must name at least one network."),
        ({"id": "x", "platforms": ["myspace"]}, f"platforms: choose of {', '.join(NETWORKS)}."),
        ({"id": "x", "searchPlatformId": True}, "searchPlatformId needs exactly one platform."),
        (
            {"id": "x", "platforms": ["threads", "tiktok"], "searchPlatformId": True},
            "searchPlatformId needs exactly one platform.",
        ),
        ({"platforms": ["threads"], "searchPlatformId": True}, "id or postIds is required."),
        ({"postIds": ["x"], "platforms": ["threads"]}, "postIds needs searchPlatformId: true."),
        (
            {"postIds": [], "platforms": ["threads"], "searchPlatformId": True},
            "postIds: Expected `array` of length >= 1.",
        ),
    ],
)
def test_a_question_that_cannot_be_read_is_refused(
    account: Account, body: dict[str, Any], details: str
) -> None:
    assert refused(ask(account, **body), 400, 101).endswith(details)


# Plans, ages, and who asks.


@pytest.mark.parametrize(
    ("plan", "by_id", "by_network_id"),
    [("free", 403, 403), ("premium", 404, 403), ("launch", 404, 404), ("business", 404, 404)],
)
def test_the_plan_decides(
    open_account: OpenAccount, plan: str, by_id: int, by_network_id: int
) -> None:
    account = open_account(plan=plan)
    account.link("threads")
    assert ask(account, id="x").status_code == by_id
    body: dict[str, Any] = {"id": "x", "platforms": ["threads"], "searchPlatformId": True}
    assert ask(account, **body).status_code == by_network_id
    social = account.post("/api/analytics/social", json={"platforms": ["threads"]})
    assert social.status_code == (403 if by_id == 403 else 200)


PATHS: Final[dict[str, dict[str, Any]]] = {
    "/api/analytics/post": {"id": "1", "platforms": ["twitter"], "searchPlatformId": True},
    "/api/analytics/social": {"platforms": ["twitter"]},
}


@pytest.mark.parametrize("path", PATHS)
def test_x_wants_its_apps_credentials_in_the_newer_age(newer: Account, path: str) -> None:
    choose_analytics(newer, "twitter", id="1", values={})
    newer.link("twitter")
    body = PATHS[path]
    assert "X requires" in refused(newer.post(path, json=body), 400, 419)
    key, secret = X_HEADERS.items()
    half = newer.call("POST", path, json=body, headers=dict([key]))
    assert refused(half, 400, 400) == f"The header {secret[0]} is missing."
    assert newer.call("POST", path, json=body, headers=X_HEADERS).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_x_wants_none_in_the_older_age(account: Account, path: str) -> None:
    choose_analytics(account, "twitter", id="1", values={})
    account.link("twitter")
    assert account.post(path, json=PATHS[path]).status_code == 200


def test_other_networks_want_none(newer: Account) -> None:
    newer.link("threads")
    assert of_accounts(newer, "threads")["status"] == "success"


@pytest.mark.parametrize("path", PATHS)
def test_a_suspended_profile_is_told_nothing(account: Account, path: str) -> None:
    key = account.create_profile()["profileKey"]
    account.post("/_fakeayr/events", json={"type": "suspend", "profileKey": key})
    assert refused(account.post(path, json=PATHS[path], profile_key=key), 403, 276)


# Of accounts.


@pytest.mark.parametrize("network", ACCOUNT_FIELDS)
def test_each_network_reports_the_account(linked: Account, network: str) -> None:
    found = of_accounts(linked, network)
    assert found.keys() == {"status", network}
    report = found[network]
    assert report.keys() == {"analytics", "lastUpdated", "nextUpdate"}
    assert report["lastUpdated"] == "2022-11-02T01:03:42.000Z"
    for one in ACCOUNT_FIELDS[network]:
        value = report["analytics"]
        for name in one.path:
            value = value[name]
    assert of_accounts(linked, network) == found


def test_the_account_is_the_linked_one(account: Account) -> None:
    account.link("twitter", id="123", username="mia", displayName="Mia", description="Bread!")
    analytics = of_accounts(account, "twitter")["twitter"]["analytics"]
    assert (analytics["id"], analytics["username"]) == ("123", "mia")
    assert (analytics["name"], analytics["description"]) == ("Mia", "Bread!")


def test_accounts_differ_and_keep_their_numbers(account: Account) -> None:
    account.link("threads", id="1")
    first = of_accounts(account, "threads")["threads"]["analytics"]
    account.link("threads", id="2")
    assert of_accounts(account, "threads")["threads"]["analytics"] != first
    account.link("threads", id="1")
    assert of_accounts(account, "threads")["threads"]["analytics"] == first


def test_networks_that_are_not_linked_are_told(account: Account) -> None:
    account.link("threads")
    found = of_accounts(account, "threads", "facebook", "telegram")
    assert found["status"] == "partial"
    assert [(one["platform"], one["code"]) for one in found["errors"]] == [
        ("facebook", 156),
        ("telegram", 9400),
    ]
    body: dict[str, Any] = {"platforms": ["facebook"]}
    answer = account.post("/api/analytics/social", json=body)
    assert refused(answer, 400, 156) == NOT_LINKED.format("Facebook")


def test_quarters_narrow_what_is_counted_and_not_the_followers(linked: Account) -> None:
    views, followers = [], set()
    for quarters in (1, 2, 4, 0):
        found = of_accounts(linked, "instagram", quarters=quarters)["instagram"]["analytics"]
        views.append(found["viewsCount"])
        followers.add(found["followersCount"])
    assert views == sorted(set(views))
    assert len(followers) == 1


def test_each_day_has_its_numbers(linked: Account) -> None:
    found = of_accounts(linked, "instagram", "threads", daily=True)
    assert "daily" not in found["threads"]["analytics"]
    days = found["instagram"]["analytics"]["daily"]
    assert [day["date"] for day in (days[0], days[-1])] == ["2022-10-03", "2022-11-01"]
    assert len(days) == 30
    assert all(day["viewsCount"] >= day["reachCount"] for day in days)
    assert sum(day["viewsCount"] for day in days) > 0
    quarter = of_accounts(linked, "instagram", daily=True, quarters=1)
    assert len(quarter["instagram"]["analytics"]["daily"]) == 91


def test_tiktoks_sixty_days_are_three_numbers(linked: Account) -> None:
    found = of_accounts(linked, "tiktok", "threads", period60Days=True)
    whole = of_accounts(linked, "tiktok")["tiktok"]["analytics"]
    sixty = found["tiktok"]["analytics"]
    assert sixty.keys() == {"commentCountTotal", "shareCountTotal", "viewCountTotal"}
    assert 0 < sixty["viewCountTotal"] < whole["viewCountTotal"]
    assert "followersCount" in found["threads"]["analytics"]


def test_youtube_tells_all_likes_on_request(linked: Account) -> None:
    found = of_accounts(linked, "youtube", youtube={"lifetime": True}, quarters=1)
    analytics = found["youtube"]["analytics"]
    assert analytics["lifetimeLikes"] > analytics["likes"]


@pytest.mark.parametrize(
    ("asked", "name", "value"),
    [({"userId": "44196397"}, "id", "44196397"), ({"userName": "mia"}, "username", "mia")],
)
def test_anybody_on_x_can_be_asked_for(
    linked: Account, asked: dict[str, str], name: str, value: str
) -> None:
    analytics = of_accounts(linked, "twitter", **asked)["twitter"]["analytics"]
    assert analytics[name] == value
    assert analytics != of_accounts(linked, "twitter")["twitter"]["analytics"]


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({}, "platforms is required."),
        ({"platforms": []}, "platforms: Expected `array` of length >= 1."),
        ({"platforms": ["all"]}, f"platforms: choose of {', '.join(NETWORKS)}."),
        ({"platforms": ["threads"], "quarters": 5}, "quarters: Expected `int` <= 4."),
        ({"platforms": ["threads"], "quarters": -1}, "quarters: Expected `int` >= 0."),
        (
            {"platforms": ["tiktok"], "daily": True, "period60Days": True},
            "period60Days goes with neither daily nor quarters.",
        ),
        (
            {"platforms": ["tiktok"], "quarters": 1, "period60Days": True},
            "period60Days goes with neither daily nor quarters.",
        ),
        (
            {"platforms": ["youtube"], "youtube": 1},
            "youtube is a whole number, and must be an object. Send an object.",
        ),
        (
            {"platforms": ["threads"], "userId": "1"},
            "userId and userName are for twitter only.",
        ),
    ],
)
def test_a_question_about_accounts_that_cannot_be_read_is_refused(
    account: Account, body: dict[str, Any], details: str
) -> None:
    answer = account.post("/api/analytics/social", json=body)
    assert refused(answer, 400, 101).endswith(details)


def test_somebody_elses_account_is_not_asked_for_with_a_profile_key(account: Account) -> None:
    key = account.create_profile()["profileKey"]
    body: dict[str, Any] = {"platforms": ["twitter"], "userName": "mia"}
    answer = account.post("/api/analytics/social", json=body, profile_key=key)
    assert refused(answer, 400, 101).endswith("userId and userName do not go with Profile-Key.")
