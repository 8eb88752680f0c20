"""`fakeayr posts`."""

from typing import Any
from urllib.parse import quote

import click

from fakeayr.terminal.fakes import Fake, find_by_id, on_a_fake
from fakeayr.terminal.output import format_iso, say, show, show_fields, show_json, show_table
from fakeayr.terminal.parameters import JSON, LAST, profile_option

_LONGEST_TEXT = 40


@click.command()
@click.argument("post_id", required=False, metavar="[ID]")
@on_a_fake
@profile_option("Only of this profile.")
@LAST
@JSON
def posts(fake: Fake, post_id: str | None, profile: str | None, last: int, as_json: bool) -> None:
    """Show the latest posts, or one with what stands on each network."""
    limit = last if post_id is None else 10_000
    key = "" if profile is None else quote(fake.find_profile(profile)["profileKey"], safe="")
    of_profile = f"&profileKey={key}" if key else ""
    known = fake.get(f"/posts?limit={limit}{of_profile}")["posts"]
    if post_id is not None:
        _show_one(find_by_id(known, post_id, "post"), as_json=as_json)
    elif as_json:
        show_json({"posts": known})
    elif known:
        show_table(("submitted", "id", "status", "networks", "text"), map(_make_row, known))
    else:
        say("Nothing has been posted yet.")


def _make_row(post: dict[str, Any]) -> tuple[str, ...]:
    text = str(post.get("post", ""))
    return (
        format_iso(post["created"]),
        post["id"],
        post["status"],
        ",".join(post.get("platforms", [])),
        text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…",
    )


def _show_one(post: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(post)
        return
    show_fields(
        [
            ("id", post["id"]),
            ("refId", post.get("refId")),
            ("submitted", format_iso(post["created"])),
            ("due", format_iso(post["due"]) if "due" in post else None),
            ("status", post["status"]),
            ("networks", ", ".join(post.get("platforms", []))),
            ("text", post.get("post")),
            ("media", ", ".join(post.get("mediaUrls", [])) or None),
        ]
    )
    for one in post.get("published", []):
        show()
        show_fields(
            [
                (one["platform"], one["status"]),
                ("id", one.get("id")),
                ("url", one.get("postUrl")),
                ("comment", one.get("firstComment", {}).get("comment")),
            ]
        )
    for error in post.get("errors", []):
        show()
        show_fields(
            [(error.get("platform", "error"), f"code {error.get('code')}: {error.get('message')}")]
        )
