"""The scenarios of a posting day: posts at once and for later, history, media and numbers.

Whatever posts is played on a fake only: elsewhere a person would have to link the networks.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from fakeayr.ayrshare.headers import X_APP_KEY, X_APP_SECRET
from fakeayr.contract.leftovers import TITLE_PREFIX
from fakeayr.contract.post_responses import id_of
from fakeayr.contract.posts import NOBODYS_POST, SAMPLE_IMAGE
from fakeayr.contract.recordings.step_recorder import (
    JWT,
    LINK_SESSIONS,
    StepRecorder,
    scenario,
)
from fakeayr.contract.server import Answer
from fakeayr.contract.session import CreatedProfile

_SCHEDULE: Final = "/auto-schedule"
_VALIDATE: Final = "/validate/post"
_HOOK: Final = "https://webhooks.fakeayr.example/scheduled"
_PAST: Final = "2024-01-02T03:04:05Z"
_DAY: Final = 86_400
_FOUR: Final = ("bluesky", "facebook", "instagram", "linkedin")
_FILM: Final = {"randomMediaUrl": True, "isVideo": True}


@scenario(JWT, needs_linking=True)
def posts_at_once(recorder: StepRecorder) -> None:
    """Posts that are published at once, how they are shown, and their deletion."""
    profile = _poster(recorder, *_FOUR)
    image = {"mediaUrls": [recorder.known(SAMPLE_IMAGE)]}
    made = _post(recorder, "post to four networks", profile, "one", *_FOUR, **image)
    _show(recorder, "show it", profile, made)
    _read(recorder, "its history", profile, f"/history/{id_of(made)}")
    _post(recorder, "post to all", profile, "two", "all", **image)
    _post(recorder, "post to one that is not linked", profile, "three", "facebook", "telegram")
    _post(recorder, "with a past date", profile, "four", "facebook", scheduleDate=_PAST)
    texts = {"facebook": _text("five"), "default": _text("six")}
    _post(recorder, "a text for each", profile, "", "facebook", "linkedin", post=texts)
    _read(recorder, "the history, the last one", profile, "/history?limit=1")
    _read(recorder, "what was on linkedin", profile, "/history?platforms=linkedin&limit=1")
    _delete(recorder, "delete it", profile, id=id_of(made))
    _delete(recorder, "delete it again", profile, id=id_of(made))
    _show(recorder, "show what is deleted", profile, made)
    _read(recorder, "what is deleted", profile, "/history?status=deleted")


@scenario(JWT, needs_fake=True)
def posts_for_later(recorder: StepRecorder) -> None:
    """Posts that are scheduled, changed, paused and approved, and fall due."""
    profile = _poster(recorder, "facebook", "tiktok")
    body = {"action": "scheduled", "url": recorder.known(_HOOK)}
    recorder.call("register", "POST", "/hook/webhook", profile_key=profile.key, body=body)
    first, second, third, fourth = (
        _post(recorder, f"schedule the {name}", profile, name, "facebook", scheduleDate=_ahead(2))
        for name in ("first", "second", "third", "fourth")
    )
    waiting = _post(
        recorder, "one to approve", profile, "fifth", "facebook", requiresApproval=True, notes="New"
    )
    _show(recorder, "show the first", profile, first)
    _change(recorder, "pause the first", profile, first, scheduledPause=True)
    _change(recorder, "move the second", profile, second, scheduleDate=_ahead(3))
    _change(recorder, "move the third to the past", profile, third, scheduleDate=_PAST)
    _change(recorder, "move what is published", profile, third, scheduleDate=_ahead(3))
    _change(recorder, "change nothing", profile, second)
    _change(recorder, "approve the fifth", profile, waiting, approved=True)
    recorder.happens("two days go by", "/_fakeayr/clock", advance=2 * _DAY + 3600)
    for name, made in (("first", first), ("second", second), ("fourth", fourth)):
        _show(recorder, f"show the {name}", profile, made)
    _change(recorder, "go on with the first", profile, first, scheduledPause=False)
    _show(recorder, "show the first", profile, first)
    film = _post(recorder, "a film for tiktok", profile, "film", "tiktok", **_FILM)
    recorder.happens("five minutes go by", "/_fakeayr/clock", advance=300)
    _show(recorder, "show the film", profile, film, showing=("status", "type", "platforms"))
    _retry(recorder, "retry what is published", profile, third)
    _delete(recorder, "delete several", profile, bulk=[id_of(first), id_of(second)])
    _delete(recorder, "delete all that is scheduled", profile, deleteAllScheduled=True)


@scenario(JWT, needs_linking=True)
def refused_posts(recorder: StepRecorder) -> None:
    """What POST /post refuses, by networks and as a whole."""
    profile = _poster(recorder, "facebook", "instagram", "linkedin", "reddit", "threads", "youtube")
    image = {"mediaUrls": [recorder.known(SAMPLE_IMAGE)]}
    _post(recorder, "to what is not linked", profile, "one", "telegram", "twitter")
    long = recorder.secret(_text("a") + "." * 500, "<a long text>")
    _post(recorder, "a long text", profile, "", "threads", post=long)
    _post(
        recorder,
        "a long text for later",
        profile,
        "",
        "threads",
        "facebook",
        post=long,
        scheduleDate=_ahead(2),
    )
    tags = _text("tags") + " #a #b #c #d #e #f"
    _post(recorder, "six hashtags", profile, "", "instagram", post=tags, **image)
    _post(recorder, "without media", profile, "two", "instagram")
    _post(recorder, "without a title", profile, "three", "reddit")
    _post(recorder, "a film without a title", profile, "four", "youtube", **_FILM)
    _post(recorder, "once", profile, "five", "facebook")
    _post(recorder, "twice", profile, "five", "facebook")
    _post(recorder, "with a key", profile, "six", "linkedin", idempotencyKey="a-key")
    _post(recorder, "with the key again", profile, "seven", "linkedin", idempotencyKey="a-key")
    _post(
        recorder,
        "media over http",
        profile,
        "eight",
        "facebook",
        mediaUrls=["http://media.fakeayr.example/a.jpg"],
    )
    for name, body in (
        ("nothing", {}),
        ("no text", {"platforms": ["facebook"]}),
        ("no platforms", {"post": _text("nine")}),
        ("no network that anybody knows", {"post": _text("nine"), "platforms": ["friendster"]}),
        ("no date", {"post": _text("ten"), "platforms": ["facebook"], "scheduleDate": 7}),
    ):
        recorder.call(name, "POST", "/post", profile_key=profile.key, body=body)


@scenario(JWT, needs_fake=True)
def withdrawn_links(recorder: StepRecorder) -> None:
    """Posts to networks that no longer accept their links."""
    lost = ("facebook", "instagram", "twitter")
    profile = _poster(recorder, *lost, "linkedin")
    for network in lost:
        recorder.happens(
            f"{network} withdraws its link",
            "/_fakeayr/events",
            type="revoke",
            platform=network,
            profileKey=profile.key,
        )
    image = {"mediaUrls": [recorder.known(SAMPLE_IMAGE)]}
    _post(recorder, "post to all of them", profile, "one", *lost, "linkedin", **image)


@scenario(JWT, needs_fake=True)
def media_that_networks_refuse(recorder: StepRecorder) -> None:
    """Media that cannot be fetched, are too large or too wide."""
    profile = _poster(recorder, "facebook", "instagram", "linkedin")
    base = "https://media.fakeayr.example"
    for name, network, facts in (
        ("gone.jpg", "facebook", {"reachable": False}),
        ("large.jpg", "linkedin", {"contentType": "image/jpeg", "bytes": 60_000_000}),
        ("wide.mp4", "instagram", {"contentType": "video/mp4", "width": 4_000, "height": 2_000}),
    ):
        url = recorder.known(f"{base}/{name}")
        recorder.happens(f"what {name} is", "/_fakeayr/media", url=url, **facts)
        _post(recorder, f"post {name}", profile, name, network, mediaUrls=[url])


@scenario(LINK_SESSIONS, needs_linking=True)
def posts_to_x(recorder: StepRecorder) -> None:
    """Posts to X with the credentials of an app, with half of them, and with none."""
    profile = _poster(recorder, "twitter")
    pair = {X_APP_KEY: "an-x-key", X_APP_SECRET: "an-x-secret"}
    for name, headers in (("none", {}), ("half", {X_APP_KEY: "an-x-key"}), ("all", pair)):
        body = {"post": _text(name), "platforms": ["twitter"]}
        recorder.call(
            f"with {name}", "POST", "/post", profile_key=profile.key, body=body, headers=headers
        )


@scenario(JWT)
def no_posts(recorder: StepRecorder) -> None:
    """What is returned where there are no posts."""
    profile = recorder.create("create a profile")
    _read(recorder, "no history", profile, "/history")
    _read(recorder, "no history of a kind", profile, "/history?type=scheduled&status=error")
    _read(recorder, "an unknown post", profile, f"/post/{NOBODYS_POST}")
    _delete(recorder, "delete an unknown post", profile, id=NOBODYS_POST)
    _delete(recorder, "delete nothing", profile)


@scenario(JWT)
def validating(recorder: StepRecorder) -> None:
    """What /validate finds, without posting anything."""
    profile = recorder.create("create a profile")
    for name, body in (
        ("a good post", {"post": "Fresh bread.", "platforms": ["facebook", "linkedin"]}),
        ("no text", {"platforms": ["facebook"]}),
        ("no network that anybody knows", {"post": "x", "platforms": ["friendster"]}),
    ):
        recorder.call(name, "POST", _VALIDATE, profile_key=profile.key, body=body)
    plain = {"Content-Type": "text/plain"}
    for name, raw in (("good JSON", b'{"post": "bread"}'), ("no JSON", b"{")):
        shown = ("message", "status") if name == "good JSON" else ("status",)
        recorder.call(name, "POST", "/validate/json", raw=raw, headers=plain, showing=shown)
    recorder.call("a length", "POST", "/validate/postLength", body={"post": "Fresh bread."})


@scenario(JWT)
def auto_schedules(recorder: StepRecorder) -> None:
    """Setting, listing and deleting auto-schedules."""
    profile = recorder.create("create a profile")
    _read(recorder, "none", profile, _SCHEDULE)
    plan = {"schedule": ["18:06z", "13:05Z"], "daysOfWeek": [1, 3], "excludeDates": ["12/24/2027"]}
    bodies: tuple[tuple[str, dict[str, Any]], ...] = (
        ("set the default", plan),
        ("set another", {**plan, "title": "Bakery"}),
        ("set nothing", {"title": "Bakery"}),
        ("set no times", {"schedule": []}),
    )
    for name, body in bodies:
        recorder.call(name, "POST", _SCHEDULE, profile_key=profile.key, body=body)
    _read(recorder, "both", profile, _SCHEDULE)
    for name, body in (("delete the default", {}), ("delete the other", {"title": "Bakery"})):
        recorder.call(name, "DELETE", _SCHEDULE, profile_key=profile.key, body=body)


@scenario(JWT)
def media(recorder: StepRecorder) -> None:
    """What is asked of media without uploading any."""
    image = {"mediaUrl": recorder.known(SAMPLE_IMAGE)}
    recorder.call("a URL for an image", "GET", "/media/uploadUrl", query={"fileName": "a.png"})
    recorder.call("a URL for a video", "GET", "/media/uploadUrl", query={"contentType": "mp4"})
    recorder.call("a URL for nothing", "GET", "/media/uploadUrl")
    recorder.call("an image that exists", "POST", "/media/urlExists", body=image)
    recorder.call("nothing that exists", "POST", "/media/urlExists", body={})


@scenario(JWT, needs_linking=True)
def numbers(recorder: StepRecorder) -> None:
    """Analytics of a post and of accounts, and the histories of networks: the fields of each."""
    networks = ("bluesky", "facebook", "linkedin", "threads", "twitter")
    profile = _poster(recorder, *networks)
    made = _post(recorder, "post", profile, "one", *networks)
    for name, path, body in (
        ("of a post", "/analytics/post", {"id": id_of(made), "platforms": list(networks)}),
        ("of accounts", "/analytics/social", {"platforms": list(networks)}),
        ("of nothing", "/analytics/post", {}),
        ("of no account", "/analytics/social", {"platforms": []}),
    ):
        recorder.call(name, "POST", path, profile_key=profile.key, body=body, figures=True)
    for network in ("bluesky", "facebook", "linkedin", "twitter", "gmb", "instagram"):
        _read(recorder, f"history of {network}", profile, f"/history/{network}", figures=True)


# Calls that several scenarios make


def _poster(recorder: StepRecorder, *networks: str) -> CreatedProfile:
    profile = recorder.create("create a profile")
    recorder.link("link its networks", profile, *networks)
    return profile


def _text(words: str) -> str:
    """A text that says where it comes from; those of one scenario are not alike."""
    return f"{TITLE_PREFIX}recorded: {' '.join([words] * 5)}"


def _ahead(days: int) -> str:
    moment = datetime.now(UTC) + timedelta(days=days)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _post(
    recorder: StepRecorder,
    step: str,
    profile: CreatedProfile,
    words: str,
    *networks: str,
    **fields: Any,
) -> Answer:
    body = {"post": _text(words), "platforms": list(networks), **fields}
    return recorder.call(step, "POST", "/post", profile_key=profile.key, body=body)


def _show(
    recorder: StepRecorder, step: str, profile: CreatedProfile, made: Answer, **how: Any
) -> None:
    recorder.call(step, "GET", f"/post/{id_of(made)}", profile_key=profile.key, **how)


def _read(
    recorder: StepRecorder, step: str, profile: CreatedProfile, path: str, **how: Any
) -> None:
    recorder.call(step, "GET", path, profile_key=profile.key, **how)


def _change(
    recorder: StepRecorder, step: str, profile: CreatedProfile, made: Answer, **fields: Any
) -> None:
    body = {"id": id_of(made), **fields}
    recorder.call(step, "PATCH", "/post", profile_key=profile.key, body=body)


def _retry(recorder: StepRecorder, step: str, profile: CreatedProfile, made: Answer) -> None:
    body = {"id": id_of(made)}
    recorder.call(step, "PUT", "/post/retry", profile_key=profile.key, body=body)


def _delete(recorder: StepRecorder, step: str, profile: CreatedProfile, **body: Any) -> None:
    recorder.call(step, "DELETE", "/post", profile_key=profile.key, body=body)
