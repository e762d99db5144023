-- +goose Up
-- Documents that say what to do. What they have to do with incidents is in the incidents' links and edits.
CREATE TABLE runbooks (
    id             TEXT    NOT NULL PRIMARY KEY,
    seq            INTEGER NOT NULL,
    digest         TEXT    NOT NULL, -- of its content, so that putting the same again is no change
    connection_id  TEXT    NOT NULL,
    ref_type       TEXT    NOT NULL,
    external_id    TEXT    NOT NULL,
    incarnation    INTEGER NOT NULL,
    title          TEXT    NOT NULL,
    url            TEXT    NOT NULL,
    body           TEXT    NOT NULL, -- Markdown
    services       TEXT, -- JSON, names; null when there is none
    tags           TEXT, -- likewise
    raw_id         TEXT    NOT NULL,
    map_version    INTEGER NOT NULL,
    deleted_at     TIMESTAMP,
    deleted_reason TEXT    NOT NULL
);
CREATE INDEX runbooks_connection ON runbooks (connection_id);
CREATE INDEX links_runbook ON links (incident_id) WHERE kind = 'runbook';
CREATE INDEX edits_runbook ON edits (incident_id) WHERE substr(field, 1, 8) = 'runbook:';

-- +goose Down
DROP INDEX edits_runbook;
DROP INDEX links_runbook;
DROP TABLE runbooks;
