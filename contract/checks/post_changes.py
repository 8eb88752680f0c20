"""Deleting, changing and retrying posts."""

from typing import Any, Final

from fakeayr.contract.checks import check
from fakeayr.contract.expectations import FactBroken, expect, expect_refusal
from fakeayr.contract.post_answers import errors_of, id_of
from fakeayr.contract.posts import NOBODYS_POST, PLAIN_DELETABLE, Author
from fakeayr.contract.server import Answer
from fakeayr.contract.session import ContractSession

_NOT_SERVED: Final = (404, 405, 501)


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
    expect(posts.state(author, other) == "pending", "another post is deleted, too")
    told = posts.delete(author, other)
    expect(told.fields.get("id") == other, "id is another", told)


def _expect_deleted(session: ContractSession, author: Author, post_id: str, gone: Answer) -> None:
    expect(gone.status == 200, "the deletion is refused", gone)
    expect(gone.fields.get("status") == "success", "status is not success", gone)
    expect(gone.fields.get("id") == post_id, "id is another", gone)
    expect(gone.fields.get("code") == 200, "code is not 200", gone)
    row = session.posts.get(author, post_id)
    expect(row.fields.get("status") == "deleted", "the post's status is not deleted", row)
    listed = [it.get("id") for it in session.posts.history(author)]
    expect(post_id not in listed, "a deleted post is listed")
    deleted = [it.get("id") for it in session.posts.history(author, status="deleted")]
    expect(post_id in deleted, "a deleted post is not listed with status=deleted")


@check("posts.deleted", needs_posts=True, needs_linking=True)
def a_deletion_tells_of_each_network(session: ContractSession) -> None:
    """Deleting a published post tells how it went on each network, also for a profile."""
    posts = session.posts
    author = posts.profile
    post_id = id_of(posts.post(author, ["bluesky", "facebook"]))
    gone = posts.delete(author, post_id)
    _expect_deleted(session, author, post_id, gone)
    expect("posts" not in gone.fields, "the deletion is wrapped", gone)
    for network in ("bluesky", "facebook"):
        told = gone.fields.get(network)
        expect(isinstance(told, dict), f"nothing is told of {network}", gone)
        expected = {"action": "delete", "status": "success"}
        shown = {name: (told or {}).get(name) for name in expected}
        expect(shown == expected, f"{network}: {shown}", gone)


@check("posts.deleted-unknown")
def an_unknown_post_is_not_deleted(session: ContractSession) -> None:
    """Deleting an unknown post is refused with 404, and deleting nothing with 400."""
    key = session.profile.key
    for body in ({"id": NOBODYS_POST}, {"id": NOBODYS_POST, "markManualDeleted": True}):
        gone = session.call("DELETE", "/post", profile_key=key, body=body)
        expect_refusal(gone, "DeleteIdNotFound", status=404)
        expect(gone.fields.get("action") == "delete", "action is not delete", gone)
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
        row = session.posts.get(author, post_id)
        found = row.fields.get("status")
        expect(found == state, f"a post is {found}, not {state}", row)


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
    row = posts.get(author, post_id)
    expect(row.fields.get("status") == "pending", "another profile's post is deleted", row)
    expect("notes" not in row.fields, "another profile's post has notes", row)
    found = session.call("GET", f"/history/{post_id}", query={"searchAllPosts": "true"})
    expect(found.fields.get("id") == post_id, "searchAllPosts does not find it", found)


@check("posts.deleted-by-hand", needs_posts=True)
def a_post_is_marked_as_deleted(session: ContractSession) -> None:
    """A scheduled post that is marked as deleted by hand is answered with its status and id."""
    posts = session.posts
    author = posts.account
    post_id = posts.schedule(author, author.among(*PLAIN_DELETABLE)[:1])
    gone = posts.delete(author, post_id, markManualDeleted=True)
    expect(gone.status == 200, "it is refused", gone)
    expect(gone.fields.get("status") == "success", "status is not success", gone)
    expect(gone.fields.get("id") == post_id, "id is another", gone)


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
        expect(row.fields.get("notes") == "first", "the notes are lost", row)
    _expect_changed(posts.change(author, post_id, notes="second", post="other"), post_id)
    row = posts.get(author, post_id)
    expect(row.fields.get("notes") == "second", "the notes did not change", row)
    expect(row.fields.get("post") == text, "the text changed", row)
    expect(row.fields.get("status") == "pending", "the status changed", row)


def _expect_changed(changed: Answer, post_id: str) -> None:
    expect(changed.status == 200, "the change is refused", changed)
    expect(changed.fields.get("status") == "success", "status is not success", changed)
    expect(changed.fields.get("id") == post_id, "id is another", changed)


@check("posts.paused", needs_posts=True)
def a_scheduled_post_is_paused(session: ContractSession) -> None:
    """A scheduled post is paused, and goes on."""
    posts = session.posts
    author = posts.account
    post_id = posts.schedule(author, author.among(*PLAIN_DELETABLE)[:1])
    for paused, state in ((True, "paused"), (False, "pending")):
        _expect_changed(posts.change(author, post_id, scheduledPause=paused), post_id)
        found = posts.state(author, post_id)
        expect(found == state, f"scheduledPause {paused} makes the post {found}")


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
    row = posts.get(author, post_id)
    named = [it.get("platform") for it in row.fields.get("postIds", [])]
    expect(named == networks, f"postIds are of {named}", row)
    refused = posts.change(author, post_id, scheduleDate=posts.far())
    expect(refused.status >= 400 and errors_of(refused), "a published post is moved", refused)
    refused = posts.change(author, post_id, scheduledPause=True)
    expect(refused.status >= 400 and errors_of(refused), "a published post is paused", refused)


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
        what = f"{method} {path} with {sorted(body)}"
        try:
            expect(400 <= refused.status < 500, f"HTTP status {refused.status}", refused)
            expect(refused.fields.get("status") == "error", "it is not refused", refused)
        except FactBroken as error:
            raise FactBroken(f"{what}: {error}", refused) from error
    expect(posts.state(posts.account, mine) == "pending", "a refused change was made")


@check("posts.retried", needs_posts=True)
def a_published_post_is_not_retried(session: ContractSession) -> None:
    """Only a post that failed can be retried: a published one cannot."""
    posts = session.posts
    _, _, made = posts.published
    refused = session.call("PUT", "/post/retry", body={"id": id_of(made)})
    expect(refused.status == 400 and errors_of(refused), "it is retried", refused)
    expect(posts.state(posts.account, id_of(made)) == "success", "its status changed", refused)


@check("posts.deleted-older", needs_posts=True)
def the_older_deletion_does_what_the_new_one_does(session: ContractSession) -> None:
    """DELETE /delete, where it exists, deletes a post."""
    posts = session.posts
    author = posts.account
    post_id = posts.schedule(author, author.among(*PLAIN_DELETABLE)[:1])
    gone = session.call("DELETE", "/delete", body={"id": post_id})
    if gone.status not in _NOT_SERVED:
        _expect_deleted(session, author, post_id, gone)
