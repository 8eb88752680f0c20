-- Documents (JSON) with the columns that look-ups need. Everything hangs below an account. It is the
-- schema of SQLite (0001_initial.sqlite.sql) but for what is said here. TEXT compares byte by byte.
CREATE TABLE schema_version (number INTEGER NOT NULL);

CREATE TABLE accounts (
    api_key TEXT COLLATE "C" PRIMARY KEY,
    document BYTEA NOT NULL
);

-- A title can be longer than an index takes, so that its SHA-256 stands for it.
CREATE TABLE profiles (
    position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key TEXT COLLATE "C" NOT NULL UNIQUE,
    account TEXT COLLATE "C" NOT NULL,
    is_primary BOOLEAN NOT NULL,
    title BYTEA NOT NULL,
    ref_id TEXT COLLATE "C" NOT NULL,
    created DOUBLE PRECISION NOT NULL,
    expires DOUBLE PRECISION,
    networks TEXT[] COLLATE "C" NOT NULL,
    own_x_app BOOLEAN NOT NULL,
    document BYTEA NOT NULL
);
CREATE UNIQUE INDEX profile_titles ON profiles (account, title) WHERE NOT is_primary;
CREATE INDEX profile_ref_ids ON profiles (account, ref_id);
CREATE INDEX profile_positions ON profiles (account, position) WHERE NOT is_primary;
CREATE INDEX profile_links ON profiles (account, position) WHERE networks <> '{}';
CREATE INDEX profile_expiries ON profiles (account, expires) WHERE expires IS NOT NULL;

CREATE TABLE records (
    kind TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    document BYTEA NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX record_accounts ON records (account);

CREATE TABLE log_ends (
    account TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (account, kind)
);
CREATE TABLE logs (
    account TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    document BYTEA NOT NULL,
    PRIMARY KEY (account, kind, number)
);

-- Counted in every call while rate limits are on. Nobody waits for the disk for that: after a crash
-- of the database, windows begin anew.
CREATE UNLOGGED TABLE windows (
    account TEXT COLLATE "C" NOT NULL,
    profile_key TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    started DOUBLE PRECISION NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (account, profile_key, name)
);

CREATE TABLE usage (
    account TEXT COLLATE "C" NOT NULL,
    profile_key TEXT COLLATE "C" NOT NULL,
    month TEXT COLLATE "C" NOT NULL,
    calls BIGINT NOT NULL,
    last_call DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (account, profile_key, month)
);

-- `leased_until` is the database's time, so that servers need not agree on theirs.
CREATE TABLE outbox (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    account TEXT COLLATE "C" NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    lane TEXT COLLATE "C" NOT NULL,
    due DOUBLE PRECISION,
    leased_until DOUBLE PRECISION NOT NULL DEFAULT 0,
    document BYTEA NOT NULL
);
CREATE INDEX outbox_due ON outbox (due) WHERE due IS NOT NULL;
CREATE INDEX outbox_account_due ON outbox (account, due) WHERE due IS NOT NULL;
CREATE INDEX outbox_wakes ON outbox (greatest(due, leased_until)) WHERE due IS NOT NULL;
CREATE INDEX outbox_accounts ON outbox (account, channel, number);
