PRAGMA application_id = 1399877490;
PRAGMA user_version = 2;
PRAGMA page_size = 4096;
PRAGMA auto_vacuum = 0;
BEGIN TRANSACTION;
CREATE TABLE conversations (
	number      INTEGER PRIMARY KEY,
	id          TEXT NOT NULL UNIQUE,
	channel     TEXT NOT NULL,
	audience    TEXT NOT NULL,
	began_utc_s INTEGER NOT NULL,
	last_utc_s  INTEGER NOT NULL,
	last_seq    INTEGER NOT NULL      -- turns and feedback share one count, so that their order is certain
, walk INTEGER REFERENCES walks (number)) STRICT;
INSERT INTO "conversations" VALUES(1,'dj3jmyhsegcnvbsbhhzs8wnxg1','web','citizen',1795693531,1795693531,3,NULL);
INSERT INTO "conversations" VALUES(2,'0v4d98cqcyhbyg6mbw71zgntgt','web','citizen',1795693531,1795693531,3,NULL);
INSERT INTO "conversations" VALUES(3,'9vccg6jv136wba20xc671wsfjh','web','citizen',1795693531,1795693531,3,NULL);
INSERT INTO "conversations" VALUES(4,'y8je1phdq92gvfn2rrcs11qefy','web','citizen',1795693531,1795693531,2,NULL);
INSERT INTO "conversations" VALUES(5,'c7q2e8ztzn8gr8b5xgxwyevr4x','web','citizen',1795693531,1795693531,2,NULL);
CREATE TABLE feedback (
	conversation INTEGER NOT NULL REFERENCES conversations (number),
	seq          INTEGER NOT NULL,
	at_utc_s     INTEGER NOT NULL,
	solved       INTEGER NOT NULL CHECK (solved IN (0, 1)),
	comment      TEXT,
	PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO "feedback" VALUES(1,3,1795693531,1,NULL);
INSERT INTO "feedback" VALUES(2,3,1795693531,0,NULL);
INSERT INTO "feedback" VALUES(3,3,1795693531,1,NULL);
CREATE TABLE idempotency (
	caller      TEXT NOT NULL,
	key         TEXT NOT NULL,
	fingerprint INTEGER NOT NULL,
	ticket      INTEGER NOT NULL REFERENCES tickets (number),
	at_utc_s    INTEGER NOT NULL,
	PRIMARY KEY (caller, key)
) STRICT, WITHOUT ROWID;
INSERT INTO "idempotency" VALUES('citizen','chiave-0',9212610308878034128,1001,1795693531);
INSERT INTO "idempotency" VALUES('citizen','chiave-1',-6662599309904005206,1002,1795693531);
INSERT INTO "idempotency" VALUES('citizen','chiave-2',-4183371441587636810,1003,1795693531);
INSERT INTO "idempotency" VALUES('citizen','chiave-3',8079096608603975239,1004,1795693531);
INSERT INTO "idempotency" VALUES('citizen','chiave-4',-8831924975087861642,1005,1795693531);
INSERT INTO "idempotency" VALUES('citizen','chiave-5',-455437182686680708,1006,1795693531);
INSERT INTO "idempotency" VALUES('citizen','chiave-6',4040717870649766664,1007,1795693531);
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
INSERT INTO "ticket_history" VALUES(1001,1,1795693531,'citizen','new',1,'primo-livello',NULL,NULL,'codice-non-arriva');
INSERT INTO "ticket_history" VALUES(1002,1,1795693531,'citizen','new',2,'secondo-livello',NULL,NULL,'pagamento-doppio');
INSERT INTO "ticket_history" VALUES(1003,1,1795693531,'citizen','new',1,'primo-livello',NULL,NULL,'ricevuta');
INSERT INTO "ticket_history" VALUES(1004,1,1795693531,'citizen','new',2,'secondo-livello',NULL,NULL,'pagamento-doppio');
INSERT INTO "ticket_history" VALUES(1005,1,1795693531,'citizen','new',1,'primo-livello',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1006,1,1795693531,'citizen','new',2,'secondo-livello',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1007,1,1795693531,'citizen','new',1,'primo-livello',NULL,NULL,NULL);
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
INSERT INTO "tickets" VALUES(1001,'ztvvk18yvmvmfnbzbm7rn9jmrd','new',1,'accesso','primo-livello',1,1,'codice-non-arriva','web','citizen','it','aiuto numero a, chiamatemi',NULL,NULL,1795693531,1795693531,1);
INSERT INTO "tickets" VALUES(1002,'dh89fkycf1n3gkvwgq28g2hw9a','new',2,'pagamenti','secondo-livello',2,2,'pagamento-doppio','web','citizen','it','aiuto numero b, chiamatemi',NULL,NULL,1795693531,1795693531,1);
INSERT INTO "tickets" VALUES(1003,'15kctm0yxg6c1vpnks4cg3v99q','new',3,'accesso','primo-livello',1,1,'ricevuta','web','citizen','it','aiuto numero c, chiamatemi',NULL,NULL,1795693531,1795693531,1);
INSERT INTO "tickets" VALUES(1004,'ajm0meztz70tk9783deznca1q1','new',4,'pagamenti','secondo-livello',2,2,'pagamento-doppio','web','citizen','it','aiuto numero d, chiamatemi',NULL,NULL,1795693531,1795693531,1);
INSERT INTO "tickets" VALUES(1005,'sq1z5xsrsnvdkqk25z7m9v9j77','new',5,'accesso','primo-livello',1,1,NULL,'web','citizen','it','aiuto numero e, chiamatemi',NULL,NULL,1795693531,1795693531,1);
INSERT INTO "tickets" VALUES(1006,'njwvvs13bq58mjyq313zrgtxdy','new',NULL,'pagamenti','secondo-livello',2,2,NULL,'web','citizen','it','aiuto numero f, chiamatemi',NULL,NULL,1795693531,1795693531,1);
INSERT INTO "tickets" VALUES(1007,'kfzenmfp688czbrqx48a6gv2vb','new',NULL,'accesso','primo-livello',1,1,NULL,'web','citizen','it','aiuto numero g, chiamatemi',NULL,NULL,1795693531,1795693531,1);
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
INSERT INTO "tokens" VALUES(1,'acefce0b424584d9e9c5db10e4f270089cb6433a2e8afc809a3a85d50b1dae3e','agent','agent','agent-l1',1795693530,0,NULL);
INSERT INTO "tokens" VALUES(2,'8ea345455f87b77d8c350af9946071ab9546273ffa9f1bb728cc47fd54c8f05c','editor','editor','agent-l1',1795693530,0,NULL);
INSERT INTO "tokens" VALUES(3,'82f5475202e4a4dc6b5a39f2ae496ac40b0ab1101c50a49aabf233bfa2db0a70','manager','manager','agent-l1',1795693530,0,NULL);
INSERT INTO "tokens" VALUES(4,'d08104020848e4d093712519fd948ad47ef4cfd72b82fe04b20c0404d6099b5c','admin','admin','agent-l1',1795693530,0,NULL);
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
INSERT INTO "turns" VALUES(1,1,1795693531,'non ricevo il codice di conferma','answer','known-phrasing',0.972010964138154,'codice-non-arriva','4fc103f1e1cc7e66e65473f9891e442d7ce51dea5399683635fd896cb9042bdd','accesso',NULL,'it',NULL);
INSERT INTO "turns" VALUES(1,2,1795693531,'e poi? scrivo da <email>','ticket','case',4.23641124457248441359e-01,NULL,NULL,'accesso',NULL,'it',NULL);
INSERT INTO "turns" VALUES(2,1,1795693531,'mi hanno addebitato due volte','answer','known-phrasing',0.976404824748061,'pagamento-doppio','0664f1ee10502bc3265bf96da28ae2862ada34ff79a3155e1df30090b0f0dda9','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(2,2,1795693531,'e poi? scrivo da <email>','ticket','case',0.417745226728179,NULL,NULL,'pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(3,1,1795693531,'la ricevuta','answer','sure',9.08647706354958284435e-01,'ricevuta','1426e09e909d93b9497c845ee57bd58111db39c83d13882401ad6da6feca7c13','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(3,2,1795693531,'e poi? scrivo da <email>','ticket','case',8.78113789235500097341e-02,NULL,NULL,'pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(4,1,1795693531,'dov''è il rimborso?','answer','sure',7.72447187914844568545e-01,'pagamento-doppio','0664f1ee10502bc3265bf96da28ae2862ada34ff79a3155e1df30090b0f0dda9','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(4,2,1795693531,'e poi? scrivo da <email>','ticket','case',6.82455461939044660812e-02,NULL,NULL,'pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(5,1,1795693531,'ciao','none','greeting',0.0,NULL,NULL,NULL,NULL,'it',NULL);
INSERT INTO "turns" VALUES(5,2,1795693531,'e poi? scrivo da <email>','ticket','case',0.50852281715241,NULL,NULL,'accesso',NULL,'it',NULL);
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
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('tickets',1007);
INSERT INTO "sqlite_sequence" VALUES('tokens',4);
COMMIT;
