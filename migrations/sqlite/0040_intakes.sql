-- +goose Up
-- Documents that people are about to take rows out of, with what they have chosen so far. One for each person and incident.
CREATE TABLE intakes (
    incident_id TEXT NOT NULL,
    user_id     TEXT NOT NULL,
    name        TEXT NOT NULL,
    body        TEXT NOT NULL, -- Markdown
    choices     TEXT NOT NULL, -- the form as it was left, encoded as a query
    at          TIMESTAMP NOT NULL,
    PRIMARY KEY (incident_id, user_id)
);
CREATE INDEX intakes_at ON intakes (at);

-- +goose Down
DROP TABLE intakes;
