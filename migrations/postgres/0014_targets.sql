-- +goose Up
-- A target was a contract without versions, with one promise that counts every second. Now it is one: its changes in
-- the feed become those of the contract, so that whoever reads the feed finds it.
INSERT INTO policies (id, version, kind, name, body, removed, saved_at, saved_by, note)
SELECT id, 1, 'contract', name,
    convert_to(json_build_object(
        'window', json_build_object('every', 'month'),
        'promises', json_build_array(json_build_object(
            'name', name, 'span', span, 'within_seconds', within / 1e9::double precision, 'goal', goal,
            'priorities', CASE priority WHEN '' THEN '[]'::json ELSE json_build_array(priority) END,
            'services', CASE service_id WHEN '' THEN '[]'::json ELSE json_build_array(service_id) END)))::text, 'UTF8'),
    false, now(), '', 'It was a target for service levels.'
FROM sla_targets;
UPDATE changes SET kind = 'policy' WHERE kind = 'sla_target';
DROP TABLE sla_targets;

-- +goose Down
CREATE TABLE sla_targets (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    digest     TEXT             NOT NULL,
    name       TEXT             NOT NULL,
    span       TEXT             NOT NULL,
    within     BIGINT           NOT NULL,
    priority   TEXT             NOT NULL,
    service_id TEXT             NOT NULL,
    goal       DOUBLE PRECISION NOT NULL
);
