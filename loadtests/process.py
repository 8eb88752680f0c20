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

from fakeayr.loadtests.adapter import Adapter, AdapterUnusable, Place
from fakeayr.loadtests.fake import TOKEN_VARIABLE, ControlRefused, Fake, Outbox
from fakeayr.loadtests.hosts import HostGuard, HostRefused, is_loopback
from fakeayr.loadtests.ledger import Entry, Event, Ledger
from fakeayr.loadtests.receiver import Receiver
from fakeayr.loadtests.settings import Settings
from fakeayr.loadtests.steps import Http, Record, StepFailed
from fakeayr.loadtests.tally import Tally

_Answer = TypeVar("_Answer")

_CHECKS_AT_ONCE: Final = 8
_CHECK_TRIES: Final = 10
_LOOK_SECONDS: Final = 0.2
_RETRIES_AFTER_SECONDS: Final = 60.0
"""Far enough for the retries of webhooks in Ayrshare's first age."""


class CannotRun(Exception):
    """The run cannot begin or go on; the text says why, in one sentence."""


class Process:
    """What one Locust process does in a run.

    Args:
        environment: Locust's.
        settings: The settings.
        adapter: The adapter's class.
        guard: Which hosts may be called.
    """

    def __init__(
        self,
        environment: Environment,
        settings: Settings,
        adapter: type[Adapter],
        guard: HostGuard,
    ) -> None:
        self.settings = settings
        self.ledger = Ledger()
        self.tally = Tally()
        self._environment = environment
        self._adapter_class = adapter
        self._guard = guard
        self._host = (environment.host or "").rstrip("/")
        self._receiver: Receiver | None = None
        self._controls: list[Fake] = []
        self._place: Place | None = None
        self._numbers = iter(range(1, 2**63))
        self._prefix = f"load-{os.urandom(4).hex()}"
        self.adapter: Adapter | None = None

    def new_name(self) -> str:
        """A name for a customer that nobody else has."""
        return f"{self._prefix}-{next(self._numbers)}"

    def http(self, record: Record | None = None, session: FastHttpSession | None = None) -> Http:
        """A client; what it does is part of the load only where it is recorded."""
        if session is None:
            session = FastHttpSession(
                base_url=None,
                request_event=EventHook(),
                user=None,
                insecure=False,
                network_timeout=self.settings.timeout,
                connection_timeout=self.settings.timeout,
                concurrency=_CHECKS_AT_ONCE,
            )
        return Http(session, self._guard, record)

    def begin(self) -> None:
        """Gets ready.

        Raises:
            CannotRun: Something is missing; the text says what.
        """
        try:
            self._begin()
        except (AdapterUnusable, ControlRefused, HostRefused, StepFailed, OSError) as error:
            raise CannotRun(f"{self._host}: {error}") from error

    def look_around(self) -> None:
        """Finds the fake, for a process that has no users itself.

        Raises:
            CannotRun: Something is missing; the text says what.
        """
        try:
            self._place = self._found()
        except (AdapterUnusable, HostRefused, StepFailed, OSError) as error:
            raise CannotRun(f"{self._host}: {error}") from error

    def _found(self) -> Place:
        settings = self.settings
        self._guard.check(self._host)
        http = self.http()
        try:
            http.get(self._host)
            control = self._fake(http)
        except StepFailed as error:
            raise AdapterUnusable(f"nothing answers there ({error}).") from error
        if control is None and settings.failures & {"rate-limits", "faults"}:
            raise AdapterUnusable(
                "rate-limits and faults need a fake; name it with AYRSHARE_BASE_URL "
                "and its account with AYRSHARE_API_KEY."
            )
        if settings.fails("slow-webhooks") and not self._adapter_class.has_own_account:
            raise AdapterUnusable(
                "slow-webhooks are slow at our receiver; yours is the application's."
            )
        return Place(host=self._host, settings=settings, control=control, receiver=None)

    def _begin(self) -> None:
        settings = self.settings
        found = self._found()
        if is_loopback(_hostname(self._host)) or settings.webhook_url:
            self._receiver = Receiver(
                settings.webhook_port,
                settings.webhook_url,
                on_forgery=self.tally.errs,
                delay=settings.webhook_delay if settings.fails("slow-webhooks") else 0,
            )
        self.tally.webhooks_checked = (
            self._receiver is not None or not self._adapter_class.has_own_account
        )
        self._place = replace(found, receiver=self._receiver)
        self.adapter = self.new_adapter()

    def order_failures(self) -> None:
        """Orders failures for an account that all processes share; one of them does so.

        Raises:
            CannotRun: The fake refuses.
        """
        place = self._place
        if place is None or place.control is None or self._adapter_class.has_own_account:
            return
        try:
            if self.settings.fails("rate-limits"):
                place.control.limit_rates()
            if self.settings.fails("faults"):
                place.control.order_faults(self.settings.fault_ratio)
                self._controls.append(place.control)
        except (ControlRefused, StepFailed) as error:
            raise CannotRun(f"{place.control.url}: {error}") from error

    def new_adapter(self) -> Adapter:
        """An adapter; on a fake Ayrshare's own has an account of its own.

        Raises:
            AdapterUnusable: It cannot begin.
        """
        if self._place is None:
            raise AdapterUnusable("The run has not begun.")
        made = self._adapter_class(self._place)
        made.begin(self.http())
        if self._adapter_class.has_own_account and self.settings.fails("faults") and made.control:
            self._controls.append(made.control)
        return made

    def finish(self) -> None:
        """Checks that nothing is lost, once nobody is at work any more."""
        tally = self.tally
        if self._receiver is not None:
            self._receiver.delay = 0
        try:
            self._check()
            tally.hits = self.fault_hits()
        except (ControlRefused, StepFailed, HostRefused) as error:
            tally.cannot_run = f"It cannot be checked that nothing is lost: {error}"
        self.count()
        tally.checked = True
        if self._receiver is not None:
            self._receiver.close()

    def fault_hits(self) -> int:
        """How many calls the faults that this process has ordered have hit."""
        return sum(_patiently(control.fault_hits) for control in self._controls)

    def count(self) -> None:
        """Brings the tally up to date with the ledger."""
        self.tally.profiles = len(self.ledger)
        self.tally.links = self.ledger.links
        self.tally.webhooks = self.ledger.webhooks

    def _check(self) -> None:
        http = self.http()
        present = self._present(http)
        pool = Pool(_CHECKS_AT_ONCE)
        for _ in pool.imap_unordered(partial(self._check_links, http), present):
            pass
        self._check_webhooks(http, present)

    def _present(self, http: Http) -> list[Entry]:
        """The entries whose profiles are there; the others are lost."""
        by_adapter: dict[Adapter, list[Entry]] = {}
        for entry in self.ledger:
            by_adapter.setdefault(entry.adapter, []).append(entry)
        present = []
        for adapter, entries in by_adapter.items():
            missing = _patiently(partial(adapter.missing_profiles, http, entries))
            gone = {entry.customer.name for entry in missing}
            for entry in entries:
                if entry.customer.name in gone:
                    self.tally.loses(f"the profile of {entry.customer.name}")
                else:
                    present.append(entry)
        return present

    def _check_links(self, http: Http, entry: Entry) -> None:
        try:
            linked = _patiently(partial(entry.adapter.linked, http, entry.customer))
        except StepFailed as error:
            self.tally.loses(f"{entry.customer.name}, whose links cannot be seen: {error}")
            return
        for network in sorted(entry.sure - linked):
            self.tally.loses(f"the link to {network} of {entry.customer.name}")

    def _check_webhooks(self, http: Http, entries: Iterable[Entry]) -> None:
        """Waits for webhooks; those that do not come must be in the outbox as failed."""
        deadline = time.monotonic() + self.settings.settle_within
        waiting = list(entries)
        failed: dict[str, Counter[Event]] = {}
        while True:
            outboxes = self._outboxes(waiting)
            missing = {
                entry.customer.name: told
                for entry in waiting
                if (told := _patiently(partial(entry.adapter.missing_webhooks, http, entry)))
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
                    self.tally.loses(f"the webhook about the {kind} of {network} to {name}")

    @staticmethod
    def _outboxes(entries: Iterable[Entry]) -> list[Outbox]:
        """The outboxes of the accounts of these entries; retries are made to fall due at once."""
        controls = {entry.adapter.control for entry in entries}
        outboxes = []
        for control in controls:
            if control is not None:
                outbox = _patiently(control.outbox)
                outboxes.append(outbox)
                if outbox.pending:
                    _patiently(partial(control.advance, _RETRIES_AFTER_SECONDS))
        return outboxes

    def _fake(self, http: Http) -> Fake | None:
        """The fake that is the target, or that the application under test talks to."""
        token = os.environ.get(TOKEN_VARIABLE, "")
        if self._adapter_class.has_own_account:
            fake = Fake(http, self._host.removesuffix("/api"), token)
            return fake if fake.is_one() else None
        base = os.environ.get("AYRSHARE_BASE_URL", "").rstrip("/")
        api_key = os.environ.get("AYRSHARE_API_KEY", "")
        if not base or not api_key:
            return None
        fake = Fake(http, base.removesuffix("/api"), token, api_key)
        return fake if fake.is_one() else None


def _patiently(ask: Callable[[], _Answer]) -> _Answer:
    """Asks again where the answer went wrong: what is made to fail is not lost."""
    for _ in range(_CHECK_TRIES - 1):
        try:
            return ask()
        except StepFailed:
            gevent.sleep(_LOOK_SECONDS)
    return ask()


def _hostname(url: str) -> str | None:
    return urlsplit(url).hostname
