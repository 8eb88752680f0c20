-- What 0002_autumn_2026.sqlite.sql does, where it is explained.
UPDATE accounts SET document = convert_to(
    replace(
        replace(convert_from(document, 'UTF8'), '"webhookSignature":"hex",', ''),
        '"webhookSignature":"base64",', ''
    ), 'UTF8'
);

UPDATE records SET
    id = old.body ->> 'digest',
    document = convert_to(
        ((old.body - 'digest' - 'opened') || jsonb_build_object(
            'id', old.body -> 'digest',
            'created', (old.body ->> 'expires')::double precision - 300,
            'first_used', old.body -> 'opened',
            'last_used', old.body -> 'opened',
            'uses', CASE WHEN old.body ->> 'opened' IS NULL THEN 0 ELSE 1 END
        ))::text, 'UTF8'
    )
FROM (
    SELECT kind, id, convert_from(document, 'UTF8')::jsonb AS body
    FROM records WHERE kind = 'link-session'
) AS old
WHERE records.kind = old.kind AND records.id = old.id;
