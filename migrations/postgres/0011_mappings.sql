-- +goose Up
-- What a connection's mapping was before, so that people can go back to it.
CREATE TABLE mappings (
    connection_id text NOT NULL,
    version       bigint NOT NULL,
    mapping       bytea,
    saved_at      timestamptz, -- null for what was there before versions were kept
    saved_by      text NOT NULL,
    PRIMARY KEY (connection_id, version)
);

-- +goose Down
DROP TABLE mappings;
