-- +goose Up
-- Messages that leave the product: the outbox, and the log of what became of them. An id follows from what a message tells of, to whom and
-- which way, so that nothing is sent twice.
CREATE TABLE outgoing (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind        TEXT COLLATE "C" NOT NULL,
    way         TEXT COLLATE "C" NOT NULL,
    recipient   TEXT COLLATE "C" NOT NULL, -- a user
    notice_id   TEXT COLLATE "C" NOT NULL, -- may be empty
    incident_id TEXT COLLATE "C" NOT NULL, -- of the notice; empty without
    at          TIMESTAMPTZ NOT NULL,
    due_at      TIMESTAMPTZ NOT NULL,
    state       TEXT COLLATE "C" NOT NULL,
    tries       INTEGER NOT NULL, -- a claim counts one
    next_at     TIMESTAMPTZ NOT NULL, -- while it waits: nobody claims it before
    ended_at    TIMESTAMPTZ, -- null while it waits
    address     TEXT NOT NULL,
    subject     TEXT NOT NULL,
    text        TEXT NOT NULL,
    error       TEXT NOT NULL
);
CREATE INDEX outgoing_waiting ON outgoing (way, next_at) WHERE state = 'waiting';
CREATE INDEX outgoing_at ON outgoing (at);
CREATE INDEX outgoing_recipient ON outgoing (recipient);
CREATE INDEX outgoing_incident ON outgoing (incident_id);

-- How people want to be told of what; who has no row here is told as by default.
CREATE TABLE notice_choices (
    user_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    zone    TEXT NOT NULL,
    ways    TEXT NOT NULL -- JSON: kind of notice to way
);

-- +goose Down
DROP TABLE notice_choices;
DROP TABLE outgoing;
