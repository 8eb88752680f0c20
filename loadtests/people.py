"""Users who link accounts: the steps that all scenarios share."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import gevent
from locust import FastHttpUser
from locust.env import Environment

from fakeayr.client.page import Page
from fakeayr.errors import FakeayrError
from fakeayr.loadtests.acknowledged import Acknowledged, Event
from fakeayr.loadtests.adapter import Adapter
from fakeayr.loadtests.errors import CannotLoad, FlowGivenUp, StepFailed
from fakeayr.loadtests.process import LoadProcess
from fakeayr.loadtests.run import get_process, stop_run
from fakeayr.loadtests.tally import BROKEN, FAULT, RATE_LIMIT
from fakeayr.loadtests.transport import FLOW, STEP, WAIT, shorten

_TRIES: Final = 3
_AFTER_A_FAILURE_SECONDS: Final = 0.5
_LOOK_SECONDS: Final = 0.05
_MILLISECONDS: Final = 1000

_Result = TypeVar("_Result")


class Person(FastHttpUser):
    """A person with a browser: one of a scenario's users.

    Args:
        environment: Locust's environment.
    """

    abstract = True
    insecure = False
    host = ""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.process: LoadProcess = get_process(environment)
        self.http = self.process.make_client(self.record, self.client)
        self._thought = 0.0

    def wait_time(self) -> float:
        """Returns the seconds between two flows."""
        return random.uniform(*self.process.options.think_time)

    def think(self) -> None:
        """Waits as a person does before the next click."""
        seconds = self.wait_time()
        self._thought += seconds
        gevent.sleep(seconds)

    @property
    def adapter(self) -> Adapter:
        """This process's adapter."""
        if self.process.adapter is None:
            raise CannotLoad("The run has not begun.")
        return self.process.adapter

    @contextmanager
    def flow(self, name: str) -> Iterator[None]:
        """Measures a whole flow, without think time.

        A flow that fails or is given up ends here, and the person starts the next one.
        """
        began, self._thought = time.perf_counter(), 0.0
        try:
            yield
        except FlowGivenUp:
            self.process.tally.given_up += 1
        except StepFailed as error:
            took = time.perf_counter() - began - self._thought
            self.record(FLOW, name, took, 0, StepFailed(f"ended early: {error}"))
            gevent.sleep(_AFTER_A_FAILURE_SECONDS)
        except FakeayrError as error:
            stop_run(self.environment, str(error))
        else:
            took = time.perf_counter() - began - self._thought
            self.record(FLOW, name, took, 0, None)

    def sign_up(self, adapter: Adapter | None = None) -> Acknowledged:
        """Signs up as a new customer, with an empty browser.

        Raises:
            StepFailed: A step failed.
            FlowGivenUp: A step was made to fail.
        """
        adapter = adapter or self.adapter
        self.http.browser.forget()
        name = self.process.make_name()
        customer = self.try_once(lambda: adapter.sign_up(self.http, name))
        return self.process.acknowledged.add_customer(customer, adapter)

    def link_some(self, entry: Acknowledged) -> None:
        """Opens the page, links a few networks, and waits until they are visible everywhere.

        Raises:
            StepFailed: A step failed.
            FlowGivenUp: A step was made to fail.
        """
        self.link_at(entry, self.fetch_linking_url(entry))

    def fetch_linking_url(self, entry: Acknowledged, *, for_email: bool = False) -> str:
        """Returns a linking URL; see `link_some`."""
        adapter, customer = entry.adapter, entry.customer
        return self.try_often(
            lambda: adapter.fetch_linking_url(self.http, customer, for_email=for_email)
        )

    def link_at(self, entry: Acknowledged, url: str, only: Sequence[str] = ()) -> None:
        """Links a few networks, or only those named, at a linking URL; see `link_some`."""
        page = self.open(url)
        networks = list(only)
        if not networks:
            low, high = self.process.options.networks
            free = [network for network in page.networks if network not in page.linked]
            networks = random.sample(free, min(len(free), random.randint(low, high)))
        acknowledged: dict[Event, float] = {}
        for network in networks:
            self.think()
            entry.begin_change(network)
            self._link(page, network)
            entry.add_link(network)
            acknowledged["link", network] = time.perf_counter()
        self.leave(page)
        self.await_everything(entry, acknowledged)

    def open(self, url: str) -> Page:
        """Opens a linking page; see `link_some`."""

        def open_page() -> Page:
            with self.http.step("open page"):
                page = Page(self.http.browser, url)
                if not page.networks:
                    raise StepFailed(f"no linking page: {self.http.describe_page()}")
                return page

        return self.try_often(open_page)

    def unlink(self, entry: Acknowledged, page: Page, network: str) -> None:
        """Unlinks a network on the page; see `link_some`."""

        def press() -> None:
            with self.http.step("unlink"):
                if network in page.unlink(network).linked:
                    raise StepFailed(f"{network} is still linked")

        entry.begin_change(network)
        self.try_once(press)
        entry.remove_link(network)

    def leave(self, page: Page) -> None:
        """Clicks All Done; see `link_some`."""

        def press() -> None:
            with self.http.step("all done"):
                page.done()

        self.try_often(press)

    def await_everything(self, entry: Acknowledged, acknowledged: dict[Event, float]) -> None:
        """Waits until the application shows the links, and again until webhooks have arrived.

        An application reads the links twice: when the person returns, and after a webhook. See
        `link_some`.
        """
        self._await_links(entry, max(acknowledged.values()))
        self._await_webhooks(entry, acknowledged)
        self.try_often(lambda: entry.adapter.fetch_linked(self.http, entry.customer))

    def try_often(self, call: Callable[[], _Result]) -> _Result:
        """Makes a call, and repeats it up to two times if it was made to fail.

        Raises:
            StepFailed: The call failed.
            FlowGivenUp: The call was made to fail each time.
        """
        for _ in range(_TRIES - 1):
            try:
                return call()
            except StepFailed as error:
                if self._classify(error) is None:
                    raise
        return self.try_once(call)

    def try_quietly(self, call: Callable[[], object]) -> None:
        """Makes a call on which nothing else depends. Failures are only counted."""
        try:
            self.try_often(call)
        except (StepFailed, FlowGivenUp):
            gevent.sleep(_AFTER_A_FAILURE_SECONDS)

    def try_once(self, call: Callable[[], _Result]) -> _Result:
        """Makes a call once; see `try_often`."""
        try:
            return call()
        except StepFailed as error:
            if self._classify(error) is None:
                raise
            raise FlowGivenUp from error

    def _link(self, page: Page, network: str) -> None:
        def press() -> None:
            with self.http.step("link"):
                if network not in page.allow(network).linked:
                    why = page.notice or "the page gives no reason"
                    raise StepFailed(f"{network} is not linked: {shorten(why)}")

        self.try_once(press)

    def _await_links(self, entry: Acknowledged, since: float) -> None:
        within = self.process.options.timeout
        while True:
            linked = self.try_often(lambda: entry.adapter.fetch_linked(self.http, entry.customer))
            late = time.perf_counter() - since
            if entry.sure <= linked:
                self.record(WAIT, "link visible after", late, 0, None)
                return
            if late >= within:
                error = StepFailed(f"not within {within:g} s")
                self.record(WAIT, "link visible after", late, 0, error)
                raise error
            gevent.sleep(_LOOK_SECONDS)

    def _await_webhooks(self, entry: Acknowledged, acknowledged: dict[Event, float]) -> None:
        within = self.process.options.webhook_within
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
            self.record(WAIT, "webhook arrived after", max(0.0, at - acknowledged_at), 0, error)

    def _classify(self, error: StepFailed) -> str | None:
        """Returns the kind of failure that the run may have caused; `None` for an error."""
        options = self.process.options
        if error.kind == RATE_LIMIT and options.has_failure("rate-limits"):
            return RATE_LIMIT
        if error.kind == FAULT and options.has_failure("faults"):
            return FAULT
        if error.kind == BROKEN and options.failures & {"faults", "worker-killed"}:
            return BROKEN
        return None

    def record(
        self, kind: str, name: str, seconds: float, size: int, error: Exception | None
    ) -> None:
        """Records a step, a wait or a flow in Locust's statistics.

        Args:
            kind: `STEP`, `WAIT` or `FLOW`.
            name: Its name.
            seconds: How long it took.
            size: Bytes that were received.
            error: Why it failed; failures on purpose are counted apart.
        """
        if isinstance(error, StepFailed) and kind == STEP:
            on_purpose = self._classify(error)
            if on_purpose is not None:
                tally = self.process.tally
                tally.count_expected(on_purpose)
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
