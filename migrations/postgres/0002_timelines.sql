-- +goose Up

-- One row per incident with a timeline. The digest tells whether an import brings anything new.
CREATE TABLE timelines (
    incident_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES incidents (id),
    digest      TEXT             NOT NULL
);

CREATE TABLE timeline_events (
    incident_id TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
    pos         BIGINT           NOT NULL, -- in time order
    id          TEXT COLLATE "C" NOT NULL,
    at          TIMESTAMPTZ,
    kind        TEXT COLLATE "C" NOT NULL,
    actor       TEXT             NOT NULL,
    text        TEXT             NOT NULL,
    private     BOOLEAN          NOT NULL,
    raw_kind    TEXT COLLATE "C" NOT NULL,
    instant_pos BIGINT           NOT NULL, -- order among events of one instant
    PRIMARY KEY (incident_id, pos)
);

-- Sections and authors are JSON, null when there are none: they are only ever read and written together.
CREATE TABLE retrospectives (
    incident_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES incidents (id),
    digest      TEXT             NOT NULL,
    title       TEXT             NOT NULL,
    state       TEXT             NOT NULL,
    sections    TEXT,
    authors     TEXT
);

-- +goose Down
DROP TABLE retrospectives;
DROP TABLE timeline_events;
DROP TABLE timelines;
