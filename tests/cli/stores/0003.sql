PRAGMA application_id = 1399877490;
PRAGMA user_version = 3;
PRAGMA page_size = 4096;
PRAGMA auto_vacuum = 0;
BEGIN TRANSACTION;
CREATE TABLE connectors (
	name   TEXT PRIMARY KEY,
	cursor TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE conversations (
	number      INTEGER PRIMARY KEY,
	id          TEXT NOT NULL UNIQUE,
	channel     TEXT NOT NULL,
	audience    TEXT NOT NULL,
	began_utc_s INTEGER NOT NULL,
	last_utc_s  INTEGER NOT NULL,
	last_seq    INTEGER NOT NULL      -- turns and feedback share one count, so that their order is certain
, walk INTEGER REFERENCES walks (number)) STRICT;
INSERT INTO "conversations" VALUES(1,'79bmxmkmjz1a5sgvkfmanva520','web','citizen',1795694057,1795694058,3,NULL);
INSERT INTO "conversations" VALUES(2,'v4km7dtswvvpb25zda3xc7199s','web','citizen',1795694058,1795694058,3,NULL);
INSERT INTO "conversations" VALUES(3,'jrw006dsbf5ntdnee4t4xcxf9d','web','citizen',1795694058,1795694058,3,NULL);
INSERT INTO "conversations" VALUES(4,'08znbsppg465tw53yy37e75mea','web','citizen',1795694058,1795694058,2,NULL);
INSERT INTO "conversations" VALUES(5,'2rf245t1qsxt4hje6tkjmh651y','web','citizen',1795694058,1795694058,2,NULL);
CREATE TABLE feedback (
	conversation INTEGER NOT NULL REFERENCES conversations (number),
	seq          INTEGER NOT NULL,
	at_utc_s     INTEGER NOT NULL,
	solved       INTEGER NOT NULL CHECK (solved IN (0, 1)),
	comment      TEXT,
	PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO "feedback" VALUES(1,3,1795694058,1,NULL);
INSERT INTO "feedback" VALUES(2,3,1795694058,0,NULL);
INSERT INTO "feedback" VALUES(3,3,1795694058,1,NULL);
CREATE TABLE idempotency (
	caller      TEXT NOT NULL,
	key         TEXT NOT NULL,
	fingerprint INTEGER NOT NULL,
	ticket      INTEGER NOT NULL REFERENCES tickets (number),
	at_utc_s    INTEGER NOT NULL,
	PRIMARY KEY (caller, key)
) STRICT, WITHOUT ROWID;
INSERT INTO "idempotency" VALUES('citizen','chiave-0',-6955069048091656784,1001,1795694058);
INSERT INTO "idempotency" VALUES('citizen','chiave-1',5608442144696381509,1002,1795694058);
INSERT INTO "idempotency" VALUES('citizen','chiave-2',-1141647183167879273,1003,1795694058);
INSERT INTO "idempotency" VALUES('citizen','chiave-3',-625836288910799581,1004,1795694058);
INSERT INTO "idempotency" VALUES('citizen','chiave-4',5140221308592189300,1005,1795694058);
INSERT INTO "idempotency" VALUES('citizen','chiave-5',-455437182686680708,1006,1795694058);
INSERT INTO "idempotency" VALUES('citizen','chiave-6',4040717870649766664,1007,1795694058);
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
CREATE TABLE ticket_history (
	ticket    INTEGER NOT NULL REFERENCES tickets (number),
	revision  INTEGER NOT NULL,
	at_utc_s  INTEGER NOT NULL,
	actor     TEXT,
	state     TEXT NOT NULL,          -- as it was after the change, like the level
	level     INTEGER NOT NULL,
	group_key TEXT,                   -- what this change said; NULL = nothing, like those below
	assignee  TEXT,
	note      TEXT,
	article   TEXT,
	PRIMARY KEY (ticket, revision)
) STRICT, WITHOUT ROWID;
INSERT INTO "ticket_history" VALUES(1001,1,1795694058,'citizen','new',1,'primo-livello',NULL,NULL,'codice-non-arriva');
INSERT INTO "ticket_history" VALUES(1002,1,1795694058,'citizen','new',2,'secondo-livello',NULL,NULL,'pagamento-doppio');
INSERT INTO "ticket_history" VALUES(1003,1,1795694058,'citizen','new',1,'primo-livello',NULL,NULL,'ricevuta');
INSERT INTO "ticket_history" VALUES(1004,1,1795694058,'citizen','new',2,'secondo-livello',NULL,NULL,'pagamento-doppio');
INSERT INTO "ticket_history" VALUES(1005,1,1795694058,'citizen','new',1,'primo-livello',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1006,1,1795694058,'citizen','new',2,'secondo-livello',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1007,1,1795694058,'citizen','new',1,'primo-livello',NULL,NULL,NULL);
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
CREATE TABLE ticket_values (
	ticket   INTEGER NOT NULL REFERENCES tickets (number),
	position INTEGER NOT NULL,
	field    TEXT NOT NULL,
	value    TEXT NOT NULL,
	PRIMARY KEY (ticket, position)
) STRICT, WITHOUT ROWID;
INSERT INTO "ticket_values" VALUES(1001,0,'email','ada0@example.com');
INSERT INTO "ticket_values" VALUES(1002,0,'email','ada1@example.com');
INSERT INTO "ticket_values" VALUES(1003,0,'email','ada2@example.com');
INSERT INTO "ticket_values" VALUES(1004,0,'email','ada3@example.com');
INSERT INTO "ticket_values" VALUES(1005,0,'email','ada4@example.com');
INSERT INTO "ticket_values" VALUES(1006,0,'email','ada5@example.com');
INSERT INTO "ticket_values" VALUES(1007,0,'email','ada6@example.com');
CREATE TABLE tickets (
	number        INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
	secret        TEXT NOT NULL UNIQUE,
	state         TEXT NOT NULL,
	conversation  INTEGER REFERENCES conversations (number),
	category      TEXT,
	group_key     TEXT,
	level         INTEGER NOT NULL CHECK (level BETWEEN 1 AND 3),
	top_level     INTEGER NOT NULL,   -- highest that it ever was at
	article       TEXT,
	channel       TEXT,
	audience      TEXT,
	lang          TEXT NOT NULL,
	message       TEXT,
	assignee      TEXT,
	note          TEXT,
	created_utc_s INTEGER NOT NULL,
	updated_utc_s INTEGER NOT NULL,
	revision      INTEGER NOT NULL
) STRICT;
INSERT INTO "tickets" VALUES(1001,'chrf1g8d0z38ef1b5jsmejy5sd','new',1,'accesso','primo-livello',1,1,'codice-non-arriva','web','citizen','it','aiuto numero a, chiamatemi',NULL,NULL,1795694058,1795694058,1);
INSERT INTO "tickets" VALUES(1002,'14rs414q70n1p4p7qxgr6330cs','new',2,'pagamenti','secondo-livello',2,2,'pagamento-doppio','web','citizen','it','aiuto numero b, chiamatemi',NULL,NULL,1795694058,1795694058,1);
INSERT INTO "tickets" VALUES(1003,'3txqqcrj1ky3t08ry5d2bacged','new',3,'accesso','primo-livello',1,1,'ricevuta','web','citizen','it','aiuto numero c, chiamatemi',NULL,NULL,1795694058,1795694058,1);
INSERT INTO "tickets" VALUES(1004,'a92bn6capza7tbax9vyy19yt5e','new',4,'pagamenti','secondo-livello',2,2,'pagamento-doppio','web','citizen','it','aiuto numero d, chiamatemi',NULL,NULL,1795694058,1795694058,1);
INSERT INTO "tickets" VALUES(1005,'dn5wvd4mszp04gtb3z34rkgdke','new',5,'accesso','primo-livello',1,1,NULL,'web','citizen','it','aiuto numero e, chiamatemi',NULL,NULL,1795694058,1795694058,1);
INSERT INTO "tickets" VALUES(1006,'tbd2k9zytgks0k5x6hg4wqjx02','new',NULL,'pagamenti','secondo-livello',2,2,NULL,'web','citizen','it','aiuto numero f, chiamatemi',NULL,NULL,1795694058,1795694058,1);
INSERT INTO "tickets" VALUES(1007,'mwahgt378007t3a2e0ecpnwz32','new',NULL,'accesso','primo-livello',1,1,NULL,'web','citizen','it','aiuto numero g, chiamatemi',NULL,NULL,1795694058,1795694058,1);
CREATE TABLE tokens (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	hash          TEXT NOT NULL UNIQUE, -- SHA-256 of the secret; the secret itself is nowhere
	subject       TEXT NOT NULL,
	role          TEXT NOT NULL,
	audience      TEXT NOT NULL,
	created_utc_s INTEGER NOT NULL,
	expires_utc_s INTEGER NOT NULL,   -- 0 = never
	revoked_utc_s INTEGER             -- NULL = valid
) STRICT;
INSERT INTO "tokens" VALUES(1,'36177920bbd3d48a706b436c57d4f6d83031249874a5f50f152464df3d6dc473','agent','agent','agent-l1',1795694056,0,NULL);
INSERT INTO "tokens" VALUES(2,'8ceabd22dbc34a0789e7588f7ed423ed85fb37bdb2a6502941477f8a0d596f0e','editor','editor','agent-l1',1795694056,0,NULL);
INSERT INTO "tokens" VALUES(3,'b4d9ff652663dd60f5d703c3383c567f920fdd6c836b9dbc4d57cc2c074de8c6','manager','manager','agent-l1',1795694056,0,NULL);
INSERT INTO "tokens" VALUES(4,'9304c6e9de24d866ef7ba78312884673d974108664f34cb95f186e3e8986a8f8','admin','admin','agent-l1',1795694056,0,NULL);
CREATE TABLE turns (
	conversation    INTEGER NOT NULL REFERENCES conversations (number),
	seq             INTEGER NOT NULL,
	at_utc_s        INTEGER NOT NULL,
	question        TEXT NOT NULL,
	decision        TEXT NOT NULL CHECK (decision IN ('answer', 'clarify', 'ticket', 'none')),
	reason          TEXT NOT NULL,
	confidence      REAL NOT NULL,
	article         TEXT,
	article_version TEXT,
	category        TEXT,
	offered         TEXT,             -- ids, one a line
	lang            TEXT NOT NULL, step TEXT,
	PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO "turns" VALUES(1,1,1795694057,'non ricevo il codice di conferma','answer','known-phrasing',0.972010964138154,'codice-non-arriva','4fc103f1e1cc7e66e65473f9891e442d7ce51dea5399683635fd896cb9042bdd','accesso',NULL,'it',NULL);
INSERT INTO "turns" VALUES(1,2,1795694058,'e poi? scrivo da <email>','ticket','case',3.11543579087097677327e-01,NULL,NULL,'accesso',NULL,'it',NULL);
INSERT INTO "turns" VALUES(2,1,1795694058,'mi hanno addebitato due volte','answer','known-phrasing',0.976404824748061,'pagamento-doppio','0664f1ee10502bc3265bf96da28ae2862ada34ff79a3155e1df30090b0f0dda9','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(2,2,1795694058,'e poi? scrivo da <email>','ticket','case',1.84795778807944455213e-01,NULL,NULL,'pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(3,1,1795694058,'la ricevuta','answer','sure',9.08647706354958284435e-01,'ricevuta','1426e09e909d93b9497c845ee57bd58111db39c83d13882401ad6da6feca7c13','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(3,2,1795694058,'e poi? scrivo da <email>','ticket','case',0.245276130377011,NULL,NULL,'pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(4,1,1795694058,'dov''è il rimborso?','answer','sure',7.72447187914844568545e-01,'pagamento-doppio','0664f1ee10502bc3265bf96da28ae2862ada34ff79a3155e1df30090b0f0dda9','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(4,2,1795694058,'e poi? scrivo da <email>','ticket','case',1.84795778807944455213e-01,NULL,NULL,'pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(5,1,1795694058,'ciao','none','greeting',0.0,NULL,NULL,NULL,NULL,'it',NULL);
INSERT INTO "turns" VALUES(5,2,1795694058,'e poi? scrivo da <email>','ticket','case',0.50852281715241,NULL,NULL,'accesso',NULL,'it',NULL);
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
CREATE INDEX conversations_began ON conversations (began_utc_s);
CREATE INDEX tickets_conversation ON tickets (conversation);
CREATE INDEX tickets_created ON tickets (created_utc_s);
CREATE INDEX tickets_state ON tickets (state, number);
CREATE INDEX tickets_group ON tickets (group_key, number);
CREATE INDEX tickets_category ON tickets (category, number);
CREATE INDEX idempotency_at ON idempotency (at_utc_s);
CREATE INDEX walks_conversation ON walks (conversation);
CREATE INDEX walks_code ON walks (code, at_utc_s);
CREATE INDEX outbox_ticket ON outbox (ticket, id);
CREATE INDEX outbox_next ON outbox (connector, dead, next_utc_ms);
CREATE INDEX ticket_links_remote ON ticket_links (connector, remote);
CREATE INDEX ticket_comments_ticket ON ticket_comments (ticket, at_utc_s);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('tickets',1007);
INSERT INTO "sqlite_sequence" VALUES('tokens',4);
COMMIT;
