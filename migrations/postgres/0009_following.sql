-- +goose Up
ALTER TABLE connections ADD COLUMN follow boolean NOT NULL DEFAULT FALSE;
ALTER TABLE runs ADD COLUMN since_at timestamptz;
ALTER TABLE runs ADD COLUMN until_at timestamptz;
ALTER TABLE runs ADD COLUMN resumes_at timestamptz;
ALTER TABLE runs ADD COLUMN requests bigint NOT NULL DEFAULT 0;

CREATE TABLE healths (
    connection_id text NOT NULL PRIMARY KEY,
    read_cursor   bytea,
    through_at    timestamptz,
    polled_at     timestamptz,
    reconciled_at timestamptz,
    heard_at      timestamptz,
    forged        bigint NOT NULL,
    drift         bigint NOT NULL,
    paused_at     timestamptz,
    pause_reason  text NOT NULL
);

-- Deliveries are stored before they are answered. Settled ones stay for a while, without their content, so that
-- one that is sent again is known.
CREATE TABLE pushes (
    id            text NOT NULL PRIMARY KEY,
    connection_id text NOT NULL,
    push_key      text NOT NULL,
    header        text, -- JSON
    query         text, -- JSON
    body          bytea,
    received_at   timestamptz NOT NULL,
    settled_at    timestamptz -- null while it waits
);
CREATE INDEX pushes_waiting ON pushes (connection_id, received_at) WHERE settled_at IS NULL;
CREATE INDEX pushes_settled ON pushes (settled_at) WHERE settled_at IS NOT NULL;

CREATE TABLE missing (
    connection_id text NOT NULL,
    record_type   text NOT NULL,
    external_id   text NOT NULL,
    since_at      timestamptz NOT NULL,
    PRIMARY KEY (connection_id, record_type, external_id)
);

-- +goose Down
DROP TABLE missing;
DROP TABLE pushes;
DROP TABLE healths;
ALTER TABLE runs DROP COLUMN requests;
ALTER TABLE runs DROP COLUMN resumes_at;
ALTER TABLE runs DROP COLUMN until_at;
ALTER TABLE runs DROP COLUMN since_at;
ALTER TABLE connections DROP COLUMN follow;
