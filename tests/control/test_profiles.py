"""GET /_fakeayr/profiles: profiles with their keys; and the clock's way to what is due next."""

import pytest

from tests.support.accounts import Account, OpenAccount
from tests.support.clock import START
from tests.support.receivers import Receiver

PROFILES = "/_fakeayr/profiles"


def test_profiles_come_with_their_keys(account: Account, receiver: Receiver) -> None:
    made = account.create_profile()
    account.link("facebook", made["profileKey"])
    receiver.register(account, profile_key=made["profileKey"])

    primary, profile = account.get(PROFILES).get_json()["profiles"]
    assert (primary["primary"], primary["profileKey"]) == (True, account.api_key)
    assert profile == {
        "title": "Mia's Bakery",
        "refId": made["refId"],
        "profileKey": made["profileKey"],
        "primary": False,
        "suspended": False,
        "created": "2022-11-02T01:03:42Z",
        "activeSocialAccounts": ["facebook"],
        "webhooks": {"social": receiver.url},
        "links": [
            {
                "platform": "facebook",
                "displayName": "Mia's Bakery",
                "created": START,
                "expires": None,
            }
        ],
        "signed": False,
    }
    for name in (profile["title"], profile["refId"]):
        found = account.get(PROFILES, query_string={"name": name}).get_json()["profiles"]
        assert found == [profile]
    for name in (primary["title"], primary["refId"]):
        assert account.get(PROFILES, query_string={"name": name}).get_json() == {
            "profiles": [primary]
        }
    assert account.get(f"{PROFILES}?name=nobody").get_json() == {"profiles": []}
    assert account.get(f"{PROFILES}?limit=1").get_json() == {"profiles": [primary]}


@pytest.mark.parametrize("limit", ["0", "10001", "x"])
def test_a_wrong_limit_is_refused(account: Account, limit: str) -> None:
    assert account.get(f"{PROFILES}?limit={limit}").status_code == 400


def test_profiles_of_others_stay_hidden(account: Account, open_account: OpenAccount) -> None:
    other = open_account().create_profile()
    found = account.get(PROFILES, query_string={"name": other["refId"]}).get_json()
    assert found == {"profiles": []}


def test_the_clock_goes_to_what_is_due_next(account: Account, receiver: Receiver) -> None:
    receiver.register(account)
    receiver.answers = [500]
    account.link("linkedin")
    receiver.wait()
    account.get("/_fakeayr/webhooks?wait=30")

    def go() -> float:
        answer = account.post("/_fakeayr/clock", json={"advance": "next"})
        assert answer.status_code == 200, answer.text
        return float(answer.get_json()["now"]) - START

    day = 86_400
    assert go() == pytest.approx(5, abs=0.01)
    assert go() == pytest.approx(350 * day, abs=0.01)
    assert receiver.payloads[-1]["type"] == "refresh"
    assert go() == pytest.approx(365 * day, abs=0.01)
    assert receiver.payloads[-1]["type"] == "unlink"
    refused = account.post("/_fakeayr/clock", json={"advance": "next"})
    assert (refused.status_code, refused.get_json()["code"]) == (400, 101)
    assert "Nothing is due" in refused.get_json()["details"]


def test_the_clock_takes_no_other_word(account: Account) -> None:
    assert account.post("/_fakeayr/clock", json={"advance": "soon"}).status_code == 400
