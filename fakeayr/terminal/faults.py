"""`fakeayr fail`: makes calls or publications go wrong."""

from typing import Any

import click

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.terminal.fakes import Fake, on_a_fake
from fakeayr.terminal.output import plain, say, show, show_json, show_table
from fakeayr.terminal.parameters import JSON, Number, profile_option

_KINDS = ("error", "rate-limit", "latency", "reset", "truncated", "malformed", "html")
_ENDS = {
    "fail": ("fails", "fail"),
    "pending": ("stays pending", "stay pending"),
    "slow": ("is slow", "are slow"),
}
"""How a publication ends, and how several do."""
_RATE_LIMITED = 429
_OF_CALLS = ("times", "method", "path", "status", "code", "message", "seconds")
"""Options that the control API takes as they are."""


@click.command()
@on_a_fake
@click.option("--next", "times", type=Number(1), help="So many calls; 1 unless given.")
@click.option("--always", is_flag=True, help="All calls, until --clear.")
@click.option("--status", type=int, help="The HTTP status of the response.")
@click.option("--kind", type=click.Choice(_KINDS), help="How they go wrong.  [default: error]")
@click.option("--method", metavar="METHOD", help="Only calls with this method.")
@click.option("--path", metavar="GLOB", help="Only calls whose path below /api fits: /profiles/*")
@profile_option("Only for this profile.")
@click.option("--code", type=int, help="The error's code.")
@click.option("--message", metavar="TEXT", help="The error's message.")
@click.option("--seconds", type=float, help="How late the response is, or the network.")
@click.option("--after", is_flag=True, help="Only after the call has taken effect.")
@click.option(
    "--post",
    "outcome",
    type=click.Choice(list(_ENDS)),
    help="Let no call fail, but the next publication of a post.",
)
@click.option(
    "--network",
    type=click.Choice(list(NETWORKS)),
    metavar="NETWORK",
    help="With --post: only there.",
)
@click.option("--list", "as_list", is_flag=True, help="Show what is ordered.")
@click.option("--clear", is_flag=True, help="Remove all of it.")
@JSON
def fail(fake: Fake, as_list: bool, clear: bool, as_json: bool, **order: Any) -> None:
    """Make the next calls or posts go wrong.

    \b
    fakeayr fail                                  the next call returns 500
    fakeayr fail --next 2 --status 429
    fakeayr fail --kind reset --path '/profiles/*'
    fakeayr fail --post fail --network facebook   the next post to Facebook fails
    """  # noqa: D301 - click keeps these lines as they are
    given = {name: value for name, value in order.items() if value not in (None, False)}
    if (as_list or clear) and (given or (as_list and clear)):
        raise click.UsageError("--list and --clear stand alone")
    if clear:
        _clear(fake, as_json)
    elif as_list:
        _list(fake, as_json)
    elif "outcome" in given:
        _fail_posts(fake, given, as_json)
    else:
        _fail_calls(fake, given, as_json)


def _fail_calls(fake: Fake, given: dict[str, Any], as_json: bool) -> None:
    if "network" in given:
        raise click.UsageError("--network belongs to --post")
    if "times" in given and "always" in given:
        raise click.UsageError("--next and --always exclude each other")
    kind = given.get("kind")
    if kind is None:
        kind = "latency" if "seconds" in given and "status" not in given else "error"
        if given.get("status") == _RATE_LIMITED:
            kind = "rate-limit"
    body = {name: given.get(name) for name in _OF_CALLS}
    body |= {"kind": kind, "profileKey": _find_key(fake, given)}
    if kind == "rate-limit" and body["status"] == _RATE_LIMITED:
        body["status"] = None
    if "after" in given:
        body["when"] = "after"
    made = fake.call("POST", "/faults", body, null=("times",) if "always" in given else ())
    if as_json:
        show_json(made)
    else:
        show(f"{made['id']}: {_tell(made)}")


def _fail_posts(fake: Fake, given: dict[str, Any], as_json: bool) -> None:
    misplaced = given.keys() & {"always", "status", "kind", "method", "path", "after"}
    if misplaced:
        names = ", ".join(f"--{name}" for name in sorted(misplaced))
        raise click.UsageError(f"{names} is about calls, not --post")
    order = {name: it for name, it in given.items() if name not in {"network", "profile"}}
    body = {**order, "platform": given.get("network"), "profileKey": _find_key(fake, given)}
    answer = fake.call("POST", "/publications", body)
    if as_json:
        show_json(answer)
    else:
        show(_tell_post(body))


def _find_key(fake: Fake, given: dict[str, Any]) -> str | None:
    """The key of the profile that is named, if one is."""
    key: str | None = None
    if "profile" in given:
        key = fake.find_profile(given["profile"])["profileKey"]
    return key


def _list(fake: Fake, as_json: bool) -> None:
    faults = fake.get("/faults")["faults"]
    publications = fake.get("/publications")["publications"]
    if as_json:
        show_json({"faults": faults, "publications": publications})
        return
    if not faults and not publications:
        say("Nothing is ordered to fail.")
        return
    if faults:
        rows = ((one["id"], f"{one['hits']} of {one['calls']}", _tell(one)) for one in faults)
        show_table(("id", "hit", "what"), rows)
    for one in publications:
        show(_tell_post(one))


def _clear(fake: Fake, as_json: bool) -> None:
    fake.call("DELETE", "/faults")
    answer = fake.call("DELETE", "/publications")
    if as_json:
        show_json(answer)
    else:
        show("Nothing is ordered to fail any more.")


def _tell(fault: dict[str, Any]) -> str:
    """What a fault does, in words."""
    times = fault.get("times")
    which = {None: "every call", 1: "the next call"}.get(times, f"the next {times} calls")
    where = " ".join(part for part in (fault.get("method"), fault.get("path")) if part)
    effects = {
        "latency": f"wait {fault.get('seconds')} s",
        "reset": "break off without a response",
        "truncated": "break off in the response",
        "malformed": "return broken JSON",
        "html": f"return {fault.get('status')} with a page",
    }
    code = f"return {fault.get('status')}, code {fault.get('code')}"
    effect = effects.get(fault["kind"], code)
    verb, _, rest = effect.partition(" ")
    if times in {None, 1}:
        effect = f"{verb}s {rest}"
    after = ", after its effect" if fault["when"] == "after" else ""
    return plain(f"{which}{' to ' * bool(where)}{where} {effect}{after}")


def _tell_post(decision: dict[str, Any]) -> str:
    times = decision.get("times", 1)
    which = "The next publication" if times == 1 else f"The next {times} publications"
    on = f" on {decision['platform']}" if decision.get("platform") else ""
    one, several = _ENDS[decision["outcome"]]
    return f"{which}{on} {one if times == 1 else several}."
