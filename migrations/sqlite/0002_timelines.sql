-- +goose Up

-- One row per incident with a timeline. The digest tells whether an import brings anything new.
CREATE TABLE timelines (
    incident_id TEXT NOT NULL PRIMARY KEY REFERENCES incidents (id),
    digest      TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE timeline_events (
    incident_id TEXT      NOT NULL REFERENCES incidents (id),
    pos         INTEGER   NOT NULL, -- in time order
    id          TEXT      NOT NULL,
    at          TIMESTAMP,
    kind        TEXT      NOT NULL,
    actor       TEXT      NOT NULL,
    text        TEXT      NOT NULL,
    private     BOOLEAN   NOT NULL,
    raw_kind    TEXT      NOT NULL,
    instant_pos INTEGER   NOT NULL, -- order among events of one instant
    PRIMARY KEY (incident_id, pos)
) WITHOUT ROWID;

-- Sections and authors are JSON, null when there are none: they are only ever read and written together.
CREATE TABLE retrospectives (
    incident_id TEXT NOT NULL PRIMARY KEY REFERENCES incidents (id),
    digest      TEXT NOT NULL,
    title       TEXT NOT NULL,
    state       TEXT NOT NULL,
    sections    TEXT,
    authors     TEXT
);

-- +goose Down
DROP TABLE retrospectives;
DROP TABLE timeline_events;
DROP TABLE timelines;
