"""POST, GET and DELETE /api/profiles/link-sessions: linking URLs that need no private key."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.domain.linking import sessions
from fakeayr.store.sqlite import SqliteStore
from fakeayr.web.context import context
from tests.support.accounts import Account, OpenAccount
from tests.support.apps import NewApp
from tests.support.clock import ManualClock
from tests.support.linking import flaw_of, opened, parameters, words_of
from tests.support.receivers import advance, cause
from tests.support.visitor import Visitor

PATH = "/api/profiles/link-sessions"
MINUTE = 60


def create(account: Account, profile_key: str | None, **body: Any) -> TestResponse:
    """Asks for a link session."""
    return account.post(PATH, json=body, profile_key=profile_key)


def created(account: Account, profile_key: str, **body: Any) -> dict[str, Any]:
    """A new link session as it was answered."""
    answer = create(account, profile_key, **body)
    assert answer.status_code == 200, answer.text
    session: dict[str, Any] = answer.get_json()
    return session


def shown(account: Account, profile_key: str, session_id: str) -> dict[str, Any]:
    """A link session as GET shows it."""
    answer = account.get(f"{PATH}/{session_id}", profile_key=profile_key)
    assert answer.status_code == 200, answer.text
    session: dict[str, Any] = answer.get_json()
    return session


def revoke(account: Account, profile_key: str, session_id: str) -> TestResponse:
    """Revokes a link session."""
    return account.delete(f"{PATH}/{session_id}", profile_key=profile_key)


def refused(answer: TestResponse, status: int, code: int) -> str:
    """The details of a refusal."""
    assert answer.status_code == status, answer.text
    assert answer.get_json()["code"] == code
    return str(answer.get_json().get("details"))


def token_of(session: dict[str, Any]) -> str:
    """The token, which only the URL carries."""
    return parameters(session["url"])["session"]


# Creating.


def test_without_a_body_everything_has_its_default(account: Account, profile_key: str) -> None:
    answer = account.post(PATH, profile_key=profile_key).get_json()
    assert answer == {
        "status": "success",
        "sessionId": answer["sessionId"],
        "url": answer["url"],
        "expiresAt": "2022-11-02T01:08:42.000Z",
        "emailSent": False,
        "title": "Mia's Bakery",
    }
    assert re.fullmatch("[0-9a-f]{64}", answer["sessionId"])
    assert re.fullmatch("ayr_ls_[A-Za-z0-9]{43}", token_of(answer))


def test_the_url_carries_the_token_and_the_domain_and_nothing_else(
    account: Account, profile_key: str
) -> None:
    session = created(account, profile_key, redirect="https://app.example", logout=True)
    assert session["url"].startswith("http://localhost?session=ayr_ls_")
    assert session["url"].endswith(f"&domain={account.domain}")
    assert list(parameters(session["url"])) == ["session", "domain"]
    assert "token" not in session


def test_every_session_has_a_token_of_its_own(account: Account, profile_key: str) -> None:
    tokens = {token_of(created(account, profile_key)) for _ in range(20)}
    assert len(tokens) == 20


def test_the_url_is_the_vendors_for_calls_to_the_vendors_host(
    account: Account, profile_key: str
) -> None:
    session = account.post(
        PATH, profile_key=profile_key, base_url="https://api.ayrshare.com"
    ).get_json()
    assert session["url"].startswith("https://profile.ayrshare.com?session=ayr_ls_")


def test_the_url_opens_the_profiles_page(app: Flask, account: Account, profile_key: str) -> None:
    page = opened(app, created(account, profile_key)["url"])
    assert page.status_code == 200
    assert 'Social Accounts for "Mia\'s Bakery"' in words_of(page)


@pytest.mark.parametrize("plan", ["launch", "business", "enterprise"])
def test_three_plans_have_it(open_account: OpenAccount, plan: str) -> None:
    account = open_account(plan=plan)
    created(account, account.create_profile()["profileKey"])


@pytest.mark.parametrize("plan", ["free", "premium"])
def test_the_others_do_not(open_account: OpenAccount, plan: str) -> None:
    refused(create(open_account(plan=plan), None), 403, 9403)


def test_it_names_its_profile_in_the_header(account: Account, profile_key: str) -> None:
    assert "Profile-Key" in refused(create(account, None), 400, 101)
    assert "Profile-Key" in refused(create(account, None, profileKey=profile_key), 400, 101)
    refused(create(account, ""), 403, 144)
    refused(create(account, account.api_key), 403, 144)


def test_a_suspended_profile_gets_none(account: Account, profile_key: str) -> None:
    session_id = created(account, profile_key)["sessionId"]
    cause(account, "suspend", profileKey=profile_key)
    refused(create(account, profile_key), 403, 276)
    refused(account.get(f"{PATH}/{session_id}", profile_key=profile_key), 403, 276)
    refused(revoke(account, profile_key, session_id), 403, 276)


def test_the_domain_may_be_left_out_and_must_be_right(account: Account, profile_key: str) -> None:
    created(account, profile_key, domain=account.domain)
    refused(create(account, profile_key, domain="another.example"), 400, 188)


def test_a_wrong_domain_may_answer_200(open_account: OpenAccount) -> None:
    account = open_account(settings={"invalidDomainStatus": 200})
    key = account.create_profile()["profileKey"]
    refused(create(account, key, domain="another.example"), 200, 188)


@pytest.mark.parametrize(("minutes", "expires"), [(1, "01:04:42"), (1.5, "01:05:12")])
def test_it_expires_when_asked_to(
    account: Account, profile_key: str, minutes: float, expires: str
) -> None:
    session = created(account, profile_key, expiresIn=minutes)
    assert session["expiresAt"] == f"2022-11-02T{expires}.000Z"
    assert "expiresIn" not in session


@pytest.mark.parametrize("minutes", [0, 0.5, -5, 2881, "30", True])
def test_it_lives_1_to_2880_minutes(account: Account, profile_key: str, minutes: Any) -> None:
    refused(create(account, profile_key, expiresIn=minutes), 400, 101)
    created(account, profile_key, expiresIn=2880)


@pytest.mark.parametrize(
    "body",
    [
        {"mode": "connect", "network": "facebook"},
        {"network": "facebook"},
        {"expiresIn": 30},
        {
            "email": {
                "to": "mia@bakery.example",
                "contactEmail": "help@acme.example",
                "company": "ACME",
                "termsUrl": "https://acme.example/terms",
                "privacyUrl": "https://acme.example/privacy",
                "expiresIn": 60,
            }
        },
    ],
    ids=" ".join,
)
def test_some_fields_need_the_max_pack(open_account: OpenAccount, body: dict[str, Any]) -> None:
    without, with_it = open_account(maxPack=False), open_account()
    refused(create(without, without.create_profile()["profileKey"], **body), 403, 504)
    created(with_it, with_it.create_profile()["profileKey"], **body)


def test_an_origin_needs_no_max_pack(open_account: OpenAccount) -> None:
    account = open_account(maxPack=False)
    created(account, account.create_profile()["profileKey"], origin="https://app.example")


def test_half_the_credentials_of_an_x_app_are_refused(account: Account, profile_key: str) -> None:
    headers = {"X-Twitter-OAuth1-Api-Key": "key"}
    answer = account.post(PATH, json={}, profile_key=profile_key, headers=headers)
    refused(answer, 400, 188)


@pytest.mark.parametrize(
    "body",
    [
        {"mode": "popup"},
        {"mode": "connect"},
        {"mode": "connect", "network": "myspace"},
        {"network": "myspace"},
        {"redirect": "javascript:alert(1)"},
        {"redirect": "app.example"},
        {"allowedSocial": "facebook"},
        {"instagramLinkMethod": "Facebook"},
        {"instagramLinkMethod": "direct"},
        {"instagramLinkMethod": ""},
        {"logout": "yes"},
    ],
    ids=str,
)
def test_what_cannot_be_used_is_refused(
    account: Account, profile_key: str, body: dict[str, Any]
) -> None:
    refused(create(account, profile_key, **body), 400, 101)


# What it opens.


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("facebook", "You log in through Facebook."),
        ("instagram", "You log in to Instagram directly."),
    ],
)
def test_instagram_is_connected_as_the_session_says(
    app: Flask, account: Account, profile_key: str, method: str, words: str
) -> None:
    visitor = Visitor(app)
    visitor.opens(created(account, profile_key, instagramLinkMethod=method)["url"])
    visitor.presses("/_page/link/instagram")
    assert words in visitor.words
    assert "How do you log in?" not in visitor.words


def test_the_person_chooses_how_instagram_is_connected_unless_it_is_said(
    app: Flask, account: Account, profile_key: str
) -> None:
    visitor = Visitor(app)
    visitor.opens(created(account, profile_key)["url"])
    visitor.presses("/_page/link/instagram")
    assert "How do you log in?" in visitor.words
    assert "You log in" not in visitor.words


def test_the_page_shows_the_allowed_networks_whatever_was_disabled(
    app: Flask, open_account: OpenAccount
) -> None:
    account = open_account(settings={"disableSocial": ["facebook"]})
    key = account.create_profile(disableSocial=["reddit"])["profileKey"]
    visitor = Visitor(app)
    visitor.opens(created(account, key)["url"])
    assert visitor.offered == [name for name in NETWORKS if name not in {"facebook", "reddit"}]
    visitor = Visitor(app)
    visitor.opens(created(account, key, allowedSocial=["x", "facebook", "myspace"])["url"])
    assert visitor.offered == ["facebook", "twitter"]


def test_x_is_another_name_of_twitter_and_needs_no_advice(
    account: Account, profile_key: str
) -> None:
    created(account, profile_key, allowedSocial=["x"])
    assert "advice" not in account.requests()[-1]
    created(account, profile_key, allowedSocial=["Facebook"])
    (advice,) = account.requests()[-1]["advice"]
    assert (advice["name"], advice["do"]) == ("field-network-misspelt", "Did you mean facebook?")


def test_all_done_leads_to_the_redirect(app: Flask, account: Account, profile_key: str) -> None:
    visitor = Visitor(app)
    visitor.opens(created(account, profile_key, redirect="https://app.example/linked")["url"])
    visitor.is_done()
    assert visitor.page.headers["Location"] == "https://app.example/linked"


def test_an_appended_redirect_goes_before_the_sessions(
    app: Flask, account: Account, profile_key: str
) -> None:
    url = created(account, profile_key, redirect="https://app.example/own")["url"]
    visitor = Visitor(app)
    visitor.opens(f"{url}&redirect=https://app.example/appended")
    assert visitor.is_done().headers["Location"] == "https://app.example/appended"


def test_logout_switches_to_its_profile(app: Flask, account: Account, profile_key: str) -> None:
    other_key = account.create_profile("Flo")["profileKey"]
    visitor = Visitor(app)
    visitor.opens(created(account, profile_key)["url"])
    visitor.opens(created(account, other_key)["url"])
    assert "Mia's Bakery" in visitor.words
    visitor.opens(created(account, other_key, logout=True)["url"])
    assert "Flo" in visitor.words


@pytest.mark.parametrize(
    ("named", "network"),
    [("facebook", "Facebook"), ("twitter", "X"), ("x", "X"), ("gmb", "Google")],
)
def test_connect_mode_opens_one_network(
    app: Flask, account: Account, profile_key: str, named: str, network: str
) -> None:
    headers = {"X-Twitter-OAuth1-Api-Key": "key", "X-Twitter-OAuth1-Api-Secret": "secret"}
    session = account.post(
        PATH, json={"mode": "connect", "network": named}, profile_key=profile_key, headers=headers
    ).get_json()
    page = opened(app, session["url"])
    assert page.status_code == 200
    assert network in words_of(page)
    assert "All Done" not in words_of(page)


def test_a_network_alone_opens_the_page_with_all_of_them(
    app: Flask, account: Account, profile_key: str
) -> None:
    visitor = Visitor(app)
    visitor.opens(created(account, profile_key, network="facebook")["url"])
    assert visitor.offered == list(NETWORKS)


def test_connect_mode_links_what_the_page_would_not_offer(
    app: Flask, open_account: OpenAccount
) -> None:
    account = open_account(settings={"disableSocial": ["facebook"]})
    key = account.create_profile()["profileKey"]
    visitor = Visitor(app)
    visitor.opens(created(account, key, mode="connect", network="facebook")["url"])
    visitor.presses("/_page/consent/facebook", decision="allow")
    user = account.get("/api/user", profile_key=key).get_json()
    assert user["activeSocialAccounts"] == ["facebook"]


# Origins.


@pytest.mark.parametrize(
    ("origin", "written"),
    [
        ("https://app.example", "https://app.example"),
        ("https://app.example/", "https://app.example"),
        ("HTTPS://APP.Example", "https://app.example"),
        ("https://app.example:443", "https://app.example"),
        ("http://localhost:80", "http://localhost"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://faß.example", "https://xn--fa-hia.example"),
        ("https://app.example:80", "https://app.example:80"),
    ],
)
def test_an_origin_is_kept_as_browsers_write_it(
    app: Flask, account: Account, profile_key: str, origin: str, written: str
) -> None:
    visitor = Visitor(app)
    visitor.opens(created(account, profile_key, origin=origin)["url"])
    assert visitor.data("origin") == written


@pytest.mark.parametrize(
    "origin",
    [
        "app.example",
        "*",
        "null",
        "javascript:alert(1)",
        "https://app.example/page",
        "https://app.example//",
        "https://app.example?a",
        "https://app.example#a",
        "https://mia@app.example",
        "https://@app.example",
        "https://app.example https://evil.example",
        "https://",
    ],
)
def test_what_is_no_origin_is_refused(account: Account, profile_key: str, origin: str) -> None:
    assert "origin" in refused(create(account, profile_key, origin=origin), 400, 101)


# Asking how it stands.


def test_a_new_session_is_pending(account: Account, profile_key: str) -> None:
    session = created(account, profile_key)
    answer = account.get(f"{PATH}/{session['sessionId']}", profile_key=profile_key).get_json()
    assert list(answer.items()) == [
        ("status", "success"),
        ("sessionId", session["sessionId"]),
        ("state", "pending"),
        ("createdAt", "2022-11-02T01:03:42.000Z"),
        ("expiresAt", "2022-11-02T01:08:42.000Z"),
        ("useCount", 0),
    ]


def test_an_opened_session_is_active_and_opens_again(
    app: Flask, account: Account, profile_key: str
) -> None:
    session = created(account, profile_key, mode="connect", network="x")
    advance(account, MINUTE)
    for count, last in [(1, "04:42"), (2, "05:42"), (3, "06:42")]:
        assert opened(app, session["url"]).status_code == 200
        answer = shown(account, profile_key, session["sessionId"])
        assert list(answer.items()) == [
            ("status", "success"),
            ("sessionId", session["sessionId"]),
            ("state", "active"),
            ("createdAt", "2022-11-02T01:03:42.000Z"),
            ("expiresAt", "2022-11-02T01:08:42.000Z"),
            ("firstUsedAt", "2022-11-02T01:04:42.000Z"),
            ("lastUsedAt", f"2022-11-02T01:{last}.000Z"),
            ("useCount", count),
        ]
        advance(account, MINUTE)


def test_its_dates_are_the_accounts_to_the_millisecond(
    account: Account, profile_key: str, clock: ManualClock
) -> None:
    clock.advance(seconds=0.110)
    advance(account, MINUTE)
    session = created(account, profile_key)
    assert session["expiresAt"] == "2022-11-02T01:09:42.110Z"
    answer = shown(account, profile_key, session["sessionId"])
    assert answer["createdAt"] == "2022-11-02T01:04:42.110Z"


def uses(account: Account, profile_key: str, session: dict[str, Any]) -> int:
    """How often a session was used."""
    return int(shown(account, profile_key, session["sessionId"])["useCount"])


def test_a_second_try_at_a_network_counts_as_a_use(
    app: Flask, account: Account, profile_key: str
) -> None:
    session = created(account, profile_key, expiresIn=60)
    visitor = Visitor(app)
    visitor.opens(session["url"])
    for network, count in [("facebook", 1), ("reddit", 1), ("facebook", 2), ("facebook", 3)]:
        visitor.presses(f"/_page/link/{network}")
        visitor.presses(f"/_page/consent/{network}", decision="cancel")
        assert uses(account, profile_key, session) == count


def test_another_try_in_a_popup_counts_as_a_use(
    app: Flask, account: Account, profile_key: str
) -> None:
    session = created(account, profile_key, mode="connect", network="facebook")
    visitor = Visitor(app)
    visitor.opens(session["url"])
    assert uses(account, profile_key, session) == 1
    visitor.presses("/_page/consent/facebook", decision="allow", scenario="network-down")
    assert uses(account, profile_key, session) == 1
    visitor.presses("/_page/link/facebook")
    assert uses(account, profile_key, session) == 2


def test_a_try_after_the_end_of_a_session_is_no_use(
    app: Flask, account: Account, profile_key: str
) -> None:
    session = created(account, profile_key)
    visitor = Visitor(app)
    visitor.opens(session["url"])
    visitor.presses("/_page/link/facebook")
    visitor.presses("/_page/consent/facebook", decision="cancel")
    advance(account, 5 * MINUTE)
    visitor.presses("/_page/link/facebook")
    assert uses(account, profile_key, session) == 1


def test_a_token_that_is_only_looked_at_is_not_used(account: Account, profile_key: str) -> None:
    session = created(account, profile_key)
    account.post("/_fakeayr/inspect", json={"url": session["url"]})
    assert shown(account, profile_key, session["sessionId"])["state"] == "pending"


@pytest.mark.parametrize("is_opened", [True, False])
def test_an_expired_session_says_so_and_does_not_open(
    app: Flask, account: Account, profile_key: str, is_opened: bool
) -> None:
    session = created(account, profile_key)
    advance(account, 5 * MINUTE - 1)
    if is_opened:
        assert opened(app, session["url"]).status_code == 200
    advance(account, 1)
    page = opened(app, session["url"])
    assert (page.status_code, flaw_of(page)) == (401, "expired")
    answer = shown(account, profile_key, session["sessionId"])
    assert (answer["state"], answer["useCount"]) == ("expired", int(is_opened))
    assert ("lastUsedAt" in answer) == is_opened


# Revoking.


@pytest.mark.parametrize("is_opened", [True, False])
def test_a_revoked_session_does_not_open(
    app: Flask, account: Account, profile_key: str, is_opened: bool
) -> None:
    session = created(account, profile_key)
    if is_opened:
        opened(app, session["url"])
    answer = revoke(account, profile_key, session["sessionId"])
    assert answer.get_json() == {"status": "success", "sessionId": session["sessionId"]}
    page = opened(app, session["url"])
    assert (page.status_code, flaw_of(page)) == (401, "revoked")
    after = shown(account, profile_key, session["sessionId"])
    assert (after["state"], after["useCount"]) == ("revoked", int(is_opened))


def test_revoking_again_succeeds_with_the_same_answer(account: Account, profile_key: str) -> None:
    session = created(account, profile_key)
    answers = [revoke(account, profile_key, session["sessionId"]) for _ in range(2)]
    advance(account, 5 * MINUTE)
    answers.append(revoke(account, profile_key, session["sessionId"]))
    assert [answer.status_code for answer in answers] == [200] * 3
    assert len({answer.text for answer in answers}) == 1


def test_a_revoked_session_stays_revoked_after_its_time(account: Account, profile_key: str) -> None:
    session = created(account, profile_key)
    revoke(account, profile_key, session["sessionId"])
    advance(account, 5 * MINUTE)
    assert shown(account, profile_key, session["sessionId"])["state"] == "revoked"


def test_what_was_linked_before_a_revocation_stays(
    app: Flask, account: Account, profile_key: str
) -> None:
    session = created(account, profile_key)
    visitor = Visitor(app)
    visitor.opens(session["url"])
    visitor.presses("/_page/link/facebook")
    visitor.presses("/_page/consent/facebook", decision="allow")
    revoke(account, profile_key, session["sessionId"])
    user = account.get("/api/user", profile_key=profile_key).get_json()
    assert user["activeSocialAccounts"] == ["facebook"]


def test_a_revocation_drops_the_x_app_of_its_link_alone(
    app: Flask, account: Account, profile_key: str
) -> None:
    headers = {"X-Twitter-OAuth1-Api-Key": "key", "X-Twitter-OAuth1-Api-Secret": "secret"}
    revoked, other = (
        account.post(PATH, json={}, profile_key=profile_key, headers=headers).get_json()
        for _ in range(2)
    )
    revoke(account, profile_key, revoked["sessionId"])
    with app.app_context():
        world = context().world
    dropped, kept = (
        sessions.find_by_token(world, token_of(session))[1].x_app for session in (revoked, other)
    )
    assert dropped is None
    assert kept is not None


def test_an_expired_session_cannot_be_revoked(account: Account, profile_key: str) -> None:
    session = created(account, profile_key)
    advance(account, 5 * MINUTE)
    refused(revoke(account, profile_key, session["sessionId"]), 400, 503)
    assert shown(account, profile_key, session["sessionId"])["state"] == "expired"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("session_id", ["nobody", "x" * 20, "0" * 64, "ayr_ls_nobody", "%00", "ü"])
def test_an_unknown_session_is_not_found(
    account: Account, profile_key: str, method: str, session_id: str
) -> None:
    answer = account.call(method, f"{PATH}/{session_id}", profile_key=profile_key)
    refused(answer, 404, 502)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_session_is_its_profiles_alone(
    app: Flask, account: Account, open_account: OpenAccount, profile_key: str, method: str
) -> None:
    session = created(account, profile_key)
    path = f"{PATH}/{session['sessionId']}"
    sibling = account.create_profile("Flo")["profileKey"]
    stranger = open_account()
    refused(account.call(method, path, profile_key=sibling), 404, 502)
    strangers_key = stranger.create_profile()["profileKey"]
    refused(stranger.call(method, path, profile_key=strangers_key), 404, 502)
    refused(account.call(method, path), 400, 101)
    assert opened(app, session["url"]).status_code == 200


# Tokens.


@pytest.mark.parametrize(
    "damage",
    [
        lambda token: token[:-1],
        lambda token: token + "x",
        lambda token: token.swapcase().replace("AYR_LS_", "ayr_ls_"),
        lambda token: token[:27],
        lambda token: "ayr_ls_",
        lambda token: "ayr_ls_" + "ü" * 40,
    ],
    ids=["shorter", "longer", "other case", "only the id", "only the prefix", "beyond ASCII"],
)
def test_a_damaged_token_opens_nothing(
    app: Flask, account: Account, profile_key: str, damage: Any
) -> None:
    token = token_of(created(account, profile_key))
    page = opened(app, f"/?session={damage(token)}")
    assert (page.status_code, flaw_of(page)) == (401, "unknown-session")


def test_a_token_opens_the_page_under_the_older_parameters_name_too(
    app: Flask, account: Account, profile_key: str
) -> None:
    token = token_of(created(account, profile_key))
    assert opened(app, f"/?jwt={token}").status_code == 200
    assert opened(app, f"/social-accounts?session={token}").status_code == 200


def test_a_deleted_profiles_session_opens_nothing(
    app: Flask, account: Account, profile_key: str
) -> None:
    session = created(account, profile_key)
    account.delete("/api/profiles", profile_key=profile_key)
    assert opened(app, session["url"]).status_code == 401


def test_a_closed_accounts_session_opens_nothing(
    app: Flask, account: Account, profile_key: str
) -> None:
    session = created(account, profile_key)
    account.delete("/_fakeayr/accounts")
    page = opened(app, session["url"])
    assert (page.status_code, flaw_of(page)) == (401, "unknown-session")


def test_no_token_is_kept_in_the_clear(tmp_path: Path, new_app: NewApp, clock: ManualClock) -> None:
    app = new_app(store=SqliteStore(tmp_path / "state"), clock=clock)
    account = Account.open(app.test_client(), {})
    key = account.create_profile()["profileKey"]
    session = created(account, key)
    account.client.get(f"/?session={token_of(session)}")
    account.get(f"{PATH}/{session['sessionId']}", profile_key=key)
    assert "ayr_ls_" not in account.get("/_fakeayr/requests").text
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert session["sessionId"].encode() in written
    assert token_of(session).encode() not in written
    assert token_of(session)[-20:].encode() not in written
