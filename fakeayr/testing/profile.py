"""A profile of the account under test."""

from collections.abc import Callable
from typing import Any

from fakeayr.client.api import ApiClient, CallRefused
from fakeayr.client.names import check_choice, check_fields
from fakeayr.client.transport import TransportError
from fakeayr.testing.posts import Post, PublishedPost, published_on

__tracebackhide__ = True  # A failing test's report shows the test's own lines.


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
        """A linking URL, as POST /profiles/generateJWT answers it.

        Args:
            **fields: Fields of its body in Ayrshare's spelling, such as `redirect="…"`,
                `allowedSocial=["facebook"]` or `expiresIn=30` (minutes).

        Raises:
            CallRefused: The fake refused it, as Ayrshare would.
            TypeError: A field is unknown.
        """
        from fakeayr.domain.linking.request import GenerateJwtRequest  # noqa: PLC0415 - seldom needed

        check_fields(fields, GenerateJwtRequest.__struct_encode_fields__, "generateJWT")
        body = {**self._credentials, "profileKey": self.key, **fields}
        page = self._control.at(self._find_page())
        answer = page.call("POST", "/api/profiles/generateJWT", body)
        return str(answer["url"])

    def link_session(self, **fields: Any) -> str:
        """A linking URL of the newer age, as POST /profiles/link-sessions answers it.

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
        """The link has to be renewed soon: a `refresh` webhook tells it."""
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

    def post(self, text: str, networks: list[str], **fields: Any) -> dict[str, Any]:
        """Posts, as POST /post does, and returns its answer.

        Args:
            text: The text.
            networks: The networks, or `["all"]`.
            **fields: Further fields in Ayrshare's spelling, such as `scheduleDate="…"`.

        Raises:
            CallRefused: The fake or a network refused it.
            TypeError: A field is unknown.
        """
        from fakeayr.api.post_body import PostBody  # noqa: PLC0415 - it takes Flask along

        check_fields(fields, PostBody.__struct_encode_fields__, "A post")
        body = {"post": text, "platforms": networks, **fields}
        answer = self._control.call("POST", "/api/post", body, profile_key=self.key)
        wrapped: list[dict[str, Any]] = answer.get("posts", [])
        return dict(answer) if self.key is None else wrapped[0]

    @property
    def posts(self) -> list[Post]:
        """The profile's posts, the oldest first, with what became of them."""
        key = f"?profileKey={self.key}" if self.key is not None else ""
        answer = self._control.call("GET", f"/_fakeayr/posts{key}")
        posts = [Post.from_entry(entry) for entry in answer["posts"]]
        return [post for post in posts if post.ref_id == self.ref_id]

    def published(self, network: str) -> list[PublishedPost]:
        """What people see of the profile on a network, the oldest first."""
        _check_network(network)
        return published_on(self.posts, network)

    def next_publication(self, outcome: str, network: str | None = None, **order: Any) -> None:
        """Decides how the profile's next publication ends; see `Account.next_publication`."""
        decide_publication(self._control, outcome, network, order, self.key)

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
        body = {"type": kind, "profileKey": self.key, "platform": network}
        self._control.call("POST", "/_fakeayr/events", body)

    def _order(self, network: str) -> dict[str, Any]:
        return {"platform": network, "profileKey": self.key}


def decide_publication(
    control: ApiClient,
    outcome: str,
    network: str | None,
    order: dict[str, Any],
    profile_key: str | None,
) -> None:
    """Orders how the next publications end; the fake names what is wrong with an order."""
    body = {"outcome": outcome, "platform": network, "profileKey": profile_key, **order}
    control.call("POST", "/_fakeayr/publications", body)


def choose_analytics(control: ApiClient, network: str, order: dict[str, Any]) -> None:
    """Orders what a network reports; the fake names what is wrong with an order."""
    control.call("POST", "/_fakeayr/analytics", {"platform": network, **order})


def _check_network(network: str) -> None:
    from fakeayr.ayrshare.networks import NETWORKS  # noqa: PLC0415 - seldom needed

    check_choice(network, NETWORKS, "network")
