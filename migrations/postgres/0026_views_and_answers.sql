-- +goose Up
-- Searches and filtered lists that somebody gave a name. They hold the question, never what it finds.
CREATE TABLE saved_views (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    owner_id   TEXT COLLATE "C" NOT NULL, -- a user; empty: a token that acts for nobody
    saved_by   TEXT NOT NULL, -- as the owner was called then
    name       TEXT NOT NULL,
    path       TEXT NOT NULL, -- page and parameters
    shared     BOOLEAN NOT NULL,
    place      INTEGER NOT NULL,
    saved_at   TIMESTAMPTZ NOT NULL,
    removed_at TIMESTAMPTZ -- null while it is in use
);
CREATE UNIQUE INDEX saved_views_name ON saved_views (owner_id, name) WHERE removed_at IS NULL;

-- What people said of two incidents, step by step, so that an answer that was taken back leaves a trace.
CREATE TABLE problem_answer_events (
    n       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    a       TEXT COLLATE "C" NOT NULL, -- the smaller of two incident ids
    b       TEXT COLLATE "C" NOT NULL,
    verdict TEXT NOT NULL, -- same, apart, or undo
    said_by TEXT NOT NULL,
    at      TIMESTAMPTZ NOT NULL
);
CREATE INDEX problem_answer_events_a ON problem_answer_events (a, n);
CREATE INDEX problem_answer_events_b ON problem_answer_events (b, n);
INSERT INTO problem_answer_events (a, b, verdict, said_by, at)
    SELECT a, b, CASE WHEN same THEN 'same' ELSE 'apart' END, said_by, at FROM problem_answers ORDER BY at, a, b;

-- +goose Down
DROP TABLE problem_answer_events;
DROP TABLE saved_views;
