"""A fake does not grow, however long it runs: `./dev soak`, in short."""

import sys
from pathlib import Path

import pytest

from benchmarks.soak import GrowthCheck, Held, SoakCase, check_growth, list_cases, soak, tabulate

REQUESTS = 1_600
LEAKING = Path(__file__).parents[1] / "mutants" / "leaking.py"


def grown(found: list[GrowthCheck]) -> list[str]:
    return [verdict.what for verdict in found if verdict.grew]


@pytest.mark.slow
def test_nothing_grows(tmp_path: Path) -> None:
    _, with_workers = list_cases(tmp_path)
    found = check_growth(soak(with_workers, REQUESTS))
    assert grown(found) == [], tabulate({"": found}).text()


@pytest.mark.slow
def test_whatever_a_call_leaves_behind_is_found() -> None:
    leaking = SoakCase(
        name="leaking",
        command=lambda port: [sys.executable, str(LEAKING), "serve", f"--port={port}"],
    )
    found = check_growth(soak(leaking, REQUESTS))
    assert grown(found) == ["MiB of memory", "threads", "open files", "sockets"]


@pytest.mark.parametrize(("last", "grew"), [(104.0, False), (106.0, True)])
def test_memory_may_grow_by_a_twentieth(last: float, grew: bool) -> None:
    def held(memory: float) -> Held:
        return Held(memory=memory, threads=1, files=1, sockets=1, state=0)

    rests = [held(90.0), held(100.0), *[held(100.0)] * 5, *[held(last)] * 3]
    assert grown(check_growth(rests)) == (["MiB of memory"] if grew else [])


def test_what_was_held_only_for_a_while_has_not_grown() -> None:
    calm = Held(memory=100, threads=20, files=30, sockets=5, state=1)
    busy = Held(memory=200, threads=90, files=90, sockets=50, state=9)
    assert grown(check_growth([calm] * 8 + [busy, calm])) == []
