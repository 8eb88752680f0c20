"""The library: the whole linking flow, every documented error, both ages.

Each scenario makes the profiles that it needs and touches no others; none sends an e-mail or a post
from another server than a fake.
"""

import json
from typing import Any, Final
from urllib.parse import quote, urlencode

from fakeayr.contract.lab import Profile, parameters
from fakeayr.contract.recordings.stage import (
    JWT,
    LINK_SESSIONS,
    NOBODYS_KEY,
    SCENARIOS,
    Scenario,
    Stage,
    scenario,
)
from fakeayr.contract.target import Answer

_GENERATE: Final = "/profiles/generateJWT"
_SESSIONS: Final = "/profiles/link-sessions"
_WEBHOOK: Final = "/hook/webhook"
_REDIRECT: Final = "https://shop.fakeayr.example/linked?step=2&origin=true"
_HOOK: Final = "https://webhooks.fakeayr.example/feed"
_X_KEY: Final = "X-Twitter-OAuth1-Api-Key"
_X_SECRET: Final = "X-Twitter-OAuth1-Api-Secret"
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_NETWORKS: Final = (
    "youtube",
    "twitter",
    "tiktok",
    "threads",
    "telegram",
    "snapchat",
    "reddit",
    "pinterest",
    "linkedin",
    "instagram",
    "gmb",
    "facebook",
    "bluesky",
)
"""All thirteen; linked in this order, they are told in the opposite one."""
_EMAIL: Final = {
    "to": "mia@bakery.fakeayr.example",
    "contactEmail": "help@shop.fakeayr.example",
    "company": "Shop",
    "termsUrl": "https://shop.fakeayr.example/terms",
    "privacyUrl": "https://shop.fakeayr.example/privacy",
    "expiresIn": 60,
}
_TOO_MANY: Final = 2_000_000
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
    return SCENARIOS


# The first age: the linking flow


@scenario(JWT)
def linking_flow(stage: Stage) -> None:
    """From a new profile to its linking URL, and what is left once the profile is deleted."""
    profile = stage.create("create a profile")
    stage.listed("list it", profile, refId=profile.ref_id)
    stage.call("its user, nothing linked", "GET", "/user", profile_key=profile.key)
    linking = stage.generate("a linking URL", profile)
    stage.open("open the linking URL", linking.fields.get("url"))
    again = stage.generate("another linking URL", profile, verify=True)
    stage.open("open the other linking URL", again.fields.get("url"))
    stage.delete("delete the profile", profile)
    stage.call("its user, deleted", "GET", "/user", profile_key=profile.key)
    stage.generate("a linking URL of a deleted profile", profile)
    stage.open("open the linking URL of a deleted profile", linking.fields.get("url"))


@scenario(JWT, LINK_SESSIONS, needs_linking=True)
def linked(stage: Stage) -> None:
    """What a person's links change, and what is left once they are gone."""
    profile, other = stage.create("create a profile"), stage.create("create another")
    stage.link("link two networks", profile, "twitter", "facebook")
    stage.call("its user", "GET", "/user", profile_key=profile.key)
    stage.call("the other's user", "GET", "/user", profile_key=other.key)
    keys = f"{profile.key},{other.key}"
    stage.listed("list both", profile, other, profileKeys=keys)
    stage.listed("list the linked one", profileKeys=keys, hasActiveSocialAccounts="true")
    stage.listed("list the other one", profileKeys=keys, hasActiveSocialAccounts="false")
    stage.listed(
        "list by network", profileKeys=keys, includesActiveSocialAccounts="facebook,twitter"
    )
    _unlink(stage, "unlink one", profile, "twitter")
    stage.call("its user, one linked", "GET", "/user", profile_key=profile.key)
    _unlink(stage, "unlink the last", profile, "facebook")
    stage.call("its user, nothing linked", "GET", "/user", profile_key=profile.key)


