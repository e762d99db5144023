-- +goose Up
-- Another record of the same incident counts instead of this one.
ALTER TABLE incidents ADD COLUMN same_as TEXT NOT NULL DEFAULT '';
CREATE INDEX incidents_same_as ON incidents (same_as) WHERE same_as <> '';
CREATE INDEX incidents_url ON incidents (url) WHERE url <> '';
CREATE INDEX links_same_as ON links (url) WHERE kind = 'same_as';

-- +goose Down
DROP INDEX links_same_as;
DROP INDEX incidents_url;
DROP INDEX incidents_same_as;
ALTER TABLE incidents DROP COLUMN same_as;
