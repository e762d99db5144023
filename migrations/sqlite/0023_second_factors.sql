-- +goose Up

-- What people prove beside their password. The secret is sealed with a key that is not in the database.
CREATE TABLE second_factors (
    user_id      TEXT      NOT NULL PRIMARY KEY,
    secret       BLOB      NOT NULL,
    created_at   TIMESTAMP,
    confirmed_at TIMESTAMP, -- NULL: it does not count yet
    step         BIGINT    NOT NULL, -- of the newest code that was accepted
    recovery     TEXT      NOT NULL, -- JSON: the hashes of recovery codes that are left, and their salt
    reset_at     TIMESTAMP, -- NULL: nobody took it away, or its user knows
    reset_by     TEXT NOT NULL
);

-- What an identity provider says through SCIM of users and teams beyond what they have here anyway.
CREATE TABLE provisioned (
    id          TEXT      NOT NULL PRIMARY KEY, -- of the user or team
    kind        TEXT      NOT NULL, -- User or Group
    external_id TEXT      NOT NULL,
    attributes  TEXT NOT NULL, -- JSON: names and addresses as they were sent
    created_at  TIMESTAMP,
    changed_at  TIMESTAMP,
    deleted_at  TIMESTAMP -- NULL: the provider knows it
);

-- +goose Down
DROP TABLE provisioned;
DROP TABLE second_factors;
