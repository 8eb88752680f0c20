"""What falls due: scheduled posts, TikTok's ids, and the webhook that reports both."""

from typing import Any, Final

from fakeayr.contract.checks import check
from fakeayr.contract.expectations import expect, expect_fields, expect_success
from fakeayr.contract.post_responses import expect_networks, id_of
from fakeayr.contract.posts import FILM, Author
from fakeayr.contract.server import Answer
from fakeayr.contract.session import WEBHOOK_PATH, ContractSession

_HOOK: Final = "https://webhooks.fakeayr.example/scheduled"
_DAY: Final = 86_400
_FIELDS: Final = (
    "action",
    "code",
    "created",
    "errors",
    "id",
    "postIds",
    "refId",
    "status",
    "url",
)


@check("posts.due", "webhooks.scheduled", needs_posts=True, needs_time=True)
def a_due_post_is_published_and_told_of(session: ContractSession) -> None:
    """A scheduled post is published when it is due; the webhook reports it once."""
    posts, author = session.posts, _listening(session, "bluesky", "facebook")
    other = _listening(session, "facebook")
    now = id_of(posts.post(author, ["facebook"]))
    late = posts.schedule(author, ["facebook"], scheduleDate=posts.far(1))
    post_id = posts.schedule(author, ["facebook", "bluesky"])
    posts.advance(30 * _DAY)
    posts.expect_state(author, post_id, "pending")
    posts.advance(11 * _DAY - 60 * 60)
    row = posts.expect_state(author, post_id, "success")
    expect_networks(row, ["bluesky", "facebook"])
    posts.expect_state(author, late, "pending")
    (told,) = _expect_told(session, author, [post_id])
    _expect_payload(author, told, post_id, "success", row.fields)
    expect(not told.get("subAction"), f"subAction is {told.get('subAction')}")
    expect(str(told["created"]).endswith("Z"), f"the webhook's created is {told['created']}")
    expect(_told(session, other) == [], "another profile's webhook reports the post")
    posts.expect_state(author, now, "success")


@check("posts.due", "webhooks.scheduled", needs_posts=True, needs_time=True)
def due_posts_go_out_in_their_order(session: ContractSession) -> None:
    """Posts that are due go out in the order of their dates, also if they are due at once."""
    posts, author = session.posts, _listening(session, "facebook")
    days = (3, 1, 2)
    made = {day: posts.schedule(author, ["facebook"], scheduleDate=posts.far(day)) for day in days}
    posts.advance(60 * _DAY)
    _expect_told(session, author, [made[day] for day in sorted(days)])


@check("posts.retried", "webhooks.scheduled", needs_posts=True, needs_time=True)
def a_failed_post_is_retried(session: ContractSession) -> None:
    """A post that failed is retried, and published once its cause is gone."""
    posts, author = session.posts, _listening(session, "facebook")
    later = {"scheduleDate": posts.far(), "validateScheduled": False}
    post_id = id_of(posts.post(author, ["linkedin"], **later))
    posts.advance(60 * _DAY)
    _expect_codes(posts.expect_state(author, post_id, "error"), [156])
    session.fake.link(author.key, "linkedin")
    again = posts.retry(author, post_id)
    expect(again.status == 200, "the retry is refused", again)
    posts.advance(60 * 60)
    row = posts.expect_state(author, post_id, "success")
    expect_networks(row, ["linkedin"])
    expect_fields(row, errors=[])
    told = _expect_told(session, author, [post_id, post_id])
    states = [it.get("status") for it in told]
    expect(states == ["error", "success"], f"the webhooks tell of {states}")


@check("posts.due", "webhooks.scheduled", needs_posts=True, needs_time=True)
def a_due_post_that_fails_is_told_of(session: ContractSession) -> None:
    """A scheduled post that fails when it is due has the status error, and so has its webhook."""
    posts, author = session.posts, _listening(session, "threads")
    long = posts.text() + "." * 500
    made = posts.post(
        author, ["threads"], post=long, scheduleDate=posts.far(), validateScheduled=False
    )
    post_id = id_of(made)
    posts.advance(200 * _DAY)
    row = posts.expect_state(author, post_id, "error")
    _expect_codes(row, [132])
    (told,) = _expect_told(session, author, [post_id])
    _expect_payload(author, told, post_id, "error", row.fields)
    codes = [it.get("code") for it in told["errors"]]
    expect(codes == [132], f"the webhook's errors have the codes {codes}")
    again = posts.retry(author, post_id)
    expect_success(again, "the retry is refused", id=post_id)
    state = posts.state(author, post_id)
    expect(state in ("pending", "processing", "error"), f"a retried post is {state}", again)
    posts.advance(60 * 60)
    twice = posts.retry(author, post_id)
    expect(twice.status == 400, "a second retry is not refused with 400", twice)
    _expect_told(session, author, [post_id, post_id])


