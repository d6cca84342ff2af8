PRAGMA application_id = 1399877490;
PRAGMA user_version = 10;
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
INSERT INTO "attachments" VALUES('m8dye8njwrn92d5gg1k6j1s8y3',1001,'foto 0.png','image/png',72,1795764462,'citizen',NULL,-7236996319857658015);
INSERT INTO "attachments" VALUES('m8dye8p2smp66ng5xwyhn1sjzy',1002,'foto 1.png','image/png',73,1795764462,'citizen',NULL,-3602214853721079326);
INSERT INTO "attachments" VALUES('m8dye8pbb63hah18s8cfcbfpev',1003,'foto 2.png','image/png',73,1795764462,'citizen',NULL,6268969701261961214);
INSERT INTO "attachments" VALUES('m8dye8pj01xtsknk3n86d9rm4z',1004,'foto 3.png','image/png',73,1795764462,'citizen',NULL,-2047052057300022386);
INSERT INTO "attachments" VALUES('m8dye8q2m5ee599zyshchwaa3e',1005,'foto 4.png','image/png',73,1795764462,'citizen',NULL,5019836403638257089);
INSERT INTO "attachments" VALUES('m8dye8q63jtkq6vgvdzaxztk9m',1006,'foto 5.png','image/png',73,1795764462,'citizen',NULL,5308641335226087677);
CREATE TABLE audit (
	number   INTEGER PRIMARY KEY,     -- 1, 2, 3…
	at_utc_s INTEGER NOT NULL,
	subject  TEXT NOT NULL,           -- "" = unknown
	action   TEXT NOT NULL,
	object   TEXT NOT NULL,
	detail   TEXT NOT NULL,
	hash     TEXT NOT NULL
) STRICT;
INSERT INTO "audit" VALUES(1,1795764461,'os:root','token-add','token:1','agent agent-l1 agent','60aeeb394fa1dbeb31970b31e3b9a4f9a10a13b858f59b52077e2430bd7718e0');
INSERT INTO "audit" VALUES(2,1795764461,'os:root','token-add','token:2','editor agent-l1 editor','86aae0beae9844d9cb2752c31829dee7e093165e1189c0d487151a1c79668cd9');
INSERT INTO "audit" VALUES(3,1795764461,'os:root','token-add','token:3','manager agent-l1 manager','2d29da6045c509009d4db34c3aa143b1a5bdb43b4d227e68ae380366bac328ae');
INSERT INTO "audit" VALUES(4,1795764461,'os:root','token-add','token:4','admin agent-l1 admin','80c36536846f3949570015e0e4d661d9c525c86400b8a14727de9b3406501d79');
INSERT INTO "audit" VALUES(5,1795764462,'agent','ticket-change','ticket:1001','take','69139d19d1ac505d4a5e13179a41a14b70a36aadb18aa6814ffbd989a5c9f876');
INSERT INTO "audit" VALUES(6,1795764462,'agent','ticket-change','ticket:1001','reply','7fb45ef2696b2eb6b48f48984021b9231f2a3dc1d14bb2a36aa80cf59ceac968');
INSERT INTO "audit" VALUES(7,1795764462,'agent','ticket-change','ticket:1002','take','94454c90bc33a045fdeea1cb2d979e8ad31d9028baa33c985ce1ce2c4008ed0f');
INSERT INTO "audit" VALUES(8,1795764462,'agent','ticket-change','ticket:1003','take','46bcb8b5d48b96af38941c87ea451a3e0025883589f1ebb84c8b0ce280f99277');
INSERT INTO "audit" VALUES(9,1795764462,'agent','ticket-change','ticket:1004','take','4899139eace512327b193361f581027686cfb544fbcb11dbb75a6e07fa6451e5');
INSERT INTO "audit" VALUES(10,1795764462,'agent','ticket-change','ticket:1004','reply','87d82e5a21313e56b04e71be841c57aa4c2118705c6d8b3fc0b9de866f72414c');
INSERT INTO "audit" VALUES(11,1795764462,'agent','ticket-change','ticket:1005','take','a378c51ccdab5216760898e9ce66c48df95eea7b37706910c534ac1d870d8dab');
INSERT INTO "audit" VALUES(12,1795764462,'agent','ticket-change','ticket:1006','take','c1fd7d8a572a4afd874f0a0bdf9d22a2a4283795f4e2b6bf646697d36bd67ca6');
INSERT INTO "audit" VALUES(13,1795764462,'agent','ticket-change','ticket:1007','take','8a1f7d7b912ad1c5e4b5447c036656758f2f2fe40c9671728906c81674de019c');
INSERT INTO "audit" VALUES(14,1795764462,'agent','ticket-change','ticket:1007','reply','68dc2f85c7fe206ec9b0ddbcf97a5ac0679702d54d797da88f343ce72e8d7a36');
INSERT INTO "audit" VALUES(15,1795764462,'admin','data-delete','ticket:1007','','dea723976ec7da40a917eedfcb610ebb63b3782dcf9d782bd19103562ceb9eb2');
INSERT INTO "audit" VALUES(16,1795764462,'agent','ticket-read','ticket:1001','fields','2fc3d6486f54c73da6819b9dcaed93ca486fb202d530966170b61e7d9be20241');
INSERT INTO "audit" VALUES(17,1795764462,'agent','ticket-read','ticket:1002','fields','332847f557336032f02e478d1efa6148df1c24780ccada7cdb5b2e9744cb32e1');
INSERT INTO "audit" VALUES(18,1795764462,'agent','ticket-read','ticket:1003','fields','1b591ddbd8578b07068faed801649e6434a081bf9ceebe17d2aad9624acd9d50');
INSERT INTO "audit" VALUES(19,1795764462,'agent','ticket-read','ticket:1004','fields','a372c984be697d7349f1cfd7d90379825fa8edd044eb8bc959b5d3e7e261bf33');
INSERT INTO "audit" VALUES(20,1795764462,'agent','ticket-read','ticket:1005','fields','bc920f3aab8f50c8562ecd34c0059cbedb7f79260ae8310a89fd1ad5e863231f');
INSERT INTO "audit" VALUES(21,1795764462,'agent','ticket-read','ticket:1006','fields','c154c5e0977b688ea9923392619671dd6582e737167cde445ff217287a06935c');
INSERT INTO "audit" VALUES(22,1795764462,'agent','ticket-read','ticket:1007','','f4ba2821e0f7edac65ed2333b0d804ac6c70dbe8c322f13f11caad59069bcdb1');
INSERT INTO "audit" VALUES(23,1795764462,'agent','ticket-read','tickets:1001-1006','fields','78106142bfa4aa2481058ffc62054fd201748e1fc182d9b19392a624804047ce');
CREATE TABLE audit_head (             -- of the last entry
	one    INTEGER PRIMARY KEY CHECK (one = 1),
	number INTEGER NOT NULL,
	hash   TEXT NOT NULL
) STRICT;
INSERT INTO "audit_head" VALUES(1,23,'78106142bfa4aa2481058ffc62054fd201748e1fc182d9b19392a624804047ce');
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
INSERT INTO "conversations" VALUES(1,'m8dye8krgrev3384hb5dj0r8ck','web','citizen',1795764462,1795764462,3,NULL,'40b14fc8078e175f86793299653acada',NULL);
INSERT INTO "conversations" VALUES(2,'m8dye8m1j3faazz8s1t7k5rwp2','web','citizen',1795764462,1795764462,3,NULL,'f4fa0be14b9f22de99ab852f3f94a431',NULL);
INSERT INTO "conversations" VALUES(3,'m8dye8m8ryxz3s97s8zs06mehy','web','citizen',1795764462,1795764462,3,NULL,'eb8589f89c5d934fad0eccd92610cc59',NULL);
INSERT INTO "conversations" VALUES(4,'m8dye8mbws1nr4m283z85knk43','web','citizen',1795764462,1795764462,2,NULL,'2ffae3f733fb7f0a1d7dce944e784bdd',NULL);
INSERT INTO "conversations" VALUES(5,'m8dye8mksf0mvw8hv9pg496qfn','web','citizen',1795764462,1795764462,2,NULL,'90119078a0ffb546e79fa9053066dc4f',NULL);
CREATE TABLE feedback (
	conversation INTEGER NOT NULL REFERENCES conversations (number),
	seq          INTEGER NOT NULL,
	at_utc_s     INTEGER NOT NULL,
	solved       INTEGER NOT NULL CHECK (solved IN (0, 1)),
	comment      TEXT,
	PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO "feedback" VALUES(1,3,1795764462,1,NULL);
INSERT INTO "feedback" VALUES(2,3,1795764462,0,NULL);
INSERT INTO "feedback" VALUES(3,3,1795764462,1,NULL);
CREATE TABLE idempotency (
	caller      TEXT NOT NULL,
	key         TEXT NOT NULL,
	fingerprint INTEGER NOT NULL,
	ticket      INTEGER NOT NULL REFERENCES tickets (number),
	at_utc_s    INTEGER NOT NULL,
	PRIMARY KEY (caller, key)
) STRICT, WITHOUT ROWID;
INSERT INTO "idempotency" VALUES('citizen','chiave-0',-133801928596656937,1001,1795764462);
INSERT INTO "idempotency" VALUES('citizen','chiave-1',-4417577603640852566,1002,1795764462);
INSERT INTO "idempotency" VALUES('citizen','chiave-2',5693862312833923254,1003,1795764462);
INSERT INTO "idempotency" VALUES('citizen','chiave-3',-99730416678499992,1004,1795764462);
INSERT INTO "idempotency" VALUES('citizen','chiave-4',4534958985951069990,1005,1795764462);
INSERT INTO "idempotency" VALUES('citizen','chiave-5',-455437182686680708,1006,1795764462);
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
INSERT INTO "ledger" VALUES(1,1795764462,1,1,0,4,0,0,1,0,2,0,0,0,0,0,0);
INSERT INTO "ledger" VALUES(2,1795764462,2,1,0,0,3,4,1,5,2,6,0,0,981,1,0);
INSERT INTO "ledger" VALUES(3,1795764462,2,1,0,0,7,4,1,5,2,6,0,0,593,0,0);
INSERT INTO "ledger" VALUES(4,1795764462,3,1,0,4,0,0,0,0,0,0,0,0,0,0,1);
INSERT INTO "ledger" VALUES(5,1795764462,1,2,0,4,0,0,1,0,2,0,0,0,0,0,0);
INSERT INTO "ledger" VALUES(6,1795764462,2,2,0,0,3,8,1,5,2,9,0,0,987,0,0);
INSERT INTO "ledger" VALUES(7,1795764462,2,2,0,0,7,8,1,5,2,9,0,0,448,0,0);
INSERT INTO "ledger" VALUES(8,1795764462,3,2,0,4,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "ledger" VALUES(9,1795764462,1,3,0,4,0,0,1,0,2,0,0,0,0,0,0);
INSERT INTO "ledger" VALUES(10,1795764462,2,3,0,1,10,8,1,5,2,0,0,0,918,0,0);
INSERT INTO "ledger" VALUES(11,1795764462,2,3,0,0,7,8,1,5,2,11,0,0,706,0,0);
INSERT INTO "ledger" VALUES(12,1795764462,3,3,0,4,0,0,0,0,0,0,0,0,0,0,1);
INSERT INTO "ledger" VALUES(13,1795764462,1,4,0,4,0,0,1,0,2,0,0,0,0,0,0);
INSERT INTO "ledger" VALUES(14,1795764462,2,4,0,0,7,8,1,5,2,9,0,0,871,0,0);
INSERT INTO "ledger" VALUES(15,1795764462,2,4,0,0,7,8,1,5,2,9,0,0,448,0,0);
INSERT INTO "ledger" VALUES(16,1795764462,1,5,0,4,0,0,1,0,2,0,0,0,0,0,0);
INSERT INTO "ledger" VALUES(17,1795764462,2,5,0,3,12,0,1,5,2,0,0,0,0,0,0);
INSERT INTO "ledger" VALUES(18,1795764462,2,5,0,0,7,4,1,5,2,13,0,0,732,0,0);
INSERT INTO "ledger" VALUES(19,1795764462,4,1,1001,4,0,4,1,5,2,6,14,1,0,0,0);
INSERT INTO "ledger" VALUES(20,1795764462,4,2,1002,4,0,8,1,5,2,9,15,2,0,0,0);
INSERT INTO "ledger" VALUES(21,1795764462,4,3,1003,4,0,4,1,5,2,11,14,1,0,0,0);
INSERT INTO "ledger" VALUES(22,1795764462,4,4,1004,4,0,8,1,5,2,9,15,2,0,0,0);
INSERT INTO "ledger" VALUES(23,1795764462,4,5,1005,4,0,4,1,5,2,13,14,1,0,0,0);
INSERT INTO "ledger" VALUES(24,1795764462,4,0,1006,4,0,8,1,5,2,0,15,2,0,0,0);
INSERT INTO "ledger" VALUES(25,1795764462,4,0,1007,4,0,4,1,5,2,0,14,1,0,0,0);
INSERT INTO "ledger" VALUES(26,1795764462,5,1,1001,4,0,4,1,5,2,6,0,1,0,0,0);
INSERT INTO "ledger" VALUES(27,1795764462,5,2,1002,4,0,8,1,5,2,9,0,2,0,0,0);
INSERT INTO "ledger" VALUES(28,1795764462,5,3,1003,4,0,4,1,5,2,11,0,1,0,0,0);
INSERT INTO "ledger" VALUES(29,1795764462,5,4,1004,4,0,8,1,5,2,9,0,2,0,0,0);
INSERT INTO "ledger" VALUES(30,1795764462,6,4,1004,4,0,8,1,5,2,9,0,2,0,0,0);
INSERT INTO "ledger" VALUES(31,1795764462,5,5,1005,4,0,4,1,5,2,13,0,1,0,0,0);
INSERT INTO "ledger" VALUES(32,1795764462,5,0,1006,4,0,8,1,5,2,0,0,2,0,0,0);
INSERT INTO "ledger" VALUES(33,1795764462,5,0,1007,4,0,4,1,5,2,0,0,1,0,0,0);
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
INSERT INTO "ledger_cells" VALUES(1,498823,4,1,5,2,0,X'00020302080209020A030E04160218021A021B021D021F022002');
INSERT INTO "ledger_cells" VALUES(1,498823,8,1,5,2,0,X'00030303080309040A060B010E0311031403160318031A031B031D031F032003');
INSERT INTO "ledger_cells" VALUES(2,20784,4,1,5,2,0,X'00020302080209020A030E04160218021A021B021D021F022002');
INSERT INTO "ledger_cells" VALUES(2,20784,8,1,5,2,0,X'00030303080309040A060B010E0311031403160318031A031B031D031F032003');
INSERT INTO "ledger_cells" VALUES(3,20784,4,1,5,2,0,X'0E01');
INSERT INTO "ledger_cells" VALUES(3,20784,4,1,5,2,6,X'00010301080109010A020E01160118011A011B011D011F012001');
INSERT INTO "ledger_cells" VALUES(3,20784,4,1,5,2,11,X'0E01');
INSERT INTO "ledger_cells" VALUES(3,20784,4,1,5,2,13,X'00010301080109010A010E01160118011A011B011D011F012001');
INSERT INTO "ledger_cells" VALUES(3,20784,8,1,5,2,0,X'0E0111011401');
INSERT INTO "ledger_cells" VALUES(3,20784,8,1,5,2,9,X'00020302080209020A040B010E0211021402160218021A021B021D021F022002');
INSERT INTO "ledger_cells" VALUES(3,20784,8,1,5,2,11,X'00010301080109020A02160118011A011B011D011F012001');
INSERT INTO "ledger_cells" VALUES(4,20784,4,1,5,2,14,X'0E04');
INSERT INTO "ledger_cells" VALUES(4,20784,8,1,5,2,15,X'0E0311031403');
INSERT INTO "ledger_cells" VALUES(5,24322,4,1,5,2,104,X'00020302080209020A030E04160218021A021B021D021F022002');
INSERT INTO "ledger_cells" VALUES(5,24322,8,1,5,2,104,X'00030303080309040A060B010E0311031403160318031A031B031D031F032003');
INSERT INTO "ledger_cells" VALUES(6,24322,4,1,5,2,0,X'0E01');
INSERT INTO "ledger_cells" VALUES(6,24322,4,1,5,2,6,X'00010301080109010A020E01160118011A011B011D011F012001');
INSERT INTO "ledger_cells" VALUES(6,24322,4,1,5,2,11,X'0E01');
INSERT INTO "ledger_cells" VALUES(6,24322,4,1,5,2,13,X'00010301080109010A010E01160118011A011B011D011F012001');
INSERT INTO "ledger_cells" VALUES(6,24322,8,1,5,2,0,X'0E0111011401');
INSERT INTO "ledger_cells" VALUES(6,24322,8,1,5,2,9,X'00020302080209020A040B010E0211021402160218021A021B021D021F022002');
INSERT INTO "ledger_cells" VALUES(6,24322,8,1,5,2,11,X'00010301080109020A02160118011A011B011D011F012001');
CREATE TABLE ledger_contacts (
	contact INTEGER PRIMARY KEY,
	began_utc_s INTEGER, last_utc_s INTEGER, first_request_utc_s INTEGER, last_request_utc_s INTEGER, first_answer_utc_s INTEGER,
	returned_s INTEGER, requests INTEGER, requests_to_answer INTEGER, first_answer_took_ms INTEGER, no_count INTEGER, notices INTEGER,
	category INTEGER, channel INTEGER, lang INTEGER, audience INTEGER, article INTEGER, first_group INTEGER, last_decision INTEGER,
	has_ticket INTEGER, rerouted INTEGER, has_answer INTEGER, said_since_answer INTEGER, said_since_request INTEGER, said_solved INTEGER,
	last_is_feedback INTEGER, sessions INTEGER, sessions_resolved INTEGER, sessions_escalated INTEGER, session_open INTEGER,
	session_escalated INTEGER, session_answered INTEGER, session_no INTEGER, session_last_utc_s INTEGER
) STRICT;
INSERT INTO "ledger_contacts" VALUES(1,1795764462,1795764462,1795764462,1795764462,1795764462,0,2,1,1,0,0,4,1,5,2,6,14,0,1,0,1,1,1,1,0,0,0,0,1,1,1,0,1795764462);
INSERT INTO "ledger_contacts" VALUES(2,1795764462,1795764462,1795764462,1795764462,1795764462,0,2,1,0,1,0,8,1,5,2,9,15,0,1,0,1,1,1,0,0,0,0,0,1,1,1,1,1795764462);
INSERT INTO "ledger_contacts" VALUES(3,1795764462,1795764462,1795764462,1795764462,1795764462,0,2,2,0,0,0,8,1,5,2,11,14,0,1,0,1,1,1,1,0,0,0,0,1,1,1,0,1795764462);
INSERT INTO "ledger_contacts" VALUES(4,1795764462,1795764462,1795764462,1795764462,1795764462,0,2,1,0,0,0,8,1,5,2,9,15,0,1,0,1,0,0,0,0,0,0,0,1,1,1,0,1795764462);
INSERT INTO "ledger_contacts" VALUES(5,1795764462,1795764462,1795764462,1795764462,1795764462,0,1,1,0,0,0,4,1,5,2,13,14,0,1,0,1,0,0,0,0,0,0,0,1,1,1,0,1795764462);
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
INSERT INTO "ledger_tickets" VALUES(1001,1795764462,4,1,5,2,6,14,1,1,0,0,0,0);
INSERT INTO "ledger_tickets" VALUES(1002,1795764462,8,1,5,2,9,15,2,2,15,0,0,0);
INSERT INTO "ledger_tickets" VALUES(1003,1795764462,4,1,5,2,11,14,1,1,0,0,0,0);
INSERT INTO "ledger_tickets" VALUES(1004,1795764462,8,1,5,2,9,15,2,2,15,0,0,0);
INSERT INTO "ledger_tickets" VALUES(1005,1795764462,4,1,5,2,13,14,1,1,0,0,0,0);
INSERT INTO "ledger_tickets" VALUES(1006,1795764462,8,1,5,2,0,15,2,2,15,0,0,0);
INSERT INTO "ledger_tickets" VALUES(1007,1795764462,4,1,5,2,0,14,1,1,0,0,0,0);
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
INSERT INTO "ledger_words" VALUES(10,'choices');
INSERT INTO "ledger_words" VALUES(11,'ricevuta');
INSERT INTO "ledger_words" VALUES(12,'greeting');
INSERT INTO "ledger_words" VALUES(13,'tessera-elettronica');
INSERT INTO "ledger_words" VALUES(14,'primo-livello');
INSERT INTO "ledger_words" VALUES(15,'secondo-livello');
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
INSERT INTO "ticket_history" VALUES(1001,1,1795764462,'citizen','new',1,'primo-livello',NULL,NULL,'codice-non-arriva',NULL);
INSERT INTO "ticket_history" VALUES(1001,2,1795764462,'citizen','new',1,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL,NULL);
INSERT INTO "ticket_history" VALUES(1001,3,1795764462,'agent','assigned',1,NULL,'agent',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1001,4,1795764462,'agent','waiting',1,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1001,5,1795764462,'citizen','assigned',1,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1002,1,1795764462,'citizen','new',2,'secondo-livello',NULL,NULL,'pagamento-doppio',NULL);
INSERT INTO "ticket_history" VALUES(1002,2,1795764462,'citizen','new',2,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL,NULL);
INSERT INTO "ticket_history" VALUES(1002,3,1795764462,'agent','assigned',2,NULL,'agent',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1003,1,1795764462,'citizen','new',1,'primo-livello',NULL,NULL,'ricevuta',NULL);
INSERT INTO "ticket_history" VALUES(1003,2,1795764462,'citizen','new',1,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL,NULL);
INSERT INTO "ticket_history" VALUES(1003,3,1795764462,'agent','assigned',1,NULL,'agent',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1004,1,1795764462,'citizen','new',2,'secondo-livello',NULL,NULL,'pagamento-doppio',NULL);
INSERT INTO "ticket_history" VALUES(1004,2,1795764462,'citizen','new',2,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL,NULL);
INSERT INTO "ticket_history" VALUES(1004,3,1795764462,'agent','assigned',2,NULL,'agent',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1004,4,1795764462,'agent','waiting',2,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1004,5,1795764462,'citizen','escalated',2,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1005,1,1795764462,'citizen','new',1,'primo-livello',NULL,NULL,'tessera-elettronica',NULL);
INSERT INTO "ticket_history" VALUES(1005,2,1795764462,'citizen','new',1,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL,NULL);
INSERT INTO "ticket_history" VALUES(1005,3,1795764462,'agent','assigned',1,NULL,'agent',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1006,1,1795764462,'citizen','new',2,'secondo-livello',NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1006,2,1795764462,'citizen','new',2,NULL,NULL,'La persona ha aggiunto un file: si vede in Sportello.',NULL,NULL);
INSERT INTO "ticket_history" VALUES(1006,3,1795764462,'agent','assigned',2,NULL,'agent',NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1007,1,1795764462,'citizen','new',1,'primo-livello',NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1007,2,1795764462,'citizen','new',1,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1007,3,1795764462,'agent','assigned',1,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1007,4,1795764462,'agent','waiting',1,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "ticket_history" VALUES(1007,5,1795764462,'citizen','assigned',1,NULL,NULL,NULL,NULL,NULL);
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
INSERT INTO "ticket_persons" VALUES(1006,'email','0593f2f605f1f6d548c6459c820080e0');
INSERT INTO "ticket_persons" VALUES(1004,'email','2ffae3f733fb7f0a1d7dce944e784bdd');
INSERT INTO "ticket_persons" VALUES(1001,'email','40b14fc8078e175f86793299653acada');
INSERT INTO "ticket_persons" VALUES(1005,'email','90119078a0ffb546e79fa9053066dc4f');
INSERT INTO "ticket_persons" VALUES(1003,'email','eb8589f89c5d934fad0eccd92610cc59');
INSERT INTO "ticket_persons" VALUES(1002,'email','f4fa0be14b9f22de99ab852f3f94a431');
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
	secret        TEXT NOT NULL,
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
INSERT INTO "tickets" VALUES(1001,'fjtwb9tcn0f6beqczezgreve6s','assigned',1,'accesso','primo-livello',1,1,'codice-non-arriva','web','citizen','it','aiuto numero a, chiamatemi','agent',NULL,1795764462,1795764462,5,NULL,2);
INSERT INTO "tickets" VALUES(1002,'wvdmhatthm8457ptzkzh7ta0wh','assigned',2,'pagamenti','secondo-livello',2,2,'pagamento-doppio','web','citizen','it','aiuto numero b, chiamatemi','agent',NULL,1795764462,1795764462,3,NULL,2);
INSERT INTO "tickets" VALUES(1003,'k1s7xj4r9x1fas0hd07wytq9rj','assigned',3,'accesso','primo-livello',1,1,'ricevuta','web','citizen','it','aiuto numero c, chiamatemi','agent',NULL,1795764462,1795764462,3,NULL,2);
INSERT INTO "tickets" VALUES(1004,'hh11nr6zn8apphdvqa8pzmnxm1','escalated',4,'pagamenti','secondo-livello',2,2,'pagamento-doppio','web','citizen','it','aiuto numero d, chiamatemi','agent',NULL,1795764462,1795764462,5,NULL,2);
INSERT INTO "tickets" VALUES(1005,'kq5n2h0k63dggpqtjbdg7s2h6n','assigned',5,'accesso','primo-livello',1,1,'tessera-elettronica','web','citizen','it','aiuto numero e, chiamatemi','agent',NULL,1795764462,1795764462,3,NULL,2);
INSERT INTO "tickets" VALUES(1006,'m2c6dby9pvpgq9ajvsafp89acj','assigned',NULL,'pagamenti','secondo-livello',2,2,NULL,'web','citizen','it','aiuto numero f, chiamatemi','agent',NULL,1795764462,1795764462,3,NULL,2);
INSERT INTO "tickets" VALUES(1007,'56jtr8f0k8qxymzbavhx90vjz0','assigned',NULL,'accesso','primo-livello',1,1,NULL,'web','citizen','it',NULL,NULL,NULL,1795764462,1795764462,6,1795764462,2);
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
INSERT INTO "tokens" VALUES(1,'560225318ea299ad7b9b9d41815108dd101c92123f40e85472cdb761072d8571','agent','agent','agent-l1',1795764461,0,NULL,NULL);
INSERT INTO "tokens" VALUES(2,'33da9e4c2c69a2f9bba9d537f44b72d10ca11c2c77c8acb2c9031ea3fe8c9b90','editor','editor','agent-l1',1795764461,0,NULL,NULL);
INSERT INTO "tokens" VALUES(3,'782c0fd506ebd6a9486e14707f09d63ef49b6211d7434a9728530029dcac6746','manager','manager','agent-l1',1795764461,0,NULL,NULL);
INSERT INTO "tokens" VALUES(4,'fae91516a21115744592858961af1769c23ece7223cbde896a0cfe481f9f544a','admin','admin','agent-l1',1795764461,0,NULL,NULL);
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
INSERT INTO "turns" VALUES(1,1,1795764462,'non ricevo il codice di conferma','answer','known-phrasing',9.81478323153370246778e-01,'codice-non-arriva','4fc103f1e1cc7e66e65473f9891e442d7ce51dea5399683635fd896cb9042bdd','accesso',NULL,'it',NULL);
INSERT INTO "turns" VALUES(1,2,1795764462,'e poi? scrivo da <email>','answer','sure',5.92515601428772686887e-01,'codice-non-arriva','4fc103f1e1cc7e66e65473f9891e442d7ce51dea5399683635fd896cb9042bdd','accesso',NULL,'it',NULL);
INSERT INTO "turns" VALUES(2,1,1795764462,'mi hanno addebitato due volte','answer','known-phrasing',9.86910657053438278296e-01,'pagamento-doppio','0664f1ee10502bc3265bf96da28ae2862ada34ff79a3155e1df30090b0f0dda9','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(2,2,1795764462,'e poi? scrivo da <email>','answer','sure',4.47957016080224035281e-01,'pagamento-doppio','0664f1ee10502bc3265bf96da28ae2862ada34ff79a3155e1df30090b0f0dda9','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(3,1,1795764462,'la ricevuta','clarify','choices',9.17633191431648342906e-01,NULL,NULL,'pagamenti','ricevuta
pagamento-doppio','it',NULL);
INSERT INTO "turns" VALUES(3,2,1795764462,'e poi? scrivo da <email>','answer','sure',7.06322822520372595178e-01,'ricevuta','1426e09e909d93b9497c845ee57bd58111db39c83d13882401ad6da6feca7c13','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(4,1,1795764462,'dov''è il rimborso?','answer','sure',8.70630019429759371973e-01,'pagamento-doppio','0664f1ee10502bc3265bf96da28ae2862ada34ff79a3155e1df30090b0f0dda9','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(4,2,1795764462,'e poi? scrivo da <email>','answer','sure',4.47957016080224035281e-01,'pagamento-doppio','0664f1ee10502bc3265bf96da28ae2862ada34ff79a3155e1df30090b0f0dda9','pagamenti',NULL,'it',NULL);
INSERT INTO "turns" VALUES(5,1,1795764462,'ciao','none','greeting',0.0,NULL,NULL,NULL,NULL,'it',NULL);
INSERT INTO "turns" VALUES(5,2,1795764462,'e poi? scrivo da <email>','answer','sure',7.31972660075622449937e-01,'tessera-elettronica','36303691d94f6017792a57d83842ff3bbe38c0b2f29e6a9184492dc547203e9b','accesso',NULL,'it',NULL);
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
