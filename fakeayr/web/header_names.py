"""Headers whose names are nearly right."""

from collections.abc import Mapping
from typing import Any, Final

from fakeayr.ayrshare.headers import PROFILE_KEY, X_APP_KEY, X_APP_SECRET
from fakeayr.client.environ import UNDERSCORED
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


def find_advice(environ: Mapping[str, Any]) -> list[Piece]:
    """Advice on headers of a request that were written with an underscore."""
    return [
        advise("profile-header-underscore", f"header {name}", name=name, meant=meant)
        for name in environ.get(UNDERSCORED, ())
        if (meant := _MEANT.get(name.lower().replace("_", "-"))) is not None
    ]
