"""DELETE, PATCH and PUT /post, and POST|PUT /post/bulk."""

import io
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.support.accounts import Account, OpenAccount
from tests.support.posts import (
    IMAGE,
    VIDEO,
    decide,
    link_all,
    made,
    platforms,
    published,
    refusal,
    state,
    submit,
)
from tests.support.receivers import advance

HOUR = 3_600
LATER = "2022-12-24T06:00:00Z"
UNKNOWN = "AAAAAAAAAAAAAAAAAAAA"


@pytest.fixture
def account(account: Account) -> Account:
    """An account to which every network is linked."""
    link_all(account)
    return account


def later(account: Account, *networks: str, **fields: Any) -> str:
    """Schedules a post, and returns its id."""
    return str(made(account, *networks, **{"scheduleDate": LATER, **fields})["id"])


def delete(account: Account, profile_key: str | None = None, **body: Any) -> TestResponse:
    """Calls DELETE /post."""
    return account.delete("/api/post", json=body, profile_key=profile_key)


def change(account: Account, post_id: str, **body: Any) -> TestResponse:
    """Calls PATCH /post."""
    return account.patch("/api/post", json={"id": post_id, **body})


# Deleting.


@pytest.mark.parametrize("path", ["/api/post", "/api/delete"])
def test_a_published_post_is_deleted_on_its_networks(account: Account, path: str) -> None:
    post = made(account, "facebook", "bluesky")
    response = account.delete(path, json={"id": post["id"]})
    ids = {entry["platform"]: entry["id"] for entry in post["postIds"]}
    assert response.get_json() == {
        "status": "success",
        "id": post["id"],
        "code": 200,
        "bluesky": {"action": "delete", "status": "success", "id": ids["bluesky"]},
        "facebook": {"action": "delete", "status": "success", "id": ids["facebook"]},
    }
    row = state(account, post["id"])
    assert row["status"] == "deleted"
    assert {entry["status"] for entry in row["postIds"]} == {"deleted"}
    assert {it["status"] for it in published(account, "facebook")} == {"deleted"}


def test_a_scheduled_post_is_deleted_before_it_appears(account: Account) -> None:
    post_id = later(account, "facebook")
    expected = {"status": "success", "id": post_id, "code": 200}
    assert delete(account, id=post_id).get_json() == expected
    advance(account, 60 * 24 * HOUR)
    assert published(account, "facebook") == []
    assert state(account, post_id)["status"] == "deleted"


@pytest.mark.parametrize(
    ("network", "fields"),
    [
        ("instagram", {"mediaUrls": [IMAGE]}),
        ("tiktok", {"mediaUrls": [VIDEO]}),
        ("threads", {}),
        ("facebook", {"faceBookOptions": {"stories": True}, "mediaUrls": [IMAGE]}),
    ],
)
def test_some_networks_keep_what_was_published(
    account: Account, network: str, fields: dict[str, Any]
) -> None:
    post = made(account, network, "linkedin", **fields)
    response = delete(account, id=post["id"])
    body = response.get_json()
    assert (response.status_code, body["status"], body["code"]) == (200, "success", 200)
    assert (body[network]["status"], body["linkedin"]["status"]) == ("error", "success")
    assert state(account, post["id"])["status"] == "deleted"
    assert published(account, network)[0]["status"] == "success"


def test_a_story_with_a_video_can_be_deleted(account: Account) -> None:
    story = {"faceBookOptions": {"stories": True}, "mediaUrls": [VIDEO]}
    post = made(account, "facebook", **story)
    assert delete(account, id=post["id"]).get_json()["facebook"]["status"] == "success"
    assert published(account, "facebook")[0]["status"] == "deleted"


def test_nothing_is_sent_for_what_was_deleted_by_hand(account: Account) -> None:
    post_id = made(account, "threads", "facebook")["id"]
    response = delete(account, id=post_id, markManualDeleted=True)
    assert response.get_json() == {"status": "success", "id": post_id}
    assert {it["status"] for it in published(account, "threads")} == {"deleted"}
    assert refusal(delete(account, id=post_id, markManualDeleted=True)) == (400, 383)


