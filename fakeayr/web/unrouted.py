"""Paths that the server does not have: endpoints of Ayrshare, slips, and everything else."""

from collections.abc import Iterable
from typing import Final

from flask import current_app
from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, Rule

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.endpoints import ELSEWHERE, MISTAKEN
from fakeayr.domain.advice.pieces import advise
from fakeayr.domain.redaction.redactions import redacted_text
from fakeayr.domain.refusals import Refused

_API: Final = "/api"
_CONTROL: Final = "/_fakeayr"
_LONGEST_PATH: Final = 200
_LIKENESS: Final = 0.7
"""How alike two paths are, of at most 1, that a person may have confused."""
_ELSEWHERE: Final = Map(
    [Rule(path, endpoint=path, methods=methods) for path, methods in ELSEWHERE.items()],
    strict_slashes=False,
    merge_slashes=False,
).bind("")


def refuse_path(path: str, method: str) -> Refused:
    """How a path that has no route is refused: 501 for an endpoint of Ayrshare, else 404.

    The journal's advice names the path that public code means by it, where one is known.

    Raises:
        MethodNotAllowed: Ayrshare has the path, but not with this method.
    """
    below = path.removeprefix(_API)
    if f"{path}/".startswith(f"{_API}/"):
        try:
            return refuse_missing(path, method)
        except NotFound:
            shown = redacted_text(path[:_LONGEST_PATH])
            return _refuse_below(below, shown)
    return Refused(errors.NOT_FOUND, _name_nearest(path))


def refuse_missing(path: str, method: str) -> Refused:
    """How a call of an endpoint is refused that Ayrshare has and the fake has not.

    Raises:
        NotFound: Ayrshare has no such path, or the fake has it.
        MethodNotAllowed: Ayrshare has the path, but not with this method.
    """
    _ELSEWHERE.match(path.removeprefix(_API) or "/", method)
    shown = redacted_text(path[:_LONGEST_PATH])
    return Refused(errors.NOT_IN_THE_FAKE.fill(path=shown))


def _refuse_below(below: str, shown: str) -> Refused:
    """How an unknown path below /api is refused."""
    if not below.strip("/"):
        details = f"This server has {', '.join(_paths(_API))}. See /docs."
        return Refused(errors.ENDPOINT_NOT_FOUND, details)
    meant = MISTAKEN.get(below.rstrip("/"))
    if meant is None:
        return Refused(errors.ENDPOINT_NOT_FOUND, _name_nearest(f"{_API}{below}"))
    advice = advise("conduct-wrong-path", "path", path=shown, meant=f"{_API}{meant}")
    return Refused(errors.ENDPOINT_NOT_FOUND, advice=[advice])


def _name_nearest(path: str) -> str:
    """Names the real path next to an unknown one, so that a slip is found at once."""
    room = _CONTROL if path.startswith(f"{_CONTROL}/") else _API
    known = {_plain(one.removeprefix(room)): one for one in _paths(room)}
    if room == _API:
        known |= {_plain(one): f"{_API}{one}" for one in ELSEWHERE if "<" not in one}
    asked = _plain(path.removeprefix(room)[:_LONGEST_PATH])
    import difflib  # noqa: PLC0415 - slow to import, and seldom needed

    close = difflib.get_close_matches(asked, known, n=1, cutoff=_LIKENESS)
    if not close:
        return "No such path. See /docs for the paths that this server has."
    return f"No such path. The nearest one is {known[close[0]]}."


def _paths(room: str) -> Iterable[str]:
    """The server's paths below another, in their order."""
    rules = (rule.rule for rule in current_app.url_map.iter_rules())
    return sorted({rule for rule in rules if rule.startswith(f"{room}/")})


def _plain(path: str) -> str:
    """A path without what differs between spellings."""
    return path.strip("/").lower()
