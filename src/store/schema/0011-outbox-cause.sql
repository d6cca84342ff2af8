-- Schema 11. What an attempt came to, as a word (outbox.h, SP_CAUSE_LIST): what is told of it does not hang on how a text is worded.
-- A change is a new numbered file; this one is never edited again.

ALTER TABLE outbox ADD COLUMN cause_kind TEXT; -- NULL: nothing came of an attempt yet

-- Of what is there already, as the texts of those days tell.
UPDATE outbox SET cause_kind = CASE
	WHEN cause LIKE 'HTTP %' THEN CASE
		WHEN CAST(substr(cause, 6) AS INTEGER) IN (400, 422) THEN 'value'
		WHEN CAST(substr(cause, 6) AS INTEGER) IN (401, 403) THEN 'denied'
		WHEN CAST(substr(cause, 6) AS INTEGER) IN (404, 410) THEN 'gone'
		WHEN CAST(substr(cause, 6) AS INTEGER) IN (408, 409, 423, 425, 429) THEN 'busy'
		WHEN CAST(substr(cause, 6) AS INTEGER) = 413 THEN 'large'
		WHEN CAST(substr(cause, 6) AS INTEGER) >= 500 THEN 'fault'
		WHEN CAST(substr(cause, 6) AS INTEGER) >= 400 THEN 'refused'
		WHEN CAST(substr(cause, 6) AS INTEGER) >= 300 THEN 'moved'
		ELSE 'odd' END
	WHEN cause LIKE 'no answer within%' THEN 'silent'
	WHEN cause LIKE 'the certificate%' THEN 'certificate'
	WHEN cause LIKE 'the ticket itself never left%' THEN 'first'
	WHEN cause LIKE 'a secret cannot be used%' THEN 'secret'
	WHEN cause LIKE 'out of memory%' THEN 'unknown'
	ELSE 'network' END
	WHERE cause IS NOT NULL;

PRAGMA user_version = 11;
