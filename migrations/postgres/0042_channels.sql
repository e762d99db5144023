-- +goose Up
-- Places outside where notices are posted by a webhook.
CREATE TABLE channels (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    format     TEXT COLLATE "C" NOT NULL,
    team_id    TEXT COLLATE "C" NOT NULL, -- empty: everybody's
    kinds      TEXT NOT NULL, -- JSON: the kinds of notices that go there
    host       TEXT NOT NULL,
    secret     BYTEA NOT NULL, -- sealed: its address, and what signs
    created_at TIMESTAMPTZ NOT NULL,
    created_by TEXT NOT NULL
);

-- +goose Down
DROP TABLE channels;
