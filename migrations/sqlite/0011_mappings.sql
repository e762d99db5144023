-- +goose Up
-- What a connection's mapping was before, so that people can go back to it.
CREATE TABLE mappings (
    connection_id TEXT NOT NULL,
    version       INTEGER NOT NULL,
    mapping       BLOB,
    saved_at      TIMESTAMP, -- null for what was there before versions were kept
    saved_by      TEXT NOT NULL,
    PRIMARY KEY (connection_id, version)
);

-- +goose Down
DROP TABLE mappings;
