"""The library: the whole linking flow, every documented error, both ages.

Each scenario makes the profiles that it needs and touches no others; none sends an e-mail or a post
from another server than a fake.
"""

import json
from typing import Any, Final
from urllib.parse import quote, urlencode

from fakeayr.ayrshare.headers import X_APP_KEY, X_APP_SECRET
from fakeayr.ayrshare.limits import EXPIRES_IN_MAX_MINUTES, RATE_LIMIT_REQUESTS
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.client.tokens import url_parameters
from fakeayr.contract.recordings.step_recorder import (
    JWT,
    LINK_SESSIONS,
    SCENARIOS,
    Scenario,
    StepRecorder,
    scenario,
)
from fakeayr.contract.server import Answer
from fakeayr.contract.session import NOBODYS_KEY, CreatedProfile

_GENERATE: Final = "/profiles/generateJWT"
_SESSIONS: Final = "/profiles/link-sessions"
_WEBHOOK: Final = "/hook/webhook"
_REDIRECT: Final = "https://shop.fakeayr.example/linked?step=2&origin=true"
_HOOK: Final = "https://webhooks.fakeayr.example/feed"
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_NETWORKS: Final = tuple(reversed(NETWORKS))
"""All thirteen; linked in this order, they are listed in the opposite one."""
_EMAIL: Final = {
    "to": "mia@bakery.fakeayr.example",
    "contactEmail": "help@shop.fakeayr.example",
    "company": "Shop",
    "termsUrl": "https://shop.fakeayr.example/terms",
    "privacyUrl": "https://shop.fakeayr.example/privacy",
    "expiresIn": 60,
}
_TOO_MANY_BYTES: Final = 2_000_000
_OPERATIONS: Final = (
    ("POST", _GENERATE),
    ("POST", "/profiles"),
    ("GET", "/profiles"),
    ("PATCH", "/profiles"),
    ("DELETE", "/profiles"),
    ("DELETE", "/profiles/social"),
    ("GET", "/user"),
    ("POST", _WEBHOOK),
    ("GET", _WEBHOOK),
    ("DELETE", _WEBHOOK),
)


def load() -> list[Scenario]:
    """Every scenario of the library."""
    from fakeayr.contract.recordings import posting_day  # noqa: F401, PLC0415 - it adds its own

    return SCENARIOS


# The first age: the linking flow


@scenario(JWT)
def linking_flow(recorder: StepRecorder) -> None:
    """From a new profile to its linking URL, and what is left once the profile is deleted."""
    profile = recorder.create("create a profile")
    recorder.listed("list it", profile, refId=profile.ref_id)
    recorder.call("its user, nothing linked", "GET", "/user", profile_key=profile.key)
    linking = recorder.generate("a linking URL", profile)
    recorder.open("open the linking URL", linking.fields.get("url"))
    again = recorder.generate("another linking URL", profile, verify=True)
    recorder.open("open the other linking URL", again.fields.get("url"))
    recorder.delete("delete the profile", profile)
    recorder.call("its user, deleted", "GET", "/user", profile_key=profile.key)
    recorder.generate("a linking URL of a deleted profile", profile)
    recorder.open("open the linking URL of a deleted profile", linking.fields.get("url"))


@scenario(JWT, LINK_SESSIONS, needs_linking=True)
def linked(recorder: StepRecorder) -> None:
    """What a person's links change, and what is left once they are gone."""
    profile, other = recorder.create("create a profile"), recorder.create("create another")
    recorder.link("link two networks", profile, "twitter", "facebook")
    recorder.call("its user", "GET", "/user", profile_key=profile.key)
    recorder.call("the other's user", "GET", "/user", profile_key=other.key)
    keys = f"{profile.key},{other.key}"
    recorder.listed("list both", profile, other, profileKeys=keys)
    recorder.listed("list the linked one", profileKeys=keys, hasActiveSocialAccounts="true")
    recorder.listed("list the other one", profileKeys=keys, hasActiveSocialAccounts="false")
    recorder.listed(
        "list by network", profileKeys=keys, includesActiveSocialAccounts="facebook,twitter"
    )
    _unlink(recorder, "unlink one", profile, "twitter")
    recorder.call("its user, one linked", "GET", "/user", profile_key=profile.key)
    _unlink(recorder, "unlink the last", profile, "facebook")
    recorder.call("its user, nothing linked", "GET", "/user", profile_key=profile.key)


