"""A tenant: one account at work, which must not go stale."""

from typing import Any

import pytest
from msgspec.structs import replace

from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant
from tests.support.clock import START


def rename(tenant: Tenant, domain: str) -> None:
    """Changes the account behind the tenant's back, as another call does."""
    tenant.store.save_account(replace(tenant.account, domain=domain))


def test_inside_a_transaction_the_account_is_as_it_stands_there(tenant: Tenant) -> None:
    before = tenant.account.domain
    rename(tenant, "changed.example")
    assert tenant.account.domain == before
    with tenant.transaction():
        assert tenant.account.domain == "changed.example"
    assert tenant.account.domain == "changed.example"


def test_the_time_is_the_accounts_as_it_stands_in_the_transaction(tenant: Tenant) -> None:
    tenant.store.save_account(replace(tenant.account, clock_offset=60.0))
    assert tenant.now() == START
    with tenant.transaction():
        assert tenant.now() == START + 60


def test_a_transaction_reads_the_account_once_and_only_if_asked(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    account = tenant.store.account

    def counting(api_key: str) -> Any:
        read.append(api_key)
        return account(api_key)

    monkeypatch.setattr(tenant.store, "account", counting)
    with tenant.transaction():
        pass
    assert tenant.account.domain
    assert not read
    with tenant.transaction():
        assert tenant.account.domain
        with tenant.transaction():
            assert tenant.now()
    assert read == [tenant.api_key]


def test_what_is_saved_is_seen_at_once(tenant: Tenant) -> None:
    with tenant.transaction():
        tenant.save(replace(tenant.account, domain="saved.example"))
        assert tenant.account.domain == "saved.example"
    assert tenant.account.domain == "saved.example"


def test_a_transaction_that_fails_leaves_the_account_as_it_was(tenant: Tenant) -> None:
    before = tenant.account

    def fail() -> None:
        with tenant.transaction():
            tenant.save(replace(tenant.account, domain="lost.example"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert tenant.account == before
    assert tenant.store.account(tenant.api_key) == before
    with tenant.transaction():
        assert tenant.account == before


def test_an_account_that_was_closed_meanwhile_is_refused(tenant: Tenant) -> None:
    tenant.store.delete_account(tenant.api_key)
    with pytest.raises(Refused) as refused, tenant.transaction():
        tenant.now()
    assert refused.value.error.code == 102
