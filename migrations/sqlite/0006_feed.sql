-- +goose Up

-- The newest change of every entity that was ever put, tombstones included: the table needs no trimming.
CREATE TABLE changes (
    kind TEXT    NOT NULL,
    id   TEXT    NOT NULL,
    seq  INTEGER NOT NULL,
    gone BOOLEAN NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE INDEX changes_seq ON changes (seq);

-- The number of the newest change. A transaction raises it as its last statement and holds the row
-- until it commits, so that numbers follow commit order, which a sequence does not give.
CREATE TABLE feed_head (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL
);
INSERT INTO feed_head (one, seq) VALUES (1, 0);

-- +goose Down
DROP TABLE feed_head;
DROP TABLE changes;
