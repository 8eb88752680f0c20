"""POST /media/upload, GET /media/uploadUrl, GET /media, /media/meta, /media/urlExists, /resize."""

from typing import Annotated, Any, Final

import msgspec
from flask import Blueprint

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.posting.media import CONTENT_TYPES, RESIZE_DIMENSIONS, UPLOAD_URL_TYPES
from fakeayr.domain.advice.pieces import advise
from fakeayr.domain.clock import iso_seconds
from fakeayr.domain.media import resizing, uploads
from fakeayr.domain.media.data_uris import read_data_uri
from fakeayr.domain.media.facts import MediaFacts, MediaKind, extension_of
from fakeayr.domain.media.lookup import look_at
from fakeayr.domain.media.measuring import UNKNOWN_TYPE, BadMedia, plain_type
from fakeayr.domain.media.resizing import LONGEST_SIDE, Effects, Recipe, ResizeMode
from fakeayr.domain.media.uploads import Sent, Upload
from fakeayr.domain.optional import without_none
from fakeayr.domain.refusals import Refused, incorrect
from fakeayr.domain.tenants import Tenant
from fakeayr.domain.urls import is_web_url
from fakeayr.web.calls import Call, operation
from fakeayr.web.page_url import media_url

blueprint = Blueprint("media", __name__)

Url = Annotated[str, msgspec.Meta(min_length=1, max_length=8_000)]
Side = Annotated[int, msgspec.Meta(ge=1, le=LONGEST_SIDE)]
Name = Annotated[str, msgspec.Meta(max_length=1_000)]
_USUAL_SIZE: Final = (1200, 1200)
"""The size of an image of which only the URL is known."""


class UploadFields(msgspec.Struct, frozen=True, rename="camel"):
    """The body of POST /media/upload; in a form with files, `file` describes one."""

    file: str
    file_name: Name | None = None
    description: Annotated[str, msgspec.Meta(max_length=5_000)] | None = None


class UploadUrlQuery(msgspec.Struct, frozen=True, rename="camel"):
    """The query of GET /media/uploadUrl."""

    file_name: Name | None = None
    content_type: str | None = None


class MediaUrl(msgspec.Struct, frozen=True, rename="camel"):
    """The body of POST /media/urlExists, and the query of GET /media/meta."""

    media_url: Url


class Dimensions(msgspec.Struct, frozen=True):
    """The size of an image to make."""

    width: Side
    height: Side


class Resizing(msgspec.Struct, frozen=True, rename="camel"):
    """The body of POST /media/resize."""

    media_url: Url | None = None
    image_url: Url | None = None
    platform: str | None = None
    dimensions: Dimensions | None = None
    watermark_url: Url | None = None
    effects: Effects = Effects()
    mode: ResizeMode = ResizeMode.CROP


@blueprint.post("/media/upload")
@blueprint.post("/upload")
@operation(takes_files=True)
def upload_media(call: Call) -> dict[str, Any]:
    """Keeps a file, and returns the URL at which posts can use it."""
    body = call.body(UploadFields)
    profile = call.profile()
    sent = _read_sent(call, body)
    kept = uploads.upload(call.tenant, profile, sent)
    said = plain_type(sent.content_type)
    if sent.content_type and said != kept.content_type:
        types = {"found": kept.content_type, "said": said}
        call.advice.append(advise("post-file-type-differs", "header Content-Type", **types))
    return _describe(kept)


@blueprint.get("/media/uploadUrl")
@operation()
def get_upload_url(call: Call) -> dict[str, Any]:
    """Makes a URL that takes one file by PUT."""
    query = call.query(UploadUrlQuery)
    content_type = _upload_type(query)
    awaited, token = uploads.open_upload_url(
        call.tenant, call.profile(), content_type, query.file_name
    )
    address = media_url(awaited.path)
    return {
        "accessUrl": address,
        "contentType": content_type,
        "uploadUrl": f"{address}?token={token}",
    }


@blueprint.get("/media")
@operation()
def get_media(call: Call) -> list[dict[str, Any]]:
    """Lists the files that were uploaded for a profile, oldest first."""
    owner = call.profile().ref_id
    return [
        _describe(one) | {"contentType": one.content_type, "created": iso_seconds(one.created)}
        for one in uploads.list_uploads(call.tenant)
        if one.owner == owner and one.in_gallery and one.awaited_until is None
    ]


@blueprint.get("/media/meta")
@operation()
def get_media_meta(call: Call) -> dict[str, Any]:
    """Returns what is known of an image or a video."""
    facts = _look_at(call, "mediaUrl", call.query(MediaUrl).media_url)
    answer = {
        "status": "success",
        "url": facts.url,
        "contentType": facts.content_type,
        "size": facts.bytes,
        "width": facts.width,
        "height": facts.height,
        "duration": facts.seconds,
    }
    return without_none(answer)


@blueprint.post("/media/urlExists")
@operation()
def check_media_url(call: Call) -> dict[str, Any]:
    """Says whether a network could fetch a URL; the fake does not try."""
    body = call.body(MediaUrl)
    call.profile()
    _check_url("mediaUrl", body.media_url)
    facts = look_at(call.tenant, body.media_url)
    if facts.reachable:
        return {"status": "success", "contentType": facts.content_type}
    return {"status": "error", "statusCode": 404, "statusText": "Not Found"}


