"""The contract checks are themselves tested: they pass on an independent stand-in of the real API,
and catch every fault that is switched on in it."""

from contextlib import closing
from pathlib import Path

import pytest

from fakeayr.contract import checks, runner
from fakeayr.contract.leftovers import Leftovers
from fakeayr.contract.runner import CheckResult, CheckStatus
from fakeayr.contract.server import CheckedServer
from fakeayr.contract.session import ContractSession
from tests.support.standin import Onboarding, mutants, running

pytestmark = pytest.mark.outside("node")

MUTANTS = mutants()


def results(
    onboarding: Onboarding, url: str, folder: Path, *, fail_fast: bool = False
) -> list[CheckResult]:
    """Runs all checks, as against the real API."""
    target = CheckedServer(url, onboarding.credentials, paced=False, authority=onboarding.authority)
    with closing(target):
        session = ContractSession(target, Leftovers(folder / "profiles.json"))
        return runner.run(checks.load(), session, lambda _: None, fail_fast=fail_fast)


def test_every_check_holds_on_the_stand_in(onboarding: Onboarding, tmp_path: Path) -> None:
    with running(onboarding) as url:
        statuses = {it.name: (it.status, it.what) for it in results(onboarding, url, tmp_path)}

    # Nobody links an account there, as nobody does on the real API: this one check is left out.
    assert statuses.pop("a_link_shows_up")[0] is CheckStatus.LEFT_OUT
    broken = {name: what for name, (status, what) in statuses.items() if status != CheckStatus.HELD}
    assert broken == {}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_is_caught(onboarding: Onboarding, mutant: str, tmp_path: Path) -> None:
    with running(onboarding, mutant) as url:
        found = results(onboarding, url, tmp_path, fail_fast=True)

    assert any(result.status is CheckStatus.BROKEN for result in found)


def test_there_are_enough_mutants() -> None:
    assert len(MUTANTS) >= 40
    assert len(set(MUTANTS)) == len(MUTANTS)
