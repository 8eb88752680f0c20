"""Rules about the fields of bodies and queries."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from fakeayr.ayrshare.headers import X_APP_KEY, X_APP_SECRET
from fakeayr.ayrshare.limits import EXPIRES_IN_MAX_MINUTES
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.domain.accounts import Account
from fakeayr.domain.advice.pieces import Piece, advise
from fakeayr.domain.advice.values import on_lifetime
from fakeayr.domain.linking import redirects
from fakeayr.domain.linking.grants import PARAMETERS
from fakeayr.domain.linking.request import GenerateJwtRequest
from fakeayr.domain.redaction.redactions import quoted
from fakeayr.domain.spelling import nearest

_MOST: Final = 10
_ROUND_SECONDS: Final = frozenset({300, 600, 900, 1800})


def on_linking_request(account: Account, request: GenerateJwtRequest) -> Iterator[Piece]:
    """What to mend in a request for a linking URL."""
    minutes = request.expires_in
    field = "expiresIn" if request.expire_in is None else "expireIn"
    piece = None
    if minutes is not None and (minutes in _ROUND_SECONDS or minutes > EXPIRES_IN_MAX_MINUTES):
        piece = on_lifetime(field, minutes)
    if piece is not None:
        yield piece
    elif request.expire_in is not None:
        yield advise("field-expire-in", "/expireIn")
    in_body = {
        "twitterApiKey": request.twitter_api_key,
        "twitterApiSecret": request.twitter_api_secret,
    }
    if names := " and ".join(name for name, value in in_body.items() if value):
        place, headers = f"/{names.split()[0]}", f"{X_APP_KEY} and {X_APP_SECRET}"
        yield advise("field-x-credentials-in-body", place, names=names, headers=headers)
    if request.domain is not None and request.domain != account.domain:
        if "/" in request.domain:
            yield advise("field-domain-url", "/domain")
        elif request.domain.strip().lower() == account.domain.lower():
            yield advise("field-domain-spelling", "/domain")
    if request.allowed_social is not None:
        yield from on_networks("allowedSocial", request.allowed_social)


def on_added_redirects(urls: list[str], parameters: Iterable[str]) -> Iterator[Piece]:
    """What to mend in the `redirect`s that an integrator added to a linking URL.

    Args:
        urls: The redirects.
        parameters: Names of all parameters of the linking URL.
    """
    if not urls:
        return
    for url in islice((url for url in urls if redirects.normalize(url) is None), _MOST):
        yield advise("field-redirect-no-url", "query redirect", url=quoted(url))
    lost = islice((name for name in parameters if name not in PARAMETERS), _MOST)
    if names := ", ".join(map(quoted, lost)):
        yield advise("field-page-parameter-unknown", "query redirect", names=names)


def on_networks(field: str, names: Iterable[str]) -> list[Piece]:
    """What to mend in a list of networks."""
    strangers = (name for name in names if name not in NETWORKS)
    return [_unknown_network(field, name) for name in islice(strangers, _MOST)]


def _unknown_network(field: str, name: str) -> Piece:
    spellings = {network.display_name.lower(): network.name for network in NETWORKS.values()}
    spellings |= {name: name for name in NETWORKS}
    spelling = nearest(name[:40], spellings)
    shown, place = quoted(name), f"/{field}"
    if spelling is None:
        choices = ", ".join(NETWORKS)
        return advise(
            "field-network-unknown", place, field=field, network=shown or "nothing", choices=choices
        )
    meant = spellings[spelling]
    return advise("field-network-misspelt", place, field=field, network=shown, meant=meant)
