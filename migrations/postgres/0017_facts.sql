-- +goose Up
-- What figures are made from, of one incident in one piece, so that a start reads a million incidents in one look each and not
-- in nine. Derived from the row and its lists, and begins with the digest that they had: with another one it is not in force.
-- Null until it is made; setting it to null has it made again.
ALTER TABLE incidents ADD COLUMN facts BYTEA;
CREATE INDEX incidents_without_facts ON incidents (id) WHERE facts IS NULL AND deleted_at IS NULL;

-- +goose Down
DROP INDEX incidents_without_facts;
ALTER TABLE incidents DROP COLUMN facts;
