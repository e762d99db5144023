-- +goose Up

CREATE TABLE users (
    id            TEXT      NOT NULL PRIMARY KEY,
    name          TEXT      NOT NULL UNIQUE, -- lower case
    display       TEXT      NOT NULL,
    role          TEXT      NOT NULL,
    password_hash TEXT      NOT NULL,
    disabled      BOOLEAN   NOT NULL,
    created_at    TIMESTAMP,
    seen_at       TIMESTAMP
);

-- Secrets are stored nowhere, only their hashes.
CREATE TABLE sessions (
    hash       TEXT      NOT NULL PRIMARY KEY,
    user_id    TEXT      NOT NULL,
    created_at TIMESTAMP,
    seen_at    TIMESTAMP,
    expires_at TIMESTAMP,
    agent      TEXT      NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE tokens (
    id         TEXT      NOT NULL PRIMARY KEY,
    name       TEXT      NOT NULL,
    hash       TEXT      NOT NULL UNIQUE,
    role       TEXT      NOT NULL,
    created_by TEXT      NOT NULL,
    created_at TIMESTAMP,
    expires_at TIMESTAMP,
    used_at    TIMESTAMP
);

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- +goose Down
DROP TABLE settings;
DROP TABLE tokens;
DROP TABLE sessions;
DROP TABLE users;
