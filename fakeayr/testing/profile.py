"""A profile of the account under test."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypedDict, Unpack
from urllib.parse import urlencode

from fakeayr.client.api import ApiClient, CallRefused
from fakeayr.client.names import check_choice, check_fields
from fakeayr.client.transport import TransportError
from fakeayr.testing.posts import Post, PublishedPost, published_on

__tracebackhide__ = True  # A failing test's report shows the test's own lines.

_MOST_POSTS: Final = 10_000


class PublicationOrder(TypedDict, total=False):
    """Further details of how publications end; all of it is optional.

    Attributes:
        times: How many publications end so; one unless given.
        code: With `fail`, the error's code.
        message: With `fail`, the error's message; that of the code unless given.
        retry_available: With `fail`, whether the error says `retryAvailable: true`.
        seconds: With `slow`, when the network has taken it, in seconds of the account's time.
    """

    times: int
    code: int
    message: str
    retry_available: bool
    seconds: float


class Profile:
    """A User Profile, or the account's primary one.

    Attributes:
        key: Its profile key; `None` for the primary profile.
        ref_id: Its public id.
        title: Its title.
    """

    def __init__(
        self,
        control: ApiClient,
        credentials: dict[str, str],
        find_page: Callable[[], str],
        *,
        key: str | None,
        ref_id: str,
        title: str,
    ) -> None:
        self._control = control
        self._credentials = credentials
        self._find_page = find_page
        self.key = key
        self.ref_id = ref_id
        self.title = title

    def __repr__(self) -> str:
        """Title, id, and what is linked."""
        try:
            state = f"linked={self.linked}"
        except (CallRefused, TransportError):
            state = "gone"
        return f"<Profile {self.title!r} refId={self.ref_id} {state}>"

    def linking_url(self, **fields: Any) -> str:
        """A linking URL, as POST /profiles/generateJWT returns it.

        Args:
            **fields: Fields of its body in Ayrshare's spelling, such as `redirect="…"`,
                `allowedSocial=["facebook"]` or `expiresIn=30` (minutes).

        Raises:
            CallRefused: The fake refused it, as Ayrshare would.
            TypeError: A field is unknown.
            ValueError: It is the primary profile, which has no key to make one for.
        """
        from fakeayr.domain.linking.request import GenerateJwtRequest  # noqa: PLC0415 - seldom needed

        if self.key is None:
            raise ValueError(
                "The primary profile has no linking URL: generateJWT needs a profile key. "
                "Make a profile with create_profile()."
            )
        check_fields(fields, GenerateJwtRequest.__struct_encode_fields__, "generateJWT")
        body = {**self._credentials, "profileKey": self.key, **fields}
        page = self._control.at(self._find_page())
        answer = page.call("POST", "/api/profiles/generateJWT", body)
        return str(answer["url"])

    def link_session(self, **fields: Any) -> str:
        """A linking URL of the newer age, as POST /profiles/link-sessions returns it.

        Args:
            **fields: Fields of its body in Ayrshare's spelling.

        Raises:
            CallRefused: The fake refused it, as Ayrshare would.
            TypeError: A field is unknown.
        """
        from fakeayr.domain.linking.request import LinkSessionRequest  # noqa: PLC0415 - seldom needed

        check_fields(fields, LinkSessionRequest.__struct_encode_fields__, "A link session")
        page = self._control.at(self._find_page())
        answer = page.call("POST", "/api/profiles/link-sessions", fields, profile_key=self.key)
        return str(answer["url"])

    @property
    def user(self) -> dict[str, Any]:
        """The answer of GET /user for this profile."""
        answer = self._control.call("GET", "/api/user", profile_key=self.key)
        return dict(answer)

    @property
    def linked(self) -> list[str]:
        """Names of the linked networks."""
        return list(self.user.get("activeSocialAccounts", []))

    def link(self, network: str, *, own_app: bool = False, **details: Any) -> None:
        """Links a network, as a person would on the page.

        Args:
            network: Its name on the wire, for instance `facebook`.
            own_app: Whether X is linked through your own app.
            **details: Fields of its `displayNames` entry, for instance `displayName="My Page"`.

        Raises:
            CallRefused: The fake does not know a field, or the link would not be Ayrshare's.
            ValueError: The network is unknown.
        """
        order = {**self._order(network), "details": details, "ownApp": own_app}
        self._control.call("POST", "/_fakeayr/links", order)

    def unlink(self, network: str) -> None:
        """Unlinks a network, as a person would on the page."""
        self._control.call("DELETE", "/_fakeayr/links", self._order(network))

    def revoke(self, network: str) -> None:
        """The network takes the link away: the webhook's source is `system`."""
        self._event("revoke", network)

    def near_expiry(self, network: str) -> None:
        """The link has to be renewed soon: a `refresh` webhook reports it."""
        self._event("near-expiry", network)

    def suspend(self) -> None:
        """Ayrshare suspends the profile."""
        self._event("suspend")

    def unsuspend(self) -> None:
        """Ayrshare lets a suspended profile be used again."""
        self._event("unsuspend")

    def delete(self) -> None:
        """Deletes the profile; its key, links and linking URLs are dead at once."""
        self._control.call("DELETE", "/api/profiles", profile_key=self.key)

    def post(
        self, text: str | dict[str, str], networks: str | Sequence[str], **fields: Any
    ) -> Post:
        """Posts, as the application would with POST /post, and returns what became of it.

        Args:
            text: The text, or one for each network and `default`.
            networks: The network or networks; `all` for those that are linked.
            **fields: Further fields in Ayrshare's spelling, such as `scheduleDate="…"` or
                `instagramOptions={"stories": True}`.

        Returns:
            The post; of a series, the first. Its `errors` say which networks refused it, if others
            took it.

        Raises:
            CallRefused: Ayrshare or each of the networks refused it.
            TypeError: A field or an option is unknown.
            ValueError: A network is unknown.
        """
        names = [networks] if isinstance(networks, str) else list(networks)
        _check_post(names, fields)
        body = {"post": text, "platforms": names, **fields}
        try:
            answer = self._control.call("POST", "/api/post", body, profile_key=self.key)
        except CallRefused as refused:
            answer = refused.answer
            if not any(result.get("postIds") for result in _read_results(answer)):
                raise
        (post,) = fetch_posts(self._control, id=_read_results(answer)[0]["id"])
        return post

    @property
    def posts(self) -> list[Post]:
        """The profile's posts, the oldest first, and what became of them.

        Of more than 10,000 it is the latest.
        """
        return fetch_posts(self._control, profileKey=self.key or self._control.api_key)

    def published(self, network: str) -> list[PublishedPost]:
        """What people see of the profile on a network, the oldest first."""
        check_network(network)
        return published_on(self.posts, network)

    def next_publication(
        self, outcome: str, network: str | None = None, **order: Unpack[PublicationOrder]
    ) -> None:
        """Decides how the profile's next publication ends; see `Account.next_publication`."""
        key = self.key or self._control.api_key
        decide_publication(self._control, outcome, network, order, key)

    def set_analytics(self, network: str, **values: Any) -> None:
        """Sets what a network reports of the profile's account; what is made up follows.

        Args:
            network: The network.
            **values: Fields as the response has them, such as `followersCount=12`.

        Raises:
            CallRefused: The network has no such field, or the value is of the wrong type.
        """
        choose_analytics(self._control, network, {"profileKey": self.key, "values": values})

    def register_webhook(self, action: str, url: str, secret: str | None = None) -> None:
        """Registers a webhook of this profile."""
        body = {"action": action, "url": url, "secret": secret}
        self._control.call("POST", "/api/hook/webhook", body, profile_key=self.key)

    def rotate_webhook_secret(self, secret: str) -> None:
        """Sets another secret for this profile's webhooks; for a day both sign."""
        self._control.call(
            "POST", "/api/hook/webhook/secret", {"secret": secret}, profile_key=self.key
        )

    def _event(self, kind: str, network: str | None = None) -> None:
        if network is not None:
            check_network(network)
        body = {"type": kind, "profileKey": self.key, "platform": network}
        self._control.call("POST", "/_fakeayr/events", body)

    def _order(self, network: str) -> dict[str, Any]:
        check_network(network)
        return {"platform": network, "profileKey": self.key}


