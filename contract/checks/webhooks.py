"""Registering webhooks."""

from typing import Any, Final

from fakeayr.ayrshare.webhooks import ACTIONS
from fakeayr.contract.checks import check
from fakeayr.contract.expectations import expect, expect_refusal, expect_success
from fakeayr.contract.server import Answer
from fakeayr.contract.session import WEBHOOK_PATH, ContractSession, CreatedProfile

_DISPUTED: Final = frozenset({"suspended", "accountActivity"})
"""Two names of one action; a server need not know both."""
_SECRET: Final = "a-webhook-secret-of-the-contract"


@check("webhooks.registered", "webhooks.updated")
def a_webhook_is_listed_and_removed(session: ContractSession) -> None:
    """A webhook is registered, listed and removed, whatever its action."""
    profile, other = session.create_profile(), session.create_profile()
    _expect_listed(session, profile, {})
    registered: dict[str, str] = {}
    for action in ACTIONS:
        url = f"https://webhooks.fakeayr.example/{action}?a=1&b=2"
        made = _register(session, profile, action, url)
        if made.status == 400 and action in _DISPUTED:
            continue
        _expect_registered(made, profile, action, url)
        registered[action] = url
    expect(_DISPUTED & set(registered), "suspensions have no webhook")
    _expect_listed(session, profile, registered)
    _expect_listed(session, other, {})
    for action in list(registered):
        body = {"action": action}
        gone = session.call("DELETE", WEBHOOK_PATH, profile_key=profile.key, body=body)
        expect_success(gone, action=action)
        del registered[action]
        _expect_listed(session, profile, registered)


@check("webhooks.replaced")
def a_webhook_is_replaced(session: ContractSession) -> None:
    """Registering an action again replaces its URL."""
    profile = session.create_profile()
    session.watch.hide(_SECRET, "a webhook's secret")
    registered: dict[str, str] = {}
    for action, path in (("feed", "one"), ("social", "two"), ("feed", "three"), ("feed", "three")):
        registered[action] = f"https://webhooks.fakeayr.example/{path}"
        made = _register(session, profile, action, registered[action], secret=_SECRET)
        _expect_registered(made, profile, action, registered[action])
        _expect_listed(session, profile, registered)


@check("webhooks.https")
def a_webhook_url_is_https(session: ContractSession) -> None:
    """A webhook URL that is not https is refused, and replaces nothing."""
    profile, good = session.create_profile(), "https://webhooks.fakeayr.example/good"
    _register(session, profile, "feed", good)
    for action in ("feed", "social", "scheduled"):
        answer = _register(session, profile, action, "http://webhooks.fakeayr.example/feed")
        expect_refusal(answer, "WebhookUrlInvalid")
    for url in ("webhooks.fakeayr.example/feed", "ftp://webhooks.fakeayr.example/", "", "text"):
        expect_refusal(_register(session, profile, "feed", url), status=400)
    bodies: tuple[dict[str, Any], ...] = ({"action": "feed"}, {"url": good}, {})
    for body in bodies:
        answer = session.call("POST", WEBHOOK_PATH, profile_key=profile.key, body=body)
        expect_refusal(answer, status=400)
    _expect_listed(session, profile, {"feed": good})


@check("webhooks.actions")
def an_unknown_webhook_action_is_refused(session: ContractSession) -> None:
    """An action that Ayrshare does not have is refused."""
    profile = session.create_profile()
    for action in ("weather", ""):
        answer = _register(session, profile, action, "https://webhooks.fakeayr.example/weather")
        expect_refusal(answer, status=400)
    answer = session.call("DELETE", WEBHOOK_PATH, profile_key=profile.key, body={})
    expect_refusal(answer, status=400)
    _expect_listed(session, profile, {})


def _register(
    session: ContractSession, profile: CreatedProfile, action: str, url: str, **fields: Any
) -> Answer:
    body = {"action": action, "url": url, **fields}
    return session.call("POST", WEBHOOK_PATH, profile_key=profile.key, body=body)


def _expect_registered(made: Answer, profile: CreatedProfile, action: str, url: str) -> None:
    expect_success(made, action=action, url=url, refId=profile.ref_id)


def _expect_listed(
    session: ContractSession, profile: CreatedProfile, registered: dict[str, str]
) -> None:
    """Checks that a profile has these webhooks and no others."""
    answer = session.call("GET", WEBHOOK_PATH, profile_key=profile.key)
    expect_success(answer)
    fields = answer.fields
    listed = {action: fields[action] for action in ACTIONS if action in fields}
    expect(listed == registered, f"listed are {sorted(listed)}, or other URLs", answer)
    for name in [*(f"{action}Updated" for action in registered), "updated"] if registered else ():
        updated = fields.get(name)
        expect(isinstance(updated, str) and updated.endswith("Z"), f"{name} is {updated}", answer)