@scenario(JWT, needs_linking=True)
def all_networks(recorder: StepRecorder) -> None:
    """What GET /user reports of each network, in the order of Ayrshare."""
    profile = recorder.create("create a profile")
    recorder.link("link all networks, the last first", profile, *_NETWORKS)
    recorder.call("its user", "GET", "/user", profile_key=profile.key)
    query = {"instagramDetails": "true"}
    recorder.call("with Instagram's details", "GET", "/user", profile_key=profile.key, query=query)
    recorder.listed("list it", profile, refId=profile.ref_id)


# The first age: generateJWT


@scenario(JWT)
def generating_urls(recorder: StepRecorder) -> None:
    """Everything that generateJWT can be asked for without an e-mail."""
    profile = recorder.create("create a profile")
    redirect = recorder.known(_REDIRECT)
    recorder.generate("for half an hour", profile, expiresIn=30)
    recorder.generate("for half an hour, in the older spelling", profile, expireIn=30)
    recorder.generate("for two days", profile, expiresIn=EXPIRES_IN_MAX_MINUTES)
    sent_on = recorder.generate("with a redirect", profile, redirect=redirect)
    short = url_parameters(str(sent_on.fields.get("url"))).get("redirect", "")
    recorder.open("follow the short link", short)
    recorder.generate("for two networks", profile, allowedSocial=["facebook", "twitter"])
    recorder.generate("with logout", profile, logout=True)
    recorder.generate("with everything off", profile, logout=False, verify=False, base64=False)
    recorder.generate("with a field nobody knows", profile, noSuchField="x", source="contract")
    pair = {X_APP_KEY: "an-x-key", X_APP_SECRET: "an-x-secret"}
    recorder.generate("with X credentials in headers", profile, headers=pair)
    in_body: dict[str, Any] = {"twitterApiKey": "an-x-key", "twitterApiSecret": "an-x-secret"}
    recorder.generate("with X credentials in the body", profile, **in_body)


@scenario(JWT)
def private_keys(recorder: StepRecorder) -> None:
    """What becomes of good, corrupt and foreign keys, with and without verify."""
    profile = recorder.create("create a profile")
    own = recorder.session.target.credentials.private_key
    encoded = recorder.secret(quote(own), "<private key, URL-encoded>")
    keys: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("the domain's key", own, {}),
        ("the key in base64", recorder.base64_key, {"base64": True}),
        ("the key, URL-encoded", encoded, {}),
        ("a corrupt key", recorder.corrupt_key, {}),
        ("another domain's key", recorder.foreign_key, {}),
        ("no key at all", "not a key", {}),
        ("a key that only looks like base64", "bm90IGEga2V5", {"base64": True}),
    )
    for name, key, more in keys:
        made = recorder.generate(name, profile, privateKey=key, **more)
        if made.status == 200:
            recorder.open(f"open the URL of {name}", made.fields.get("url"))
        recorder.generate(f"{name}, verified", profile, privateKey=key, verify=True, **more)


@scenario(JWT)
def refused_urls(recorder: StepRecorder) -> None:
    """Everything that generateJWT refuses, but for keys."""
    profile = recorder.create("create a profile")
    for name in ("domain", "privateKey", "profileKey"):
        recorder.generate(f"without {name}", profile, **{name: None})
    recorder.generate("a domain that is a number", profile, domain=7)
    recorder.generate("networks that are a number", profile, allowedSocial=7)
    recorder.generate("another domain", profile, domain="not-the-domain-given-at-onboarding")
    recorder.generate("a profile key of nobody", profile, profileKey=NOBODYS_KEY)
    recorder.generate("an empty profile key", profile, profileKey="")
    recorder.generate("the API key as profile key", profile, profileKey=recorder.api_key)
    for minutes in (0, -1, 0.5, EXPIRES_IN_MAX_MINUTES + 1):
        recorder.generate(f"for {minutes} minutes", profile, expiresIn=minutes)
    recorder.generate("for a text of minutes", profile, expiresIn="thirty")
    recorder.generate("an e-mail without its fields", profile, email={})
    for name in ("twitterApiKey", "twitterApiSecret"):
        half: dict[str, Any] = {name: "half"}
        recorder.generate(f"half the X credentials: {name}", profile, **half)
    for name in (X_APP_KEY, X_APP_SECRET):
        recorder.generate(f"half the X credentials: {name}", profile, headers={name: "half"})
    recorder.generate(
        "X credentials twice",
        profile,
        headers={X_APP_KEY: "an-x-key", X_APP_SECRET: "an-x-secret"},
        twitterApiKey="an-x-key",
        twitterApiSecret="an-x-secret",
    )
    _malformed(recorder, _GENERATE)


