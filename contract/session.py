"""What a check works with: the server, profiles of its own, and keys good and bad."""

import base64
import itertools
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlencode

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from fakeayr.client.tokens import Token, TokenUnreadable, load_key, read_token
from fakeayr.contract.control import Control
from fakeayr.contract.document import documented_errors
from fakeayr.contract.errors import OutOfTime, Untestable
from fakeayr.contract.expectations import FactBroken, NotServed, expect, expect_fields
from fakeayr.contract.leftovers import TITLE_PREFIX, Leftover, Leftovers
from fakeayr.contract.posts import Posts
from fakeayr.contract.server import Answer, CheckedServer
from fakeayr.contract.watch import ResponseWatch

_PAUSE_SECONDS: Final = 1.0
_PATIENCE_SECONDS: Final = 20.0
"""The real API shows a new profile some seconds late."""
_PATIENCE_ONCE_BROKEN_SECONDS: Final = 2.0
"""A server that has shown a change too late once is not waited for again and again."""
_PATIENCE_AFTER_DELETION_SECONDS: Final = 60.0
"""And a deleted one perhaps for longer."""
_PAGES: Final = 5
"""How many pages of a list are read at the most: an account may have very many profiles."""

NOBODYS_KEY: Final = "AAAAAAA-AAAAAAA-AAAAAAA-AAAAAAA"
"""A profile key of the right shape that no server has given to anybody."""
NOT_SERVED: Final = (404, 405, 501)
"""The statuses of what a server need not have."""
CLOCKS_DIFFER_SECONDS: Final = 120
_NOT_THE_ACCOUNTS: Final = {
    "DomainNotValid": "AYRSHARE_DOMAIN",
    "PrivateKeyForeign": "AYRSHARE_PRIVATE_KEY",
}
"""The errors that say that the environment holds another account's domain or key."""
GENERATE_PATH: Final = "/profiles/generateJWT"
SCHEDULE_PATH: Final = "/auto-schedule"
SOCIAL_PATH: Final = "/profiles/social"
WEBHOOK_PATH: Final = "/hook/webhook"
WEBHOOK: Final = {"action": "feed", "url": "https://webhooks.fakeayr.example/feed"}
"""A body that registers a webhook."""


@dataclass(frozen=True, slots=True)
class CreatedProfile:
    """A profile that the run has created, with the response to its creation."""

    key: str
    ref_id: str
    title: str
    created: Answer


@dataclass(frozen=True, slots=True)
class DeletedProfile:
    """A profile that the run has created and deleted.

    Attributes:
        profile: The profile.
        title: Its title when it was deleted.
        linking: The response with a linking URL of it.
        at: When it was deleted, by `time.monotonic`.
    """

    profile: CreatedProfile
    title: str
    linking: Answer
    at: float


