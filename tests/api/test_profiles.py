"""POST, GET, PATCH and DELETE /api/profiles."""

import re
from typing import Any

import pytest
from flask import Flask

from tests.support.accounts import Account, OpenAccount
from tests.support.clock import ManualClock
from tests.support.linking import opened

KEY = r"[A-Z0-9]{7}(-[A-Z0-9]{7}){3}"
REF_ID = r"[0-9a-f]{40}"
EVERYTHING: dict[str, Any] = {
    "messagingActive": True,
    "hideLogo": True,
    "hideTopHeader": True,
    "topHeader": "Connect your accounts",
    "subHeader": "One by one",
    "disableSocial": ["facebook"],
    "team": True,
    "email": "mia@bakery.example",
    "tags": ["bakery", "a, b"],
    "displayTitle": "Mia",
    "hideTitle": True,
}


def listed(account: Account, **query: Any) -> list[dict[str, Any]]:
    """The profiles that GET /api/profiles answers."""
    response = account.get("/api/profiles", query_string=query)
    assert response.status_code == 200, response.text
    profiles: list[dict[str, Any]] = response.get_json()["profiles"]
    return profiles


def titles(account: Account, **query: Any) -> list[str]:
    """The titles of the profiles that GET /api/profiles answers."""
    return [profile["title"] for profile in listed(account, **query)]


# Creating.


def test_a_new_profile_is_answered_with_its_key_and_ref_id(account: Account) -> None:
    response = account.post("/api/profiles", json={"title": "Mia's Bakery"})
    answer = response.get_json()
    assert response.status_code == 200
    assert list(answer) == ["status", "title", "refId", "profileKey", "messagingActive"]
    assert (answer["status"], answer["title"]) == ("success", "Mia's Bakery")
    assert answer["messagingActive"] is False
    assert re.fullmatch(KEY, answer["profileKey"])
    assert re.fullmatch(REF_ID, answer["refId"])


def test_a_profile_can_be_created_with_every_field(account: Account) -> None:
    answer = account.create_profile("Mia's Bakery", **EVERYTHING)
    assert answer["messagingActive"] is True


def test_every_profile_has_a_key_and_ref_id_of_its_own(account: Account) -> None:
    made = [account.create_profile(f"Shop {number}") for number in range(20)]
    assert len({profile["profileKey"] for profile in made}) == 20
    assert len({profile["refId"] for profile in made}) == 20


def test_titles_differ_by_case(account: Account) -> None:
    account.create_profile("Bakery")
    account.create_profile("bakery")
    assert titles(account) == ["Bakery", "bakery"]


def test_two_accounts_may_use_the_same_title(open_account: OpenAccount) -> None:
    for account in (open_account(), open_account()):
        account.create_profile("Bakery")
        assert titles(account) == ["Bakery"]


def test_a_title_may_be_the_primary_profiles(account: Account) -> None:
    account.create_profile("Primary Profile")
    assert titles(account) == ["Primary Profile"]


@pytest.mark.parametrize("title", ["", None, 1, [], {}, True])
def test_a_title_is_a_text_with_something_in_it(account: Account, title: Any) -> None:
    response = account.post("/api/profiles", json={"title": title})
    assert (response.status_code, response.get_json()["code"]) == (400, 101)
    assert titles(account) == []


@pytest.mark.parametrize(
    "title",
    [
        " ",
        "x" * 10_000,
        "O'Neil; DROP TABLE profiles",
        "a\0b",
        "😀",
        "e\u0301",
        "\u202egnihtemos",
    ],
    ids=ascii,
)
def test_an_odd_title_is_kept_as_it_is(account: Account, title: str) -> None:
    account.create_profile(title)
    assert titles(account) == [title]
    assert titles(account, title=title) == [title]
    assert account.post("/api/profiles", json={"title": title}).get_json()["code"] == 146


def test_a_team_needs_an_email(account: Account) -> None:
    response = account.post("/api/profiles", json={"title": "Bakery", "team": True})
    assert (response.status_code, response.get_json()["code"]) == (400, 101)
    assert response.get_json()["details"] == "email is required when team is true."


