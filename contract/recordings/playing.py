"""Playing the library of scenarios against a server."""

import json
import tempfile
from collections.abc import Callable, Container, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

from fakeayr.client.api import ApiClient
from fakeayr.client.start import run_server
from fakeayr.client.transport import HttpTransport
from fakeayr.contract import runner
from fakeayr.contract.control import Control
from fakeayr.contract.expectations import FactBroken
from fakeayr.contract.leftovers import Leftovers
from fakeayr.contract.recordings import scenarios
from fakeayr.contract.recordings.recording import Recording, ScenarioResult
from fakeayr.contract.recordings.step_recorder import JWT, Scenario, StepRecorder
from fakeayr.contract.server import CheckedServer
from fakeayr.contract.session import ContractSession

_SETTINGS: Final = {"rateLimit": True}
"""As the real Ayrshare is: limits are enforced, and every response carries them."""

Progress = Callable[[str], Any]


class ScenarioServer(Protocol):
    """A server that scenarios are played against."""

    is_fake: bool
    age: str | None

    def recorder(self, scenario: Scenario) -> StepRecorder:
        """A recorder for one scenario."""

    def clear(self, recorder: StepRecorder) -> None:
        """Deletes what a scenario has created."""


class PlayedFake:
    """A fake: every scenario gets an account of its own.

    Args:
        api: A client of it, without an account.
        folder: Where profiles are noted; they go with the fake.
        age: The only age that is played; both unless given.
    """

    is_fake = True

    def __init__(self, api: ApiClient, folder: Path, age: str | None = None) -> None:
        self.age = age
        self._api = api
        self._leftovers = Leftovers(folder / "profiles.json")

    def recorder(self, scenario: Scenario) -> StepRecorder:
        """A recorder with a new account."""
        order = dict(scenario.account)
        settings = _SETTINGS | order.pop("settings", {})
        session, api = open_session(
            self._api, self._leftovers, age=scenario.age, settings=settings, **order
        )
        return StepRecorder(session, api)

    def clear(self, recorder: StepRecorder) -> None:
        """Closes the connections; no other scenario sees the account."""
        recorder.session.target.close()


class OtherServer:
    """Any other server, with one account in one age.

    Args:
        session: The server and its account.
        leftovers: Where profiles are noted.
        age: In which age the account lives.
    """

    is_fake = False

    def __init__(self, session: ContractSession, leftovers: Leftovers, age: str = JWT) -> None:
        self._session = session
        self._leftovers = leftovers
        self.age: str | None = age

    def recorder(self, scenario: Scenario) -> StepRecorder:
        """A recorder with the account."""
        return StepRecorder(self._session)

    def clear(self, recorder: StepRecorder) -> None:
        """Deletes the profiles."""
        runner.clean(recorder.session.target, self._leftovers)


def open_session(
    api: ApiClient,
    leftovers: Leftovers,
    deadline: float | None = None,
    newer: ContractSession | None = None,
    timed: ContractSession | None = None,
    **order: Any,
) -> tuple[ContractSession, ApiClient]:
    """Opens an account on a fake; returns its session, and its client of the control API.

    Args:
        api: A client of the fake.
        leftovers: Where profiles are noted.
        deadline: As in `CheckedServer`.
        newer: As in `ContractSession`.
        timed: As in `ContractSession`.
        order: As in `ApiClient.open_account`.
    """
    credentials = api.open_account(**order)
    own = api.with_key(credentials.api_key)

    def happen(kind: str, profile_key: str | None, **fields: str) -> None:
        body = {"type": kind, "profileKey": profile_key, **fields}
        own.call("POST", "/_fakeayr/events", body)

    target = CheckedServer(f"{api.url}/api", credentials, paced=False, deadline=deadline)
    session = ContractSession(
        target,
        leftovers,
        control=Control(
            link=lambda profile_key, network: own.link(network, profile_key),
            revoke=lambda profile_key, network: happen("revoke", profile_key, platform=network),
            suspend=lambda profile_key: happen("suspend", profile_key),
            advance=lambda seconds: own.call("POST", "/_fakeayr/clock", {"advance": seconds}),
            webhooks=lambda: [
                {**sent, "body": json.loads(sent["body"])}
                for sent in own.call("GET", "/_fakeayr/webhooks")["webhooks"]
            ],
            declare=lambda facts: own.call("POST", "/_fakeayr/media", facts),
        ),
        newer=newer,
        timed=timed,
    )
    return session, own


@contextmanager
def run_fake(age: str | None = None) -> Iterator[PlayedFake]:
    """Starts a fake, and ends it again.

    Args:
        age: The only age that is played; both unless given.

    Raises:
        NotStarted: It does not start.
    """
    with (
        run_server() as fake,
        tempfile.TemporaryDirectory() as folder,
        closing(HttpTransport(fake.url)) as transport,
    ):
        yield PlayedFake(ApiClient(transport, fake.url), Path(folder), age)


def play(
    server: ScenarioServer,
    *,
    only: Container[str] | None = None,
    progress: Progress = lambda _: None,
) -> Recording:
    """Plays the library, or a part of it.

    Args:
        server: Where.
        only: Names of scenarios; all of them unless given.
        progress: Called with the name of each scenario.
    """
    recording = Recording("fake" if server.is_fake else "other")
    for scenario in scenarios.load():
        if only is not None and scenario.name not in only:
            continue
        obstacle = scenario.obstacle(server.age, is_fake=server.is_fake)
        if obstacle is None:
            progress(scenario.name)
            recording.scenarios[scenario.name] = _play_one(server, scenario)
        else:
            recording.left_out[scenario.name] = obstacle
    return recording


def _play_one(server: ScenarioServer, scenario: Scenario) -> ScenarioResult:
    recorder = server.recorder(scenario)
    ended = None
    try:
        scenario.play(recorder)
    except FactBroken as broken:
        ended = str(broken)
    finally:
        server.clear(recorder)
    return ScenarioResult(scenario.says, scenario.age, recorder.steps, ended)
