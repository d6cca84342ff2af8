-- Schema 9. States and roll-ups of the ledger follow the log at a distance: they are written for many events at once, and this says how far
-- they are. Who reads them adds what the log holds beyond it. A change is a new numbered file; this one is never edited again.

-- The same check of a turn's decision, said so that SQLite does not fill a table with the four words for each row. Rows stay as they are.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'decision IN (''answer'', ''clarify'', ''ticket'', ''none'')',
	'decision = ''answer'' OR decision = ''clarify'' OR decision = ''ticket'' OR decision = ''none''') WHERE type = 'table' AND name = 'turns';
PRAGMA writable_schema = RESET;

ALTER TABLE ledger_state ADD COLUMN through INTEGER NOT NULL DEFAULT 0; -- the last event that they hold
UPDATE ledger_state SET through = (SELECT coalesce(max(number), 0) FROM ledger);

PRAGMA user_version = 9;
