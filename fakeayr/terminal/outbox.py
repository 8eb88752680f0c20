"""`fakeayr webhooks` and `fakeayr emails`: what the fake has sent, and sending it again."""

import json
from collections.abc import Sequence
from typing import Any

import click

from fakeayr.terminal.fakes import Fake, find_by_id, on_a_fake
from fakeayr.terminal.output import (
    format_time,
    plain,
    say,
    show,
    show_fields,
    show_json,
    show_table,
)
from fakeayr.terminal.parameters import JSON, LAST

_TOLD = ("type", "platform", "title")


class _WithDefault(click.Group):
    """A group whose first word may be an id: then `show` is meant."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts `show` before arguments that do not begin with a command."""
        if not args or (args[0] not in self.commands and args[0] not in {"-h", "--help"}):
            args.insert(0, "show")
        return super().parse_args(ctx, args)


@click.group(cls=_WithDefault)
def webhooks() -> None:
    """Show webhooks, and send them again.

    \b
    fakeayr webhooks               the latest deliveries
    fakeayr webhooks ID            one of them, with its attempts and its body
    fakeayr webhooks resend ID …   send some of them once more, now
    """  # noqa: D301 - click keeps these lines as they are


@webhooks.command("show")
@click.argument("delivery_id", required=False, metavar="[ID]")
@on_a_fake
@click.option("--failed", is_flag=True, help="Only those that were given up.")
@LAST
@click.option("--body", is_flag=True, help="Print nothing but the body of the delivery, as sent.")
@JSON
def show_webhooks(
    fake: Fake, delivery_id: str | None, failed: bool, last: int, body: bool, as_json: bool
) -> None:
    """Show the latest webhooks, or one with its attempts and its body."""
    if body and delivery_id is None:
        raise click.UsageError("--body needs the ID of a delivery")
    if delivery_id is not None:
        found = find_by_id(fake.webhooks(), delivery_id, "webhook")
        if body:
            show(found["body"])
        elif as_json:
            show_json(found)
        else:
            _show_delivery(found)
        return
    if failed:
        wanted = [one for one in fake.webhooks() if one["state"] == "failed"][-last:]
    else:
        wanted = fake.webhooks(last=last)
    if as_json:
        show_json({"webhooks": wanted})
    elif wanted:
        show_table(("time", "id", "state", "what", "to"), map(_make_row, wanted))
    else:
        say("No webhook has failed." if failed else "No webhook has been sent yet.")


@webhooks.command("resend")
@click.argument("ids", nargs=-1, metavar="[ID]…")
@on_a_fake
@click.option("--failed", is_flag=True, help="All that were given up.")
@click.option("--last", is_flag=True, help="The latest one.")
@JSON
def resend(fake: Fake, ids: tuple[str, ...], failed: bool, last: bool, as_json: bool) -> None:
    """Send webhooks once more, now. The exit code is 1 if a receiver did not take one."""
    if bool(ids) + failed + last != 1:
        raise click.UsageError("name what to send again: IDs, --last or --failed")
    known = fake.webhooks(settled=True)
    if ids:
        chosen = [find_by_id(known, one, "webhook") for one in ids]
    elif last:
        chosen = known[-1:]
    else:
        chosen = [one for one in known if one["state"] == "failed"]
    if not chosen:
        say("There is no webhook to send again.")
        return
    sent = [fake.call("POST", f"/webhooks/{one['id']}/resend") for one in chosen]
    if as_json:
        show_json({"webhooks": sent})
    else:
        for one in sent:
            show(_tell(one))
    if any(_failed(one) for one in sent):
        raise SystemExit(1)


@click.command()
@click.argument("email_id", required=False, metavar="[ID]")
@on_a_fake
@LAST
@JSON
def emails(fake: Fake, email_id: str | None, last: int, as_json: bool) -> None:
    """Show the latest Connect Accounts e-mails, or one with its text."""
    if email_id is not None:
        found = find_by_id(fake.emails(), email_id, "e-mail")
        if as_json:
            show_json(found)
        else:
            _show_email(found)
        return
    wanted = fake.emails(last=last)
    if as_json:
        show_json({"emails": wanted})
    elif wanted:
        rows = ((format_time(one["time"]), one["id"], one["state"], one["to"], one["subject"])
                for one in wanted)  # fmt: skip
        show_table(("time", "id", "state", "to", "subject"), rows)
    else:
        say("No e-mail has been sent yet.")


def show_new(fake: Fake, before: Sequence[dict[str, Any]]) -> None:
    """Prints the webhooks that left, or were tried again, since a look at the outbox."""
    attempts = {one["id"]: len(one["attempts"]) for one in before}
    for one in fake.webhooks(settled=True):
        if len(one["attempts"]) > attempts.get(one["id"], -1):
            show(f"webhook {_tell(one)}")


def _tell(delivery: dict[str, Any]) -> str:
    """One line: what a delivery reports, where it went, and how that ended."""
    return (
        f"{delivery['id']} ({plain(_tell_body(delivery))}) to {plain(delivery['url'])}: "
        f"{plain(_tell_end(delivery))}"
    )


def _tell_end(delivery: dict[str, Any]) -> str:
    if not delivery["attempts"]:
        return str(delivery["state"])
    attempt = delivery["attempts"][-1]
    said = attempt.get("error") or f"the receiver responded {attempt['status']}"
    number = len(delivery["attempts"])
    tried = f" at attempt {number}" if number > 1 else ""
    later = "; it will be tried again" if delivery["state"] == "pending" else ""
    return f"{delivery['state']}{tried}, {said[0].lower()}{said[1:].rstrip('.')}{later}"


def _failed(delivery: dict[str, Any]) -> bool:
    attempt = delivery["attempts"][-1] if delivery["attempts"] else {}
    return "error" in attempt or attempt.get("status", 0) // 100 != 2


def _tell_body(delivery: dict[str, Any]) -> str:
    """What a delivery reports, in a few words: `social: link facebook Ann`."""
    payload = json.loads(delivery["body"])
    told = " ".join(str(payload[name]) for name in _TOLD if name in payload)
    return f"{delivery['action']}: {told}"


def _make_row(delivery: dict[str, Any]) -> tuple[str, ...]:
    return (
        format_time(delivery["time"]),
        delivery["id"],
        delivery["state"],
        _tell_body(delivery),
        delivery["url"],
    )


def _show_delivery(delivery: dict[str, Any]) -> None:
    show_fields(
        [
            ("id", delivery["id"]),
            ("time", format_time(delivery["time"])),
            ("state", delivery["state"]),
            ("to", delivery["url"]),
            *(
                (f"attempt {number}", _tell_attempt(attempt))
                for number, attempt in enumerate(delivery["attempts"], 1)
            ),
        ]
    )
    show()
    show(json.dumps(json.loads(delivery["body"]), indent=2, ensure_ascii=True))


def _tell_attempt(attempt: dict[str, Any]) -> str:
    status = f"[{attempt['status']}] " if "status" in attempt else ""
    return f"{format_time(attempt['time'])} {status}{attempt.get('error', '')}".rstrip()


def _show_email(email: dict[str, Any]) -> None:
    show_fields(
        [
            ("id", email["id"]),
            ("time", format_time(email["time"])),
            ("state", email["state"]),
            ("from", email.get("from")),
            ("to", email["to"]),
            ("bcc", ", ".join(email["bcc"]) if email.get("bcc") else None),
            ("subject", email["subject"]),
            ("link", email.get("url")),
        ]
    )
    show()
    for line in email["text"].splitlines():
        show(plain(line))
