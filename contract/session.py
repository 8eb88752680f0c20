"""What a check works with: the server, profiles of its own, and keys good and bad."""

import base64
import itertools
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from fakeayr.client.tokens import Token, TokenUnreadable, load_key, read_token
from fakeayr.contract.document import documented_errors
from fakeayr.contract.errors import Untestable
from fakeayr.contract.leftovers import TITLE_PREFIX, Leftover, Leftovers
from fakeayr.contract.server import Answer, CheckedServer
from fakeayr.errors import FakeayrError

_PAUSE_SECONDS: Final = 1.0
_PATIENCE_SECONDS: Final = 20.0
"""The real API shows a new profile some seconds late."""

NOBODYS_KEY: Final = "AAAAAAA-AAAAAAA-AAAAAAA-AAAAAAA"
"""A profile key of the right shape that no server has given to anybody."""

Link = Callable[[str, str], None]
"""Links a network, given second, to the profile whose key is given first."""


class FactBroken(FakeayrError, AssertionError):
    """A fact does not hold.

    Attributes:
        answer: The response that shows it, if one does.
    """

    def __init__(self, what: str, answer: Answer | None = None) -> None:
        super().__init__(what)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class CreatedProfile:
    """A profile that the run has created, with the response to its creation."""

    key: str
    ref_id: str
    title: str
    created: Answer


class ContractSession:
    """One run against a server.

    Args:
        target: The server.
        leftovers: Where the profiles that were created are noted.
        link: How a network is linked without a person; `None` where that cannot be done.
    """

    def __init__(
        self, target: CheckedServer, leftovers: Leftovers, link: Link | None = None
    ) -> None:
        self.target = target
        self.call = target.call
        self._link = link
        self._leftovers = leftovers
        self._run = secrets.token_hex(4)
        self._numbers = itertools.count(1)

    @property
    def can_link(self) -> bool:
        """Whether a network can be linked without a person."""
        return self._link is not None

    def link(self, profile_key: str, network: str) -> None:
        """Links a network to a profile.

        Raises:
            Untestable: Only a person can do that here.
        """
        if self._link is None:
            raise Untestable("Only a person can link a network on this server.")
        self._link(profile_key, network)

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

    def try_profile(self, title: str, **fields: Any) -> Answer:
        """Asks for a profile; if it is created, it is deleted when the run ends."""
        known = {it.title for it in self._leftovers.entries()}
        if title not in known:
            self._leftovers.add(Leftover(self.target.url, title))
        answer = self.call("POST", "/profiles", body={"title": title, **fields})
        key = answer.fields.get("profileKey")
        if answer.status == 200 and isinstance(key, str):
            self._leftovers.add(Leftover(self.target.url, title, key))
        elif title not in known:
            self._leftovers.remove(self.target.url, title)
        return answer

    @cached_property
    def profile(self) -> CreatedProfile:
        """A profile for the checks that leave it as it is."""
        return self.create_profile()

    def delete(self, profile: CreatedProfile) -> Answer:
        """Deletes a profile that the run has created."""
        answer = self.call("DELETE", "/profiles", profile_key=profile.key)
        if answer.status == 200:
            self._leftovers.remove(self.target.url, profile.title)
        return answer

    def listed(self, **query: Any) -> list[dict[str, Any]]:
        """The profiles that GET /profiles returns."""
        answer = self.call("GET", "/profiles", query=query)
        entries = answer.fields.get("profiles")
        expect(answer.status == 200 and isinstance(entries, list), "no list of profiles", answer)
        return [entry for entry in entries or [] if isinstance(entry, dict)]

    def eventually_listed(self, ref_id: str) -> dict[str, Any]:
        """A profile's entry in the list, waiting as long as the real API needs."""
        deadline = time.monotonic() + (_PATIENCE_SECONDS if self.target.paced else 0)
        while True:
            found = [entry for entry in self.listed(refId=ref_id) if entry.get("refId") == ref_id]
            if found:
                return found[0]
            if time.monotonic() >= deadline:
                raise FactBroken(f"GET /profiles does not list the new profile {ref_id}")
            time.sleep(_PAUSE_SECONDS)

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
        return self.call("POST", "/profiles/generateJWT", body=body, headers=headers)

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
        expect(answer.status == 200 and isinstance(text, str), "no token", answer)
        try:
            return read_token(str(text))
        except TokenUnreadable as error:
            raise FactBroken(str(error), answer) from error

    def is_signed(self, token: Token) -> bool:
        """Whether the token is signed with the account's key."""
        return token.is_signed_by(self.public_key)


def expect(holds: object, what: str, answer: Answer | None = None) -> None:
    """Checks a condition.

    Raises:
        FactBroken: It does not hold; `what` says what is broken.
    """
    if not holds:
        raise FactBroken(what, answer)


def expect_refusal(answer: Answer, error: str | None = None, *, status: int | None = None) -> None:
    """Checks that a response is an error.

    Args:
        answer: The response.
        error: Its name in openapi.yaml, such as `ProfileKeyInvalid`: the status, and the code and
            the message as far as Ayrshare has published them, have to be the documented ones.
        status: The HTTP status, where no error is named.

    Raises:
        FactBroken: It is another response.
    """
    fields = answer.fields
    expect(fields.get("status") == "error", "it was not refused", answer)
    known = None if error is None else documented_errors()[error]
    allowed = (status,) if known is None else known.statuses
    listed = " or ".join(map(str, allowed))
    if allowed != (None,):
        expect(answer.status in allowed, f"HTTP status {answer.status}, not {listed}", answer)
    if known is not None and known.code_known:
        code = fields.get("code")
        expect(code == known.code, f"code {code}, not {known.code}", answer)
    if known is not None and known.message_known:
        right = fields.get("message") == known.message
        expect(right, f"the message is not {known.message!r}", answer)