@scenario(JWT, needs_linking=True)
def all_networks(stage: Stage) -> None:
    """What GET /user tells of each network, in the order of Ayrshare."""
    profile = stage.create("create a profile")
    stage.link("link all networks, the last first", profile, *_NETWORKS)
    stage.call("its user", "GET", "/user", profile_key=profile.key)
    query = {"instagramDetails": "true"}
    stage.call("with Instagram's details", "GET", "/user", profile_key=profile.key, query=query)
    stage.listed("list it", profile, refId=profile.ref_id)


# The first age: generateJWT


@scenario(JWT)
def generating_urls(stage: Stage) -> None:
    """Everything that generateJWT can be asked for without an e-mail."""
    profile = stage.create("create a profile")
    redirect = stage.told(_REDIRECT)
    stage.generate("for half an hour", profile, expiresIn=30)
    stage.generate("for half an hour, in the older spelling", profile, expireIn=30)
    stage.generate("for two days", profile, expiresIn=2880)
    sent_on = stage.generate("with a redirect", profile, redirect=redirect)
    short = parameters(sent_on.fields.get("url")).get("redirect", [""])[0]
    stage.open("follow the short link", short)
    stage.generate("for two networks", profile, allowedSocial=["facebook", "twitter"])
    stage.generate("with logout", profile, logout=True)
    stage.generate("with everything off", profile, logout=False, verify=False, base64=False)
    stage.generate("with a field nobody knows", profile, noSuchField="x", source="contract")
    pair = {_X_KEY: "an-x-key", _X_SECRET: "an-x-secret"}
    stage.generate("with X credentials in headers", profile, headers=pair)
    in_body: dict[str, Any] = {"twitterApiKey": "an-x-key", "twitterApiSecret": "an-x-secret"}
    stage.generate("with X credentials in the body", profile, **in_body)


@scenario(JWT)
def private_keys(stage: Stage) -> None:
    """What becomes of good, corrupt and foreign keys, with and without verify."""
    profile = stage.create("create a profile")
    own = stage.lab.target.credentials.private_key
    encoded = stage.secret(quote(own), "<private key, URL-encoded>")
    keys: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("the domain's key", own, {}),
        ("the key in base64", stage.base64_key, {"base64": True}),
        ("the key, URL-encoded", encoded, {}),
        ("a corrupt key", stage.corrupt_key, {}),
        ("another domain's key", stage.foreign_key, {}),
        ("no key at all", "not a key", {}),
        ("a key that only looks like base64", "bm90IGEga2V5", {"base64": True}),
    )
    for name, key, more in keys:
        made = stage.generate(name, profile, privateKey=key, **more)
        if made.status == 200:
            stage.open(f"open the URL of {name}", made.fields.get("url"))
        stage.generate(f"{name}, verified", profile, privateKey=key, verify=True, **more)


@scenario(JWT)
def refused_urls(stage: Stage) -> None:
    """Everything that generateJWT refuses, but for keys."""
    profile = stage.create("create a profile")
    for name in ("domain", "privateKey", "profileKey"):
        stage.generate(f"without {name}", profile, **{name: None})
    stage.generate("a domain that is a number", profile, domain=7)
    stage.generate("networks that are a number", profile, allowedSocial=7)
    stage.generate("another domain", profile, domain="not-the-domain-given-at-onboarding")
    stage.generate("a profile key of nobody", profile, profileKey=NOBODYS_KEY)
    stage.generate("an empty profile key", profile, profileKey="")
    stage.generate("the API key as profile key", profile, profileKey=stage.api_key)
    for minutes in (0, -1, 0.5, 2881):
        stage.generate(f"for {minutes} minutes", profile, expiresIn=minutes)
    stage.generate("for a text of minutes", profile, expiresIn="thirty")
    stage.generate("an e-mail without its fields", profile, email={})
    for name in ("twitterApiKey", "twitterApiSecret"):
        half: dict[str, Any] = {name: "half"}
        stage.generate(f"half the X credentials: {name}", profile, **half)
    for name in (_X_KEY, _X_SECRET):
        stage.generate(f"half the X credentials: {name}", profile, headers={name: "half"})
    stage.generate(
        "X credentials twice",
        profile,
        headers={_X_KEY: "an-x-key", _X_SECRET: "an-x-secret"},
        twitterApiKey="an-x-key",
        twitterApiSecret="an-x-secret",
    )
    _malformed(stage, _GENERATE)


