"""The linking page, `/` and `/social-accounts` on the page's host, and its short links."""

from flask import Blueprint, Response, g, render_template, request
from werkzeug.exceptions import NotFound

from fakeayr.api.calls import Call
from fakeayr.context import context
from fakeayr.domain import grants, short_links
from fakeayr.domain.tokens import BadToken
from fakeayr.vendor.networks import NETWORKS

blueprint = Blueprint(
    "linking",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/_page",
)


@blueprint.get("/")
@blueprint.get("/social-accounts")
def linking_page() -> Response:
    """Opens a linking URL: the profile's page, or 401 with the check that failed."""
    parts = context()
    try:
        grant = grants.check(parts.world, request.args)
    except BadToken as flaw:
        page = render_template("refused.html", flaw=flaw.flaw, explanation=str(flaw))
        return Response(page, 401, content_type="text/html; charset=utf-8")
    call = g.call = Call(parts, grant.account)
    call.acting = grant.profile
    networks = [NETWORKS[name] for name in grant.networks]
    page = render_template("page.html", profile=grant.profile, networks=networks)
    return Response(page, content_type="text/html; charset=utf-8")


@blueprint.get("/r/<short_id>")
def short_link(short_id: str) -> Response:
    """Follows a short link."""
    target = short_links.target(context().world.store, short_id)
    if target is None:
        raise NotFound
    return Response(status=302, headers={"Location": target})
