"""Uploaded files at their addresses: GET sends one, PUT takes one for an upload URL."""

from collections.abc import Iterator
from typing import Final, Self

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from fakeayr.ayrshare import errors
from fakeayr.domain import profiles
from fakeayr.domain.media import uploads
from fakeayr.domain.media.uploads import FOLDER, PIECE_BYTES, Sent, Upload
from fakeayr.domain.ports import Store
from fakeayr.domain.profiles import Profile, ProfileFilter
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant
from fakeayr.web.app import present_request
from fakeayr.web.bodies import read_data
from fakeayr.web.calls import Call
from fakeayr.web.context import context

blueprint = Blueprint("media_files", __name__)

_HARMLESS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""What anybody uploads must not act in the name of the fake's own pages."""
_SHOWN: Final = ("image/", "video/", "audio/")
_SCRIPTED: Final = "image/svg+xml"


class _Content:
    """A file in the store, as Werkzeug reads parts of it."""

    def __init__(self, store: Store, upload: Upload) -> None:
        self._store = store
        self._upload = upload
        self._pieces: Iterator[bytes] = uploads.pieces(store, upload)
        self._position = self._skipped = 0

    def seekable(self) -> bool:
        """Says that `seek` works."""
        return True

    def seek(self, position: int) -> None:
        """Goes on from a byte."""
        self._position = position
        first, self._skipped = divmod(position, PIECE_BYTES)
        self._pieces = uploads.pieces(self._store, self._upload, first)

    def tell(self) -> int:
        """The byte that `seek` went to."""
        return self._position

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        piece, self._skipped = next(self._pieces)[self._skipped :], 0
        return piece


@blueprint.get(f"{FOLDER}/<owner>/<name>")
def send_file(owner: str, name: str) -> Response:
    """Sends an uploaded file, or a range of its bytes."""
    found, tenant = _find()
    if not found.is_here(tenant.now()):
        raise Refused(errors.NOT_FOUND, "There is no such file, or no more.")
    response = Response(
        _Content(tenant.store, found),
        content_type=found.content_type,
        direct_passthrough=True,
    )
    response.content_length = found.size
    response.headers.update(_HARMLESS)
    is_shown = found.content_type.startswith(_SHOWN) and found.content_type != _SCRIPTED
    response.headers.set(
        "Content-Disposition",
        "inline" if is_shown else "attachment",
        filename=found.name,
    )
    response.set_etag(found.id)
    try:
        response.make_conditional(request.environ, accept_ranges=True, complete_length=found.size)
    except RequestedRangeNotSatisfiable as error:
        response = _empty(416)
        response.headers["Content-Range"] = f"bytes */{error.length}"
    return response


@blueprint.put(f"{FOLDER}/<owner>/<name>")
def receive_file(owner: str, name: str) -> Response:
    """Takes the file that an upload URL waits for, once."""
    found, tenant = _find()
    call = g.call = Call(tenant)
    call.acting = _owner(tenant, found.owner)
    sent = Sent(data=read_data(present_request()), content_type=request.content_type)
    uploads.receive(tenant, found, request.args.get("token", ""), sent)
    return _empty(200)


def _empty(status: int) -> Response:
    response = Response(status=status)
    del response.headers["Content-Type"]
    return response


def _owner(tenant: Tenant, ref_id: str) -> Profile | None:
    """The profile with this public id, unless it was deleted."""
    if ref_id == tenant.account.ref_id:
        return profiles.primary(tenant)
    wanted = ProfileFilter(ref_id=ref_id, limit=1)
    return next((found for _, found in tenant.store.profiles(tenant.api_key, wanted)), None)


def _find() -> tuple[Upload, Tenant]:
    """The file that the present request is for, and its account.

    Raises:
        Refused: There is none (404).
    """
    world = context().world
    found = uploads.find(world.store, request.path)
    tenant = None if found is None else world.tenant(found.account)
    if found is None or tenant is None:
        raise Refused(errors.NOT_FOUND, "There is no such file, or no more.")
    return found, tenant
