-- +goose Up
-- Which version of a moment last changed each of its fields, as JSON, so that people who change different ones do not disturb each
-- other; and of which moment it is another account.
ALTER TABLE moments ADD COLUMN touched TEXT COLLATE "C" NOT NULL DEFAULT '{}';
ALTER TABLE moments ADD COLUMN account_of TEXT COLLATE "C" NOT NULL DEFAULT '';
-- A retrospective looks for the incidents that are a part of its own.
CREATE INDEX incidents_parent ON incidents (parent_id) WHERE parent_id <> '';
CREATE INDEX incidents_merged_into ON incidents (merged_into) WHERE merged_into <> '';
CREATE INDEX incidents_duplicate_of ON incidents (duplicate_of) WHERE duplicate_of <> '';

-- +goose Down
DROP INDEX incidents_duplicate_of;
DROP INDEX incidents_merged_into;
DROP INDEX incidents_parent;
ALTER TABLE moments DROP COLUMN account_of;
ALTER TABLE moments DROP COLUMN touched;
