PRAGMA application_id = 1399877490;
PRAGMA user_version = 5;
PRAGMA page_size = 4096;
PRAGMA auto_vacuum = 0;
BEGIN TRANSACTION;
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
INSERT INTO "attachments" VALUES('awv4g2wpv4wjrxwhve673f7qay',1001,'foto 0.png','image/png',72,1795693536,'citizen',NULL,-7236996319857658015);
INSERT INTO "attachments" VALUES('y91x550nyh19vra2f4fvqejftr',1002,'foto 1.png','image/png',73,1795693536,'citizen',NULL,-3602214853721079326);
INSERT INTO "attachments" VALUES('kqsxngteearcw2dcsnj62q4xrf',1003,'foto 2.png','image/png',73,1795693536,'citizen',NULL,6268969701261961214);
INSERT INTO "attachments" VALUES('akxte6vtk0g937wkcem0xxhx5s',1004,'foto 3.png','image/png',73,1795693536,'citizen',NULL,-2047052057300022386);
INSERT INTO "attachments" VALUES('xn4egkrsfyyray3e84f4bksgbz',1005,'foto 4.png','image/png',73,1795693536,'citizen',NULL,5019836403638257089);
INSERT INTO "attachments" VALUES('gpwdxh343sdy4n850pcp8s33a2',1006,'foto 5.png','image/png',73,1795693536,'citizen',NULL,5308641335226087677);
CREATE TABLE audit (
	number   INTEGER PRIMARY KEY,     -- 1, 2, 3…
	at_utc_s INTEGER NOT NULL,
	subject  TEXT NOT NULL,           -- "" = unknown
	action   TEXT NOT NULL,
	object   TEXT NOT NULL,
	detail   TEXT NOT NULL,
	hash     TEXT NOT NULL
) STRICT;
INSERT INTO "audit" VALUES(1,1795693534,'os:root','token-add','token:1','agent agent-l1 agent','3febeada5e38c32635ab9cf3ed0e70d78806fa7b2235274d025f50360e9ee1a2');
INSERT INTO "audit" VALUES(2,1795693534,'os:root','token-add','token:2','editor agent-l1 editor','35b2d4210bc313905ab8056b482b7d3612c24b8855adbbee9bb0510ff26eadb1');
INSERT INTO "audit" VALUES(3,1795693534,'os:root','token-add','token:3','manager agent-l1 manager','3c85c3d2e770be44771be1d66e002893fedf985afbef37aeb51ea4976ab0374a');
INSERT INTO "audit" VALUES(4,1795693534,'os:root','token-add','token:4','admin agent-l1 admin','ff809ad2dd5cd6be4afc38f2ed10a6fccf091d280e49a2b01de029a3758ccb97');
CREATE TABLE audit_head (             -- of the last entry
	one    INTEGER PRIMARY KEY CHECK (one = 1),
	number INTEGER NOT NULL,
	hash   TEXT NOT NULL
) STRICT;
INSERT INTO "audit_head" VALUES(1,4,'ff809ad2dd5cd6be4afc38f2ed10a6fccf091d280e49a2b01de029a3758ccb97');
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
, walk INTEGER REFERENCES walks (number), person TEXT, forgotten_utc_s INTEGER) STRICT;
INSERT INTO "conversations" VALUES(1,'exthzm79e0hxym0cn92rwqpf9s','web','citizen',1795693535,1795693535,3,NULL,'3aa644b57fbb391a6ee2d21529e42abb',NULL);
INSERT INTO "conversations" VALUES(2,'qbhc2p7vrjye96x2jm4sc6n3kk','web','citizen',1795693535,1795693535,3,NULL,'bd13d35a3cff0366867fb8025613e60a',NULL);
INSERT INTO "conversations" VALUES(3,'15g26ctxgt1f9d0r4ehf04pxrf','web','citizen',1795693535,1795693535,3,NULL,'35ab1e4e5db3a39f9385291740bfad78',NULL);
INSERT INTO "conversations" VALUES(4,'a09xm1w4rp1v6hjcfwdrvanaea','web','citizen',1795693535,1795693535,2,NULL,'0af5ec666c16e397f8451c430f7598d3',NULL);
INSERT INTO "conversations" VALUES(5,'twyee084hvy323tdn6vfnx798d','web','citizen',1795693536,1795693536,2,NULL,'1671a175fe93384571169574ed7f362f',NULL);
CREATE TABLE feedback (
	conversation INTEGER NOT NULL REFERENCES conversations (number),
	seq          INTEGER NOT NULL,
	at_utc_s     INTEGER NOT NULL,
	solved       INTEGER NOT NULL CHECK (solved IN (0, 1)),
	comment      TEXT,
	PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO "feedback" VALUES(1,3,1795693535,1,NULL);
INSERT INTO "feedback" VALUES(2,3,1795693535,0,NULL);
INSERT INTO "feedback" VALUES(3,3,1795693535,1,NULL);
CREATE TABLE idempotency (
	caller      TEXT NOT NULL,
	key         TEXT NOT NULL,
	fingerprint INTEGER NOT NULL,
	ticket      INTEGER NOT NULL REFERENCES tickets (number),
	at_utc_s    INTEGER NOT NULL,
	PRIMARY KEY (caller, key)
) STRICT, WITHOUT ROWID;
INSERT INTO "idempotency" VALUES('citizen','chiave-0',6168140988142485357,1001,1795693536);
INSERT INTO "idempotency" VALUES('citizen','chiave-1',-4581621968677183936,1002,1795693536);
INSERT INTO "idempotency" VALUES('citizen','chiave-2',5743250455443473657,1003,1795693536);
INSERT INTO "idempotency" VALUES('citizen','chiave-3',6083402897733945423,1004,1795693536);
INSERT INTO "idempotency" VALUES('citizen','chiave-4',646592187851693412,1005,1795693536);
INSERT INTO "idempotency" VALUES('citizen','chiave-5',-455437182686680708,1006,1795693536);
CREATE TABLE keeping (
	name  TEXT PRIMARY KEY,
	value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "keeping" VALUES('scrub',0);
INSERT INTO "keeping" VALUES('vectors',1);
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
CREATE TABLE sessions (
	hash          TEXT PRIMARY KEY,   -- SHA-256 of the id in the browser's cookie; the id itself is nowhere
	token         INTEGER REFERENCES tokens (id), -- signed in with it, and not for longer; NULL = with an identity provider
	subject       TEXT NOT NULL,
	role          TEXT NOT NULL,
	audience      TEXT NOT NULL,
	groups        TEXT,               -- as in tokens
	created_utc_s INTEGER NOT NULL,
	seen_utc_s    INTEGER NOT NULL,   -- of the last request, to the minute
	until_utc_s   INTEGER NOT NULL    -- however busy
) STRICT, WITHOUT ROWID;
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
INSERT INTO "ticket_history" VALUES(1001,1,1795693536,'citizen','new',1,'primo-livello',NULL,NULL,'codice-non-arriva');
INSERT INTO "ticket_history" VALUES(1001,2,1795693536,'citizen','new',1,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL);
INSERT INTO "ticket_history" VALUES(1002,1,1795693536,'citizen','new',2,'secondo-livello',NULL,NULL,'pagamento-doppio');
INSERT INTO "ticket_history" VALUES(1002,2,1795693536,'citizen','new',2,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL);
INSERT INTO "ticket_history" VALUES(1003,1,1795693536,'citizen','new',1,'primo-livello',NULL,NULL,'ricevuta');
INSERT INTO "ticket_history" VALUES(1003,2,1795693536,'citizen','new',1,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL);
INSERT INTO "ticket_history" VALUES(1004,1,1795693536,'citizen','new',2,'secondo-livello',NULL,NULL,'pagamento-doppio');
INSERT INTO "ticket_history" VALUES(1004,2,1795693536,'citizen','new',2,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL);
INSERT INTO "ticket_history" VALUES(1005,1,1795693536,'citizen','new',1,'primo-livello',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1005,2,1795693536,'citizen','new',1,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL);
INSERT INTO "ticket_history" VALUES(1006,1,1795693536,'citizen','new',2,'secondo-livello',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1006,2,1795693536,'citizen','new',2,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL);
INSERT INTO "ticket_history" VALUES(1007,1,1795693536,'citizen','new',1,'primo-livello',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1007,2,1795693536,'citizen','new',1,NULL,NULL,NULL,NULL);
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
CREATE TABLE ticket_persons (
	ticket INTEGER NOT NULL REFERENCES tickets (number),
	field  TEXT NOT NULL,          -- goes when that field's value goes
	hash   TEXT NOT NULL,
	PRIMARY KEY (ticket, field)
) STRICT, WITHOUT ROWID;
INSERT INTO "ticket_persons" VALUES(1006,'email','070c5ed5d10ec69bab6d3b968ee930a6');
INSERT INTO "ticket_persons" VALUES(1004,'email','0af5ec666c16e397f8451c430f7598d3');
INSERT INTO "ticket_persons" VALUES(1005,'email','1671a175fe93384571169574ed7f362f');
INSERT INTO "ticket_persons" VALUES(1003,'email','35ab1e4e5db3a39f9385291740bfad78');
INSERT INTO "ticket_persons" VALUES(1001,'email','3aa644b57fbb391a6ee2d21529e42abb');
INSERT INTO "ticket_persons" VALUES(1002,'email','bd13d35a3cff0366867fb8025613e60a');
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
, forgotten_utc_s INTEGER) STRICT;
INSERT INTO "tickets" VALUES(1001,'266smry8c02dywdhv3vmxnpyqj','new',1,'accesso','primo-livello',1,1,'codice-non-arriva','web','citizen','it','aiuto numero a, chiamatemi',NULL,NULL,1795693536,1795693536,2,NULL);
INSERT INTO "tickets" VALUES(1002,'1jjwb0kfvys8a5ekgm12sn542j','new',2,'pagamenti','secondo-livello',2,2,'pagamento-doppio','web','citizen','it','aiuto numero b, chiamatemi',NULL,NULL,1795693536,1795693536,2,NULL);
INSERT INTO "tickets" VALUES(1003,'0h6tc37t2kz5g43g43nw9pm24t','new',3,'accesso','primo-livello',1,1,'ricevuta','web','citizen','it','aiuto numero c, chiamatemi',NULL,NULL,1795693536,1795693536,2,NULL);
INSERT INTO "tickets" VALUES(1004,'pbarj2cx7aa178y8shkhsbc81d','new',4,'pagamenti','secondo-livello',2,2,'pagamento-doppio','web','citizen','it','aiuto numero d, chiamatemi',NULL,NULL,1795693536,1795693536,2,NULL);
INSERT INTO "tickets" VALUES(1005,'af5evpjzxymnq8s6m0wycqv884','new',5,'accesso','primo-livello',1,1,NULL,'web','citizen','it','aiuto numero e, chiamatemi',NULL,NULL,1795693536,1795693536,2,NULL);
INSERT INTO "tickets" VALUES(1006,'2m8ff5bvse0yp8ec92rngwwj13','new',NULL,'pagamenti','secondo-livello',2,2,NULL,'web','citizen','it','aiuto numero f, chiamatemi',NULL,NULL,1795693536,1795693536,2,NULL);
INSERT INTO "tickets" VALUES(1007,'avwcan17zax590v78dqwj1eyv2','new',NULL,'accesso','primo-livello',1,1,NULL,'web','citizen','it',NULL,NULL,NULL,1795693536,1795693536,3,1795693536);
CREATE TABLE tokens (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	hash          TEXT NOT NULL UNIQUE, -- SHA-256 of the secret; the secret itself is nowhere
	subject       TEXT NOT NULL,
	role          TEXT NOT NULL,
	audience      TEXT NOT NULL,
	created_utc_s INTEGER NOT NULL,
	expires_utc_s INTEGER NOT NULL,   -- 0 = never
	revoked_utc_s INTEGER             -- NULL = valid
, groups TEXT) STRICT;
INSERT INTO "tokens" VALUES(1,'d539f6760470cfa43be1b18f1b75fc67a8269505951906da56f11b79c3a6eb3a','agent','agent','agent-l1',1795693534,0,NULL,NULL);
INSERT INTO "tokens" VALUES(2,'fdee18129624b9cf4661b685df79aab28b6b90a3e1051288b013d29c58aa93e2','editor','editor','agent-l1',1795693534,0,NULL,NULL);
INSERT INTO "tokens" VALUES(3,'ef2023bae83946ff8a4c8ac27a5faa5fae4747ff20e82438d65f805873b5c57c','manager','manager','agent-l1',1795693534,0,NULL,NULL);
INSERT INTO "tokens" VALUES(4,'02d3f8e58d4bc951ef22315bb3894a2d450ea5b1c0f4e8e186c838698ef3cb4b','admin','admin','agent-l1',1795693534,0,NULL,NULL);
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
INSERT INTO "turns" VALUES(1,1,1795693535,'non ricevo il codice di conferma','answer','known-phrasing',0.972010964138154,'codice-non-arriva','4fc103f1e1cc7e66e65473f9891e442d7ce51dea5399683635fd896cb9042bdd','accesso',NULL,'it',NULL);
INSERT INTO "turns" VALUES(1,2,1795693535,'e poi? scrivo da <email>','ticket','case',3.11543579087097677327e-01,NULL,NULL,'accesso',NULL,'it',NULL);
INSERT INTO "turns" VALUES(2,1,1795693535,'mi hanno addebitato due volte','answer','known-phrasing',0.976404824748061,'pagamento-doppio','0664f1ee10502bc3265bf96da28ae2862ada34ff79a3155e1df30090b0f0dda9','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(2,2,1795693535,'e poi? scrivo da <email>','ticket','case',1.84795778807944455213e-01,NULL,NULL,'pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(3,1,1795693535,'la ricevuta','answer','sure',9.08647706354958284435e-01,'ricevuta','1426e09e909d93b9497c845ee57bd58111db39c83d13882401ad6da6feca7c13','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(3,2,1795693535,'e poi? scrivo da <email>','ticket','case',0.245276130377011,NULL,NULL,'pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(4,1,1795693535,'dov''è il rimborso?','answer','sure',7.72447187914844568545e-01,'pagamento-doppio','0664f1ee10502bc3265bf96da28ae2862ada34ff79a3155e1df30090b0f0dda9','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(4,2,1795693535,'e poi? scrivo da <email>','ticket','case',1.84795778807944455213e-01,NULL,NULL,'pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(5,1,1795693536,'ciao','none','greeting',0.0,NULL,NULL,NULL,NULL,'it',NULL);
INSERT INTO "turns" VALUES(5,2,1795693536,'e poi? scrivo da <email>','ticket','case',0.50852281715241,NULL,NULL,'accesso',NULL,'it',NULL);
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
CREATE INDEX attachments_at ON attachments (at_utc_s);
CREATE INDEX ticket_persons_hash ON ticket_persons (hash, ticket);
CREATE INDEX conversations_person ON conversations (person) WHERE person IS NOT NULL;
CREATE INDEX conversations_kept ON conversations (last_utc_s) WHERE forgotten_utc_s IS NULL;
CREATE INDEX tickets_kept ON tickets (updated_utc_s) WHERE forgotten_utc_s IS NULL;
CREATE INDEX feedback_comments ON feedback (at_utc_s) WHERE comment IS NOT NULL;
CREATE INDEX ticket_comments_at ON ticket_comments (at_utc_s);
CREATE INDEX sessions_until ON sessions (until_utc_s);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN NEW.number <> (SELECT number + 1 FROM audit_head)
	BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_head_no_replace BEFORE INSERT ON audit_head BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head WHEN NEW.number <> OLD.number + 1 OR NEW.one <> 1
	BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('tickets',1007);
INSERT INTO "sqlite_sequence" VALUES('tokens',4);
COMMIT;
