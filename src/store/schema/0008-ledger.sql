-- Schema 8: the ledger. What happened to every contact, append-only, without a text of people, and what is drawn from it: the state of
-- each contact and ticket, and roll-ups. include/sportello/ledger.h says what the kinds are and how they are counted.

CREATE TABLE ledger_words (           -- keys of categories, channels, groups…; ids of articles; reasons
	id   INTEGER PRIMARY KEY,
	word TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO ledger_words (id, word) VALUES (0, '');

CREATE TABLE ledger (
	number     INTEGER PRIMARY KEY,   -- 1, 2, 3…
	at_utc_s   INTEGER NOT NULL,
	kind       INTEGER NOT NULL,      -- SP_LEDGER_LIST
	contact    INTEGER NOT NULL,      -- number of the conversation; 0 = none
	ticket     INTEGER NOT NULL,      -- 0 = none
	decision   INTEGER NOT NULL,      -- of a turn: 0 answer, 1 clarify, 2 ticket, 3 none; else 4
	reason     INTEGER NOT NULL,      -- a word, like all below up to the group; 0 = none
	category   INTEGER NOT NULL,
	channel    INTEGER NOT NULL,
	lang       INTEGER NOT NULL,
	audience   INTEGER NOT NULL,
	article    INTEGER NOT NULL,
	group_word INTEGER NOT NULL,
	level      INTEGER NOT NULL,      -- of the ticket after it; 0 = none
	confidence INTEGER NOT NULL,      -- per mille
	took_ms    INTEGER NOT NULL,
	value      INTEGER NOT NULL       -- by kind
) STRICT;

INSERT OR IGNORE INTO ledger_words (word)
SELECT category FROM turns WHERE category IS NOT NULL UNION SELECT article FROM turns WHERE article IS NOT NULL
UNION SELECT reason FROM turns UNION SELECT lang FROM turns UNION SELECT channel FROM conversations UNION SELECT audience FROM conversations
UNION SELECT category FROM tickets WHERE category IS NOT NULL UNION SELECT channel FROM tickets WHERE channel IS NOT NULL
UNION SELECT audience FROM tickets WHERE audience IS NOT NULL UNION SELECT lang FROM tickets UNION SELECT article FROM tickets WHERE article IS NOT NULL
UNION SELECT group_key FROM tickets WHERE group_key IS NOT NULL UNION SELECT group_key FROM ticket_history WHERE group_key IS NOT NULL
UNION SELECT article FROM article_flags UNION SELECT lang FROM article_flags;

-- What an older store knows, in the order in which it happened.
INSERT INTO ledger
SELECT row_number() OVER (ORDER BY e.at_utc_s, e.contact, e.place, e.ticket, e.step), e.at_utc_s, e.kind, e.contact, e.ticket, e.decision,
	coalesce(r.id, 0), coalesce(c.id, 0), coalesce(h.id, 0), coalesce(l.id, 0), coalesce(u.id, 0), coalesce(a.id, 0), coalesce(g.id, 0),
	e.level, e.confidence, 0, e.value
FROM (
	SELECT began_utc_s AS at_utc_s, 1 AS kind, number AS contact, 0 AS ticket, 4 AS decision, NULL AS reason, NULL AS category, channel,
		NULL AS lang, audience, NULL AS article, NULL AS group_key, 0 AS level, 0 AS confidence, 0 AS value, -1 AS place, 0 AS step
	FROM conversations
	UNION ALL
	SELECT t.at_utc_s, 2, t.conversation, 0, CASE t.decision WHEN 'answer' THEN 0 WHEN 'clarify' THEN 1 WHEN 'ticket' THEN 2 ELSE 3 END,
		t.reason, t.category, c.channel, t.lang, c.audience, t.article, NULL, 0, CAST(round(t.confidence * 1000) AS INTEGER), 0, t.seq, 0
	FROM turns t JOIN conversations c ON c.number = t.conversation
	UNION ALL
	SELECT f.at_utc_s, 3, f.conversation, 0, 4, NULL, NULL, c.channel, NULL, c.audience, NULL, NULL, 0, 0, f.solved, f.seq, 0
	FROM feedback f JOIN conversations c ON c.number = f.conversation
	UNION ALL
	SELECT s.at_utc_s,
		CASE WHEN s.revision = 1 THEN 4 WHEN s.state = 'escalated' AND s.state <> s.before THEN 6
			WHEN (s.state = 'returned' AND s.state <> s.before) OR s.preventable THEN 7 WHEN s.state = 'solved' AND s.state <> s.before THEN 8
			WHEN s.state = 'closed' AND s.state <> s.before THEN 9 WHEN s.state = 'reopened' AND s.state <> s.before THEN 10
			WHEN s.level > 1 AND (s.group_key IS NOT NULL OR s.level <> s.level_before) THEN 6 ELSE 5 END,
		coalesce(t.conversation, 0), t.number, 4, NULL, t.category, t.channel, t.lang, t.audience, t.article,
		s.group_key, s.level, 0, s.preventable, 1000000000, s.revision
	FROM (SELECT h.*, lag(state) OVER w AS before, lag(level) OVER w AS level_before,
			EXISTS (SELECT 1 FROM ticket_posts p WHERE p.ticket = h.ticket AND p.revision = h.revision AND p.kind = 'return') AS preventable
		FROM ticket_history h WINDOW w AS (PARTITION BY ticket ORDER BY revision)) s
	JOIN tickets t ON t.number = s.ticket
	WHERE s.revision = 1 OR s.group_key IS NOT NULL OR s.assignee IS NOT NULL OR s.level <> s.level_before OR s.preventable
		OR (s.state <> s.before AND s.state IN ('escalated', 'returned', 'solved', 'closed', 'reopened'))
	UNION ALL
	SELECT f.at_utc_s, 11, 0, coalesce(f.ticket, 0), 4, NULL, t.category, t.channel, f.lang, t.audience, f.article, NULL, 0, 0, 0, 0, f.id
	FROM article_flags f LEFT JOIN tickets t ON t.number = f.ticket
) e
LEFT JOIN ledger_words r ON r.word = e.reason LEFT JOIN ledger_words c ON c.word = e.category LEFT JOIN ledger_words h ON h.word = e.channel
LEFT JOIN ledger_words l ON l.word = e.lang LEFT JOIN ledger_words u ON u.word = e.audience LEFT JOIN ledger_words a ON a.word = e.article
LEFT JOIN ledger_words g ON g.word = e.group_key;

CREATE INDEX ledger_contact ON ledger (contact, number) WHERE contact > 0;
CREATE INDEX ledger_ticket ON ledger (ticket, number) WHERE ticket > 0;
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER ledger_no_replace BEFORE INSERT ON ledger WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM ledger)
	BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER ledger_words_no_update BEFORE UPDATE ON ledger_words BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER ledger_words_no_delete BEFORE DELETE ON ledger_words BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;

