-- +goose Up
-- Messages that leave the product: the outbox, and the log of what became of them. An id follows from what a message tells of, to whom and
-- which way, so that nothing is sent twice.
CREATE TABLE outgoing (
    id          TEXT NOT NULL PRIMARY KEY,
    kind        TEXT NOT NULL,
    way         TEXT NOT NULL,
    recipient   TEXT NOT NULL, -- a user
    notice_id   TEXT NOT NULL, -- may be empty
    incident_id TEXT NOT NULL, -- of the notice; empty without
    at          TIMESTAMP NOT NULL,
    due_at      TIMESTAMP NOT NULL,
    state       TEXT NOT NULL,
    tries       INTEGER NOT NULL, -- a claim counts one
    next_at     TIMESTAMP NOT NULL, -- while it waits: nobody claims it before
    ended_at    TIMESTAMP, -- null while it waits
    address     TEXT NOT NULL,
    subject     TEXT NOT NULL,
    text        TEXT NOT NULL,
    error       TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX outgoing_waiting ON outgoing (way, next_at) WHERE state = 'waiting';
CREATE INDEX outgoing_at ON outgoing (at);
CREATE INDEX outgoing_recipient ON outgoing (recipient);
CREATE INDEX outgoing_incident ON outgoing (incident_id);

-- How people want to be told of what; who has no row here is told as by default.
CREATE TABLE notice_choices (
    user_id TEXT NOT NULL PRIMARY KEY,
    zone    TEXT NOT NULL,
    ways    TEXT NOT NULL -- JSON: kind of notice to way
) WITHOUT ROWID;

-- +goose Down
DROP TABLE notice_choices;
DROP TABLE outgoing;
