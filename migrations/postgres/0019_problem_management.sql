-- +goose Up
-- What people decided to do about a problem. It is kept apart from problems, which grouping replaces, and stays when a problem
-- goes, for it can come back.
CREATE TABLE problem_management (
    problem_id  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version     INTEGER   NOT NULL, -- counts up, so that nobody overwrites what they have not seen
    stage       TEXT      NOT NULL, -- open, known_error or resolved
    owner_id    TEXT COLLATE "C" NOT NULL, -- a team, a person or a user; empty: nobody
    owner_name  TEXT      NOT NULL, -- as it was called then
    workaround  TEXT      NOT NULL, -- Markdown
    cause       TEXT      NOT NULL, -- Markdown
    exit_words  TEXT      NOT NULL,
    exit_days   INTEGER   NOT NULL, -- days without an incident; 0: none are asked for
    change_id   TEXT COLLATE "C" NOT NULL,
    change_url  TEXT      NOT NULL,
    resolved_at TIMESTAMPTZ, -- null unless resolved
    saved_by    TEXT      NOT NULL,
    at          TIMESTAMPTZ NOT NULL
);

-- +goose Down
DROP TABLE problem_management;
