-- +goose Up
-- Images, attachments and frozen charts of retrospectives. Their bytes stand apart, in pieces, so that no question about files reads them.
CREATE TABLE retro_files (
    incident_id TEXT COLLATE "C" NOT NULL,
    id          TEXT COLLATE "C" NOT NULL, -- address of the content
    name        TEXT NOT NULL,
    kind        TEXT NOT NULL, -- image, attachment or chart
    type        TEXT NOT NULL, -- media type
    size        BIGINT NOT NULL, -- bytes
    width       INTEGER NOT NULL, -- pixels; 0 of others than images
    height      INTEGER NOT NULL,
    user_id     TEXT COLLATE "C" NOT NULL,
    said_by     TEXT NOT NULL,
    at          TIMESTAMPTZ NOT NULL,
    loose_since TIMESTAMPTZ, -- null while a text or a snapshot refers to it
    removed_at  TIMESTAMPTZ,
    removed_by  TEXT NOT NULL,
    data        TEXT NOT NULL, -- JSON of a chart
    drawing     TEXT NOT NULL, -- SVG of a chart
    PRIMARY KEY (incident_id, id)
);

CREATE TABLE retro_file_parts (
    incident_id TEXT COLLATE "C" NOT NULL,
    id          TEXT COLLATE "C" NOT NULL,
    part        INTEGER NOT NULL, -- from 0
    body        BYTEA NOT NULL,
    PRIMARY KEY (incident_id, id, part)
);

-- +goose Down
DROP TABLE retro_file_parts;
DROP TABLE retro_files;
