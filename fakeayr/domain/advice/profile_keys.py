"""Rules about API keys and profile keys. They run where a call was refused."""

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

import msgspec

from fakeayr.ayrshare.ids import KEY, REF_ID
from fakeayr.domain.advice import shapes
from fakeayr.domain.advice.pieces import Piece, advise
from fakeayr.domain.clock import iso_seconds
from fakeayr.domain.records import Record, RecordKind
from fakeayr.domain.redaction.redactions import quoted
from fakeayr.domain.tenants import Tenant, World

_REF_ID: Final = re.compile(REF_ID)
_KEY: Final = re.compile(KEY)
_MOST_DELETED: Final = 50


class DeletedProfiles(msgspec.Struct, frozen=True, kw_only=True):
    """The profiles of an account that were deleted last.

    Attributes:
        when: When each was deleted, UNIX seconds of the account's time, by a digest of its key.
    """

    when: dict[str, float] = {}


_DELETED: Final = Record(RecordKind.DELETED_PROFILES, DeletedProfiles)


def note_deletion(tenant: Tenant, key: str) -> None:
    """Notes that a profile is deleted, inside the transaction that does so."""
    known = _DELETED.get(tenant.store, tenant.api_key) or DeletedProfiles()
    when = [*known.when.items(), (_digest(key), tenant.now())][-_MOST_DELETED:]
    document = DeletedProfiles(when=dict(when))
    _DELETED.save(tenant.store, tenant.api_key, owner=tenant.api_key, document=document)


def on_invalid_key(tenant: Tenant, key: str, place: str, where: str) -> Piece:
    """Says what a profile key is that is none of the account's.

    Args:
        tenant: The account.
        key: The key as sent.
        place: Where it stands; see `Piece`.
        where: The same in words.
    """
    word = key.strip().strip(shapes.QUOTES)
    name, values = _name(tenant, key, word)
    return advise(name, place, where=where, word=quoted(word), length=len(key), **values)


def _name(tenant: Tenant, key: str, word: str) -> tuple[str, dict[str, str]]:
    found = _name_text(key, word)
    if found is not None:
        return found, {}
    if key == tenant.api_key:
        return "profile-key-is-api-key", {}
    profile = tenant.store.profile(word)
    if profile is not None and profile.account != tenant.api_key:
        return f"profile-key-{'is-other-api-key' if profile.primary else 'of-other-account'}", {}
    if tenant.store.profile_titled(tenant.api_key, key) is not None:
        return "profile-key-is-title", {}
    known = _DELETED.get(tenant.store, tenant.api_key) or DeletedProfiles()
    when = known.when.get(_digest(word))
    if when is not None:
        return "profile-key-of-deleted-profile", {"when": iso_seconds(when)}
    what = _find_mangling(tenant, key)
    return ("profile-key-unknown", {}) if what is None else ("profile-key-mangled", {"what": what})


def _name_text(key: str, word: str) -> str | None:
    """What a text is, without a look into the store."""
    looks = {
        "profile-key-empty": not word,
        "profile-key-undefined": shapes.WORD.fullmatch(word),
        "profile-key-unexpanded-variable": shapes.VARIABLE.fullmatch(word),
        "profile-key-is-private-key": "-----BEGIN" in key,
        "profile-key-is-ref-id": _REF_ID.fullmatch(word),
        "profile-key-of-real-ayrshare": shapes.EIGHTS.fullmatch(word),
    }
    return next((name for name, fits in looks.items() if fits), None)


def _find_mangling(tenant: Tenant, key: str) -> str | None:
    """In what a text differs from the key of a profile of the account; `None` if it does not."""
    changes = {
        "quotes or white space around it": key.strip().strip(shapes.QUOTES).strip(),
        "the word Bearer before it": re.sub(r"(?i)^bearer\s+", "", key.strip()),
        "lower case": key.strip().upper(),
        "lost hyphens": "-".join(re.findall(r".{7}", key.strip())),
    }
    for what, changed in changes.items():
        if changed != key and _KEY.fullmatch(changed):
            profile = tenant.store.profile(changed)
            if profile is not None and profile.account == tenant.api_key:
                return what
    return None


_OTHER_HEADERS: Final = ("X-Api-Key", "Api-Key", "Apikey", "X-Ayrshare-Api-Key", "X-Auth-Token")


def on_no_authorization(names: Iterable[str]) -> Piece:
    """Says where the API key may stand instead; `names` are those of the headers."""
    name = next((name for name in names if name.title() in _OTHER_HEADERS), None)
    if name is None:
        return advise("key-api-missing", "header Authorization")
    return advise("key-api-in-other-header", f"header {name}", name=name)


def on_unknown_api_key(world: World, key: str) -> Piece:
    """Says what a text is that no account has for its API key."""
    word = key.strip(shapes.QUOTES)
    place = "header Authorization"
    if not word or shapes.WORD.fullmatch(word) or shapes.VARIABLE.fullmatch(word):
        return advise("key-api-undefined", place, word=quoted(word) or "nothing")
    if world.store.profile(word) is not None:
        return advise("key-api-is-profile-key", place)
    if shapes.EIGHTS.fullmatch(word):
        return advise("key-api-of-real-ayrshare", place)
    return advise("key-api-unknown", place, length=len(key))


def _digest(key: str) -> str:
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
