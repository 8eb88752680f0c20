-- What 0003_posting.sqlite.sql does, where it is explained.
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
