"""The contract checks are themselves tested: they pass on an independent stand-in of the real API,
and catch every fault that is switched on in it, each with the check that is named beside it."""

import contextlib
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
from tests.support.standin import Onboarding, beside, control_of, mutant_url, mutants, running

pytestmark = pytest.mark.outside("node")

MUTANTS = mutants()
CHECKS = {check.name: check for check in checks.load()}
EVERYWHERE = [check for check in checks.load() if not (check.needs_linking or check.needs_time)]
CALLS_AT_THE_MOST = 1500
"""How long a run may get with everything that only a fake can do."""
CALLS_ELSEWHERE = 1100
"""And without it: that takes seconds on this machine, and must not wait long on the real API."""


@pytest.fixture(scope="module")
def standin(onboarding: Onboarding) -> Iterator[str]:
    """A stand-in's API, and below its name each mutant's."""
    with running(onboarding) as url:
        yield url


def results(
    onboarding: Onboarding, url: str, folder: Path, chosen: list[Check], *, as_fake: bool = True
) -> tuple[list[CheckResult], int]:
    """Runs checks; returns what came of them, and the number of calls.

    Args:
        onboarding: The account.
        url: The stand-in's API.
        folder: Where leftovers are noted.
        chosen: The checks.
        as_fake: Whether networks are linked and time goes by, or all is as on the real API.
    """
    leftovers = Leftovers(folder / "profiles.json")
    with contextlib.ExitStack() as stack:

        def session_at(place: str, **others: ContractSession) -> ContractSession:
            target = CheckedServer(
                place, onboarding.credentials, paced=False, authority=onboarding.authority
            )
            stack.enter_context(closing(target))
            control = control_of(place, onboarding) if as_fake else None
            return ContractSession(target, leftovers, control, **others)

        others = {which: session_at(beside(url, which)) for which in ("newer", "timed")}
        session = session_at(url, **others)
        return runner.run(chosen, session, lambda _: None), session.target.calls


def test_every_check_holds_on_the_stand_in(
    onboarding: Onboarding, standin: str, tmp_path: Path
) -> None:
    found, calls = results(onboarding, standin, tmp_path, checks.load())

    left_out = {it.name for it in found if it.status is CheckStatus.LEFT_OUT}
    assert left_out == {"a_suspended_profile_can_do_nothing"}
    assert broken(found) == {}
    assert calls < CALLS_AT_THE_MOST


def test_without_a_fakes_control_fewer_checks_run(
    onboarding: Onboarding, standin: str, tmp_path: Path
) -> None:
    """Nobody links an account, suspends a profile or moves a clock there."""
    found, calls = results(onboarding, standin, tmp_path, checks.load(), as_fake=False)

    needs_more = {
        it.name for it in checks.load() if it.needs_linking or it.needs_suspending or it.needs_time
    }
    left_out = {it.name for it in found if it.status is CheckStatus.LEFT_OUT}
    assert needs_more <= left_out
    assert broken(found) == {}
    assert calls < CALLS_ELSEWHERE


def broken(found: list[CheckResult]) -> dict[str, str]:
    bad = {CheckStatus.BROKEN, CheckStatus.FAILED}
    return {it.name: it.what for it in found if it.status in bad}


@pytest.mark.parametrize(("mutant", "name"), MUTANTS.items(), ids=MUTANTS)
def test_a_mutant_is_caught(
    onboarding: Onboarding, standin: str, mutant: str, name: str, tmp_path: Path
) -> None:
    check = CHECKS[name]
    # What holds in every response, until the run ends, takes a run of what every server has.
    chosen = EVERYWHERE if check.is_last else [check]

    found, _ = results(onboarding, mutant_url(standin, mutant), tmp_path, chosen)

    statuses = {result.name: result.status for result in found}
    assert statuses[name] is CheckStatus.BROKEN


def test_there_are_enough_mutants() -> None:
    assert len(MUTANTS) >= 900


def test_every_check_catches_a_mutant() -> None:
    needs_a_fake = {it.name for it in checks.load() if it.needs_suspending}
    assert set(CHECKS) - set(MUTANTS.values()) == needs_a_fake