@scenario(JWT)
def forms(stage: Stage) -> None:
    """Bodies as older clients send them: fields of a form instead of JSON."""
    profile = stage.create("create a profile")
    fields = stage.lab.jwt_body(profile)
    form = stage.secret(urlencode(fields), "<domain, private key and profile key as a form>")
    stage.call("a linking URL", "POST", _GENERATE, raw=form.encode(), headers=_FORM)
    title = urlencode({"title": f"{profile.title}-changed"}).encode()
    stage.call(
        "change the title", "PATCH", "/profiles", profile_key=profile.key, raw=title, headers=_FORM
    )


# Profiles


@scenario(JWT)
def profiles(stage: Stage) -> None:
    """Creating, finding, changing and deleting."""
    first = stage.create("create a profile")
    second = stage.create(
        "create one with everything", tags=["contract"], displayTitle="Shown", hideTopHeader=True
    )
    third = stage.create("create the first in capitals", first.title.upper())
    mine = (first, second, third)
    stage.listed("find by title", *mine, title=first.title)
    stage.listed("find by refId", refId=second.ref_id)
    stage.listed("find nothing", refId="0" * 40)
    keys = ",".join(profile.key for profile in mine)
    page = stage.listed("the first page of two", profileKeys=keys, limit=2)
    paging = page.fields.get("pagination")
    cursor = paging.get("nextCursor") if isinstance(paging, dict) else None
    query = {"profileKeys": keys, "limit": 2, "cursor": stage.secret(f"{cursor}", "<cursor>")}
    stage.call("the second page", "GET", "/profiles", query=query)
    _change(stage, "change by header", first, f"{first.title}-changed")
    body = {"profileKey": second.key, "title": f"{second.title}-changed"}
    stage.call("change by body", "PATCH", "/profiles", body=body)
    for profile in (first, second):
        stage.call("its user", "GET", "/user", profile_key=profile.key)
    stage.call("delete by title", "DELETE", "/profiles", body={"title": f"{first.title}-changed"})
    stage.call("delete by body", "DELETE", "/profiles", body={"profileKey": second.key})
    stage.delete("delete by header", third)
    stage.call("none is left", "GET", "/profiles", query={"profileKeys": keys})


@scenario(JWT)
def refused_profiles(stage: Stage) -> None:
    """What creating, changing and deleting refuse."""
    profile, other = stage.create("create a profile"), stage.create("create another")
    stage.try_profile("a title in use", profile.title)
    stage.call("no title", "POST", "/profiles", body={})
    stage.call("a title that is a number", "POST", "/profiles", body={"title": 7})
    stage.call("an empty title", "POST", "/profiles", body={"title": ""})
    _malformed(stage, "/profiles")
    _change(stage, "change to a title in use", other, profile.title)
    change = {"profileKey": NOBODYS_KEY, "displayTitle": "x"}
    stage.call("change nobody's profile", "PATCH", "/profiles", body=change)
    gone = {"profileKey": NOBODYS_KEY}
    stage.call("delete nobody's profile", "DELETE", "/profiles", body=gone)
    absent = {"title": f"{other.title}-that-nobody-has"}
    stage.call("delete a title that nobody has", "DELETE", "/profiles", body=absent)
    for limit in ("0", "5001", "many"):
        stage.call(f"pages of {limit}", "GET", "/profiles", query=_mine(profile, limit=limit))


# The user, links and webhooks


@scenario(JWT)
def who_may_call(stage: Stage) -> None:
    """Keys that are missing, unknown, empty, or in the wrong place."""
    profile = stage.create("create a profile")
    shown = ("action", "code", "details", "message", "status", "title")
    stage.call("the primary profile", "GET", "/user", showing=shown)
    for method, path in _OPERATIONS:
        stage.call(f"{method} {path} without a key", method, path, api_key=None)
    stage.call("an API key of nobody", "GET", "/user", api_key=NOBODYS_KEY)
    stage.call("the profile key as API key", "GET", "/user", api_key=profile.key)
    stage.call("an empty profile key", "GET", "/user", profile_key="")
    stage.call("a profile key of nobody", "GET", "/user", profile_key=NOBODYS_KEY)
    stage.call("a list for nobody's profile", "GET", _WEBHOOK, profile_key=NOBODYS_KEY)


