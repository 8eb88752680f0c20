"""A Locust process's part of a run, and the check that nothing was lost."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar
from urllib.parse import urlsplit

import gevent
from gevent.pool import Pool
from locust.contrib.fasthttp import FastHttpSession
from locust.env import Environment
from locust.event import EventHook

from fakeayr.client.api import ApiClient
from fakeayr.domain.urls import is_loopback
from fakeayr.errors import FakeayrError
from fakeayr.loadtests import control
from fakeayr.loadtests.acknowledged import (
    Acknowledged,
    Acknowledgements,
    Event,
    find_faults,
)
from fakeayr.loadtests.adapter import Adapter, AdapterPlace
from fakeayr.loadtests.errors import CannotLoad, StepFailed
from fakeayr.loadtests.hosts import HostGuard
from fakeayr.loadtests.options import LoadOptions
from fakeayr.loadtests.receiver import Receiver
from fakeayr.loadtests.tally import LoadTally
from fakeayr.loadtests.transport import LoadClient, LocustTransport, StepRecorder

_Result = TypeVar("_Result")

_CHECKS_AT_ONCE: Final = 8
_CHECK_TRIES: Final = 10
_LOOK_SECONDS: Final = 0.2
_RETRIES_AFTER_SECONDS: Final = 60.0
"""Long enough for all retries of webhooks in the first age of Ayrshare's API."""


