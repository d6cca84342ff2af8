-- Schema 5: who signed in, which groups' queue a token's owner works on.

ALTER TABLE tokens ADD COLUMN groups TEXT; -- keys of kb.yaml, one a line; NULL = those that the audience stands for

CREATE TABLE sessions (
	hash          TEXT PRIMARY KEY,   -- SHA-256 of the id in the browser's cookie; the id itself is nowhere
	token         INTEGER REFERENCES tokens (id), -- signed in with it, and not for longer; NULL = with an identity provider
	subject       TEXT NOT NULL,
	role          TEXT NOT NULL,
	audience      TEXT NOT NULL,
	groups        TEXT,               -- as in tokens
	hint          TEXT,               -- what the identity provider wants to be told at sign-out; NULL = nothing
	created_utc_s INTEGER NOT NULL,
	seen_utc_s    INTEGER NOT NULL,   -- of the last request, to the minute
	until_utc_s   INTEGER NOT NULL    -- however busy
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_until ON sessions (until_utc_s);

PRAGMA user_version = 5;
