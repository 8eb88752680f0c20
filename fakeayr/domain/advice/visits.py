"""Rules about who opens a linking URL, when, and why it does not open."""

import re
from collections.abc import Mapping
from typing import Any, Final

from fakeayr.domain.advice import shapes
from fakeayr.domain.advice.conduct import Journal, Numbered
from fakeayr.domain.advice.pieces import Piece, advise
from fakeayr.domain.linking.tokens import LinkProblem
from fakeayr.domain.profiles import Profile
from fakeayr.domain.redaction.redactions import quoted

_PROGRAM: Final = re.compile(
    r"python-|Python/|aiohttp|httpx|axios|node|undici|got \(|curl/|Wget|Go-http|okhttp|Java/|"
    r"Apache-HttpClient|PostmanRuntime|insomnia|Ruby|Guzzle|Dart/|(?:bot|preview|scan)\b",
    re.IGNORECASE,
)
_FRAMES: Final = frozenset({"iframe", "frame", "embed", "object"})
_ALWAYS_SHORT: Final = 600.0
_STORED_AFTER: Final = 120.0
_SAME_INSTANT: Final = 2.0


def on_opened_url(asked: Profile, shown: Profile) -> list[Piece]:
    """What to mend when a linking URL shows another profile than it was made for."""
    if asked.key == shown.key:
        return []
    titles = {"asked": quoted(asked.title), "shown": quoted(shown.title)}
    return [advise("conduct-other-profile-logged-in", "query jwt", **titles)]


def on_visitor(agent: str, dest: str) -> list[Piece]:
    """Reports visitors who cannot use the page.

    Args:
        agent: The header User-Agent.
        dest: The header Sec-Fetch-Dest.
    """
    found = []
    if _PROGRAM.search(agent):
        place = "header User-Agent"
        found.append(advise("conduct-link-fetched-by-program", place, agent=quoted(agent)))
    if dest in _FRAMES:
        found.append(advise("conduct-page-framed", "header Sec-Fetch-Dest", dest=f"an {dest}"))
    return found


def on_age(made: float, expires: float, now: float) -> list[Piece]:
    """Says whether a short-lived URL was kept before it was opened; instants in UNIX seconds."""
    lifetime, age = expires - made, now - made
    if lifetime > _ALWAYS_SHORT or age < _STORED_AFTER:
        return []
    return [advise("conduct-link-stored", "query jwt", age=_words(age), lifetime=_words(lifetime))]


def on_expired(made: float, expires: float, now: float, journal: Journal) -> Piece:
    """Says how late a URL is opened, and whether it was opened before."""
    late = {"late": _words(now - expires)}
    visits = [
        call
        for call in journal
        if call.entry.path in {"/", "/social-accounts"}
        and call.entry.status == 200
        and "jwt" in call.entry.query
        and made <= call.entry.time < expires
    ]
    if visits:
        return advise("conduct-link-reopened", "query jwt", count=len(visits), **late)
    return advise("conduct-link-expired", "query jwt", lifetime=_words(expires - made), **late)


def on_token(problem: LinkProblem, token: str) -> list[Piece]:
    """Says what a token is that none can be read from."""
    word = token.strip(shapes.QUOTES)
    if shapes.WORD.fullmatch(word):
        return [advise("conduct-link-undefined", "query jwt", word=quoted(word))]
    if problem is not LinkProblem.MALFORMED:
        return []
    parts = token.count(".") + 1
    return [advise("conduct-link-cut", "query jwt", length=len(token), parts=parts)]


def find_origin(claims: Mapping[str, Any], ref_id: str, journal: Journal) -> Numbered | None:
    """The call that made a token, by what the token says.

    Args:
        claims: The token's claims, unchecked.
        ref_id: The profile that it names.
        journal: The journal of its account.
    """
    made = claims.get("iat")
    if not isinstance(made, (int, float)):
        return None
    calls = [
        call
        for call in journal
        if call.entry.path.endswith("/generateJWT")
        and call.entry.status == 200
        and call.entry.ref_id == ref_id
        and abs(int(call.entry.time) - made) < _SAME_INSTANT
    ]
    return min(calls, key=lambda call: abs(call.entry.time - made - 0.5), default=None)


def on_signature(origin: Numbered | None) -> list[Piece]:
    """What was wrong with the key that a token was signed with."""
    pieces = [] if origin is None else origin.entry.advice
    known = [piece for piece in pieces if piece.name.startswith("key-")]
    return known or [advise("conduct-link-signature", "query jwt")]


def _words(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return f"{round(seconds)} seconds"
    if minutes < 120:
        return "1 minute" if minutes == 1 else f"{minutes} minutes"
    return f"{minutes / 60:.3g} hours"