@scenario(JWT)
def unlinking(stage: Stage) -> None:
    """Unlinking what is not linked, and what is no network."""
    profile = stage.create("create a profile")
    _unlink(stage, "a network that is not linked", profile, "twitter")
    _unlink(stage, "no network that anybody knows", profile, "friendster")
    stage.call("no platform", "DELETE", "/profiles/social", profile_key=profile.key, body={})


@scenario(JWT)
def webhooks(stage: Stage) -> None:
    """Registering, listing and removing, and what is refused."""
    profile = stage.create("create a profile")
    stage.told(_HOOK)
    stage.call("nothing registered", "GET", _WEBHOOK, profile_key=profile.key)
    _register(stage, "register", profile, action="feed", url=_HOOK)
    _register(stage, "register again", profile, action="feed", url=_HOOK)
    stage.call("list", "GET", _WEBHOOK, profile_key=profile.key)
    body = {"action": "feed"}
    stage.call("remove", "DELETE", _WEBHOOK, profile_key=profile.key, body=body)
    stage.call("list, removed", "GET", _WEBHOOK, profile_key=profile.key)
    plain = stage.told("http://webhooks.fakeayr.example/feed")
    _register(stage, "a URL that is not https", profile, action="feed", url=plain)
    _register(stage, "no URL", profile, action="feed")
    _register(stage, "no action", profile, url=_HOOK)
    _register(stage, "an action that nobody knows", profile, action="weather", url=_HOOK)


@scenario(JWT)
def webhook_secret(stage: Stage) -> None:
    """Setting the secret that signs, and rotating it."""
    profile = stage.create("create a profile")
    path = f"{_WEBHOOK}/secret"
    for name, body in (
        ("set it", {"secret": "a-first-secret-of-the-contract"}),
        ("rotate it", {"secret": "a-second-secret-of-the-contract"}),
        ("rotate it while it rotates", {"secret": "a-third-secret-of-the-contract"}),
        ("no secret", {}),
    ):
        stage.call(name, "POST", path, profile_key=profile.key, body=body)


@scenario(JWT)
def anywhere(stage: Stage) -> None:
    """Paths and methods that do not exist."""
    stage.call("an unknown path", "GET", "/no/such/path")
    stage.call("an unknown path, posted", "POST", "/no/such/path", body={})
    stage.call("a method that does not exist", "PUT", "/user", body={})
    stage.call("a method of another path", "GET", _GENERATE)


# What an account lacks, which takes a fake


@scenario(JWT, LINK_SESSIONS, plan="premium")
def plan_without_linking(stage: Stage) -> None:
    """A plan that has no User Profiles."""
    body = {"domain": "d", "privateKey": "k", "profileKey": NOBODYS_KEY}
    stage.call("a linking URL", "POST", _GENERATE, body=body)
    stage.call("a link session", "POST", _SESSIONS, body={})
    stage.call("a profile", "POST", "/profiles", body={"title": "x"})
    stage.call("profiles", "GET", "/profiles")
    stage.call("webhooks", "GET", _WEBHOOK)


@scenario(JWT, plan="free")
def free_plan(stage: Stage) -> None:
    """A plan that has no webhooks either."""
    stage.call("webhooks", "GET", _WEBHOOK)
    stage.call("the user", "GET", "/user")


@scenario(JWT, plan="launch", settings={"enforceProfileLimit": True})
def too_many_profiles(stage: Stage) -> None:
    """One more than the plan allows."""
    for number in range(10):
        stage.lab.create_profile()
        if number == 0:
            stage.call("the first of ten", "GET", "/profiles", query={"limit": 1})
    stage.try_profile("the eleventh", stage.lab.title())


