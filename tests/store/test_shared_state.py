"""Several processes share a state: what one has changed, all others see at once."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from fakeayr.domain.ports import Store
from fakeayr.domain.profiles import Profile
from fakeayr.store.opening import open_store
from fakeayr.store.sqlite import SqliteStore

PROFILE = Profile(key="K", account="A", ref_id="R", title="Acme", created=0.0)


class Full(Exception):
    """Stands for whatever ends a transaction early."""


@pytest.fixture(params=["file", pytest.param("postgres", marks=pytest.mark.outside("postgres"))])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    """Two stores on one state, as two processes have them; both know the profile."""
    url = request.getfixturevalue("database") if request.param == "postgres" else None
    one, other = (open_store(url or tmp_path / "state") for _ in range(2))
    one.save_profile(PROFILE)
    assert one.profile("K") == other.profile("K") == PROFILE
    yield one, other
    one.close()
    other.close()


def retitled(title: str) -> Profile:
    return msgspec.structs.replace(PROFILE, title=title)


def change_and_fail(store: Store) -> None:
    store.save_profile(retitled("Apex"))
    assert store.profile("K") == retitled("Apex")
    raise Full


def test_a_change_is_seen_by_the_others(stores: tuple[Store, Store]) -> None:
    one, other = stores
    one.save_profile(retitled("Apex"))
    assert other.profile("K") == one.profile("K") == retitled("Apex")


def test_a_deletion_is_seen_by_the_others(stores: tuple[Store, Store]) -> None:
    one, other = stores
    one.delete_profile("K")
    assert other.profile("K") is None


def test_what_is_not_committed_is_seen_by_its_transaction_alone(
    stores: tuple[Store, Store],
) -> None:
    one, other = stores
    with one.transaction("A"):
        one.save_profile(retitled("Apex"))
        assert one.profile("K") == retitled("Apex")
        assert other.profile("K") == PROFILE
    assert other.profile("K") == retitled("Apex")


def test_a_failed_transaction_has_changed_nothing(
    stores: tuple[Store, Store],
) -> None:
    one, other = stores
    with pytest.raises(Full), one.transaction("A"):
        change_and_fail(one)
    assert one.profile("K") == other.profile("K") == PROFILE


def test_a_store_that_joins_a_file_makes_the_others_read_anew(tmp_path: Path) -> None:
    one = SqliteStore(tmp_path / "state")
    one.save_profile(PROFILE)
    before = one.profile("K")
    SqliteStore(tmp_path / "state").close()
    assert one.profile("K") == before
    assert one.profile("K") is not before
    one.close()
