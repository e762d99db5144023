-- +goose Up
-- Every version of what people agreed on; the newest one of an id is in force.
CREATE TABLE policies (
    id       text        NOT NULL,
    version  bigint      NOT NULL,
    kind     text        NOT NULL,
    name     text        NOT NULL,
    body     bytea       NOT NULL, -- JSON, as it was written
    removed  boolean     NOT NULL,
    saved_at timestamptz NOT NULL,
    saved_by text        NOT NULL,
    note     text        NOT NULL,
    PRIMARY KEY (id, version)
);

-- +goose Down
DROP TABLE policies;
