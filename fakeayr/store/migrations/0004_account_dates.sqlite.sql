-- Listing the accounts that were opened last must not read them all.
ALTER TABLE accounts ADD COLUMN created REAL NOT NULL DEFAULT 0;
UPDATE accounts SET created = json_extract(document, '$.created');
CREATE INDEX account_dates ON accounts (created);
