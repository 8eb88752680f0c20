"""What a load test has to know of an application to drive link flows through it.

An adapter is one class with a few methods: where is "connect your accounts", where does it lead,
and how does one see what is linked. `examples/shop/load.py` is a model of one page.
"""

import importlib
import importlib.util
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final

import gevent

from fakeayr.client.api import ApiClient
from fakeayr.loadtests.acknowledged import Acknowledged, Event
from fakeayr.loadtests.errors import CannotLoad
from fakeayr.loadtests.options import LoadOptions
from fakeayr.loadtests.receiver import Receiver
from fakeayr.loadtests.transport import LoadClient

_FIRST_PAUSE_SECONDS: Final = 0.01
_LONGEST_PAUSE_SECONDS: Final = 0.5


@dataclass(frozen=True)
class Customer:
    """A customer of the application, with one Ayrshare profile.

    Attributes:
        name: What the load test calls it; the profile's title where the adapter can choose.
        key: The profile key, where the adapter knows it.
        ref_id: The profile's id, where the adapter knows it.
    """

    name: str
    key: str = field(default="", repr=False)
    ref_id: str = ""


@dataclass(frozen=True, kw_only=True)
class AdapterPlace:
    """Where an adapter works.

    Attributes:
        host: The URL given as --host, without a slash at the end.
        options: The options of the load test.
        control: Calls of the fake that the application talks to; `None` where none is known.
        receiver: Where webhooks can be sent in this process; `None` if nothing comes through.
    """

    host: str
    options: LoadOptions
    control: ApiClient | None
    receiver: Receiver | None


class Adapter(ABC):
    """An application, or Ayrshare's own surface.

    Each Locust process makes one, and one more for each e-mail campaign. A method whose call goes
    wrong raises `errors.StepFailed`; calls stand in `with http.step(NAME):`, and their names in
    `steps`.

    Args:
        place: Where it works.

    Attributes:
        control: The control of the account on a fake; `None` where there is none.
    """

    steps: ClassVar[Sequence[str]] = ()
    """Names of the adapter's own steps, for the thresholds."""
    has_own_account: ClassVar[bool] = False
    """Whether each adapter opens an account of its own on a fake, with the failures ordered."""

    def __init__(self, place: AdapterPlace) -> None:
        self.place = place
        self.control = place.control

    def begin(self, http: LoadClient) -> None:
        """Gets ready, for instance registers a webhook; called once, before anything else."""
        return

    @abstractmethod
    def sign_up(self, http: LoadClient, name: str) -> Customer:
        """Makes a customer; nothing happens where the application makes profiles on connecting."""

    @abstractmethod
    def fetch_linking_url(
        self, http: LoadClient, customer: Customer, *, for_email: bool = False
    ) -> str:
        """Where "connect your accounts" leads, or the long-lived link that an e-mail carries."""

    @abstractmethod
    def fetch_linked(self, http: LoadClient, customer: Customer) -> set[str]:
        """The networks that the application shows as linked."""

    def fetch_notified(self, http: LoadClient, customer: Customer) -> set[str] | None:
        """The networks that the application knows from webhooks; `None` if that is not visible."""
        return None

    def refresh(self, http: LoadClient, customer: Customer) -> None:
        """Makes the calls of a dashboard that is refreshed."""
        self.fetch_linked(http, customer)

    def list_all(self, http: LoadClient) -> None:
        """Makes the calls with which a nightly job begins, such as listing all profiles."""
        return

    def expire(self, http: LoadClient, customer: Customer, network: str) -> bool:
        """Ends a link as time would, and returns whether that can be done here."""
        return False

    def advance_hours(self, hours: float) -> bool:
        """Moves the clock between an e-mail and its opening; returns whether that can be done."""
        return False

    def wait_for_webhooks(
        self, http: LoadClient, entry: Acknowledged, events: Sequence[Event], within: float
    ) -> dict[Event, float]:
        """Waits until webhooks have reported changes.

        Args:
            http: For calls.
            entry: The customer.
            events: What has to be reported.
            within: Seconds to wait at most.

        Returns:
            When each was reported, on `time.perf_counter`; what came too late is missing.
        """
        arrived_at: dict[Event, float] = {}
        deadline = time.perf_counter() + within
        pause = _FIRST_PAUSE_SECONDS
        while True:
            notified = self.fetch_notified(http, entry.customer)
            now = time.perf_counter()
            if notified is None:
                return dict.fromkeys(events, now)
            for event in events:
                kind, network = event
                if (network in notified) == (kind == "link"):
                    arrived_at.setdefault(event, now)
            if len(arrived_at) == len(events) or now + pause > deadline:
                return arrived_at
            gevent.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def find_missing_profiles(
        self, http: LoadClient, entries: Sequence[Acknowledged]
    ) -> list[Acknowledged]:
        """Which of the customers are gone; `fetch_linked` shows it of each where this cannot."""
        return []

    def find_missing_webhooks(self, http: LoadClient, entry: Acknowledged) -> dict[Event, int]:
        """Webhooks that are still missing, and how many of each."""
        notified = self.fetch_notified(http, entry.customer)
        if notified is None:
            return {}
        return {("link", network): 1 for network in entry.sure - notified}


def load_adapter(name: str) -> type[Adapter]:
    """The adapter of this name: `ayrshare`, `FILE.py:CLASS` or `MODULE:CLASS`.

    Raises:
        CannotLoad: There is none.
    """
    where, _, attribute = (
        "fakeayr.loadtests.direct:AyrshareAdapter" if name == "ayrshare" else name
    ).rpartition(":")
    try:
        module = (
            _from_file(Path(where)) if where.endswith(".py") else importlib.import_module(where)
        )
        adapter = getattr(module, attribute)
    except FileNotFoundError as error:
        raise CannotLoad(f"The adapter's file {where} does not exist.") from error
    except (ImportError, AttributeError, SyntaxError, ValueError) as error:
        raise CannotLoad(
            f"The adapter {name!r} cannot be loaded: {error}; "
            "it must be ayrshare, FILE.py:CLASS or MODULE:CLASS."
        ) from error
    if not (isinstance(adapter, type) and issubclass(adapter, Adapter)):
        raise CannotLoad(f"The adapter {name!r} is not a class derived from Adapter.")
    return adapter


def _from_file(path: Path) -> object:
    name = f"fakeayr_load_adapter_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
