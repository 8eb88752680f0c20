"""`fakeayr status` and `fakeayr open`."""

import webbrowser
from typing import Final

import click

from fakeayr.terminal import durations
from fakeayr.terminal.fakes import Fake, find_url, on_a_fake
from fakeayr.terminal.output import describe_account, format_iso, say, show, show_fields, show_json
from fakeayr.terminal.parameters import JSON

_PAGES: Final = {
    "now": "/_fakeayr/",
    "requests": "/_fakeayr/#/requests",
    "advice": "/_fakeayr/#/advice",
    "profiles": "/_fakeayr/#/profiles",
    "posts": "/_fakeayr/#/posts",
    "webhooks": "/_fakeayr/#/webhooks",
    "emails": "/_fakeayr/#/emails",
    "clock": "/_fakeayr/#/clock",
    "accounts": "/_fakeayr/#/accounts",
    "linking-page": "/_fakeayr/linking-page",
    "docs": "/docs",
}
"""The pages that `open` opens."""


@click.command()
@on_a_fake
@JSON
def status(fake: Fake, as_json: bool) -> None:
    """Show which fake is found, its account, and how much it has seen."""
    account = fake.get("/accounts")
    changes = fake.get("/changes")
    clock = fake.get("/clock")
    profiles = fake.get("/profiles?limit=6")["profiles"]
    faults = [fault for fault in fake.get("/faults")["faults"] if _is_due(fault)]
    counts = changes["counts"]
    known = {
        "url": fake.url,
        "version": changes["version"],
        "account": {name: account[name] for name in ("domain", "plan", "maxPack", "age", "refId")},
        "clock": clock,
        "counts": counts,
        "faults": len(faults),
    }
    if as_json:
        show_json(known)
        return
    ahead = f", {durations.write(clock['offset'])} ahead" if clock["offset"] >= 1 else ""
    seen = [
        f"{number} {_name(what, number)}" for what, number in counts.items() if what != "advice"
    ]
    advice = counts["advice"]
    titles = [profile["title"] for profile in profiles]
    show_fields(
        [
            ("fake", f"{fake.url} (fakeayr {changes['version']})"),
            ("account", describe_account(account)),
            ("profiles", ", ".join(titles[:5]) + (", …" if len(titles) > 5 else "")),
            ("clock", f"{format_iso(clock['utc'])}{ahead}"),
            ("seen", ", ".join(seen)),
            ("faults", f"{len(faults)} waiting; see fakeayr fail --list" if faults else None),
            ("advice", f"{advice} to mend; see fakeayr advice" if advice else "nothing to mend"),
        ]
    )


@click.command("open")
@click.argument("page", type=click.Choice(list(_PAGES)), default="now", metavar="[PAGE]")
@click.option("--url", metavar="URL", help="The fake; the one that is running unless given.")
@click.option("--print", "only_print", is_flag=True, help="Print the address instead.")
def open_page(page: str, url: str | None, only_print: bool) -> None:
    """Open a page of the fake in a browser.

    PAGE is now, requests, advice, profiles, posts, webhooks, emails, clock, accounts, linking-page
    or docs.
    """
    address = f"{find_url(url)}{_PAGES[page]}"
    if only_print or not webbrowser.open(address):
        show(address)
    else:
        say(f"Opened {address}")


def _is_due(fault: dict[str, int | None]) -> bool:
    times, hits = fault.get("times"), fault.get("hits") or 0
    return times is None or hits < times


def _name(what: str, number: int) -> str:
    return what.removesuffix("s") if number == 1 else what
