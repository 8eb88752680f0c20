"""The scenarios: what integrators' customers, dashboards and nightly jobs do.

Each is a class of Locust users. The steps that they share are in `people`.
"""

import random
from functools import partial
from typing import Final

from locust import task

from fakeayr.loadtests.acknowledged import Acknowledged
from fakeayr.loadtests.people import Person

_CUSTOMERS_OF_A_CAMPAIGN: Final = 3
_HOURS_UNTIL_OPENED: Final = (1.0, 46.0)
_PROFILES_OF_A_JOB: Final = 500
_NIGHTS_ARE_LONGER_BY: Final = 30
"""How many times the think time a nightly job waits."""


class ReturningPerson(Person):
    """A person who has signed up before."""

    abstract = True
    entry: Acknowledged | None = None

    def customer(self) -> Acknowledged | None:
        """Returns the person's customer. The first call signs up and returns `None`."""
        if self.entry is not None and self.entry.linked:
            return self.entry
        with self.flow("whole flow"):
            entry = self.sign_up()
            self.link_some(entry)
            self.entry = entry
        return None


class SignUp(Person):
    """A sign-up burst: each flow is a new person, who links a few networks."""

    scenario = "sign-up"

    @task
    def sign_up_and_link(self) -> None:
        """Profile, linking URL, page, networks, All Done, `/user`, webhooks, `/user`."""
        with self.flow("whole flow"):
            self.link_some(self.sign_up())


class Returning(ReturningPerson):
    """A person who links a network again, for instance after the link has expired."""

    scenario = "returning"

    @task
    def link_again(self) -> None:
        """Ends a link and makes it again."""
        entry = self.customer()
        if entry is None:
            return
        with self.flow("re-link flow"):
            self.http.browser.forget()
            network = random.choice(sorted(entry.sure) or sorted(entry.linked))
            entry.begin_change(network)
            if self.try_once(partial(entry.adapter.expire, self.http, entry.customer, network)):
                entry.remove_link(network)
            else:
                page = self.open(self.fetch_linking_url(entry))
                if network in page.linked:
                    self.unlink(entry, page, network)
            self.link_at(entry, self.fetch_linking_url(entry), [network])


class Dashboard(ReturningPerson):
    """An open dashboard that keeps reading what is linked, what was posted, and the numbers."""

    scenario = "dashboard"

    @task
    def refresh(self) -> None:
        """`/user`, `/profiles`, `/history` and `/analytics`; a draft goes to `/validate`."""
        entry = self.customer()
        if entry is not None:
            self.try_quietly(lambda: entry.adapter.refresh(self.http, entry.customer))


class Nightly(Person):
    """A nightly job over all profiles of this process."""

    scenario = "nightly"

    def wait_time(self) -> float:
        """Returns the seconds between two jobs."""
        return _NIGHTS_ARE_LONGER_BY * super().wait_time()

    @task
    def go_through_all(self) -> None:
        """Lists all profiles, then reads each."""
        with self.flow("nightly job"):
            adapter = self.adapter
            self.try_often(lambda: adapter.list_all(self.http))
            entries = [entry for entry in self.process.acknowledged if entry.adapter is adapter]
            for entry in random.sample(entries, min(len(entries), _PROFILES_OF_A_JOB)):
                self.try_quietly(partial(adapter.fetch_linked, self.http, entry.customer))


class Campaign(Person):
    """An e-mail campaign, with long-lived links that are opened hours later.

    On a fake, each campaign has its own account, whose clock is moved.
    """

    scenario = "campaign"

    @task
    def write_to_customers(self) -> None:
        """Makes links for e-mails; opens them hours later."""
        sent: list[tuple[Acknowledged, str]] = []
        with self.flow("campaign e-mails"):
            adapter = self.try_often(self.process.make_adapter)
            for _ in range(_CUSTOMERS_OF_A_CAMPAIGN):
                entry = self.sign_up(adapter)
                sent.append((entry, self.fetch_linking_url(entry, for_email=True)))
            hours = random.uniform(*_HOURS_UNTIL_OPENED)
            if not self.try_once(partial(adapter.advance_hours, hours)):
                self.think()
        for entry, url in sent:
            with self.flow("campaign flow"):
                self.http.browser.forget()
                self.link_at(entry, url)
