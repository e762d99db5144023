-- +goose Up

CREATE TABLE services (
    id      TEXT    NOT NULL PRIMARY KEY,
    digest  TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    team_id TEXT    NOT NULL,
    tier    INTEGER NOT NULL,
    alias   TEXT -- JSON; null when empty
);

CREATE TABLE teams (
    id     TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,
    name   TEXT NOT NULL
);

CREATE TABLE people (
    id            TEXT NOT NULL PRIMARY KEY,
    connection_id TEXT NOT NULL,
    external_id   TEXT NOT NULL,
    name          TEXT NOT NULL,
    email         TEXT NOT NULL
);
CREATE INDEX people_connection ON people (connection_id);

CREATE TABLE problems (
    id         TEXT      NOT NULL PRIMARY KEY,
    seq        INTEGER   NOT NULL,
    digest     TEXT      NOT NULL,
    title      TEXT      NOT NULL,
    state      TEXT      NOT NULL,
    terms      TEXT, -- JSON; null when empty
    basis      TEXT      NOT NULL,
    decided_by TEXT      NOT NULL,
    at         TIMESTAMP
);

-- A removed member stays, so that it is not suggested again.
CREATE TABLE problem_members (
    problem_id  TEXT    NOT NULL REFERENCES problems (id),
    pos         INTEGER NOT NULL,
    incident_id TEXT    NOT NULL,
    score       REAL    NOT NULL,
    reasons     TEXT, -- JSON; null when empty
    removed     BOOLEAN NOT NULL,
    PRIMARY KEY (problem_id, pos)
) WITHOUT ROWID;
CREATE INDEX problem_members_incident ON problem_members (incident_id);

CREATE TABLE sla_targets (
    id         TEXT    NOT NULL PRIMARY KEY,
    digest     TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    span       TEXT    NOT NULL, -- "opened..resolved"
    within     INTEGER NOT NULL, -- nanoseconds
    priority   TEXT    NOT NULL,
    service_id TEXT    NOT NULL,
    goal       REAL    NOT NULL
);

-- +goose Down
DROP TABLE sla_targets;
DROP TABLE problem_members;
DROP TABLE problems;
DROP TABLE people;
DROP TABLE teams;
DROP TABLE services;
