"""The credentials of the integrator's own X app, which calls for X carry in the newer age."""

from collections.abc import Container

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.headers import X_APP_KEY, X_APP_SECRET
from fakeayr.ayrshare.networks import OWN_APP_NETWORK
from fakeayr.domain.accounts import LinkingApi
from fakeayr.domain.refusals import Refused
from fakeayr.web.app import present_request
from fakeayr.web.calls import Call


def check_x_credentials(call: Call, networks: Container[str]) -> None:
    """Checks that a call for X carries both headers, if its account is of the newer age.

    Args:
        call: The call.
        networks: The networks that it is for.

    Raises:
        Refused: Both headers are missing (419), or one is (400).
    """
    if OWN_APP_NETWORK not in networks or call.tenant.account.linking_api is LinkingApi.JWT:
        return
    headers = present_request().headers
    missing = [name for name in (X_APP_KEY, X_APP_SECRET) if not headers.get(name)]
    if len(missing) == 1:
        raise Refused(errors.X_CREDENTIAL_MISSING.fill(header=missing[0]))
    if missing:
        raise Refused(errors.X_CREDENTIALS_REQUIRED)
