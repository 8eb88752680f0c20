"""What the stores on SQLite and PostgreSQL share: statements, and decoding their results.

A backend adds connections, transactions, and the few statements and expressions that differ.
"""

from fakeayr.store.sql.accounts import AccountStatements
from fakeayr.store.sql.media import MediaStatements
from fakeayr.store.sql.outbox import OutboxStatements
from fakeayr.store.sql.posts import PostStatements


class SqlStore(AccountStatements, OutboxStatements, PostStatements, MediaStatements):
    """The part of a `Store` (see `fakeayr.domain.ports`) that both databases share."""
