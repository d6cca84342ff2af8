-- Schema 7: work at the desk. What is said on a ticket after it was opened, how urgent it is, and articles that are told to be wrong.
-- What is said goes with the ticket that it is about.

-- A text that came with a change of a ticket: who and when are the change's own.
CREATE TABLE ticket_posts (
	ticket   INTEGER NOT NULL REFERENCES tickets (number) ON DELETE CASCADE,
	revision INTEGER NOT NULL,      -- of the ticket_history row
	kind     TEXT NOT NULL CHECK (kind IN ('reply', 'answer', 'dossier', 'return')),
	text     TEXT NOT NULL,
	PRIMARY KEY (ticket, revision)
) STRICT, WITHOUT ROWID;

ALTER TABLE tickets ADD COLUMN priority INTEGER NOT NULL DEFAULT 2 CHECK (priority BETWEEN 1 AND 3); -- 1 = high
ALTER TABLE ticket_history ADD COLUMN priority INTEGER;                                              -- NULL = not said

CREATE TABLE article_flags (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	article    TEXT NOT NULL,
	lang       TEXT NOT NULL,
	version    TEXT,                -- that was read
	owner      TEXT,                -- of the article then; NULL = none
	ticket     INTEGER REFERENCES tickets (number) ON DELETE SET NULL,
	reason     TEXT NOT NULL,
	text       TEXT,
	actor      TEXT NOT NULL,
	at_utc_s   INTEGER NOT NULL,
	done_by    TEXT,                -- NULL = open
	done_utc_s INTEGER,
	answer     TEXT
) STRICT;
CREATE INDEX article_flags_open ON article_flags (done_utc_s, id);
CREATE INDEX article_flags_ticket ON article_flags (ticket);
CREATE INDEX article_flags_article ON article_flags (article);

PRAGMA user_version = 7;
