"""Every piece of advice by its name; see `rows.Row` for what one holds."""

from typing import Final

from fakeayr.domain.advice.catalogue import (
    conduct,
    environment,
    fields,
    posts,
    private_keys,
    profile_keys,
    receivers,
    webhooks,
)
from fakeayr.domain.advice.rows import Row

GROUPS: Final[dict[str, tuple[Row, ...]]] = {
    "Private keys": private_keys.ROWS,
    "Keys and profiles": profile_keys.ROWS,
    "Fields": fields.ROWS,
    "Posts": posts.ROWS,
    "Conduct": conduct.ROWS,
    "Webhooks": webhooks.ROWS,
    "Webhook receivers": receivers.ROWS,
    "Environment variables": environment.ROWS,
}
"""The rows by the titles of their chapters."""

CATALOGUE: Final = {row.name: row for rows in GROUPS.values() for row in rows}
