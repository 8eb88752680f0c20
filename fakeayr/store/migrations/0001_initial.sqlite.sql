-- Documents (JSON) with the columns that look-ups need. Everything hangs below an account.
CREATE TABLE accounts (
    api_key TEXT PRIMARY KEY,
    document BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE profiles (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    is_primary INTEGER NOT NULL,
    title TEXT NOT NULL,
    ref_id TEXT NOT NULL,
    created REAL NOT NULL,
    expires REAL,
    document BLOB NOT NULL
);
CREATE UNIQUE INDEX profile_titles ON profiles (account, title) WHERE NOT is_primary;
CREATE INDEX profile_ref_ids ON profiles (account, ref_id);
CREATE INDEX profile_positions ON profiles (account, position);
CREATE INDEX profile_links ON profiles (account, position)
    WHERE json_extract(document, '$.links') != '{}';
CREATE INDEX profile_expiries ON profiles (expires) WHERE expires IS NOT NULL;

CREATE TABLE records (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE INDEX record_accounts ON records (account);

-- The entries of a log bear consecutive numbers, `last` being the latest: so old ones are found
-- without counting.
CREATE TABLE log_ends (
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (account, kind)
) WITHOUT ROWID;
CREATE TABLE logs (
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    number INTEGER NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (account, kind, number)
) WITHOUT ROWID;

CREATE TABLE windows (
    account TEXT NOT NULL,
    profile_key TEXT NOT NULL,
    name TEXT NOT NULL,
    started REAL NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (account, profile_key, name)
) WITHOUT ROWID;

CREATE TABLE usage (
    account TEXT NOT NULL,
    profile_key TEXT NOT NULL,
    month TEXT NOT NULL,
    calls INTEGER NOT NULL,
    last_call REAL NOT NULL,
    PRIMARY KEY (account, profile_key, month)
) WITHOUT ROWID;

-- Webhook deliveries and e-mails. `due` and `leased_until` are the server's time, UNIX seconds; a
-- row without `due` is done. A process that delivers holds a lease, so that nobody else does, and
-- another takes over when it is gone. In a `lane` one goes after the other.
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    channel TEXT NOT NULL,
    lane TEXT NOT NULL,
    due REAL,
    leased_until REAL NOT NULL DEFAULT 0,
    document BLOB NOT NULL
);
CREATE INDEX outbox_due ON outbox (due) WHERE due IS NOT NULL;
CREATE INDEX outbox_accounts ON outbox (account, channel, number);
