-- +goose Up
-- What people say of action items: what proves that one worked, until when that should be known, and what came out.
ALTER TABLE action_items ADD COLUMN item_key TEXT NOT NULL DEFAULT ''; -- empty: only a source speaks of it
ALTER TABLE action_items ADD COLUMN priority TEXT NOT NULL DEFAULT ''; -- high, medium or low
ALTER TABLE action_items ADD COLUMN proof TEXT NOT NULL DEFAULT '';
ALTER TABLE action_items ADD COLUMN reason TEXT NOT NULL DEFAULT ''; -- why it was dropped, or what was observed
ALTER TABLE action_items ADD COLUMN verify_by TIMESTAMP;
ALTER TABLE action_items ADD COLUMN judged TIMESTAMP; -- when it was verified, found ineffective or dropped
CREATE INDEX action_items_due ON action_items (state, due);

-- +goose Down
DROP INDEX action_items_due;
ALTER TABLE action_items DROP COLUMN judged;
ALTER TABLE action_items DROP COLUMN verify_by;
ALTER TABLE action_items DROP COLUMN reason;
ALTER TABLE action_items DROP COLUMN proof;
ALTER TABLE action_items DROP COLUMN priority;
ALTER TABLE action_items DROP COLUMN item_key;
