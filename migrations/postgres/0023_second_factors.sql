-- +goose Up

-- What people prove beside their password. The secret is sealed with a key that is not in the database.
CREATE TABLE second_factors (
    user_id      TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    secret       BYTEA     NOT NULL,
    created_at   TIMESTAMPTZ,
    confirmed_at TIMESTAMPTZ, -- NULL: it does not count yet
    step         BIGINT    NOT NULL, -- of the newest code that was accepted
    recovery     TEXT      NOT NULL, -- JSON: the hashes of recovery codes that are left, and their salt
    reset_at     TIMESTAMPTZ, -- NULL: nobody took it away, or its user knows
    reset_by     TEXT NOT NULL
);

-- What an identity provider says through SCIM of users and teams beyond what they have here anyway.
CREATE TABLE provisioned (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- of the user or team
    kind        TEXT COLLATE "C" NOT NULL, -- User or Group
    external_id TEXT COLLATE "C" NOT NULL,
    attributes  TEXT NOT NULL, -- JSON: names and addresses as they were sent
    created_at  TIMESTAMPTZ,
    changed_at  TIMESTAMPTZ,
    deleted_at  TIMESTAMPTZ -- NULL: the provider knows it
);

-- +goose Down
DROP TABLE provisioned;
DROP TABLE second_factors;
