"""The adapter for Ayrshare's API itself, which does what an integrator's backend would."""

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

import gevent

from fakeayr.ayrshare.posting.analytics import ACCOUNT_FIELDS, POST_FIELDS
from fakeayr.client.api import ApiClient, CallRefused
from fakeayr.client.credentials import Credentials, read_environment
from fakeayr.loadtests.acknowledged import Acknowledged, Event, SeenPost
from fakeayr.loadtests.adapter import TEXT_NETWORKS, Adapter, AdapterPlace, Customer, NewPost
from fakeayr.loadtests.control import advance_clock, order_faults
from fakeayr.loadtests.errors import CannotLoad, StepFailed
from fakeayr.loadtests.tally import FAULT, RATE_LIMIT
from fakeayr.loadtests.transport import LoadClient, shorten

_EMAIL_LINK_MINUTES: Final = 2880
_LIST_PAGE: Final = 1000
_DASHBOARD_PAGE: Final = 50
_POSTS_WITH_NUMBERS: Final = 3
_DRAFT: Final = "What is new at the bakery"
_MOST_POSTS: Final = 10_000
_NO_HISTORY: Final = 221
"""The code that says that a profile has no posts."""
_SECONDS_PER_HOUR: Final = 3600.0
_FIRST_PAUSE_SECONDS: Final = 1.0
_LONGEST_PAUSE_SECONDS: Final = 16.0


class Backoff:
    """Spaces calls after responses with status 429: longer with each one, then shorter."""

    def __init__(self) -> None:
        self._pause = 0.0
        self._next = 0.0

    def wait(self) -> None:
        """Waits until the next call may be made."""
        if self._pause:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._pause
            gevent.sleep(turn - now)

    def slow_down(self) -> None:
        """Lengthens the pause, after a response with status 429."""
        self._pause = min(max(_FIRST_PAUSE_SECONDS, 2 * self._pause), _LONGEST_PAUSE_SECONDS)

    def speed_up(self) -> None:
        """Shortens the pause, after any other response."""
        self._pause = self._pause / 2 if self._pause > _FIRST_PAUSE_SECONDS else 0.0


