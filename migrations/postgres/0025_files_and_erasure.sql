-- +goose Up
-- What files say (configuration as code): which object of which kind and name is made from them, so that pages can say so and
-- pruning takes back only what files brought.
CREATE TABLE managed (
    kind       TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL, -- as it is told apart from others of its kind
    entity_id  TEXT        NOT NULL, -- the service, team, policy or connection
    made       BOOLEAN     NOT NULL, -- it was not there before the files named it
    place      TEXT        NOT NULL, -- file and line
    applied_at TIMESTAMPTZ NOT NULL,
    applied_by TEXT        NOT NULL,
    PRIMARY KEY (kind, name)
);

-- Names, addresses and handles of people that were erased, salted and hashed, so that what is imported later does not bring them
-- back. The words of a name are counted to know how many to look at together.
CREATE TABLE erased_names (
    hash       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    words      INTEGER NOT NULL,
    pseudonym  TEXT    NOT NULL, -- what stands in its place
    erasure_id TEXT    NOT NULL
);

-- What each erasure did: counts and places, no personal data.
CREATE TABLE erasures (
    id        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    pseudonym TEXT      NOT NULL,
    state     TEXT      NOT NULL, -- running or done
    report    TEXT      NOT NULL, -- JSON
    begun_at  TIMESTAMPTZ NOT NULL,
    ended_at  TIMESTAMPTZ, -- null while it runs
    done_by   TEXT      NOT NULL
);

-- +goose Down
DROP TABLE erasures;
DROP TABLE erased_names;
DROP TABLE managed;
