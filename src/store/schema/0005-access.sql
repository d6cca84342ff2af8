-- Schema 5: who signed in, which groups' queue a token's owner works on, the audit log.

ALTER TABLE tokens ADD COLUMN groups TEXT; -- keys of kb.yaml, one a line; NULL = those that the audience stands for

CREATE TABLE sessions (
	hash          TEXT PRIMARY KEY,   -- SHA-256 of the id in the browser's cookie; the id itself is nowhere
	token         INTEGER REFERENCES tokens (id), -- signed in with it, and not for longer; NULL = with an identity provider
	subject       TEXT NOT NULL,
	role          TEXT NOT NULL,
	audience      TEXT NOT NULL,
	groups        TEXT,               -- as in tokens
	created_utc_s INTEGER NOT NULL,
	seen_utc_s    INTEGER NOT NULL,   -- of the last request, to the minute
	until_utc_s   INTEGER NOT NULL    -- however busy
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_until ON sessions (until_utc_s);

-- Only grows; include/sportello/audit.h says how entries are chained.
CREATE TABLE audit (
	number   INTEGER PRIMARY KEY,     -- 1, 2, 3…
	at_utc_s INTEGER NOT NULL,
	subject  TEXT NOT NULL,           -- "" = unknown
	action   TEXT NOT NULL,
	object   TEXT NOT NULL,
	detail   TEXT NOT NULL,
	hash     TEXT NOT NULL
) STRICT;
CREATE TABLE audit_head (             -- of the last entry
	one    INTEGER PRIMARY KEY CHECK (one = 1),
	number INTEGER NOT NULL,
	hash   TEXT NOT NULL
) STRICT;
INSERT INTO audit_head (one, number, hash) VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN NEW.number <> (SELECT number + 1 FROM audit_head)
	BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_head_no_replace BEFORE INSERT ON audit_head BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head WHEN NEW.number <> OLD.number + 1 OR NEW.one <> 1
	BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;

PRAGMA user_version = 5;