def test_a_team_of_null_is_no_team(account: Account) -> None:
    assert account.create_profile("Bakery", team=None, email=None)["status"] == "success"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("messagingActive", "true"),
        ("hideLogo", "yes"),
        ("hideTopHeader", 1),
        ("topHeader", 1),
        ("subHeader", []),
        ("disableSocial", "facebook"),
        ("disableSocial", [1]),
        ("team", "yes"),
        ("email", []),
        ("tags", "bakery"),
        ("displayTitle", {}),
        ("hideTitle", "no"),
    ],
)
def test_a_field_of_the_wrong_type_is_refused_by_name(
    account: Account, name: str, value: Any
) -> None:
    profile_key = account.create_profile("Bakery")["profileKey"]
    for response in (
        account.post("/api/profiles", json={"title": "New", name: value}),
        account.patch("/api/profiles", json={"profileKey": profile_key, name: value}),
    ):
        assert (response.status_code, response.get_json()["code"]) == (400, 101)
        assert response.get_json()["details"].startswith(name)


def test_the_plans_number_of_profiles_is_not_enforced_by_default(open_account: OpenAccount) -> None:
    account = open_account(plan="launch")
    for number in range(11):
        account.create_profile(f"Shop {number}")
    assert len(titles(account)) == 11


def test_the_plans_number_of_profiles_is_enforced_by_a_setting(open_account: OpenAccount) -> None:
    account = open_account(plan="launch", settings={"enforceProfileLimit": True})
    made = [account.create_profile(f"Shop {number}") for number in range(10)]
    response = account.post("/api/profiles", json={"title": "One too many"})
    assert (response.status_code, response.get_json()["code"]) == (403, 9403)
    account.delete("/api/profiles", profile_key=made[0]["profileKey"])
    account.create_profile("In its place")


# Listing.


def test_the_list_tells_what_is_known_of_a_profile_but_never_its_key(account: Account) -> None:
    created = account.create_profile("Bakery", displayTitle="Mia")
    (profile,) = listed(account)
    assert profile == {
        "status": "active",
        "title": "Bakery",
        "displayTitle": "Mia",
        "created": {"_seconds": 1_667_351_022, "_nanoseconds": 0},
        "createdUTC": "2022-11-02T01:03:42.000Z",
        "refId": created["refId"],
    }


def test_the_list_has_a_frame(account: Account) -> None:
    answer = account.get("/api/profiles").get_json()
    assert answer == {
        "profiles": [],
        "count": 0,
        "lastUpdated": "2022-11-02T01:03:42.000Z",
        "nextUpdate": "2022-11-02T01:08:42.000Z",
        "pagination": {"hasMore": False, "nextCursor": None, "limit": 5000},
    }


def test_the_primary_profile_is_never_listed(account: Account) -> None:
    assert titles(account) == []
    assert titles(account, title="Primary Profile") == []
    assert titles(account, refId=account.ref_id) == []
    assert titles(account, profileKeys=account.api_key) == []


def test_profiles_are_listed_oldest_first(account: Account, clock: ManualClock) -> None:
    for title in ("Zoo", "Bakery", "Museum"):
        account.create_profile(title)
        clock.advance(seconds=1)
    assert titles(account) == ["Zoo", "Bakery", "Museum"]


def test_linked_networks_are_listed_in_ayrshares_order(account: Account) -> None:
    profile_key = account.create_profile("Bakery")["profileKey"]
    for network in ("youtube", "bluesky", "gmb"):
        account.link(network, profile_key)
    assert listed(account)[0]["activeSocialAccounts"] == ["bluesky", "gmb", "youtube"]


def test_the_list_filters_by_title(account: Account) -> None:
    for title in ("Bakery", "bakery", "Bakery 2"):
        account.create_profile(title)
    assert titles(account, title="Bakery") == ["Bakery"]


def test_the_list_filters_by_ref_id(account: Account) -> None:
    bakery, _ = (account.create_profile(title) for title in ("Bakery", "Florist"))
    assert titles(account, refId=bakery["refId"]) == ["Bakery"]
    assert titles(account, refId="0" * 40) == []


def test_the_list_filters_by_profile_keys(account: Account) -> None:
    keys = {title: account.create_profile(title)["profileKey"] for title in "ABC"}
    assert titles(account, profileKeys=f"{keys['C']},{keys['A']},unknown") == ["A", "C"]


