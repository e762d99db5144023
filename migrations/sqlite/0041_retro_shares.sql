-- +goose Up
-- Links by which people outside read a retrospective until they expire. sections, words, kept and document are JSON; document is what
-- they read, masked and frozen.
CREATE TABLE retro_shares (
    id              TEXT NOT NULL PRIMARY KEY,
    incident_id     TEXT NOT NULL REFERENCES retros (incident_id),
    hash            TEXT NOT NULL UNIQUE, -- SHA-256 of the token
    profile         TEXT NOT NULL,
    sections        TEXT NOT NULL,
    words           TEXT NOT NULL,
    kept            TEXT NOT NULL,
    number          INTEGER NOT NULL, -- of the published version
    document        TEXT NOT NULL,
    frozen_at       TIMESTAMP NOT NULL,
    created_by      TEXT NOT NULL,
    created_by_name TEXT NOT NULL,
    created_at      TIMESTAMP NOT NULL,
    expires_at      TIMESTAMP NOT NULL,
    revoked_at      TIMESTAMP,
    revoked_by      TEXT NOT NULL,
    used_at         TIMESTAMP, -- when it was last opened
    used            INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX retro_shares_incident ON retro_shares (incident_id);

-- +goose Down
DROP TABLE retro_shares;
