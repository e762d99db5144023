-- +goose Up
-- Searches and filtered lists that somebody gave a name. They hold the question, never what it finds.
CREATE TABLE saved_views (
    id         TEXT NOT NULL PRIMARY KEY,
    owner_id   TEXT NOT NULL, -- a user; empty: a token that acts for nobody
    saved_by   TEXT NOT NULL, -- as the owner was called then
    name       TEXT NOT NULL,
    path       TEXT NOT NULL, -- page and parameters
    shared     BOOLEAN NOT NULL,
    place      INTEGER NOT NULL,
    saved_at   TIMESTAMP NOT NULL,
    removed_at TIMESTAMP -- null while it is in use
) WITHOUT ROWID;
CREATE UNIQUE INDEX saved_views_name ON saved_views (owner_id, name) WHERE removed_at IS NULL;

-- What people said of two incidents, step by step, so that an answer that was taken back leaves a trace.
CREATE TABLE problem_answer_events (
    n       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    a       TEXT NOT NULL, -- the smaller of two incident ids
    b       TEXT NOT NULL,
    verdict TEXT NOT NULL, -- same, apart, or undo
    said_by TEXT NOT NULL,
    at      TIMESTAMP NOT NULL
);
CREATE INDEX problem_answer_events_a ON problem_answer_events (a, n);
CREATE INDEX problem_answer_events_b ON problem_answer_events (b, n);
INSERT INTO problem_answer_events (a, b, verdict, said_by, at)
    SELECT a, b, CASE WHEN same THEN 'same' ELSE 'apart' END, said_by, at FROM problem_answers ORDER BY at, a, b;

-- +goose Down
DROP TABLE problem_answer_events;
DROP TABLE saved_views;
