-- +goose Up
-- What a comment is about, beside a section: a row of the retrospective, or words with what stood around them. By those the words
-- are found again once the changes of the text are not kept any more.
ALTER TABLE retro_comments ADD COLUMN about TEXT NOT NULL DEFAULT ''; -- moment:ID, factor:KEY or action:KEY
ALTER TABLE retro_comments ADD COLUMN quote_before TEXT NOT NULL DEFAULT '';
ALTER TABLE retro_comments ADD COLUMN quote_after TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE retro_comments DROP COLUMN quote_after;
ALTER TABLE retro_comments DROP COLUMN quote_before;
ALTER TABLE retro_comments DROP COLUMN about;
