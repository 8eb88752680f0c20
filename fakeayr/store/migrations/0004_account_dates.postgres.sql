-- What 0004_account_dates.sqlite.sql does, where it is explained.
ALTER TABLE accounts ADD COLUMN created DOUBLE PRECISION NOT NULL DEFAULT 0;
UPDATE accounts
    SET created = CAST(convert_from(document, 'UTF8')::json ->> 'created' AS DOUBLE PRECISION);
CREATE INDEX account_dates ON accounts (created);
