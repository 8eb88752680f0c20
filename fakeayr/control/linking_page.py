"""/_fakeayr/linking-page: the linking page of a profile, for a person with a browser.

`fakeayr serve` prints the address of the development profile's: unlike a linking URL it does not
expire.
"""

from typing import Any

import msgspec
from flask import Blueprint, Response, request

from fakeayr.control.access import anyone, fields_into, owner
from fakeayr.domain.linking import urls
from fakeayr.domain.tenants import Tenant
from fakeayr.web import development
from fakeayr.web.context import context
from fakeayr.web.page_url import page_url

blueprint = Blueprint("control_linking_page", __name__)


class PageRequest(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """Whose accounts the page links, and where All Done leads."""

    profile_key: str
    redirect: str | None = None


@blueprint.get("/linking-page")
@anyone
def open_linking_page() -> Response:
    """Leads to a new linking URL, made as the API makes one; with the `redirect` in the query."""
    redirect = request.args.get("redirect")
    url = development.linking_url(context().world, page_url(), redirect)
    return Response(status=303, headers={"Location": url, "Cache-Control": "no-store"})


@blueprint.post("/linking-page")
@owner
def make_linking_url(tenant: Tenant) -> dict[str, Any]:
    """Makes a linking URL for a profile with the account's own key."""
    wanted = fields_into(PageRequest)
    made = urls.make(tenant, wanted.profile_key, page_url(), wanted.redirect)
    return {"url": made.url}
