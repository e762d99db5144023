-- +goose Up
-- How far retrospectives are heard. retro_readers is only there so that nobody is counted twice: reader is a keyed hash, whose key is not
-- in the database, of the retrospective and the person; after a while the row becomes a plain number, retros.read_before.
ALTER TABLE retros ADD COLUMN read_before INTEGER NOT NULL DEFAULT 0;
ALTER TABLE retros ADD COLUMN read_since TIMESTAMPTZ; -- when counting began; null: when it was published
UPDATE retros SET read_since = now(), reading_of = NULL; -- reading copies are made anew, and with them the citations

CREATE TABLE retro_readers (
    incident_id TEXT COLLATE "C" NOT NULL REFERENCES retros (incident_id),
    reader      TEXT COLLATE "C" NOT NULL,
    read_on     TIMESTAMPTZ NOT NULL, -- the day, in UTC, when they last did
    PRIMARY KEY (incident_id, reader)
);
CREATE INDEX retro_readers_day ON retro_readers (read_on);

-- Which incidents the texts of retrospectives link to; made from the reading copies.
CREATE TABLE retro_citations (
    incident_id TEXT COLLATE "C" NOT NULL REFERENCES retros (incident_id),
    cited_id    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (incident_id, cited_id)
);
CREATE INDEX retro_citations_cited ON retro_citations (cited_id);
CREATE INDEX edits_factor ON edits (incident_id) WHERE substr(field, 1, 7) = 'factor:';

-- +goose Down
DROP INDEX edits_factor;
DROP TABLE retro_citations;
DROP TABLE retro_readers;
ALTER TABLE retros DROP COLUMN read_since;
ALTER TABLE retros DROP COLUMN read_before;
