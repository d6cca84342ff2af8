-- Schema 10. Tickets are found by their number, and the secret is compared: an index of random texts cost a page of the disk for each of them.
-- A change is a new numbered file; this one is never edited again.

-- The index that a UNIQUE makes cannot be dropped: it becomes one that can.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET name = 'tickets_secret', sql = 'CREATE INDEX tickets_secret ON tickets (secret)'
	WHERE type = 'index' AND tbl_name = 'tickets' AND name = 'sqlite_autoindex_tickets_1';
UPDATE sqlite_schema SET sql = replace(sql, 'secret        TEXT NOT NULL UNIQUE,', 'secret        TEXT NOT NULL,') WHERE type = 'table' AND name = 'tickets';
PRAGMA writable_schema = RESET;
DROP INDEX IF EXISTS tickets_secret;

PRAGMA user_version = 10;
