"""What is remembered of private keys: no more than so many, and no text of one."""

import pytest

from fakeayr.domain.linking import private_keys
from fakeayr.domain.linking.private_keys import KeyCache, KeyCheck


@pytest.fixture(scope="module")
def own() -> str:
    """The key of an account."""
    return private_keys.generate(1024)


@pytest.fixture(scope="module")
def foreign() -> str:
    """The key of another account."""
    return private_keys.generate(1024)


def test_a_key_is_validated_once(own: str, foreign: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = KeyCache()
    first = cache.read(foreign, is_base64=False, own_pem=own)
    monkeypatch.setattr(private_keys, "_validated", pytest.fail)
    assert first.check is KeyCheck.FOREIGN
    assert cache.read(foreign, is_base64=False, own_pem=own) is first


def test_what_a_key_is_worth_depends_on_the_account_and_on_base64(own: str, foreign: str) -> None:
    cache = KeyCache()
    assert cache.read(foreign, is_base64=False, own_pem=own).check is KeyCheck.FOREIGN
    assert cache.read(foreign, is_base64=False, own_pem=foreign).check is KeyCheck.OWN
    assert cache.read(foreign, is_base64=True, own_pem=own).check is KeyCheck.NO_ARMOUR


def test_a_cache_is_bounded_and_keeps_no_text(own: str) -> None:
    cache = KeyCache(most=3)
    for number in range(10):
        cache.read(f"{own} {number}", is_base64=False, own_pem=own)
        cache.public_key(own)
    known = cache._known
    assert len(known) == 3
    assert all(isinstance(part, bytes) and len(part) in {0, 2, 32} for key in known for part in key)
    assert own not in repr(known)


def test_a_text_that_is_no_unicode_is_no_key(own: str) -> None:
    read = KeyCache().read("\ud800", is_base64=False, own_pem=own)
    assert read.check is KeyCheck.NO_ARMOUR