@scenario(JWT)
def forms(recorder: StepRecorder) -> None:
    """Bodies as older clients send them: fields of a form instead of JSON."""
    profile = recorder.create("create a profile")
    fields = recorder.session.jwt_body(profile)
    form = recorder.secret(urlencode(fields), "<domain, private key and profile key as a form>")
    recorder.call("a linking URL", "POST", _GENERATE, raw=form.encode(), headers=_FORM)
    title = urlencode({"title": f"{profile.title}-changed"}).encode()
    recorder.call(
        "change the title", "PATCH", "/profiles", profile_key=profile.key, raw=title, headers=_FORM
    )


# Profiles


@scenario(JWT)
def profiles(recorder: StepRecorder) -> None:
    """Creating, finding, changing and deleting."""
    first = recorder.create("create a profile")
    second = recorder.create(
        "create one with everything", tags=["contract"], displayTitle="Shown", hideTopHeader=True
    )
    third = recorder.create("create the first in capitals", first.title.upper())
    mine = (first, second, third)
    recorder.listed("find by title", *mine, title=first.title)
    recorder.listed("find by refId", refId=second.ref_id)
    recorder.listed("find nothing", refId="0" * 40)
    keys = ",".join(profile.key for profile in mine)
    page = recorder.listed("the first page of two", profileKeys=keys, limit=2)
    paging = page.fields.get("pagination")
    cursor = paging.get("nextCursor") if isinstance(paging, dict) else None
    query = {"profileKeys": keys, "limit": 2, "cursor": recorder.secret(f"{cursor}", "<cursor>")}
    recorder.call("the second page", "GET", "/profiles", query=query)
    _change(recorder, "change by header", first, f"{first.title}-changed")
    body = {"profileKey": second.key, "title": f"{second.title}-changed"}
    recorder.call("change by body", "PATCH", "/profiles", body=body)
    for profile in (first, second):
        recorder.call("its user", "GET", "/user", profile_key=profile.key)
    recorder.call(
        "delete by title", "DELETE", "/profiles", body={"title": f"{first.title}-changed"}
    )
    recorder.call("delete by body", "DELETE", "/profiles", body={"profileKey": second.key})
    recorder.delete("delete by header", third)
    recorder.call("none is left", "GET", "/profiles", query={"profileKeys": keys})


@scenario(JWT)
def refused_profiles(recorder: StepRecorder) -> None:
    """What creating, changing and deleting refuse."""
    profile, other = recorder.create("create a profile"), recorder.create("create another")
    recorder.try_profile("a title in use", profile.title)
    recorder.call("no title", "POST", "/profiles", body={})
    recorder.call("a title that is a number", "POST", "/profiles", body={"title": 7})
    recorder.call("an empty title", "POST", "/profiles", body={"title": ""})
    _malformed(recorder, "/profiles")
    _change(recorder, "change to a title in use", other, profile.title)
    change = {"profileKey": NOBODYS_KEY, "displayTitle": "x"}
    recorder.call("change nobody's profile", "PATCH", "/profiles", body=change)
    gone = {"profileKey": NOBODYS_KEY}
    recorder.call("delete nobody's profile", "DELETE", "/profiles", body=gone)
    absent = {"title": f"{other.title}-that-nobody-has"}
    recorder.call("delete a title that nobody has", "DELETE", "/profiles", body=absent)
    for limit in ("0", "5001", "many"):
        query = {"profileKeys": profile.key, "limit": limit}
        recorder.call(f"pages of {limit}", "GET", "/profiles", query=query)


# The user, links and webhooks


