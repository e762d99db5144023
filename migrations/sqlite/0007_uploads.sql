-- +goose Up
-- Uploaded files in parts, so that whichever replica takes the job finds them; gone when the job
-- is done, or a day after nobody has started it.
CREATE TABLE uploads (
    run_id TEXT    NOT NULL,
    name   TEXT    NOT NULL,
    part   INTEGER NOT NULL,
    body   BLOB    NOT NULL,
    stored_at TIMESTAMP NOT NULL,
    PRIMARY KEY (run_id, name, part)
);

-- +goose Down
DROP TABLE uploads;
