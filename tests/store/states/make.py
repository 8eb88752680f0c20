"""Makes a state as a server leaves it, with something in every table.

Before the schema gets a new version, keep a state of the one that is left, so that the tests of
`tests/store/test_migrations.py` open it in every later version. For SQLite:

    python -m tests.store.states.make version-1.sqlite

For PostgreSQL, name an empty database instead, and dump it without psql's own commands:

    python -m tests.store.states.make postgresql://…
    pg_dump --schema=fakeayr --inserts --no-owner --no-privileges … | sed '/^\\/d' > version-1.sql
"""

import random
import sys
from contextlib import closing
from typing import Final

from fakeayr.client import headers
from fakeayr.serving.create_app import create_app
from fakeayr.store.opening import open_store
from fakeayr.web import development
from fakeayr.web.context import context
from tests.support.accounts import Account
from tests.support.clock import ManualClock
from tests.support.media import data_uri, image
from tests.support.receivers import deliveries

TITLES: Final = ("Mia's Bakery", "a\\b", "\N{GRINNING FACE}")
NETWORKS: Final = ("facebook", "twitter")
RECEIVER: Final = "http://127.0.0.1:9/hook"
"""Where nobody listens: the delivery stays in the outbox."""
DECLARED: Final = "https://cdn.example/reel.mp4"
FILE: Final = image()
REDIRECT: Final = "https://acme.example/linked"
EMAIL: Final = {
    "to": "mia@bakery.example",
    "contactEmail": "help@acme.example",
    "company": "ACME",
    "termsUrl": "https://acme.example/terms",
    "privacyUrl": "https://acme.example/privacy",
    "expiresIn": 60,
}


class _OneKey:
    """Gives every account the development account's key: no other stands in a kept file."""

    def take(self, bits: int) -> str:
        """The key, whatever its size should be."""
        return development.private_key()

    def give_back(self, pem: str) -> None:
        """Needs no key back."""


def make(state: str) -> None:
    """Writes a state into a new file or an empty database."""
    with closing(open_store(state)) as store:
        app = create_app(
            store=store, clock=ManualClock(), randomness=random.Random(1), keys=_OneKey()
        )
        order = {"settings": {"rateLimit": True}, "maxPack": True}
        account = Account.open(app.test_client(), order)
        keys = [account.create_profile(title)["profileKey"] for title in TITLES]
        hook = {"action": "social", "url": RECEIVER}
        account.post("/api/hook/webhook", json=hook, profile_key=keys[0])
        for network in NETWORKS:
            account.link(network, keys[0])
        link = account.generate_jwt(keys[1], redirect=REDIRECT, email=EMAIL)
        assert link.status_code == 200, link.text
        account.post("/_fakeayr/media", json={"url": DECLARED, "seconds": 30})
        unseen = {headers.TOOLKIT_CALL: "1"}  # Older states have no such entry in their journal.
        body = {"file": data_uri(FILE)}
        kept = account.post("/api/media/upload", json=body, headers=unseen)
        assert kept.status_code == 200, kept.text
        deliveries(account)
        with app.app_context():
            context().recorder.settle()


if __name__ == "__main__":
    make(sys.argv[1])
