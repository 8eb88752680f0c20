"""People who link accounts: what every scenario is made of."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import gevent
from locust import FastHttpUser
from locust.env import Environment

from fakeayr.loadtests.adapter import Adapter, AdapterUnusable
from fakeayr.loadtests.fake import ControlRefused
from fakeayr.loadtests.hosts import HostRefused
from fakeayr.loadtests.ledger import Entry, Event
from fakeayr.loadtests.page import LinkingPage
from fakeayr.loadtests.process import Process
from fakeayr.loadtests.run import process_of, stop_run
from fakeayr.loadtests.steps import FLOW, STEP, WAIT, GivenUp, StepFailed
from fakeayr.loadtests.tally import BROKEN, FAULT, RATE_LIMIT

_TRIES: Final = 3
_AFTER_A_FAILURE_SECONDS: Final = 0.5
_LOOK_SECONDS: Final = 0.05
_MILLISECONDS: Final = 1000

_Result = TypeVar("_Result")


class Person(FastHttpUser):
    """Somebody with a browser; one of a scenario's users.

    Args:
        environment: Locust's.
    """

    abstract = True
    insecure = False
    host = ""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.process: Process = process_of(environment)
        self.http = self.process.http(self._record, self.client)
        self._thought = 0.0

    def wait_time(self) -> float:
        """Seconds between two flows."""
        return random.uniform(*self.process.settings.think_time)

    def think(self) -> None:
        """Waits as a person does before the next click."""
        seconds = self.wait_time()
        self._thought += seconds
        gevent.sleep(seconds)

    @property
    def adapter(self) -> Adapter:
        """The application, as this process sees it."""
        if self.process.adapter is None:
            raise AdapterUnusable("The run has not begun.")
        return self.process.adapter

    @contextmanager
    def flow(self, name: str) -> Iterator[None]:
        """Measures a whole flow without the time that the person thinks.

        A flow that fails or is given up ends here, and the person goes on with the next one.
        """
        began, self._thought = time.perf_counter(), 0.0
        try:
            yield
        except GivenUp:
            self.process.tally.given_up += 1
        except StepFailed as error:
            took = time.perf_counter() - began - self._thought
            self._record(FLOW, name, took, 0, StepFailed(f"ended early: {error}"))
            gevent.sleep(_AFTER_A_FAILURE_SECONDS)
        except (AdapterUnusable, ControlRefused, HostRefused) as error:
            stop_run(self.environment, str(error))
        else:
            took = time.perf_counter() - began - self._thought
            self._record(FLOW, name, took, 0, None)

    def sign_up(self, adapter: Adapter | None = None) -> Entry:
        """Becomes a new customer with another browser.

        Raises:
            StepFailed: It went wrong.
            GivenUp: It was made to.
        """
        adapter = adapter or self.adapter
        self.http.forget()
        name = self.process.new_name()
        customer = self.once(lambda: adapter.sign_up(self.http, name))
        return self.process.ledger.created(customer, adapter)

    def link_some(self, entry: Entry) -> None:
        """Opens the page, links a few networks, and sees that everybody knows.

        Raises:
            StepFailed: It went wrong.
            GivenUp: It was made to.
        """
        self.link_at(entry, self.linking_url(entry))

    def linking_url(self, entry: Entry, *, for_email: bool = False) -> str:
        """A linking URL; see `link_some`."""
        adapter, customer = entry.adapter, entry.customer
        return self.patiently(lambda: adapter.linking_url(self.http, customer, for_email=for_email))

    def link_at(self, entry: Entry, url: str, only: str | None = None) -> None:
        """Links a few networks, or only this one, at a linking URL; see `link_some`."""
        page = self.open(url)
        if only is None:
            low, high = self.process.settings.networks
            free = page.unlinked
            networks = random.sample(free, min(len(free), random.randint(low, high)))
        else:
            networks = [only]
        acknowledged: dict[Event, float] = {}
        for network in networks:
            self.think()
            entry.tries(network)
            page = self._link(page, network)
            entry.links(network)
            acknowledged["link", network] = time.perf_counter()
        self.leave(page)
        self.see(entry, acknowledged)

    def open(self, url: str) -> LinkingPage:
        """Opens a linking page; see `link_some`."""

        def opened() -> LinkingPage:
            with self.http.step("open page"):
                return LinkingPage.opened(self.http, url)

        return self.patiently(opened)

    def unlink(self, entry: Entry, page: LinkingPage, network: str) -> LinkingPage:
        """Unlinks a network on the page; see `link_some`."""

        def unlinked() -> LinkingPage:
            with self.http.step("unlink"):
                return page.unlink(network)

        entry.tries(network)
        page = self.once(unlinked)
        entry.unlinks(network)
        return page

    def leave(self, page: LinkingPage) -> None:
        """Clicks All Done; see `link_some`."""

        def left() -> str:
            with self.http.step("all done"):
                return page.done()

        self.patiently(left)

    def see(self, entry: Entry, acknowledged: dict[Event, float]) -> None:
        """Sees links at the application at once, and again when webhooks told of them.

        An application asks both times: for the person who comes back from the page, and on a
        webhook. See `link_some`.
        """
        self._see_links(entry, max(acknowledged.values()))
        self._see_webhooks(entry, acknowledged)
        self.patiently(lambda: entry.adapter.linked(self.http, entry.customer))

    def patiently(self, call: Callable[[], _Result]) -> _Result:
        """Makes a call that may be repeated again where it was made to fail.

        Raises:
            StepFailed: It went wrong.
            GivenUp: It was made to, each time.
        """
        for _ in range(_TRIES - 1):
            try:
                return call()
            except StepFailed as error:
                if self._type(error) is None:
                    raise
        return self.once(call)

    def quietly(self, call: Callable[[], object]) -> None:
        """Makes a call of which nothing else depends: what goes wrong is counted with its step."""
        try:
            self.patiently(call)
        except (StepFailed, GivenUp):
            gevent.sleep(_AFTER_A_FAILURE_SECONDS)

    def once(self, call: Callable[[], _Result]) -> _Result:
        """Makes a call that must not be repeated; see `patiently`."""
        try:
            return call()
        except StepFailed as error:
            if self._type(error) is None:
                raise
            raise GivenUp from error

    def _link(self, page: LinkingPage, network: str) -> LinkingPage:
        def linked() -> LinkingPage:
            with self.http.step("link"):
                return page.link(network)

        return self.once(linked)

    def _see_links(self, entry: Entry, since: float) -> None:
        within = self.process.settings.timeout
        while True:
            linked = self.patiently(lambda: entry.adapter.linked(self.http, entry.customer))
            late = time.perf_counter() - since
            if entry.sure <= linked:
                self._record(WAIT, "link visible after", late, 0, None)
                return
            if late >= within:
                error = StepFailed(f"not within {within:g} s")
                self._record(WAIT, "link visible after", late, 0, error)
                raise error
            gevent.sleep(_LOOK_SECONDS)

    def _see_webhooks(self, entry: Entry, acknowledged: dict[Event, float]) -> None:
        within = self.process.settings.webhook_within
        events: Sequence[Event] = list(acknowledged)
        arrived = entry.adapter.wait_for_webhooks(self.http, entry, events, within)
        for event, acknowledged_at in acknowledged.items():
            error = None
            at = arrived.get(event)
            if at is None:
                at = time.perf_counter()
                error = StepFailed(f"not within {within:g} s")
            elif not self.process.tally.webhooks_checked:
                continue
            self._record(WAIT, "webhook arrived after", max(0.0, at - acknowledged_at), 0, error)

    def _type(self, error: StepFailed) -> str | None:
        """What kind of failure made on purpose this may be; `None` if it is an error."""
        settings = self.process.settings
        if error.kind == RATE_LIMIT and settings.fails("rate-limits"):
            return RATE_LIMIT
        if error.kind == FAULT and settings.fails("faults"):
            return FAULT
        if error.kind == BROKEN and settings.failures & {"faults", "worker-killed"}:
            return BROKEN
        return None

    def _record(
        self, kind: str, name: str, seconds: float, size: int, error: Exception | None
    ) -> None:
        if isinstance(error, StepFailed) and kind == STEP:
            on_purpose = self._type(error)
            if on_purpose is not None:
                tally = self.process.tally
                tally.expects(on_purpose)
                if on_purpose == BROKEN:
                    tally.broken_at.append(time.time())
                kind, error = on_purpose, None
        event: Any = self.environment.events.request
        event.fire(
            request_type=kind,
            name=name,
            response_time=seconds * _MILLISECONDS,
            response_length=size,
            exception=error,
            context={},
            start_time=time.time() - seconds,
            url=None,
            response=None,
        )
