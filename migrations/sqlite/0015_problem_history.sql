-- +goose Up
-- What people said of two incidents: one problem is behind both, or there is not.
CREATE TABLE problem_answers (
    a    TEXT      NOT NULL, -- the smaller of two incident ids
    b    TEXT      NOT NULL,
    same BOOLEAN   NOT NULL,
    said_by TEXT   NOT NULL,
    at   TIMESTAMP NOT NULL,
    PRIMARY KEY (a, b)
) WITHOUT ROWID;
-- Ids of problems that became part of another one; they lead there for ever.
CREATE TABLE problem_aliases (
    alias      TEXT NOT NULL PRIMARY KEY,
    problem_id TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX problem_aliases_problem ON problem_aliases (problem_id);
-- Every step in the life of a problem.
CREATE TABLE problem_events (
    n           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    problem_id  TEXT      NOT NULL,
    kind        TEXT      NOT NULL,
    incident_id TEXT      NOT NULL,
    other_id    TEXT      NOT NULL,
    score       REAL      NOT NULL,
    rule        TEXT      NOT NULL,
    done_by     TEXT      NOT NULL,
    at          TIMESTAMP NOT NULL,
    before      BLOB, -- JSON; null when it cannot be undone
    undoes      INTEGER   NOT NULL -- n of the step that this one takes back; 0: none
);
CREATE INDEX problem_events_problem ON problem_events (problem_id, n);

-- +goose Down
DROP TABLE problem_events;
DROP TABLE problem_aliases;
DROP TABLE problem_answers;
