"""Writing down what a value is instead of what it says.

Ids, keys, times and tokens differ from server to server and from day to day; what they are must
not. So a profile key becomes `<profileKey 1>`, the same one wherever it stands in a scenario, and a
token is taken apart. Nothing secret is left.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa

from fakeayr.ayrshare import headers, ids, secrets
from fakeayr.ayrshare.hosts import PAGE_HOST
from fakeayr.ayrshare.limits import EXPIRES_IN_MAX_MINUTES
from fakeayr.client.credentials import Credentials
from fakeayr.client.tokens import TokenUnreadable, read_token
from fakeayr.contract.leftovers import TITLE_PREFIX
from fakeayr.contract.server import Answer

_HEADERS: Final = (
    "allow",
    "content-type",
    "location",
    headers.RATE_LIMIT_COUNT,
    headers.RATE_LIMIT_MAX,
)
"""The headers of the API; the others are the web server's."""
_TITLE: Final = rf"{TITLE_PREFIX}[0-9a-f]{{8}}-\d+"
_SHAPES: Final = {
    "session token": re.compile(secrets.SESSION_SECRET),
    "profileKey": re.compile(rf"\b{ids.KEY}\b"),
    "refId": re.compile(rf"\b{ids.REF_ID}\b"),
    "title": re.compile(_TITLE, re.IGNORECASE),
}
"""What is recognised by its shape, wherever it stands."""
_PEM: Final = re.compile(
    # Not where an error message names the lines that a file begins and ends with.
    rf"-----BEGIN [A-Z ]+-----(?! and ).*?(?:-----END [A-Z ]+-----|\Z)|{secrets.ENCODED_KEY_FILE}",
    re.DOTALL,
)
_JWT: Final = re.compile(r"eyJ[\w-]+\.[\w-]*\.[\w-]*")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d+))?(Z|[+-]\d\d:\d\d)")
_DIGITS: Final = {0: "iso-seconds", 3: "iso-milliseconds"}
_SHAPED: Final = {"apiKey", "profileKey", "refId"}
"""Fields whose texts have a shape of their own; another shape is written down."""
_NAMED: Final = {"sessionId"}
"""Fields whose texts are ids without a shape."""
_TEXTS: Final = {
    "accessUrl": "url",
    "autoRepostId": "id",
    "ayrlinkUrl": "url",
    "cid": "id",
    "displayName": "text",
    "email": "email",
    "id": "id",
    "idShare": "id",
    "nextCursor": "cursor",
    "owner": "id",
    "pageName": "text",
    "postUrl": "url",
    "profileUrl": "url",
    "uploadUrl": "url",
    "userId": "id",
    "userImage": "url",
    "username": "text",
}
"""Fields whose texts are each server's own."""
_WORDS: Final = ("success", "partial", "error")
_COUNTS: Final = {
    "_nanoseconds",
    "messagingConversationMonthlyCount",
    "monthlyApiCalls",
    "monthlyApiCallsQuota",
    "monthlyPostCount",
    "monthlyPostQuota",
    "usedQuota",
}
"""Fields whose numbers depend on what happened before."""
_UNIX: Final = {"_seconds", "exp", "iat"}
_FUTURE_SECONDS: Final = 30
_MILLISECONDS_FROM: Final = 100_000_000_000
_SHORTEST_ID: Final = 8
"""Shorter texts are words, and replaced only where they stand alone."""
_LONGEST_LIFE: Final = EXPIRES_IN_MAX_MINUTES * 60


