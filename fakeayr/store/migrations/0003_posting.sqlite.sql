-- Posts. `due` is when the next thing happens to one, in the server's time (UNIX seconds); `created`
-- is the account's.
CREATE TABLE posts (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    profile_key TEXT NOT NULL,
    created REAL NOT NULL,
    status TEXT NOT NULL,
    is_scheduled INTEGER NOT NULL,
    auto_repost_id TEXT,
    idempotency_key TEXT,
    networks TEXT NOT NULL,
    due REAL,
    document BLOB NOT NULL
);
CREATE INDEX post_dates ON posts (profile_key, created, position);
CREATE INDEX post_accounts ON posts (account, position);
CREATE INDEX post_statuses ON posts (profile_key, status, created, position);
CREATE INDEX post_types ON posts (profile_key, is_scheduled, created, position);
CREATE INDEX post_type_statuses ON posts
    (profile_key, is_scheduled, status, created, position);
CREATE INDEX post_series ON posts (profile_key, auto_repost_id) WHERE auto_repost_id IS NOT NULL;
CREATE INDEX post_repeats ON posts (profile_key, created, position)
    WHERE auto_repost_id IS NOT NULL;
-- History of one network: few of a million posts may be for it.
CREATE INDEX posts_on_bluesky ON posts (profile_key, created, position)
    WHERE instr(networks, 'bluesky');
CREATE INDEX posts_on_facebook ON posts (profile_key, created, position)
    WHERE instr(networks, 'facebook');
CREATE INDEX posts_on_gmb ON posts (profile_key, created, position)
    WHERE instr(networks, 'gmb');
CREATE INDEX posts_on_instagram ON posts (profile_key, created, position)
    WHERE instr(networks, 'instagram');
CREATE INDEX posts_on_linkedin ON posts (profile_key, created, position)
    WHERE instr(networks, 'linkedin');
CREATE INDEX posts_on_pinterest ON posts (profile_key, created, position)
    WHERE instr(networks, 'pinterest');
CREATE INDEX posts_on_reddit ON posts (profile_key, created, position)
    WHERE instr(networks, 'reddit');
CREATE INDEX posts_on_snapchat ON posts (profile_key, created, position)
    WHERE instr(networks, 'snapchat');
CREATE INDEX posts_on_telegram ON posts (profile_key, created, position)
    WHERE instr(networks, 'telegram');
CREATE INDEX posts_on_threads ON posts (profile_key, created, position)
    WHERE instr(networks, 'threads');
CREATE INDEX posts_on_tiktok ON posts (profile_key, created, position)
    WHERE instr(networks, 'tiktok');
CREATE INDEX posts_on_twitter ON posts (profile_key, created, position)
    WHERE instr(networks, 'twitter');
CREATE INDEX posts_on_youtube ON posts (profile_key, created, position)
    WHERE instr(networks, 'youtube');
CREATE UNIQUE INDEX post_idempotency ON posts (profile_key, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX posts_due ON posts (due) WHERE due IS NOT NULL;
CREATE INDEX account_posts_due ON posts (account, due) WHERE due IS NOT NULL;

-- What a profile posts when (the account's time), by a digest of the text: so that a similar text
-- is found without reading all others.
CREATE TABLE post_texts (
    account TEXT NOT NULL,
    profile_key TEXT NOT NULL,
    digest TEXT NOT NULL,
    instant REAL NOT NULL,
    post_id TEXT NOT NULL,
    PRIMARY KEY (profile_key, digest, instant, post_id)
) WITHOUT ROWID;
CREATE INDEX post_text_accounts ON post_texts (account);

-- What is live on the networks: so that a post is found by a network's id, and a network's posts by
-- when they were published (the account's time).
CREATE TABLE publications (
    account TEXT NOT NULL,
    profile_key TEXT NOT NULL,
    platform TEXT NOT NULL,
    id TEXT NOT NULL,
    published REAL NOT NULL,
    post_id TEXT NOT NULL,
    PRIMARY KEY (account, platform, id)
) WITHOUT ROWID;
CREATE INDEX publication_dates ON publications (profile_key, platform, published, id);

-- How many posts a profile made in a month.
ALTER TABLE usage ADD COLUMN posts INTEGER NOT NULL DEFAULT 0;

-- A lane names its account and channel, so that the first item of each lane is found in an index:
-- 100,000 posts that fall due at one instant put as many webhooks into a lane.
UPDATE outbox SET lane = account || ' ' || channel || ' ' || lane;
CREATE INDEX outbox_lanes ON outbox (lane, due, number) WHERE due IS NOT NULL;
CREATE INDEX outbox_leases ON outbox (lane) WHERE leased_until > 0;
CREATE INDEX outbox_finished ON outbox (account, channel, number) WHERE due IS NULL;
CREATE INDEX outbox_account_due ON outbox (account, due) WHERE due IS NOT NULL;
CREATE INDEX outbox_wakes ON outbox (max(due, leased_until)) WHERE due IS NOT NULL;

-- Uploaded files. Their content is kept in pieces, so that a part can be read without the rest.
CREATE TABLE uploads (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    document BLOB NOT NULL
);
CREATE INDEX upload_accounts ON uploads (account, number);

CREATE TABLE upload_pieces (
    upload TEXT NOT NULL,
    number INTEGER NOT NULL,
    account TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (upload, number)
);
CREATE INDEX upload_piece_accounts ON upload_pieces (account);

-- What testers declare that a foreign URL holds; its SHA-256 stands for it.
CREATE TABLE declared_media (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    url BLOB NOT NULL,
    document BLOB NOT NULL,
    UNIQUE (account, url)
);
