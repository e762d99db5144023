-- +goose Up
-- Signing in with an account elsewhere. Whom an issuer means is found by its own words for them, never by name or e-mail,
-- which can be given to somebody else.
ALTER TABLE users ADD COLUMN email TEXT COLLATE "C" NOT NULL DEFAULT ''; -- lower case
CREATE INDEX users_email ON users (email);

CREATE TABLE identities (
    issuer     TEXT COLLATE "C" NOT NULL, -- an address, proxy or scim
    subject    TEXT COLLATE "C" NOT NULL,
    user_id    TEXT COLLATE "C" NOT NULL,
    email      TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ,
    seen_at    TIMESTAMPTZ,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_user ON identities (user_id);

-- A session that was ended is kept for a while, so that its browser can be told why.
ALTER TABLE sessions ADD COLUMN address TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN issuer TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN subject TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN provider_session TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN checked_at TIMESTAMPTZ;
ALTER TABLE sessions ADD COLUMN sealed_grant BYTEA; -- tokens of the provider
ALTER TABLE sessions ADD COLUMN ended_at TIMESTAMPTZ;
ALTER TABLE sessions ADD COLUMN ending TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX sessions_provider ON sessions (issuer, subject);

-- Browsers that somebody has signed in from, by the hash of a secret that they keep.
CREATE TABLE devices (
    hash    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id TEXT COLLATE "C" NOT NULL,
    seen_at TIMESTAMPTZ
);

-- +goose Down
DROP TABLE devices;
DROP INDEX sessions_provider;
ALTER TABLE sessions DROP COLUMN ending;
ALTER TABLE sessions DROP COLUMN ended_at;
ALTER TABLE sessions DROP COLUMN sealed_grant;
ALTER TABLE sessions DROP COLUMN checked_at;
ALTER TABLE sessions DROP COLUMN provider_session;
ALTER TABLE sessions DROP COLUMN subject;
ALTER TABLE sessions DROP COLUMN issuer;
ALTER TABLE sessions DROP COLUMN address;
DROP TABLE identities;
DROP INDEX users_email;
ALTER TABLE users DROP COLUMN email;
