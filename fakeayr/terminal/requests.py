"""`fakeayr tail` and `fakeayr requests`: what was asked of the fake, and what to mend."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import wraps
from shlex import quote
from typing import Any, Final
from urllib.parse import urlencode

import click

from fakeayr import real_time
from fakeayr.ayrshare.headers import PROFILE_KEY
from fakeayr.client.refusals import describe_error, find_failures
from fakeayr.terminal.durations import Duration
from fakeayr.terminal.fakes import Fake, OrderRefused, on_a_fake
from fakeayr.terminal.output import (
    color_status,
    format_advice,
    format_time,
    plain,
    say,
    show,
    show_json,
    wrap,
)
from fakeayr.terminal.parameters import JSON, Number, profile_option

_WAIT_SECONDS: Final = 10
_PAUSE_SECONDS: Final = 0.5
"""Between two looks where the fake does not let more calls wait."""
_ADVICE_INDENT: Final = 9
_LONGEST_PATH: Final = 90
_VARIABLES: Final = {
    "privateKey": """"$(sed 's/$/\\\\n/' private.key | tr -d '\\n')\"""",
    "profileKey": '"$AYRSHARE_PROFILE_KEY"',
}


@dataclass(frozen=True, kw_only=True)
class RequestFilter:
    """Which requests are shown.

    Attributes:
        status: An HTTP status, or a class of them: `404`, `4xx`.
        method: The HTTP method.
        path: A pattern of the path, with `/api` or without.
        ref_id: Only for this profile.
        advice: Only with advice.
        since: At this instant of the account's time (UNIX seconds) or later.
    """

    status: str | None = None
    method: str | None = None
    path: str | None = None
    ref_id: str | None = None
    advice: bool = False
    since: float = 0.0

    def takes(self, entry: dict[str, Any]) -> bool:
        """Returns whether a request is wanted."""
        return (
            (self.status is None or _has_status(entry["status"], self.status))
            and self.method in {None, entry["method"]}
            and (self.path is None or _has_path(entry["path"], self.path))
            and self.ref_id in {None, entry.get("refId")}
            and (not self.advice or bool(entry.get("advice")))
            and entry["time"] >= self.since
        )