class AyrshareAdapter(Adapter):
    """Uses profiles, linking URLs, `GET /user` and webhooks of a fake or a similar server.

    On a fake, it opens its own account. Elsewhere it uses the account in AYRSHARE_API_KEY,
    AYRSHARE_DOMAIN and AYRSHARE_PRIVATE_KEY (the text or a path).
    """

    steps: ClassVar[Sequence[str]] = (
        *("create profile", "generateJWT", "user", "profiles"),
        *("post", "get post", "history", "delete post"),
        *("account analytics", "post analytics", "validate post"),
    )
    has_own_account: ClassVar[bool] = True
    can_post: ClassVar[bool] = True

    def __init__(self, place: AdapterPlace) -> None:
        super().__init__(place)
        self._url = place.host.removesuffix("/api")
        self._account = Credentials("", "", "")
        self._backoff = Backoff()

    def begin(self, http: LoadClient) -> None:
        """Opens an account on a fake, and registers the webhook receiver."""
        options, receiver = self.place.options, self.place.receiver
        if self.control is None:
            self._account = read_environment()
        else:
            settings = {"rateLimit": options.has_failure("rate-limits"), "postQuotas": False}
            self._account = self.control.open_account(settings=settings)
            self.control = self.control.with_key(self._account.api_key)
            if options.has_failure("faults"):
                order_faults(self.control, options.fault_ratio)
        if receiver is not None:
            hook = {"url": receiver.url, "secret": receiver.secret}
            for action in ("social", "scheduled"):
                body = {"action": action, **hook}
                try:
                    self._api(http, checking=True).call("POST", "/api/hook/webhook", body)
                except CallRefused as error:
                    raise CannotLoad(f"The webhook cannot be registered: {error}") from error

    def sign_up(self, http: LoadClient, name: str) -> Customer:
        """Creates a profile."""
        with http.step("create profile"):
            made = self._call(http, "POST", "/profiles", {"title": name})
            return Customer(name, str(made["profileKey"]), str(made["refId"]))

    def fetch_linking_url(
        self, http: LoadClient, customer: Customer, *, for_email: bool = False
    ) -> str:
        """Calls generateJWT."""
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

    def fetch_linked(self, http: LoadClient, customer: Customer) -> set[str]:
        """Calls `GET /user`."""
        with http.step("user"):
            user = self._call(http, "GET", "/user", profile_key=customer.key)
            return set(user.get("activeSocialAccounts", ()))

    def refresh(self, http: LoadClient, customer: Customer) -> None:
        """Makes the calls of a dashboard with numbers, where a draft is checked as it is typed."""
        linked = self.fetch_linked(http, customer)
        with http.step("profiles"):
            self._call(http, "GET", f"/profiles?limit={_DASHBOARD_PAGE}")
        posts = self.fetch_posts(http, customer)
        if counted := sorted(linked & ACCOUNT_FIELDS.keys()):
            body: dict[str, Any] = {"platforms": counted}
            with http.step("account analytics"):
                self._call(http, "POST", "/analytics/social", body, profile_key=customer.key)
        for post in posts[:_POSTS_WITH_NUMBERS]:
            if POST_FIELDS.keys() & set(post.networks):
                body = {"id": post.post_id}
                with http.step("post analytics"):
                    self._call(http, "POST", "/analytics/post", body, profile_key=customer.key)
        if networks := sorted(linked & set(TEXT_NETWORKS)):
            body = {"post": _DRAFT, "platforms": networks}
            with http.step("validate post"):
                self._call(http, "POST", "/validate/post", body, profile_key=customer.key)

    def list_all(self, http: LoadClient) -> None:
        """Lists all profiles, page by page."""
        cursor: str | None = ""
        while cursor is not None:
            with http.step("profiles"):
                _, cursor = self._list_page(http, cursor)

    def post(self, http: LoadClient, customer: Customer, post: NewPost) -> str:
        """Calls `POST /post`."""
        body: dict[str, Any] = {"post": post.text, "platforms": post.networks}
        if post.scheduled is not None:
            body["scheduleDate"] = post.scheduled.strftime("%Y-%m-%dT%H:%M:%SZ")
        with http.step("post"):
            made = self._call(http, "POST", "/post", body, profile_key=customer.key)
            return str(made["posts"][0]["id"])

    def fetch_post_status(self, http: LoadClient, customer: Customer, post_id: str) -> str:
        """Calls `GET /post/:id`."""
        with http.step("get post"):
            found = self._call(http, "GET", f"/post/{post_id}", profile_key=customer.key)
            return str(found["status"])

    def fetch_posts(self, http: LoadClient, customer: Customer) -> list[SeenPost]:
        """Calls `GET /history`."""
        with http.step("history"):
            return self._read_history(http, customer, checking=False)

    def delete_post(self, http: LoadClient, customer: Customer, post_id: str) -> None:
        """Calls `DELETE /post`."""
        with http.step("delete post"):
            self._call(http, "DELETE", "/post", {"id": post_id}, profile_key=customer.key)

    def find_posts(self, http: LoadClient, customer: Customer) -> list[SeenPost]:
        """Asks a fake what stands on the networks; elsewhere it reads the history."""
        if self.control is None:
            return self._read_history(http, customer, checking=True)
        path = f"/_fakeayr/posts?limit={_MOST_POSTS}&profileKey={customer.key}"
        return [_read_post(post, "published") for post in self.control.call("GET", path)["posts"]]

    def link(self, http: LoadClient, customer: Customer, network: str) -> bool:
        """Links at once, on a fake."""
        if self.control is None:
            return False
        self.control.link(network, customer.key)
        return True

    def wait_for_posts(
        self, http: LoadClient, entry: Acknowledged, post_ids: Sequence[str], within: float
    ) -> dict[str, float]:
        """Waits until the receiver has got the webhooks, or polls `GET /post/:id` without one."""
        if self.place.receiver is None:
            return super().wait_for_posts(http, entry, post_ids, within)
        events = [("post", post_id) for post_id in post_ids]
        arrived = self.place.receiver.wait(entry.customer.name, entry.due, events, within)
        return {post_id: at for (_, post_id), at in arrived.items()}

    def _read_history(
        self, http: LoadClient, customer: Customer, *, checking: bool
    ) -> list[SeenPost]:
        limit = _LIST_PAGE if checking else _DASHBOARD_PAGE
        path = f"/history?lastDays=0&limit={limit}"
        try:
            found = self._call(http, "GET", path, profile_key=customer.key, checking=checking)
        except StepFailed as error:
            if _has_no_history(error.__cause__):
                return []
            raise
        return [_read_post(post, "postIds") for post in found["history"]]

    def expire(self, http: LoadClient, customer: Customer, network: str) -> bool:
        """Makes the network revoke the link, on a fake."""
        if self.control is None:
            return False
        order = {"type": "revoke", "platform": network, "profileKey": customer.key}
        self.control.call("POST", "/_fakeayr/events", order)
        return True

    def advance_hours(self, hours: float) -> bool:
        """Moves the account's clock, on a fake."""
        if self.control is None:
            return False
        advance_clock(self.control, hours * _SECONDS_PER_HOUR)
        return True

    def wait_for_webhooks(
        self, http: LoadClient, entry: Acknowledged, events: Sequence[Event], within: float
    ) -> dict[Event, float]:
        """Waits until the receiver has got the webhooks."""
        receiver = self.place.receiver
        if receiver is None:
            return dict.fromkeys(events, time.perf_counter())
        return receiver.wait(entry.customer.name, entry.due, events, within)

    def find_missing_profiles(
        self, http: LoadClient, entries: Sequence[Acknowledged]
    ) -> list[Acknowledged]:
        """Looks for the profiles in `GET /profiles`."""
        there: set[str] = set()
        cursor: str | None = ""
        while cursor is not None:
            found, cursor = self._list_page(http, cursor, checking=True)
            there |= found
        return [entry for entry in entries if entry.customer.ref_id not in there]

    def find_missing_webhooks(self, http: LoadClient, entry: Acknowledged) -> dict[Event, int]:
        """Compares with what the receiver got."""
        if self.place.receiver is None:
            return {}
        return dict(entry.due - self.place.receiver.count(entry.customer.name))

    def _list_page(
        self, http: LoadClient, cursor: str, *, checking: bool = False
    ) -> tuple[set[str], str | None]:
        query = f"?limit={_LIST_PAGE}" + (f"&cursor={cursor}" if cursor else "")
        listed = self._call(http, "GET", f"/profiles{query}", checking=checking)
        found = {str(profile["refId"]) for profile in listed["profiles"]}
        return found, listed["pagination"]["nextCursor"]

    def _call(
        self,
        http: LoadClient,
        method: str,
        path: str,
        *body: dict[str, Any],
        profile_key: str | None = None,
        checking: bool = False,
    ) -> dict[str, Any]:
        if profile_key is None and not checking:  # The rate limit counts it for the account.
            self._backoff.wait()
        api = self._api(http, checking=checking)
        try:
            answer: Any = api.call(method, f"/api{path}", *body, profile_key=profile_key)
        except CallRefused as error:
            if error.status == 429:
                self._backoff.slow_down()
                raise StepFailed("429: too many requests", RATE_LIMIT) from error
            self._backoff.speed_up()
            raise _explain(error) from error
        self._backoff.speed_up()
        if not isinstance(answer, dict):
            raise StepFailed("200 with a body that is not a JSON object", FAULT)
        return answer

    def _api(self, http: LoadClient, *, checking: bool) -> ApiClient:
        """Returns a client for calls of the load, or for `checking` outside of it."""
        return ApiClient(
            http.transport,
            self._url,
            api_key=self._account.api_key,
            toolkit_calls=checking and self.control is not None,
        )


def _has_no_history(error: BaseException | None) -> bool:
    """Returns whether a call was refused because a profile has no posts."""
    if not isinstance(error, CallRefused):
        return False
    history = error.answer.get("history") if isinstance(error.answer, dict) else None
    code = history.get("code") if isinstance(history, dict) else error.code
    return code == _NO_HISTORY


def _read_post(post: Mapping[str, Any], entries: str) -> SeenPost:
    networks = [str(one["platform"]) for one in post[entries]]
    return SeenPost(post_id=str(post["id"]), text=str(post["post"]), networks=networks)


def _explain(error: CallRefused) -> StepFailed:
    """Returns the failure that an error stands for. Some may be faults that the run set up."""
    answer = error.answer
    if error.status >= 500:
        text = answer if isinstance(answer, str) else json.dumps(answer)
        return StepFailed(f"{error.status}: {shorten(text)}", FAULT)
    if not isinstance(answer, dict):
        return StepFailed(f"{error.status} with a body that is not a JSON object", FAULT)
    reported = f"code {error.code}, {answer.get('message')}"
    return StepFailed(f"{error.status}: {shorten(reported)}")
