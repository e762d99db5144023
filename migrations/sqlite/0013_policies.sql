-- +goose Up
-- Every version of what people agreed on; the newest one of an id is in force.
CREATE TABLE policies (
    id       TEXT      NOT NULL,
    version  INTEGER   NOT NULL,
    kind     TEXT      NOT NULL,
    name     TEXT      NOT NULL,
    body     BLOB      NOT NULL, -- JSON, as it was written
    removed  BOOLEAN   NOT NULL,
    saved_at TIMESTAMP NOT NULL,
    saved_by TEXT      NOT NULL,
    note     TEXT      NOT NULL,
    PRIMARY KEY (id, version)
);

-- +goose Down
DROP TABLE policies;
