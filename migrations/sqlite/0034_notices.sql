-- +goose Up
-- What people are told. An id follows from what it tells of, so that nothing is told twice.
CREATE TABLE notices (
    id          TEXT NOT NULL PRIMARY KEY,
    user_id     TEXT NOT NULL, -- who is told
    kind        TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    place       TEXT NOT NULL, -- behind the address of the incident: "/retrospective#c-com_1"
    about       TEXT NOT NULL, -- what in it: the title of a section or an action item; may be empty
    said_by     TEXT NOT NULL, -- who caused it; empty: time did
    at          TIMESTAMP NOT NULL,
    read_at     TIMESTAMP -- null while it is unread
) WITHOUT ROWID;
CREATE INDEX notices_user ON notices (user_id, at);
CREATE INDEX notices_at ON notices (at);

-- +goose Down
DROP TABLE notices;
