-- +goose Up
-- A token acts for a user or a service account and has abilities of its own; those that exist keep what their role may.
ALTER TABLE tokens ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN prefix TEXT NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN abilities TEXT NOT NULL DEFAULT '[]'; -- JSON
ALTER TABLE tokens ADD COLUMN used_from TEXT NOT NULL DEFAULT '';
UPDATE tokens SET abilities = CASE role
    WHEN 'viewer'  THEN '["read"]'
    WHEN 'editor'  THEN '["read","write","import"]'
    WHEN 'manager' THEN '["read","write","import","agree","audit"]'
    WHEN 'admin'   THEN '["read","write","import","agree","audit","private","administer"]'
    ELSE '[]' END;
ALTER TABLE tokens DROP COLUMN role;
CREATE INDEX tokens_owner ON tokens (owner);
ALTER TABLE users ADD COLUMN service BOOLEAN NOT NULL DEFAULT FALSE;
-- A name that a person gave to a team; imports leave it as it is.
ALTER TABLE teams ADD COLUMN renamed BOOLEAN NOT NULL DEFAULT FALSE;

-- +goose Down
ALTER TABLE teams DROP COLUMN renamed;
ALTER TABLE users DROP COLUMN service;
DROP INDEX tokens_owner;
ALTER TABLE tokens ADD COLUMN role TEXT NOT NULL DEFAULT 'viewer';
UPDATE tokens SET role = CASE
    WHEN abilities LIKE '%"administer"%' THEN 'admin'
    WHEN abilities LIKE '%"agree"%'      THEN 'manager'
    WHEN abilities LIKE '%"write"%'      THEN 'editor'
    ELSE 'viewer' END;
ALTER TABLE tokens DROP COLUMN used_from;
ALTER TABLE tokens DROP COLUMN abilities;
ALTER TABLE tokens DROP COLUMN prefix;
ALTER TABLE tokens DROP COLUMN owner;