class ContractSession:
    """One run against a server.

    Args:
        target: The server.
        leftovers: Where the profiles and posts that were created are noted.
        control: What can be made to happen there; `None` where nothing can.
        newer: A session with an account in the age of link sessions, if it is not this one.
        timed: A session with an account whose clock may be moved, if it is not this one.

    Attributes:
        target: The server.
        watch: What looks at every response.
        control: As given.
        newer: The session for checks of link sessions.
        timed: The session for checks that let time go by.
        posts: What posts.
        deleted: Profiles that checks have deleted, for a look when the run ends.
    """

    def __init__(
        self,
        target: CheckedServer,
        leftovers: Leftovers,
        control: Control | None = None,
        newer: "ContractSession | None" = None,
        timed: "ContractSession | None" = None,
    ) -> None:
        self.target = target
        self.watch = ResponseWatch()
        self.watch.hide(target.credentials.api_key, "the API key")
        self.watch.hide(_middle_line(target.credentials.private_key), "the private key")
        self.control = control
        self.newer = newer or self
        self.timed = timed or self
        self.deleted: list[DeletedProfile] = []
        self._leftovers = leftovers
        self._run = secrets.token_hex(4)
        self._numbers = itertools.count(1)
        self._patience = _PATIENCE_SECONDS
        self._shared_title = ""
        self.posts = Posts(self, leftovers, self._run)

    @property
    def calls(self) -> int:
        """How many calls were made, with the accounts of the other sessions, too."""
        targets = {self.target, self.newer.target, self.timed.target}
        return sum(target.calls for target in targets)

    def call(self, method: str, path: str, **options: Any) -> Answer:
        """Calls the API; see `CheckedServer.call`. What holds in every response is watched."""
        answer = self.target.call(method, path, **options)
        self.watch.see(answer)
        return answer

    def user(self, profile: CreatedProfile) -> Answer:
        """GET /user on behalf of a profile."""
        return self.call("GET", "/user", profile_key=profile.key)

    def expect_user(self, profile: CreatedProfile, **fields: Any) -> None:
        """Checks that GET /user shows a profile with its refId and title, or with other fields.

        Raises:
            FactBroken: It does not.
        """
        known = {"title": profile.title, "refId": profile.ref_id}
        expect_fields(self.user(profile), **known | fields)

    def check_account(self) -> None:
        """Checks with a new profile, which is deleted again, that domain and key are the account's.

        Raises:
            Untestable: They are not. Whatever else may be wrong is left to the checks.
        """
        try:
            profile = self.create_profile()
        except FactBroken:
            return
        answer = self.generate(profile, verify=True)
        self.delete(profile)
        for error, variable in _NOT_THE_ACCOUNTS.items():
            if answer.fields.get("message") == documented_errors()[error].message:
                raise Untestable(f"{variable} is not that of the account whose API key is given.")

    @property
    def fake(self) -> Control:
        """What can be made to happen on a fake.

        Raises:
            NotServed: It is none.
        """
        if self.control is None:
            raise NotServed("it takes a fake")
        return self.control

    # Profiles

    def title(self) -> str:
        """A new title with the prefix of this toolkit."""
        return f"{TITLE_PREFIX}{self._run}-{next(self._numbers)}"

    def create_profile(self, title: str | None = None, **fields: Any) -> CreatedProfile:
        """Creates a profile, which is deleted when the run ends.

        Raises:
            FactBroken: It was not created.
        """
        title = title or self.title()
        answer = self.try_profile(title, **fields)
        expect(answer.status == 200, "POST /profiles did not create a profile", answer)
        key, ref_id = answer.fields.get("profileKey"), answer.fields.get("refId")
        expect(isinstance(key, str) and bool(key), "POST /profiles showed no profileKey", answer)
        return CreatedProfile(key=str(key), ref_id=str(ref_id), title=title, created=answer)

    def try_profile(self, title: str, path: str = "/profiles", **fields: Any) -> Answer:
        """Asks for a profile; if it is created, it is deleted when the run ends.

        Args:
            title: Its title.
            path: Where it is asked for.
            fields: Further fields.

        Raises:
            OutOfTime: The time budget is used up.
        """
        known = {it.title for it in self._leftovers.entries()}
        if title not in known:
            self._leftovers.add(Leftover(self.target.url, title))
        try:
            answer = self.target.call("POST", path, body={"title": title, **fields})
        except OutOfTime:  # No call was made.
            if title not in known:
                self._leftovers.remove(self.target.url, title)
            raise
        key = answer.fields.get("profileKey")
        created = key if answer.status == 200 and isinstance(key, str) else None
        self.watch.see(answer, created)
        if created is not None:
            self._leftovers.add(Leftover(self.target.url, title, created))
        elif title not in known:
            self._leftovers.remove(self.target.url, title)
        return answer

    def leftovers(self) -> list[Leftover]:
        """What the run has created and not deleted, but for what checks share."""
        shared = {self._shared_title, *self.posts.shared}
        return [
            entry
            for entry in self._leftovers.entries()
            if self._run in entry.title.lower() and entry.title not in shared
        ]

    def forget(self, entry: Leftover) -> None:
        """Notes that a profile or a post is deleted."""
        self._leftovers.remove(entry.url, entry.title)

    @cached_property
    def profile(self) -> CreatedProfile:
        """A profile for the checks that leave it as it is."""
        profile = self.create_profile()
        self._shared_title = profile.title
        return profile

    def delete(self, profile: CreatedProfile, *, title: str | None = None) -> Answer:
        """Deletes a profile that the run has created.

        Args:
            profile: The profile, named by its key.
            title: Its title, to name it by that.
        """
        if title is None:
            answer = self.call("DELETE", "/profiles", profile_key=profile.key)
        else:
            answer = self.call("DELETE", "/profiles", body={"title": title})
        if answer.status == 200:
            self._leftovers.remove(self.target.url, profile.title)
        return answer

    def listed(self, **query: Any) -> list[dict[str, Any]]:
        """The profiles that GET /profiles returns, on all its pages."""
        entries: list[dict[str, Any]] = []
        for _ in range(_PAGES):
            answer = self.call("GET", "/profiles", query=query)
            page = answer.fields.get("profiles")
            expect(answer.status == 200 and isinstance(page, list), "no list of profiles", answer)
            entries += [entry for entry in page or [] if isinstance(entry, dict)]
            paging = answer.fields.get("pagination")
            cursor = paging.get("nextCursor") if isinstance(paging, dict) else None
            if not cursor or "limit" in query:
                break
            query = {**query, "cursor": cursor}
        return entries

    def ref_ids(self, **query: Any) -> list[Any]:
        """The refIds of the profiles that GET /profiles returns."""
        return [entry.get("refId") for entry in self.listed(**query)]

    def ref_ids_of(self, query: Sequence[tuple[str, str]]) -> list[Any]:
        """The refIds on the first page for a query whose parameters may repeat."""
        answer = self.call("GET", f"/profiles?{urlencode(query)}")
        return [entry.get("refId") for entry in answer.fields.get("profiles", [])]

    def eventually_listed(self, ref_id: str) -> dict[str, Any]:
        """A profile's entry in the list, waiting as long as the real API needs."""
        found: list[dict[str, Any]] = []

        def is_listed() -> bool:
            found[:] = [it for it in self.listed(refId=ref_id) if it.get("refId") == ref_id]
            return bool(found)

        self.eventually(is_listed, f"GET /profiles does not list the new profile {ref_id}")
        return found[0]

    def eventually(
        self, holds: Callable[[], bool], what: str, *, since: float | None = None
    ) -> None:
        """Waits for the list to show a change, as long as the real API needs.

        Args:
            holds: Whether it does.
            what: What is broken if it never does.
            since: When a profile was deleted, by `time.monotonic`, if that is the change.

        Raises:
            FactBroken: It never does.
        """
        deadline = time.monotonic() + self._patience
        if since is not None:
            deadline = since + _PATIENCE_AFTER_DELETION_SECONDS
        pause = _PAUSE_SECONDS
        while not holds():
            if not self.target.paced or time.monotonic() >= deadline:
                self._patience = _PATIENCE_ONCE_BROKEN_SECONDS
                raise FactBroken(what)
            time.sleep(pause)
            pause *= 2  # Calls are few, and what takes long takes longer.

    # Keys

    @cached_property
    def public_key(self) -> rsa.RSAPublicKey:
        """The public half of the account's key."""
        try:
            return load_key(self.target.credentials.private_key).public_key()
        except ValueError as error:
            raise Untestable("AYRSHARE_PRIVATE_KEY is not an RSA key.") from error

    @cached_property
    def corrupt_key(self) -> str:
        """The account's key with a character missing."""
        text = self.target.credentials.private_key
        middle = len(text) // 2
        while not text[middle].isalnum():
            middle += 1
        return text[:middle] + text[middle + 1 :]

    @cached_property
    def half_key(self) -> str:
        """The first half of the account's key file."""
        text = self.target.credentials.private_key
        return text[: len(text) // 2]

    @cached_property
    def foreign_key(self) -> str:
        """A good RSA key that is not the account's."""
        key = rsa.generate_private_key(65537, self.public_key.key_size)
        return key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        ).decode()

    @cached_property
    def base64_key(self) -> str:
        """The account's key file in base64 with line breaks, as `base64` prints it."""
        return base64.encodebytes(self.target.credentials.private_key.encode()).decode()

    # generateJWT

    def jwt_body(self, profile: CreatedProfile, **fields: Any) -> dict[str, Any]:
        """A body of generateJWT; a field given as `None` is left out."""
        known = self.target.credentials
        body = {
            "domain": known.domain,
            "privateKey": known.private_key,
            "profileKey": profile.key,
            **fields,
        }
        return {name: value for name, value in body.items() if value is not None}

    def generate(
        self,
        profile: CreatedProfile | None = None,
        headers: dict[str, str] | None = None,
        **fields: Any,
    ) -> Answer:
        """Calls generateJWT."""
        body = self.jwt_body(profile or self.profile, **fields)
        return self.call("POST", GENERATE_PATH, body=body, headers=headers)

    def opened(self, answer: Answer) -> Answer:
        """Opens the linking page at the url of a response.

        Raises:
            FactBroken: The url cannot be opened.
        """
        url = str(answer.fields.get("url"))
        expect(url.startswith(("http://", "https://")), "the url cannot be opened", answer)
        return self.target.open(url)

    def token(self, answer: Answer) -> Token:
        """The token of a response, taken apart without being believed.

        Raises:
            FactBroken: There is none, or it cannot be decoded.
        """
        text = answer.fields.get("token")
        has_token = answer.status == 200 and isinstance(text, str)
        expect(has_token, f"HTTP status {answer.status} and no token", answer)
        try:
            return read_token(str(text))
        except TokenUnreadable as error:
            raise FactBroken(str(error), answer) from error

    def lifetime(self, answer: Answer) -> Any:
        """How many seconds the token of a response lives."""
        claims = self.token(answer).claims
        return claims["exp"] - claims["iat"]

    def is_signed(self, token: Token) -> bool:
        """Whether the token is signed with the account's key."""
        return token.is_signed_by(self.public_key)


def _middle_line(text: str) -> str:
    """A line that only this private key has."""
    lines = text.split()
    return lines[len(lines) // 2]
