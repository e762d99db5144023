-- +goose Up
-- What people should know of how a connection is read, such as what its key may not read.
ALTER TABLE healths ADD COLUMN notes TEXT; -- JSON; null when there is none

-- +goose Down
ALTER TABLE healths DROP COLUMN notes;
