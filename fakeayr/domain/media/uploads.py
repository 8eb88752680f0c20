"""Uploaded files: kept in the store, bounded for each account, until they expire."""

import hashlib
import hmac
import re
import uuid
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.posting.media import (
    EXTENSIONS,
    UPLOAD_KEPT_DAYS,
    UPLOAD_MAX_MEGABYTES,
    UPLOAD_URL_KEPT_DAYS,
    UPLOAD_URL_MINUTES,
)
from fakeayr.domain.clock import DAY_SECONDS
from fakeayr.domain.media.facts import MediaFacts, extension_of, kind_of
from fakeayr.domain.media.measuring import BadMedia, Measured, measure, plain_type
from fakeayr.domain.ports import Store
from fakeayr.domain.profiles import Profile
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant

MEGABYTE: Final = 1024 * 1024
UPLOAD_MAX_BYTES: Final = UPLOAD_MAX_MEGABYTES * MEGABYTE
UPLOAD_URL_MAX_MEGABYTES: Final = 50
"""The largest file that an upload URL takes; Ayrshare's take 5 GB."""
UPLOAD_URL_MAX_BYTES: Final = UPLOAD_URL_MAX_MEGABYTES * MEGABYTE
ACCOUNT_MAX_MEGABYTES: Final = 200
"""All files of an account together."""
ACCOUNT_MAX_FILES: Final = 1000
"""Files of an account, with upload URLs that wait for theirs."""
PIECE_BYTES: Final = 512 * 1024
"""Files are stored in pieces, so that a part can be read without the rest."""