def decide_publication(
    control: ApiClient,
    outcome: str,
    network: str | None,
    order: PublicationOrder,
    profile_key: str | None,
) -> None:
    """Orders how the next publications end; see `Account.next_publication`."""
    from fakeayr.domain.posting.outcomes import PublicationOutcome  # noqa: PLC0415 - seldom needed

    check_choice(outcome, tuple(PublicationOutcome), "way for a publication to end")
    if network is not None:
        check_network(network)
    check_fields(order, PublicationOrder.__annotations__, "A publication's order")
    body = {"outcome": outcome, "platform": network, "profileKey": profile_key, **order}
    if "retry_available" in body:
        body["retryAvailable"] = body.pop("retry_available")
    control.call("POST", "/_fakeayr/publications", body)


def choose_analytics(control: ApiClient, network: str, order: dict[str, Any]) -> None:
    """Orders what a network reports; the fake names what else is wrong with an order.

    Raises:
        ValueError: The network is unknown.
    """
    check_network(network)
    control.call("POST", "/_fakeayr/analytics", {"platform": network, **order})


def fetch_posts(control: ApiClient, **wanted: str | None) -> list[Post]:
    """The account's posts, the oldest first; those of a `profileKey` or the one with an `id`."""
    given = {name: value for name, value in wanted.items() if value is not None}
    answer = control.call("GET", f"/_fakeayr/posts?{urlencode({'limit': _MOST_POSTS, **given})}")
    return [Post.from_entry(entry) for entry in answer["posts"]]


def check_network(network: str) -> None:
    """Checks the name of a network.

    Raises:
        ValueError: There is none with this name; the message suggests the one that was meant.
    """
    from fakeayr.ayrshare.networks import NETWORKS  # noqa: PLC0415 - seldom needed

    check_choice(network, NETWORKS, "network")


def _check_post(networks: Iterable[str], fields: dict[str, Any]) -> None:
    """Checks the names in a post; the API itself ignores those of fields that it does not know."""
    from fakeayr.api.post_body import ALL, PostBody  # noqa: PLC0415 - it takes Flask along
    from fakeayr.ayrshare.posting.options import OPTIONS  # noqa: PLC0415 - seldom needed

    for network in networks:
        if network != ALL:
            check_network(network)
    check_fields(fields, PostBody.__struct_encode_fields__, "A post")
    for options in OPTIONS.values():
        for name in options.names:
            sent = fields.get(name)
            if isinstance(sent, dict):
                check_fields(sent, options.model.__struct_encode_fields__, name)


def _read_results(answer: Any) -> list[dict[str, Any]]:
    """What POST /post returned for each profile."""
    if isinstance(answer, dict):
        return list(answer.get("posts", [answer]))
    return answer if isinstance(answer, list) else []