@scenario(JWT)
def who_may_call(recorder: StepRecorder) -> None:
    """Keys that are missing, unknown, empty, or in the wrong place."""
    profile = recorder.create("create a profile")
    shown = ("action", "code", "details", "message", "status", "title")
    recorder.call("the primary profile", "GET", "/user", showing=shown)
    for method, path in _OPERATIONS:
        recorder.call(f"{method} {path} without a key", method, path, api_key=None)
    recorder.call("an API key of nobody", "GET", "/user", api_key=NOBODYS_KEY)
    recorder.call("the profile key as API key", "GET", "/user", api_key=profile.key)
    recorder.call("an empty profile key", "GET", "/user", profile_key="")
    recorder.call("a profile key of nobody", "GET", "/user", profile_key=NOBODYS_KEY)
    recorder.call("a list for nobody's profile", "GET", _WEBHOOK, profile_key=NOBODYS_KEY)


@scenario(JWT)
def unlinking(recorder: StepRecorder) -> None:
    """Unlinking what is not linked, and what is no network."""
    profile = recorder.create("create a profile")
    _unlink(recorder, "a network that is not linked", profile, "twitter")
    _unlink(recorder, "no network that anybody knows", profile, "friendster")
    recorder.call("no platform", "DELETE", "/profiles/social", profile_key=profile.key, body={})


@scenario(JWT)
def webhooks(recorder: StepRecorder) -> None:
    """Registering, listing and removing, and what is refused."""
    profile = recorder.create("create a profile")
    recorder.known(_HOOK)
    recorder.call("nothing registered", "GET", _WEBHOOK, profile_key=profile.key)
    _register(recorder, "register", profile, action="feed", url=_HOOK)
    _register(recorder, "register again", profile, action="feed", url=_HOOK)
    recorder.call("list", "GET", _WEBHOOK, profile_key=profile.key)
    body = {"action": "feed"}
    recorder.call("remove", "DELETE", _WEBHOOK, profile_key=profile.key, body=body)
    recorder.call("list, removed", "GET", _WEBHOOK, profile_key=profile.key)
    plain = recorder.known("http://webhooks.fakeayr.example/feed")
    _register(recorder, "a URL that is not https", profile, action="feed", url=plain)
    _register(recorder, "no URL", profile, action="feed")
    _register(recorder, "no action", profile, url=_HOOK)
    _register(recorder, "an action that nobody knows", profile, action="weather", url=_HOOK)


@scenario(JWT)
def webhook_secret(recorder: StepRecorder) -> None:
    """Setting the secret that signs, and rotating it."""
    profile = recorder.create("create a profile")
    path = f"{_WEBHOOK}/secret"
    for name, body in (
        ("set it", {"secret": "a-first-secret-of-the-contract"}),
        ("rotate it", {"secret": "a-second-secret-of-the-contract"}),
        ("rotate it while it rotates", {"secret": "a-third-secret-of-the-contract"}),
        ("no secret", {}),
    ):
        recorder.call(name, "POST", path, profile_key=profile.key, body=body)


@scenario(JWT)
def anywhere(recorder: StepRecorder) -> None:
    """Paths and methods that do not exist."""
    recorder.call("an unknown path", "GET", "/no/such/path")
    recorder.call("an unknown path, posted", "POST", "/no/such/path", body={})
    recorder.call("a method that does not exist", "PUT", "/user", body={})
    recorder.call("a method of another path", "GET", _GENERATE)


# What an account lacks, which takes a fake


@scenario(JWT, LINK_SESSIONS, plan="premium")
def plan_without_linking(recorder: StepRecorder) -> None:
    """A plan that has no User Profiles."""
    body = {"domain": "d", "privateKey": "k", "profileKey": NOBODYS_KEY}
    recorder.call("a linking URL", "POST", _GENERATE, body=body)
    recorder.call("a link session", "POST", _SESSIONS, body={})
    recorder.call("a profile", "POST", "/profiles", body={"title": "x"})
    recorder.call("profiles", "GET", "/profiles")
    recorder.call("webhooks", "GET", _WEBHOOK)


@scenario(JWT, plan="free")
def free_plan(recorder: StepRecorder) -> None:
    """A plan that has no webhooks either."""
    recorder.call("webhooks", "GET", _WEBHOOK)
    recorder.call("the user", "GET", "/user")


@scenario(JWT, plan="launch", settings={"enforceProfileLimit": True})
def too_many_profiles(recorder: StepRecorder) -> None:
    """One more than the plan allows."""
    for number in range(10):
        recorder.session.create_profile()
        if number == 0:
            recorder.call("the first of ten", "GET", "/profiles", query={"limit": 1})
    recorder.try_profile("the eleventh", recorder.session.title())