def test_the_list_filters_by_whether_anything_is_linked(account: Account) -> None:
    linked, _ = (account.create_profile(title) for title in ("Linked", "Bare"))
    account.link("facebook", linked["profileKey"])
    assert titles(account, hasActiveSocialAccounts="true") == ["Linked"]
    assert titles(account, hasActiveSocialAccounts="false") == ["Bare"]


def test_the_list_filters_by_networks_that_are_all_linked(account: Account) -> None:
    both, one = (account.create_profile(title)["profileKey"] for title in ("Both", "One"))
    for network, profile_key in (("facebook", both), ("gmb", both), ("facebook", one)):
        account.link(network, profile_key)
    assert titles(account, includesActiveSocialAccounts="facebook") == ["Both", "One"]
    assert titles(account, includesActiveSocialAccounts="gmb,facebook") == ["Both"]


@pytest.mark.parametrize("network", [".", "$", 'a"b', "a[0]", "facebook.x", "'"])
def test_an_odd_network_in_a_filter_is_linked_nowhere(account: Account, network: str) -> None:
    account.link("facebook", account.create_profile("Bakery")["profileKey"])
    assert titles(account, includesActiveSocialAccounts=network) == []


def test_the_list_filters_by_links_through_the_integrators_own_x_app(account: Account) -> None:
    ours, theirs = (account.create_profile(title)["profileKey"] for title in ("Ours", "Theirs"))
    account.link("twitter", theirs)
    order = {"platform": "twitter", "profileKey": ours, "ownApp": True}
    assert account.post("/_fakeayr/links", json=order).status_code == 200
    assert titles(account, isByokLinked="true") == ["Ours"]
    assert titles(account, isByokLinked="false") == ["Theirs"]


def test_only_x_is_linked_through_an_own_app(account: Account) -> None:
    answer = account.post("/_fakeayr/links", json={"platform": "facebook", "ownApp": True})
    assert (answer.status_code, answer.get_json()["code"]) == (400, 101)
    assert "ownApp is for twitter" in answer.get_json()["details"]


def test_filters_narrow_each_other_down(account: Account) -> None:
    keys = {title: account.create_profile(title)["profileKey"] for title in "AB"}
    account.link("facebook", keys["A"])
    assert titles(account, title="A", hasActiveSocialAccounts="true") == ["A"]
    assert titles(account, title="B", hasActiveSocialAccounts="true") == []


@pytest.mark.parametrize("asked", ["true", "1", "60", "365"])
def test_the_action_log_tells_of_links_and_unlinks(account: Account, asked: str) -> None:
    profile_key = account.create_profile("Bakery")["profileKey"]
    account.link("facebook", profile_key)
    account.delete("/api/profiles/social", json={"platform": "facebook"}, profile_key=profile_key)
    assert listed(account, actionLog=asked)[0]["actionLog"] == [
        {"type": "link", "platform": "facebook", "created": "2022-11-02T01:03:42Z"},
        {"type": "unlink", "platform": "facebook", "created": "2022-11-02T01:03:42Z"},
    ]


def test_the_action_log_keeps_the_latest_hundred(account: Account) -> None:
    profile_key = account.create_profile("Bakery")["profileKey"]
    for network in ["facebook"] * 100 + ["reddit"]:
        account.link(network, profile_key)
    log = listed(account, actionLog="true")[0]["actionLog"]
    assert [action["platform"] for action in log] == ["facebook"] * 99 + ["reddit"]


@pytest.mark.parametrize("query", [{}, {"actionLog": "false"}], ids=["absent", "false"])
def test_the_action_log_is_absent_unless_asked_for(account: Account, query: dict[str, str]) -> None:
    account.create_profile("Bakery")
    assert "actionLog" not in listed(account, **query)[0]


