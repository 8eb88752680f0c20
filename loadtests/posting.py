"""The scenarios of a publishing day: customers who post, and campaigns for many profiles."""

import random
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import gevent
from locust import task

from fakeayr.loadtests.acknowledged import Acknowledged, AcknowledgedPost
from fakeayr.loadtests.adapter import TEXT_NETWORKS, Adapter, NewPost
from fakeayr.loadtests.errors import FlowGivenUp, StepFailed
from fakeayr.loadtests.people import Person
from fakeayr.loadtests.scenarios import ReturningPerson
from fakeayr.loadtests.transport import WAIT

_SOON_SECONDS: Final = 2
_MUCH_LATER_SECONDS: Final = 86_400
_DELETED_PART: Final = 0.3
_CAMPAIGN_NETWORKS: Final = ("facebook", "linkedin")
_CAMPAIGN_HOURS: Final = 1.0
_SECONDS_FOR_A_PROFILE: Final = 0.1
"""How long before its date a campaign is submitted, where the clock cannot be moved."""


def find_postable(entry: Acknowledged) -> list[str]:
    """Returns the networks of a customer that take a text alone."""
    return sorted(entry.sure & set(TEXT_NETWORKS))


class _Poster(Person):
    """The steps of those who post."""

    abstract = True

    def post(
        self, entry: Acknowledged, networks: Sequence[str], scheduled: datetime | None = None
    ) -> str:
        """Makes a post, and returns its id.

        Raises:
            StepFailed: The call failed.
            FlowGivenUp: The call was made to fail; the post may stand or not.
        """
        text = f"What is new at {self.process.make_name()}"
        post = NewPost(text=text, networks=list(networks), scheduled=scheduled)
        post_id = self.try_once(lambda: entry.adapter.post(self.http, entry.customer, post))
        acknowledged = AcknowledgedPost(text, frozenset(networks), scheduled is not None)
        entry.add_post(post_id, acknowledged)
        return post_id

    def delete_post(self, entry: Acknowledged, post_id: str) -> None:
        """Deletes a scheduled post; see `post`."""
        entry.begin_deletion(post_id)
        self.try_once(lambda: entry.adapter.delete_post(self.http, entry.customer, post_id))
        entry.end_deletion(post_id)

    def await_posts(self, due: Mapping[str, Acknowledged], since: float) -> None:
        """Waits until webhooks have reported the publication of scheduled posts.

        Args:
            due: Whose posts they are, by their ids.
            since: When they were due, by `time.perf_counter`.
        """
        within = self.process.options.webhook_within
        for post_id, entry in due.items():
            left = max(0.0, since + within - time.perf_counter())
            known = self.try_often(
                partial(entry.adapter.wait_for_posts, self.http, entry, [post_id], left)
            )
            error = None if post_id in known else StepFailed(f"not within {within:g} s")
            late = known.get(post_id, time.perf_counter()) - since
            self.record(WAIT, "post reported after", max(0.0, late), 0, error)


class Posting(ReturningPerson, _Poster):
    """A customer who posts now and then, and looks at what was posted."""

    scenario = "posting"

    def link_some(self, entry: Acknowledged) -> None:
        """Links networks that take a text alone; see `Person.link_some`."""
        low, high = self.process.options.networks
        count = min(len(TEXT_NETWORKS), random.randint(low, high))
        only = random.sample(TEXT_NETWORKS, count)
        self.link_at(entry, self.fetch_linking_url(entry), only)

    @task
    def post_something(self) -> None:
        """A post at once, its state, one for later that is deleted or published, the dashboard."""
        entry = self.customer()
        if entry is None:
            return
        adapter, customer = entry.adapter, entry.customer
        with self.flow("post flow"):
            networks = find_postable(entry)
            post_id = self.post(entry, networks)
            self.try_often(lambda: adapter.fetch_post_status(self.http, customer, post_id))
            self.think()
            if random.random() < _DELETED_PART:
                later = datetime.now(UTC) + timedelta(seconds=_MUCH_LATER_SECONDS)
                self.delete_post(entry, self.post(entry, networks, later))
            else:
                soon = datetime.now(UTC) + timedelta(seconds=_SOON_SECONDS)
                date = soon.replace(microsecond=0)
                scheduled = self.post(entry, networks, date)
                left = (date - datetime.now(UTC)).total_seconds()
                self.await_posts({scheduled: entry}, time.perf_counter() + left)
            self.try_often(lambda: adapter.refresh(self.http, customer))


class PostCampaign(_Poster):
    """A campaign: a post for each of many profiles, all at the same time.

    On a fake, each campaign has its own account with new profiles, and moves its clock. Elsewhere
    it posts for the customers that other scenarios have made.
    """

    scenario = "post-campaign"

    @task
    def publish_campaign(self) -> None:
        """Schedules the posts, and waits until webhooks have reported them all."""
        due: dict[str, Acknowledged] = {}
        with self.flow("post campaign"):
            if self._has_fake:
                adapter = self.try_often(self.process.make_adapter)
                entries, ahead = self._make_customers(adapter), _CAMPAIGN_HOURS * 3600
            else:
                adapter, entries = self.adapter, self._pick_customers()
                ahead = _SOON_SECONDS + _SECONDS_FOR_A_PROFILE * len(entries)
            if not entries:
                self.think()
                raise FlowGivenUp
            date = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=ahead)
            for entry in entries:
                try:
                    due[self.post(entry, find_postable(entry), date)] = entry
                except FlowGivenUp:  # The others go on.
                    self.process.tally.given_up += 1
            began = time.perf_counter()
            if not self.try_once(partial(adapter.advance_hours, _CAMPAIGN_HOURS)):
                gevent.sleep(max(0.0, (date - datetime.now(UTC)).total_seconds()))
                began = time.perf_counter()
            self.await_posts(due, began)

    @property
    def _has_fake(self) -> bool:
        return self.adapter.has_own_account and self.adapter.control is not None

    def _pick_customers(self) -> list[Acknowledged]:
        linked = [entry for entry in self.process.acknowledged if find_postable(entry)]
        return random.sample(linked, min(self.process.options.post_profiles, len(linked)))

    def _make_customers(self, adapter: Adapter) -> list[Acknowledged]:
        made = []
        for _ in range(self.process.options.post_profiles):
            try:
                entry = self.sign_up(adapter)
            except FlowGivenUp:  # The others go on.
                self.process.tally.given_up += 1
                continue
            for network in _CAMPAIGN_NETWORKS:
                entry.begin_change(network)
                adapter.link(self.http, entry.customer, network)
                entry.add_link(network)
            made.append(entry)
        return made