def test_a_deletion_by_hand_may_be_checked(account: Account) -> None:
    account.change(settings={"checkManualDeletions": True})
    post_id = made(account, "threads")["id"]
    assert refusal(delete(account, id=post_id, markManualDeleted=True)) == (400, 382)
    assert state(account, post_id)["status"] == "success"
    (result,) = delete(account, bulk=[post_id], markManualDeleted=True).get_json()
    assert (result["code"], result["id"]) == (382, post_id)
    waiting = later(account, "facebook")
    assert delete(account, id=waiting, markManualDeleted=True).status_code == 200


def test_a_post_is_deleted_once(account: Account) -> None:
    post_id = made(account, "facebook")["id"]
    assert delete(account, id=post_id).status_code == 200
    assert refusal(delete(account, id=post_id)) == (400, 383)
    assert refusal(delete(account, id=UNKNOWN)) == (404, 114)


def test_several_posts_are_deleted(account: Account) -> None:
    first, second = later(account, "facebook"), made(account, "linkedin")["id"]
    results = delete(account, bulk=[first, UNKNOWN, second]).get_json()
    assert [result["id"] for result in results] == [first, UNKNOWN, second]
    assert [result.get("code") for result in results] == [200, 114, 200]
    assert [state(account, one)["status"] for one in (first, second)] == ["deleted"] * 2
    assert delete(account, bulk=[]).get_json() == []


def test_all_that_is_scheduled_is_deleted_and_nothing_else(account: Account) -> None:
    key = account.create_profile()["profileKey"]
    account.link("facebook", key)
    kept = [made(account, "facebook")["id"]]
    foreign = made(account, "facebook", profile_key=key, scheduleDate=LATER)["id"]
    gone = [
        later(account, "linkedin"),
        later(account, "linkedin", post="b", requiresApproval=True),
        later(account, "linkedin", post="c"),
    ]
    change(account, gone[2], scheduledPause=True)
    body = delete(account, deleteAllScheduled=True, id=kept[0]).get_json()
    assert body["status"] == "success"
    assert {post["id"] for post in body["posts"]} == set(gone)
    assert {state(account, one)["status"] for one in gone} == {"deleted"}
    assert state(account, kept[0])["status"] == "success"
    assert state(account, foreign, key)["status"] == "pending"
    assert delete(account, deleteAllScheduled=True).get_json()["posts"] == []


@pytest.mark.parametrize("body", [{}, {"id": None}, {"id": 7}, {"bulk": "a"}, {"bulk": [7]}])
def test_a_deletion_names_what_is_deleted(account: Account, body: dict[str, Any]) -> None:
    assert refusal(delete(account, **body)) == (400, 101)


def test_deleting_works_for_the_profile_in_the_body(account: Account) -> None:
    key = account.create_profile()["profileKey"]
    account.link("facebook", key)
    post_id = made(account, "facebook", profile_key=key)["id"]
    assert refusal(delete(account, id=post_id)) == (404, 114)
    assert delete(account, id=post_id, profileKey=key).status_code == 200


def test_a_post_with_a_pending_id_stays_deleted(account: Account) -> None:
    post_id = made(account, "tiktok", mediaUrls=[VIDEO])["id"]
    delete(account, id=post_id)
    advance(account, HOUR)
    assert state(account, post_id)["status"] == "deleted"


# Changing.


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_scheduled_post_is_moved(account: Account, method: str) -> None:
    post_id = later(account, "facebook", notes="first")
    moved = {"id": post_id, "scheduleDate": "2022-12-25T06:00:00+01:00", "post": "other"}
    response = account.call(method, "/api/post", json=moved)
    assert response.get_json() == {
        "status": "success",
        "id": post_id,
        "refId": account.ref_id,
        "scheduleDate": "2022-12-25T05:00:00Z",
    }
    row = state(account, post_id)
    assert (row["post"], row["notes"]) == ("Fresh bread", "first")
    assert (row["status"], row["scheduleDate"]) == ("pending", "2022-12-25T05:00:00Z")


def test_a_post_that_is_moved_to_the_past_goes_out(account: Account) -> None:
    post_id = later(account, "facebook")
    body = change(account, post_id, scheduleDate="2022-01-01T00:00:00Z").get_json()
    assert platforms(body["postIds"]) == ["facebook"]
    assert state(account, post_id)["status"] == "success"


