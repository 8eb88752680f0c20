"""The contract checks are themselves tested: they pass on an independent stand-in of the real API,
and catch every fault that is switched on in it, each with the check that is named beside it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from fakeayr.contract import checks, runner
from fakeayr.contract.checks import Check
from fakeayr.contract.leftovers import Leftovers
from fakeayr.contract.runner import CheckResult, CheckStatus
from fakeayr.contract.server import CheckedServer
from fakeayr.contract.session import ContractSession
from tests.support.standin import Onboarding, mutants, running

pytestmark = pytest.mark.outside("node")

MUTANTS = mutants()
CHECKS = {check.name: check for check in checks.load()}
CALLS_AT_THE_MOST = 800
"""How long a run may get: it takes seconds on this machine, and must not wait on the real API."""


@pytest.fixture(scope="module")
def standin(onboarding: Onboarding) -> Iterator[str]:
    """A stand-in's API, and below its name each mutant's."""
    with running(onboarding) as url:
        yield url


def results(
    onboarding: Onboarding, url: str, folder: Path, chosen: list[Check]
) -> tuple[list[CheckResult], int]:
    """Runs checks, as against the real API; returns what came of them, and the number of calls."""
    target = CheckedServer(url, onboarding.credentials, paced=False, authority=onboarding.authority)
    with closing(target):
        session = ContractSession(target, Leftovers(folder / "profiles.json"))
        return runner.run(chosen, session, lambda _: None), target.calls


def test_every_check_holds_on_the_stand_in(
    onboarding: Onboarding, standin: str, tmp_path: Path
) -> None:
    found, calls = results(onboarding, standin, tmp_path, checks.load())

    # Nobody links an account or suspends a profile there, as nobody does on the real API.
    left_out = {it.name for it in found if it.status is CheckStatus.LEFT_OUT}
    assert left_out == {"a_link_shows_up", "a_suspended_profile_can_do_nothing"}
    broken = {it.name: it.what for it in found if it.status in {CheckStatus.BROKEN, "failed"}}
    assert broken == {}
    assert calls < CALLS_AT_THE_MOST


@pytest.mark.parametrize(("mutant", "name"), MUTANTS.items(), ids=MUTANTS)
def test_a_mutant_is_caught(
    onboarding: Onboarding, standin: str, mutant: str, name: str, tmp_path: Path
) -> None:
    check = CHECKS[name]
    # What holds in every response, and stays so until the run ends, takes a whole run.
    chosen = checks.load() if check.is_last else [check]
    url = standin.replace("/api", f"/{mutant}/api")

    found, _ = results(onboarding, url, tmp_path, chosen)

    statuses = {result.name: result.status for result in found}
    assert statuses[name] is CheckStatus.BROKEN


def test_there_are_enough_mutants() -> None:
    assert len(MUTANTS) >= 400


def test_every_check_catches_a_mutant() -> None:
    needs_a_fake = {it.name for it in checks.load() if it.needs_linking or it.needs_suspending}
    assert set(CHECKS) - set(MUTANTS.values()) <= needs_a_fake