@pytest.mark.parametrize(("asked", "days"), [("true", 60), ("7", 7)])
def test_the_action_log_reaches_back_so_many_days(
    account: Account, clock: ManualClock, asked: str, days: int
) -> None:
    account.link("facebook", account.create_profile("Bakery")["profileKey"])
    clock.advance(minutes=days * 24 * 60)
    assert len(listed(account, actionLog=asked)[0]["actionLog"]) == 1
    clock.advance(seconds=1)
    assert listed(account, actionLog=asked)[0]["actionLog"] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("actionLog", "0"),
        ("actionLog", "366"),
        ("actionLog", "yes"),
        ("actionLog", "-1"),
        ("actionLog", "1.5"),
        ("limit", "0"),
        ("limit", "5001"),
        ("limit", "ten"),
        ("hasActiveSocialAccounts", "maybe"),
        ("isByokLinked", "2"),
        ("cursor", "no-cursor"),
        ("cursor", ""),
        ("cursor", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw"),
    ],
)
def test_a_filter_that_cannot_be_read_is_refused_by_name(
    account: Account, name: str, value: str
) -> None:
    response = account.get("/api/profiles", query_string={name: value})
    assert (response.status_code, response.get_json()["code"]) == (400, 101)
    assert response.get_json()["details"].startswith(name)


def test_a_long_list_comes_in_pages(account: Account) -> None:
    expected = [account.create_profile(f"Shop {number}")["title"] for number in range(7)]
    query: dict[str, Any] = {"limit": 3}
    pages = []
    while query:
        answer = account.get("/api/profiles", query_string=query).get_json()
        pages.append([profile["title"] for profile in answer["profiles"]])
        assert answer["count"] == len(answer["profiles"])
        pagination = answer["pagination"]
        assert pagination["limit"] == 3
        assert pagination["hasMore"] == (pagination["nextCursor"] is not None)
        query = {"limit": 3, "cursor": pagination["nextCursor"]} if pagination["hasMore"] else {}
    assert pages == [expected[:3], expected[3:6], expected[6:]]


def test_a_list_that_just_fits_has_no_further_page(account: Account) -> None:
    for number in range(3):
        account.create_profile(f"Shop {number}")
    answer = account.get("/api/profiles", query_string={"limit": 3}).get_json()
    assert answer["pagination"] == {"hasMore": False, "nextCursor": None, "limit": 3}


def test_a_page_is_not_disturbed_by_what_comes_and_goes_meanwhile(account: Account) -> None:
    first, *_ = (account.create_profile(title)["profileKey"] for title in "ABCD")
    answer = account.get("/api/profiles", query_string={"limit": 2}).get_json()
    account.delete("/api/profiles", profile_key=first)
    account.create_profile("E")
    assert titles(account, cursor=answer["pagination"]["nextCursor"]) == ["C", "D", "E"]


def test_a_new_profile_may_become_visible_after_a_pause(
    open_account: OpenAccount, clock: ManualClock
) -> None:
    account = open_account(settings={"profileVisibilityDelay": 10})
    profile_key = account.create_profile("Bakery")["profileKey"]
    assert titles(account) == []
    assert account.get("/api/user", profile_key=profile_key).status_code == 200
    clock.advance(seconds=10)
    assert titles(account) == ["Bakery"]


def test_a_profile_is_listed_by_a_server_whose_clock_is_behind(
    account: Account, clock: ManualClock
) -> None:
    account.create_profile("Bakery")
    clock.advance(seconds=-2)
    assert titles(account) == ["Bakery"]
    assert titles(account, title="Bakery") == ["Bakery"]


# Changing.


@pytest.mark.parametrize("where", ["header", "body"])
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_profile_is_changed_by_the_key_in_header_or_body(
    account: Account, method: str, where: str
) -> None:
    profile = account.create_profile("Bakery")
    key = profile["profileKey"]
    if where == "header":
        response = account.call(method, "/api/profiles", json={"title": "New"}, profile_key=key)
    else:
        response = account.call(method, "/api/profiles", json={"title": "New", "profileKey": key})
    assert response.status_code == 200
    assert response.get_json() == {"status": "success", "refId": profile["refId"]}
    assert titles(account) == ["New"]


def test_the_header_goes_before_the_body(account: Account) -> None:
    first, second = (account.create_profile(title)["profileKey"] for title in ("A", "B"))
    account.patch("/api/profiles", json={"title": "C", "profileKey": second}, profile_key=first)
    assert titles(account) == ["C", "B"]


