"""Deleting, changing and retrying posts."""

from typing import Any

from fakeayr.contract.checks import check
from fakeayr.contract.expectations import (
    about,
    expect,
    expect_fields,
    expect_refusal,
    expect_success,
)
from fakeayr.contract.post_responses import errors_of, expect_networks, id_of
from fakeayr.contract.posts import NOBODYS_POST, PLAIN_DELETABLE, Author
from fakeayr.contract.server import Answer
from fakeayr.contract.session import NOT_SERVED, ContractSession


@check("posts.deleted", needs_posts=True)
def a_post_is_deleted(session: ContractSession) -> None:
    """A published post and a scheduled one are deleted, and nothing else is."""
    posts = session.posts
    author = posts.account
    networks = author.among(*PLAIN_DELETABLE)[:2]
    other = posts.schedule(author, networks)
    made = posts.post(author, networks)
    for post_id in (id_of(made), posts.schedule(author, networks)):
        _expect_deleted(session, author, post_id, posts.delete(author, post_id))
        again = posts.delete(author, post_id)
        expect_refusal(again, "AlreadyDeleted")
    posts.expect_state(author, other, "pending")
    expect_fields(posts.delete(author, other), id=other)


def _expect_deleted(session: ContractSession, author: Author, post_id: str, gone: Answer) -> None:
    expect_success(gone, "the deletion is refused", id=post_id, code=200)
    session.posts.expect_state(author, post_id, "deleted")
    expect(post_id not in session.posts.ids(author), "a deleted post is listed")
    is_found = post_id in session.posts.ids(author, status="deleted")
    expect(is_found, "a deleted post is not listed with status=deleted")


@check("posts.deleted", needs_posts=True, needs_linking=True)
def a_deletion_tells_of_each_network(session: ContractSession) -> None:
    """Deleting a published post reports how it went on each network, also for a profile."""
    posts = session.posts
    author = posts.profile
    post_id = id_of(posts.post(author, ["bluesky", "facebook"]))
    gone = posts.delete(author, post_id)
    _expect_deleted(session, author, post_id, gone)
    expect("posts" not in gone.fields, "the deletion is wrapped", gone)
    for network in ("bluesky", "facebook"):
        told = gone.fields.get(network)
        expected = {"action": "delete", "status": "success"}
        is_told = isinstance(told, dict) and expected.items() <= told.items()
        expect(is_told, f"what is reported of {network} is {told}", gone)


@check("posts.deleted-unknown")
def an_unknown_post_is_not_deleted(session: ContractSession) -> None:
    """Deleting an unknown post is refused with 404, and deleting nothing with 400."""
    key = session.profile.key
    for body in ({"id": NOBODYS_POST}, {"id": NOBODYS_POST, "markManualDeleted": True}):
        gone = session.call("DELETE", "/post", profile_key=key, body=body)
        expect_refusal(gone, "DeleteIdNotFound", status=404)
        expect_fields(gone, action="delete")
    expect_refusal(session.call("DELETE", "/post", body={"id": NOBODYS_POST}), "DeleteIdNotFound")
    nothing: tuple[dict[str, Any], ...] = ({}, {"id": None}, {"id": 7}, {"markManualDeleted": True})
    for body in nothing:
        gone = session.call("DELETE", "/post", profile_key=key, body=body)
        expect_refusal(gone, "InvalidParameters")


@check("posts.deleted-many", needs_posts=True, needs_linking=True)
def many_posts_are_deleted(session: ContractSession) -> None:
    """DELETE /post takes several ids, or all that a profile has scheduled, and no more."""
    posts = session.posts
    author, other = posts.new_profile("facebook"), posts.new_profile("facebook")
    foreign = posts.schedule(other, ["facebook"])
    published = id_of(posts.post(author, ["facebook"]))
    first, second, third, fourth = (posts.schedule(author, ["facebook"]) for _ in range(4))
    gone = session.call("DELETE", "/post", profile_key=author.key, body={"bulk": [first, second]})
    expect(gone.status == 200, "deleting several is refused", gone)
    _expect_states(session, author, {first: "deleted", second: "deleted", third: "pending"})
    body = {"deleteAllScheduled": True, "id": published}
    gone = session.call("DELETE", "/post", profile_key=author.key, body=body)
    expect(gone.status == 200, "deleting all that is scheduled is refused", gone)
    expected = {third: "deleted", fourth: "deleted", published: "success"}
    _expect_states(session, author, expected)
    _expect_states(session, other, {foreign: "pending"})


def _expect_states(session: ContractSession, author: Author, expected: dict[str, str]) -> None:
    for post_id, state in expected.items():
        session.posts.expect_state(author, post_id, state)


@check("posts.deleted", needs_posts=True, needs_linking=True)
def a_post_of_another_profile_stays(session: ContractSession) -> None:
    """A profile can neither see, change nor delete another profile's post."""
    posts = session.posts
    author, other = posts.profile, posts.new_profile("facebook")
    post_id = posts.schedule(author, ["facebook"])
    expect_refusal(posts.get(other, post_id), "HistoryNotFound")
    expect_refusal(posts.delete(other, post_id), "DeleteIdNotFound")
    changed = posts.change(other, post_id, notes="not mine")
    expect(changed.status >= 400, "another profile's post is changed", changed)
    row = posts.expect_state(author, post_id, "pending")
    expect("notes" not in row.fields, "another profile's post has notes", row)
    found = session.call("GET", f"/history/{post_id}", query={"searchAllPosts": "true"})
    expect_fields(found, id=post_id)


