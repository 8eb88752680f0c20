"""`fakeayr fail`: makes calls or publications go wrong."""

from typing import Any

import click

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.terminal.fakes import Fake, on_a_fake
from fakeayr.terminal.output import plain, say, show, show_json, show_table
from fakeayr.terminal.parameters import JSON, Number, profile_option

_KINDS = ("error", "rate-limit", "latency", "reset", "truncated", "malformed", "html")
_OUTCOMES = ("fail", "pending", "slow")
_RATE_LIMITED = 429


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
    type=click.Choice(_OUTCOMES),
    help="Let no call fail, but the next publication of a post.",
)
@click.option("--network", type=click.Choice(list(NETWORKS)), help="With --post: only there.")
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
    order: dict[str, Any] = {
        name: given[name]
        for name in ("times", "method", "path", "code", "message", "seconds")
        if name in given
    }
    if "status" in given and not (kind == "rate-limit" and given["status"] == _RATE_LIMITED):
        order["status"] = given["status"]
    if "after" in given:
        order["when"] = "after"
    if "profile" in given:
        order["profileKey"] = fake.find_profile(given["profile"])["profileKey"]
    body = {"kind": kind, **order}
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
    body = {
        "outcome": given["outcome"],
        "platform": given.get("network"),
        "times": given.get("times"),
        "code": given.get("code"),
        "message": given.get("message"),
        "seconds": given.get("seconds"),
    }
    if "profile" in given:
        body["profileKey"] = fake.find_profile(given["profile"])["profileKey"]
    answer = fake.call("POST", "/publications", body)
    if as_json:
        show_json(answer)
    else:
        show(_tell_post({**body, "times": body["times"] or 1}))


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
    which = (
        "every call"
        if times is None
        else "the next call"
        if times == 1
        else (f"the next {times} calls")
    )
    about = [fault.get("method"), fault.get("path")]
    where = " ".join(part for part in about if part)
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
    where = decision.get("platform")
    on = f" on {where}" if where else ""
    ends = {"fail": "fails", "pending": "stays pending", "slow": "is slow"}[decision["outcome"]]
    if times != 1:
        ends = {"fail": "fail", "pending": "stay pending", "slow": "are slow"}[decision["outcome"]]
    return f"{which}{on} {ends}."