def test_a_change_needs_to_say_whom_it_is_about(account: Account) -> None:
    response = account.patch("/api/profiles", json={"title": "New"})
    assert (response.status_code, response.get_json()["code"]) == (400, 101)


def test_a_change_leaves_alone_what_it_does_not_mention(account: Account) -> None:
    key = account.create_profile("Bakery", displayTitle="Mia")["profileKey"]
    account.patch("/api/profiles", json={"title": "New", "displayTitle": None}, profile_key=key)
    (profile,) = listed(account)
    assert (profile["title"], profile["displayTitle"]) == ("New", "Mia")


def test_every_field_can_be_changed(account: Account) -> None:
    key = account.create_profile("Bakery")["profileKey"]
    response = account.patch("/api/profiles", json=EVERYTHING, profile_key=key)
    assert response.status_code == 200
    user = account.get("/api/user", profile_key=key).get_json()
    assert (user["messagingEnabled"], user["email"]) == (True, "mia@bakery.example")
    assert listed(account)[0]["displayTitle"] == "Mia"


def test_a_profile_cannot_take_anothers_title(account: Account) -> None:
    account.create_profile("Bakery")
    key = account.create_profile("Florist")["profileKey"]
    response = account.patch("/api/profiles", json={"title": "Bakery"}, profile_key=key)
    assert (response.status_code, response.get_json()["code"]) == (400, 146)
    assert titles(account) == ["Bakery", "Florist"]


def test_a_profile_may_keep_its_own_title(account: Account) -> None:
    key = account.create_profile("Bakery")["profileKey"]
    response = account.patch("/api/profiles", json={"title": "Bakery"}, profile_key=key)
    assert response.status_code == 200


def test_a_title_that_was_given_up_is_free(account: Account) -> None:
    key = account.create_profile("Bakery")["profileKey"]
    account.patch("/api/profiles", json={"title": "New"}, profile_key=key)
    account.create_profile("Bakery")
    assert titles(account) == ["New", "Bakery"]


# Deleting.


@pytest.mark.parametrize("how", ["header", "profileKey", "title"])
def test_a_profile_is_deleted_by_header_key_or_title(account: Account, how: str) -> None:
    profile = account.create_profile("Bakery")
    if how == "header":
        response = account.delete("/api/profiles", profile_key=profile["profileKey"])
    else:
        response = account.delete("/api/profiles", json={how: profile[how]})
    assert response.status_code == 200
    assert response.get_json() == {"status": "success", "refId": profile["refId"]}
    assert titles(account) == []


def test_a_deleted_profile_is_dead_at_once(app: Flask, account: Account) -> None:
    key = account.create_profile("Bakery")["profileKey"]
    url = account.generate_jwt(key).get_json()["url"]
    account.delete("/api/profiles", profile_key=key)
    assert account.get("/api/user", profile_key=key).get_json()["code"] == 144
    assert account.generate_jwt(key).get_json()["code"] == 144
    assert account.delete("/api/profiles", profile_key=key).get_json()["code"] == 144
    assert opened(app, url).status_code == 401


def test_a_deleted_profiles_title_is_free(account: Account) -> None:
    old = account.create_profile("Bakery")
    account.delete("/api/profiles", profile_key=old["profileKey"])
    new = account.create_profile("Bakery")
    assert new["profileKey"] != old["profileKey"]
    assert new["refId"] != old["refId"]


def test_the_key_goes_before_the_title(account: Account) -> None:
    account.create_profile("Bakery")
    florist = account.create_profile("Florist")
    body = {"title": "Bakery", "profileKey": florist["profileKey"]}
    account.delete("/api/profiles", json=body)
    assert titles(account) == ["Bakery"]


@pytest.mark.parametrize("body", [None, {}, {"profileKey": None, "title": None}], ids=str)
def test_a_deletion_needs_to_say_whom_it_is_about(account: Account, body: Any) -> None:
    response = account.delete("/api/profiles", json=body)
    assert (response.status_code, response.get_json()["code"]) == (400, 101)


def test_the_primary_profile_cannot_be_deleted_by_its_title(account: Account) -> None:
    response = account.delete("/api/profiles", json={"title": "Primary Profile"})
    assert (response.status_code, response.get_json()["code"]) == (404, 9404)
