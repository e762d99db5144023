-- +goose Up
-- Reports that are made again and again, what was made, and the files as they were sent.
CREATE TABLE report_schedules (
    id            TEXT NOT NULL PRIMARY KEY,
    version       INTEGER NOT NULL,
    name          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    question      TEXT NOT NULL, -- filters, without a period
    formats       TEXT NOT NULL, -- JSON, as recipients and channels
    zone          TEXT NOT NULL,
    every         TEXT NOT NULL,
    on_day        INTEGER NOT NULL, -- of the week or month; 0: each day
    minute        INTEGER NOT NULL, -- of the day
    only_changed  BOOLEAN NOT NULL,
    recipients    TEXT NOT NULL,
    channels      TEXT NOT NULL,
    owner_id      TEXT NOT NULL,
    paused        BOOLEAN NOT NULL,
    stopped       TEXT NOT NULL, -- why it was paused by itself
    saved_at      TIMESTAMP NOT NULL,
    saved_by      TEXT NOT NULL,
    next_at       TIMESTAMP NOT NULL, -- when it is due
    digest        TEXT NOT NULL, -- of what it said last; empty: nothing yet since it was saved
    claimed_until TIMESTAMP -- null: nobody makes it now
) WITHOUT ROWID;
CREATE INDEX report_schedules_due ON report_schedules (next_at) WHERE NOT paused;

CREATE TABLE report_runs (
    id          TEXT NOT NULL PRIMARY KEY, -- follows from the schedule and due_at, so that none is made twice
    schedule_id TEXT NOT NULL REFERENCES report_schedules (id),
    kind        TEXT NOT NULL,
    due_at      TIMESTAMP, -- null: somebody asked for it
    from_at     TIMESTAMP NOT NULL,
    to_at       TIMESTAMP NOT NULL,
    at          TIMESTAMP NOT NULL,
    as_of       INTEGER NOT NULL, -- number of a change
    digest      TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    reason      TEXT NOT NULL,
    private     BOOLEAN NOT NULL, -- may tell of private incidents
    owner_id    TEXT NOT NULL,
    title       TEXT NOT NULL,
    about       TEXT NOT NULL,
    summary     TEXT NOT NULL -- JSON
) WITHOUT ROWID;
CREATE INDEX report_runs_schedule ON report_runs (schedule_id, at);
CREATE INDEX report_runs_at ON report_runs (at);

CREATE TABLE report_files (
    run_id TEXT NOT NULL REFERENCES report_runs (id),
    name   TEXT NOT NULL,
    type   TEXT NOT NULL, -- media type
    size   INTEGER NOT NULL, -- bytes
    PRIMARY KEY (run_id, name)
) WITHOUT ROWID;

-- Their bytes stand apart, in pieces, so that no question about files reads them.
CREATE TABLE report_file_parts (
    run_id TEXT NOT NULL,
    name   TEXT NOT NULL,
    part   INTEGER NOT NULL, -- from 0
    body   BLOB NOT NULL,
    PRIMARY KEY (run_id, name, part)
);

-- +goose Down
DROP TABLE report_file_parts;
DROP TABLE report_files;
DROP TABLE report_runs;
DROP TABLE report_schedules;
