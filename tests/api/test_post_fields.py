"""The fields of POST /post: what is right, what is wrong, and that nothing breaks the server."""

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakeayr.ayrshare.posting.options import OPTIONS
from tests.support.accounts import Account
from tests.support.posts import IMAGE, VIDEO, link_all, published, refusal, submit

TIMES = {"schedule": ["06:00Z"]}
NETWORKS = ["facebook", "telegram"]


@pytest.fixture
def account(account: Account) -> Account:
    """An account to which every network is linked, with an auto schedule."""
    link_all(account)
    assert account.post("/api/auto-schedule", json=TIMES).status_code == 200
    return account


ALL_NEED: dict[str, Any] = {
    "mediaUrls": {"instagram": IMAGE, "pinterest": IMAGE, "snapchat": IMAGE}
    | {"tiktok": VIDEO, "youtube": VIDEO},
    "youTubeOptions": {"title": "Bread"},
    "redditOptions": {"title": "Bread", "subreddit": "baking"},
}
"""What a post to every network requires besides a text."""
RIGHT: dict[str, list[Any]] = {
    "post": ["", "Bread \u2665 \U0001f35e", {"default": "a"}, {"facebook": "a"}, {}],
    "platforms": [["facebook"], ["all"], ["telegram", "all"]],
    "mediaUrls": [None, [], IMAGE, [IMAGE], {"default": [IMAGE]}, {"facebook": IMAGE}, {}],
    "mediaUrl": [IMAGE, [IMAGE]],
    "media_urls": [IMAGE, [IMAGE]],
    "isVideo": [True, False, None],
    "scheduleDate": [
        "2022-12-24T06:00:00Z",
        "2022-12-24T06:00:00.000Z",
        "2022-12-24T06:00:00+02:00",
        "2022-12-24 06:00",
        "2022-12-24",
        "2020-01-01T00:00:00Z",
        None,
    ],
    "validateScheduled": [True, False, None],
    "autoSchedule": [True, False, {"schedule": True}, {}, {"title": "default"}, None],
    "autoScheduleTitle": ["default", None],
    "autoRepost": [
        {"repeat": 1, "days": 2},
        {"repeat": 10, "days": 2, "startDate": "2022-12-24T06:00:00Z"},
        None,
    ],
    "firstComment": [{"comment": "a"}, {"comment": "a", "mediaUrls": [IMAGE]}, None],
    "disableComments": [True, False, None],
    "shortenLinks": [True, False, None],
    "autoHashtag": [True, False, {}, {"max": 10, "position": "end"}, None],
    "unsplash": ["random", "bread", ["a1", "b2"], None],
    "requiresApproval": [True, False, None],
    "notes": ["", "for us only", None],
    "idempotencyKey": ["k" * 1000, "\u2665", None],
    "profileKey": [None],
    "profileKeys": [None, []],
    "arrayResponse": [True, False, None],
    "title": ["a", None],
    "subreddit": ["a", None],
    "randomPost": [True, False, None],
    "randomMediaUrl": [True, False, None],
    "isLandscapeVideo": [True, False, None],
    "isPortraitVideo": [True, False, None],
    "somethingNew": [1, "a", {}, None],
    **{name: [{}, {"somethingNew": 1}, None] for it in OPTIONS.values() for name in it.names},
}
"""For every field, values that are taken."""

_NO_FLAG: list[Any] = ["true", 1, [], {}]
_NO_TEXT: list[Any] = [7, True, [], {}]
WRONG: dict[str, list[Any]] = {
    "post": [7, True, ["a"], {"friendster": "a"}, {"default": 7}, None],
    "platforms": ["facebook", [], [7], ["friendster"], ["all", "friendster"], {}, None],
    "mediaUrls": [7, [7], {"friendster": IMAGE}, {"default": 7}, {"default": None}],
    "mediaUrl": [7, [7]],
    "media_urls": [7, {"default": [7]}],
    "isVideo": _NO_FLAG,
    "scheduleDate": [*_NO_TEXT, "", "tomorrow", "2022-13-01", "0001-01-01", "9999-12-31T23:59:59Z"],
    "validateScheduled": _NO_FLAG,
    "autoSchedule": [1, "true", [], {"schedule": 1}, {"title": 7}],
    "autoScheduleTitle": _NO_TEXT,
    "autoRepost": [
        True,
        {},
        {"repeat": 3},
        {"days": 3},
        {"repeat": 0, "days": 2},
        {"repeat": 11, "days": 2},
        {"repeat": 2, "days": 1},
        {"repeat": 2.5, "days": 2},
        {"repeat": 2, "days": 2, "startDate": "soon"},
        {"repeat": 2, "days": 10**9},
    ],
    "firstComment": [
        "a",
        {},
        {"comment": ""},
        {"comment": 7},
        {"comment": "a", "mediaUrls": IMAGE},
    ],
    "disableComments": _NO_FLAG,
    "shortenLinks": _NO_FLAG,
    "autoHashtag": [1, "true", [], {"max": 0}, {"max": 11}, {"position": "start"}],
    "unsplash": [7, True, {}, [7]],
    "requiresApproval": _NO_FLAG,
    "notes": _NO_TEXT,
    "idempotencyKey": [7, "", "k" * 1001, []],
    "profileKey": [7, [], {}],
    "profileKeys": [7, "a", [7], {}, ["a"] * 1001],
    "arrayResponse": _NO_FLAG,
    "title": _NO_TEXT,
    "subreddit": _NO_TEXT,
    "randomPost": _NO_FLAG,
    "randomMediaUrl": _NO_FLAG,
    "isLandscapeVideo": _NO_FLAG,
    "isPortraitVideo": _NO_FLAG,
    **{name: ["a", 7, True, []] for it in OPTIONS.values() for name in it.names},
    "redditOptions": [{"title": "a" * 301}, {"subreddit": 7}],
    "youTubeOptions": [{"title": "a" * 101}, {"visibility": "secret"}, {"tags": "a"}],
    "instagramOptions": [{"collaborators": ["a"] * 4}, {"userTags": [{"x": 1}]}, {"reels": 1}],
    "tikTokOptions": [{"visibility": "nobody"}, {"imageCoverIndex": -1}],
    "gmbOptions": [{"callToAction": {}}, {"callToAction": {"actionType": "buy"}}, {"event": {}}],
    "pinterestOptions": [{"title": "a" * 101}, {"link": "a" * 2049}],
    "linkedInOptions": [{"visibility": "nobody"}],
    "faceBookOptions": [{"carousel": {"link": "a", "items": []}}],
}
"""For every field, values that are refused with code 101."""


