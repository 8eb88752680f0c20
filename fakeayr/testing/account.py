"""The account under test: what the `ayrshare` fixture gives."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Unpack
from urllib.parse import urlsplit

from fakeayr.ayrshare.ids import PRIMARY_TITLE
from fakeayr.client import development, hosts
from fakeayr.client.api import ApiClient
from fakeayr.client.browser import Browser
from fakeayr.client.names import check_fields
from fakeayr.client.page import Page
from fakeayr.domain.clock import iso_seconds
from fakeayr.testing.advice import Advice, find_unwelcome
from fakeayr.testing.decoding import decode
from fakeayr.testing.local_server import ServerRefused
from fakeayr.testing.posts import Post, PublishedPost, WantedPost, count_times, find_posted
from fakeayr.testing.probes import ProbeReport
from fakeayr.testing.profile import (
    Profile,
    PublicationOrder,
    check_network,
    choose_analytics,
    decide_publication,
    fetch_posts,
)
from fakeayr.testing.records import (
    Email,
    InjectedFault,
    RecordedRequest,
    UploadedFile,
    Webhook,
)

__tracebackhide__ = True  # A failing test's report shows the test's own lines.

_SETTLE_SECONDS = 15


class AccountClock:
    """The account's time, which tests move."""

    def __init__(self, control: ApiClient) -> None:
        self._control = control

    def __repr__(self) -> str:
        """The account's time in UTC."""
        return f"<Clock {self._control.call('GET', '/_fakeayr/clock')['utc']}>"

    @property
    def now(self) -> float:
        """The account's time, UNIX seconds."""
        return float(self._control.call("GET", "/_fakeayr/clock")["now"])

    def advance(
        self, *, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> None:
        """Moves the clock forward; publications, webhook retries and expiries that fall due happen.

        They have happened when it returns.

        Raises:
            ValueError: It would go back.
        """
        total = _count_seconds(seconds, minutes, hours, days)
        if total < 0:
            raise ValueError("A clock never goes back: advance() takes 0 seconds or more.")
        self._control.call("POST", "/_fakeayr/clock", {"advance": total})

    def later(
        self, *, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> str:
        """A time after the account's present one, as ISO 8601, for instance for `scheduleDate`."""
        return iso_seconds(self.now + _count_seconds(seconds, minutes, hours, days))


class Account:
    """A fresh account of a fake Ayrshare.

    Attributes:
        api_key: The account's API key.
        domain: Its domain.
        private_key: PEM text of its RSA private key.
        plan: Its plan.
        max_pack: Whether it has the Max Pack.
        age: Which linking API it lives in: `jwt` or `link-sessions`.
        ref_id: Public id of its primary profile.
        clock: Its time.
        primary: Its primary profile.
        closed: Whether `close` has been called.
    """

    def __init__(
        self, control: ApiClient, opened: Mapping[str, Any], find_url: Callable[[], str]
    ) -> None:
        self._find_url = find_url
        self.api_key = str(opened["apiKey"])
        self.domain = str(opened["domain"])
        self.private_key = str(opened["privateKey"])
        self.plan = str(opened["plan"])
        self.max_pack = bool(opened["maxPack"])
        self.age = str(opened["age"])
        self.ref_id = str(opened["refId"])
        self._control = control.with_key(self.api_key)
        self._titles = 0
        self.closed = False
        self.clock = AccountClock(self._control)
        self.primary = Profile(
            self._control,
            {},
            self._find_page,
            key=None,
            ref_id=self.ref_id,
            title=PRIMARY_TITLE,
        )

    def __repr__(self) -> str:
        """Names the account without its secrets."""
        return f"<Account {self.domain} plan={self.plan} at {self._find_page()}/api>"

    @property
    def url(self) -> str:
        """The server, for instance to open its linking page.

        Raises:
            ServerRefused: It would have to be started, and may not open a socket.
        """
        return self._find_url()

    @property
    def api_url(self) -> str:
        """What clients call the base URL; it ends in `/api`. See `url`."""
        return f"{self.url}/api"

    def browser_url(self, url: str) -> str:
        """An address of Ayrshare's, such as a linking URL, as a real browser can open it.

        Args:
            url: What the application got. Any other address is returned as it is.

        Raises:
            ServerRefused: The server would have to be started, and may not open a socket.
            TypeError: It is no text.
        """
        if not isinstance(url, str):
            raise TypeError(f"browser_url() takes the text of a URL, not a {type(url).__name__}.")
        parts = urlsplit(url)
        if not hosts.is_answered(parts.hostname):
            return url
        there = urlsplit(self.url)
        return parts._replace(scheme=there.scheme, netloc=there.netloc).geturl()

    def _find_page(self) -> str:
        """Where linking URLs lead: to the server, or to Ayrshare where there can be none."""
        try:
            return self.url
        except ServerRefused:
            return f"https://{hosts.ANSWERED[0]}"

    def create_profile(self, title: str | None = None, **fields: Any) -> Profile:
        """Creates a User Profile.

        Args:
            title: Its title; a new one unless given.
            **fields: Further fields of POST /profiles in Ayrshare's spelling.

        Raises:
            CallRefused: The fake refused it, as Ayrshare would.
            TypeError: A field is unknown.
        """
        from fakeayr.api.profiles import NewProfile  # noqa: PLC0415 - it takes Flask along

        check_fields(fields, NewProfile.__struct_encode_fields__, "A profile")
        if title is None:
            self._titles += 1
            title = f"Profile {self._titles}"
        made = self._control.call("POST", "/api/profiles", {"title": title, **fields})
        return self.profile(str(made["profileKey"]), title=title, ref_id=str(made["refId"]))

    def profile(self, key: str, *, title: str | None = None, ref_id: str | None = None) -> Profile:
        """The profile with this key, for instance one that the application created."""
        if title is None or ref_id is None:
            user = self._control.call("GET", "/api/user", profile_key=key)
            title, ref_id = str(user["title"]), str(user["refId"])
        credentials = {"domain": self.domain, "privateKey": self.private_key}
        return Profile(
            self._control, credentials, self._find_page, key=key, ref_id=ref_id, title=title
        )

    def open(self, url: str) -> Page:
        """Opens a linking URL as a person with a new browser would.

        Args:
            url: What the application got from Ayrshare.

        Raises:
            LinkRefused: The link does not open.
            TypeError: It is no text.
        """
        if not isinstance(url, str):
            raise TypeError(f"open() takes the text of a linking URL, not a {type(url).__name__}.")
        return Page(Browser(self._control.transport), url)

    def inspect(self, url: str) -> dict[str, Any]:
        """The verdict on a linking URL: `valid`, `reason`, `profile`, `networks`, `expires`."""
        return dict(self._control.call("POST", "/_fakeayr/inspect", {"url": url}))

    def next_consent(self, outcome: str, network: str | None = None, **details: Any) -> None:
        """Decides how the next consent ends, on any page that a browser has open.

        Args:
            outcome: `allow`, `cancel`, `no-account`, `permission-missing`, `network-down` or
                `linked-elsewhere`.
            network: Only of this network.
            **details: Fields of the link's `displayNames` entry, as for `Profile.link`.

        Raises:
            CallRefused: The fake does not know the outcome or a field.
            ValueError: The network is unknown.
        """
        if network is not None:
            check_network(network)
        body = {"outcome": outcome, "platform": network, "details": details}
        self._control.call("POST", "/_fakeayr/consents", body)

    def declare_media(
        self,
        url: str,
        *,
        content_type: str | None = None,
        bytes: int | None = None,  # noqa: A002 - as the control API calls it
        width: int | None = None,
        height: int | None = None,
        seconds: float | None = None,
        reachable: bool = True,
    ) -> None:
        """Declares what a URL holds: the fake fetches none.

        Args:
            url: The URL, exactly as the application uses it.
            content_type: What it is; what its extension says unless given.
            bytes: Its size. Like all that is not given, it is within every limit otherwise.
            width: Width in pixels.
            height: Height in pixels.
            seconds: Length of a video.
            reachable: Whether networks can fetch it.

        Raises:
            CallRefused: It is no URL, or a value is out of range.
        """
        body = {
            "url": url,
            "contentType": content_type,
            "bytes": bytes,
            "width": width,
            "height": height,
            "seconds": seconds,
            "reachable": reachable,
        }
        self._control.call("POST", "/_fakeayr/media", body)

    @property
    def uploads(self) -> list[UploadedFile]:
        """The files that were uploaded so far, oldest first, with those that are awaited."""
        listed = self._control.call("GET", "/_fakeayr/media")["uploads"]
        return [UploadedFile.from_entry(entry, self._find_page()) for entry in listed]

    def next_publication(
        self,
        outcome: str,
        network: str | None = None,
        *,
        profile: Profile | None = None,
        **order: Unpack[PublicationOrder],
    ) -> None:
        """Decides how the next publication on a network ends.

        A post for three networks is three publications.

        Args:
            outcome: `fail` (the network refuses it), `pending` (it is published, but the network
                never tells its id) or `slow` (the network takes its time).
            network: Only on this network.
            profile: Only of this profile.
            **order: See `PublicationOrder`.

        Raises:
            CallRefused: The fake refuses the order; the message says what is wrong with it.
            TypeError: A name in the order is unknown.
            ValueError: The outcome or the network is unknown.
        """
        decide_publication(self._control, outcome, network, order, self._key_of(profile))

    def set_analytics(self, post: Post | str, network: str, **values: Any) -> None:
        """Sets what a network reports of a post; what is made up follows.

        Args:
            post: The post, or its id: Ayrshare's, or the network's. An id of the network that is no
                post's names one that was not sent through Ayrshare.
            network: The network.
            **values: Fields as the response has them, such as `likeCount=12` or
                `reactions={"love": 3}`.

        Raises:
            CallRefused: The network has no such field, or the value is of the wrong type.
        """
        post_id = post if isinstance(post, str) else post.id
        choose_analytics(self._control, network, {"id": post_id, "values": values})

    def next_analytics(
        self, outcome: str, network: str, *, profile: Profile | None = None, times: int = 1
    ) -> None:
        """Decides how the next analytics of a network end.

        Args:
            outcome: `failed` or `throttled`.
            network: The network.
            profile: Only of this profile.
            times: How many of them.

        Raises:
            CallRefused: The fake does not know such an order; the message says what is wrong.
        """
        order = {"outcome": outcome, "times": times, "profileKey": self._key_of(profile)}
        choose_analytics(self._control, network, order)

    @property
    def posts(self) -> list[Post]:
        """The posts of all profiles, the oldest first, and what became of them.

        Of more than 10,000 it is the latest.
        """
        return fetch_posts(self._control)

    def _key_of(self, profile: Profile | None) -> str | None:
        """The key of a profile for the control API; `None` without one.

        Raises:
            TypeError: It is no profile.
        """
        if not isinstance(profile, Profile | None):
            raise TypeError(
                f"profile must be a Profile, such as ayrshare.primary, not {profile!r}."
            )
        return None if profile is None else profile.key or self.api_key

    def assert_posted(
        self,
        network: str,
        *,
        text: "str | re.Pattern[str] | None" = None,
        media_urls: Sequence[str] | None = None,
        profile: Profile | None = None,
        times: int | None = None,
        **options: Any,
    ) -> list[PublishedPost]:
        """Asserts that people see a post on a network, and returns the matching ones.

        Args:
            network: The network.
            text: The whole text, or a pattern that it contains.
            media_urls: Exactly these media, in this order.
            profile: Only posts of this profile.
            times: How many posts exactly; at least one unless given.
            **options: Options of the network in Ayrshare's spelling, with these values.

        Raises:
            AssertionError: There is none, or another number; the message says what is there, and
                why the rest is not.
            TypeError: The network has no such option, or `profile` is no profile.
            ValueError: The network is unknown.
        """
        check_network(network)
        if options:
            from fakeayr.ayrshare.posting.options import OPTIONS  # noqa: PLC0415 - seldom needed

            known = OPTIONS[network].model.__struct_encode_fields__ if network in OPTIONS else ()
            check_fields(options, known, f"A post on {network}")
        posts = fetch_posts(self._control, profileKey=self._key_of(profile))
        return find_posted(posts, WantedPost(network, text, media_urls, options, times))

    def configure(
        self,
        *,
        plan: str | None = None,
        max_pack: bool | None = None,
        age: str | None = None,
        **settings: Any,
    ) -> None:
        """Changes the account.

        Args:
            plan: Its plan.
            max_pack: Whether it has the Max Pack.
            age: `jwt` or `link-sessions`.
            **settings: Settings in the control API's spelling, such as `rateLimit=True`.
        """
        body = {"plan": plan, "maxPack": max_pack, "age": age, "settings": settings}
        changed = self._control.call("PATCH", "/_fakeayr/accounts", body)
        self.plan, self.max_pack = str(changed["plan"]), bool(changed["maxPack"])
        self.age = str(changed["age"])

    @property
    def requests(self) -> list[RecordedRequest]:
        """The calls of the API and the linking page so far, redacted, oldest first.

        What the fixture's own methods call is not among them.
        """
        answer = self._control.call("GET", "/_fakeayr/requests")
        return [RecordedRequest.from_entry(entry) for entry in answer["requests"]]

    @property
    def advice(self) -> list[Advice]:
        """What the application should mend, the surest first; equal pieces are counted.

        `docs/advice.md` explains each piece.
        """
        answer = self._control.call("GET", "/_fakeayr/advice")
        return [decode(Advice, entry) for entry in answer["advice"]]

    def assert_no_advice(self, allow: Collection[str] = (), *, hints: bool = False) -> None:
        """Asserts that the application does nothing that should be mended.

        Args:
            allow: Names of pieces that are meant so, such as `field-unknown`; with `*`, all that
                begin alike.
            hints: Whether hints count, too.

        Raises:
            AssertionError: There is something to mend; the message says what, and how.
            TypeError: `allow` is a text.
            ValueError: No advice has a name in `allow`.
        """
        if isinstance(allow, str):
            raise TypeError("assert_no_advice(allow=[…]) takes a list of names, not a text.")
        found = find_unwelcome(self.advice, allow, hints=hints)
        if found:
            lines = "\n".join(f"  {piece}" for piece in found)
            raise AssertionError(f"The fake has advice on the application's calls:\n{lines}")

    def find_unauthorized(self, since: float) -> list[RecordedRequest]:
        """Calls to the same fake that carried no valid API key: they are in no account's journal.

        Args:
            since: UNIX seconds of real time; see `fakeayr.real_time`.
        """
        from fakeayr.ayrshare.errors import API_KEY_NOT_VALID  # noqa: PLC0415 - seldom needed

        answer = self._control.with_key(development.API_KEY).call("GET", "/_fakeayr/requests")
        calls = [RecordedRequest.from_entry(entry) for entry in answer["requests"]]
        return [
            call for call in calls if call.code == API_KEY_NOT_VALID.code and call.time >= since
        ]

    @property
    def webhooks(self) -> list[Webhook]:
        """The webhook deliveries so far, once nothing is due or being sent any more."""
        answer = self._control.call("GET", f"/_fakeayr/webhooks?wait={_SETTLE_SECONDS}")
        return [Webhook.from_entry(entry) for entry in answer["webhooks"]]

    @property
    def emails(self) -> list[Email]:
        """The Connect Accounts e-mails so far."""
        answer = self._control.call("GET", f"/_fakeayr/emails?wait={_SETTLE_SECONDS}")
        return [Email.from_entry(entry) for entry in answer["emails"]]

    def register_webhook(self, action: str, url: str, secret: str | None = None) -> None:
        """Registers a webhook of the primary profile, which all profiles without one inherit."""
        self.primary.register_webhook(action, url, secret)

    def probe_webhook(
        self, url: str, *, secret: str | None = None, profile: Profile | None = None
    ) -> ProbeReport:
        """Sends right and wrong deliveries to a receiver, and reports what it did with each.

        Args:
            url: The receiver; it need not be registered.
            secret: What it checks signatures with. Without it, nothing that should be refused is
                sent.
            profile: The profile that the deliveries tell of; the primary one unless given.

        Raises:
            CallRefused: Webhooks cannot go to this URL.
        """
        body = {"url": url, "secret": secret, "profileKey": self._key_of(profile)}
        answer = self._control.call("POST", "/_fakeayr/webhook-probes", body)
        return ProbeReport.from_answer(answer)

    def resend(self, sent: Webhook | Email) -> None:
        """Sends a webhook or an e-mail once more.

        Raises:
            TypeError: It is neither.
        """
        if not isinstance(sent, Webhook | Email):
            raise TypeError("resend() takes one of `webhooks` or `emails`.")
        kind = "webhooks" if isinstance(sent, Webhook) else "emails"
        self._control.call("POST", f"/_fakeayr/{kind}/{sent.id}/resend")

    def fault(self, kind: str, *, profile: Profile | None = None, **order: Any) -> InjectedFault:
        """Makes matching calls go wrong; what it returns can be given to `remove_faults`.

        Args:
            kind: `error`, `rate-limit`, `latency`, `reset`, `truncated`, `malformed` or `html`.
            profile: Only calls for this profile.
            **order: `method`; `path` (below `/api`, with `*`); `times` (1 unless given; `None`
                until it is removed); `when` (`before` or `after` the call took effect); and what
                the kind needs: `status`, `code`, `message`, `seconds`, `probability`, `seed`.
        """
        if profile is not None:
            order["profileKey"] = self._key_of(profile)
        made = self._control.call("POST", "/_fakeayr/faults", {"kind": kind, **order})
        return decode(InjectedFault, made)

    def fail_next(self, status: int = 500, **order: Any) -> InjectedFault:
        """The next matching call returns an error in Ayrshare's shape; see `fault`."""
        return self.fault("error", status=status, **order)

    def slow(self, seconds: float, **order: Any) -> InjectedFault:
        """The next matching call returns `seconds` of real time late; see `fault`."""
        return self.fault("latency", seconds=seconds, **order)

    def rate_limit(self, **order: Any) -> InjectedFault:
        """The next matching call returns 429 with the rate limit's headers; see `fault`."""
        return self.fault("rate-limit", **order)

    def chaos(
        self, probability: float, *, seed: int = 0, kind: str = "error", **order: Any
    ) -> InjectedFault:
        """Each matching call fails with this probability, the same ones for the same seed."""
        return self.fault(kind, probability=probability, seed=seed, **order)

    @property
    def faults(self) -> list[InjectedFault]:
        """The faults that were ordered, with the calls that they hit so far."""
        answer = self._control.call("GET", "/_fakeayr/faults")
        return [decode(InjectedFault, entry) for entry in answer["faults"]]

    def remove_faults(self, *faults: InjectedFault) -> None:
        """Ends these faults; all of them unless given."""
        if not faults:
            self._control.call("DELETE", "/_fakeayr/faults")
        for fault in faults:
            self._control.call("DELETE", f"/_fakeayr/faults/{fault.id}")

    def assert_called(
        self, method: str, path: str, *, times: int | None = None, **fields: Any
    ) -> list[RecordedRequest]:
        """Asserts that a call was made, and returns the matching ones.

        Args:
            method: Its method.
            path: Its path, with or without `/api`.
            times: How often exactly; at least once unless given.
            **fields: Fields that the body (or the query) must carry with these values.

        Raises:
            AssertionError: It was not, or as often; the message lists the calls that were.
            ValueError: The path stands where the method belongs.
        """
        if "/" in method:
            raise ValueError('The method comes first: assert_called("GET", "/user").')
        calls = self.requests
        wanted = path if path.startswith("/api") else f"/api/{path.removeprefix('/')}"
        found = [call for call in calls if _matches(call, method, wanted, fields)]
        if (times is None and found) or len(found) == times:
            return found
        expected = "at least once" if times is None else count_times(times)
        seen = "\n".join(f"  {call}" for call in calls) or "  nothing at all"
        with_fields = f" with {fields}" if fields else ""
        raise AssertionError(
            f"{method} {wanted}{with_fields} was called {count_times(len(found))}, not "
            f"{expected}. The fake saw:\n{seen}"
        )

    def close(self) -> None:
        """Removes the account from the server, unless that has been done."""
        if not self.closed:
            self._control.call("DELETE", "/_fakeayr/accounts")
            self.closed = True


def _count_seconds(seconds: float, minutes: float, hours: float, days: float) -> float:
    return seconds + 60 * minutes + 3600 * hours + 86_400 * days


def _matches(call: RecordedRequest, method: str, path: str, fields: dict[str, Any]) -> bool:
    sent = {**call.query, **(call.body if isinstance(call.body, dict) else {})}
    return (
        call.method == method.upper()
        and call.path.rstrip("/") == path.rstrip("/")
        and all(name in sent and sent[name] == value for name, value in fields.items())
    )
