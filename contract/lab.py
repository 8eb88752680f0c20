"""What a check works with: the target, profiles of its own, and keys good and bad."""

import base64
import itertools
import secrets
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from fakeayr.contract.ledger import TITLE_PREFIX, Entry, Ledger
from fakeayr.contract.target import Answer, CannotRun, Target

_PAUSE_SECONDS: Final = 1.0
_PATIENCE_SECONDS: Final = 20.0
"""The real API shows a new profile some seconds late."""


class Broken(AssertionError):
    """A fact does not hold.

    Attributes:
        answer: The answer that shows it, if one does.
    """

    def __init__(self, what: str, answer: Answer | None = None) -> None:
        super().__init__(what)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile that the run has made, with the answer to its creation."""

    key: str
    ref_id: str
    title: str
    created: Answer


@dataclass(frozen=True, slots=True)
class Token:
    """A linking token, taken apart without believing it.

    Attributes:
        text: The token.
        header: Its decoded header.
        claims: Its decoded claims.
    """

    text: str
    header: dict[str, Any]
    claims: dict[str, Any]


class Lab:
    """A run's laboratory.

    Args:
        target: The server under test.
        ledger: Where the profiles made are noted.
        linking: How a link is made without a person; `None` where that cannot be done.
    """

    def __init__(self, target: Target, ledger: Ledger, linking: Any = None) -> None:
        self.target = target
        self.linking = linking
        self._ledger = ledger
        self._run = secrets.token_hex(4)
        self._numbers = itertools.count(1)

    # Profiles

    def title(self) -> str:
        """A title that nobody has, clearly ours."""
        return f"{TITLE_PREFIX}{self._run}-{next(self._numbers)}"

    def create_profile(self, title: str | None = None, **fields: Any) -> Profile:
        """Creates a profile, which is deleted when the run ends.

        Raises:
            Broken: It was not created.
        """
        title = title or self.title()
        answer = self.try_profile(title, **fields)
        expect(answer.status == 200, "POST /profiles did not create a profile", answer)
        key, ref_id = answer.fields.get("profileKey"), answer.fields.get("refId")
        expect(isinstance(key, str) and bool(key), "POST /profiles showed no profileKey", answer)
        return Profile(key=str(key), ref_id=str(ref_id), title=title, created=answer)

    def try_profile(self, title: str, **fields: Any) -> Answer:
        """Asks for a profile; one that comes to be is deleted when the run ends."""
        known = {entry.title for entry in self._ledger.entries()}
        if title not in known:
            self._ledger.add(Entry(self.target.url, title))
        answer = self.target.call("POST", "/profiles", body={"title": title, **fields})
        key = answer.fields.get("profileKey")
        if answer.status == 200 and isinstance(key, str):
            self._ledger.add(Entry(self.target.url, title, key))
        elif title not in known:
            self._ledger.remove(self.target.url, title)
        return answer

    @cached_property
    def profile(self) -> Profile:
        """A profile that checks share which leave it as it is."""
        return self.create_profile()

    def delete(self, profile: Profile) -> Answer:
        """Deletes a profile that the run has made."""
        answer = self.target.call("DELETE", "/profiles", profile_key=profile.key)
        if answer.status == 200:
            self._ledger.remove(self.target.url, profile.title)
        return answer

    def listed(self, **query: Any) -> list[dict[str, Any]]:
        """The profiles that GET /profiles answers."""
        answer = self.target.call("GET", "/profiles", query=query)
        entries = answer.fields.get("profiles")
        expect(answer.status == 200 and isinstance(entries, list), "no list of profiles", answer)
        return [entry for entry in entries or [] if isinstance(entry, dict)]

    def eventually_listed(self, ref_id: str) -> dict[str, Any]:
        """A profile's entry in the list, waiting as long as the real API needs."""
        deadline = time.monotonic() + (_PATIENCE_SECONDS if self.target.kind_to else 0)
        while True:
            found = [entry for entry in self.listed(refId=ref_id) if entry.get("refId") == ref_id]
            if found:
                return found[0]
            if time.monotonic() >= deadline:
                raise Broken(f"GET /profiles does not list the new profile {ref_id}")
            time.sleep(_PAUSE_SECONDS)

    # Keys

    @cached_property
    def public_key(self) -> rsa.RSAPublicKey:
        """The public half of the account's key."""
        key = serialization.load_pem_private_key(
            self.target.credentials.private_key.encode(),
            None,
            unsafe_skip_rsa_key_validation=True,
        )
        if not isinstance(key, rsa.RSAPrivateKey):
            raise CannotRun("AYRSHARE_PRIVATE_KEY is not an RSA key.")
        return key.public_key()

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

    def jwt_body(self, profile: Profile, **fields: Any) -> dict[str, Any]:
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
        self, profile: Profile | None = None, headers: dict[str, str] | None = None, **fields: Any
    ) -> Answer:
        """Calls generateJWT."""
        body = self.jwt_body(profile or self.profile, **fields)
        return self.target.call("POST", "/profiles/generateJWT", body=body, headers=headers)

    def opened(self, answer: Answer) -> Answer:
        """The linking page behind the url of an answer.

        Raises:
            Broken: The url cannot be opened.
        """
        url = str(answer.fields.get("url"))
        expect(url.startswith(("http://", "https://")), "the url cannot be opened", answer)
        return self.target.open(url)

    def token(self, answer: Answer) -> Token:
        """The token of an answer, taken apart.

        Raises:
            Broken: There is none, or it is no token.
        """
        text = answer.fields.get("token")
        expect(answer.status == 200 and isinstance(text, str), "no token", answer)
        try:
            parts = jwt.api_jws.PyJWS().decode_complete(
                str(text), options={"verify_signature": False}
            )
            claims = jwt.decode(str(text), options={"verify_signature": False})
        except jwt.PyJWTError as error:
            raise Broken(f"the token cannot be decoded: {error}", answer) from error
        return Token(text=str(text), header=dict(parts["header"]), claims=claims)

    def is_signed(self, token: Token) -> bool:
        """Whether the token is signed with the account's key, by RS256."""
        signed, _, signature = token.text.rpartition(".")
        raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
        try:
            self.public_key.verify(raw, signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True


def expect(holds: object, what: str, answer: Answer | None = None) -> None:
    """Says what is broken unless it holds."""
    if not holds:
        raise Broken(what, answer)


def expect_refusal(
    answer: Answer,
    status: int | tuple[int, ...] | None = None,
    *,
    code: int | None = None,
    message: str | None = None,
) -> None:
    """Says what is broken unless an answer is an error with this status, code and message."""
    fields = answer.fields
    expect(fields.get("status") == "error", "it was not refused", answer)
    if status is not None:
        allowed = status if isinstance(status, tuple) else (status,)
        expect(answer.status in allowed, f"HTTP status {answer.status}, not {status}", answer)
    if code is not None:
        expect(fields.get("code") == code, f"code {fields.get('code')}, not {code}", answer)
    if message is not None:
        expect(fields.get("message") == message, "the message differs", answer)


def parameters(url: object) -> dict[str, list[str]]:
    """The query of a URL."""
    return parse_qs(urlsplit(str(url)).query)
