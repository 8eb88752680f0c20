-- What 0003_posting.sqlite.sql does, where it is explained.
CREATE TABLE posts (
    position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    account TEXT COLLATE "C" NOT NULL,
    profile_key TEXT COLLATE "C" NOT NULL,
    created DOUBLE PRECISION NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    is_scheduled BOOLEAN NOT NULL,
    auto_repost_id TEXT COLLATE "C",
    idempotency_key TEXT COLLATE "C",
    networks TEXT[] COLLATE "C" NOT NULL,
    due DOUBLE PRECISION,
    document BYTEA NOT NULL
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
CREATE INDEX posts_on_bluesky ON posts (profile_key, created, position)
    WHERE 'bluesky' = ANY (networks);
CREATE INDEX posts_on_facebook ON posts (profile_key, created, position)
    WHERE 'facebook' = ANY (networks);
CREATE INDEX posts_on_gmb ON posts (profile_key, created, position)
    WHERE 'gmb' = ANY (networks);
CREATE INDEX posts_on_instagram ON posts (profile_key, created, position)
    WHERE 'instagram' = ANY (networks);
CREATE INDEX posts_on_linkedin ON posts (profile_key, created, position)
    WHERE 'linkedin' = ANY (networks);
CREATE INDEX posts_on_pinterest ON posts (profile_key, created, position)
    WHERE 'pinterest' = ANY (networks);
CREATE INDEX posts_on_reddit ON posts (profile_key, created, position)
    WHERE 'reddit' = ANY (networks);
CREATE INDEX posts_on_snapchat ON posts (profile_key, created, position)
    WHERE 'snapchat' = ANY (networks);
CREATE INDEX posts_on_telegram ON posts (profile_key, created, position)
    WHERE 'telegram' = ANY (networks);
CREATE INDEX posts_on_threads ON posts (profile_key, created, position)
    WHERE 'threads' = ANY (networks);
CREATE INDEX posts_on_tiktok ON posts (profile_key, created, position)
    WHERE 'tiktok' = ANY (networks);
CREATE INDEX posts_on_twitter ON posts (profile_key, created, position)
    WHERE 'twitter' = ANY (networks);
CREATE INDEX posts_on_youtube ON posts (profile_key, created, position)
    WHERE 'youtube' = ANY (networks);
CREATE UNIQUE INDEX post_idempotency ON posts (profile_key, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX posts_due ON posts (due) WHERE due IS NOT NULL;
CREATE INDEX account_posts_due ON posts (account, due) WHERE due IS NOT NULL;

CREATE TABLE post_texts (
    account TEXT COLLATE "C" NOT NULL,
    profile_key TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    instant DOUBLE PRECISION NOT NULL,
    post_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (profile_key, digest, instant, post_id)
);
CREATE INDEX post_text_accounts ON post_texts (account);

CREATE TABLE publications (
    account TEXT COLLATE "C" NOT NULL,
    profile_key TEXT COLLATE "C" NOT NULL,
    platform TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    published DOUBLE PRECISION NOT NULL,
    post_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account, platform, id)
);
CREATE INDEX publication_dates ON publications (profile_key, platform, published, id);

ALTER TABLE usage ADD COLUMN posts BIGINT NOT NULL DEFAULT 0;

UPDATE outbox SET lane = account || ' ' || channel || ' ' || lane;
CREATE INDEX outbox_lanes ON outbox (lane, due, number) WHERE due IS NOT NULL;
CREATE INDEX outbox_leases ON outbox (lane) WHERE leased_until > 0;
CREATE INDEX outbox_finished ON outbox (account, channel, number) WHERE due IS NULL;

CREATE TABLE uploads (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    account TEXT COLLATE "C" NOT NULL,
    document BYTEA NOT NULL
);
CREATE INDEX upload_accounts ON uploads (account, number);

-- Images and videos are compressed already: PostgreSQL need not try.
CREATE TABLE upload_pieces (
    upload TEXT COLLATE "C" NOT NULL,
    number INTEGER NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (upload, number)
);
ALTER TABLE upload_pieces ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE INDEX upload_piece_accounts ON upload_pieces (account);

CREATE TABLE declared_media (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account TEXT COLLATE "C" NOT NULL,
    url BYTEA NOT NULL,
    document BYTEA NOT NULL,
    UNIQUE (account, url)
);
