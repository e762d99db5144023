-- +goose Up
-- The piece of facts names the origin of an incident, too, which tells alerts from what people opened; so each is made again.
UPDATE incidents SET facts = NULL;

-- +goose Down
UPDATE incidents SET facts = NULL;
