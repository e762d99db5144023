-- +goose Up
-- Who did what, in a chain: each entry's hash covers the one before. docs/operating.md says how the hash is made.
CREATE TABLE audit (
    seq          bigint      NOT NULL PRIMARY KEY, -- without gaps, in the order of commits
    at           timestamptz NOT NULL,
    actor_kind   text        NOT NULL,
    actor_id     text        NOT NULL,
    role         text        NOT NULL,
    action       text        NOT NULL,
    object_kind  text        NOT NULL,
    object_id    text        NOT NULL,
    request      text        NOT NULL,
    facts        text        NOT NULL, -- JSON without anything personal; empty: none
    texts_digest text        NOT NULL, -- of salt and texts, which can be erased
    prev         text        NOT NULL,
    hash         text        NOT NULL
);
CREATE INDEX audit_by_object ON audit (object_id, seq);
CREATE INDEX audit_by_actor ON audit (actor_id, seq);
CREATE INDEX audit_by_time ON audit (at);

-- What an entry says of people, outside of the chain, so that it can be erased: names, addresses, before and after.
CREATE TABLE audit_texts (
    seq       bigint NOT NULL PRIMARY KEY,
    salt      text   NOT NULL,
    texts     text   NOT NULL,
    erased_by bigint -- the entry that tells of the erasure; null: nothing was erased
);

CREATE TABLE audit_head (
    one      bigint NOT NULL PRIMARY KEY CHECK (one = 1),
    seq      bigint NOT NULL,
    hash     text   NOT NULL,
    cut_seq  bigint NOT NULL, -- the last entry that was cut off at the old end; 0: none
    cut_hash text   NOT NULL
);
INSERT INTO audit_head VALUES (1, 0, '', 0, '');

-- +goose StatementBegin
CREATE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME <> 'audit_head' THEN
        IF OLD.seq <= (SELECT cut_seq FROM audit_head) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION audit_erase() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq <> OLD.seq OR NOT EXISTS (SELECT 1 FROM audit WHERE seq = NEW.erased_by AND seq > NEW.seq AND action = 'erased') THEN
        RAISE EXCEPTION 'the texts of the audit log change only by an erasure that is an entry itself';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION audit_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq < OLD.seq OR NEW.cut_seq < OLD.cut_seq OR NEW.cut_seq >= NEW.seq AND NEW.cut_seq > 0 THEN
        RAISE EXCEPTION 'the audit log only grows';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_keep BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_keep();
CREATE TRIGGER audit_keep_all BEFORE TRUNCATE ON audit EXECUTE FUNCTION audit_keep();
CREATE TRIGGER audit_texts_keep BEFORE DELETE ON audit_texts FOR EACH ROW EXECUTE FUNCTION audit_keep();
CREATE TRIGGER audit_texts_keep_all BEFORE TRUNCATE ON audit_texts EXECUTE FUNCTION audit_keep();
CREATE TRIGGER audit_texts_erase BEFORE UPDATE ON audit_texts FOR EACH ROW EXECUTE FUNCTION audit_erase();
CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head FOR EACH ROW EXECUTE FUNCTION audit_forward();
CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head FOR EACH ROW EXECUTE FUNCTION audit_keep();
CREATE TRIGGER audit_head_stays_all BEFORE TRUNCATE ON audit_head EXECUTE FUNCTION audit_keep();

-- +goose Down
DROP TABLE audit_head;
DROP TABLE audit_texts;
DROP TABLE audit;
DROP FUNCTION audit_keep;
DROP FUNCTION audit_erase;
DROP FUNCTION audit_forward;
