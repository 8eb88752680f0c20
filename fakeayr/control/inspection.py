"""POST /_fakeayr/inspect: the verdict on a linking URL or token."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
from flask import Blueprint

from fakeayr.ayrshare import errors
from fakeayr.control.access import fields_into, owner
from fakeayr.domain.clock import iso_seconds
from fakeayr.domain.linking import grants
from fakeayr.domain.linking.grants import EndedLink, Grant
from fakeayr.domain.linking.tokens import BadLink, LinkProblem
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant
from fakeayr.web.context import context

blueprint = Blueprint("control_inspection", __name__)


class Inspection(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """A linking URL, or only its token."""

    url: str | None = None
    token: str | None = None


@blueprint.post("/inspect")
@owner
def inspect(tenant: Tenant) -> dict[str, Any]:
    """Says whether a linking URL would open, and why not; never a secret."""
    wanted = fields_into(Inspection)
    if wanted.token is not None:
        parameters = {"jwt": wanted.token, "domain": tenant.account.domain}
    elif wanted.url is not None:
        parameters = _parameters(wanted.url)
    else:
        raise Refused(errors.INVALID_PARAMETERS, "Send a url or a token.")
    try:
        grant = grants.check(context().world, parameters)
        if grant.profile.suspended:
            raise EndedLink(LinkProblem.SUSPENDED, grant)
    except BadLink as error:
        _check_owner(tenant, error.tenant)
        known = error.grant if isinstance(error, EndedLink) else None
        verdict = {"valid": False, "reason": error.problem, "explanation": str(error)}
        return verdict | _describe(known)
    _check_owner(tenant, grant.tenant)
    return {"valid": True, "reason": None, **_describe(grant)}


def _describe(grant: Grant | None) -> dict[str, Any]:
    """What a link stands for; `None` where it is not genuine."""
    if grant is None:
        return {"profile": None, "networks": None, "expires": None}
    return {
        "profile": {"title": grant.profile.title, "refId": grant.profile.ref_id},
        "networks": grant.networks,
        "expires": iso_seconds(grant.expires),
    }


def _check_owner(tenant: Tenant, owner: Tenant | None) -> None:
    if owner is not None and owner.api_key != tenant.api_key:
        raise Refused(errors.INVALID_PARAMETERS, "The link is another account's.")


def _parameters(url: str) -> dict[str, str]:
    """The query's parameters; of several with one name the first counts, as on the page."""
    try:
        return dict(reversed(parse_qsl(urlsplit(url).query)))
    except ValueError as error:
        raise Refused(errors.INVALID_PARAMETERS, "url is not a URL.") from error