@scenario(JWT, maxPack=False)
def no_max_pack(recorder: StepRecorder) -> None:
    """What generateJWT keeps for the Max Pack."""
    profile = recorder.create("create a profile")
    recorder.generate("a plain linking URL", profile)
    recorder.generate("an expiry", profile, expiresIn=30)
    recorder.generate("an e-mail", profile, email=_EMAIL)


@scenario(JWT, needs_fake=True)
def email(recorder: StepRecorder) -> None:
    """The Connect Accounts e-mail, which only a fake may send."""
    profile = recorder.create("create a profile")
    recorder.generate("an e-mail", profile, email=_EMAIL)
    recorder.generate("an e-mail and an expiry", profile, email=_EMAIL, expiresIn=30)
    for name in _EMAIL:
        rest = {field: value for field, value in _EMAIL.items() if field != name}
        recorder.generate(f"an e-mail without {name}", profile, email=rest)


@scenario(JWT, needs_fake=True)
def suspended(recorder: StepRecorder) -> None:
    """A profile that Ayrshare has suspended."""
    profile = recorder.create("create a profile")
    linking = recorder.generate("a linking URL", profile)
    order = {"type": "suspend", "profileKey": profile.key}
    recorder.happens("the profile is suspended", "/_fakeayr/events", **order)
    recorder.call("its user", "GET", "/user", profile_key=profile.key)
    recorder.listed("list it", profile, refId=profile.ref_id)
    recorder.generate("another linking URL", profile)
    recorder.open("open the linking URL", linking.fields.get("url"))


@scenario(JWT, needs_fake=True)
def expired_url(recorder: StepRecorder) -> None:
    """A linking URL after its five minutes."""
    profile = recorder.create("create a profile")
    linking = recorder.generate("a linking URL", profile)
    recorder.happens("five minutes go by", "/_fakeayr/clock", advance=301)
    recorder.open("open the linking URL", linking.fields.get("url"))


@scenario(JWT, needs_fake=True)
def too_much(recorder: StepRecorder) -> None:
    """More calls in five minutes than a profile has, and a body that is not read."""
    profile = recorder.create("create a profile")
    huge = recorder.secret(json.dumps({"title": "x" * _TOO_MANY_BYTES}), "<too many bytes>")
    recorder.call("a huge body", "POST", "/profiles", raw=huge.encode())
    for _ in range(RATE_LIMIT_REQUESTS - 1):
        recorder.session.call("GET", "/user", profile_key=profile.key)
    recorder.call(f"the {RATE_LIMIT_REQUESTS}th call", "GET", "/user", profile_key=profile.key)
    recorder.call(f"the {RATE_LIMIT_REQUESTS + 1}st call", "GET", "/user", profile_key=profile.key)


# The second age


@scenario(LINK_SESSIONS)
def link_sessions(recorder: StepRecorder) -> None:
    """From a link session to its end: shown, opened, revoked."""
    profile = recorder.create("create a profile")
    made = _session(recorder, "a link session", profile)
    _show(recorder, "show it", profile, made)
    recorder.open("open its URL", made.fields.get("url"))
    _show(recorder, "show it, opened", profile, made)
    _revoke(recorder, "revoke it", profile, made)
    _show(recorder, "show it, revoked", profile, made)
    _revoke(recorder, "revoke it again", profile, made)
    recorder.open("open its URL, revoked", made.fields.get("url"))
    another = _session(recorder, "another", profile)
    recorder.delete("delete the profile", profile)
    recorder.open("open the URL of a deleted profile", another.fields.get("url"))


