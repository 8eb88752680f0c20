"""`fakeayr clock`."""

import click

from fakeayr.terminal import durations
from fakeayr.terminal.fakes import Fake, on_a_fake
from fakeayr.terminal.outbox import show_new
from fakeayr.terminal.output import format_iso, show, show_json
from fakeayr.terminal.parameters import JSON

_NEXT = "next"


def _read_move(_: click.Context, __: click.Parameter, value: str | None) -> float | str | None:
    if value is None or value == _NEXT:
        return value
    seconds = durations.parse(value.removeprefix("+"))
    if seconds is None or not value.startswith("+"):
        raise click.BadParameter(
            f"{value!r} is no move; write +90s, +6m, +2h, +1d, or next. A clock never goes back."
        )
    return seconds


@click.command()
@click.argument("move", required=False, callback=_read_move, metavar="[+6m|+1d|next]")
@on_a_fake
@JSON
def clock(fake: Fake, move: float | str | None, as_json: bool) -> None:
    """Show the account's clock, or move it forward.

    What falls due on the way happens at its time: retries, posts, ends of links. With next it moves
    to the next such thing.
    """
    before = fake.webhooks() if move is not None else []
    earlier = fake.get("/clock")
    now = earlier if move is None else fake.call("POST", "/clock", {"advance": move})
    if as_json:
        show_json(now)
        return
    moved = now["offset"] - earlier["offset"]
    ahead = f", {durations.write(now['offset'])} ahead" if now["offset"] >= 1 else ""
    went = f"moved by {durations.write(moved)}: " if move is not None else ""
    show(f"{went}{format_iso(now['utc'])} ({now['utc']}{ahead})")
    if move is not None:
        show_new(fake, before)
