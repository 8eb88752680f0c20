"""A call of the API: who calls, what for, and what the plan and the rate limit say to it."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, Final

from flask import Response, g, request
from werkzeug.exceptions import HTTPException

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.headers import PROFILE_KEY, RATE_LIMIT_COUNT, RATE_LIMIT_MAX
from fakeayr.ayrshare.limits import (
    RATE_LIMIT_REQUESTS,
    RATE_LIMIT_WINDOW_SECONDS,
    SUSPENDED_AFTER_REFUSALS,
    SUSPENDED_WITHIN_SECONDS,
)
from fakeayr.ayrshare.plans import Feature
from fakeayr.client import headers
from fakeayr.client.environ import header_key
from fakeayr.domain import accounts, profiles, system_events
from fakeayr.domain.advice import profile_keys, values
from fakeayr.domain.advice.pieces import Piece, advise
from fakeayr.domain.faults import Fault, next_fault
from fakeayr.domain.profiles import Profile
from fakeayr.domain.refusals import Refused
from fakeayr.domain.tenants import Tenant
from fakeayr.web import development, faults
from fakeayr.web.app import present_request
from fakeayr.web.bodies import Fields, T, read_body, read_query
from fakeayr.web.context import context
from fakeayr.web.responses import json_response

_BEARER: Final = "bearer "
_AUTHORIZATION: Final = "header Authorization"
_TOOLKIT_CALL: Final = header_key(headers.TOOLKIT_CALL)


class Call:
    """An authorized call.

    Attributes:
        tenant: The account whose API key it carries.
        now: The account's time when it came, UNIX seconds.
        acting: The profile it acts for, once that is known; the primary one until then.
        advice: What the integrator should mend, for the journal.
        headers: Headers of the response.
        status: Its HTTP status, if nothing is raised.
        fault: What hits it, if anything.

    Args:
        tenant: The account.
        takes_files: Whether its body may be a form with files.
    """

    def __init__(self, tenant: Tenant, *, takes_files: bool = False) -> None:
        self.tenant = tenant
        self._takes_files = takes_files
        self.now = tenant.now()
        self.acting: Profile | None = None
        self.advice: list[Piece] = []
        self.headers: dict[str, str] = {}
        self.status = 200
        self.fault: Fault | None = None
        self._body: Fields | None = None

    @property
    def fields(self) -> Fields:
        """The body's fields.

        Raises:
            Refused: The body cannot be read (101).
        """
        if self._body is None:
            self._body = read_body(present_request(), files=self._takes_files)
        return self._body

    @property
    def fields_read(self) -> dict[str, Any] | None:
        """The body's fields if they were read, for the journal."""
        return None if self._body is None else self._body.values

    def body(self, model: type[T]) -> T:
        """The body as a model.

        Raises:
            Refused: It cannot be read, or a field is missing or has the wrong type (101).
        """
        return self._into(self.fields, model)

    def query(self, model: type[T]) -> T:
        """The query as a model.

        Raises:
            Refused: It cannot be read, or a parameter has the wrong type (101).
        """
        return self._into(read_query(present_request()), model)

    def _into(self, fields: Fields, model: type[T]) -> T:
        strangers = fields.unknown(model)
        if strangers:
            known, path = model.__struct_encode_fields__, present_request().path
            self.advice += [
                values.on_unknown_field(name, known, path, in_body=fields.in_body)
                for name in strangers
            ]
        return fields.into(model)

    def profile_key(self, in_fields: str | None = None) -> str | None:
        """The profile key of the call: the header's, else that of a body or query."""
        header = present_request().headers.get(PROFILE_KEY)
        if header == "" and self.tenant.account.settings.empty_profile_key == "absent":
            header = None
        return in_fields if header is None else header

    def profile(self, in_fields: str | None = None, *, even_suspended: bool = False) -> Profile:
        """The profile that the call acts for; the primary one if it carries no profile key.

        Args:
            in_fields: The key in the body or query, if any; the header goes first.
            even_suspended: Whether a suspended profile may do this.

        Raises:
            Refused: The key is invalid (144), or the profile is suspended (276).
        """
        key = self.profile_key(in_fields)
        if in_fields is not None and key != in_fields:
            self.advice.append(advise("profile-keys-differ", "/profileKey", place="profileKey"))
        tenant = self.tenant
        found = profiles.primary(tenant) if key is None else profiles.find(tenant, key)
        return self.acting_for(found, even_suspended=even_suspended)

    def acting_for(self, profile: Profile, *, even_suspended: bool = False) -> Profile:
        """Notes which profile the call acts for, and returns it.

        Raises:
            Refused: It is suspended (276).
        """
        self.acting = profile
        if profile.suspended and not even_suspended:
            raise Refused(errors.PROFILE_SUSPENDED)
        return profile


