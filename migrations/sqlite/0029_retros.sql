-- +goose Up
-- Retrospectives that are written here. reading is JSON, what others read of it; reviews are JSON, too.
CREATE TABLE retros (
    incident_id  TEXT NOT NULL PRIMARY KEY REFERENCES incidents (id),
    version      INTEGER NOT NULL, -- counts up, so that nobody overwrites what they have not seen
    beat         INTEGER NOT NULL, -- grows with each change but those of texts
    title        TEXT NOT NULL,
    template     TEXT NOT NULL,
    state        TEXT NOT NULL, -- draft, in_review, approved, published, revised or not_required
    reason       TEXT NOT NULL,
    owner_id     TEXT NOT NULL, -- a user; empty: nobody
    owner_name   TEXT NOT NULL,
    due_at       TIMESTAMP,
    reviews      TEXT NOT NULL,
    number       INTEGER NOT NULL, -- of the last published version
    published_at TIMESTAMP,
    made_at      TIMESTAMP NOT NULL,
    made_by      TEXT NOT NULL,
    changed_at   TIMESTAMP NOT NULL,
    changed_by   TEXT NOT NULL,
    reading      TEXT, -- null until it is made
    reading_of   TIMESTAMP -- the moment that reading shows
) WITHOUT ROWID;

CREATE TABLE retro_sections (
    incident_id TEXT NOT NULL REFERENCES retros (incident_id),
    slug        TEXT NOT NULL,
    place       INTEGER NOT NULL,
    title       TEXT NOT NULL,
    words       TEXT NOT NULL, -- Markdown
    version     INTEGER NOT NULL, -- of the words: how many changes they have seen
    changed_at  TIMESTAMP NOT NULL,
    removed_at  TIMESTAMP,
    PRIMARY KEY (incident_id, slug)
) WITHOUT ROWID;

-- Each change of the words that was accepted, for editors that are behind.
CREATE TABLE retro_changes (
    incident_id TEXT NOT NULL,
    slug        TEXT NOT NULL,
    version     INTEGER NOT NULL, -- of the words once it is made
    client      TEXT NOT NULL,
    changes     BLOB NOT NULL, -- JSON
    user_id     TEXT NOT NULL,
    said_by     TEXT NOT NULL,
    at          TIMESTAMP NOT NULL,
    PRIMARY KEY (incident_id, slug, version)
) WITHOUT ROWID;
CREATE INDEX retro_changes_at ON retro_changes (at);

-- Retrospectives as they stood at one moment; never changed.
CREATE TABLE retro_snapshots (
    id          TEXT NOT NULL PRIMARY KEY,
    incident_id TEXT NOT NULL,
    why         TEXT NOT NULL, -- state, published, idle or named
    number      INTEGER NOT NULL,
    name        TEXT NOT NULL,
    saved_by    TEXT NOT NULL,
    at          TIMESTAMP NOT NULL,
    body        TEXT NOT NULL -- JSON
) WITHOUT ROWID;
CREATE INDEX retro_snapshots_incident ON retro_snapshots (incident_id, at);

CREATE TABLE retro_comments (
    id           TEXT NOT NULL PRIMARY KEY,
    incident_id  TEXT NOT NULL,
    version      INTEGER NOT NULL,
    slug         TEXT NOT NULL, -- of the section; empty: about the whole
    answers      TEXT NOT NULL, -- the comment that began the thread
    quote        TEXT NOT NULL,
    quote_from   INTEGER NOT NULL, -- UTF-16 code units
    quote_to     INTEGER NOT NULL,
    text_version INTEGER NOT NULL,
    words        TEXT NOT NULL, -- Markdown
    user_id      TEXT NOT NULL,
    said_by      TEXT NOT NULL,
    at           TIMESTAMP NOT NULL,
    resolved_at  TIMESTAMP,
    resolved_by  TEXT NOT NULL,
    removed_at   TIMESTAMP
) WITHOUT ROWID;
CREATE INDEX retro_comments_incident ON retro_comments (incident_id, at);

-- The timeline that people tell.
CREATE TABLE moments (
    id          TEXT NOT NULL PRIMARY KEY,
    incident_id TEXT NOT NULL,
    version     INTEGER NOT NULL,
    at          TIMESTAMP NOT NULL,
    about       INTEGER NOT NULL, -- how far it may be off, in microseconds
    lane        TEXT NOT NULL,
    title       TEXT NOT NULL,
    words       TEXT NOT NULL, -- Markdown
    known_then  TEXT NOT NULL,
    question    BOOLEAN NOT NULL,
    events      TEXT NOT NULL, -- JSON, ids of timeline events
    changed_by  TEXT NOT NULL,
    changed_at  TIMESTAMP NOT NULL,
    removed_at  TIMESTAMP
) WITHOUT ROWID;
CREATE INDEX moments_incident ON moments (incident_id, at);

-- +goose Down
DROP TABLE moments;
DROP TABLE retro_comments;
DROP TABLE retro_snapshots;
DROP TABLE retro_changes;
DROP TABLE retro_sections;
DROP TABLE retros;