@scenario(JWT, maxPack=False)
def no_max_pack(stage: Stage) -> None:
    """What generateJWT keeps for the Max Pack."""
    profile = stage.create("create a profile")
    stage.generate("a plain linking URL", profile)
    stage.generate("an expiry", profile, expiresIn=30)
    stage.generate("an e-mail", profile, email=_EMAIL)


@scenario(JWT, needs_fake=True)
def email(stage: Stage) -> None:
    """The Connect Accounts e-mail, which only a fake may send."""
    profile = stage.create("create a profile")
    stage.generate("an e-mail", profile, email=_EMAIL)
    stage.generate("an e-mail and an expiry", profile, email=_EMAIL, expiresIn=30)
    for name in _EMAIL:
        rest = {field: value for field, value in _EMAIL.items() if field != name}
        stage.generate(f"an e-mail without {name}", profile, email=rest)


@scenario(JWT, needs_fake=True)
def suspended(stage: Stage) -> None:
    """A profile that Ayrshare has suspended."""
    profile = stage.create("create a profile")
    linking = stage.generate("a linking URL", profile)
    order = {"type": "suspend", "profileKey": profile.key}
    stage.happens("the profile is suspended", "/_fakeayr/events", **order)
    stage.call("its user", "GET", "/user", profile_key=profile.key)
    stage.listed("list it", profile, refId=profile.ref_id)
    stage.generate("another linking URL", profile)
    stage.open("open the linking URL", linking.fields.get("url"))


@scenario(JWT, needs_fake=True)
def expired_url(stage: Stage) -> None:
    """A linking URL after its five minutes."""
    profile = stage.create("create a profile")
    linking = stage.generate("a linking URL", profile)
    stage.happens("five minutes go by", "/_fakeayr/clock", advance=301)
    stage.open("open the linking URL", linking.fields.get("url"))


@scenario(JWT, needs_fake=True)
def too_much(stage: Stage) -> None:
    """More calls in five minutes than a profile has, and a body that nobody reads."""
    profile = stage.create("create a profile")
    huge = stage.secret(json.dumps({"title": "x" * _TOO_MANY}), "<too many bytes>")
    stage.call("a huge body", "POST", "/profiles", raw=huge.encode())
    for _ in range(299):
        stage.lab.target.call("GET", "/user", profile_key=profile.key)
    stage.call("the 300th call", "GET", "/user", profile_key=profile.key)
    stage.call("the 301st call", "GET", "/user", profile_key=profile.key)


# The second age


@scenario(LINK_SESSIONS)
def link_sessions(stage: Stage) -> None:
    """From a link session to its end: shown, opened, revoked."""
    profile = stage.create("create a profile")
    made = _session(stage, "a link session", profile)
    _show(stage, "show it", profile, made)
    stage.open("open its URL", made.fields.get("url"))
    _show(stage, "show it, opened", profile, made)
    _revoke(stage, "revoke it", profile, made)
    _show(stage, "show it, revoked", profile, made)
    _revoke(stage, "revoke it again", profile, made)
    stage.open("open its URL, revoked", made.fields.get("url"))
    another = _session(stage, "another", profile)
    stage.delete("delete the profile", profile)
    stage.open("open the URL of a deleted profile", another.fields.get("url"))


@scenario(LINK_SESSIONS)
def kinds_of_link_sessions(stage: Stage) -> None:
    """Everything that a link session can be asked for, and what is refused."""
    profile = stage.create("create a profile")
    stage.told(_REDIRECT)
    _session(stage, "for an hour", profile, expiresIn=60)
    _session(stage, "with a redirect", profile, redirect=_REDIRECT)
    _session(stage, "for two networks", profile, allowedSocial=["facebook", "twitter"])
    origin = "https://shop.fakeayr.example"
    _session(stage, "a popup", profile, mode="connect", network="facebook", origin=origin)
    _session(stage, "a popup without a network", profile, mode="connect", origin=origin)
    _session(stage, "a mode that nobody knows", profile, mode="carousel")
    _session(stage, "a network that nobody knows", profile, allowedSocial=["friendster"])
    _session(stage, "for 2881 minutes", profile, expiresIn=2881)
    _session(stage, "another domain", profile, domain="not-the-domain")
    _session(stage, "an e-mail without its fields", profile, email={})
    stage.call("for nobody", "POST", _SESSIONS, profile_key=NOBODYS_KEY, body={})
    unknown = f"{_SESSIONS}/{stage.secret('aaaaaaaaaaaaaaaaaaaa', '<sessionId of nobody>')}"
    stage.call("show one that does not exist", "GET", unknown, profile_key=profile.key)
    stage.call("revoke one that does not exist", "DELETE", unknown, profile_key=profile.key)