FOLDER: Final = "/_media"
"""Where files are served."""
LONGEST_NAME: Final = 255
_PATH: Final = re.compile(
    rf"{FOLDER}/[0-9a-f]{{1,64}}/(?P<id>[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})\.\w{{1,8}}",
    re.ASCII,
)
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class Upload(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An uploaded file, or one that an upload URL waits for; its content is in the store.

    Attributes:
        id: Its id, which nobody can guess.
        account: API key of the account.
        owner: The `refId` of the profile that it was uploaded for.
        content_type: What it is.
        extension: How its address ends.
        created: When it was uploaded or its upload URL was made, UNIX seconds of the account's
            time.
        expires: Until when it is kept.
        size: Its size in bytes.
        width: Width in pixels.
        height: Height in pixels.
        seconds: Length of a video.
        file_name: The sender's name for it.
        description: The sender's description.
        in_gallery: Whether GET /media lists it.
        awaited_until: Until when an upload URL takes it; `None` once it is here.
        token: SHA-256 of the secret in that upload URL.
    """

    id: str
    account: str
    owner: str
    content_type: str
    extension: str
    created: float
    expires: float
    size: int = 0
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    file_name: str | None = None
    description: str | None = None
    in_gallery: bool = True
    awaited_until: float | None = None
    token: str | None = None

    @property
    def media_id(self) -> str:
        """The `id` on the wire: `UUID-jpeg`."""
        return f"{self.id}-{self.extension}"

    @property
    def name(self) -> str:
        """The last part of its address: `UUID.jpeg`."""
        return f"{self.id}.{self.extension}"

    @property
    def path(self) -> str:
        """The path of its address."""
        return f"{FOLDER}/{self.owner}/{self.name}"

    def is_here(self, now: float) -> bool:
        """Whether it can be read at an instant of the account's time."""
        return self.awaited_until is None and now < self.expires

    def facts(self, url: str, now: float) -> MediaFacts:
        """What its URL holds at an instant of the account's time."""
        is_here = self.is_here(now)
        return MediaFacts(
            url=url,
            content_type=self.content_type,
            kind=kind_of(self.content_type),
            reachable=is_here,
            bytes=self.size if is_here else None,
            width=self.width,
            height=self.height,
            seconds=self.seconds,
        )


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it was sent.

    Attributes:
        data: Its content.
        content_type: What its sender says that it is, if anything.
        file_name: The sender's name for it.
        description: The sender's description.
    """

    data: bytes
    content_type: str | None = None
    file_name: str | None = None
    description: str | None = None


def upload(tenant: Tenant, profile: Profile, sent: Sent) -> Upload:
    """Keeps a file of POST /media/upload.

    Raises:
        Refused: It is too large (413), not what it is said to be (400), or the account's files
            take up all room (507).
    """
    if len(sent.data) > UPLOAD_MAX_BYTES:
        raise Refused(errors.UPLOAD_TOO_LARGE, f"It has more than {UPLOAD_MAX_MEGABYTES} MB.")
    measured = _measure(tenant, sent.data, plain_type(sent.content_type))
    new = _make(tenant, profile, measured, file_name=sent.file_name, description=sent.description)
    return _keep(tenant, new, sent.data)


def keep_made(tenant: Tenant, profile: Profile, data: bytes, size: tuple[int, int]) -> Upload:
    """Keeps a JPEG that was made here; the gallery does not list it.

    Args:
        tenant: Whose it is.
        profile: For which profile.
        data: Its content.
        size: Its width and height in pixels.

    Raises:
        Refused: The account's files take up all room (507).
    """
    measured = Measured(content_type="image/jpeg", width=size[0], height=size[1])
    new = _make(tenant, profile, measured, extension="jpg", in_gallery=False)
    return _keep(tenant, new, data)


def open_upload_url(
    tenant: Tenant, profile: Profile, content_type: str, file_name: str | None
) -> tuple[Upload, str]:
    """Makes an upload URL.

    Args:
        tenant: Who asks.
        profile: For which profile.
        content_type: What will be sent.
        file_name: The sender's name for it.

    Returns:
        What it waits for, and the secret that the URL carries.

    Raises:
        Refused: The account has too many files (507).
    """
    token = tenant.world.ids.letters(40)
    now = tenant.now()
    new = _make(
        tenant,
        profile,
        Measured(content_type=content_type),
        file_name=file_name,
        expires=now + UPLOAD_URL_KEPT_DAYS * DAY_SECONDS,
        awaited_until=now + UPLOAD_URL_MINUTES * 60,
        token=_digest(token),
    )
    with tenant.transaction():
        _make_room(tenant, 0)
        tenant.store.save_upload(new)
    return new, token


def receive(tenant: Tenant, awaited: Upload, token: str, sent: Sent) -> Upload:
    """Takes the file that an upload URL waits for, once.

    Raises:
        Refused: The URL is wrong, used or too old (403), the file is too large (413), of another
            type or not what it is said to be (400), or the account's files take up all room (507).
    """
    _check_open(tenant, awaited, token)
    if plain_type(sent.content_type) != awaited.content_type:
        raise Refused(errors.UPLOAD_TYPE_DIFFERS, f"It is {awaited.content_type}.")
    if len(sent.data) > UPLOAD_URL_MAX_BYTES:
        raise Refused(
            errors.UPLOAD_TOO_LARGE, f"The fake takes at most {UPLOAD_URL_MAX_MEGABYTES} MB here."
        )
    measured = _measure(tenant, sent.data, awaited.content_type)
    with tenant.transaction():
        known = tenant.store.upload(awaited.id)
        _check_open(tenant, known, token)
        received = msgspec.structs.replace(
            awaited,
            width=measured.width,
            height=measured.height,
            seconds=measured.seconds,
            awaited_until=None,
            token=None,
        )
        return _keep(tenant, received, sent.data)


def find(store: Store, url: str) -> Upload | None:
    """The upload that a URL, or its path, is the address of; whatever host it names."""
    match = _match(url)
    found = None if match is None else store.upload(match["id"])
    return found if found is not None and match is not None and found.path == match[0] else None


def find_own(tenant: Tenant, url: str) -> Upload | None:
    """The account's upload that a URL is the address of."""
    found = find(tenant.store, url)
    return found if found is not None and found.account == tenant.api_key else None


def is_address(url: str) -> bool:
    """Whether a URL looks like an upload's address, which need not begin with https."""
    return _match(url) is not None


def _match(url: str) -> re.Match[str] | None:
    try:
        return _PATH.fullmatch(urlsplit(url).path)
    except ValueError:
        return None


def list_uploads(tenant: Tenant) -> list[Upload]:
    """The account's files that can be read now, and those that are awaited; oldest first."""
    now = tenant.now()
    return [one for one in tenant.store.uploads(tenant.api_key) if _is_live(one, now)]


def remove_all(tenant: Tenant) -> None:
    """Removes all files of the account."""
    with tenant.transaction():
        for one in tenant.store.uploads(tenant.api_key):
            tenant.store.delete_upload(one.id)


def pieces(store: Store, upload: Upload, first: int = 0) -> Iterator[bytes]:
    """The pieces of a file, from one of them on. It ends early if the file is removed meanwhile."""
    number = first
    while (piece := store.upload_piece(upload.id, number)) is not None:
        yield piece
        number += 1


def clean_name(name: str | None) -> str | None:
    """A file name without a path, control characters and what turns the direction of writing."""
    if name is None:
        return None
    last = _UNSAFE.sub("", name).replace("\\", "/").rpartition("/")[2].strip(" .")
    return last[:LONGEST_NAME] or None


def _measure(tenant: Tenant, data: bytes, content_type: str) -> Measured:
    try:
        return measure(data, content_type, tenant.world.read_video)
    except BadMedia as error:
        raise Refused(errors.UPLOAD_FILE_INVALID, str(error)) from error


def _make(
    tenant: Tenant,
    profile: Profile,
    measured: Measured,
    *,
    file_name: str | None = None,
    **fields: Any,
) -> Upload:
    """A new upload; `fields` are those of it that differ from a file of POST /media/upload."""
    name = clean_name(file_name)
    extension = EXTENSIONS.get(measured.content_type) or extension_of(name or "") or "bin"
    usual: dict[str, Any] = {
        "extension": extension,
        "expires": tenant.now() + UPLOAD_KEPT_DAYS * DAY_SECONDS,
    }
    return Upload(
        id=str(uuid.UUID(bytes=tenant.world.ids.noise(16), version=4)),
        account=tenant.api_key,
        owner=profile.ref_id,
        created=tenant.now(),
        file_name=name,
        **msgspec.structs.asdict(measured),
        **(usual | fields),
    )


def _keep(tenant: Tenant, new: Upload, data: bytes) -> Upload:
    kept = msgspec.structs.replace(new, size=len(data))
    view = memoryview(data)
    with tenant.transaction():
        _make_room(tenant, len(data), besides=kept.id)
        tenant.store.save_upload(kept)
        for number, start in enumerate(range(0, len(data), PIECE_BYTES)):
            tenant.store.add_upload_piece(kept, number, bytes(view[start : start + PIECE_BYTES]))
    return kept


def _make_room(tenant: Tenant, size: int, besides: str | None = None) -> None:
    """Removes what has expired.

    Raises:
        Refused: A file of this size does not fit beside the others (507).
    """
    now, kept, taken = tenant.now(), 0, size
    for one in tenant.store.uploads(tenant.api_key):
        if one.id == besides:
            continue
        if not _is_live(one, now):
            tenant.store.delete_upload(one.id)
            continue
        kept, taken = kept + 1, taken + one.size
    if kept >= ACCOUNT_MAX_FILES or taken > ACCOUNT_MAX_MEGABYTES * MEGABYTE:
        raise Refused(
            errors.UPLOADS_FULL,
            f"The fake keeps at most {ACCOUNT_MAX_FILES:,} files and {ACCOUNT_MAX_MEGABYTES} MB "
            "for an account. Remove them with DELETE /_fakeayr/media, or use another account.",
        )


def _is_live(one: Upload, now: float) -> bool:
    return now < (one.expires if one.awaited_until is None else one.awaited_until)


def _check_open(tenant: Tenant, awaited: Upload | None, token: str) -> None:
    """Checks that an upload URL still waits for its file, and that it is this one."""
    is_open = (
        awaited is not None
        and awaited.token is not None
        and hmac.compare_digest(awaited.token, _digest(token))
        and awaited.awaited_until is not None
        and tenant.now() < awaited.awaited_until
    )
    if not is_open:
        raise Refused(errors.UPLOAD_URL_NOT_VALID)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
