-- +goose Up

-- Texts that are searched or ordered by compare byte by byte (COLLATE "C"), as they do in SQLite, so
-- that a cursor means the same in both.

-- One row per incident, tombstones included. What the filters of a list look at is a column here.
CREATE TABLE incidents (
    id                  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    seq                 BIGINT           NOT NULL, -- the change that last touched it
    digest              TEXT             NOT NULL, -- of its content, so that putting the same again is no change
    connection_id       TEXT COLLATE "C" NOT NULL,
    ref_type            TEXT COLLATE "C" NOT NULL,
    external_id         TEXT COLLATE "C" NOT NULL,
    incarnation         BIGINT           NOT NULL,
    number              TEXT COLLATE "C" NOT NULL,
    url                 TEXT             NOT NULL,
    title               TEXT             NOT NULL,
    description         TEXT             NOT NULL,
    format              TEXT             NOT NULL,
    status              TEXT COLLATE "C" NOT NULL,
    status_raw          TEXT             NOT NULL,
    severity            BIGINT           NOT NULL,
    severity_raw        TEXT             NOT NULL,
    priority_raw        TEXT             NOT NULL,
    urgency_raw         TEXT             NOT NULL,
    kind                TEXT COLLATE "C" NOT NULL,
    origin              TEXT             NOT NULL,
    private             BOOLEAN          NOT NULL,
    exclude_reason      TEXT             NOT NULL,
    started_at          TIMESTAMPTZ      NOT NULL, -- derived from the milestones; year 1 when unknown
    counted             BOOLEAN          NOT NULL, -- derived: enters reliability numbers
    reopened            BIGINT, -- null: the source keeps no history
    team_id             TEXT COLLATE "C" NOT NULL,
    parent_id           TEXT COLLATE "C" NOT NULL,
    merged_into         TEXT COLLATE "C" NOT NULL,
    duplicate_of        TEXT COLLATE "C" NOT NULL,
    known_problem       TEXT             NOT NULL,
    external_created_at TIMESTAMPTZ,
    external_updated_at TIMESTAMPTZ,
    raw_id              TEXT COLLATE "C" NOT NULL,
    map_version         BIGINT           NOT NULL,
    deleted_at          TIMESTAMPTZ,
    deleted_reason      TEXT             NOT NULL
);
-- The four orders of a list, each total.
CREATE INDEX incidents_started  ON incidents (started_at, id);
CREATE INDEX incidents_severity ON incidents (((severity + 5) % 6), id); -- worst first, unknown last
CREATE INDEX incidents_seq      ON incidents (seq, id);
-- The commonest filters, each with the default order.
CREATE INDEX incidents_status   ON incidents (status, started_at);
CREATE INDEX incidents_team     ON incidents (team_id, started_at);
CREATE INDEX incidents_external ON incidents (connection_id, external_id);
CREATE INDEX incidents_number   ON incidents (number);

-- What belongs to an incident is replaced with it; pos keeps the order.
CREATE TABLE milestones (
    incident_id TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
    pos         BIGINT           NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    at          TIMESTAMPTZ, -- null: a person says that the time is not known
    precision   TEXT             NOT NULL,
    basis       TEXT             NOT NULL, -- person: kept whatever an import says
    source      TEXT             NOT NULL,
    field       TEXT             NOT NULL,
    reason      TEXT             NOT NULL,
    stated_at   TIMESTAMPTZ,
    PRIMARY KEY (incident_id, pos)
);

CREATE TABLE segments (
    incident_id TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
    pos         BIGINT           NOT NULL,
    status      TEXT COLLATE "C" NOT NULL,
    status_raw  TEXT             NOT NULL,
    from_at     TIMESTAMPTZ,
    to_at       TIMESTAMPTZ,
    changed_by  TEXT             NOT NULL,
    PRIMARY KEY (incident_id, pos)
);

CREATE TABLE service_uses (
    incident_id TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
    pos         BIGINT           NOT NULL,
    service_id  TEXT COLLATE "C" NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    role        TEXT             NOT NULL,
    PRIMARY KEY (incident_id, pos)
);
CREATE INDEX service_uses_service ON service_uses (service_id, incident_id);

CREATE TABLE participations (
    incident_id TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
    pos         BIGINT           NOT NULL,
    person_id   TEXT COLLATE "C" NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    role        TEXT             NOT NULL,
    from_at     TIMESTAMPTZ,
    to_at       TIMESTAMPTZ,
    PRIMARY KEY (incident_id, pos)
);

CREATE TABLE incident_tags (
    incident_id TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
    pos         BIGINT           NOT NULL,
    tag         TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (incident_id, pos)
);
CREATE INDEX incident_tags_tag ON incident_tags (tag, incident_id);

CREATE TABLE custom_values (
    incident_id TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
    pos         BIGINT           NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    value       TEXT             NOT NULL,
    PRIMARY KEY (incident_id, pos)
);

CREATE TABLE links (
    incident_id TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
    pos         BIGINT           NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    url         TEXT             NOT NULL,
    title       TEXT             NOT NULL,
    PRIMARY KEY (incident_id, pos)
);

CREATE TABLE sla_cycles (
    incident_id TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
    pos         BIGINT           NOT NULL,
    goal        TEXT             NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    start_at    TIMESTAMPTZ,
    target      BIGINT           NOT NULL, -- nanoseconds; 0 when the source does not say
    stop_at     TIMESTAMPTZ,
    breached    BOOLEAN, -- null: the source does not say
    PRIMARY KEY (incident_id, pos)
);

CREATE TABLE factors (
    incident_id TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
    pos         BIGINT           NOT NULL,
    role        TEXT             NOT NULL,
    category    TEXT             NOT NULL,
    text        TEXT             NOT NULL,
    claimed     BOOLEAN          NOT NULL,
    PRIMARY KEY (incident_id, pos)
);

CREATE TABLE action_items (
    incident_id TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
    pos         BIGINT           NOT NULL,
    title       TEXT             NOT NULL,
    owner       TEXT             NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    url         TEXT             NOT NULL,
    due         TIMESTAMPTZ,
    state       TEXT             NOT NULL,
    PRIMARY KEY (incident_id, pos)
);

CREATE TABLE edits (
    incident_id TEXT COLLATE "C" NOT NULL REFERENCES incidents (id),
    pos         BIGINT           NOT NULL,
    field       TEXT             NOT NULL,
    value       TEXT             NOT NULL,
    was         TEXT             NOT NULL,
    edited_by   TEXT             NOT NULL,
    at          TIMESTAMPTZ,
    PRIMARY KEY (incident_id, pos)
);

-- +goose Down
DROP TABLE edits;
DROP TABLE action_items;
DROP TABLE factors;
DROP TABLE sla_cycles;
DROP TABLE links;
DROP TABLE custom_values;
DROP TABLE incident_tags;
DROP TABLE participations;
DROP TABLE service_uses;
DROP TABLE segments;
DROP TABLE milestones;
DROP TABLE incidents;
