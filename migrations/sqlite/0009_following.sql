-- +goose Up
ALTER TABLE connections ADD COLUMN follow BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE runs ADD COLUMN since_at TIMESTAMP;
ALTER TABLE runs ADD COLUMN until_at TIMESTAMP;
ALTER TABLE runs ADD COLUMN resumes_at TIMESTAMP;
ALTER TABLE runs ADD COLUMN requests INTEGER NOT NULL DEFAULT 0;

CREATE TABLE healths (
    connection_id TEXT NOT NULL PRIMARY KEY,
    read_cursor   BLOB,
    through_at    TIMESTAMP,
    polled_at     TIMESTAMP,
    reconciled_at TIMESTAMP,
    heard_at      TIMESTAMP,
    forged        INTEGER NOT NULL,
    drift         INTEGER NOT NULL,
    paused_at     TIMESTAMP,
    pause_reason  TEXT NOT NULL
);

-- Deliveries are stored before they are answered. Settled ones stay for a while, without their content, so that
-- one that is sent again is known.
CREATE TABLE pushes (
    id            TEXT NOT NULL PRIMARY KEY,
    connection_id TEXT NOT NULL,
    push_key      TEXT NOT NULL,
    header        TEXT, -- JSON
    query         TEXT, -- JSON
    body          BLOB,
    received_at   TIMESTAMP NOT NULL,
    settled_at    TIMESTAMP -- null while it waits
);
CREATE INDEX pushes_waiting ON pushes (connection_id, received_at) WHERE settled_at IS NULL;
CREATE INDEX pushes_settled ON pushes (settled_at) WHERE settled_at IS NOT NULL;

CREATE TABLE missing (
    connection_id TEXT NOT NULL,
    record_type   TEXT NOT NULL,
    external_id   TEXT NOT NULL,
    since_at      TIMESTAMP NOT NULL,
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
