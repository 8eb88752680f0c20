"""Headers whose names are nearly right."""

from collections.abc import Mapping
from typing import Any, Final

from fakeayr.ayrshare.headers import PROFILE_KEY, X_APP_KEY, X_APP_SECRET
from fakeayr.client.environ import UNDERSCORED, header_key
from fakeayr.client.headers import CONTROL_TOKEN, TOOLKIT_CALL
from fakeayr.domain.advice.pieces import Piece, advise

_MEANT: Final = {
    name.lower(): name
    for name in (
        PROFILE_KEY,
        X_APP_KEY,
        X_APP_SECRET,
        "Content-Type",
        "Content-Length",
        "Content-Encoding",
        "Transfer-Encoding",
        CONTROL_TOKEN,
        TOOLKIT_CALL,
    )
}
"""Headers that mean something, and have a hyphen."""


_MISNAMED: Final = {
    header_key(name): name
    for name in (
        "ProfileKey",
        f"X-{PROFILE_KEY}",
        "X-ProfileKey",
        "Profile-Id",
        f"X-Ayrshare-{PROFILE_KEY}",
        f"Ayrshare-{PROFILE_KEY}",
    )
}
"""Headers that public code sends for the one with the profile key, by their keys in an environ."""
_PROFILE_KEY: Final = header_key(PROFILE_KEY)


def find_advice(environ: Mapping[str, Any]) -> list[Piece]:
    """Advice on headers of a request whose names are nearly right."""
    found = [
        advise("profile-header-underscore", f"header {name}", name=name, meant=meant)
        for name in environ.get(UNDERSCORED, ())
        if (meant := _MEANT.get(name.lower().replace("_", "-"))) is not None
    ]
    if not _MISNAMED.keys().isdisjoint(environ) and _PROFILE_KEY not in environ:
        found += [
            advise("profile-header-misnamed", f"header {name}", name=name)
            for key, name in _MISNAMED.items()
            if key in environ
        ]
    return found
