-- +goose Up
-- A target was a contract without versions, with one promise that counts every second. Now it is one: its changes in
-- the feed become those of the contract, so that whoever reads the feed finds it.
INSERT INTO policies (id, version, kind, name, body, removed, saved_at, saved_by, note)
SELECT id, 1, 'contract', name,
    CAST(json_object(
        'window', json_object('every', 'month'),
        'promises', json_array(json_object(
            'name', name, 'span', span, 'within_seconds', within / 1e9, 'goal', goal,
            'priorities', json(CASE priority WHEN '' THEN '[]' ELSE json_array(priority) END),
            'services', json(CASE service_id WHEN '' THEN '[]' ELSE json_array(service_id) END)))) AS BLOB),
    false, unixepoch() * 1000000, '', 'It was a target for service levels.'
FROM sla_targets;
UPDATE changes SET kind = 'policy' WHERE kind = 'sla_target';
DROP TABLE sla_targets;

-- +goose Down
CREATE TABLE sla_targets (
    id         TEXT    NOT NULL PRIMARY KEY,
    digest     TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    span       TEXT    NOT NULL,
    within     INTEGER NOT NULL,
    priority   TEXT    NOT NULL,
    service_id TEXT    NOT NULL,
    goal       REAL    NOT NULL
);
