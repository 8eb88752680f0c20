"""Advice on linking URLs that do not open, joined to the calls that made them."""

from flask import g, request

from fakeayr.domain.advice import reports, visits
from fakeayr.domain.advice.guard import guard
from fakeayr.domain.advice.pieces import Piece
from fakeayr.domain.linking import tokens
from fakeayr.domain.linking.grants import EndedLink
from fakeayr.domain.linking.tokens import BadLink, LinkProblem
from fakeayr.domain.tenants import Tenant
from fakeayr.web.context import context


def explain_link(error: BadLink) -> None:
    """Adds to the journal why a linking URL does not open, and which call made it."""
    g.advice = [*g.get("advice", ()), *guard(_find, error)]


def _find(error: BadLink) -> list[Piece]:
    token = request.args.get("jwt") or request.args.get("session", "")
    if error.tenant is None:
        return visits.on_token(error.problem, token)
    if error.problem is LinkProblem.SIGNATURE:
        return _join(error.tenant, token)
    if error.problem is LinkProblem.EXPIRED and isinstance(error, EndedLink):
        grant = error.grant
        if grant.made is not None:
            context().recorder.settle()
            journal = [
                call
                for call in reports.read_journal(error.tenant)
                if call.entry.ref_id == grant.profile.ref_id
            ]
            now = error.tenant.now()
            return [visits.on_expired(grant.made, grant.expires, now, journal)]
    return []


def _join(tenant: Tenant, token: str) -> list[Piece]:
    """What was wrong with the key of the call that made a token."""
    claims = tokens.read_claims(token)
    profile = tenant.store.profile(str(claims.get("profileKey")))
    context().recorder.settle()
    origin = None
    if profile is not None and profile.account == tenant.api_key:
        origin = visits.find_origin(claims, profile.ref_id, reports.read_journal(tenant))
    if origin is not None:
        g.cause = origin.number
        g.call.acting = profile
    return visits.on_signature(origin)
