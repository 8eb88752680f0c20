"""Posts for later, and posts that wait for an approval."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from fakeayr.contract.checks import check
from fakeayr.contract.checks.post_refusals import expect_bad_request
from fakeayr.contract.expectations import expect, expect_fields, expect_success
from fakeayr.contract.post_responses import (
    error_for,
    errors_of,
    expect_networks,
    id_of,
    unwrapped,
)
from fakeayr.contract.posts import PLAIN
from fakeayr.contract.session import ContractSession


@check("posts.scheduled", needs_posts=True)
def a_post_is_scheduled(session: ContractSession) -> None:
    """A post with a future scheduleDate is scheduled: its response has no postIds."""
    posts = session.posts
    author = posts.account
    networks = author.among(*PLAIN)[:1]
    when = posts.far()
    body = posts.body(networks, scheduleDate=when)
    made = posts.send(author, body)
    expect(made.status == 200, "it is refused", made)
    expect_fields(made, status="scheduled", post=body["post"], refId=author.ref_id)
    expect("postIds" not in made.fields, "there are postIds", made)
    told = _moment(made.fields.get("scheduleDate"))
    expect(told == _moment(when), "scheduleDate is another", made)
    row = posts.expect_state(author, id_of(made), "pending")
    expect_fields(row, type="scheduled")
    expect(_moment(row.fields.get("scheduleDate")) == _moment(when), "it moved", row)
    expect(not row.fields.get("postIds"), "it was published", row)


def _moment(value: Any) -> datetime | None:
    """A moment in one of the two forms that Ayrshare has."""
    if isinstance(value, dict):
        value = value.get("utc")
    try:
        return datetime.fromisoformat(str(value)).astimezone(UTC)
    except ValueError:
        return None


@check("posts.scheduled-past", needs_posts=True)
def a_past_schedule_is_now(session: ContractSession) -> None:
    """A post with a past scheduleDate is published at once; one with no date at all is refused."""
    posts = session.posts
    author = posts.account
    networks = author.among(*PLAIN)[:1]
    made = posts.post(author, networks, scheduleDate="2024-01-02T03:04:05Z")
    expect_success(made)
    expect_networks(made, networks)
    for date in ("tomorrow", "2099-99-99T00:00:00Z", 7, True):
        refused = posts.post(posts.unlinked, networks, scheduleDate=date)
        expect_bad_request(refused, f"scheduleDate {date}")
        codes = [it.get("code") for it in errors_of(refused)]
        expect(156 not in codes, f"scheduleDate {date} is read", refused)


@check("posts.scheduled-whole", needs_posts=True, needs_linking=True)
def a_schedule_is_refused_as_a_whole(session: ContractSession) -> None:
    """If one network refuses a scheduled post, the whole call is refused."""
    posts = session.posts
    author = posts.new_profile("facebook", "threads")
    long = posts.text() + "." * 500
    refused = posts.post(author, ["facebook", "threads"], post=long, scheduleDate=posts.far())
    expect(refused.status == 400, f"HTTP status {refused.status}, not 400", refused)
    error_for(refused, "threads", "PostTooLong")
    expect(len(errors_of(refused)) == 1, "there are other errors", refused)
    expect(posts.ids(author, status="pending") == [], "the refused post is pending")


@check("posts.validate-scheduled", needs_posts=True, needs_linking=True)
def a_schedule_may_be_checked_later(session: ContractSession) -> None:
    """With validateScheduled: false a scheduled post is checked when it is due."""
    posts = session.posts
    long = posts.text() + "." * 500
    later: dict[str, Any] = {"scheduleDate": posts.far(), "validateScheduled": False}
    made = posts.post(posts.profile, ["threads"], post=long, **later)
    expect(made.status == 200, "it is refused at once", made)
    posts.expect_state(posts.profile, id_of(made), "pending")


@check("posts.approval", needs_posts=True)
def a_post_waits_for_its_approval(session: ContractSession) -> None:
    """A post that requires an approval waits for it, and then for its time."""
    posts = session.posts
    author = posts.account
    networks = author.among(*PLAIN)[:1]
    post_id = posts.schedule(author, networks, requiresApproval=True)
    posts.expect_state(author, post_id, "awaiting approval")
    waiting = posts.ids(author, status="awaiting approval")
    expect(post_id in waiting, "history has no such post that waits")
    approved = posts.change(author, post_id, approved=True)
    expect(approved.status == 200, "the approval is refused", approved)
    posts.expect_state(author, post_id, "pending")
    plain = posts.post(author, networks, requiresApproval=False, scheduleDate=posts.far())
    expect_fields(plain, status="scheduled")


@check("posts.approval", needs_posts=True, needs_linking=True)
def an_approved_post_without_a_time_goes_out(session: ContractSession) -> None:
    """An approved post whose time is past, or that has none, is published at once."""
    posts = session.posts
    made = posts.post(posts.profile, ["facebook"], requiresApproval=True)
    expect(made.status == 200, "it is refused", made)
    post_id = id_of(made)
    posts.expect_state(posts.profile, post_id, "awaiting approval")
    posts.change(posts.profile, post_id, approved=True)
    expect_networks(posts.expect_state(posts.profile, post_id, "success"), ["facebook"])


@check("posts.notes", needs_posts=True)
def notes_are_read_back(session: ContractSession) -> None:
    """The notes of a post stand in its history."""
    posts = session.posts
    networks = posts.account.among(*PLAIN)[:1]
    post_id = posts.schedule(posts.account, networks, notes="for the baker's eyes only")
    for path in ("/post", "/history"):
        expect_fields(session.call("GET", f"{path}/{post_id}"), notes="for the baker's eyes only")
    rows = {row.get("id"): row for row in posts.history(posts.account)}
    notes = rows.get(post_id, {}).get("notes")
    expect(notes == "for the baker's eyes only", f"notes in history are {notes}")


@check("posts.repost", needs_posts=True, needs_linking=True)
def a_post_is_repeated(session: ContractSession) -> None:
    """A post with autoRepost has an autoRepostId; too many or too quick repeats are refused."""
    posts = session.posts
    start = posts.far()
    made = posts.post(
        posts.account, ["facebook"], autoRepost={"repeat": 2, "days": 3, "startDate": start}
    )
    expect(made.status == 200, "it is refused", made)
    series = str(made.fields.get("autoRepostId"))
    expect("autoRepostId" in made.fields, "there is no autoRepostId", made)
    other = posts.schedule(posts.account, ["facebook"])
    for wanted in (series, "all"):
        ids = posts.ids(posts.account, autoRepostId=wanted)
        expect(ids, f"history finds nothing of {wanted}", made)
        expect(other not in ids, "history finds a post that is not repeated", made)
    for repeat, days in ((0, 3), (11, 3), (2, 1), (2, 0)):
        order = {"repeat": repeat, "days": days, "startDate": start}
        refused = posts.post(posts.profile, ["facebook"], autoRepost=order)
        expect_bad_request(refused, f"{repeat} repeats every {days} days")


@check("posts.auto-schedule", needs_posts=True, needs_linking=True)
def a_post_takes_the_next_free_slot(session: ContractSession) -> None:
    """A post with autoSchedule takes the next free slot of the schedule that it names."""
    posts = session.posts
    author = posts.new_profile("facebook")
    plan = {"schedule": ["01:05Z", "13:05Z"], "title": "Bakery"}
    session.call("POST", "/auto-schedule", profile_key=author.key, body=plan)
    taken = []
    for _ in range(3):
        made = posts.post(author, ["facebook"], autoSchedule={"schedule": True, "title": "Bakery"})
        expect(made.status == 200, "it is refused", made)
        expect(unwrapped(made).get("status") == "scheduled", "it is not scheduled", made)
        moment = _moment(unwrapped(made).get("scheduleDate"))
        expect(moment is not None, "there is no scheduleDate", made)
        taken.append(moment)
        hour = moment.strftime("%H:%M") if moment else ""
        expect(hour in ("01:05", "13:05"), f"the slot is at {hour}", made)
    gaps = [(b - a).total_seconds() for a, b in pairwise(taken) if a and b]
    expect(gaps == [12 * 3600] * 2, "the slots do not follow each other")


@check("posts.bulk", needs_posts=True, needs_linking=True)
def posts_come_from_a_file(session: ContractSession) -> None:
    """Every row of a CSV file is scheduled, and its date is repeated as it was sent."""
    posts = session.posts
    author = posts.profile
    for method, date in (("POST", posts.far()), ("PUT", "4/6/39 12:50")):
        texts = [posts.text(), f"{posts.text()}, and more"]
        lines = ["post,platforms,mediaUrls,scheduleDate"]
        lines += [f'"{texts[0]}","facebook,linkedin",,{date}', f'"{texts[1]}",linkedin,,{date}']
        form, content_type = multipart("file", "posts.csv", "text/csv", "\n".join(lines).encode())
        made = posts.send(
            author,
            None,
            method=method,
            path="/post/bulk",
            marks=texts,
            raw=form,
            headers={"Content-Type": content_type},
        )
        expect_success(made, f"{method} is refused")
        rows = made.fields.get("posts") or []
        expect([row.get("post") for row in rows] == texts, "the posts are others", made)
        for row, networks in zip(rows, (["facebook", "linkedin"], ["linkedin"]), strict=True):
            expect(row.get("status") == "scheduled", "a row is not scheduled", made)
            expect(row.get("scheduleDate") == date, "scheduleDate is written anew", made)
            one = posts.expect_state(author, str(row.get("id")), "pending")
            expect(sorted(one.fields.get("platforms", [])) == networks, "other networks", one)
    empty = session.call("POST", "/post/bulk", profile_key=author.key, body={})
    expect_bad_request(empty, "a bulk without a file")


def multipart(name: str, file_name: str, content_type: str, data: bytes) -> tuple[bytes, str]:
    """A form with one file, and its Content-Type."""
    boundary = "fakeayr-contract-boundary"
    head = (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
        f"Content-Type: {content_type}\r\n\r\n"
    )
    body = head.encode() + data + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"