class Normaliser:
    """Writes down the requests and responses of one scenario.

    Args:
        credentials: The account whose secrets must not be written down.
        url: The API's base.
        public_key: The account's, which tokens should be signed for.
    """

    def __init__(self, credentials: Credentials, url: str, public_key: rsa.RSAPublicKey) -> None:
        self._domain = credentials.domain
        self._hosts = {urlsplit(url).netloc, PAGE_HOST}
        self._public_key = public_key
        self._counts: dict[str, int] = {}
        self._known = {
            credentials.api_key: "<apiKey>",
            credentials.private_key: "<private key>",
        }
        self._now = datetime.now(UTC)
        self._token = ""

    def learn(self, text: str, name: str) -> str:
        """Gives a text that a scenario sends a name of its own, and returns the text."""
        self._known.setdefault(text, name)
        return text

    def headers(self, answer: Answer) -> dict[str, Any]:
        """The headers that mean something."""
        shown: dict[str, Any] = {}
        for name in _HEADERS:
            value = answer.headers.get(name)
            if value is None:
                continue
            if name == "allow":  # A set: its order means nothing.
                value = ", ".join(sorted(re.split(r"\s*,\s*", value)))
            elif name == headers.RATE_LIMIT_COUNT and value.isdecimal():
                value = "<count>"
            shown[name] = self.url(value) if name == "location" else value
        return shown

    def body(self, answer: Answer, *, figures: bool = False) -> Any:
        """The body, field by field in the order of the alphabet.

        Args:
            answer: The response.
            figures: Whether it is full of numbers and texts of networks, of which only the kinds
                are written down.
        """
        if answer.json is None:
            kind = answer.headers.get("content-type", "text").partition(";")[0]
            return f"<{kind}>" if answer.text.strip() not in {"", "null"} else "<nothing>"
        self._now = _date(answer.headers.get("date", ""))
        self._token = str(answer.fields.get("token", ""))
        return _kinds(answer.json) if figures else self.value(answer.json)

    def value(self, value: Any, field: str = "") -> Any:
        """A value of a JSON document.

        Args:
            value: The value.
            field: The name of the object's field that it stands in.
        """
        match value:
            case dict():
                return {name: self.value(value[name], name) for name in sorted(value)}
            case list():
                return [self.value(entry, field) for entry in value]
            case str():
                return self._string(value, field)
            case int() | float() if not isinstance(value, bool):
                return _number(value, field)
        return value

    def text(self, text: str) -> str:
        """A text in which everything is replaced that is an id, a key or a token."""
        if text in self._known:
            return self._known[text]
        text = _PEM.sub("<a private key>", text)
        # Tokens have no numbers: those made within a second may be the same, or not.
        text = _JWT.sub(lambda it: "<the token>" if it[0] == self._token else "<jwt>", text)
        for kind, shape in _SHAPES.items():
            text = shape.sub(self._name_of(kind), text)
        for known in sorted(self._known, key=len, reverse=True):
            if len(known) >= _SHORTEST_ID:
                text = text.replace(known, self._known[known])
        return text

    def url(self, url: str) -> Any:
        """A URL that a server made, taken apart; one that it was sent, as it is."""
        if url in self._known:
            return self._known[url]
        parts = urlsplit(url)
        host = "<the target>" if parts.netloc in self._hosts else parts.netloc or "<none>"
        query = parse_qsl(parts.query, keep_blank_values=True)
        return {
            "<url>": {
                "scheme": "http(s)" if parts.scheme in {"http", "https"} else parts.scheme,
                "host": host,
                "path": self.text(parts.path),
                "query": [f"{name}={self._parameter(name, value)}" for name, value in query],
            }
        }

    def _parameter(self, name: str, value: str) -> str:
        if name == "redirect":
            self.learn(value, "<short link>")
            return self._known[value]
        if name == "xapp":
            return "<id>"
        return "<domain>" if value == self._domain else self.text(value)

    def _string(self, text: str, field: str) -> Any:
        told = self._known.get(text) or ("<domain>" if text == self._domain else None)
        return told or self._by_field(text, field) or self._by_shape(text, field)

    def _by_field(self, text: str, field: str) -> Any:
        if field in _TEXTS:
            return f"<{_TEXTS[field]}>"
        if field in _NAMED:
            return self._named(field, text)
        return self.url(text) if field == "url" else None

    def _by_shape(self, text: str, field: str) -> Any:
        if _JWT.fullmatch(text):
            return self._taken_apart(text)
        time = _TIME.fullmatch(text)
        if time is not None:
            return self._time(time)
        shown = _TIME.sub(self._time, self.text(text))
        if text and field in _SHAPED and not re.fullmatch(r"<[^<>]+>", shown):
            return f"<{field} of another shape>"
        return shown

    def _time(self, found: re.Match[str]) -> str:
        kind = _DIGITS.get(len(found[1] or ""), f"iso-{len(found[1] or '')}-digits")
        zone = "" if found[2] == "Z" else f" {found[2]}"
        ahead = (datetime.fromisoformat(found[0]) - self._now).total_seconds()
        when = f" in {round(ahead / 60)} minutes" if ahead > _FUTURE_SECONDS else ""
        return f"<time {kind}{zone}{when}>"

    def _taken_apart(self, text: str) -> Any:
        try:
            token = read_token(text)
        except TokenUnreadable:
            return "<jwt that cannot be decoded>"
        claims = token.claims
        shown = {claim: self._claim(claim, value) for claim, value in sorted(claims.items())}
        lifetime = _lifetime(claims)
        if lifetime is not None:
            shown["exp"] = f"iat + {lifetime}"
        signer = "the account's key" if token.is_signed_by(self._public_key) else "another key"
        return {
            "<jwt>": {"header": self.value(token.header), "claims": shown, "signed with": signer}
        }

    def _claim(self, name: str, value: Any) -> Any:
        if not isinstance(value, str) or name in _SHAPED or value == self._domain:
            return self.value(value, name)
        return self.text(value) if name in {"aud", "iss", "sub"} else "<text>"

    def _name_of(self, kind: str) -> Callable[[re.Match[str]], str]:
        return lambda found: self._named(kind, found[0])

    def _named(self, kind: str, text: str) -> str:
        if text not in self._known:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._known[text] = f"<{kind} {self._counts[kind]}>"
        return self._known[text]


def _kinds(value: Any) -> Any:
    """What a value is, and for an error what it says."""
    match value:
        case {"code": int()}:
            return value
        case dict():
            return {name: _kinds(value[name]) for name in sorted(value)}
        case list():
            return [_kinds(entry) for entry in value[:1]]
        case bool() | None:
            return value
        case int() | float():
            return "<number>"
    return "<text>" if value not in _WORDS else value


def _date(header: str) -> datetime:
    """The server's time, or this machine's where there is none."""
    try:
        return parsedate_to_datetime(header).astimezone(UTC)
    except ValueError:
        return datetime.now(UTC)


def _number(value: float, field: str) -> Any:
    if field in _COUNTS:
        return "<count>"
    if field not in _UNIX:
        return value
    kind = "unix-milliseconds" if abs(value) >= _MILLISECONDS_FROM else "unix-seconds"
    return f"<time {kind}{'' if isinstance(value, int) else ' with a fraction'}>"


def _lifetime(claims: Mapping[str, Any]) -> int | None:
    """By how much `exp` lies behind `iat`, where both count the same."""
    times = claims.get("iat"), claims.get("exp")
    match times:
        case int() as issued, int() as expires if abs(expires - issued) <= _LONGEST_LIFE:
            return expires - issued
    return None
