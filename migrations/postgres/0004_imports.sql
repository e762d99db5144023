-- +goose Up

CREATE TABLE connections (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    source      TEXT             NOT NULL,
    name        TEXT COLLATE "C" NOT NULL UNIQUE,
    settings    TEXT, -- JSON; null when empty
    secret      BYTEA, -- encrypted by the caller
    mapping     BYTEA, -- JSON, byte for byte as it was saved
    map_version BIGINT           NOT NULL,
    sample      BOOLEAN          NOT NULL,
    exclude     TEXT             NOT NULL,
    created_at  TIMESTAMPTZ
);

CREATE TABLE runs (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    connection_id TEXT COLLATE "C" NOT NULL,
    state         TEXT             NOT NULL,
    via           TEXT             NOT NULL,
    dry_run       BOOLEAN          NOT NULL,
    started_at    TIMESTAMPTZ,
    heartbeat     TIMESTAMPTZ,
    finished_at   TIMESTAMPTZ,
    total         BIGINT           NOT NULL,
    read_count    BIGINT           NOT NULL,
    new_count     BIGINT           NOT NULL,
    changed       BIGINT           NOT NULL,
    unchanged     BIGINT           NOT NULL,
    dead          BIGINT           NOT NULL,
    read_cursor   BYTEA,
    warnings      TEXT, -- JSON; null when empty
    message       TEXT             NOT NULL,
    started_by    TEXT             NOT NULL,
    upload        TEXT             NOT NULL
);
CREATE INDEX runs_connection ON runs (connection_id, started_at);

-- Every version of every record, as the source gave it.
CREATE TABLE raws (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    connection_id TEXT COLLATE "C" NOT NULL,
    record_type   TEXT COLLATE "C" NOT NULL,
    external_id   TEXT COLLATE "C" NOT NULL,
    hash          TEXT COLLATE "C" NOT NULL,
    body          BYTEA            NOT NULL, -- gzip
    received_at   TIMESTAMPTZ,
    via           TEXT             NOT NULL,
    origin        TEXT             NOT NULL,
    gone          BOOLEAN          NOT NULL,
    latest        BOOLEAN          NOT NULL
);
CREATE INDEX raws_record ON raws (connection_id, record_type, external_id);
-- A record has one newest version.
CREATE UNIQUE INDEX raws_latest ON raws (connection_id, record_type, external_id) WHERE latest;

CREATE TABLE dead_letters (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    connection_id TEXT COLLATE "C" NOT NULL,
    run_id        TEXT COLLATE "C" NOT NULL,
    record_type   TEXT COLLATE "C" NOT NULL,
    external_id   TEXT COLLATE "C" NOT NULL,
    raw_id        TEXT COLLATE "C" NOT NULL,
    stage         TEXT             NOT NULL,
    place         TEXT             NOT NULL,
    reason        TEXT             NOT NULL,
    body          TEXT             NOT NULL,
    first_seen    TIMESTAMPTZ,
    seen_count    BIGINT           NOT NULL,
    resolved_at   TIMESTAMPTZ      -- null while it waits
);
CREATE INDEX dead_letters_waiting ON dead_letters (connection_id, record_type, external_id) WHERE resolved_at IS NULL;

-- +goose Down
DROP TABLE dead_letters;
DROP TABLE raws;
DROP TABLE runs;
DROP TABLE connections;
