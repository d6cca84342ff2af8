-- Schema 3: what leaves for another system, and what comes back from it.
-- An entry holds no text of people: what leaves is read from the ticket and its history when it is sent, and the entry goes
-- when it was sent. Moments are milliseconds since 1970 UTC where the name says so.

CREATE TABLE outbox (
	id           INTEGER PRIMARY KEY AUTOINCREMENT, -- in the order in which they leave
	connector    TEXT NOT NULL,     -- the name of the one that it is for
	ticket       INTEGER NOT NULL REFERENCES tickets (number),
	revision     INTEGER NOT NULL,  -- of the ticket: 1 = it was opened, else that change
	dead         INTEGER NOT NULL DEFAULT 0 CHECK (dead IN (0, 1)),
	unsure       INTEGER NOT NULL DEFAULT 0 CHECK (unsure IN (0, 1)), -- it may be there already: look before it is sent again
	attempts     INTEGER NOT NULL DEFAULT 0,
	made_utc_s   INTEGER NOT NULL,
	tried_utc_s  INTEGER NOT NULL DEFAULT 0, -- first attempt; 0 = none yet
	next_utc_ms  INTEGER NOT NULL DEFAULT 0, -- not before
	begun_utc_ms INTEGER NOT NULL DEFAULT 0, -- an attempt is under way; 0 = none
	cause        TEXT,              -- what the last attempt came to
	UNIQUE (connector, ticket, revision)
) STRICT;
CREATE INDEX outbox_ticket ON outbox (ticket, id);
CREATE INDEX outbox_next ON outbox (connector, dead, next_utc_ms);

-- A ticket's record in another system.
CREATE TABLE ticket_links (
	connector    TEXT NOT NULL,
	ticket       INTEGER NOT NULL REFERENCES tickets (number),
	remote       TEXT NOT NULL,     -- its id there
	label        TEXT,              -- as people there call it
	remote_state TEXT,              -- the last one that is known; only another one is news
	version      TEXT,              -- of the record, as it was taken in last: the same one again is no news
	at_utc_s     INTEGER NOT NULL,
	PRIMARY KEY (connector, ticket)
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_links_remote ON ticket_links (connector, remote);

-- What was answered there for the person to read.
CREATE TABLE ticket_comments (
	number    INTEGER PRIMARY KEY,
	ticket    INTEGER NOT NULL REFERENCES tickets (number),
	connector TEXT NOT NULL,
	remote    TEXT NOT NULL,        -- its id there: it comes once
	at_utc_s  INTEGER NOT NULL,
	author    TEXT,
	text      TEXT NOT NULL,
	UNIQUE (connector, remote)
) STRICT;
CREATE INDEX ticket_comments_ticket ON ticket_comments (ticket, at_utc_s);

-- How far what comes back was read.
CREATE TABLE connectors (
	name   TEXT PRIMARY KEY,
	cursor TEXT NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 3;
