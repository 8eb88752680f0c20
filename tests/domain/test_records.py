"""Small documents: how each kind stands in a store, which files of today are read by tomorrow."""

import msgspec
import pytest
from flask import Flask

from fakeayr.domain.consents import ConsentOutcome, Preset
from fakeayr.domain.ports import Store
from fakeayr.domain.records import Record, RecordKind
from fakeayr.web.context import context
from tests.support.accounts import Account


@pytest.fixture
def store(app: Flask) -> Store:
    """The store of the app under test."""
    with app.app_context():
        return context().world.store


def test_a_text_is_kept_as_it_is(store: Store, account: Account) -> None:
    links = Record(RecordKind.SHORT_LINK, str)
    links.save(store, "abc", owner=account.api_key, document="https://app.example/ü")
    assert store.record("short-link", "abc") == "https://app.example/ü".encode()
    assert links.get(store, "abc") == "https://app.example/ü"


def test_a_struct_is_kept_as_json_under_a_name_of_several_words(
    store: Store, account: Account
) -> None:
    presets = Record(RecordKind.PRESET, Preset)
    chosen = Preset(outcome=ConsentOutcome.CANCEL)
    presets.save(store, account.api_key, "facebook", owner=account.api_key, document=chosen)
    kept = store.record("consent", f"{account.api_key} facebook")
    assert kept is not None
    assert msgspec.json.decode(kept) == {"outcome": "cancel", "details": {}}
    assert presets.get(store, account.api_key, "facebook") == chosen


def test_a_record_is_removed_once(store: Store, account: Account) -> None:
    states = Record(RecordKind.CONSENT_STATE, str)
    states.save(store, "state", owner=account.api_key, document="twitter")
    assert states.delete(store, "state")
    assert not states.delete(store, "state")
    assert states.get(store, "state") is None


def test_what_belongs_to_a_profile_goes_with_it(store: Store, account: Account) -> None:
    key = account.create_profile()["profileKey"]
    account.link("linkedin", key)
    account.post("/api/post", json={"post": "Bread", "platforms": ["linkedin"]}, profile_key=key)
    account.post("/api/auto-schedule", json={"schedule": ["13:05Z"]}, profile_key=key)
    kinds = ("posts-taken", "auto-schedules")
    assert all(store.record(kind, key) for kind in kinds)
    account.delete("/api/profiles", profile_key=key)
    assert [store.record(kind, key) for kind in kinds] == [None, None]
