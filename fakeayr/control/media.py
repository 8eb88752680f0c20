"""POST, GET and DELETE /_fakeayr/media: what foreign URLs hold, and what was uploaded."""

from typing import Annotated, Any

import msgspec
from flask import Blueprint

from fakeayr.control.access import fields_into, owner
from fakeayr.domain.clock import iso_seconds
from fakeayr.domain.media import uploads
from fakeayr.domain.media.declared import declare
from fakeayr.domain.media.facts import MediaFacts, guess, kind_of
from fakeayr.domain.media.measuring import plain_type
from fakeayr.domain.media.uploads import Upload
from fakeayr.domain.optional import without_none
from fakeayr.domain.refusals import incorrect
from fakeayr.domain.tenants import Tenant
from fakeayr.domain.urls import is_web_url
from fakeayr.web.page_url import media_url

blueprint = Blueprint("control_media", __name__)

Side = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class Declaration(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """What a URL holds; what is left out is within every limit."""

    url: Annotated[str, msgspec.Meta(max_length=8_000)]
    content_type: (
        Annotated[str, msgspec.Meta(pattern=r"^[\w.+-]{1,100}/[\w.+-]{1,100}\Z")] | None
    ) = None
    bytes: Annotated[int, msgspec.Meta(ge=0, le=2**53)] | None = None
    width: Side | None = None
    height: Side | None = None
    seconds: Annotated[float, msgspec.Meta(ge=0, le=1_000_000)] | None = None
    reachable: bool = True


@blueprint.post("/media")
@owner
def declare_media(tenant: Tenant) -> dict[str, Any]:
    """Declares what a URL holds: the fake fetches none."""
    wanted = fields_into(Declaration)
    if not is_web_url(wanted.url):
        raise incorrect("url must be an http or https URL.")
    content_type = plain_type(wanted.content_type or guess(wanted.url).content_type)
    fields = {**msgspec.structs.asdict(wanted), "content_type": content_type}
    facts = MediaFacts(kind=kind_of(content_type), **fields)
    declare(tenant, facts)
    return {"status": "success", **_describe(facts)}


@blueprint.get("/media")
@owner
def list_media(tenant: Tenant) -> dict[str, Any]:
    """Lists what was declared, and the files that were uploaded or are awaited."""
    now = tenant.now()
    return {
        "declared": [_describe(facts) for facts in tenant.store.all_declared(tenant.api_key)],
        "uploads": [_describe_upload(one, now) for one in uploads.list_uploads(tenant)],
    }


@blueprint.delete("/media")
@owner
def remove_media(tenant: Tenant) -> dict[str, Any]:
    """Removes all declarations and all files."""
    tenant.store.clear_declared(tenant.api_key)
    uploads.remove_all(tenant)
    return {"status": "success"}


def _describe(facts: MediaFacts) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(facts)
    return told | {"reachable": facts.reachable}


def _describe_upload(one: Upload, now: float) -> dict[str, Any]:
    told = _describe(one.facts(media_url(one.path, resized=not one.in_gallery), now))
    told |= {"id": one.media_id, "refId": one.owner, "created": iso_seconds(one.created)}
    return told | without_none({"fileName": one.file_name, "description": one.description})
