-- +goose Up
-- Links by which people outside read a retrospective until they expire. sections, words, kept and document are JSON; document is what
-- they read, masked and frozen.
CREATE TABLE retro_shares (
    id              TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    incident_id     TEXT COLLATE "C" NOT NULL REFERENCES retros (incident_id),
    hash            TEXT COLLATE "C" NOT NULL UNIQUE, -- SHA-256 of the token
    profile         TEXT NOT NULL,
    sections        TEXT NOT NULL,
    words           TEXT NOT NULL,
    kept            TEXT NOT NULL,
    number          INTEGER NOT NULL, -- of the published version
    document        TEXT NOT NULL,
    frozen_at       TIMESTAMPTZ NOT NULL,
    created_by      TEXT COLLATE "C" NOT NULL,
    created_by_name TEXT NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL,
    expires_at      TIMESTAMPTZ NOT NULL,
    revoked_at      TIMESTAMPTZ,
    revoked_by      TEXT NOT NULL,
    used_at         TIMESTAMPTZ, -- when it was last opened
    used            INTEGER NOT NULL
);
CREATE INDEX retro_shares_incident ON retro_shares (incident_id);

-- +goose Down
DROP TABLE retro_shares;