def _check_status(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    text = value.lower()
    digits = text.removesuffix("xx")
    if not (digits.isascii() and digits.isdigit() and len(text) == 3 and 1 <= int(digits[0]) <= 5):
        raise click.BadParameter(f"{value!r} is no status such as 404, and no class such as 4xx.")
    return text


def _filters(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that choose requests; the command gets `wanted`."""

    @click.option(
        "--status", callback=_check_status, metavar="STATUS", help="Only with 404, 4xx, …"
    )
    @click.option("--method", metavar="METHOD", help="Only with this method.")
    @click.option("--path", metavar="GLOB", help="Only with such a path: /profiles/*")
    @profile_option("Only for this profile.")
    @click.option("--advice", is_flag=True, help="Only with advice.")
    @click.option(
        "--since", type=Duration(), metavar="SPAN", help="Also those of the last 90s, 5m, 1h."
    )
    @wraps(function)
    def command(
        fake: Fake,
        *,
        method: str | None,
        profile: str | None,
        since: float | None,
        status: str | None,
        path: str | None,
        advice: bool,
        **options: Any,
    ) -> Any:
        wanted = RequestFilter(
            status=status,
            method=None if method is None else method.upper(),
            path=path,
            ref_id=None if profile is None else fake.find_profile(profile)["refId"],
            advice=advice,
            since=0.0 if since is None else fake.get("/clock")["now"] - since,
        )
        return function(fake, wanted, **options)

    return command


@click.command()
@on_a_fake
@_filters
@click.option(
    "--output",
    type=click.Choice(["compact", "quiet"]),
    default="compact",
    show_default=True,
    help="quiet leaves the advice out.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def tail(fake: Fake, wanted: RequestFilter, output: str, as_json: bool) -> None:
    """Show requests as they come, with the advice below each. Ctrl-C ends it."""
    printer = _Printer(fake, as_json=as_json, quiet=output == "quiet")
    if not as_json:
        say(f"Ready: what is asked of {fake.url} comes here. Ctrl-C ends it.")
    printer.show_all(entry for entry in _follow(fake, wanted) if wanted.takes(entry))


@click.command()
@click.argument("number", required=False, type=Number(1), metavar="[ID]")
@on_a_fake
@_filters
@click.option(
    "--tail", "last", type=Number(0), default=20, show_default=True, help="At most so many."
)
@click.option("-f", "--follow", is_flag=True, help="Go on with those that come.")
@click.option("--curl", is_flag=True, help="Print the request as a curl command.")
@JSON
def requests(
    fake: Fake,
    wanted: RequestFilter,
    number: int | None,
    last: int,
    follow: bool,
    curl: bool,
    as_json: bool,
) -> None:
    """Show the latest requests, or one with its response and its advice.

    The fake keeps the latest 1,000 of each account.
    """
    if curl and number is None:
        raise click.UsageError("--curl needs the ID of a request")
    known = fake.get("/requests")["requests"]
    if number is not None:
        _show_one(fake, known, number, curl=curl, as_json=as_json)
        return
    found = [entry for entry in known if wanted.takes(entry)]
    chosen = found[-last:] if last else []
    if as_json and not follow:
        show_json({"requests": chosen})
        return
    printer = _Printer(fake, as_json=as_json, quiet=False)
    printer.show_all(chosen)
    if follow:
        cursor = known[-1]["id"] if known else 0
        new = (entry for entry in _poll(fake, cursor) if wanted.takes(entry))
        printer.show_all(new)
    elif not chosen:
        say("There is no such request." if known else "Nothing has been asked of this account yet.")


class _Printer:
    """Prints requests as lines."""

    def __init__(self, fake: Fake, *, as_json: bool, quiet: bool) -> None:
        self._fake = fake
        self._as_json = as_json
        self._quiet = quiet
        self._titles: dict[str, str] = {}

    def show_all(self, entries: Iterable[dict[str, Any]]) -> None:
        """Prints requests as they come."""
        for entry in entries:
            if self._as_json:
                show_json(entry, one_line=True)
                continue
            show(self._format(entry))
            if self._quiet:
                continue
            for piece in entry.get("advice", []):
                show(format_advice(piece, indent=_ADVICE_INDENT, brief=True))
            if not entry.get("advice"):
                for error in find_failures(entry["status"], entry.get("answer")):
                    show(wrap("", describe_error(error), indent=_ADVICE_INDENT))

    def _format(self, entry: dict[str, Any]) -> str:
        title = self._find_title(entry.get("refId"))
        path = plain(entry["path"])
        shown = path if len(path) <= _LONGEST_PATH else f"{path[: _LONGEST_PATH - 1]}…"
        parts = [
            format_time(entry["time"]),
            color_status(entry["status"]),
            entry["method"].ljust(4),
            shown,
            *([f" {title}"] if title else []),
            click.style(f" #{entry['id']}", dim=True),
            *([f" fault {entry['fault']}"] if entry.get("fault") else []),
        ]
        return " ".join(parts)

    def _find_title(self, ref_id: str | None) -> str:
        if ref_id is None:
            return ""
        if ref_id not in self._titles:
            self._titles = {ref_id: "", **self._titles, **self._fake.titles()}
        return plain(self._titles[ref_id])


def _follow(fake: Fake, wanted: RequestFilter) -> Iterator[dict[str, Any]]:
    """The requests since an instant, if one is given, and then those that come."""
    known = fake.get("/requests")["requests"]
    if wanted.since:
        yield from known
    yield from _poll(fake, known[-1]["id"] if known else fake.get("/changes")["cursor"])


def _poll(fake: Fake, cursor: int) -> Iterator[dict[str, Any]]:
    while True:
        asked = real_time.monotonic()
        changes = fake.get(f"/changes?after={cursor}&wait={_WAIT_SECONDS}")
        yield from changes["requests"]
        if cursor == changes["cursor"] and real_time.monotonic() - asked < _PAUSE_SECONDS:
            real_time.sleep(_PAUSE_SECONDS)
        cursor = changes["cursor"]


def _show_one(
    fake: Fake, known: Iterable[dict[str, Any]], number: int, *, curl: bool, as_json: bool
) -> None:
    entry = next((one for one in known if one["id"] == number), None)
    if entry is None:
        raise OrderRefused(f"The journal has no request #{number}.")
    if curl:
        of_primary = entry.get("refId") in {None, fake.find_profile(None)["refId"]}
        show(_make_curl(fake.url, entry, acts_for_profile=not of_primary))
    elif as_json:
        show_json(entry)
    else:
        _Printer(fake, as_json=False, quiet=True).show_all([entry])
        for piece in entry.get("advice", []):
            show()
            show(format_advice(piece))
        for title, value in (("query", entry.get("query")), ("request", entry.get("body")),
                             ("response", entry.get("answer"))):  # fmt: skip
            if value is not None and value != {}:
                show()
                show(click.style(title, bold=True))
                show(json.dumps(value, indent=2, ensure_ascii=True))


def _make_curl(url: str, entry: dict[str, Any], *, acts_for_profile: bool) -> str:
    """A request as a curl command, with shell variables in place of its secrets."""
    query = f"?{urlencode(entry['query'], doseq=True)}" if entry.get("query") else ""
    parts = ["curl", "-s"]
    if entry["method"] != "GET":
        parts += ["-X", quote(entry["method"])]  # Whoever calls chooses it.
    parts += [quote(f"{url}{plain(entry['path'])}{query}")]
    if entry["path"].startswith("/api"):
        parts += ["-H", '"Authorization: Bearer $AYRSHARE_API_KEY"']
    body = entry.get("body")
    named = "profileKey" in {**entry.get("query", {}), **(body if isinstance(body, dict) else {})}
    if acts_for_profile and not named:
        parts += ["-H", f'"{PROFILE_KEY}: $AYRSHARE_PROFILE_KEY"']
    if body:
        parts += ["-H", quote("Content-Type: application/json"), "-d", _quote_body(body)]
    return " ".join(parts)


def _quote_body(body: Any) -> str:
    """A JSON body for a shell; secrets that the journal left out are variables."""
    pieces = []
    text = json.dumps(body)
    for name, variable in _VARIABLES.items():
        hidden = f'"{name}": "[redacted]"'
        if hidden in text:
            pieces.append((hidden, f'"{name}": "\'{variable}\'"'))
    quoted = quote(text)
    for hidden, shown in pieces:
        quoted = quoted.replace(hidden, shown)
    return quoted


def _has_status(status: int, wanted: str) -> bool:
    return str(status) == wanted or (wanted.endswith("xx") and str(status // 100) == wanted[0])


def _has_path(path: str, pattern: str) -> bool:
    return fnmatchcase(path, pattern) or fnmatchcase(path.removeprefix("/api"), pattern)
