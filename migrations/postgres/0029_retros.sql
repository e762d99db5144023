-- +goose Up
-- Retrospectives that are written here. reading is JSON, what others read of it; reviews are JSON, too.
CREATE TABLE retros (
    incident_id  TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES incidents (id),
    version      INTEGER NOT NULL, -- counts up, so that nobody overwrites what they have not seen
    beat         BIGINT NOT NULL, -- grows with each change but those of texts
    title        TEXT NOT NULL,
    template     TEXT NOT NULL,
    state        TEXT NOT NULL, -- draft, in_review, approved, published, revised or not_required
    reason       TEXT NOT NULL,
    owner_id     TEXT COLLATE "C" NOT NULL, -- a user; empty: nobody
    owner_name   TEXT NOT NULL,
    due_at       TIMESTAMPTZ,
    reviews      TEXT NOT NULL,
    number       INTEGER NOT NULL, -- of the last published version
    published_at TIMESTAMPTZ,
    made_at      TIMESTAMPTZ NOT NULL,
    made_by      TEXT NOT NULL,
    changed_at   TIMESTAMPTZ NOT NULL,
    changed_by   TEXT NOT NULL,
    reading      TEXT, -- null until it is made
    reading_of   TIMESTAMPTZ -- the moment that reading shows
);

CREATE TABLE retro_sections (
    incident_id TEXT COLLATE "C" NOT NULL REFERENCES retros (incident_id),
    slug        TEXT COLLATE "C" NOT NULL,
    place       INTEGER NOT NULL,
    title       TEXT NOT NULL,
    words       TEXT NOT NULL, -- Markdown
    version     INTEGER NOT NULL, -- of the words: how many changes they have seen
    changed_at  TIMESTAMPTZ NOT NULL,
    removed_at  TIMESTAMPTZ,
    PRIMARY KEY (incident_id, slug)
);

-- Each change of the words that was accepted, for editors that are behind.
CREATE TABLE retro_changes (
    incident_id TEXT COLLATE "C" NOT NULL,
    slug        TEXT COLLATE "C" NOT NULL,
    version     INTEGER NOT NULL, -- of the words once it is made
    client      TEXT NOT NULL,
    changes     BYTEA NOT NULL, -- JSON
    user_id     TEXT COLLATE "C" NOT NULL,
    said_by     TEXT NOT NULL,
    at          TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (incident_id, slug, version)
);
CREATE INDEX retro_changes_at ON retro_changes (at);

-- Retrospectives as they stood at one moment; never changed.
CREATE TABLE retro_snapshots (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    incident_id TEXT COLLATE "C" NOT NULL,
    why         TEXT NOT NULL, -- state, published, idle or named
    number      INTEGER NOT NULL,
    name        TEXT NOT NULL,
    saved_by    TEXT NOT NULL,
    at          TIMESTAMPTZ NOT NULL,
    body        TEXT NOT NULL -- JSON
);
CREATE INDEX retro_snapshots_incident ON retro_snapshots (incident_id, at);

CREATE TABLE retro_comments (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    incident_id  TEXT COLLATE "C" NOT NULL,
    version      INTEGER NOT NULL,
    slug         TEXT COLLATE "C" NOT NULL, -- of the section; empty: about the whole
    answers      TEXT COLLATE "C" NOT NULL, -- the comment that began the thread
    quote        TEXT NOT NULL,
    quote_from   INTEGER NOT NULL, -- UTF-16 code units
    quote_to     INTEGER NOT NULL,
    text_version INTEGER NOT NULL,
    words        TEXT NOT NULL, -- Markdown
    user_id      TEXT COLLATE "C" NOT NULL,
    said_by      TEXT NOT NULL,
    at           TIMESTAMPTZ NOT NULL,
    resolved_at  TIMESTAMPTZ,
    resolved_by  TEXT NOT NULL,
    removed_at   TIMESTAMPTZ
);
CREATE INDEX retro_comments_incident ON retro_comments (incident_id, at);

-- The timeline that people tell.
CREATE TABLE moments (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    incident_id TEXT COLLATE "C" NOT NULL,
    version     INTEGER NOT NULL,
    at          TIMESTAMPTZ NOT NULL,
    about       BIGINT NOT NULL, -- how far it may be off, in microseconds
    lane        TEXT NOT NULL,
    title       TEXT NOT NULL,
    words       TEXT NOT NULL, -- Markdown
    known_then  TEXT NOT NULL,
    question    BOOLEAN NOT NULL,
    events      TEXT NOT NULL, -- JSON, ids of timeline events
    changed_by  TEXT NOT NULL,
    changed_at  TIMESTAMPTZ NOT NULL,
    removed_at  TIMESTAMPTZ
);
CREATE INDEX moments_incident ON moments (incident_id, at);

-- +goose Down
DROP TABLE moments;
DROP TABLE retro_comments;
DROP TABLE retro_snapshots;
DROP TABLE retro_changes;
DROP TABLE retro_sections;
DROP TABLE retros;
