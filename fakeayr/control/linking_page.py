"""GET /_fakeayr/linking-page: the development profile's linking page, for a person with a browser.

`fakeayr serve` prints this address: unlike a linking URL it does not expire.
"""

from flask import Blueprint, Response, request

from fakeayr.control.access import anyone
from fakeayr.web import development
from fakeayr.web.context import context
from fakeayr.web.page_url import page_url

blueprint = Blueprint("control_linking_page", __name__)


@blueprint.get("/linking-page")
@anyone
def open_linking_page() -> Response:
    """Leads to a new linking URL, made as the API makes one; with the `redirect` in the query."""
    redirect = request.args.get("redirect")
    url = development.linking_url(context().world, page_url(), redirect)
    return Response(status=303, headers={"Location": url, "Cache-Control": "no-store"})