@scenario(LINK_SESSIONS)
def kinds_of_link_sessions(recorder: StepRecorder) -> None:
    """Everything that a link session can be asked for, and what is refused."""
    profile = recorder.create("create a profile")
    recorder.known(_REDIRECT)
    _session(recorder, "for an hour", profile, expiresIn=60)
    _session(recorder, "with a redirect", profile, redirect=_REDIRECT)
    _session(recorder, "for two networks", profile, allowedSocial=["facebook", "twitter"])
    origin = "https://shop.fakeayr.example"
    _session(recorder, "a popup", profile, mode="connect", network="facebook", origin=origin)
    _session(recorder, "a popup without a network", profile, mode="connect", origin=origin)
    _session(recorder, "a mode that nobody knows", profile, mode="carousel")
    _session(recorder, "a network that nobody knows", profile, allowedSocial=["friendster"])
    _session(recorder, "for 2881 minutes", profile, expiresIn=2881)
    _session(recorder, "another domain", profile, domain="not-the-domain")
    _session(recorder, "an e-mail without its fields", profile, email={})
    recorder.call("for nobody", "POST", _SESSIONS, profile_key=NOBODYS_KEY, body={})
    unknown = f"{_SESSIONS}/{recorder.secret('aaaaaaaaaaaaaaaaaaaa', '<sessionId of nobody>')}"
    recorder.call("show one that does not exist", "GET", unknown, profile_key=profile.key)
    recorder.call("revoke one that does not exist", "DELETE", unknown, profile_key=profile.key)


@scenario(LINK_SESSIONS)
def generate_jwt_as_an_alias(recorder: StepRecorder) -> None:
    """What generateJWT returns once it no longer reads the key."""
    profile = recorder.create("create a profile")
    for name, fields in (
        ("as before", {}),
        ("with a corrupt key, verified", {"privateKey": recorder.corrupt_key, "verify": True}),
        ("without key and domain", {"privateKey": None, "domain": None}),
        ("for half an hour", {"expiresIn": 30}),
    ):
        asked: dict[str, Any] = dict(fields)
        made = recorder.generate(name, profile, **asked)
        recorder.open(f"open the URL made {name}", made.fields.get("url"))
    recorder.generate("another domain", profile, domain="not-the-domain")
    recorder.generate("a profile key of nobody", profile, profileKey=NOBODYS_KEY)
    recorder.generate("half the X credentials", profile, twitterApiKey="half")


@scenario(LINK_SESSIONS, maxPack=False)
def link_sessions_without_max_pack(recorder: StepRecorder) -> None:
    """What link sessions keep for the Max Pack."""
    profile = recorder.create("create a profile")
    _session(recorder, "a plain one", profile)
    _session(recorder, "an expiry", profile, expiresIn=60)
    _session(recorder, "a popup", profile, mode="connect", network="facebook")
    _session(recorder, "an e-mail", profile, email=_EMAIL)


@scenario(LINK_SESSIONS, needs_fake=True)
def expired_link_session(recorder: StepRecorder) -> None:
    """A link session after its time."""
    profile = recorder.create("create a profile")
    made = _session(recorder, "a link session", profile)
    recorder.happens("an hour goes by", "/_fakeayr/clock", advance=3601)
    _show(recorder, "show it", profile, made)
    recorder.open("open its URL", made.fields.get("url"))
    _revoke(recorder, "revoke it", profile, made)


# Calls that several scenarios make


def _malformed(recorder: StepRecorder, path: str) -> None:
    for name, raw in (
        ("no JSON", b"{"),
        ("an array", b"[]"),
        ("a text", b'"text"'),
        ("nothing", b""),
    ):
        recorder.call(f"a body that is {name}", "POST", path, raw=raw)


def _change(recorder: StepRecorder, step: str, profile: CreatedProfile, title: str) -> None:
    body = {"title": title}
    recorder.call(step, "PATCH", "/profiles", profile_key=profile.key, body=body)


def _unlink(recorder: StepRecorder, step: str, profile: CreatedProfile, network: str) -> None:
    body = {"platform": network}
    recorder.call(step, "DELETE", "/profiles/social", profile_key=profile.key, body=body)


def _register(recorder: StepRecorder, step: str, profile: CreatedProfile, **body: str) -> None:
    recorder.call(step, "POST", _WEBHOOK, profile_key=profile.key, body=body)


def _session(recorder: StepRecorder, step: str, profile: CreatedProfile, **body: Any) -> Answer:
    return recorder.call(step, "POST", _SESSIONS, profile_key=profile.key, body=body)


def _session_path(made: Answer) -> str:
    return f"{_SESSIONS}/{made.fields.get('sessionId', 'none')}"


def _show(recorder: StepRecorder, step: str, profile: CreatedProfile, made: Answer) -> None:
    recorder.call(step, "GET", _session_path(made), profile_key=profile.key)


def _revoke(recorder: StepRecorder, step: str, profile: CreatedProfile, made: Answer) -> None:
    recorder.call(step, "DELETE", _session_path(made), profile_key=profile.key)