@check("posts.tiktok", "webhooks.scheduled", needs_posts=True, needs_time=True)
def tiktok_names_its_id_later(session: ContractSession) -> None:
    """TikTok's id comes minutes later, in a webhook of its own, also for a post at once."""
    posts, author = session.posts, _listening(session, "tiktok")
    post_id = id_of(posts.post(author, ["tiktok"], **FILM))
    expect(_told(session, author) == [], "a webhook reports an immediate post at once")
    posts.advance(5 * 60)
    row = posts.get(author, post_id)
    (entry,) = row.fields.get("postIds", [{}])
    expect(entry.get("id") not in (None, "", "pending"), "tiktok's id is still pending", row)
    (told,) = _expect_told(session, author, [post_id])
    sub = told.get("subAction")
    expect(sub == "tikTokPublished", f"subAction is {sub}")
    _expect_payload(author, told, post_id, "success", row.fields)
    (shown,) = told["postIds"]
    expect(shown.get("id") == entry["id"], "the webhook has another id")
    later = posts.schedule(author, ["tiktok"], **FILM)
    posts.advance(200 * _DAY)
    told_of = _expect_told(session, author, [post_id, later, later])
    subs = [it.get("subAction") for it in told_of]
    expect(subs == ["tikTokPublished", None, "tikTokPublished"], f"subActions are {subs}")


@check("posts.paused", needs_posts=True, needs_time=True)
def what_is_paused_or_deleted_does_not_go_out(session: ContractSession) -> None:
    """A post that is paused, deleted, or not approved is not published when it is due."""
    posts, author = session.posts, _listening(session, "facebook")
    kept = [posts.schedule(author, ["facebook"]) for _ in range(2)]
    waiting = posts.schedule(author, ["facebook"], requiresApproval=True)
    posts.change(author, kept[0], scheduledPause=True)
    posts.delete(author, kept[1])
    posts.advance(200 * _DAY)
    posts.expect_state(author, kept[0], "paused")
    posts.expect_state(author, kept[1], "deleted")
    posts.expect_state(author, waiting, "awaiting approval")
    expect(_told(session, author) == [], "a webhook reports a post that was not published")
    posts.change(author, kept[0], scheduledPause=False)
    posts.advance(60)
    posts.expect_state(author, kept[0], "success")


@check("history.filters", needs_posts=True, needs_time=True)
def the_last_days_are_counted(session: ContractSession) -> None:
    """Without lastDays the history shows the posts of thirty days; with 0 it shows all."""
    posts, author = session.posts, _listening(session, "facebook")
    old = id_of(posts.post(author, ["facebook"]))
    posts.advance(40 * _DAY)
    new = id_of(posts.post(author, ["facebook"]))
    for query, wanted in (
        ({}, [new]),
        ({"lastDays": "0"}, [new, old]),
        ({"lastDays": "50"}, [new, old]),
        ({"lastDays": "20"}, [new]),
    ):
        found = posts.ids(author, **query)
        expect(found == wanted, f"{query} finds {len(found)} posts, or others")


def _listening(session: ContractSession, *networks: str) -> Author:
    """A new profile with networks, and a webhook."""
    author = session.posts.new_profile(*networks)
    body = {"action": "scheduled", "url": _HOOK}
    session.call("POST", WEBHOOK_PATH, profile_key=author.key, body=body)
    return author


def _told(session: ContractSession, author: Author) -> list[dict[str, Any]]:
    """What the profile's webhook `scheduled` was sent."""
    return [it["body"] for it in session.fake.webhooks() if it.get("refId") == author.ref_id]


def _expect_told(session: ContractSession, author: Author, ids: list[str]) -> list[dict[str, Any]]:
    told = _told(session, author)
    named = [it.get("id") for it in told]
    expect(named == ids, f"the webhook was sent {len(named)} times, or of other posts")
    return told


def _expect_codes(row: Answer, codes: list[int]) -> None:
    found = [it.get("code") for it in row.fields.get("errors", [])]
    expect(found == codes, f"its errors have the codes {found}, not {codes}", row)


def _expect_payload(
    author: Author, told: dict[str, Any], post_id: str, status: str, row: dict[str, Any]
) -> None:
    missing = [name for name in _FIELDS if name not in told]
    expect(not missing, f"the webhook lacks {missing}")
    expected = {
        "action": "scheduled",
        "code": 200,
        "id": post_id,
        "refId": author.ref_id,
        "status": status,
        "url": _HOOK,
    }
    for name, value in expected.items():
        expect(told[name] == value, f"the webhook's {name} is {told[name]}")
    ids = [(it.get("platform"), it.get("id")) for it in told["postIds"]]
    known = [(it.get("platform"), it.get("id")) for it in row.get("postIds", [])]
    expect(ids == known or status == "error", "the webhook's postIds are others")
    expect(bool(told["errors"]) == (status == "error"), "the webhook's errors are others")
