"""GET /api/user: a profile and its linked accounts."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.support.accounts import Account, OpenAccount
from tests.support.clock import ManualClock

NETWORKS = [
    "bluesky",
    "facebook",
    "gmb",
    "instagram",
    "linkedin",
    "pinterest",
    "reddit",
    "snapchat",
    "telegram",
    "threads",
    "tiktok",
    "twitter",
    "youtube",
]
ALWAYS = {"created", "displayName", "platform"}
PERSONAL = {"id", "profileUrl", "userImage", "username"}
FIELDS = {
    "bluesky": PERSONAL,
    "facebook": {"id", "pageName", "userId", "profileUrl", "userImage", "messagingActive"},
    "gmb": {"id", "profileUrl"},
    "instagram": PERSONAL,
    "linkedin": {"id", "profileUrl", "userImage", "refreshDaysRemaining", "type"},
    "pinterest": PERSONAL,
    "reddit": {"profileUrl", "userImage", "username"},
    "snapchat": {"id", "profileUrl", "userImage"},
    "telegram": {"id", "profileUrl", "type"},
    "threads": PERSONAL,
    "tiktok": PERSONAL,
    "twitter": PERSONAL,
    "youtube": PERSONAL,
}


def user_of(account: Account, profile_key: str | None = None, **query: Any) -> dict[str, Any]:
    """What GET /api/user answers."""
    response = account.get("/api/user", profile_key=profile_key, query_string=query)
    assert response.status_code == 200, response.text
    user: dict[str, Any] = response.get_json()
    return user


def linked(account: Account, network: str, **query: Any) -> dict[str, Any]:
    """The entry of a network that has just been linked to the primary profile."""
    account.link(network)
    (entry,) = user_of(account, **query)["displayNames"]
    found: dict[str, Any] = entry
    return found


def suspend(account: Account, profile_key: str) -> None:
    """Has Ayrshare suspend a profile."""
    event = {"type": "suspend", "profileKey": profile_key}
    response = account.post("/_fakeayr/events", json=event)
    assert response.status_code == 200, response.text


# The profile.


def test_the_answer_tells_all_of_a_profile_without_links(account: Account) -> None:
    user = user_of(account)
    assert set(user) == {
        "ayrlinkUrl",
        "created",
        "email",
        "lastApiCall",
        "lastUpdated",
        "messagingConversationMonthlyCount",
        "messagingEnabled",
        "monthlyApiCalls",
        "monthlyApiCallsQuota",
        "monthlyPostCount",
        "monthlyPostQuota",
        "nextUpdate",
        "refId",
        "title",
    }


def test_dates_are_utc_in_the_three_spellings(account: Account) -> None:
    user = user_of(account)
    assert user["created"] == {
        "_seconds": 1_667_351_022,
        "_nanoseconds": 0,
        "utc": "2022-11-02T01:03:42Z",
    }
    assert user["lastUpdated"] == "2022-11-02T01:03:42.000Z"
    assert user["nextUpdate"] == "2022-11-02T01:08:42.000Z"


def test_fractions_of_a_second_are_told_in_milliseconds(
    open_account: OpenAccount, clock: ManualClock
) -> None:
    clock.advance(seconds=0.11)
    user = user_of(open_account())
    assert user["created"]["_nanoseconds"] == 110_000_000
    assert user["lastUpdated"] == "2022-11-02T01:03:42.110Z"


def test_without_a_profile_key_it_is_the_primary_profile(account: Account) -> None:
    user = user_of(account)
    assert (user["title"], user["refId"]) == ("Primary Profile", account.ref_id)


@pytest.mark.parametrize("plan", ["free", "premium", "launch", "business", "enterprise"])
def test_every_plan_has_a_primary_profile(open_account: OpenAccount, plan: str) -> None:
    assert user_of(open_account(plan=plan))["title"] == "Primary Profile"


def test_the_profile_key_in_the_header_names_the_profile(account: Account) -> None:
    profile = account.create_profile("Bakery")
    user = user_of(account, profile["profileKey"])
    assert (user["title"], user["refId"]) == ("Bakery", profile["refId"])


def test_the_profile_key_in_the_query_names_the_profile(account: Account) -> None:
    profile = account.create_profile("Bakery")
    assert user_of(account, profileKey=profile["profileKey"])["title"] == "Bakery"


def test_the_header_goes_before_the_query(account: Account) -> None:
    first, second = (account.create_profile(title)["profileKey"] for title in ("A", "B"))
    assert user_of(account, first, profileKey=second)["title"] == "A"


def test_a_profiles_email_goes_before_its_accounts(open_account: OpenAccount) -> None:
    account = open_account(email="owner@acme.example")
    own, none = (
        account.create_profile("Own", email="mia@bakery.example"),
        account.create_profile("None"),
    )
    assert user_of(account, own["profileKey"])["email"] == "mia@bakery.example"
    assert user_of(account, none["profileKey"])["email"] == "owner@acme.example"


def test_calls_are_counted_for_each_profile_and_month(account: Account, clock: ManualClock) -> None:
    key = account.create_profile("Bakery")["profileKey"]
    for _ in range(3):
        user_of(account, key)
    clock.advance(seconds=5)
    user_of(account, key)
    account.requests()  # Counts are written in batches; whoever reads the journal waits for them.
    user = user_of(account, key)
    assert user["monthlyApiCalls"] == 4 + 1
    assert user["lastApiCall"] == "2022-11-02T01:03:47Z"
    clock.advance(minutes=31 * 24 * 60)
    assert user_of(account, key)["monthlyApiCalls"] == 0


# The linked accounts.


def test_nothing_linked_means_that_the_lists_are_absent(account: Account) -> None:
    user = user_of(account)
    assert "activeSocialAccounts" not in user
    assert "displayNames" not in user


def test_a_link_shows_at_once_and_is_gone_at_once(account: Account) -> None:
    account.link("facebook")
    assert user_of(account)["activeSocialAccounts"] == ["facebook"]
    account.delete("/_fakeayr/links", json={"platform": "facebook"})
    assert "activeSocialAccounts" not in user_of(account)


def test_networks_stand_in_ayrshares_order(account: Account) -> None:
    for network in reversed(NETWORKS):
        account.link(network)
    user = user_of(account)
    assert user["activeSocialAccounts"] == NETWORKS
    assert [entry["platform"] for entry in user["displayNames"]] == NETWORKS


def test_links_belong_to_one_profile(account: Account) -> None:
    bakery, florist = (account.create_profile(title)["profileKey"] for title in ("A", "B"))
    account.link("facebook", bakery)
    assert user_of(account, bakery)["activeSocialAccounts"] == ["facebook"]
    assert "activeSocialAccounts" not in user_of(account, florist)
    assert "activeSocialAccounts" not in user_of(account)


@pytest.mark.parametrize("network", NETWORKS)
def test_each_network_has_its_own_fields(account: Account, network: str) -> None:
    entry = linked(account, network)
    assert set(entry) == ALWAYS | FIELDS[network]
    assert entry["platform"] == network
    assert entry["created"] == "2022-11-02T01:03:42Z"


def test_ids_have_their_networks_shapes(account: Account) -> None:
    assert linked(account, "bluesky")["id"].startswith("did:plc:")
    account.delete("/api/profiles/social", json={"platform": "bluesky"})
    assert linked(account, "facebook")["id"].isdigit()


@pytest.mark.parametrize("name", ["instagramDetails", "instagramQuota"])
def test_instagram_tells_quota_and_type_on_request(account: Account, name: str) -> None:
    entry = linked(account, "instagram", **{name: "true"})
    assert set(entry) == ALWAYS | PERSONAL | {"usedQuota", "type"}
    assert (entry["usedQuota"], entry["type"]) == (0, "business")


def test_linkedins_remaining_days_count_down_from_365(account: Account, clock: ManualClock) -> None:
    assert linked(account, "linkedin")["refreshDaysRemaining"] == 365
    for days, remaining in ((1, 364), (363, 1), (1, 0), (100, 0)):
        clock.advance(minutes=days * 24 * 60)
        (entry,) = user_of(account)["displayNames"]
        assert entry["refreshDaysRemaining"] == remaining


def test_a_test_may_choose_the_details_of_a_link(account: Account) -> None:
    account.link("twitter", displayName="Mia", username="mia", verifiedType="blue")
    (entry,) = user_of(account)["displayNames"]
    assert (entry["displayName"], entry["username"]) == ("Mia", "mia")
    assert entry["verifiedType"] == "blue"
    assert set(entry) == ALWAYS | PERSONAL | {"verifiedType"}


def test_a_test_may_choose_how_long_a_link_lasts(account: Account) -> None:
    account.link("linkedin", refreshDaysRemaining=3)
    (entry,) = user_of(account)["displayNames"]
    assert entry["refreshDaysRemaining"] == 3


@pytest.mark.parametrize("active", [True, False])
def test_facebook_tells_whether_messaging_is_on(account: Account, active: bool) -> None:
    key = account.create_profile(messagingActive=active)["profileKey"]
    account.link("facebook", key)
    (entry,) = user_of(account, key)["displayNames"]
    assert entry["messagingActive"] is active


def test_an_entry_is_always_of_its_own_network(account: Account) -> None:
    order = {"platform": "twitter", "details": {"platform": "myspace"}}
    assert account.post("/_fakeayr/links", json=order).status_code == 400
    assert linked(account, "twitter")["platform"] == "twitter"


def test_linking_again_replaces_the_link(account: Account) -> None:
    first = linked(account, "twitter")
    second = linked(account, "twitter")
    assert first["id"] != second["id"]


ON_BEHALF: dict[str, tuple[str, str, dict[str, Any] | None]] = {
    "show": ("GET", "/api/user", None),
    "change": ("PATCH", "/api/profiles", {"title": "Flo"}),
    "change, older": ("PUT", "/api/profiles/profile", {"title": "Flo"}),
    "delete": ("DELETE", "/api/profiles", {}),
    "delete, older": ("DELETE", "/api/profiles/delete-profile", {}),
    "unlink": ("DELETE", "/api/profiles/social", {"platform": "gmb"}),
    "webhooks": ("GET", "/api/hook/webhook", None),
    "register": ("POST", "/api/hook/webhook", {"action": "social", "url": "https://a.example"}),
    "unregister": ("DELETE", "/api/hook/webhook", {"action": "social"}),
    "rotate": ("POST", "/api/hook/webhook/secret", {"secret": "hush"}),
    "link session": ("POST", "/api/profiles/link-sessions", {}),
    "show session": ("GET", f"/api/profiles/link-sessions/{'0' * 64}", None),
    "revoke session": ("DELETE", f"/api/profiles/link-sessions/{'0' * 64}", None),
}
"""Method, path and body of every call that acts for the profile of the header."""


def check_suspended(response: TestResponse) -> None:
    """The answer to any call on behalf of a suspended profile."""
    assert response.status_code == 403, response.text
    assert response.get_json() == {
        "action": "profile",
        "status": "error",
        "code": 276,
        "message": "This profile is suspended.",
    }


@pytest.mark.parametrize(("method", "path", "body"), ON_BEHALF.values(), ids=ON_BEHALF)
def test_nothing_happens_on_behalf_of_a_suspended_profile(
    account: Account, method: str, path: str, body: dict[str, Any] | None
) -> None:
    created = account.create_profile()
    profile_key = created["profileKey"]
    suspend(account, profile_key)
    check_suspended(account.call(method, path, json=body, profile_key=profile_key))
    assert account.requests()[-1]["refId"] == created["refId"]


def test_a_suspended_profile_may_be_named_in_the_body_or_the_query_as_well(
    account: Account,
) -> None:
    created = account.create_profile()
    key = created["profileKey"]
    suspend(account, key)
    check_suspended(account.generate_jwt(key))
    check_suspended(account.get("/api/user", query_string={"profileKey": key}))
    check_suspended(account.delete("/api/profiles", json={"profileKey": key}))
    check_suspended(account.delete("/api/profiles", json={"title": created["title"]}))
    check_suspended(account.patch("/api/profiles", json={"profileKey": key, "title": "Flo"}))


def test_a_suspended_primary_profile_may_not_act_and_the_others_may(account: Account) -> None:
    profile_key = account.create_profile()["profileKey"]
    suspend(account, account.api_key)
    check_suspended(account.get("/api/user"))
    assert account.get("/api/user", profile_key=profile_key).status_code == 200


def test_a_suspended_profile_is_listed_as_such(account: Account) -> None:
    profile_key = account.create_profile()["profileKey"]
    suspend(account, profile_key)
    (profile,) = account.get("/api/profiles").get_json()["profiles"]
    assert (profile["status"], profile["suspended"]) == ("suspended", True)