@check("posts.deleted-by-hand", needs_posts=True)
def a_post_is_marked_as_deleted(session: ContractSession) -> None:
    """A scheduled post that is marked as deleted by hand returns its status and id."""
    posts = session.posts
    author = posts.account
    post_id = posts.schedule(author, author.among(*PLAIN_DELETABLE)[:1])
    expect_success(posts.delete(author, post_id, markManualDeleted=True), id=post_id)


@check("posts.changed", needs_posts=True)
def a_scheduled_post_is_changed(session: ContractSession) -> None:
    """The date and the notes of a scheduled post are changed, and nothing else."""
    posts = session.posts
    author = posts.account
    networks = author.among(*PLAIN_DELETABLE)[:1]
    text = posts.text()
    post_id = posts.schedule(author, networks, post=text, notes="first")
    for method, day in (("PATCH", 3), ("PUT", 5)):
        when = posts.far(day)
        changed = posts.change(author, post_id, method, scheduleDate=when)
        _expect_changed(changed, post_id)
        row = posts.get(author, post_id)
        shown = str(row.fields.get("scheduleDate"))
        expect(when[:16] in shown, f"{method}: scheduleDate is {shown}", row)
        expect_fields(row, notes="first")
    _expect_changed(posts.change(author, post_id, notes="second", post="other"), post_id)
    expect_fields(posts.get(author, post_id), notes="second", post=text, status="pending")


def _expect_changed(changed: Answer, post_id: str) -> None:
    expect_success(changed, "the change is refused", id=post_id)


@check("posts.paused", needs_posts=True)
def a_scheduled_post_is_paused(session: ContractSession) -> None:
    """A scheduled post is paused, and goes on."""
    posts = session.posts
    author = posts.account
    post_id = posts.schedule(author, author.among(*PLAIN_DELETABLE)[:1])
    for paused, state in ((True, "paused"), (False, "pending")):
        _expect_changed(posts.change(author, post_id, scheduledPause=paused), post_id)
        with about(f"scheduledPause {paused}"):
            posts.expect_state(author, post_id, state)


@check("posts.changed-now", needs_posts=True)
def a_post_is_moved_to_the_past(session: ContractSession) -> None:
    """A scheduled post whose date is moved to the past is published at once."""
    posts = session.posts
    author = posts.account
    networks = author.among(*PLAIN_DELETABLE)[:1]
    post_id = posts.schedule(author, networks)
    _expect_changed(posts.change(author, post_id, scheduleDate="2024-01-02T03:04:05Z"), post_id)
    session.eventually(
        lambda: posts.state(author, post_id) == "success", "the post was not published"
    )
    expect_networks(posts.get(author, post_id), networks)
    changes: tuple[dict[str, Any], ...] = ({"scheduleDate": posts.far()}, {"scheduledPause": True})
    for change in changes:
        refused = posts.change(author, post_id, **change)
        is_refused = refused.status >= 400 and errors_of(refused)
        expect(is_refused, f"a published post takes {sorted(change)}", refused)


@check("posts.change-required", needs_posts=True)
def a_change_needs_a_post_and_something_to_change(session: ContractSession) -> None:
    """A change or a retry without an id, or of an unknown post, is refused; so is no change."""
    posts = session.posts
    key = session.profile.key
    mine = posts.schedule(posts.account, posts.account.among(*PLAIN_DELETABLE)[:1])
    bodies: tuple[tuple[str, str, str | None, dict[str, Any]], ...] = (
        ("PATCH", "/post", key, {"notes": "x"}),
        ("PATCH", "/post", key, {"id": 7, "notes": "x"}),
        ("PATCH", "/post", key, {"id": NOBODYS_POST, "notes": "x"}),
        ("PATCH", "/post", None, {"id": mine}),
        ("PATCH", "/post", None, {"id": mine, "post": "another text"}),
        ("PATCH", "/post", None, {"id": mine, "scheduleDate": "tomorrow"}),
        ("PUT", "/post/retry", key, {}),
        ("PUT", "/post/retry", key, {"id": NOBODYS_POST}),
        ("PUT", "/post/retry", None, {"id": mine}),
    )
    for method, path, profile_key, body in bodies:
        refused = session.call(method, path, profile_key=profile_key, body=body)
        with about(f"{method} {path} with {sorted(body)}"):
            expect(400 <= refused.status < 500, f"HTTP status {refused.status}", refused)
            expect_refusal(refused)
    posts.expect_state(posts.account, mine, "pending")


@check("posts.retried", needs_posts=True)
def a_published_post_is_not_retried(session: ContractSession) -> None:
    """Only a post that failed can be retried: a published one cannot."""
    posts = session.posts
    _, _, made = posts.published
    refused = session.call("PUT", "/post/retry", body={"id": id_of(made)})
    expect(refused.status == 400 and errors_of(refused), "it is retried", refused)
    posts.expect_state(posts.account, id_of(made), "success")


@check("posts.deleted-older", needs_posts=True)
def the_older_deletion_does_what_the_new_one_does(session: ContractSession) -> None:
    """DELETE /delete, where it exists, deletes a post."""
    posts = session.posts
    author = posts.account
    post_id = posts.schedule(author, author.among(*PLAIN_DELETABLE)[:1])
    gone = session.call("DELETE", "/delete", body={"id": post_id})
    if gone.status not in NOT_SERVED:
        _expect_deleted(session, author, post_id, gone)