@pytest.mark.parametrize("field", RIGHT)
def test_right_values_are_taken(account: Account, field: str) -> None:
    for number, value in enumerate(RIGHT[field]):
        body = {"post": f"Bread number {number}", "platforms": NETWORKS, field: value}
        if field == "platforms":
            body |= ALL_NEED
        response = account.post("/api/post", json=body)
        assert response.status_code == 200, (value, response.text)


@pytest.mark.parametrize("field", WRONG)
def test_wrong_values_are_refused(account: Account, field: str) -> None:
    for value in WRONG[field]:
        body = {"post": "Fresh bread", "platforms": NETWORKS, field: value}
        response = account.post("/api/post", json=body)
        assert (response.status_code, response.get_json()["code"]) == (400, 101), value
    assert published(account, "facebook") == []


def test_every_field_has_right_and_wrong_values() -> None:
    assert RIGHT.keys() - WRONG.keys() == {"somethingNew"}


@pytest.mark.parametrize("missing", ["post", "platforms"])
def test_text_and_platforms_are_required(account: Account, missing: str) -> None:
    body = {"post": "a", "platforms": ["facebook"]}
    del body[missing]
    response = account.post("/api/post", json=body)
    assert refusal(response) == (400, 101)
    assert missing in response.get_json()["details"]


@pytest.mark.parametrize(
    "url",
    [
        "http://img.example/a.jpg",
        "ftp://img.example/a.jpg",
        "a.jpg",
        "https://",
        "https:///a.jpg",
        "",
        "javascript:alert(1)",
        "https://[::1",
    ],
)
def test_a_medium_needs_an_https_url(account: Account, url: str) -> None:
    assert refusal(submit(account, "facebook", mediaUrls=[url])) == (400, 136)
    comment = {"comment": "a", "mediaUrls": [url]}
    assert refusal(submit(account, "facebook", firstComment=comment)) == (400, 136)


def test_schedule_date_and_auto_schedule_exclude_each_other(account: Account) -> None:
    fields: dict[str, Any] = {"scheduleDate": "2022-12-24T06:00:00Z", "autoSchedule": True}
    assert refusal(submit(account, "facebook", **fields)) == (400, 101)


def test_schedule_date_wins_over_auto_repost(account: Account) -> None:
    fields: dict[str, Any] = {
        "scheduleDate": "2022-12-24T06:00:00Z",
        "autoRepost": {"repeat": 2, "days": 3},
    }
    assert submit(account, "facebook", **fields).get_json()["status"] == "scheduled"


def test_unknown_fields_are_told_of_in_the_journal(account: Account) -> None:
    submit(account, "facebook", shedule="2022-12-24")
    (advice,) = account.requests()[-1]["advice"]
    assert (advice["name"], advice["place"]) == ("field-misspelt", "/shedule")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = sorted({*RIGHT})


@given(
    fields=st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6),
    good=st.booleans(),
)
@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_body_breaks_the_server(account: Account, fields: dict[str, Any], good: bool) -> None:
    body = {"post": "a", "platforms": ["facebook"]} | fields if good else fields
    for path in ("/api/post", "/api/validate/post"):
        assert account.post(path, json=body).status_code in {200, 400, 403}, path


@given(
    options=st.dictionaries(
        st.sampled_from(
            [
                field.encode_name
                for it in OPTIONS.values()
                for field in msgspec.structs.fields(it.model)
            ]
        ),
        JSON,
        max_size=4,
    ),
    network=st.sampled_from(list(OPTIONS)),
)
@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_options_break_the_server(
    account: Account, options: dict[str, Any], network: str
) -> None:
    body = {
        "randomPost": True,
        "platforms": [network],
        "mediaUrls": [VIDEO],
        OPTIONS[network].name: options,
    }
    assert account.post("/api/post", json=body).status_code in {200, 400}