class LoadProcess:
    """One Locust process's part of a run.

    Args:
        environment: Locust's environment.
        options: The options.
        adapter: The adapter's class.
        guard: Checks which hosts may be called.
    """

    def __init__(
        self,
        environment: Environment,
        options: LoadOptions,
        adapter: type[Adapter],
        guard: HostGuard,
    ) -> None:
        self.options = options
        self.acknowledged = Acknowledgements()
        self.tally = LoadTally()
        self._environment = environment
        self._adapter_class = adapter
        self._guard = guard
        self._host = (environment.host or "").rstrip("/")
        self._receiver: Receiver | None = None
        self._controls: list[ApiClient] = []
        self._place: AdapterPlace | None = None
        self._numbers = iter(range(1, 2**63))
        self._prefix = f"load-{os.urandom(4).hex()}"
        self.adapter: Adapter | None = None

    def make_name(self) -> str:
        """Returns a new, unique name for a customer."""
        return f"{self._prefix}-{next(self._numbers)}"

    def make_client(
        self, record: StepRecorder | None = None, session: FastHttpSession | None = None
    ) -> LoadClient:
        """Returns a client. Its calls are part of the load only with `record`."""
        if session is None:
            session = FastHttpSession(
                base_url=None,
                request_event=EventHook(),
                user=None,
                insecure=False,
                network_timeout=self.options.timeout,
                connection_timeout=self.options.timeout,
                concurrency=_CHECKS_AT_ONCE,
            )
        return LoadClient(LocustTransport(session, self._guard), record)

    def begin(self) -> None:
        """Prepares for the load.

        Raises:
            CannotLoad: Something that the run needs is missing.
        """
        with self._naming_the_host():
            self._begin()

    def find_target(self) -> None:
        """Finds the fake, in a process without users.

        Raises:
            CannotLoad: Something that the run needs is missing.
        """
        with self._naming_the_host():
            self._place = self._find_target()

    @contextmanager
    def _naming_the_host(self) -> Iterator[None]:
        try:
            yield
        except (FakeayrError, StepFailed, OSError) as error:
            raise CannotLoad(f"{self._host}: {error}") from error

    def _find_target(self) -> AdapterPlace:
        options = self.options
        self._guard.check(self._host)
        http = self.make_client()
        try:
            http.send("GET", self._host)
            fake = self._find_fake(http)
        except StepFailed as error:
            raise CannotLoad(f"{error}; check --host.") from error
        if fake is None and options.failures & {"rate-limits", "faults"}:
            raise CannotLoad(
                "rate-limits and faults need a fake; set AYRSHARE_BASE_URL to its API "
                "and AYRSHARE_API_KEY to the account's key."
            )
        if options.has_failure("slow-webhooks") and not self._adapter_class.has_own_account:
            raise CannotLoad(
                "slow-webhooks needs --adapter ayrshare: here the application receives webhooks."
            )
        return AdapterPlace(host=self._host, options=options, control=fake, receiver=None)

    def _begin(self) -> None:
        options = self.options
        found = self._find_target()
        if is_loopback(urlsplit(self._host).hostname) or options.webhook_url:
            self._receiver = Receiver(
                options.webhook_port,
                options.webhook_url,
                on_forgery=self.tally.add_mistake,
                delay=options.webhook_delay if options.has_failure("slow-webhooks") else 0,
            )
        self.tally.webhooks_checked = (
            self._receiver is not None or not self._adapter_class.has_own_account
        )
        self._place = replace(found, receiver=self._receiver)
        self.adapter = self.make_adapter()

    def order_failures(self) -> None:
        """Sets up failures for an account that all processes share. Only one process calls this.

        Raises:
            CannotLoad: The fake returned an error.
        """
        place = self._place
        if place is None or place.control is None or self._adapter_class.has_own_account:
            return
        try:
            if self.options.has_failure("rate-limits"):
                control.limit_rates(place.control)
            if self.options.has_failure("faults"):
                control.order_faults(place.control, self.options.fault_ratio)
                self._controls.append(place.control)
        except (FakeayrError, StepFailed) as error:
            raise CannotLoad(f"{place.control.url}: {error}") from error

    def make_adapter(self) -> Adapter:
        """Returns a new adapter, which may open an account on a fake.

        Raises:
            CannotLoad: The adapter cannot start.
        """
        if self._place is None:
            raise CannotLoad("The run has not begun.")
        made = self._adapter_class(self._place)
        made.begin(self.make_client())
        has_faults = made.has_own_account and self.options.has_failure("faults")
        if has_faults and made.control is not None:
            self._controls.append(made.control)
        return made

    def finish(self) -> None:
        """Checks that nothing was lost, after all users have stopped."""
        tally = self.tally
        if self._receiver is not None:
            self._receiver.delay = 0
        try:
            self._check()
            tally.hits = self.count_fault_hits()
            tally.checked = True
        except (FakeayrError, StepFailed) as error:
            tally.cannot_run = f"The check that nothing was lost failed: {error}"
        self.update_tally()
        if self._receiver is not None:
            self._receiver.close()

    def count_fault_hits(self) -> int:
        """Returns how many calls the faults of this process have hit."""
        return sum(_try_often(partial(control.count_fault_hits, fake)) for fake in self._controls)

    def update_tally(self) -> None:
        """Updates the tally's counts of what was acknowledged."""
        self.tally.profiles = len(self.acknowledged)
        self.tally.links = self.acknowledged.links
        self.tally.posts = self.acknowledged.posts
        self.tally.webhooks = self.acknowledged.webhooks

    def _check(self) -> None:
        http = self.make_client()
        present = self._find_present(http)
        pool = Pool(_CHECKS_AT_ONCE)
        for _ in pool.imap_unordered(partial(self._check_links, http), present):
            pass
        deadline = time.monotonic() + self.options.settle_within
        for _ in pool.imap_unordered(partial(self._check_posts, http, deadline), present):
            pass
        self._check_webhooks(http, present)

    def _find_present(self, http: LoadClient) -> list[Acknowledged]:
        """Returns the entries whose profiles exist; reports the others as lost."""
        by_adapter: dict[Adapter, list[Acknowledged]] = {}
        for entry in self.acknowledged:
            by_adapter.setdefault(entry.adapter, []).append(entry)
        present = []
        for adapter, entries in by_adapter.items():
            missing = _try_often(partial(adapter.find_missing_profiles, http, entries))
            gone = {entry.customer.name for entry in missing}
            for entry in entries:
                if entry.customer.name in gone:
                    self.tally.add_lost(f"the profile of {entry.customer.name}")
                else:
                    present.append(entry)
        return present

    def _check_links(self, http: LoadClient, entry: Acknowledged) -> None:
        try:
            linked = _try_often(partial(entry.adapter.fetch_linked, http, entry.customer))
        except StepFailed as error:
            self.tally.add_lost(f"{entry.customer.name}, whose links cannot be seen: {error}")
            return
        for network in sorted(entry.sure - linked):
            self.tally.add_lost(f"the link to {network} of {entry.customer.name}")

    def _check_posts(self, http: LoadClient, deadline: float, entry: Acknowledged) -> None:
        """Waits until all posts are published; then checks that each stands where it must, once."""
        if not entry.posts:
            return
        while True:
            try:
                seen = _try_often(partial(entry.adapter.find_posts, http, entry.customer))
            except StepFailed as error:
                self.tally.add_lost(f"{entry.customer.name}, whose posts cannot be seen: {error}")
                return
            faults = find_faults(entry.posts, seen)
            if not faults or time.monotonic() >= deadline:
                break
            gevent.sleep(_LOOK_SECONDS)
        for fault in faults:
            self.tally.add_lost(f"{fault} of {entry.customer.name}")

    def _check_webhooks(self, http: LoadClient, entries: Iterable[Acknowledged]) -> None:
        """Waits for webhooks. Those that do not arrive must be failed in the outbox."""
        deadline = time.monotonic() + self.options.settle_within
        waiting = list(entries)
        failed: dict[str, Counter[Event]] = {}
        while True:
            outboxes = _read_outboxes(waiting)
            missing = {
                entry.customer.name: lacking
                for entry in waiting
                if (
                    lacking := _try_often(partial(entry.adapter.find_missing_webhooks, http, entry))
                )
            }
            waiting = [entry for entry in waiting if entry.customer.name in missing]
            for outbox in outboxes:
                failed |= outbox.failed
            nothing_comes = outboxes and not any(outbox.pending for outbox in outboxes)
            if not waiting or nothing_comes or time.monotonic() >= deadline:
                break
            gevent.sleep(_LOOK_SECONDS)
        for name, lacking in missing.items():
            noted = Counter(lacking) & failed.get(name, Counter())
            self.tally.webhooks_failed += noted.total()
            for (kind, network), count in sorted((Counter(lacking) - noted).items()):
                about = f"post {network}" if kind == "post" else f"the {kind} of {network}"
                for _ in range(count):
                    self.tally.add_lost(f"the webhook about {about} to {name}")

    def _find_fake(self, http: LoadClient) -> ApiClient | None:
        """Returns a client of the fake that is the target, or that the application uses."""
        base, api_key = self._host, None
        if not self._adapter_class.has_own_account:
            base = os.environ.get("AYRSHARE_BASE_URL", "").rstrip("/")
            api_key = os.environ.get("AYRSHARE_API_KEY")
            if not base or not api_key:
                return None
        token = os.environ.get(control.TOKEN_VARIABLE) or None
        url = base.removesuffix("/api")
        fake = ApiClient(http.transport, url, api_key=api_key, token=token)
        return fake if fake.is_fake() else None


def _read_outboxes(entries: Iterable[Acknowledged]) -> list[control.OutboxState]:
    """Returns the outboxes of the customers' accounts. Makes retries due at once."""
    outboxes = []
    for fake in {entry.adapter.control for entry in entries}:
        if fake is not None:
            outbox = _try_often(partial(control.read_outbox, fake))
            outboxes.append(outbox)
            if outbox.pending:
                _try_often(partial(control.advance_clock, fake, _RETRIES_AFTER_SECONDS))
    return outboxes


def _try_often(call: Callable[[], _Result]) -> _Result:
    """Makes a call, and repeats it if it fails: faults may still be active."""
    for _ in range(_CHECK_TRIES - 1):
        try:
            return call()
        except StepFailed:
            gevent.sleep(_LOOK_SECONDS)
    return call()
