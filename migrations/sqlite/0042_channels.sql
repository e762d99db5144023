-- +goose Up
-- Places outside where notices are posted by a webhook.
CREATE TABLE channels (
    id         TEXT NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    format     TEXT NOT NULL,
    team_id    TEXT NOT NULL, -- empty: everybody's
    kinds      TEXT NOT NULL, -- JSON: the kinds of notices that go there
    host       TEXT NOT NULL,
    secret     BLOB NOT NULL, -- sealed: its address, and what signs
    created_at TIMESTAMP NOT NULL,
    created_by TEXT NOT NULL
) WITHOUT ROWID;

-- +goose Down
DROP TABLE channels;
