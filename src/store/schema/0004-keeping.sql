-- Schema 4: attachments of tickets, who is behind several of them, and what was forgotten.
-- Forgetting leaves rows without text: their numbers, times, categories and outcomes are what figures count.

CREATE TABLE attachments (
	id          TEXT PRIMARY KEY,  -- random; the name of its file in attachments/
	ticket      INTEGER NOT NULL REFERENCES tickets (number),
	name        TEXT NOT NULL,
	type        TEXT NOT NULL,     -- of its content: image/png…
	bytes       INTEGER NOT NULL,
	at_utc_s    INTEGER NOT NULL,
	actor       TEXT NOT NULL,     -- who sent it
	key         TEXT,              -- Idempotency-Key of who sent it; NULL = none
	fingerprint INTEGER NOT NULL,  -- of the request
	UNIQUE (ticket, actor, key)
) STRICT;
CREATE INDEX attachments_at ON attachments (at_utc_s);

-- Who a ticket is about: keyed hashes of the address, code or number in its fields (the key is in person.key).
CREATE TABLE ticket_persons (
	ticket INTEGER NOT NULL REFERENCES tickets (number),
	field  TEXT NOT NULL,          -- goes when that field's value goes
	hash   TEXT NOT NULL,
	PRIMARY KEY (ticket, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_persons_hash ON ticket_persons (hash, ticket);

ALTER TABLE conversations ADD COLUMN person TEXT;             -- such a hash, once a ticket told; NULL = unknown
ALTER TABLE conversations ADD COLUMN forgotten_utc_s INTEGER; -- its text is gone since; NULL = it is there
ALTER TABLE tickets ADD COLUMN forgotten_utc_s INTEGER;
CREATE INDEX conversations_person ON conversations (person) WHERE person IS NOT NULL;
CREATE INDEX conversations_kept ON conversations (last_utc_s) WHERE forgotten_utc_s IS NULL;
CREATE INDEX tickets_kept ON tickets (updated_utc_s) WHERE forgotten_utc_s IS NULL;
CREATE INDEX feedback_comments ON feedback (at_utc_s) WHERE comment IS NOT NULL;
CREATE INDEX ticket_comments_at ON ticket_comments (at_utc_s);

-- What is still to be done after something was forgotten, so that a crash in between leaves nothing: 'scrub' (rows are gone,
-- their bytes may not be: 1 = by the next night, 2 = at once), 'vectors' (how often remembered questions were to be emptied), 'vectors-done' (how often they were),
-- 'vectors-since' (when they were emptied last).
CREATE TABLE keeping (
	name  TEXT PRIMARY KEY,
	value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 4;
