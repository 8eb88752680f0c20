"""What an application has to tell so that link flows can be driven through it.

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

from fakeayr.loadtests.fake import Fake
from fakeayr.loadtests.ledger import Entry, Event
from fakeayr.loadtests.receiver import Receiver
from fakeayr.loadtests.settings import Settings
from fakeayr.loadtests.steps import Http

_FIRST_PAUSE_SECONDS: Final = 0.01
_LONGEST_PAUSE_SECONDS: Final = 0.5


class AdapterUnusable(Exception):
    """The adapter cannot be loaded, or cannot do what is asked; the text is one sentence."""


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
class Place:
    """Where an adapter works.

    Attributes:
        host: The URL that the user named, without a slash at the end.
        settings: The settings.
        control: How to reach the fake that the application talks to; `None` where there is none,
            as far as anybody knows.
        receiver: Where webhooks can be sent in this process; `None` if nothing comes through.
    """

    host: str
    settings: Settings
    control: Fake | None
    receiver: Receiver | None


class Adapter(ABC):
    """An application, or Ayrshare's own surface.

    Each Locust process makes one, and one more for each e-mail campaign. A method whose call goes
    wrong raises `steps.StepFailed`; calls stand in `with http.step(NAME):`, and their names in
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

    def __init__(self, place: Place) -> None:
        self.place = place
        self.control = place.control

    def begin(self, http: Http) -> None:
        """Gets ready, for instance registers a webhook; called once, before anything else."""
        return

    @abstractmethod
    def sign_up(self, http: Http, name: str) -> Customer:
        """Makes a customer; nothing happens where the application makes profiles on connecting."""

    @abstractmethod
    def linking_url(self, http: Http, customer: Customer, *, for_email: bool = False) -> str:
        """Where "connect your accounts" leads, or the long-lived link that an e-mail carries."""

    @abstractmethod
    def linked(self, http: Http, customer: Customer) -> set[str]:
        """The networks that the application shows as linked."""

    def told(self, http: Http, customer: Customer) -> set[str] | None:
        """The networks that webhooks have told the application of; `None` if one cannot see."""
        return None

    def look(self, http: Http, customer: Customer) -> None:
        """What a dashboard asks each time it is refreshed."""
        self.linked(http, customer)

    def list_all(self, http: Http) -> None:
        """What a nightly job asks before it goes through all profiles."""
        return

    def expire(self, http: Http, customer: Customer, network: str) -> bool:
        """Ends a link as time would; answers whether that can be done here."""
        return False

    def let_pass(self, hours: float) -> bool:
        """Lets hours pass between an e-mail and its opening; answers whether that can be done."""
        return False

    def wait_for_webhooks(
        self, http: Http, entry: Entry, events: Sequence[Event], within: float
    ) -> dict[Event, float]:
        """Waits until webhooks have told of links.

        Args:
            http: For calls.
            entry: The customer.
            events: What has to be told.
            within: Seconds to wait at most.

        Returns:
            When each was told, on `time.perf_counter`; what was not told in time is missing.
        """
        told_at: dict[Event, float] = {}
        deadline = time.perf_counter() + within
        pause = _FIRST_PAUSE_SECONDS
        while True:
            told = self.told(http, entry.customer)
            now = time.perf_counter()
            if told is None:
                return dict.fromkeys(events, now)
            for event in events:
                kind, network = event
                if (network in told) == (kind == "link"):
                    told_at.setdefault(event, now)
            if len(told_at) == len(events) or now + pause > deadline:
                return told_at
            gevent.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def missing_profiles(self, http: Http, entries: Sequence[Entry]) -> list[Entry]:
        """Which of the customers are gone; `linked` finds out about each where this cannot."""
        return []

    def missing_webhooks(self, http: Http, entry: Entry) -> dict[Event, int]:
        """Webhooks that have not told yet what they should, and how many of each."""
        told = self.told(http, entry.customer)
        if told is None:
            return {}
        return {("link", network): 1 for network in entry.sure - told}


def load(name: str) -> type[Adapter]:
    """The adapter of this name: `ayrshare`, `FILE.py:CLASS` or `MODULE:CLASS`.

    Raises:
        AdapterUnusable: There is none.
    """
    where, _, attribute = (
        "fakeayr.loadtests.direct:Ayrshare" if name == "ayrshare" else name
    ).rpartition(":")
    try:
        module = (
            _from_file(Path(where)) if where.endswith(".py") else importlib.import_module(where)
        )
        adapter = getattr(module, attribute)
    except FileNotFoundError as error:
        raise AdapterUnusable(f"The adapter's file {where} does not exist.") from error
    except (ImportError, AttributeError, SyntaxError, ValueError) as error:
        raise AdapterUnusable(
            f"The adapter {name!r} cannot be loaded: {error}; "
            "it must be ayrshare, FILE.py:CLASS or MODULE:CLASS."
        ) from error
    if not (isinstance(adapter, type) and issubclass(adapter, Adapter)):
        raise AdapterUnusable(f"The adapter {name!r} is not a class derived from Adapter.")
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
