-- +goose Up

CREATE TABLE services (
    id      TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    digest  TEXT             NOT NULL,
    name    TEXT COLLATE "C" NOT NULL,
    team_id TEXT COLLATE "C" NOT NULL,
    tier    BIGINT           NOT NULL,
    alias   TEXT -- JSON; null when empty
);

CREATE TABLE teams (
    id     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    digest TEXT             NOT NULL,
    name   TEXT COLLATE "C" NOT NULL
);

CREATE TABLE people (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    connection_id TEXT COLLATE "C" NOT NULL,
    external_id   TEXT COLLATE "C" NOT NULL,
    name          TEXT COLLATE "C" NOT NULL,
    email         TEXT             NOT NULL
);
CREATE INDEX people_connection ON people (connection_id);

CREATE TABLE problems (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    seq        BIGINT           NOT NULL,
    digest     TEXT             NOT NULL,
    title      TEXT             NOT NULL,
    state      TEXT             NOT NULL,
    terms      TEXT, -- JSON; null when empty
    basis      TEXT             NOT NULL,
    decided_by TEXT             NOT NULL,
    at         TIMESTAMPTZ
);

-- A removed member stays, so that it is not suggested again.
CREATE TABLE problem_members (
    problem_id  TEXT COLLATE "C" NOT NULL REFERENCES problems (id),
    pos         BIGINT           NOT NULL,
    incident_id TEXT COLLATE "C" NOT NULL,
    score       DOUBLE PRECISION NOT NULL,
    reasons     TEXT, -- JSON; null when empty
    removed     BOOLEAN          NOT NULL,
    PRIMARY KEY (problem_id, pos)
);
CREATE INDEX problem_members_incident ON problem_members (incident_id);

CREATE TABLE sla_targets (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    digest     TEXT             NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    span       TEXT             NOT NULL, -- "opened..resolved"
    within     BIGINT           NOT NULL, -- nanoseconds
    priority   TEXT             NOT NULL,
    service_id TEXT COLLATE "C" NOT NULL,
    goal       DOUBLE PRECISION NOT NULL
);

-- +goose Down
DROP TABLE sla_targets;
DROP TABLE problem_members;
DROP TABLE problems;
DROP TABLE people;
DROP TABLE teams;
DROP TABLE services;
