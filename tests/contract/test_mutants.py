"""The contract checks are themselves tested: they pass on an independent stand-in of the real API,
and catch every fault that is switched on in it."""

from pathlib import Path

import pytest

from fakeayr.contract import checks, runner
from fakeayr.contract.lab import Lab
from fakeayr.contract.ledger import Ledger
from fakeayr.contract.runner import Result, Verdict
from fakeayr.contract.target import Target
from tests.support.standin import Onboarding, mutants, running

pytestmark = pytest.mark.outside("node")

MUTANTS = mutants()


def results(
    onboarding: Onboarding, url: str, folder: Path, *, fail_fast: bool = False
) -> list[Result]:
    """Runs all checks, as against the real API."""
    target = Target(url, onboarding.credentials, kind_to=False, authority=onboarding.authority)
    lab = Lab(target, Ledger(folder / "profiles.json"))
    return runner.run(checks.load(), lab, lambda _: None, fail_fast=fail_fast)


def test_every_check_holds_on_the_stand_in(onboarding: Onboarding, tmp_path: Path) -> None:
    with running(onboarding) as url:
        verdicts = {it.name: (it.verdict, it.what) for it in results(onboarding, url, tmp_path)}

    # Nobody links an account there, as nobody does on the real API: this one check is left out.
    assert verdicts.pop("a_link_shows_up")[0] is Verdict.LEFT_OUT
    broken = {name: what for name, (verdict, what) in verdicts.items() if verdict != Verdict.HELD}
    assert broken == {}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_is_caught(onboarding: Onboarding, mutant: str, tmp_path: Path) -> None:
    with running(onboarding, mutant) as url:
        found = results(onboarding, url, tmp_path, fail_fast=True)

    assert any(result.verdict is Verdict.BROKEN for result in found)


def test_there_are_enough_mutants() -> None:
    assert len(MUTANTS) >= 40
    assert len(set(MUTANTS)) == len(MUTANTS)
