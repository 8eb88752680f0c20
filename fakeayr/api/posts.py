"""POST, GET, PATCH and DELETE /post, their older spellings, retries and bulk."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from flask import Blueprint
from msgspec import Meta

from fakeayr.api import post_body
from fakeayr.api.post_body import Draft, PostBody
from fakeayr.ayrshare import errors
from fakeayr.ayrshare.networks import NETWORKS, in_order
from fakeayr.ayrshare.plans import Feature
from fakeayr.ayrshare.posting.options import Title
from fakeayr.domain import profiles
from fakeayr.domain.advice import values
from fakeayr.domain.advice.guard import guard
from fakeayr.domain.advice.pieces import Piece, advise
from fakeayr.domain.clock import iso_seconds
from fakeayr.domain.optional import without_none
from fakeayr.domain.posting import changes, schedules, shapes, submitting
from fakeayr.domain.posting.posts import Post, PostStatus
from fakeayr.domain.posting.requests import DEFAULT, PostRequest
from fakeayr.domain.profiles import Profile
from fakeayr.domain.refusals import Refused, incorrect
from fakeayr.web.app import present_request
from fakeayr.web.calls import Call, operation
from fakeayr.web.dates import read_date
from fakeayr.web.responses import error_body
from fakeayr.web.x_credentials import check_x_credentials

blueprint = Blueprint("posts", __name__)

MOST_ROWS: Final = 1_000
"""Posts in one CSV file (inferred)."""
_CSV_DATES: Final = ("%m/%d/%y %H:%M", "%m/%d/%Y %H:%M")
"""How the documentation writes dates in CSV, besides ISO 8601."""


class Submission(msgspec.Struct, frozen=True):
    """What was done for one profile: its HTTP status and its body."""

    status: int
    body: dict[str, Any]


class Authors(msgspec.Struct, frozen=True, rename="camel"):
    """The fields of POST /post that say who posts, and how it is reported."""

    profile_key: str | None = None
    profile_keys: Annotated[list[str], Meta(max_length=post_body.MOST_PROFILES)] | None = None
    array_response: bool = False


class Deletion(msgspec.Struct, frozen=True, rename="camel"):
    """The body of DELETE /post: one of the first three."""

    id: str | None = None
    bulk: Annotated[list[str], Meta(max_length=1_000)] | None = None
    delete_all_scheduled: bool = False
    mark_manual_deleted: bool = False
    profile_key: str | None = None


class YouTubeChange(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What can be changed of a post on YouTube."""

    title: Title
    visibility: Literal["public", "unlisted", "private"] | None = None
    description: Annotated[str, Meta(max_length=5_000)] | None = None
    category_id: int | None = None


class Change(msgspec.Struct, frozen=True, rename="camel"):
    """The body of PATCH /post: the id, and at least one of the others."""

    id: str
    approved: bool | None = None
    disable_comments: bool | None = None
    notes: str | None = None
    schedule_date: str | None = None
    scheduled_pause: bool | None = None
    you_tube_options: YouTubeChange | None = None
    profile_key: str | None = None


class Retry(msgspec.Struct, frozen=True, rename="camel"):
    """The body of PUT /post/retry."""

    id: str
    profile_key: str | None = None


class PostQuery(msgspec.Struct, frozen=True, rename="camel"):
    """The query of GET /post/:id; the SDKs repeat the id there."""

    id: str | None = None
    profile_key: str | None = None


@blueprint.post("/post")
@operation()
def submit_post(call: Call) -> Any:
    """Publishes or schedules a post; wrapped in `posts` for User Profiles, refusals included."""
    authors, found = Authors(), []
    try:
        authors = call.fields.into(Authors)
        found = _find_authors(call, authors)
        body = call.body(PostBody)
        draft = post_body.read_draft(call.fields, body, call.tenant.account, call.tenant.world.ids)
    except Refused as refused:
        if not found and refused.error is not errors.INVALID_PARAMETERS:
            raise
        found = found or [call.profile()]
        call.advice += refused.advice
        answers = [_refusal(refused)] * len(found)
    else:
        call.advice += guard(_on_schedule, call, draft)
        answers = [_submit(call, profile, draft, body.idempotency_key) for profile in found]
    call.status = _joint_status(call, answers)
    if not authors.profile_keys and found[0].primary:
        return answers[0].body
    results = [one for answer in answers for one in answer.body.get("posts", [answer.body])]
    return results if authors.array_response else _wrap(results)


def _on_schedule(call: Call, draft: Draft) -> Iterator[Piece]:
    """What looks wrong about the date and the media of a post that was read."""
    text, instant = draft.request.schedule_text, draft.request.scheduled
    if text is not None and instant is not None:
        yield from values.on_schedule("scheduleDate", text, instant, call.now)
    for field in ("mediaUrl", "media_urls"):
        if field in call.fields.values:
            yield advise("post-media-url", f"/{field}", field=field)


