-- +goose Up

CREATE TABLE connections (
    id          TEXT      NOT NULL PRIMARY KEY,
    source      TEXT      NOT NULL,
    name        TEXT      NOT NULL UNIQUE,
    settings    TEXT, -- JSON; null when empty
    secret      BLOB,               -- encrypted by the caller
    mapping     BLOB,               -- JSON, byte for byte as it was saved
    map_version INTEGER   NOT NULL,
    sample      BOOLEAN   NOT NULL,
    exclude     TEXT      NOT NULL,
    created_at  TIMESTAMP
);

CREATE TABLE runs (
    id            TEXT      NOT NULL PRIMARY KEY,
    connection_id TEXT      NOT NULL,
    state         TEXT      NOT NULL,
    via           TEXT      NOT NULL,
    dry_run       BOOLEAN   NOT NULL,
    started_at    TIMESTAMP,
    heartbeat     TIMESTAMP,
    finished_at   TIMESTAMP,
    total         INTEGER   NOT NULL,
    read_count    INTEGER   NOT NULL,
    new_count     INTEGER   NOT NULL,
    changed       INTEGER   NOT NULL,
    unchanged     INTEGER   NOT NULL,
    dead          INTEGER   NOT NULL,
    read_cursor   BLOB,
    warnings      TEXT, -- JSON; null when empty
    message       TEXT      NOT NULL,
    started_by    TEXT      NOT NULL,
    upload        TEXT      NOT NULL
);
CREATE INDEX runs_connection ON runs (connection_id, started_at);

-- Every version of every record, as the source gave it.
CREATE TABLE raws (
    id            TEXT      NOT NULL PRIMARY KEY,
    connection_id TEXT      NOT NULL,
    record_type   TEXT      NOT NULL,
    external_id   TEXT      NOT NULL,
    hash          TEXT      NOT NULL,
    body          BLOB      NOT NULL, -- gzip
    received_at   TIMESTAMP,
    via           TEXT      NOT NULL,
    origin        TEXT      NOT NULL,
    gone          BOOLEAN   NOT NULL,
    latest        BOOLEAN   NOT NULL
);
CREATE INDEX raws_record ON raws (connection_id, record_type, external_id);
-- A record has one newest version.
CREATE UNIQUE INDEX raws_latest ON raws (connection_id, record_type, external_id) WHERE latest;

CREATE TABLE dead_letters (
    id            TEXT      NOT NULL PRIMARY KEY,
    connection_id TEXT      NOT NULL,
    run_id        TEXT      NOT NULL,
    record_type   TEXT      NOT NULL,
    external_id   TEXT      NOT NULL,
    raw_id        TEXT      NOT NULL,
    stage         TEXT      NOT NULL,
    place         TEXT      NOT NULL,
    reason        TEXT      NOT NULL,
    body          TEXT      NOT NULL,
    first_seen    TIMESTAMP,
    seen_count    INTEGER   NOT NULL,
    resolved_at   TIMESTAMP           -- null while it waits
);
CREATE INDEX dead_letters_waiting ON dead_letters (connection_id, record_type, external_id) WHERE resolved_at IS NULL;

-- +goose Down
DROP TABLE dead_letters;
DROP TABLE raws;
DROP TABLE runs;
DROP TABLE connections;
