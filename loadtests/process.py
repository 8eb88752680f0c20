"""A Locust process's part of a run: what it needs, what it did, and whether anything is lost."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable
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
from fakeayr.loadtests.acknowledged import Acknowledged, Acknowledgements, Event
from fakeayr.loadtests.adapter import Adapter, AdapterPlace
from fakeayr.loadtests.errors import CannotLoad, StepFailed
from fakeayr.loadtests.hosts import HostGuard
from fakeayr.loadtests.options import LoadOptions
from fakeayr.loadtests.receiver import Receiver
from fakeayr.loadtests.tally import LoadTally
from fakeayr.loadtests.transport import LoadClient, LocustTransport, StepRecorder

_Answer = TypeVar("_Answer")

_CHECKS_AT_ONCE: Final = 8
_CHECK_TRIES: Final = 10
_LOOK_SECONDS: Final = 0.2
_RETRIES_AFTER_SECONDS: Final = 60.0
"""Far enough for the retries of webhooks in Ayrshare's first age."""


class LoadProcess:
    """What one Locust process does in a run.

    Args:
        environment: Locust's.
        options: The options.
        adapter: The adapter's class.
        guard: Which hosts may be called.
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
        """A new, unique name for a customer."""
        return f"{self._prefix}-{next(self._numbers)}"

    def make_client(
        self, record: StepRecorder | None = None, session: FastHttpSession | None = None
    ) -> LoadClient:
        """A client; what it does is part of the load only where it is recorded."""
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
        """Gets ready.

        Raises:
            CannotLoad: Something is missing; the text says what.
        """
        try:
            self._begin()
        except (FakeayrError, StepFailed, OSError) as error:
            raise CannotLoad(f"{self._host}: {error}") from error

    def find_target(self) -> None:
        """Finds the fake, for a process that has no users itself.

        Raises:
            CannotLoad: Something is missing; the text says what.
        """
        try:
            self._place = self._find_target()
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
            raise CannotLoad(f"nothing responds there ({error}).") from error
        if fake is None and options.failures & {"rate-limits", "faults"}:
            raise CannotLoad(
                "rate-limits and faults need a fake; name it with AYRSHARE_BASE_URL "
                "and its account with AYRSHARE_API_KEY."
            )
        if options.fails("slow-webhooks") and not self._adapter_class.has_own_account:
            raise CannotLoad(
                "slow-webhooks needs the load test's own receiver; here the application has one."
            )
        return AdapterPlace(host=self._host, options=options, control=fake, receiver=None)

    def _begin(self) -> None:
        options = self.options
        found = self._find_target()
        if is_loopback(_hostname(self._host)) or options.webhook_url:
            self._receiver = Receiver(
                options.webhook_port,
                options.webhook_url,
                on_forgery=self.tally.add_mistake,
                delay=options.webhook_delay if options.fails("slow-webhooks") else 0,
            )
        self.tally.webhooks_checked = (
            self._receiver is not None or not self._adapter_class.has_own_account
        )
        self._place = replace(found, receiver=self._receiver)
        self.adapter = self.make_adapter()

    def order_failures(self) -> None:
        """Orders failures for an account that all processes share; one of them does so.

        Raises:
            CannotLoad: The fake refuses.
        """
        place = self._place
        if place is None or place.control is None or self._adapter_class.has_own_account:
            return
        try:
            if self.options.fails("rate-limits"):
                control.limit_rates(place.control)
            if self.options.fails("faults"):
                control.order_faults(place.control, self.options.fault_ratio)
                self._controls.append(place.control)
        except (FakeayrError, StepFailed) as error:
            raise CannotLoad(f"{place.control.url}: {error}") from error

    def make_adapter(self) -> Adapter:
        """An adapter; on a fake Ayrshare's own has an account of its own.

        Raises:
            CannotLoad: It cannot begin.
        """
        if self._place is None:
            raise CannotLoad("The run has not begun.")
        made = self._adapter_class(self._place)
        made.begin(self.make_client())
        if self._adapter_class.has_own_account and self.options.fails("faults") and made.control:
            self._controls.append(made.control)
        return made

    def finish(self) -> None:
        """Checks that nothing is lost, once all people have stopped."""
        tally = self.tally
        if self._receiver is not None:
            self._receiver.delay = 0
        try:
            self._check()
            tally.hits = self.count_fault_hits()
        except (FakeayrError, StepFailed) as error:
            tally.cannot_run = f"It cannot be checked that nothing is lost: {error}"
        self.update_tally()
        tally.checked = True
        if self._receiver is not None:
            self._receiver.close()

    def count_fault_hits(self) -> int:
        """How many calls the faults that this process has ordered have hit."""
        return sum(_try_often(partial(control.count_fault_hits, fake)) for fake in self._controls)

    def update_tally(self) -> None:
        """Brings the tally up to date with what was acknowledged."""
        self.tally.profiles = len(self.acknowledged)
        self.tally.links = self.acknowledged.links
        self.tally.webhooks = self.acknowledged.webhooks

    def _check(self) -> None:
        http = self.make_client()
        present = self._find_present(http)
        pool = Pool(_CHECKS_AT_ONCE)
        for _ in pool.imap_unordered(partial(self._check_links, http), present):
            pass
        self._check_webhooks(http, present)

    def _find_present(self, http: LoadClient) -> list[Acknowledged]:
        """The entries whose profiles are there; the others are lost."""
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

    def _check_webhooks(self, http: LoadClient, entries: Iterable[Acknowledged]) -> None:
        """Waits for webhooks; those that do not come must be in the outbox as failed."""
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
                for _ in range(count):
                    self.tally.add_lost(f"the webhook about the {kind} of {network} to {name}")

    def _find_fake(self, http: LoadClient) -> ApiClient | None:
        """The fake that is the target, or that the application under test talks to."""
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
    """The outboxes of the accounts of these customers; retries are made to fall due at once."""
    outboxes = []
    for fake in {entry.adapter.control for entry in entries}:
        if fake is not None:
            outbox = _try_often(partial(control.read_outbox, fake))
            outboxes.append(outbox)
            if outbox.pending:
                _try_often(partial(control.advance_clock, fake, _RETRIES_AFTER_SECONDS))
    return outboxes


def _try_often(ask: Callable[[], _Answer]) -> _Answer:
    """Asks again where it failed: what is made to fail is not lost."""
    for _ in range(_CHECK_TRIES - 1):
        try:
            return ask()
        except StepFailed:
            gevent.sleep(_LOOK_SECONDS)
    return ask()


def _hostname(url: str) -> str | None:
    return urlsplit(url).hostname