def _find_authors(call: Call, authors: Authors) -> list[Profile]:
    """The profiles that post.

    Raises:
        Refused: A profile key is invalid (144), or a profile is suspended (276).
    """
    if not authors.profile_keys:
        return [call.profile(authors.profile_key)]
    keys = dict.fromkeys(authors.profile_keys)
    return [call.acting_for(profiles.get(call.tenant, key)) for key in keys]


def _submit(call: Call, profile: Profile, draft: Draft, idempotency_key: str | None) -> Submission:
    """Submits a post for one profile."""
    tenant = call.tenant
    try:
        with tenant.transaction():
            request = post_body.for_profile(draft, tenant, profile)
            check_x_credentials(call, request.platforms)
            if draft.series is not None:
                posts = submitting.submit_series(
                    tenant, profile, request, draft.series, idempotency_key=idempotency_key
                )
            else:
                posts = [
                    submitting.submit(tenant, profile, request, idempotency_key=idempotency_key)
                ]
            if draft.auto_schedule is not None and posts[0].status is not PostStatus.ERROR:
                slot = request.scheduled or call.now
                schedules.take_slot(tenant, profile, draft.auto_schedule, slot)
    except Refused as refused:
        call.advice += refused.advice
        return _refusal(refused)
    if draft.series is not None:
        return _describe_series(call, posts)
    return _describe_post(call, posts[0])


def _refusal(refused: Refused) -> Submission:
    """A post that is refused as a whole; what the plan lacks stands in `errors` (public-code)."""
    body = error_body(refused)
    if refused.error is errors.PLAN_FEATURE:
        body = {"status": "error", "errors": [body], "postIds": []}
    return Submission(refused.status, body)


def _describe_post(call: Call, post: Post) -> Submission:
    status = 400 if post.errors else 200
    if post.errors and shapes.post_ids(post):
        status = call.tenant.account.settings.partial_post_status
    return Submission(status, shapes.submission(post))


def _describe_series(call: Call, series: list[Post]) -> Submission:
    """All posts of an `autoRepost`."""
    answers = [_describe_post(call, post) for post in series]
    series_id = series[0].request.auto_repost_id
    posts = [answer.body for answer in answers]
    body = {**_wrap(posts, "scheduled"), "autoRepostId": series_id}
    return Submission(_joint_status(call, answers), body)


def _joint_status(call: Call, answers: list[Submission]) -> int:
    """The HTTP status of several results, of which some may have failed."""
    statuses = {answer.status for answer in answers}
    if len(statuses) > 1:
        return call.tenant.account.settings.partial_post_status
    return statuses.pop()


def _wrap(results: list[dict[str, Any]], success: str = "success") -> dict[str, Any]:
    """Several results below `posts`; `success` is the status if none has failed."""
    failed = any(result["status"] == "error" for result in results)
    return {"status": "error" if failed else success, "posts": results}


@blueprint.get("/post/<post_id>")
@operation()
def get_post(call: Call, post_id: str) -> dict[str, Any]:
    """Returns a post as it stands now."""
    profile = call.profile(call.query(PostQuery).profile_key)
    return shapes.history(changes.get(call.tenant, profile, post_id))


@blueprint.delete("/post")
@blueprint.delete("/delete", endpoint="delete_post_legacy")
@operation()
def delete_post(call: Call) -> Any:
    """Deletes a post, several, or all that are scheduled."""
    body = call.body(Deletion)
    profile = call.profile(body.profile_key)
    tenant = call.tenant
    if body.delete_all_scheduled:
        return {"status": "success", "posts": changes.delete_scheduled(tenant, profile)}
    by_hand = body.mark_manual_deleted
    if body.bulk is not None:
        return [_try_to_delete(call, profile, post_id, by_hand=by_hand) for post_id in body.bulk]
    if body.id is None:
        raise incorrect("id, bulk or deleteAllScheduled is required.")
    return _delete(call, profile, body.id, by_hand=by_hand)


def _delete(call: Call, profile: Profile, post_id: str, *, by_hand: bool) -> dict[str, Any]:
    post = changes.find(call.tenant, profile, post_id)
    if post is not None and not by_hand:
        check_x_credentials(call, {one.platform for one in post.publications if one.is_live})
    return changes.delete(call.tenant, profile, post_id, by_hand=by_hand)


def _try_to_delete(call: Call, profile: Profile, post_id: str, *, by_hand: bool) -> dict[str, Any]:
    try:
        return _delete(call, profile, post_id, by_hand=by_hand)
    except Refused as refused:
        return {**error_body(refused), "id": post_id}


