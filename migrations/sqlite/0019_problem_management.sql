-- +goose Up
-- What people decided to do about a problem. It is kept apart from problems, which grouping replaces, and stays when a problem
-- goes, for it can come back.
CREATE TABLE problem_management (
    problem_id  TEXT NOT NULL PRIMARY KEY,
    version     INTEGER   NOT NULL, -- counts up, so that nobody overwrites what they have not seen
    stage       TEXT      NOT NULL, -- open, known_error or resolved
    owner_id    TEXT NOT NULL, -- a team, a person or a user; empty: nobody
    owner_name  TEXT      NOT NULL, -- as it was called then
    workaround  TEXT      NOT NULL, -- Markdown
    cause       TEXT      NOT NULL, -- Markdown
    exit_words  TEXT      NOT NULL,
    exit_days   INTEGER   NOT NULL, -- days without an incident; 0: none are asked for
    change_id   TEXT NOT NULL,
    change_url  TEXT      NOT NULL,
    resolved_at TIMESTAMP, -- null unless resolved
    saved_by    TEXT      NOT NULL,
    at          TIMESTAMP NOT NULL
) WITHOUT ROWID;

-- +goose Down
DROP TABLE problem_management;