-- All below follows from the log and can be made anew from it (`report --rebuild`). Columns as the members of sp_contact.
CREATE TABLE ledger_contacts (
	contact INTEGER PRIMARY KEY,
	began_utc_s INTEGER, last_utc_s INTEGER, first_request_utc_s INTEGER, last_request_utc_s INTEGER, first_answer_utc_s INTEGER,
	returned_s INTEGER, requests INTEGER, requests_to_answer INTEGER, first_answer_took_ms INTEGER, no_count INTEGER, notices INTEGER,
	category INTEGER, channel INTEGER, lang INTEGER, audience INTEGER, article INTEGER, first_group INTEGER, last_decision INTEGER,
	has_ticket INTEGER, rerouted INTEGER, has_answer INTEGER, said_since_answer INTEGER, said_since_request INTEGER, said_solved INTEGER,
	last_is_feedback INTEGER, sessions INTEGER, sessions_resolved INTEGER, sessions_escalated INTEGER, session_open INTEGER,
	session_escalated INTEGER, session_answered INTEGER, session_no INTEGER, session_last_utc_s INTEGER
) STRICT;
CREATE INDEX ledger_contacts_last ON ledger_contacts (last_utc_s);

CREATE TABLE ledger_tickets (
	ticket INTEGER PRIMARY KEY,
	opened_utc_s INTEGER, category INTEGER, channel INTEGER, lang INTEGER, audience INTEGER, article INTEGER, group_word INTEGER,
	level INTEGER, top_level INTEGER, passed_to INTEGER, is_closed INTEGER, preventable INTEGER, reopened INTEGER
) STRICT;

CREATE TABLE ledger_cells (
	part     INTEGER NOT NULL,        -- 1 hours (slot: since 1970 UTC), 2 local days, 3 local days by article, 4 local days by group,
	                                  -- 5 local months by hour of the week, 6 local months by article (slot: 12 * year + month - 1)
	slot     INTEGER NOT NULL,
	category INTEGER NOT NULL,        -- words, to the end
	channel  INTEGER NOT NULL,
	lang     INTEGER NOT NULL,
	audience INTEGER NOT NULL,
	what     INTEGER NOT NULL,        -- the article or group; of part 5 the hour of the week, 0 = Monday at midnight
	sums     BLOB NOT NULL,           -- measures that are not 0
	PRIMARY KEY (part, slot, category, channel, lang, audience, what)
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_cells_article ON ledger_cells (what, slot) WHERE part = 3;

CREATE TABLE ledger_state (
	one      INTEGER PRIMARY KEY CHECK (one = 1),
	version  INTEGER NOT NULL,        -- of the program's way to count; 0 = to be made
	window_s INTEGER NOT NULL,
	timezone TEXT NOT NULL,           -- '' = UTC
	damaged  INTEGER NOT NULL         -- a cell was not what it should have been: to be made anew
) STRICT;
INSERT INTO ledger_state VALUES (1, 0, 86400, 'Europe/Rome', 0);

-- For who reads the log: words instead of numbers.
CREATE VIEW ledger_read AS
SELECT e.number, datetime(e.at_utc_s, 'unixepoch') AS at, e.at_utc_s,
	CASE e.kind WHEN 1 THEN 'opened' WHEN 2 THEN 'turn' WHEN 3 THEN 'feedback' WHEN 4 THEN 'ticket' WHEN 5 THEN 'assign' WHEN 6 THEN 'escalate'
		WHEN 7 THEN 'give-back' WHEN 8 THEN 'solve' WHEN 9 THEN 'close' WHEN 10 THEN 'reopen' WHEN 11 THEN 'wrong' WHEN 12 THEN 'return' END AS kind,
	e.contact, e.ticket, CASE e.decision WHEN 0 THEN 'answer' WHEN 1 THEN 'clarify' WHEN 2 THEN 'ticket' WHEN 3 THEN 'none' END AS decision,
	r.word AS reason, c.word AS category, h.word AS channel, l.word AS lang, u.word AS audience, a.word AS article, g.word AS group_key,
	e.level, e.confidence, e.took_ms, e.value
FROM ledger e JOIN ledger_words r ON r.id = e.reason JOIN ledger_words c ON c.id = e.category JOIN ledger_words h ON h.id = e.channel
JOIN ledger_words l ON l.id = e.lang JOIN ledger_words u ON u.id = e.audience JOIN ledger_words a ON a.id = e.article
JOIN ledger_words g ON g.id = e.group_word;

PRAGMA user_version = 8;
