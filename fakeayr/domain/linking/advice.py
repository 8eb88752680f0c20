"""Advice: requests that Ayrshare accepts although their sender hardly means them."""

import difflib
from collections.abc import Iterable
from itertools import islice
from typing import Final

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.domain.accounts import Account
from fakeayr.domain.journal import quoted
from fakeayr.domain.linking import redirects
from fakeayr.domain.linking.grants import PARAMETERS
from fakeayr.domain.linking.request import SigningRequest
from fakeayr.domain.profiles import Profile

_MOST_ADVICE: Final = 10
_ROUND_SECONDS: Final = frozenset({300, 600, 900, 1800})


def on_linking_request(account: Account, request: SigningRequest) -> list[str]:
    """What to mend in a request for a linking URL."""
    advice = []
    minutes = request.expires_in
    if minutes in _ROUND_SECONDS:
        advice.append(
            f"expiresIn counts minutes: {minutes:g} are "
            f"{minutes / 60:g} hours. Did you mean {minutes / 60:g}?"
        )
    if request.domain != account.domain:
        if "://" in request.domain or "/" in request.domain:
            advice.append("domain is the name given at onboarding, not a URL.")
        elif request.domain.strip().lower() == account.domain.lower():
            advice.append("domain must have the exact spelling given at onboarding.")
    if request.profile_key == account.api_key:
        advice.append("profileKey holds the API key: send the key of a User Profile.")
    elif request.profile_key.startswith("-----BEGIN"):
        advice.append("profileKey holds the private key: send the key of a User Profile.")
    if request.allowed_social is not None:
        advice += on_networks("allowedSocial", request.allowed_social)
    return advice


def on_opened_url(asked: Profile, shown: Profile) -> list[str]:
    """What to mend when a linking URL shows another profile than it was made for."""
    if asked.key == shown.key:
        return []
    return [
        f"The browser is still logged in to {quoted(shown.title)!r}: the page shows that profile, "
        f"not {quoted(asked.title)!r}. Send logout: true to switch."
    ]


def on_added_redirects(urls: list[str], parameters: Iterable[str]) -> list[str]:
    """What to mend in the `redirect`s that an integrator added to a linking URL.

    Args:
        urls: The redirects.
        parameters: Names of all parameters of the linking URL.
    """
    if not urls:
        return []
    advice = [
        f"redirect is no http or https URL: {quoted(url)}. Nobody is led there."
        for url in islice((url for url in urls if redirects.normalize(url) is None), _MOST_ADVICE)
    ]
    lost = islice((name for name in parameters if name not in PARAMETERS), _MOST_ADVICE)
    if names := ", ".join(map(quoted, lost)):
        advice.append(f"The page has no parameter {names}: is it of a redirect? URL-encode that.")
    return advice


def on_networks(field: str, names: list[str]) -> list[str]:
    """What to mend in a list of networks."""
    strangers = (name for name in names if name not in NETWORKS)
    return [_unknown_network(field, name) for name in islice(strangers, _MOST_ADVICE)]


def _unknown_network(field: str, name: str) -> str:
    spellings = {network.display_name.lower(): network.name for network in NETWORKS.values()}
    spellings |= {name: name for name in NETWORKS}
    close = difflib.get_close_matches(name.lower()[:40], spellings, n=1)
    hint = f" Did you mean {spellings[close[0]]}?" if close else ""
    return f"{field} names {quoted(name)}, which is no network.{hint}"