def test_a_post_that_goes_out_by_a_change_may_be_refused(account: Account) -> None:
    post_id = later(account, "facebook", "linkedin")
    decide(account, "fail", platform="facebook", code=161)
    response = change(account, post_id, scheduleDate="2022-01-01T00:00:00Z")
    body = response.get_json()
    assert (response.status_code, body["status"]) == (200, "error")
    assert platforms(body["errors"]) == ["facebook"]
    assert platforms(body["postIds"]) == ["linkedin"]


def test_notes_and_comments_are_changed(account: Account) -> None:
    post_id = later(account, "instagram", mediaUrls=[IMAGE])
    assert change(account, post_id, notes="later", disableComments=True).status_code == 200
    assert state(account, post_id)["notes"] == "later"
    (post,) = account.get("/_fakeayr/posts").get_json()["posts"]
    assert post["disableComments"] is True


def test_a_published_post_changes_on_youtube_only(account: Account) -> None:
    fields = {"mediaUrls": [VIDEO], "youTubeOptions": {"title": "Bread", "tags": ["a"]}}
    post_id = made(account, "youtube", **fields)["id"]
    options = {"title": "Rolls", "visibility": "public"}
    assert change(account, post_id, youTubeOptions=options).status_code == 200
    assert published(account, "youtube")[0]["options"] == {"tags": ["a"], **options}
    assert refusal(change(account, post_id, notes="b")) == (400, 9400)
    assert refusal(change(account, post_id, youTubeOptions=options, notes="b")) == (400, 101)
    other = made(account, "facebook")["id"]
    assert refusal(change(account, other, youTubeOptions=options)) == (400, 9400)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"post": "only another text"},
        {"approved": "true"},
        {"notes": 7},
        {"scheduleDate": "tomorrow"},
        {"scheduledPause": 1},
        {"disableComments": "no"},
        {"youTubeOptions": {}},
        {"youTubeOptions": {"title": "a" * 101}},
        {"youTubeOptions": {"title": "a", "categoryId": "x"}},
    ],
)
def test_a_wrong_change_is_refused(account: Account, body: dict[str, Any]) -> None:
    post_id = later(account, "facebook")
    assert refusal(change(account, post_id, **body)) == (400, 101)
    assert state(account, post_id)["status"] == "pending"


def test_a_change_goes_with_the_posts_status(account: Account) -> None:
    pending = later(account, "facebook")
    assert refusal(change(account, pending, approved=True)) == (400, 9400)
    waiting = later(account, "linkedin", requiresApproval=True)
    assert refusal(change(account, waiting, scheduledPause=True)) == (400, 9400)
    assert change(account, waiting, approved=False, notes="not yet").status_code == 200
    assert state(account, waiting)["status"] == "awaiting approval"
    assert change(account, waiting, approved=True, scheduledPause=True).status_code == 200
    assert state(account, waiting)["status"] == "paused"
    done = made(account, "bluesky")["id"]
    for fields in ({"scheduledPause": True}, {"scheduleDate": LATER}, {"approved": True}):
        assert refusal(change(account, done, **fields)) == (400, 9400)
    assert refusal(change(account, UNKNOWN, notes="a")) == (400, 221)


def test_changing_needs_a_premium_plan(open_account: OpenAccount) -> None:
    free = open_account(plan="free", maxPack=False)
    free.link("facebook")
    post_id = later(free, "facebook")
    assert refusal(change(free, post_id, notes="a")) == (403, 9403)
    assert delete(free, id=post_id).status_code == 200


# Bulk.


def bulk(
    account: Account, text: str | bytes, method: str = "POST", profile_key: str | None = None
) -> TestResponse:
    """Uploads a CSV file."""
    content = text if isinstance(text, bytes) else text.encode()
    return account.call(
        method,
        "/api/post/bulk",
        data={"file": (io.BytesIO(content), "posts.csv")},
        profile_key=profile_key,
    )


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_the_posts_of_a_file_are_scheduled(account: Account, method: str) -> None:
    text = (
        "\ufeffpost,platforms,mediaUrls,scheduleDate\r\n"
        '"Bread, fresh","facebook, linkedin",,4/6/39 12:50\r\n'
        f"Rolls,instagram,{IMAGE},2039-04-07T00:00:00Z\r\n"
        "Now,bluesky,,\r\n"
        "Past,bluesky,,4/6/21 12:50\r\n"
    )
    response = bulk(account, text, method)
    body = response.get_json()
    assert (response.status_code, body["status"]) == (200, "success")
    first, second, third, fourth = body["posts"]
    assert (first["status"], first["scheduleDate"]) == ("scheduled", "4/6/39 12:50")
    row = state(account, first["id"])
    assert (row["post"], row["platforms"]) == ("Bread, fresh", ["facebook", "linkedin"])
    assert row["scheduleDate"] == "2039-04-06T12:50:00Z"
    assert state(account, second["id"])["mediaUrls"] == [IMAGE]
    assert third["status"] == fourth["status"] == "success"
    assert state(account, fourth["id"])["type"] == "now"


