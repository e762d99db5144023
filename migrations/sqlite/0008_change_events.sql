-- +goose Up

-- One row per deployment, configuration change and so on, tombstones included.
CREATE TABLE change_events (
    id                  TEXT      NOT NULL PRIMARY KEY,
    seq                 INTEGER   NOT NULL, -- the change of the feed that last touched it
    digest              TEXT      NOT NULL, -- of its content, so that putting the same again is no change
    connection_id       TEXT      NOT NULL,
    ref_type            TEXT      NOT NULL,
    external_id         TEXT      NOT NULL,
    incarnation         INTEGER   NOT NULL,
    kind                TEXT      NOT NULL,
    number              TEXT      NOT NULL,
    environment         TEXT      NOT NULL,
    title               TEXT      NOT NULL,
    at                  TIMESTAMP NOT NULL, -- derived: the start, else the finish
    started_at          TIMESTAMP,
    finished_at         TIMESTAMP,
    result              TEXT      NOT NULL,
    result_raw          TEXT      NOT NULL,
    revision            TEXT      NOT NULL,
    url                 TEXT      NOT NULL,
    actor               TEXT      NOT NULL,
    external_created_at TIMESTAMP,
    external_updated_at TIMESTAMP,
    raw_id              TEXT      NOT NULL,
    map_version         INTEGER   NOT NULL,
    deleted_at          TIMESTAMP,
    deleted_reason      TEXT      NOT NULL
);
-- The order of lists.
CREATE INDEX change_events_at         ON change_events (at, id);
CREATE INDEX change_events_connection ON change_events (connection_id);

-- What was changed; replaced with its change event.
CREATE TABLE change_services (
    change_id  TEXT    NOT NULL REFERENCES change_events (id),
    pos        INTEGER NOT NULL,
    service_id TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    PRIMARY KEY (change_id, pos)
) WITHOUT ROWID;
CREATE INDEX change_services_service ON change_services (service_id, change_id);

-- One row per record that tells of shifts. It outlives them, so that an older version of the record that
-- arrives later is known for what it is.
CREATE TABLE rosters (
    id                  TEXT      NOT NULL PRIMARY KEY,
    seq                 INTEGER   NOT NULL,
    digest              TEXT      NOT NULL,
    connection_id       TEXT      NOT NULL,
    ref_type            TEXT      NOT NULL,
    external_id         TEXT      NOT NULL,
    incarnation         INTEGER   NOT NULL,
    external_updated_at TIMESTAMP,
    raw_id              TEXT      NOT NULL,
    map_version         INTEGER   NOT NULL,
    deleted_at          TIMESTAMP,
    deleted_reason      TEXT      NOT NULL
);
CREATE INDEX rosters_connection ON rosters (connection_id);

-- On-call shifts; replaced with their roster.
CREATE TABLE shifts (
    roster_id     TEXT      NOT NULL REFERENCES rosters (id),
    pos           INTEGER   NOT NULL,
    id            TEXT      NOT NULL,
    schedule_id   TEXT      NOT NULL,
    schedule_ref  TEXT      NOT NULL, -- the source's id
    schedule_name TEXT      NOT NULL,
    team_id       TEXT      NOT NULL,
    person_id     TEXT      NOT NULL,
    person_name   TEXT      NOT NULL,
    from_at       TIMESTAMP NOT NULL,
    to_at         TIMESTAMP,          -- null: no end is known
    override      BOOLEAN   NOT NULL,
    layer         TEXT      NOT NULL,
    level         INTEGER   NOT NULL,
    PRIMARY KEY (roster_id, pos)
) WITHOUT ROWID;
CREATE INDEX shifts_from     ON shifts (from_at, id);
CREATE INDEX shifts_schedule ON shifts (schedule_id, from_at);
CREATE INDEX shifts_person   ON shifts (person_id, from_at);

-- +goose Down
DROP TABLE shifts;
DROP TABLE rosters;
DROP TABLE change_services;
DROP TABLE change_events;
