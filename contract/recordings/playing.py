"""Playing the library against a server."""

import tempfile
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

from fakeayr.contract import fake, runner
from fakeayr.contract.lab import Broken, Lab
from fakeayr.contract.ledger import Ledger
from fakeayr.contract.recordings import scenarios
from fakeayr.contract.recordings.recording import Played, Recording
from fakeayr.contract.recordings.stage import JWT, Scenario, Stage
from fakeayr.contract.target import Target

_SETTINGS: Final = {"rateLimit": True}
"""As the real Ayrshare is: limits are enforced, and told in every answer."""

Progress = Callable[[str], Any]


class Venue(Protocol):
    """Where scenarios can be played."""

    is_fake: bool
    age: str | None

    def stage(self, scenario: Scenario) -> Stage:
        """A stage for one scenario."""

    def clear(self, stage: Stage) -> None:
        """Deletes what a scenario has made."""


class Fake:
    """A fake of ours: every scenario gets an account of its own.

    Args:
        url: Where it is.
        folder: Where profiles are noted; they go with the fake.
        age: The only age that is played; both unless given.
    """

    is_fake = True

    def __init__(self, url: str, folder: Path, age: str | None = None) -> None:
        self.age = age
        self._url = url
        self._ledger = Ledger(folder / "profiles.json")

    def stage(self, scenario: Scenario) -> Stage:
        """A stage with a new account."""
        order = dict(scenario.account)
        settings = _SETTINGS | order.pop("settings", {})
        credentials = fake.open_account(self._url, age=scenario.age, settings=settings, **order)
        target = Target(f"{self._url}/api", credentials, kind_to=False)
        control = partial(_control, self._url, credentials.api_key)
        return Stage(Lab(target, self._ledger, fake.linker(self._url, credentials)), control)

    def clear(self, stage: Stage) -> None:
        """Nothing: no other scenario sees the account."""


class Server:
    """Any other server, with one account in one age.

    Args:
        lab: The server and its account.
        ledger: Where profiles are noted.
        age: In which age the account lives.
    """

    is_fake = False

    def __init__(self, lab: Lab, ledger: Ledger, age: str = JWT) -> None:
        self._lab = lab
        self._ledger = ledger
        self.age: str | None = age

    def stage(self, scenario: Scenario) -> Stage:
        """A stage with the account."""
        return Stage(self._lab)

    def clear(self, stage: Stage) -> None:
        """Deletes the profiles."""
        runner.clean(stage.lab.target, self._ledger)


@contextmanager
def fake_venue(age: str | None = None) -> Iterator[Fake]:
    """A fake that is started, and ended again.

    Args:
        age: The only age that is played; both unless given.

    Raises:
        CannotRun: It does not start.
    """
    with fake.started() as url, tempfile.TemporaryDirectory() as folder:
        yield Fake(url, Path(folder), age)


def play(
    venue: Venue,
    *,
    only: Container[str] | None = None,
    progress: Progress = lambda _: None,
) -> Recording:
    """Plays the library, or a part of it.

    Args:
        venue: Where.
        only: Names of scenarios; all of them unless given.
        progress: Told what is played.
    """
    recording = Recording("fake" if venue.is_fake else "other")
    for scenario in scenarios.load():
        if only is not None and scenario.name not in only:
            continue
        obstacle = scenario.obstacle(venue.age, is_fake=venue.is_fake)
        if obstacle is None:
            progress(scenario.name)
            recording.scenarios[scenario.name] = _played(venue, scenario)
        else:
            recording.left_out[scenario.name] = obstacle
    return recording


def _played(venue: Venue, scenario: Scenario) -> Played:
    stage = venue.stage(scenario)
    ended = None
    try:
        scenario.play(stage)
    except Broken as broken:
        ended = str(broken)
    finally:
        venue.clear(stage)
    return Played(scenario.says, scenario.age, stage.steps, ended)


def _control(url: str, api_key: str, method: str, path: str, body: dict[str, Any]) -> Any:
    return fake.control(url, method, path, body, api_key)
