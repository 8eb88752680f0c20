-- The setting `webhookSignature` is gone: Ayrshare writes signatures in hexadecimal. Settings are
-- always written whole, so that another one follows it.
UPDATE accounts SET document = CAST(
    replace(
        replace(CAST(document AS TEXT), '"webhookSignature":"hex",', ''),
        '"webhookSignature":"base64",', ''
    ) AS BLOB
);

-- A link session is found by the digest of its token, counts its uses, and knows when it began: as
-- nobody noted that, five minutes before its end.
UPDATE records SET
    id = json_extract(document, '$.digest'),
    document = CAST(
        json_remove(
            json_set(
                document,
                '$.id', json_extract(document, '$.digest'),
                '$.created', json_extract(document, '$.expires') - 300,
                '$.first_used', json_extract(document, '$.opened'),
                '$.last_used', json_extract(document, '$.opened'),
                '$.uses', json_extract(document, '$.opened') IS NOT NULL
            ),
            '$.digest', '$.opened'
        ) AS BLOB
    )
WHERE kind = 'link-session';
