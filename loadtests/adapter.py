"""Adapters: what a load test must know about an application to run link flows through it.

An adapter is a class whose methods say where the application's "connect your accounts" leads, and
what is linked. `examples/shop/load.py` is a short example.
"""

import importlib
import importlib.util
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Final

import gevent

from fakeayr.ayrshare.posting.networks import POSTING
from fakeayr.client.api import ApiClient
from fakeayr.loadtests.acknowledged import Acknowledged, Event, SeenPost
from fakeayr.loadtests.errors import CannotLoad
from fakeayr.loadtests.options import LoadOptions
from fakeayr.loadtests.receiver import Receiver
from fakeayr.loadtests.transport import LoadClient

TEXT_NETWORKS: Final = [
    name for name, facts in POSTING.items() if not facts.needs_media and not facts.required
]
"""Networks that take a text alone."""
_FIRST_PAUSE_SECONDS: Final = 0.01
_LONGEST_PAUSE_SECONDS: Final = 0.5


@dataclass(frozen=True)
class Customer:
    """A customer of the application, with one Ayrshare profile.

    Attributes:
        name: A unique name; also the profile's title if the adapter can choose it.
        key: The profile key; empty if the adapter does not know it.
        ref_id: The profile's id; empty if the adapter does not know it.
    """

    name: str
    key: str = field(default="", repr=False)
    ref_id: str = ""


@dataclass(frozen=True, kw_only=True)
class AdapterPlace:
    """What an adapter works with.

    Attributes:
        host: The URL of --host, without a trailing slash.
        options: The load test's options.
        control: A client of the fake that the application uses; `None` without a known fake.
        receiver: This process's receiver of webhooks; `None` if the server cannot reach it.
    """

    host: str
    options: LoadOptions
    control: ApiClient | None
    receiver: Receiver | None


@dataclass(frozen=True, kw_only=True)
class NewPost:
    """A post to be made.

    Attributes:
        text: Its text, which no other post has.
        networks: The networks.
        scheduled: When it is to be published; `None` for at once.
    """

    text: str
    networks: list[str]
    scheduled: datetime | None = None


class Adapter(ABC):
    """An application, or Ayrshare's API itself.

    Each Locust process makes one adapter, and one more for each e-mail campaign. Methods make their
    calls inside `with http.step(NAME):`, list the names in `steps`, and raise `errors.StepFailed`
    if a call fails.

    Args:
        place: What the adapter works with.

    Attributes:
        control: A client of the account on a fake; `None` without a fake.
    """

    steps: ClassVar[Sequence[str]] = ()
    """Names of the adapter's steps, for the thresholds."""
    has_own_account: ClassVar[bool] = False
    """Whether each adapter opens its own account on a fake and sets up its failures."""
    can_post: ClassVar[bool] = False
    """Whether the four methods about posts are there; `posting` and `post-campaign` need them."""

    def __init__(self, place: AdapterPlace) -> None:
        self.place = place
        self.control = place.control

    def begin(self, http: LoadClient) -> None:
        """Prepares the adapter, for instance registers a webhook. Called once, first."""
        return

    @abstractmethod
    def sign_up(self, http: LoadClient, name: str) -> Customer:
        """Creates and returns a customer. Some applications create the profile only later."""

    @abstractmethod
    def fetch_linking_url(
        self, http: LoadClient, customer: Customer, *, for_email: bool = False
    ) -> str:
        """Returns the linking URL for a customer; with `for_email`, one that lives for days."""

    @abstractmethod
    def fetch_linked(self, http: LoadClient, customer: Customer) -> set[str]:
        """Returns the networks that the application shows as linked."""

    def fetch_notified(self, http: LoadClient, customer: Customer) -> set[str] | None:
        """Returns the networks that the application knows from webhooks; `None` if unknown."""
        return None

    def refresh(self, http: LoadClient, customer: Customer) -> None:
        """Makes the calls of a dashboard's refresh: what is linked, and what was posted."""
        self.fetch_linked(http, customer)
        if self.can_post:
            self.fetch_posts(http, customer)

    def list_all(self, http: LoadClient) -> None:
        """Makes the first calls of a nightly job, such as listing all profiles."""
        return

    def post(self, http: LoadClient, customer: Customer, post: NewPost) -> str:
        """Makes a post, and returns its id."""
        raise NotImplementedError

    def fetch_post_status(self, http: LoadClient, customer: Customer, post_id: str) -> str:
        """Returns a post's status in Ayrshare's words: `pending`, `success`, …."""
        raise NotImplementedError

    def fetch_posts(self, http: LoadClient, customer: Customer) -> list[SeenPost]:
        """Returns the posts of a customer."""
        raise NotImplementedError

    def delete_post(self, http: LoadClient, customer: Customer, post_id: str) -> None:
        """Deletes a post that is not published yet."""
        raise NotImplementedError

    def find_posts(self, http: LoadClient, customer: Customer) -> list[SeenPost]:
        """Returns the posts of a customer for the check that none is lost or doubled."""
        return self.fetch_posts(http, customer)

    def link(self, http: LoadClient, customer: Customer, network: str) -> bool:
        """Links a network without the linking page. Returns false if that is not possible."""
        return False

    def wait_for_posts(
        self, http: LoadClient, entry: Acknowledged, post_ids: Sequence[str], within: float
    ) -> dict[str, float]:
        """Waits until scheduled posts are published.

        Returns:
            When each was known to be, by `time.perf_counter`. Late ones are missing.
        """
        known: dict[str, float] = {}
        deadline = time.perf_counter() + within
        while True:
            for post_id in post_ids:
                if post_id not in known:
                    status = self.fetch_post_status(http, entry.customer, post_id)
                    if status not in {"pending", "processing"}:
                        known[post_id] = time.perf_counter()
            if len(known) == len(post_ids) or time.perf_counter() > deadline:
                return known
            gevent.sleep(_LONGEST_PAUSE_SECONDS)

    def expire(self, http: LoadClient, customer: Customer, network: str) -> bool:
        """Ends a link as if it had expired. Returns false if that is not possible."""
        return False

    def advance_hours(self, hours: float) -> bool:
        """Moves the clock forward. Returns false if that is not possible."""
        return False

    def wait_for_webhooks(
        self, http: LoadClient, entry: Acknowledged, events: Sequence[Event], within: float
    ) -> dict[Event, float]:
        """Waits until webhooks have reported changes.

        Args:
            http: The client for calls.
            entry: The customer.
            events: The changes to wait for.
            within: Most seconds to wait.

        Returns:
            The time of each report, by `time.perf_counter`. Late ones are missing.
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
        """Returns the customers without a profile; `fetch_linked` may find further ones."""
        return []

    def find_missing_webhooks(self, http: LoadClient, entry: Acknowledged) -> dict[Event, int]:
        """Returns the webhooks that are missing, and how many of each."""
        notified = self.fetch_notified(http, entry.customer)
        if notified is None:
            return {}
        return {("link", network): 1 for network in entry.sure - notified}


def load_adapter(name: str) -> type[Adapter]:
    """Returns the adapter with a name: `ayrshare`, `FILE.py:CLASS` or `MODULE:CLASS`.

    Raises:
        CannotLoad: There is no such adapter, or it is not a class derived from `Adapter`.
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
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