def test_a_file_of_a_user_profile(account: Account) -> None:
    key = account.create_profile()["profileKey"]
    account.link("facebook", key)
    text = f"post,platforms,mediaUrls,scheduleDate\nBread,facebook,,{LATER}\n"
    (post,) = bulk(account, text, profile_key=key).get_json()["posts"]
    assert (post["status"], post["profileTitle"]) == ("scheduled", "Mia's Bakery")


@pytest.mark.parametrize("status", [200, 400])
def test_a_row_may_be_refused(account: Account, status: int) -> None:
    account.change(settings={"partialPostStatus": status, "monthlyPostQuota": 1})
    rows = [f"Bread {number},facebook,,{LATER}" for number in range(2)]
    response = bulk(account, "\n".join(["post,platforms,mediaUrls,scheduleDate", *rows]))
    body = response.get_json()
    assert (response.status_code, body["status"]) == (status, "error")
    assert [post["status"] for post in body["posts"]] == ["scheduled", "error"]
    assert (body["posts"][1]["code"], body["posts"][1]["post"]) == (106, "Bread 1")
    refused = bulk(account, "\n".join(["post,platforms,mediaUrls,scheduleDate", rows[0]]))
    assert refused.status_code == 429


@pytest.mark.parametrize(
    "text",
    [
        "",
        "post,platforms\n",
        "post\nBread\n",
        "post,platforms\nBread,friendster\n",
        "post,platforms\nBread,\n",
        "post,platforms,mediaUrls,scheduleDate\nBread,facebook,,tomorrow\n",
        "post,platforms,mediaUrls,scheduleDate\nBread,facebook,,99/99/99 99:99\n",
        "post,platforms,mediaUrls,scheduleDate\nBread,facebook,,1/1/9999 00:00\n",
        'post,platforms\n"Bread,facebook\n',
        "post,platforms\nBread,facebook,more,and,more\n" + "\x00",
        b"\xff\xfe\x00",
        "post,platforms\n" + "Bread,facebook\n" * 1001,
    ],
)
def test_a_file_that_cannot_be_used_is_refused_whole(account: Account, text: str | bytes) -> None:
    assert refusal(bulk(account, text)) == (400, 101)
    assert account.get("/_fakeayr/posts").get_json()["posts"] == []


def test_a_medium_without_https_refuses_the_file(account: Account) -> None:
    text = "post,platforms,mediaUrls,scheduleDate\nBread,facebook,http://img.example/a.jpg,\n"
    assert refusal(bulk(account, text)) == (400, 136)


@pytest.mark.parametrize(
    "options",
    [
        {"json": {}},
        {"json": {"file": "post,platforms"}},
        {"data": {"file": "post,platforms"}},
        {"data": b"--x\r\nbroken", "content_type": "multipart/form-data; boundary=x"},
        {"data": b"a", "content_type": "multipart/form-data"},
        {"data": b"a,b", "content_type": "text/csv"},
    ],
)
def test_a_bulk_needs_a_file(account: Account, options: dict[str, Any]) -> None:
    assert refusal(account.post("/api/post/bulk", **options)) == (400, 101)


def test_the_newer_age_wants_x_credentials_for_a_file(newer: Account) -> None:
    newer.link("twitter")
    text = "post,platforms\nBread,twitter\n"
    assert refusal(bulk(newer, text)) == (400, 419)


def test_a_refused_series_is_no_series(account: Account) -> None:
    response = submit(account, "threads", post="a" * 600, autoRepost={"repeat": 2, "days": 2})
    assert (response.status_code, response.get_json()["status"]) == (400, "error")
