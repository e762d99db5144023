-- +goose Up
-- Who did what, in a chain: each entry's hash covers the one before. docs/operating.md says how the hash is made.
CREATE TABLE audit (
    seq          INTEGER   NOT NULL PRIMARY KEY, -- without gaps, in the order of commits
    at           TIMESTAMP NOT NULL,
    actor_kind   TEXT      NOT NULL,
    actor_id     TEXT      NOT NULL,
    role         TEXT      NOT NULL,
    action       TEXT      NOT NULL,
    object_kind  TEXT      NOT NULL,
    object_id    TEXT      NOT NULL,
    request      TEXT      NOT NULL,
    facts        TEXT      NOT NULL, -- JSON without anything personal; empty: none
    texts_digest TEXT      NOT NULL, -- of salt and texts, which can be erased
    prev         TEXT      NOT NULL,
    hash         TEXT      NOT NULL
);
CREATE INDEX audit_by_object ON audit (object_id, seq);
CREATE INDEX audit_by_actor ON audit (actor_id, seq);
CREATE INDEX audit_by_time ON audit (at);

-- What an entry says of people, outside of the chain, so that it can be erased: names, addresses, before and after.
CREATE TABLE audit_texts (
    seq       INTEGER NOT NULL PRIMARY KEY,
    salt      TEXT    NOT NULL,
    texts     TEXT    NOT NULL,
    erased_by INTEGER -- the entry that tells of the erasure; null: nothing was erased
);

CREATE TABLE audit_head (
    one      INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    seq      INTEGER NOT NULL,
    hash     TEXT    NOT NULL,
    cut_seq  INTEGER NOT NULL, -- the last entry that was cut off at the old end; 0: none
    cut_hash TEXT    NOT NULL
);
INSERT INTO audit_head VALUES (1, 0, '', 0, '');

-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit WHEN OLD.seq > (SELECT cut_seq FROM audit_head)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_texts_no_update BEFORE UPDATE ON audit_texts
WHEN NEW.seq <> OLD.seq OR NOT EXISTS (SELECT 1 FROM audit WHERE seq = NEW.erased_by AND seq > NEW.seq AND action = 'erased')
BEGIN SELECT RAISE(ABORT, 'the texts of the audit log change only by an erasure that is an entry itself'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_texts_no_delete BEFORE DELETE ON audit_texts WHEN OLD.seq > (SELECT cut_seq FROM audit_head)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head
WHEN NEW.seq < OLD.seq OR NEW.cut_seq < OLD.cut_seq OR NEW.cut_seq >= NEW.seq AND NEW.cut_seq > 0
BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head
BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE audit_head;
DROP TABLE audit_texts;
DROP TABLE audit;
