"""How `fakeayr load` drives the shop: as its customers do, who know nothing of Ayrshare."""

import os
from collections.abc import Mapping, Sequence
from typing import ClassVar

from fakeayr.client.transport import Reply
from fakeayr.loadtests.acknowledged import SeenPost
from fakeayr.loadtests.adapter import Adapter, Customer, NewPost
from fakeayr.loadtests.errors import CannotLoad, StepFailed
from fakeayr.loadtests.tally import FAULT, RATE_LIMIT
from fakeayr.loadtests.transport import LoadClient


class Shop(Adapter):
    """The shop of this folder. AYRSHARE_… and WEBHOOK_SECRET are the same as the shop's."""

    steps: ClassVar[Sequence[str]] = (
        *("connect", "e-mail link", "connected", "known"),
        *("new offer", "offers", "delete offer"),
    )
    can_post: ClassVar[bool] = True

    def begin(self, http: LoadClient) -> None:
        """Registers the shop's webhooks, as its owner did once."""
        for action in ("social", "scheduled"):
            reply = http.send(
                "POST",
                f"{os.environ['AYRSHARE_BASE_URL']}/hook/webhook",
                headers={"Authorization": f"Bearer {os.environ['AYRSHARE_API_KEY']}"},
                json={
                    "action": action,
                    "url": f"{self.place.host}/webhooks/ayrshare",
                    "secret": os.environ["WEBHOOK_SECRET"],
                },
            )
            if reply.status != 200:
                raise CannotLoad(f"The shop's webhook cannot be registered: {reply.status}.")

    def sign_up(self, http: LoadClient, name: str) -> Customer:
        """Nothing to do: the shop makes a profile when somebody connects for the first time."""
        return Customer(name)

    def fetch_linking_url(
        self, http: LoadClient, customer: Customer, *, for_email: bool = False
    ) -> str:
        """The button "link your accounts" redirects; e-mails are written from JSON."""
        if for_email:
            with http.step("e-mail link"):
                return str(self._fetch(http, customer, "email-link").json()["url"])
        with http.step("connect"):
            return self._fetch(http, customer, "connect").header("Location") or ""

    def fetch_linked(self, http: LoadClient, customer: Customer) -> set[str]:
        """What the shop shows the customer."""
        with http.step("connected"):
            return set(self._fetch(http, customer, "connected").json()["linked"])

    def fetch_notified(self, http: LoadClient, customer: Customer) -> set[str]:
        """What the shop knows from webhooks."""
        with http.step("known"):
            return set(self._fetch(http, customer, "known").json()["linked"])

    def post(self, http: LoadClient, customer: Customer, post: NewPost) -> str:
        """The form "new offer"."""
        form: dict[str, str | list[str]] = {"text": post.text, "network": post.networks}
        if post.scheduled is not None:
            form["at"] = post.scheduled.isoformat()
        with http.step("new offer"):
            offer = self._fetch(http, customer, "offers", "POST", form).json()
            if not offer["ok"]:
                raise StepFailed(f"refused by {', '.join(offer['failed'])}")
            return str(offer["id"])

    def fetch_post_status(self, http: LoadClient, customer: Customer, post_id: str) -> str:
        """What the shop knows from a webhook, or else what it shows of an offer."""
        with http.step("offers"):
            shown = self._fetch(http, customer, "offers").json()
            known = {offer["id"]: offer["status"] for offer in shown["offers"]}
            return str((known | shown["ended"])[post_id])

    def fetch_posts(self, http: LoadClient, customer: Customer) -> list[SeenPost]:
        """The list of offers."""
        with http.step("offers"):
            offers = self._fetch(http, customer, "offers").json()["offers"]
            return [
                SeenPost(post_id=one["id"], text=one["text"], networks=list(one["published"]))
                for one in offers
            ]

    def delete_post(self, http: LoadClient, customer: Customer, post_id: str) -> None:
        """The button "delete" of an offer."""
        with http.step("delete offer"):
            self._fetch(http, customer, f"offers/{post_id}", "DELETE")

    def _fetch(
        self,
        http: LoadClient,
        customer: Customer,
        what: str,
        method: str = "GET",
        form: Mapping[str, str | Sequence[str]] | None = None,
    ) -> Reply:
        url = f"{self.place.host}/customers/{customer.name}/{what}"
        reply = http.send(method, url, form=form)
        if reply.status == 503:  # What the shop makes of Ayrshare's 429.
            raise StepFailed("503", RATE_LIMIT)
        if reply.status >= 400:
            raise StepFailed(str(reply.status), FAULT)
        return reply
