-- Schema 2. Walks through procedures, one step at a time. A change is a new numbered file; this one is never edited again.

CREATE TABLE walks (
	number           INTEGER PRIMARY KEY,
	conversation     INTEGER NOT NULL REFERENCES conversations (number),
	before           INTEGER REFERENCES walks (number), -- the one that this one came in between of; NULL = none
	article          TEXT NOT NULL,
	lang             TEXT NOT NULL,    -- of the article
	version          TEXT NOT NULL,
	step             TEXT NOT NULL,    -- anchors of steps; '' = the introduction
	way              TEXT NOT NULL,    -- one a line, like those seen
	seen             TEXT NOT NULL,
	state            TEXT NOT NULL CHECK (state IN ('going', 'ended', 'failed')),
	code             TEXT NOT NULL,    -- '' = none
	code_until_utc_s INTEGER NOT NULL,
	at_utc_s         INTEGER NOT NULL
) STRICT;
CREATE INDEX walks_conversation ON walks (conversation);
CREATE INDEX walks_code ON walks (code, at_utc_s);

ALTER TABLE conversations ADD COLUMN walk INTEGER REFERENCES walks (number); -- the last one; NULL = none
ALTER TABLE turns ADD COLUMN step TEXT;                                    -- that was shown; NULL = none

PRAGMA user_version = 2;
