-- +goose Up
-- A private incident is seen by the members of its team, by those whom its audience names, and by those who see all.

CREATE TABLE memberships (
    team_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (user_id, team_id)
);

CREATE TABLE incident_audience (
    incident_id TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL, -- user or team
    member_id   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (incident_id, kind, member_id)
);
CREATE INDEX incident_audience_member ON incident_audience (kind, member_id, incident_id);

-- The piece of facts names the audience of private incidents; so each is made again.
UPDATE incidents SET facts = NULL;

-- +goose Down
UPDATE incidents SET facts = NULL;
DROP TABLE incident_audience;
DROP TABLE memberships;