@blueprint.post("/media/resize")
@operation()
def resize_media(call: Call) -> dict[str, Any]:
    """Makes an image of another size; of one that was not uploaded, a plain one."""
    body = call.body(Resizing)
    url = body.media_url or body.image_url
    if url is None:
        raise incorrect("mediaUrl is required.")
    profile = call.profile()
    recipe = _recipe(body)
    mark = None if body.watermark_url is None else _watermark(call, body.watermark_url)
    facts = _look_at(call, "mediaUrl" if body.media_url else "imageUrl", url)
    if facts.kind not in {MediaKind.IMAGE, MediaKind.GIF}:
        raise Refused(errors.MEDIA_UNREADABLE, "It is not an image.")
    source = _content(call.tenant, url) or _size(facts)
    try:
        image = resizing.resize(source, recipe, mark)
    except BadMedia as error:
        raise Refused(errors.MEDIA_UNREADABLE, str(error)) from error
    made = uploads.keep_made(call.tenant, profile, image, recipe.size)
    url = media_url(made.path, resized=True)
    return without_none({"status": "success", "url": url, "platform": body.platform})


def _read_sent(call: Call, body: UploadFields) -> Sent:
    """The file of an upload.

    Raises:
        Refused: Its data URI cannot be read (101).
    """
    attached = call.fields.files.get("file")
    if attached is not None:
        name = body.file_name or attached.filename
        data, sent_type = attached.stream.read(), attached.content_type
    else:
        name = body.file_name
        try:
            data, sent_type = read_data_uri(body.file)
        except BadMedia as error:
            raise incorrect(str(error)) from error
    if plain_type(sent_type) == UNKNOWN_TYPE:
        sent_type = _type_by_name(name)
    return Sent(data=data, content_type=sent_type, file_name=name, description=body.description)


def _type_by_name(name: str | None) -> str | None:
    extension = extension_of(name or "")
    return None if extension is None else CONTENT_TYPES[extension]


def _upload_type(query: UploadUrlQuery) -> str:
    """The content type of the file that an upload URL is for.

    Raises:
        Refused: Neither parameter says it (101).
    """
    asked = query.content_type
    if asked is not None:
        known = UPLOAD_URL_TYPES.get(asked.lower().rpartition("/")[2])
        if known is None:
            raise incorrect(f"contentType must be one of {', '.join(UPLOAD_URL_TYPES)}.")
        return known
    if query.file_name is None:
        raise incorrect("fileName or contentType is required.")
    by_name = _type_by_name(query.file_name)
    if by_name is None:
        raise incorrect("fileName must end in a known extension, such as .mp4.")
    return by_name


def _describe(kept: Upload) -> dict[str, Any]:
    """An uploaded file, as POST /media/upload and GET /media have it."""
    return without_none(
        {
            "id": kept.media_id,
            "url": media_url(kept.path),
            "fileName": kept.file_name or kept.name,
            "description": kept.description,
        }
    )


def _check_url(name: str, url: str) -> None:
    if not is_web_url(url):
        raise incorrect(f"{name} must be an http or https URL.")


def _look_at(call: Call, name: str, url: str) -> MediaFacts:
    """What a URL holds, which a field of this name has.

    Raises:
        Refused: It is none (101), or cannot be reached (400).
    """
    call.profile()
    _check_url(name, url)
    facts = look_at(call.tenant, url)
    if not facts.reachable:
        raise Refused(errors.MEDIA_UNREADABLE)
    return facts


def _recipe(body: Resizing) -> Recipe:
    """What to make of an image.

    Raises:
        Refused: Nothing says how large, or the colour is none (101).
    """
    if body.dimensions is not None:
        size = body.dimensions.width, body.dimensions.height
    elif body.platform is None:
        raise incorrect("platform or dimensions is required.")
    elif body.platform in RESIZE_DIMENSIONS:
        size = RESIZE_DIMENSIONS[body.platform]
    else:
        raise incorrect(f"platform must be one of {', '.join(NETWORKS)}.")
    if body.effects.color is not None:
        try:
            resizing.check_color(body.effects.color)
        except BadMedia as error:
            raise incorrect(f"effects.{error}") from error
    return Recipe(size=size, mode=body.mode, effects=body.effects)


def _watermark(call: Call, url: str) -> bytes | None:
    """The content of a watermark; a foreign one has none, and is left out.

    Raises:
        Refused: It cannot be reached (400).
    """
    _look_at(call, "watermarkUrl", url)
    content = _content(call.tenant, url)
    if content is None:
        call.advice.append(advise("post-watermark-not-fetched", "/watermarkUrl"))
    return content


def _content(tenant: Tenant, url: str) -> bytes | None:
    """The content behind a URL, if it was uploaded."""
    if tenant.store.declared(tenant.api_key, url) is not None:
        return None
    found = uploads.find_own(tenant, url)
    return None if found is None else b"".join(uploads.pieces(tenant.store, found))


def _size(facts: MediaFacts) -> tuple[int, int]:
    """The size of the plain image that stands for one that was not uploaded."""
    width, height = facts.width or _USUAL_SIZE[0], facts.height or _USUAL_SIZE[1]
    return min(width, LONGEST_SIDE), min(height, LONGEST_SIDE)
