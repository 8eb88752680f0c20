"""Several processes share a state file: what one has changed, all others see at once."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from fakeayr.domain.model import Profile
from fakeayr.store.sqlite import SqliteStore

PROFILE = Profile(key="K", account="A", ref_id="R", title="Acme", created=0.0)


class Full(Exception):
    """Stands for whatever ends a transaction early."""


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[tuple[SqliteStore, SqliteStore]]:
    """Two stores on one file, as two worker processes have them; both know the profile."""
    one, other = SqliteStore(tmp_path / "state"), SqliteStore(tmp_path / "state")
    one.save_profile(PROFILE)
    assert one.profile("K") == other.profile("K") == PROFILE
    yield one, other
    one.close()
    other.close()


def retitled(title: str) -> Profile:
    return msgspec.structs.replace(PROFILE, title=title)


def change_and_fail(store: SqliteStore) -> None:
    store.save_profile(retitled("Apex"))
    assert store.profile("K") == retitled("Apex")
    raise Full


def test_a_change_is_seen_by_the_others(stores: tuple[SqliteStore, SqliteStore]) -> None:
    one, other = stores
    one.save_profile(retitled("Apex"))
    assert other.profile("K") == one.profile("K") == retitled("Apex")


def test_a_deletion_is_seen_by_the_others(stores: tuple[SqliteStore, SqliteStore]) -> None:
    one, other = stores
    one.delete_profile("K")
    assert other.profile("K") is None


def test_what_is_not_committed_is_seen_by_its_transaction_alone(
    stores: tuple[SqliteStore, SqliteStore],
) -> None:
    one, other = stores
    with one.transaction():
        one.save_profile(retitled("Apex"))
        assert one.profile("K") == retitled("Apex")
        assert other.profile("K") == PROFILE
    assert other.profile("K") == retitled("Apex")


def test_a_failed_transaction_has_changed_nothing(
    stores: tuple[SqliteStore, SqliteStore],
) -> None:
    one, other = stores
    with pytest.raises(Full), one.transaction():
        change_and_fail(one)
    assert one.profile("K") == other.profile("K") == PROFILE


def test_a_store_that_joins_makes_the_others_read_anew(
    stores: tuple[SqliteStore, SqliteStore], tmp_path: Path
) -> None:
    one, _ = stores
    before = one.profile("K")
    SqliteStore(tmp_path / "state").close()
    assert one.profile("K") == before
    assert one.profile("K") is not before
