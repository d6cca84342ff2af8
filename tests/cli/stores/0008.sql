PRAGMA application_id = 1399877490;
PRAGMA user_version = 8;
PRAGMA page_size = 4096;
PRAGMA auto_vacuum = 0;
BEGIN TRANSACTION;
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
INSERT INTO "attachments" VALUES('qph834t4nrq9xmk1ts5fq38y7n',1001,'foto 0.png','image/png',72,1795694064,'citizen',NULL,-7236996319857658015);
INSERT INTO "attachments" VALUES('gg3n31w66hh6bc1rtwhqxf8ga5',1002,'foto 1.png','image/png',73,1795694065,'citizen',NULL,-3602214853721079326);
INSERT INTO "attachments" VALUES('71mjsmcyrvr998tmb5w5pn4r4n',1003,'foto 2.png','image/png',73,1795694065,'citizen',NULL,6268969701261961214);
INSERT INTO "attachments" VALUES('5xvb0mah2w7mrjkmc0yzsz0n3z',1004,'foto 3.png','image/png',73,1795694065,'citizen',NULL,-2047052057300022386);
INSERT INTO "attachments" VALUES('wgc2ecfj696ascvsybyhwq7g7j',1005,'foto 4.png','image/png',73,1795694065,'citizen',NULL,5019836403638257089);
INSERT INTO "attachments" VALUES('gd6n6am3tqsqw2v07ts0ztcjxv',1006,'foto 5.png','image/png',73,1795694065,'citizen',NULL,5308641335226087677);
CREATE TABLE audit (
	number   INTEGER PRIMARY KEY,     -- 1, 2, 3…
	at_utc_s INTEGER NOT NULL,
	subject  TEXT NOT NULL,           -- "" = unknown
	action   TEXT NOT NULL,
	object   TEXT NOT NULL,
	detail   TEXT NOT NULL,
	hash     TEXT NOT NULL
) STRICT;
INSERT INTO "audit" VALUES(1,1795694060,'os:root','token-add','token:1','agent agent-l1 agent','c2a21e4396965552b1294f528e9744693256cf9d8e01c1e7c55e12eefcc81586');
INSERT INTO "audit" VALUES(2,1795694061,'os:root','token-add','token:2','editor agent-l1 editor','e8533d043b37c36772c41e7e62fe380f971624132d2eefa6c3ea4aa7967c3524');
INSERT INTO "audit" VALUES(3,1795694061,'os:root','token-add','token:3','manager agent-l1 manager','d72feb0bad1e86577c34a6a61c872698f57d8bd7bb8409a3d88602e16be44e2e');
INSERT INTO "audit" VALUES(4,1795694062,'os:root','token-add','token:4','admin agent-l1 admin','1f263a2b852502addaa4e21a4e0add11665a5cf251577e43afd33bb03c874965');
INSERT INTO "audit" VALUES(5,1795694065,'agent','ticket-change','ticket:1001','take','f35413110da1be291ee82a8fe243e6d64cdb8601794699f26d22018266bc4f72');
INSERT INTO "audit" VALUES(6,1795694065,'agent','ticket-change','ticket:1001','reply','6e10d7916638a498a5b9a0e5b4eb803c11ecc7c404b341d7664e528891abd617');
INSERT INTO "audit" VALUES(7,1795694065,'agent','ticket-change','ticket:1002','take','e5588d3bde5914bf2d0e9065eb7ac15479eb0b5b22b90b32be1f11e46649c633');
INSERT INTO "audit" VALUES(8,1795694065,'agent','ticket-change','ticket:1003','take','a63c83200b91cc1db7528d2219efa2692a8e2be9502d57da4ccbde8ab0a60c55');
INSERT INTO "audit" VALUES(9,1795694065,'agent','ticket-change','ticket:1004','take','368fce5e3d74a3e183f66e11c9a19ed3a7b8f5de765e4d427140acf29f94d59f');
INSERT INTO "audit" VALUES(10,1795694065,'agent','ticket-change','ticket:1004','reply','c3b5837d168e8f2dcbe30bfd2ef95eca0a6d9e3394d3c910ec48829fc3f21ed1');
INSERT INTO "audit" VALUES(11,1795694065,'agent','ticket-change','ticket:1005','take','0146c5bbc86d2a63ef3d55ee5137236644ff01b1f1dbed7e45205d3414105ec9');
INSERT INTO "audit" VALUES(12,1795694065,'agent','ticket-change','ticket:1006','take','608a0f71f1c6d26a9eb25443521f034bcf3db71ba8efcfe2a02acf2dd52e1964');
INSERT INTO "audit" VALUES(13,1795694065,'agent','ticket-change','ticket:1007','take','c7b027aa68246e782faca04ab00eb6fa63cc3f61fb04c29837f4ac0b395a584b');
INSERT INTO "audit" VALUES(14,1795694065,'agent','ticket-change','ticket:1007','reply','e8adad5536f26bec167e1db716c69b9ec5515df11665a6d1f3420aaf8b2e4ac9');
INSERT INTO "audit" VALUES(15,1795694065,'admin','data-delete','ticket:1007','','e2af52afab89573d49d319f2e244b870b1373e994ec73dd1a446cb34b6675a37');
INSERT INTO "audit" VALUES(16,1795694065,'agent','ticket-read','ticket:1001','fields','a8f6021035b753ae1e54b8639cab142c95f0974953579a68f73b50b2de716e96');
INSERT INTO "audit" VALUES(17,1795694065,'agent','ticket-read','ticket:1002','fields','c08a7b659c19cf7c95bd54727ded3c62f6138556e4e9289d5e28309ee66cd6d2');
INSERT INTO "audit" VALUES(18,1795694065,'agent','ticket-read','ticket:1003','fields','868a13acbd8abafa90b172f1003b829c84155e9bf63c06d7526ab0088a0be4b9');
INSERT INTO "audit" VALUES(19,1795694065,'agent','ticket-read','ticket:1004','fields','60178f56e9cd85c548e997258fef4577bba2b382cd53d28be2a4d33b378660d1');
INSERT INTO "audit" VALUES(20,1795694065,'agent','ticket-read','ticket:1005','fields','429f03e8a611506b15a28aaf690dd99c82314df3d97d584e0f85cf1d08909ed7');
INSERT INTO "audit" VALUES(21,1795694065,'agent','ticket-read','ticket:1006','fields','b930b203b659ddb8fcd27c4f1395af04d203915c0e4ef85c7f3f2b43a61f0804');
INSERT INTO "audit" VALUES(22,1795694065,'agent','ticket-read','ticket:1007','','26ddf1b6e5854f92495d9f9b39011cb044918fbb5245b09e47c500602f5b20b5');
INSERT INTO "audit" VALUES(23,1795694065,'agent','ticket-read','tickets:1001-1006','fields','780187b85ac1e95422e65539595c9583a40757457b6d50fcd8f00aa7b68d254f');
CREATE TABLE audit_head (             -- of the last entry
	one    INTEGER PRIMARY KEY CHECK (one = 1),
	number INTEGER NOT NULL,
	hash   TEXT NOT NULL
) STRICT;
INSERT INTO "audit_head" VALUES(1,23,'780187b85ac1e95422e65539595c9583a40757457b6d50fcd8f00aa7b68d254f');
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
INSERT INTO "conversations" VALUES(1,'y64gp6svws1r40ad0t15ge8svb','web','citizen',1795694064,1795694064,3,NULL,'7014a66b73bd228b8183422fd54f94f1',NULL);
INSERT INTO "conversations" VALUES(2,'54t9syrjnr56hc1wk19dvv6ggz','web','citizen',1795694064,1795694064,3,NULL,'f9964615d7092150c52fca62f2659fd0',NULL);
INSERT INTO "conversations" VALUES(3,'zsq2gr6mncdwcpe6vhbq9t9zqy','web','citizen',1795694064,1795694064,3,NULL,'595dec0be330385890cbe3f5f4507cfd',NULL);
INSERT INTO "conversations" VALUES(4,'njrs9qe0qzcfbqpwy8cdj724bd','web','citizen',1795694064,1795694064,2,NULL,'4e3ca9ebe05fdf58304d26c70c32ef7a',NULL);
INSERT INTO "conversations" VALUES(5,'0mtnwmxvhygnaame0dtd68vywa','web','citizen',1795694064,1795694064,2,NULL,'01fe2c60c7d06b2983278a125f7f63ce',NULL);
CREATE TABLE feedback (
	conversation INTEGER NOT NULL REFERENCES conversations (number),
	seq          INTEGER NOT NULL,
	at_utc_s     INTEGER NOT NULL,
	solved       INTEGER NOT NULL CHECK (solved IN (0, 1)),
	comment      TEXT,
	PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO "feedback" VALUES(1,3,1795694064,1,NULL);
INSERT INTO "feedback" VALUES(2,3,1795694064,0,NULL);
INSERT INTO "feedback" VALUES(3,3,1795694064,1,NULL);
CREATE TABLE idempotency (
	caller      TEXT NOT NULL,
	key         TEXT NOT NULL,
	fingerprint INTEGER NOT NULL,
	ticket      INTEGER NOT NULL REFERENCES tickets (number),
	at_utc_s    INTEGER NOT NULL,
	PRIMARY KEY (caller, key)
) STRICT, WITHOUT ROWID;
INSERT INTO "idempotency" VALUES('citizen','chiave-0',1990726084893700929,1001,1795694064);
INSERT INTO "idempotency" VALUES('citizen','chiave-1',5775444227104488912,1002,1795694064);
INSERT INTO "idempotency" VALUES('citizen','chiave-2',2425425649703522021,1003,1795694064);
INSERT INTO "idempotency" VALUES('citizen','chiave-3',-1041694284218836637,1004,1795694064);
INSERT INTO "idempotency" VALUES('citizen','chiave-4',-2331932073444297324,1005,1795694064);
INSERT INTO "idempotency" VALUES('citizen','chiave-5',-455437182686680708,1006,1795694064);
CREATE TABLE keeping (
	name  TEXT PRIMARY KEY,
	value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "keeping" VALUES('scrub',0);
INSERT INTO "keeping" VALUES('vectors',1);
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
INSERT INTO "ledger" VALUES(1,1795694064,1,1,0,4,0,0,1,0,2,0,0,0,0,0,0);
INSERT INTO "ledger" VALUES(2,1795694064,2,1,0,0,3,4,1,5,2,6,0,0,976,1,0);
INSERT INTO "ledger" VALUES(3,1795694064,2,1,0,2,7,4,1,5,2,0,0,0,354,0,0);
INSERT INTO "ledger" VALUES(4,1795694064,3,1,0,4,0,0,0,0,0,0,0,0,0,0,1);
INSERT INTO "ledger" VALUES(5,1795694064,1,2,0,4,0,0,1,0,2,0,0,0,0,0,0);
INSERT INTO "ledger" VALUES(6,1795694064,2,2,0,0,3,8,1,5,2,9,0,0,979,0,0);
INSERT INTO "ledger" VALUES(7,1795694064,2,2,0,2,7,8,1,5,2,0,0,0,213,0,0);
INSERT INTO "ledger" VALUES(8,1795694064,3,2,0,4,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "ledger" VALUES(9,1795694064,1,3,0,4,0,0,1,0,2,0,0,0,0,0,0);
INSERT INTO "ledger" VALUES(10,1795694064,2,3,0,0,10,8,1,5,2,11,0,0,923,0,0);
INSERT INTO "ledger" VALUES(11,1795694064,2,3,0,2,7,8,1,5,2,0,0,0,283,0,0);
INSERT INTO "ledger" VALUES(12,1795694064,3,3,0,4,0,0,0,0,0,0,0,0,0,0,1);
INSERT INTO "ledger" VALUES(13,1795694064,1,4,0,4,0,0,1,0,2,0,0,0,0,0,0);
INSERT INTO "ledger" VALUES(14,1795694064,2,4,0,0,10,8,1,5,2,9,0,0,743,0,0);
INSERT INTO "ledger" VALUES(15,1795694064,2,4,0,2,7,8,1,5,2,0,0,0,213,0,0);
INSERT INTO "ledger" VALUES(16,1795694064,1,5,0,4,0,0,1,0,2,0,0,0,0,0,0);
INSERT INTO "ledger" VALUES(17,1795694064,2,5,0,3,12,0,1,5,2,0,0,0,0,0,0);
INSERT INTO "ledger" VALUES(18,1795694064,2,5,0,2,7,4,1,5,2,0,0,0,474,0,0);
INSERT INTO "ledger" VALUES(19,1795694064,4,1,1001,4,0,4,1,5,2,6,13,1,0,0,0);
INSERT INTO "ledger" VALUES(20,1795694064,4,2,1002,4,0,8,1,5,2,9,14,2,0,0,0);
INSERT INTO "ledger" VALUES(21,1795694064,4,3,1003,4,0,4,1,5,2,11,13,1,0,0,0);
INSERT INTO "ledger" VALUES(22,1795694064,4,4,1004,4,0,8,1,5,2,9,14,2,0,0,0);
INSERT INTO "ledger" VALUES(23,1795694064,4,5,1005,4,0,4,1,5,2,0,13,1,0,0,0);
INSERT INTO "ledger" VALUES(24,1795694064,4,0,1006,4,0,8,1,5,2,0,14,2,0,0,0);
INSERT INTO "ledger" VALUES(25,1795694064,4,0,1007,4,0,4,1,5,2,0,13,1,0,0,0);
INSERT INTO "ledger" VALUES(26,1795694065,5,1,1001,4,0,4,1,5,2,6,0,1,0,0,0);
INSERT INTO "ledger" VALUES(27,1795694065,5,2,1002,4,0,8,1,5,2,9,0,2,0,0,0);
INSERT INTO "ledger" VALUES(28,1795694065,5,3,1003,4,0,4,1,5,2,11,0,1,0,0,0);
INSERT INTO "ledger" VALUES(29,1795694065,5,4,1004,4,0,8,1,5,2,9,0,2,0,0,0);
INSERT INTO "ledger" VALUES(30,1795694065,6,4,1004,4,0,8,1,5,2,9,0,2,0,0,0);
INSERT INTO "ledger" VALUES(31,1795694065,5,5,1005,4,0,4,1,5,2,0,0,1,0,0,0);
INSERT INTO "ledger" VALUES(32,1795694065,5,0,1006,4,0,8,1,5,2,0,0,2,0,0,0);
INSERT INTO "ledger" VALUES(33,1795694065,5,0,1007,4,0,4,1,5,2,0,0,1,0,0,0);
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
INSERT INTO "ledger_cells" VALUES(1,498803,4,1,5,2,0,X'00020302080109010A030E04160218021A021B021D021F022001');
INSERT INTO "ledger_cells" VALUES(1,498803,8,1,5,2,0,X'00030303080309030A060B010E0311031403160318031A031B031D031F032003');
INSERT INTO "ledger_cells" VALUES(2,20783,4,1,5,2,0,X'00020302080109010A030E04160218021A021B021D021F022001');
INSERT INTO "ledger_cells" VALUES(2,20783,8,1,5,2,0,X'00030303080309030A060B010E0311031403160318031A031B031D031F032003');
INSERT INTO "ledger_cells" VALUES(3,20783,4,1,5,2,0,X'000103010A010E02160118011A011B011D011F01');
INSERT INTO "ledger_cells" VALUES(3,20783,4,1,5,2,6,X'00010301080109010A020E01160118011A011B011D011F012001');
INSERT INTO "ledger_cells" VALUES(3,20783,4,1,5,2,11,X'0E01');
INSERT INTO "ledger_cells" VALUES(3,20783,8,1,5,2,0,X'0E0111011401');
INSERT INTO "ledger_cells" VALUES(3,20783,8,1,5,2,9,X'00020302080209020A040B010E0211021402160218021A021B021D021F022002');
INSERT INTO "ledger_cells" VALUES(3,20783,8,1,5,2,11,X'00010301080109010A02160118011A011B011D011F012001');
INSERT INTO "ledger_cells" VALUES(4,20783,4,1,5,2,13,X'0E04');
INSERT INTO "ledger_cells" VALUES(4,20783,8,1,5,2,14,X'0E0311031403');
INSERT INTO "ledger_cells" VALUES(5,24322,4,1,5,2,84,X'00020302080109010A030E04160218021A021B021D021F022001');
INSERT INTO "ledger_cells" VALUES(5,24322,8,1,5,2,84,X'00030303080309030A060B010E0311031403160318031A031B031D031F032003');
INSERT INTO "ledger_cells" VALUES(6,24322,4,1,5,2,0,X'000103010A010E02160118011A011B011D011F01');
INSERT INTO "ledger_cells" VALUES(6,24322,4,1,5,2,6,X'00010301080109010A020E01160118011A011B011D011F012001');
INSERT INTO "ledger_cells" VALUES(6,24322,4,1,5,2,11,X'0E01');
INSERT INTO "ledger_cells" VALUES(6,24322,8,1,5,2,0,X'0E0111011401');
INSERT INTO "ledger_cells" VALUES(6,24322,8,1,5,2,9,X'00020302080209020A040B010E0211021402160218021A021B021D021F022002');
INSERT INTO "ledger_cells" VALUES(6,24322,8,1,5,2,11,X'00010301080109010A02160118011A011B011D011F012001');
CREATE TABLE ledger_contacts (
	contact INTEGER PRIMARY KEY,
	began_utc_s INTEGER, last_utc_s INTEGER, first_request_utc_s INTEGER, last_request_utc_s INTEGER, first_answer_utc_s INTEGER,
	returned_s INTEGER, requests INTEGER, requests_to_answer INTEGER, first_answer_took_ms INTEGER, no_count INTEGER, notices INTEGER,
	category INTEGER, channel INTEGER, lang INTEGER, audience INTEGER, article INTEGER, first_group INTEGER, last_decision INTEGER,
	has_ticket INTEGER, rerouted INTEGER, has_answer INTEGER, said_since_answer INTEGER, said_since_request INTEGER, said_solved INTEGER,
	last_is_feedback INTEGER, sessions INTEGER, sessions_resolved INTEGER, sessions_escalated INTEGER, session_open INTEGER,
	session_escalated INTEGER, session_answered INTEGER, session_no INTEGER, session_last_utc_s INTEGER
) STRICT;
INSERT INTO "ledger_contacts" VALUES(1,1795694064,1795694064,1795694064,1795694064,1795694064,0,2,1,1,0,0,4,1,5,2,6,13,2,1,0,1,1,1,1,0,0,0,0,1,1,0,0,1795694064);
INSERT INTO "ledger_contacts" VALUES(2,1795694064,1795694064,1795694064,1795694064,1795694064,0,2,1,0,1,0,8,1,5,2,9,14,2,1,0,1,1,1,0,0,0,0,0,1,1,0,1,1795694064);
INSERT INTO "ledger_contacts" VALUES(3,1795694064,1795694064,1795694064,1795694064,1795694064,0,2,1,0,0,0,8,1,5,2,11,13,2,1,0,1,1,1,1,0,0,0,0,1,1,0,0,1795694064);
INSERT INTO "ledger_contacts" VALUES(4,1795694064,1795694064,1795694064,1795694064,1795694064,0,2,1,0,0,0,8,1,5,2,9,14,2,1,0,1,0,0,0,0,0,0,0,1,1,0,0,1795694064);
INSERT INTO "ledger_contacts" VALUES(5,1795694064,1795694064,1795694064,1795694064,0,0,1,0,0,0,0,4,1,5,2,0,13,2,1,0,0,0,0,0,0,0,0,0,1,1,0,0,1795694064);
CREATE TABLE ledger_state (
	one      INTEGER PRIMARY KEY CHECK (one = 1),
	version  INTEGER NOT NULL,        -- of the program's way to count; 0 = to be made
	window_s INTEGER NOT NULL,
	timezone TEXT NOT NULL,           -- '' = UTC
	damaged  INTEGER NOT NULL         -- a cell was not what it should have been: to be made anew
) STRICT;
INSERT INTO "ledger_state" VALUES(1,2046,86400,'Europe/Rome',0);
CREATE TABLE ledger_tickets (
	ticket INTEGER PRIMARY KEY,
	opened_utc_s INTEGER, category INTEGER, channel INTEGER, lang INTEGER, audience INTEGER, article INTEGER, group_word INTEGER,
	level INTEGER, top_level INTEGER, passed_to INTEGER, is_closed INTEGER, preventable INTEGER, reopened INTEGER
) STRICT;
INSERT INTO "ledger_tickets" VALUES(1001,1795694064,4,1,5,2,6,13,1,1,0,0,0,0);
INSERT INTO "ledger_tickets" VALUES(1002,1795694064,8,1,5,2,9,14,2,2,14,0,0,0);
INSERT INTO "ledger_tickets" VALUES(1003,1795694064,4,1,5,2,11,13,1,1,0,0,0,0);
INSERT INTO "ledger_tickets" VALUES(1004,1795694064,8,1,5,2,9,14,2,2,14,0,0,0);
INSERT INTO "ledger_tickets" VALUES(1005,1795694064,4,1,5,2,0,13,1,1,0,0,0,0);
INSERT INTO "ledger_tickets" VALUES(1006,1795694064,8,1,5,2,0,14,2,2,14,0,0,0);
INSERT INTO "ledger_tickets" VALUES(1007,1795694064,4,1,5,2,0,13,1,1,0,0,0,0);
CREATE TABLE ledger_words (           -- keys of categories, channels, groups…; ids of articles; reasons
	id   INTEGER PRIMARY KEY,
	word TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO "ledger_words" VALUES(0,'');
INSERT INTO "ledger_words" VALUES(1,'web');
INSERT INTO "ledger_words" VALUES(2,'citizen');
INSERT INTO "ledger_words" VALUES(3,'known-phrasing');
INSERT INTO "ledger_words" VALUES(4,'accesso');
INSERT INTO "ledger_words" VALUES(5,'it');
INSERT INTO "ledger_words" VALUES(6,'codice-non-arriva');
INSERT INTO "ledger_words" VALUES(7,'case');
INSERT INTO "ledger_words" VALUES(8,'pagamenti');
INSERT INTO "ledger_words" VALUES(9,'pagamento-doppio');
INSERT INTO "ledger_words" VALUES(10,'sure');
INSERT INTO "ledger_words" VALUES(11,'ricevuta');
INSERT INTO "ledger_words" VALUES(12,'greeting');
INSERT INTO "ledger_words" VALUES(13,'primo-livello');
INSERT INTO "ledger_words" VALUES(14,'secondo-livello');
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
	article   TEXT, priority INTEGER,
	PRIMARY KEY (ticket, revision)
) STRICT, WITHOUT ROWID;
INSERT INTO "ticket_history" VALUES(1001,1,1795694064,'citizen','new',1,'primo-livello',NULL,NULL,'codice-non-arriva',NULL);
INSERT INTO "ticket_history" VALUES(1001,2,1795694064,'citizen','new',1,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL,NULL);
INSERT INTO "ticket_history" VALUES(1001,3,1795694065,'agent','assigned',1,NULL,'agent',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1001,4,1795694065,'agent','waiting',1,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1001,5,1795694065,'citizen','assigned',1,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1002,1,1795694064,'citizen','new',2,'secondo-livello',NULL,NULL,'pagamento-doppio',NULL);
INSERT INTO "ticket_history" VALUES(1002,2,1795694065,'citizen','new',2,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL,NULL);
INSERT INTO "ticket_history" VALUES(1002,3,1795694065,'agent','assigned',2,NULL,'agent',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1003,1,1795694064,'citizen','new',1,'primo-livello',NULL,NULL,'ricevuta',NULL);
INSERT INTO "ticket_history" VALUES(1003,2,1795694065,'citizen','new',1,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL,NULL);
INSERT INTO "ticket_history" VALUES(1003,3,1795694065,'agent','assigned',1,NULL,'agent',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1004,1,1795694064,'citizen','new',2,'secondo-livello',NULL,NULL,'pagamento-doppio',NULL);
INSERT INTO "ticket_history" VALUES(1004,2,1795694065,'citizen','new',2,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL,NULL);
INSERT INTO "ticket_history" VALUES(1004,3,1795694065,'agent','assigned',2,NULL,'agent',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1004,4,1795694065,'agent','waiting',2,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1004,5,1795694065,'citizen','escalated',2,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1005,1,1795694064,'citizen','new',1,'primo-livello',NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1005,2,1795694065,'citizen','new',1,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL,NULL);
INSERT INTO "ticket_history" VALUES(1005,3,1795694065,'agent','assigned',1,NULL,'agent',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1006,1,1795694064,'citizen','new',2,'secondo-livello',NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1006,2,1795694065,'citizen','new',2,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL,NULL);
INSERT INTO "ticket_history" VALUES(1006,3,1795694065,'agent','assigned',2,NULL,'agent',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1007,1,1795694064,'citizen','new',1,'primo-livello',NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1007,2,1795694065,'citizen','new',1,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1007,3,1795694065,'agent','assigned',1,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1007,4,1795694065,'agent','waiting',1,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1007,5,1795694065,'citizen','assigned',1,NULL,NULL,NULL,NULL,NULL);
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
INSERT INTO "ticket_persons" VALUES(1005,'email','01fe2c60c7d06b2983278a125f7f63ce');
INSERT INTO "ticket_persons" VALUES(1004,'email','4e3ca9ebe05fdf58304d26c70c32ef7a');
INSERT INTO "ticket_persons" VALUES(1003,'email','595dec0be330385890cbe3f5f4507cfd');
INSERT INTO "ticket_persons" VALUES(1001,'email','7014a66b73bd228b8183422fd54f94f1');
INSERT INTO "ticket_persons" VALUES(1006,'email','a66aabb291716df335235a9eab6969b1');
INSERT INTO "ticket_persons" VALUES(1002,'email','f9964615d7092150c52fca62f2659fd0');
CREATE TABLE ticket_posts (
	ticket   INTEGER NOT NULL REFERENCES tickets (number) ON DELETE CASCADE,
	revision INTEGER NOT NULL,      -- of the ticket_history row
	kind     TEXT NOT NULL CHECK (kind IN ('reply', 'answer', 'dossier', 'return')),
	text     TEXT NOT NULL,
	PRIMARY KEY (ticket, revision)
) STRICT, WITHOUT ROWID;
INSERT INTO "ticket_posts" VALUES(1001,4,'reply','Ci stiamo lavorando.');
INSERT INTO "ticket_posts" VALUES(1001,5,'answer','Grazie, aspetto.');
INSERT INTO "ticket_posts" VALUES(1004,4,'reply','Ci stiamo lavorando.');
INSERT INTO "ticket_posts" VALUES(1004,5,'answer','Grazie, aspetto.');
INSERT INTO "ticket_posts" VALUES(1007,4,'reply','');
INSERT INTO "ticket_posts" VALUES(1007,5,'answer','');
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
, forgotten_utc_s INTEGER, priority INTEGER NOT NULL DEFAULT 2 CHECK (priority BETWEEN 1 AND 3)) STRICT;
INSERT INTO "tickets" VALUES(1001,'ht797w8g4n04kw6k3np3xyz0rp','assigned',1,'accesso','primo-livello',1,1,'codice-non-arriva','web','citizen','it','aiuto numero a, chiamatemi','agent',NULL,1795694064,1795694065,5,NULL,2);
INSERT INTO "tickets" VALUES(1002,'mrvcqecj3j7zfcw4gwddr1gc6s','assigned',2,'pagamenti','secondo-livello',2,2,'pagamento-doppio','web','citizen','it','aiuto numero b, chiamatemi','agent',NULL,1795694064,1795694065,3,NULL,2);
INSERT INTO "tickets" VALUES(1003,'2xbxshhzrk542twwfg0zx1rvrd','assigned',3,'accesso','primo-livello',1,1,'ricevuta','web','citizen','it','aiuto numero c, chiamatemi','agent',NULL,1795694064,1795694065,3,NULL,2);
INSERT INTO "tickets" VALUES(1004,'99p7f2ghd87tf5z35c6px4r0yh','escalated',4,'pagamenti','secondo-livello',2,2,'pagamento-doppio','web','citizen','it','aiuto numero d, chiamatemi','agent',NULL,1795694064,1795694065,5,NULL,2);
INSERT INTO "tickets" VALUES(1005,'657jzxs3c1d59qzhyt48gaxp0r','assigned',5,'accesso','primo-livello',1,1,NULL,'web','citizen','it','aiuto numero e, chiamatemi','agent',NULL,1795694064,1795694065,3,NULL,2);
INSERT INTO "tickets" VALUES(1006,'7fzfzf6xjcmjkr5wq246bhsas6','assigned',NULL,'pagamenti','secondo-livello',2,2,NULL,'web','citizen','it','aiuto numero f, chiamatemi','agent',NULL,1795694064,1795694065,3,NULL,2);
INSERT INTO "tickets" VALUES(1007,'37y973vh5307fbd2hr4kswj1v7','assigned',NULL,'accesso','primo-livello',1,1,NULL,'web','citizen','it',NULL,NULL,NULL,1795694064,1795694065,6,1795694065,2);
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
INSERT INTO "tokens" VALUES(1,'9122d1f1c4c0ea21eed2e20e646ed61b57afc2061c7151f32ab3e283306fac52','agent','agent','agent-l1',1795694060,0,NULL,NULL);
INSERT INTO "tokens" VALUES(2,'f155772353710e1ee7c4b9e4b1fd55d54847f2348f9881cad39275e72dad5689','editor','editor','agent-l1',1795694061,0,NULL,NULL);
INSERT INTO "tokens" VALUES(3,'2c5d6e2082c9d93fb0f12b031f8158f233e0928406aaadb849100983f3dcc433','manager','manager','agent-l1',1795694061,0,NULL,NULL);
INSERT INTO "tokens" VALUES(4,'8eb182c44e451d78590900eb07ca1cb669f0e11993bc5710853c21abb7b96112','admin','admin','agent-l1',1795694062,0,NULL,NULL);
CREATE TABLE training (
	subject   TEXT NOT NULL,    -- of the token or the session
	module    TEXT NOT NULL,    -- id of the training's article
	article   TEXT NOT NULL,    -- id of the article that was asked about
	audience  TEXT NOT NULL,    -- as whom it was read
	version   TEXT NOT NULL,    -- of the article's file
	content   TEXT NOT NULL,    -- hash of what that audience read in it: a quiz is open again when this is another
	questions TEXT NOT NULL,    -- hash of what was asked
	score     INTEGER NOT NULL, -- questions answered, all of them right
	at_utc_s  INTEGER NOT NULL,
	PRIMARY KEY (subject, module, article)
) STRICT, WITHOUT ROWID;
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
INSERT INTO "turns" VALUES(1,1,1795694064,'non ricevo il codice di conferma','answer','known-phrasing',9.75742085663873437439e-01,'codice-non-arriva','4fc103f1e1cc7e66e65473f9891e442d7ce51dea5399683635fd896cb9042bdd','accesso',NULL,'it',NULL);
INSERT INTO "turns" VALUES(1,2,1795694064,'e poi? scrivo da <email>','ticket','case',0.354372339294975,NULL,NULL,'accesso',NULL,'it',NULL);
INSERT INTO "turns" VALUES(2,1,1795694064,'mi hanno addebitato due volte','answer','known-phrasing',9.79146049829939801867e-01,'pagamento-doppio','0664f1ee10502bc3265bf96da28ae2862ada34ff79a3155e1df30090b0f0dda9','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(2,2,1795694064,'e poi? scrivo da <email>','ticket','case',2.13219639031767493886e-01,NULL,NULL,'pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(3,1,1795694064,'la ricevuta','answer','sure',9.22723781604272930145e-01,'ricevuta','1426e09e909d93b9497c845ee57bd58111db39c83d13882401ad6da6feca7c13','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(3,2,1795694064,'e poi? scrivo da <email>','ticket','case',2.82956944087143724697e-01,NULL,NULL,'pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(4,1,1795694064,'dov''è il rimborso?','answer','sure',7.42666663223769840662e-01,'pagamento-doppio','0664f1ee10502bc3265bf96da28ae2862ada34ff79a3155e1df30090b0f0dda9','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(4,2,1795694064,'e poi? scrivo da <email>','ticket','case',2.13219639031767493886e-01,NULL,NULL,'pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(5,1,1795694064,'ciao','none','greeting',0.0,NULL,NULL,NULL,NULL,'it',NULL);
INSERT INTO "turns" VALUES(5,2,1795694064,'e poi? scrivo da <email>','ticket','case',4.74066865614566346209e-01,NULL,NULL,'accesso',NULL,'it',NULL);
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
CREATE INDEX article_flags_open ON article_flags (done_utc_s, id);
CREATE INDEX article_flags_ticket ON article_flags (ticket);
CREATE INDEX article_flags_article ON article_flags (article);
CREATE INDEX ledger_contact ON ledger (contact, number) WHERE contact > 0;
CREATE INDEX ledger_ticket ON ledger (ticket, number) WHERE ticket > 0;
CREATE INDEX ledger_contacts_last ON ledger_contacts (last_utc_s);
CREATE INDEX ledger_cells_article ON ledger_cells (what, slot) WHERE part = 3;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN NEW.number <> (SELECT number + 1 FROM audit_head)
	BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_head_no_replace BEFORE INSERT ON audit_head BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head WHEN NEW.number <> OLD.number + 1 OR NEW.one <> 1
	BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER ledger_no_replace BEFORE INSERT ON ledger WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM ledger)
	BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER ledger_words_no_update BEFORE UPDATE ON ledger_words BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER ledger_words_no_delete BEFORE DELETE ON ledger_words BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
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
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('tickets',1007);
INSERT INTO "sqlite_sequence" VALUES('tokens',4);
COMMIT;
