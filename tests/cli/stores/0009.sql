PRAGMA application_id = 1399877490;
PRAGMA user_version = 9;
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
INSERT INTO "attachments" VALUES('asn6b38ds6s9bzmpxe8h7dvzne',1001,'foto 0.png','image/png',72,1795693538,'citizen',NULL,-7236996319857658015);
INSERT INTO "attachments" VALUES('ch6ztmdq7dytr4szmwy2rptpse',1002,'foto 1.png','image/png',73,1795693538,'citizen',NULL,-3602214853721079326);
INSERT INTO "attachments" VALUES('q5t2hsjsm3qkn21ztqr35j00x6',1003,'foto 2.png','image/png',73,1795693538,'citizen',NULL,6268969701261961214);
INSERT INTO "attachments" VALUES('x1b28p94dtcz130fp514277q88',1004,'foto 3.png','image/png',73,1795693538,'citizen',NULL,-2047052057300022386);
INSERT INTO "attachments" VALUES('3v4x02byngz87y55dz8hky2cgx',1005,'foto 4.png','image/png',73,1795693538,'citizen',NULL,5019836403638257089);
INSERT INTO "attachments" VALUES('0t1xvbj6hb785p1vwjadegedk2',1006,'foto 5.png','image/png',73,1795693538,'citizen',NULL,5308641335226087677);
CREATE TABLE audit (
	number   INTEGER PRIMARY KEY,     -- 1, 2, 3…
	at_utc_s INTEGER NOT NULL,
	subject  TEXT NOT NULL,           -- "" = unknown
	action   TEXT NOT NULL,
	object   TEXT NOT NULL,
	detail   TEXT NOT NULL,
	hash     TEXT NOT NULL
) STRICT;
INSERT INTO "audit" VALUES(1,1795693537,'os:root','token-add','token:1','agent agent-l1 agent','4d7d3e3ee090f46cfc866fa3179fe21632a378c16473f7da90bf9eaa585e925c');
INSERT INTO "audit" VALUES(2,1795693537,'os:root','token-add','token:2','editor agent-l1 editor','e7d3467e316b692cf09c73b7a06273ba1423969094235706b1b79b695bd383b4');
INSERT INTO "audit" VALUES(3,1795693537,'os:root','token-add','token:3','manager agent-l1 manager','7c4ee8b64495cbdf62058bf2f193cf4fbb3d31e2bd55eda19a4a84bfff262c8c');
INSERT INTO "audit" VALUES(4,1795693537,'os:root','token-add','token:4','admin agent-l1 admin','1fdb699cdcbf2147ecd44fec272a73a8a819904ccf60cbf92be1e2bf66bf7d39');
INSERT INTO "audit" VALUES(5,1795693538,'agent','ticket-change','ticket:1001','take','5884607af259452767dde499dbb89b645be457b88d4c04f91d8b4c6f45e2b075');
INSERT INTO "audit" VALUES(6,1795693538,'agent','ticket-change','ticket:1001','reply','23d69d9dc794dc48ebabd39ade68566dae1095b5c38216eb6b572c681e8802dc');
INSERT INTO "audit" VALUES(7,1795693538,'agent','ticket-change','ticket:1002','take','6af540a1e71922d2a9263d87d36a9a78959176b2c56a39c9a80b0b065c0de9ad');
INSERT INTO "audit" VALUES(8,1795693538,'agent','ticket-change','ticket:1003','take','2adac63e3c28dc7af92cf02c444c4c60412a2099eece2d4513fd86f4e0e1f78c');
INSERT INTO "audit" VALUES(9,1795693538,'agent','ticket-change','ticket:1004','take','fc4a9b0997a3cf5672194c388cd1e4b7a3f525fccd07aee9564b4160203e60c5');
INSERT INTO "audit" VALUES(10,1795693538,'agent','ticket-change','ticket:1004','reply','41ed7f66137f16c9c52e0b7a226244b5509afe09b3b711805fa105c911add263');
INSERT INTO "audit" VALUES(11,1795693538,'agent','ticket-change','ticket:1005','take','2b41632d34db29f7f2642e6ac77dd6477363ed9d85613c3d7e5b445b3e02b4a3');
INSERT INTO "audit" VALUES(12,1795693538,'agent','ticket-change','ticket:1006','take','0d166e15a9de9fbe9de117361e7458a7fa6fcb32185cd0343453b7b31cd08eb9');
INSERT INTO "audit" VALUES(13,1795693538,'agent','ticket-change','ticket:1007','take','5b34ea3cd7cbe02c4113fd6a3a4deaa3f9a1e349221bf5ea28bb97e4fc280978');
INSERT INTO "audit" VALUES(14,1795693538,'agent','ticket-change','ticket:1007','reply','87916a2733ea9155366554e02fc2fec0e5c52957884a10dc3b5a3c01e2e7f55b');
INSERT INTO "audit" VALUES(15,1795693538,'admin','data-delete','ticket:1007','','18be74bb2389b8a1d11b2c24558370df45243cc67686e4e221ea0ae2ca7fb312');
INSERT INTO "audit" VALUES(16,1795693538,'agent','ticket-read','ticket:1001','fields','2722b0d4e28e9c8c0265a0c1ec386ed09bd246a7c68f0d1aa54c2b03dc1ffe03');
INSERT INTO "audit" VALUES(17,1795693538,'agent','ticket-read','ticket:1002','fields','49b565755735f4170e830588e04ab2d5023cc3f7fc2f30a4c78193709c910c20');
INSERT INTO "audit" VALUES(18,1795693538,'agent','ticket-read','ticket:1003','fields','809625dede4be16934858095459d3031a6b8d6e329eb34714188dc9d6170175f');
INSERT INTO "audit" VALUES(19,1795693538,'agent','ticket-read','ticket:1004','fields','4802a7dc45bc627ad88fa7f4867f560bf2a979389345e620ccebbeca4361632f');
INSERT INTO "audit" VALUES(20,1795693538,'agent','ticket-read','ticket:1005','fields','51e46569d35cf8845d68a76bbf674699f823299e4aa271b35e3b9f457ac37330');
INSERT INTO "audit" VALUES(21,1795693538,'agent','ticket-read','ticket:1006','fields','95d3bdd2e302136bcfc20cd08bf60240bdad8d15391c64ff45d1f3e53c1324a9');
INSERT INTO "audit" VALUES(22,1795693538,'agent','ticket-read','ticket:1007','','dbeb3dff5c4fcddccb973a11a96eb60e20458b0a22f64f5b7f5869ba9917c4f4');
INSERT INTO "audit" VALUES(23,1795693538,'agent','ticket-read','tickets:1001-1006','fields','68805d0ae70848c2e5b16cf71ba607380461de95a216cfe0b4be9d5d4870d81c');
CREATE TABLE audit_head (             -- of the last entry
	one    INTEGER PRIMARY KEY CHECK (one = 1),
	number INTEGER NOT NULL,
	hash   TEXT NOT NULL
) STRICT;
INSERT INTO "audit_head" VALUES(1,23,'68805d0ae70848c2e5b16cf71ba607380461de95a216cfe0b4be9d5d4870d81c');
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
INSERT INTO "conversations" VALUES(1,'9x5znfcefnzcga5g2rr1tt21fk','web','citizen',1795693538,1795693538,3,NULL,'716e412b259b04c5203cd7fefc544020',NULL);
INSERT INTO "conversations" VALUES(2,'7radn9n7qactnbmr9hbnx65x7y','web','citizen',1795693538,1795693538,3,NULL,'fc57bb2acd49807741465ba8bfa95f4e',NULL);
INSERT INTO "conversations" VALUES(3,'m0a99fgmz5cq2xvc5mqx99hpn3','web','citizen',1795693538,1795693538,3,NULL,'99e51ff1d366985dfa9f3da8207dd7d6',NULL);
INSERT INTO "conversations" VALUES(4,'ttjs4g5j70e5wbteeq92bfxcy3','web','citizen',1795693538,1795693538,2,NULL,'a9742daf6e1b3303a18bb975153fc07f',NULL);
INSERT INTO "conversations" VALUES(5,'t79wsy30h8jvqnb961wbhfp9df','web','citizen',1795693538,1795693538,2,NULL,'80bc2fe44e0fbea6fd5826905165b00c',NULL);
CREATE TABLE feedback (
	conversation INTEGER NOT NULL REFERENCES conversations (number),
	seq          INTEGER NOT NULL,
	at_utc_s     INTEGER NOT NULL,
	solved       INTEGER NOT NULL CHECK (solved IN (0, 1)),
	comment      TEXT,
	PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO "feedback" VALUES(1,3,1795693538,1,NULL);
INSERT INTO "feedback" VALUES(2,3,1795693538,0,NULL);
INSERT INTO "feedback" VALUES(3,3,1795693538,1,NULL);
CREATE TABLE idempotency (
	caller      TEXT NOT NULL,
	key         TEXT NOT NULL,
	fingerprint INTEGER NOT NULL,
	ticket      INTEGER NOT NULL REFERENCES tickets (number),
	at_utc_s    INTEGER NOT NULL,
	PRIMARY KEY (caller, key)
) STRICT, WITHOUT ROWID;
INSERT INTO "idempotency" VALUES('citizen','chiave-0',9201352365258573964,1001,1795693538);
INSERT INTO "idempotency" VALUES('citizen','chiave-1',-5248314733977096412,1002,1795693538);
INSERT INTO "idempotency" VALUES('citizen','chiave-2',4071181874604433909,1003,1795693538);
INSERT INTO "idempotency" VALUES('citizen','chiave-3',-4134893563919421256,1004,1795693538);
INSERT INTO "idempotency" VALUES('citizen','chiave-4',4901970709596934000,1005,1795693538);
INSERT INTO "idempotency" VALUES('citizen','chiave-5',-455437182686680708,1006,1795693538);
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
INSERT INTO "ledger" VALUES(1,1795693538,1,1,0,4,0,0,1,0,2,0,0,0,0,0,0);
INSERT INTO "ledger" VALUES(2,1795693538,2,1,0,0,3,4,1,5,2,6,0,0,971,1,0);
INSERT INTO "ledger" VALUES(3,1795693538,2,1,0,0,7,4,1,5,2,6,0,0,455,0,0);
INSERT INTO "ledger" VALUES(4,1795693538,3,1,0,4,0,0,0,0,0,0,0,0,0,0,1);
INSERT INTO "ledger" VALUES(5,1795693538,1,2,0,4,0,0,1,0,2,0,0,0,0,0,0);
INSERT INTO "ledger" VALUES(6,1795693538,2,2,0,0,3,8,1,5,2,9,0,0,974,0,0);
INSERT INTO "ledger" VALUES(7,1795693538,2,2,0,0,7,8,1,5,2,9,0,0,298,0,0);
INSERT INTO "ledger" VALUES(8,1795693538,3,2,0,4,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "ledger" VALUES(9,1795693538,1,3,0,4,0,0,1,0,2,0,0,0,0,0,0);
INSERT INTO "ledger" VALUES(10,1795693538,2,3,0,0,7,8,1,5,2,10,0,0,931,0,0);
INSERT INTO "ledger" VALUES(11,1795693538,2,3,0,0,7,8,1,5,2,10,0,0,375,0,0);
INSERT INTO "ledger" VALUES(12,1795693538,3,3,0,4,0,0,0,0,0,0,0,0,0,0,1);
INSERT INTO "ledger" VALUES(13,1795693538,1,4,0,4,0,0,1,0,2,0,0,0,0,0,0);
INSERT INTO "ledger" VALUES(14,1795693538,2,4,0,0,7,8,1,5,2,9,0,0,772,0,0);
INSERT INTO "ledger" VALUES(15,1795693538,2,4,0,0,7,8,1,5,2,9,0,0,298,0,0);
INSERT INTO "ledger" VALUES(16,1795693538,1,5,0,4,0,0,1,0,2,0,0,0,0,0,0);
INSERT INTO "ledger" VALUES(17,1795693538,2,5,0,3,11,0,1,5,2,0,0,0,0,0,0);
INSERT INTO "ledger" VALUES(18,1795693538,2,5,0,2,12,4,1,5,2,0,0,0,557,0,0);
INSERT INTO "ledger" VALUES(19,1795693538,4,1,1001,4,0,4,1,5,2,6,13,1,0,0,0);
INSERT INTO "ledger" VALUES(20,1795693538,4,2,1002,4,0,8,1,5,2,9,14,2,0,0,0);
INSERT INTO "ledger" VALUES(21,1795693538,4,3,1003,4,0,4,1,5,2,10,13,1,0,0,0);
INSERT INTO "ledger" VALUES(22,1795693538,4,4,1004,4,0,8,1,5,2,9,14,2,0,0,0);
INSERT INTO "ledger" VALUES(23,1795693538,4,5,1005,4,0,4,1,5,2,0,13,1,0,0,0);
INSERT INTO "ledger" VALUES(24,1795693538,4,0,1006,4,0,8,1,5,2,0,14,2,0,0,0);
INSERT INTO "ledger" VALUES(25,1795693538,4,0,1007,4,0,4,1,5,2,0,13,1,0,0,0);
INSERT INTO "ledger" VALUES(26,1795693538,5,1,1001,4,0,4,1,5,2,6,0,1,0,0,0);
INSERT INTO "ledger" VALUES(27,1795693538,5,2,1002,4,0,8,1,5,2,9,0,2,0,0,0);
INSERT INTO "ledger" VALUES(28,1795693538,5,3,1003,4,0,4,1,5,2,10,0,1,0,0,0);
INSERT INTO "ledger" VALUES(29,1795693538,5,4,1004,4,0,8,1,5,2,9,0,2,0,0,0);
INSERT INTO "ledger" VALUES(30,1795693538,6,4,1004,4,0,8,1,5,2,9,0,2,0,0,0);
INSERT INTO "ledger" VALUES(31,1795693538,5,5,1005,4,0,4,1,5,2,0,0,1,0,0,0);
INSERT INTO "ledger" VALUES(32,1795693538,5,0,1006,4,0,8,1,5,2,0,0,2,0,0,0);
INSERT INTO "ledger" VALUES(33,1795693538,5,0,1007,4,0,4,1,5,2,0,0,1,0,0,0);
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
INSERT INTO "ledger_cells" VALUES(3,20783,4,1,5,2,10,X'0E01');
INSERT INTO "ledger_cells" VALUES(3,20783,8,1,5,2,0,X'0E0111011401');
INSERT INTO "ledger_cells" VALUES(3,20783,8,1,5,2,9,X'00020302080209020A040B010E0211021402160218021A021B021D021F022002');
INSERT INTO "ledger_cells" VALUES(3,20783,8,1,5,2,10,X'00010301080109010A02160118011A011B011D011F012001');
INSERT INTO "ledger_cells" VALUES(4,20783,4,1,5,2,13,X'0E04');
INSERT INTO "ledger_cells" VALUES(4,20783,8,1,5,2,14,X'0E0311031403');
INSERT INTO "ledger_cells" VALUES(5,24322,4,1,5,2,84,X'00020302080109010A030E04160218021A021B021D021F022001');
INSERT INTO "ledger_cells" VALUES(5,24322,8,1,5,2,84,X'00030303080309030A060B010E0311031403160318031A031B031D031F032003');
INSERT INTO "ledger_cells" VALUES(6,24322,4,1,5,2,0,X'000103010A010E02160118011A011B011D011F01');
INSERT INTO "ledger_cells" VALUES(6,24322,4,1,5,2,6,X'00010301080109010A020E01160118011A011B011D011F012001');
INSERT INTO "ledger_cells" VALUES(6,24322,4,1,5,2,10,X'0E01');
INSERT INTO "ledger_cells" VALUES(6,24322,8,1,5,2,0,X'0E0111011401');
INSERT INTO "ledger_cells" VALUES(6,24322,8,1,5,2,9,X'00020302080209020A040B010E0211021402160218021A021B021D021F022002');
INSERT INTO "ledger_cells" VALUES(6,24322,8,1,5,2,10,X'00010301080109010A02160118011A011B011D011F012001');
CREATE TABLE ledger_contacts (
	contact INTEGER PRIMARY KEY,
	began_utc_s INTEGER, last_utc_s INTEGER, first_request_utc_s INTEGER, last_request_utc_s INTEGER, first_answer_utc_s INTEGER,
	returned_s INTEGER, requests INTEGER, requests_to_answer INTEGER, first_answer_took_ms INTEGER, no_count INTEGER, notices INTEGER,
	category INTEGER, channel INTEGER, lang INTEGER, audience INTEGER, article INTEGER, first_group INTEGER, last_decision INTEGER,
	has_ticket INTEGER, rerouted INTEGER, has_answer INTEGER, said_since_answer INTEGER, said_since_request INTEGER, said_solved INTEGER,
	last_is_feedback INTEGER, sessions INTEGER, sessions_resolved INTEGER, sessions_escalated INTEGER, session_open INTEGER,
	session_escalated INTEGER, session_answered INTEGER, session_no INTEGER, session_last_utc_s INTEGER
) STRICT;
INSERT INTO "ledger_contacts" VALUES(1,1795693538,1795693538,1795693538,1795693538,1795693538,0,2,1,1,0,0,4,1,5,2,6,13,0,1,0,1,1,1,1,0,0,0,0,1,1,1,0,1795693538);
INSERT INTO "ledger_contacts" VALUES(2,1795693538,1795693538,1795693538,1795693538,1795693538,0,2,1,0,1,0,8,1,5,2,9,14,0,1,0,1,1,1,0,0,0,0,0,1,1,1,1,1795693538);
INSERT INTO "ledger_contacts" VALUES(3,1795693538,1795693538,1795693538,1795693538,1795693538,0,2,1,0,0,0,8,1,5,2,10,13,0,1,0,1,1,1,1,0,0,0,0,1,1,1,0,1795693538);
INSERT INTO "ledger_contacts" VALUES(4,1795693538,1795693538,1795693538,1795693538,1795693538,0,2,1,0,0,0,8,1,5,2,9,14,0,1,0,1,0,0,0,0,0,0,0,1,1,1,0,1795693538);
INSERT INTO "ledger_contacts" VALUES(5,1795693538,1795693538,1795693538,1795693538,0,0,1,0,0,0,0,4,1,5,2,0,13,2,1,0,0,0,0,0,0,0,0,0,1,1,0,0,1795693538);
CREATE TABLE ledger_state (
	one      INTEGER PRIMARY KEY CHECK (one = 1),
	version  INTEGER NOT NULL,        -- of the program's way to count; 0 = to be made
	window_s INTEGER NOT NULL,
	timezone TEXT NOT NULL,           -- '' = UTC
	damaged  INTEGER NOT NULL         -- a cell was not what it should have been: to be made anew
, through INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO "ledger_state" VALUES(1,2046,86400,'Europe/Rome',0,33);
CREATE TABLE ledger_tickets (
	ticket INTEGER PRIMARY KEY,
	opened_utc_s INTEGER, category INTEGER, channel INTEGER, lang INTEGER, audience INTEGER, article INTEGER, group_word INTEGER,
	level INTEGER, top_level INTEGER, passed_to INTEGER, is_closed INTEGER, preventable INTEGER, reopened INTEGER
) STRICT;
INSERT INTO "ledger_tickets" VALUES(1001,1795693538,4,1,5,2,6,13,1,1,0,0,0,0);
INSERT INTO "ledger_tickets" VALUES(1002,1795693538,8,1,5,2,9,14,2,2,14,0,0,0);
INSERT INTO "ledger_tickets" VALUES(1003,1795693538,4,1,5,2,10,13,1,1,0,0,0,0);
INSERT INTO "ledger_tickets" VALUES(1004,1795693538,8,1,5,2,9,14,2,2,14,0,0,0);
INSERT INTO "ledger_tickets" VALUES(1005,1795693538,4,1,5,2,0,13,1,1,0,0,0,0);
INSERT INTO "ledger_tickets" VALUES(1006,1795693538,8,1,5,2,0,14,2,2,14,0,0,0);
INSERT INTO "ledger_tickets" VALUES(1007,1795693538,4,1,5,2,0,13,1,1,0,0,0,0);
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
INSERT INTO "ledger_words" VALUES(7,'sure');
INSERT INTO "ledger_words" VALUES(8,'pagamenti');
INSERT INTO "ledger_words" VALUES(9,'pagamento-doppio');
INSERT INTO "ledger_words" VALUES(10,'ricevuta');
INSERT INTO "ledger_words" VALUES(11,'greeting');
INSERT INTO "ledger_words" VALUES(12,'case');
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
INSERT INTO "ticket_history" VALUES(1001,1,1795693538,'citizen','new',1,'primo-livello',NULL,NULL,'codice-non-arriva',NULL);
INSERT INTO "ticket_history" VALUES(1001,2,1795693538,'citizen','new',1,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL,NULL);
INSERT INTO "ticket_history" VALUES(1001,3,1795693538,'agent','assigned',1,NULL,'agent',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1001,4,1795693538,'agent','waiting',1,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1001,5,1795693538,'citizen','assigned',1,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1002,1,1795693538,'citizen','new',2,'secondo-livello',NULL,NULL,'pagamento-doppio',NULL);
INSERT INTO "ticket_history" VALUES(1002,2,1795693538,'citizen','new',2,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL,NULL);
INSERT INTO "ticket_history" VALUES(1002,3,1795693538,'agent','assigned',2,NULL,'agent',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1003,1,1795693538,'citizen','new',1,'primo-livello',NULL,NULL,'ricevuta',NULL);
INSERT INTO "ticket_history" VALUES(1003,2,1795693538,'citizen','new',1,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL,NULL);
INSERT INTO "ticket_history" VALUES(1003,3,1795693538,'agent','assigned',1,NULL,'agent',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1004,1,1795693538,'citizen','new',2,'secondo-livello',NULL,NULL,'pagamento-doppio',NULL);
INSERT INTO "ticket_history" VALUES(1004,2,1795693538,'citizen','new',2,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL,NULL);
INSERT INTO "ticket_history" VALUES(1004,3,1795693538,'agent','assigned',2,NULL,'agent',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1004,4,1795693538,'agent','waiting',2,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1004,5,1795693538,'citizen','escalated',2,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1005,1,1795693538,'citizen','new',1,'primo-livello',NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1005,2,1795693538,'citizen','new',1,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL,NULL);
INSERT INTO "ticket_history" VALUES(1005,3,1795693538,'agent','assigned',1,NULL,'agent',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1006,1,1795693538,'citizen','new',2,'secondo-livello',NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1006,2,1795693538,'citizen','new',2,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL,NULL);
INSERT INTO "ticket_history" VALUES(1006,3,1795693538,'agent','assigned',2,NULL,'agent',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1007,1,1795693538,'citizen','new',1,'primo-livello',NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1007,2,1795693538,'citizen','new',1,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1007,3,1795693538,'agent','assigned',1,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1007,4,1795693538,'agent','waiting',1,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1007,5,1795693538,'citizen','assigned',1,NULL,NULL,NULL,NULL,NULL);
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
INSERT INTO "ticket_persons" VALUES(1001,'email','716e412b259b04c5203cd7fefc544020');
INSERT INTO "ticket_persons" VALUES(1005,'email','80bc2fe44e0fbea6fd5826905165b00c');
INSERT INTO "ticket_persons" VALUES(1003,'email','99e51ff1d366985dfa9f3da8207dd7d6');
INSERT INTO "ticket_persons" VALUES(1004,'email','a9742daf6e1b3303a18bb975153fc07f');
INSERT INTO "ticket_persons" VALUES(1006,'email','e5af3fd9bd68144f4be9c06a3ebca4f4');
INSERT INTO "ticket_persons" VALUES(1002,'email','fc57bb2acd49807741465ba8bfa95f4e');
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
INSERT INTO "tickets" VALUES(1001,'cvekrfzk22tqpc205s4f1t5je2','assigned',1,'accesso','primo-livello',1,1,'codice-non-arriva','web','citizen','it','aiuto numero a, chiamatemi','agent',NULL,1795693538,1795693538,5,NULL,2);
INSERT INTO "tickets" VALUES(1002,'f5ejnw6fz1efg79dmdbsgn2hw1','assigned',2,'pagamenti','secondo-livello',2,2,'pagamento-doppio','web','citizen','it','aiuto numero b, chiamatemi','agent',NULL,1795693538,1795693538,3,NULL,2);
INSERT INTO "tickets" VALUES(1003,'4epg0x8szpewke4dm14mv9dhqq','assigned',3,'accesso','primo-livello',1,1,'ricevuta','web','citizen','it','aiuto numero c, chiamatemi','agent',NULL,1795693538,1795693538,3,NULL,2);
INSERT INTO "tickets" VALUES(1004,'081ggw7mz45gfznzmz85jzrhaq','escalated',4,'pagamenti','secondo-livello',2,2,'pagamento-doppio','web','citizen','it','aiuto numero d, chiamatemi','agent',NULL,1795693538,1795693538,5,NULL,2);
INSERT INTO "tickets" VALUES(1005,'javv7qdp7dpfbt5w7cmg8pdth5','assigned',5,'accesso','primo-livello',1,1,NULL,'web','citizen','it','aiuto numero e, chiamatemi','agent',NULL,1795693538,1795693538,3,NULL,2);
INSERT INTO "tickets" VALUES(1006,'wk5z69dxz0ek9xged409mn973f','assigned',NULL,'pagamenti','secondo-livello',2,2,NULL,'web','citizen','it','aiuto numero f, chiamatemi','agent',NULL,1795693538,1795693538,3,NULL,2);
INSERT INTO "tickets" VALUES(1007,'bkd1kgs3ch20axzm4y9rwc6g0x','assigned',NULL,'accesso','primo-livello',1,1,NULL,'web','citizen','it',NULL,NULL,NULL,1795693538,1795693538,6,1795693538,2);
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
INSERT INTO "tokens" VALUES(1,'998e308abb90688686b2cdf379e078ca78cc71fca15b6ae3afe819e5eb3c2b69','agent','agent','agent-l1',1795693537,0,NULL,NULL);
INSERT INTO "tokens" VALUES(2,'2bd63759500c2f9d4ea394440c1d0ac030d743d1e0f6ede6fdc49b84bd93da2b','editor','editor','agent-l1',1795693537,0,NULL,NULL);
INSERT INTO "tokens" VALUES(3,'a17386f07629c5178bcf3a6725fd6ce636d4b556772e707063054ae2f3e9a4fc','manager','manager','agent-l1',1795693537,0,NULL,NULL);
INSERT INTO "tokens" VALUES(4,'d4e64a40346e8fb569027976c8110990a9151813a0b9b417f58a8ed9287b5a15','admin','admin','agent-l1',1795693537,0,NULL,NULL);
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
	decision        TEXT NOT NULL CHECK (decision = 'answer' OR decision = 'clarify' OR decision = 'ticket' OR decision = 'none'),
	reason          TEXT NOT NULL,
	confidence      REAL NOT NULL,
	article         TEXT,
	article_version TEXT,
	category        TEXT,
	offered         TEXT,             -- ids, one a line
	lang            TEXT NOT NULL, step TEXT,
	PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO "turns" VALUES(1,1,1795693538,'non ricevo il codice di conferma','answer','known-phrasing',9.70875709462358904566e-01,'codice-non-arriva','4fc103f1e1cc7e66e65473f9891e442d7ce51dea5399683635fd896cb9042bdd','accesso',NULL,'it',NULL);
INSERT INTO "turns" VALUES(1,2,1795693538,'e poi? scrivo da <email>','answer','sure',4.54834111186102063584e-01,'codice-non-arriva','4fc103f1e1cc7e66e65473f9891e442d7ce51dea5399683635fd896cb9042bdd','accesso',NULL,'it',NULL);
INSERT INTO "turns" VALUES(2,1,1795693538,'mi hanno addebitato due volte','answer','known-phrasing',9.73503527415985669968e-01,'pagamento-doppio','0664f1ee10502bc3265bf96da28ae2862ada34ff79a3155e1df30090b0f0dda9','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(2,2,1795693538,'e poi? scrivo da <email>','answer','sure',2.97950818721594734572e-01,'pagamento-doppio','0664f1ee10502bc3265bf96da28ae2862ada34ff79a3155e1df30090b0f0dda9','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(3,1,1795693538,'la ricevuta','answer','sure',9.30995657168782297929e-01,'ricevuta','1426e09e909d93b9497c845ee57bd58111db39c83d13882401ad6da6feca7c13','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(3,2,1795693538,'e poi? scrivo da <email>','answer','sure',3.74556771195500404214e-01,'ricevuta','1426e09e909d93b9497c845ee57bd58111db39c83d13882401ad6da6feca7c13','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(4,1,1795693538,'dov''è il rimborso?','answer','sure',7.72082090242087404341e-01,'pagamento-doppio','0664f1ee10502bc3265bf96da28ae2862ada34ff79a3155e1df30090b0f0dda9','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(4,2,1795693538,'e poi? scrivo da <email>','answer','sure',2.97950818721594734572e-01,'pagamento-doppio','0664f1ee10502bc3265bf96da28ae2862ada34ff79a3155e1df30090b0f0dda9','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(5,1,1795693538,'ciao','none','greeting',0.0,NULL,NULL,NULL,NULL,'it',NULL);
INSERT INTO "turns" VALUES(5,2,1795693538,'e poi? scrivo da <email>','ticket','case',5.57270090910712112552e-01,NULL,NULL,'accesso',NULL,'it',NULL);
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