@scenario(LINK_SESSIONS)
def generate_jwt_as_an_alias(stage: Stage) -> None:
    """What generateJWT answers once it no longer reads the key."""
    profile = stage.create("create a profile")
    for name, fields in (
        ("as before", {}),
        ("with a corrupt key, verified", {"privateKey": stage.corrupt_key, "verify": True}),
        ("without key and domain", {"privateKey": None, "domain": None}),
        ("for half an hour", {"expiresIn": 30}),
    ):
        asked: dict[str, Any] = dict(fields)
        made = stage.generate(name, profile, **asked)
        stage.open(f"open the URL made {name}", made.fields.get("url"))
    stage.generate("another domain", profile, domain="not-the-domain")
    stage.generate("a profile key of nobody", profile, profileKey=NOBODYS_KEY)
    stage.generate("half the X credentials", profile, twitterApiKey="half")


@scenario(LINK_SESSIONS, maxPack=False)
def link_sessions_without_max_pack(stage: Stage) -> None:
    """What link sessions keep for the Max Pack."""
    profile = stage.create("create a profile")
    _session(stage, "a plain one", profile)
    _session(stage, "an expiry", profile, expiresIn=60)
    _session(stage, "a popup", profile, mode="connect", network="facebook")
    _session(stage, "an e-mail", profile, email=_EMAIL)


@scenario(LINK_SESSIONS, needs_fake=True)
def expired_link_session(stage: Stage) -> None:
    """A link session after its time."""
    profile = stage.create("create a profile")
    made = _session(stage, "a link session", profile)
    stage.happens("an hour goes by", "/_fakeayr/clock", advance=3601)
    _show(stage, "show it", profile, made)
    stage.open("open its URL", made.fields.get("url"))
    _revoke(stage, "revoke it", profile, made)


# Calls that several scenarios make


def _malformed(stage: Stage, path: str) -> None:
    for name, raw in (
        ("no JSON", b"{"),
        ("an array", b"[]"),
        ("a text", b'"text"'),
        ("nothing", b""),
    ):
        stage.call(f"a body that is {name}", "POST", path, raw=raw)


def _mine(*mine: Profile, **query: Any) -> dict[str, Any]:
    return {"profileKeys": ",".join(profile.key for profile in mine), **query}


def _change(stage: Stage, step: str, profile: Profile, title: str) -> None:
    body = {"title": title}
    stage.call(step, "PATCH", "/profiles", profile_key=profile.key, body=body)


def _unlink(stage: Stage, step: str, profile: Profile, network: str) -> None:
    body = {"platform": network}
    stage.call(step, "DELETE", "/profiles/social", profile_key=profile.key, body=body)


def _register(stage: Stage, step: str, profile: Profile, **body: str) -> None:
    stage.call(step, "POST", _WEBHOOK, profile_key=profile.key, body=body)


def _session(stage: Stage, step: str, profile: Profile, **body: Any) -> Answer:
    return stage.call(step, "POST", _SESSIONS, profile_key=profile.key, body=body)


def _session_path(made: Answer) -> str:
    return f"{_SESSIONS}/{made.fields.get('sessionId', 'none')}"


def _show(stage: Stage, step: str, profile: Profile, made: Answer) -> None:
    stage.call(step, "GET", _session_path(made), profile_key=profile.key)


def _revoke(stage: Stage, step: str, profile: Profile, made: Answer) -> None:
    stage.call(step, "DELETE", _session_path(made), profile_key=profile.key)
