-- +goose Up
-- With what sight a report was made, so that its owner reads it only while they have the same, and how often the one that is due was begun.
ALTER TABLE report_runs ADD COLUMN sight TEXT COLLATE "C" NOT NULL DEFAULT ''; -- empty: not known, for those alone who see all
ALTER TABLE report_schedules ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE report_schedules DROP COLUMN tries;
ALTER TABLE report_runs DROP COLUMN sight;
