"""Ayrshare's own surface as the target: what an integrator's backend does, without one."""

import time
from collections.abc import Sequence
from typing import Any, ClassVar, Final

import gevent

from fakeayr.client import credentials
from fakeayr.client.credentials import Credentials, NoCredentials
from fakeayr.client.headers import TOOLKIT_CALL
from fakeayr.loadtests.adapter import Adapter, AdapterUnusable, Customer, Place
from fakeayr.loadtests.ledger import Entry, Event
from fakeayr.loadtests.steps import Http, Reply, StepFailed, shown
from fakeayr.loadtests.tally import FAULT, RATE_LIMIT

_EMAIL_LINK_MINUTES: Final = 2880
_LIST_PAGE: Final = 1000
_DASHBOARD_PAGE: Final = 50
_SECONDS_PER_HOUR: Final = 3600.0
_FIRST_PAUSE_SECONDS: Final = 1.0
_LONGEST_PAUSE_SECONDS: Final = 16.0


class Brake:
    """Keeps calls apart after the server said "too many": each time longer, then less again."""

    def __init__(self) -> None:
        self._pause = 0.0
        self._next = 0.0

    def wait(self) -> None:
        """Waits for one's turn."""
        if self._pause:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._pause
            gevent.sleep(turn - now)

    def refused(self) -> None:
        """The server said "too many"."""
        self._pause = min(max(_FIRST_PAUSE_SECONDS, 2 * self._pause), _LONGEST_PAUSE_SECONDS)

    def let_through(self) -> None:
        """The server answered."""
        self._pause = self._pause / 2 if self._pause > _FIRST_PAUSE_SECONDS else 0.0


