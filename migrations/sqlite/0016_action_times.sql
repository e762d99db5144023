-- +goose Up
-- When an action item was made and when it was done, so that ageing is a figure; null where nobody says.
ALTER TABLE action_items ADD COLUMN created TIMESTAMP;
ALTER TABLE action_items ADD COLUMN done TIMESTAMP;

-- +goose Down
ALTER TABLE action_items DROP COLUMN done;
ALTER TABLE action_items DROP COLUMN created;
