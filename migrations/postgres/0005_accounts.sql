-- +goose Up

CREATE TABLE users (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name          TEXT COLLATE "C" NOT NULL UNIQUE, -- lower case
    display       TEXT             NOT NULL,
    role          TEXT             NOT NULL,
    password_hash TEXT COLLATE "C" NOT NULL,
    disabled      BOOLEAN          NOT NULL,
    created_at    TIMESTAMPTZ,
    seen_at       TIMESTAMPTZ
);

-- Secrets are stored nowhere, only their hashes.
CREATE TABLE sessions (
    hash       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id    TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ,
    seen_at    TIMESTAMPTZ,
    expires_at TIMESTAMPTZ,
    agent      TEXT             NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE tokens (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name       TEXT COLLATE "C" NOT NULL,
    hash       TEXT COLLATE "C" NOT NULL UNIQUE,
    role       TEXT             NOT NULL,
    created_by TEXT             NOT NULL,
    created_at TIMESTAMPTZ,
    expires_at TIMESTAMPTZ,
    used_at    TIMESTAMPTZ
);

CREATE TABLE settings (
    name  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value TEXT             NOT NULL
);

-- +goose Down
DROP TABLE settings;
DROP TABLE tokens;
DROP TABLE sessions;
DROP TABLE users;
