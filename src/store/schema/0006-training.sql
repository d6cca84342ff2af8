-- Schema 6. What agents passed of their training. A change is a new numbered file; this one is never edited again.

-- The quiz about one article of one module, as its reader passed it last. Who did not pass leaves no row: how often somebody erred
-- is nobody's business.
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

PRAGMA user_version = 6;