@blueprint.patch("/post")
@blueprint.put("/post", endpoint="put_post")
@operation(Feature.PREMIUM_POSTING)
def change_post(call: Call) -> dict[str, Any]:
    """Approves, pauses or moves a scheduled post, or changes what may be changed of it."""
    body = call.body(Change)
    profile = call.profile(body.profile_key)
    tenant = call.tenant
    fields = without_none(
        {
            "approved": body.approved,
            "paused": body.scheduled_pause,
            "scheduled": post_body.read_optional_date("scheduleDate", body.schedule_date),
            "disable_comments": body.disable_comments,
            "notes": body.notes,
        }
    )
    if body.you_tube_options is not None:
        if fields:
            raise incorrect("youTubeOptions goes with no other field.")
        options = msgspec.to_builtins(body.you_tube_options)
        post = changes.change_published(tenant, profile, body.id, **options)
    elif fields:
        post = changes.change(tenant, profile, body.id, **fields)
    else:
        raise incorrect("Name at least one field to change.")
    return _describe_change(call, post)


def _describe_change(call: Call, post: Post) -> dict[str, Any]:
    if post.errors:
        refused = _describe_post(call, post)
        call.status = refused.status
        return refused.body
    scheduled = post.request.scheduled
    return without_none(
        {
            "status": "success",
            "id": post.id,
            "refId": post.ref_id,
            "scheduleDate": None if scheduled is None else iso_seconds(scheduled),
            "postIds": shapes.post_ids(post) if post.publications else None,
        }
    )


@blueprint.put("/post/retry")
@operation()
def retry_post(call: Call) -> dict[str, Any]:
    """Tries a failed post once more; it is published like a scheduled one."""
    body = call.body(Retry)
    profile = call.profile(body.profile_key)
    post = changes.find(call.tenant, profile, body.id)
    if post is not None:
        check_x_credentials(call, post.request.platforms)
    retried = changes.retry(call.tenant, profile, body.id)
    return {"status": "success", "id": retried.id, "refId": retried.ref_id}


@blueprint.route("/post/bulk", methods=["POST", "PUT"])
@operation()
def submit_bulk(call: Call) -> dict[str, Any]:
    """Schedules the posts of a CSV file; a row that cannot be read refuses the file."""
    profile = call.profile()
    requests = [_read_row(number, row) for number, row in enumerate(_read_csv(), start=2)]
    check_x_credentials(call, {name for request in requests for name in request.platforms})
    answers = [_submit_row(call, profile, request) for request in requests]
    call.status = _joint_status(call, answers)
    return _wrap([answer.body for answer in answers])


def _submit_row(call: Call, profile: Profile, request: PostRequest) -> Submission:
    try:
        return _describe_post(call, submitting.submit(call.tenant, profile, request))
    except Refused as refused:
        return Submission(refused.status, {**error_body(refused), "post": request.text})


def _read_csv() -> list[dict[str, str | None]]:
    """The rows of the uploaded file.

    Raises:
        Refused: There is no file, or it is no CSV with a column `post` (101).
    """
    file = present_request().files.get("file")
    if file is None:
        raise incorrect("Send the CSV file as the field file of multipart/form-data.")
    try:
        text = file.read().decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise incorrect("file: it is no CSV in UTF-8.") from None
    if not rows or {"post", "platforms"} - rows[0].keys():
        raise incorrect("file: it needs a first row with post, platforms, mediaUrls, scheduleDate.")
    if len(rows) > MOST_ROWS:
        raise incorrect(f"file: it has more than {MOST_ROWS} posts.")
    return rows


def _read_row(number: int, row: dict[str, str | None]) -> PostRequest:
    platforms = _split(row.get("platforms"))
    if not platforms or not set(platforms) <= NETWORKS.keys():
        raise incorrect(f"file, row {number}: platforms must name networks, separated by commas.")
    media = _split(row.get("mediaUrls"))
    post_body.check_urls(media)
    date = (row.get("scheduleDate") or "").strip()
    return PostRequest(
        platforms=in_order(platforms),
        texts={DEFAULT: row.get("post") or ""},
        media={DEFAULT: media} if media else {},
        scheduled=_read_csv_date(number, date) if date else None,
        schedule_text=date or None,
    )


def _read_csv_date(number: int, text: str) -> float:
    for form in _CSV_DATES:
        try:
            text = datetime.strptime(text, form).replace(tzinfo=UTC).isoformat()
        except ValueError:
            continue
    return read_date(f"file, row {number}", text)


def _split(cell: str | None) -> list[str]:
    return [part.strip() for part in (cell or "").split(",") if part.strip()]
