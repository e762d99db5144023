-- +goose Up

-- The newest change of every entity that was ever put, tombstones included: the table needs no trimming.
CREATE TABLE changes (
    kind TEXT COLLATE "C" NOT NULL,
    id   TEXT COLLATE "C" NOT NULL,
    seq  BIGINT           NOT NULL,
    gone BOOLEAN          NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX changes_seq ON changes (seq);

-- The number of the newest change. A transaction raises it as its last statement and holds the row
-- until it commits, so that numbers follow commit order, which a sequence does not give.
CREATE TABLE feed_head (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    seq BIGINT NOT NULL
);
INSERT INTO feed_head (one, seq) VALUES (1, 0);

-- +goose Down
DROP TABLE feed_head;
DROP TABLE changes;