class Ayrshare(Adapter):
    """Profiles, linking URLs, `GET /user` and webhooks, straight from a fake or its like.

    On a fake it opens an account of its own. Elsewhere AYRSHARE_API_KEY, AYRSHARE_DOMAIN and
    AYRSHARE_PRIVATE_KEY (the text or a path) say whose account it uses.
    """

    steps: ClassVar[Sequence[str]] = ("create profile", "generateJWT", "user", "profiles")
    has_own_account: ClassVar[bool] = True

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._api = place.host if place.host.endswith("/api") else f"{place.host}/api"
        self._account = Credentials("", "", "")
        self._brake = Brake()

    def begin(self, http: Http) -> None:
        """Opens an account on a fake, and registers the receiver of webhooks."""
        settings, receiver = self.place.settings, self.place.receiver
        if self.control is None:
            self._account = _account_of_environment()
        else:
            self._account = self.control.open_account({"rateLimit": settings.fails("rate-limits")})
            self.control = self.control.of(self._account)
            if settings.fails("faults"):
                self.control.order_faults(settings.fault_ratio)
        if receiver is not None:
            body = {"action": "social", "url": receiver.url, "secret": receiver.secret}
            reply = self._send(http, "POST", "/hook/webhook", body, aside=True)
            if reply.status != 200:
                raise AdapterUnusable(f"The webhook cannot be registered: {shown(reply.text)}")

    def sign_up(self, http: Http, name: str) -> Customer:
        """Creates a profile."""
        with http.step("create profile"):
            made = self._call(http, "POST", "/profiles", {"title": name})
            return Customer(name, str(made["profileKey"]), str(made["refId"]))

    def linking_url(self, http: Http, customer: Customer, *, for_email: bool = False) -> str:
        """Asks generateJWT."""
        body: dict[str, Any] = {
            "domain": self._account.domain,
            "privateKey": self._account.private_key,
            "profileKey": customer.key,
            "logout": True,
        }
        if for_email:
            body["expiresIn"] = _EMAIL_LINK_MINUTES
        with http.step("generateJWT"):
            return str(self._call(http, "POST", "/profiles/generateJWT", body)["url"])

    def linked(self, http: Http, customer: Customer) -> set[str]:
        """Asks `GET /user`."""
        with http.step("user"):
            user = self._call(http, "GET", "/user", profile_key=customer.key)
            return set(user.get("activeSocialAccounts", ()))

    def look(self, http: Http, customer: Customer) -> None:
        """`GET /user`, and a page of `GET /profiles`."""
        self.linked(http, customer)
        with http.step("profiles"):
            self._call(http, "GET", f"/profiles?limit={_DASHBOARD_PAGE}")

    def list_all(self, http: Http) -> None:
        """`GET /profiles`, page by page."""
        cursor: str | None = ""
        while cursor is not None:
            with http.step("profiles"):
                _, cursor = self._page(http, cursor)

    def expire(self, http: Http, customer: Customer, network: str) -> bool:
        """Lets a fake's network take the link away."""
        if self.control is None:
            return False
        self.control.revoke(customer.key, network)
        return True

    def let_pass(self, hours: float) -> bool:
        """Moves the account's clock on a fake."""
        if self.control is None:
            return False
        self.control.advance(hours * _SECONDS_PER_HOUR)
        return True

    def wait_for_webhooks(
        self, http: Http, entry: Entry, events: Sequence[Event], within: float
    ) -> dict[Event, float]:
        """Waits at the receiver."""
        receiver = self.place.receiver
        if receiver is None:
            now = time.perf_counter()
            return dict.fromkeys(events, now)
        return receiver.wait(entry.customer.name, entry.due, events, within)

    def missing_profiles(self, http: Http, entries: Sequence[Entry]) -> list[Entry]:
        """Looks for the profiles in `GET /profiles`."""
        there: set[str] = set()
        cursor: str | None = ""
        while cursor is not None:
            found, cursor = self._page(http, cursor, aside=True)
            there |= found
        return [entry for entry in entries if entry.customer.ref_id not in there]

    def missing_webhooks(self, http: Http, entry: Entry) -> dict[Event, int]:
        """Looks at what the receiver got."""
        if self.place.receiver is None:
            return {}
        return dict(entry.due - self.place.receiver.counts(entry.customer.name))

    def _page(self, http: Http, cursor: str, *, aside: bool = False) -> tuple[set[str], str | None]:
        query = f"?limit={_LIST_PAGE}" + (f"&cursor={cursor}" if cursor else "")
        listed = self._call(http, "GET", f"/profiles{query}", aside=aside)
        found = {str(profile["refId"]) for profile in listed["profiles"]}
        return found, listed["pagination"]["nextCursor"]

    def _call(
        self,
        http: Http,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        profile_key: str = "",
        aside: bool = False,
    ) -> dict[str, Any]:
        if not profile_key and not aside:  # Counts for the account's own profile.
            self._brake.wait()
        reply = self._send(http, method, path, body, profile_key=profile_key, aside=aside)
        if reply.status == 429:
            self._brake.refused()
            raise StepFailed("429: too many requests", RATE_LIMIT)
        self._brake.let_through()
        if reply.status >= 500:
            raise StepFailed(f"{reply.status}: {shown(reply.text)}", FAULT)
        try:
            answer = reply.json()
        except StepFailed as error:
            raise StepFailed(str(error), FAULT) from error
        if reply.status != 200 or answer.get("status") == "error":
            told = f"code {answer.get('code')}, {answer.get('message')}"
            raise StepFailed(f"{reply.status}: {shown(told)}")
        return answer

    def _send(
        self,
        http: Http,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        profile_key: str = "",
        aside: bool = False,
    ) -> Reply:
        headers = {"Authorization": f"Bearer {self._account.api_key}"}
        if profile_key:
            headers["Profile-Key"] = profile_key
        if aside and self.control is not None:
            headers[TOOLKIT_CALL] = "1"
        return http.send(method, self._api + path, headers=headers, json=body)


def _account_of_environment() -> Credentials:
    try:
        return credentials.read_environment()
    except NoCredentials as error:
        raise AdapterUnusable(str(error)) from error