Handler = Callable[..., Any]


def operation(
    feature: Feature | None = None, *, takes_files: bool = False
) -> Callable[[Handler], Callable[..., Response]]:
    """Makes an endpoint of a function that takes a `Call` and returns a JSON payload.

    Authorization, the account's faults, rate limit and plan are checked before it runs, in this
    order.

    Args:
        feature: What the account's plan must include.
        takes_files: Whether the body may be a form with files.
    """

    def decorate(handler: Handler) -> Callable[..., Response]:
        @wraps(handler)
        def endpoint(**arguments: str) -> Response:
            call = start_call(takes_files=takes_files)
            respond = partial(_respond, call, feature, handler, arguments)
            if call.tenant.account.faults and not is_toolkit_call():
                call.fault = _find_fault(call)
            return respond() if call.fault is None else faults.apply_fault(call.fault, respond)

        return endpoint

    return decorate


def _respond(
    call: Call, feature: Feature | None, handler: Handler, arguments: dict[str, str]
) -> Response:
    """The response of an endpoint to a known caller."""
    if call.tenant.account.settings.rate_limit and not is_toolkit_call():
        _count_against_limit(call)
    if feature is not None:
        accounts.check_plan(call.tenant.account, feature)
    payload = handler(call, **arguments)
    return json_response(payload, call.status, call.headers)


def is_toolkit_call() -> bool:
    """Whether the toolkit makes this call for a test, beside the application's."""
    return _TOOLKIT_CALL in present_request().environ


def _find_fault(call: Call) -> Fault | None:
    """The account's fault that hits the call, if any."""
    try:
        key = call.fields.values.get("profileKey", request.args.get("profileKey"))
        profile = call.profile(key if isinstance(key, str) else None, even_suspended=True)
    except (Refused, HTTPException):
        profile = None  # The call will be refused; faults for any profile hit it nevertheless.
    return next_fault(
        call.tenant,
        method=request.method,
        path=request.path.removeprefix("/api").rstrip("/"),
        ref_id=None if profile is None else profile.ref_id,
    )


def start_call(*, takes_files: bool = False) -> Call:
    """The present request as a call.

    Args:
        takes_files: Whether its body may be a form with files.

    Raises:
        Refused: The API key is missing or unknown (102), or the `Profile-Key` header is empty
            (144, unless the account's settings say otherwise).
    """
    call = g.call = Call(authenticate(), takes_files=takes_files)
    if call.profile_key() == "":
        profiles.find(call.tenant, "")
    return call


def authenticate() -> Tenant:
    """The account whose API key the request carries as `Authorization: Bearer`.

    Raises:
        Refused: The header is missing or has another form, or no account has the key (102).
    """
    header = present_request().headers.get("Authorization")
    if header is None:
        raise _refuse_key(profile_keys.on_no_authorization(present_request().headers.keys()))
    if header[:7].lower() != _BEARER:
        raise _refuse_key(advise("key-api-without-bearer", _AUTHORIZATION))
    key = header[7:].strip()
    world = context().world
    tenant = world.tenant(key)
    if tenant is not None:
        return tenant
    profile = world.store.profile(key)
    owner = development.API_KEY if profile is None else profile.account
    raise _refuse_key(profile_keys.on_unknown_api_key(world, key), owner)


def _refuse_key(advice: Piece, account: str = development.API_KEY) -> Refused:
    """A refusal with the HTTP status that an account's setting chooses.

    A call that names no account counts as the development account's, as in the journal.
    """
    known = context().world.store.account(account)
    status = None if known is None else known.settings.invalid_api_key_status
    return Refused(errors.API_KEY_NOT_VALID, status=status, advice=[advice])


def _count_against_limit(call: Call) -> None:
    """Counts the call against its profile's limit.

    Raises:
        Refused: The limit is exceeded (429). A profile that meets this 1,000 times in 24 hours is
            suspended.
    """
    store = call.tenant.store
    try:
        profile = call.profile(even_suspended=True)
    except Refused:
        profile = profiles.primary(call.tenant)
    count = store.count_window("requests", profile, call.now, RATE_LIMIT_WINDOW_SECONDS)
    call.headers[RATE_LIMIT_MAX] = str(RATE_LIMIT_REQUESTS)
    call.headers[RATE_LIMIT_COUNT] = str(count)
    if count <= RATE_LIMIT_REQUESTS:
        return
    refusals = store.count_window("refusals", profile, call.now, SUSPENDED_WITHIN_SECONDS)
    if refusals >= SUSPENDED_AFTER_REFUSALS and not profile.suspended:
        system_events.suspend(call.tenant, profile.key, suspended=True)
    raise Refused(errors.TOO_MANY_REQUESTS)
