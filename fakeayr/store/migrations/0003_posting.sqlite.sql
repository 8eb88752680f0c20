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
