/**
 * @file publish.h
 * From the folder of Markdown to sealed indexes, and from there to readers, without a gap.
 *
 * Data folder:
 *   index/CURRENT         name of the generation in use, one line
 *   index/g-<n>/          one generation: <audience>/ (a sealed index each), kb.yaml (as it was), MANIFEST
 *   vectors/              sentence vectors of all texts in use, by encoder (vectors.h)
 *   versions/xx/<sha256>  every article text that was ever published (receipts, last good versions), or retired
 * A full build writes a new generation beside the old one and then replaces CURRENT by rename; a crash before that
 * leaves the old one. A changed file is committed into the current generation's indexes (Xapian's commit is atomic); a crash before
 * the manifest is written only means that the file is looked at again.
 */
#ifndef SPORTELLO_PUBLISH_H
#define SPORTELLO_PUBLISH_H

#include "sportello/encoder.h"
#include "sportello/index.h"
#include "sportello/kb.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Labelled questions of a knowledge base, beside its kb.yaml. */
#define SP_KB_LABELLED "labelled.jsonl"

typedef struct sp_publisher sp_publisher;

/** What a long build is busy with. Sentence vectors are made once for a text: the first time takes long. */
typedef enum sp_publish_stage { SP_PUBLISH_INDEXING, SP_PUBLISH_ENCODING } sp_publish_stage;
/** Called now and then, from the building thread: so many of so many articles, or texts. */
typedef void sp_publish_progress(sp_publish_stage stage, size_t done, size_t total, void *arg);

typedef struct sp_publish_options {
	const char *kb_dir;    /**< borrowed for the life of the publisher */
	const char *data_dir;
	sp_encoder *encoder;   /**< borrowed; NULL = none */
	bool force;            /**< build anew even when nothing changed */
	/** File of labelled questions (the lines of `sportello eval`); NULL = @ref SP_KB_LABELLED of the kb folder, where there is one. Those
	 *  that expect an answer become phrasings of the articles that they name, shown to nobody. Read again at each refresh when it changed. */
	const char *labelled;
	/** Key of the only audience that gets an index; NULL = all. For a data folder that nobody else uses: the manifest does not tell. */
	const char *only_audience;
	/** Where vectors of many texts are still to be made, publish words alone at once; the thread of sp_publisher_watch()
	 *  makes the vectors, a few articles at a time, then publishes both. */
	bool words_first;
	/** Publish drafts as if they were published: for who writes them. Such indexes are marked: in a data folder of published
	 *  ones they are never taken for those, nor the other way round. Nothing that serves the public sets it. */
	bool drafts;
	/** The day on which is judged whose successors are found by their questions too: those of what is over by then. 0 = today, which
	 *  moves on while it is watched. Another day is not for a data folder that others serve from: theirs would be put again each time. */
	sp_date as_of;
	sp_publish_progress *progress; /**< may be NULL */
	/** What an operator should hear (a broken article, a rebuild); may be NULL. One line, no line end. */
	void (*notice)(const char *line, void *arg);
	void *arg;
} sp_publish_options;

typedef struct sp_broken { const char *file; int line; const char *text; bool last_good_serves; } sp_broken;

/** What is published now. Owned by the arena that it was asked into. */
typedef struct sp_publish_state {
	uint64_t generation;   /**< counts up with every change that readers see */
	size_t articles;       /**< files that are served */
	sp_broken *broken; size_t broken_count; /**< files that are not, or only in their last good version */
	int64_t published_utc_s; /**< of the last change */
	double build_s;        /**< how long the last full build took */
	bool words_only;       /**< the indexes have no sentence vectors */
	size_t encoded, to_encode; /**< while they are being made: articles done, of so many; 0, 0 = not so */
} sp_publish_state;

/**
 * Open what is published, bring it up to date with the folder, build it when it is missing, damaged or of another
 * format. When something good is published and cannot be brought up to date (disk full, not writable), that is served
 * and said in a notice; sp_publisher_refresh() returns why.
 * @return SP_OK; SP_ERR_NOT_FOUND (no kb folder); SP_ERR_INVALID (kb.yaml cannot be used, nothing good is published);
 *         SP_ERR_NEWER; SP_ERR_FULL; SP_ERR_DENIED; SP_ERR_IO; SP_ERR_NOMEM
 */
sp_status sp_publisher_open(const sp_publish_options *options, sp_publisher **ret, sp_error *err);
/** The folder of the knowledge base. Owned by the publisher. Any thread. */
const char *sp_publisher_folder(const sp_publisher *publisher);
/** Look at the folder once more and publish what changed (also what inotify could not tell). Any thread. */
sp_status sp_publisher_refresh(sp_publisher *publisher, bool force, sp_error *err);
/** Watch the folder (inotify) from a thread of its own; changes are live within 200 ms: their words. Sentence vectors and what is learned
 *  follow when nothing more has changed for half a second, or ten seconds later at most. Also follows a build that another process
 *  finished (`sportello index` beside a running service). */
sp_status sp_publisher_watch(sp_publisher *publisher, sp_error *err);
/** Stop watching and free. Readers must be closed before. */
void sp_publisher_close(sp_publisher *publisher);
/**
 * How often what is shown, or what is told of it, was looked at anew. Waits until that is other than @p seen, at most
 * @p wait_ms. A look may have found nothing new. Any thread.
 */
uint64_t sp_publisher_looks(sp_publisher *publisher, uint64_t seen, unsigned wait_ms);
/** Any thread. */
sp_status sp_publisher_state(sp_publisher *publisher, sp_arena *arena, sp_publish_state *ret);
/** The text of an article version that was published once (receipts); SP_ERR_NOT_FOUND. Any thread.
 *  It is the source with all blocks: the caller must parse it and show a view. */
sp_status sp_publisher_version(sp_publisher *publisher, const char *version, sp_arena *arena, const char **ret_path,
	const char **ret, size_t *ret_len, sp_error *err);

/** One thread's handles on everything that is published. */
typedef struct sp_reader sp_reader;

sp_status sp_reader_open(sp_publisher *publisher, sp_reader **ret, sp_error *err);
void sp_reader_close(sp_reader *reader);
/** Once at the start of each request: one atomic load when nothing changed; else takes over the new state.
 *  Configuration and indexes obtained before are invalid after it. */
sp_status sp_reader_refresh(sp_reader *reader, sp_error *err);
/** Number of the state this reader sees (for caches and ETags). */
uint64_t sp_reader_generation(const sp_reader *reader);
/** Valid until the next sp_reader_refresh() of this reader. */
const sp_kb_config *sp_reader_config(const sp_reader *reader);
/** The sealed index of one audience (index in the configuration), opened at first use. Opens no other audience's
 *  files. */
sp_status sp_reader_index(sp_reader *reader, int audience, sp_index **ret, sp_error *err);
/** What an article that is no longer served leads to. */
typedef struct sp_moved {
	bool retired;          /**< false: it is served until its last day, valid_until */
	sp_date valid_until;
	const char *replaced_by; /**< id of its successor, "" = none; whether the readers may read that one is not said */
} sp_moved;
/** Whether there is such an article, retired or with a successor, that readers of this audience might have read.
 *  @param lang  SP_LANG_NONE: in any language, retired ones first
 *  @param ret   valid until the next sp_reader_refresh() of this reader */
bool sp_reader_moved(const sp_reader *reader, int audience, const char *id, sp_lang lang, sp_moved *ret);
/** Tell that an index turned out damaged while serving: it is rebuilt in the background. */
void sp_reader_report_damage(sp_reader *reader);

#ifdef __cplusplus
}
#endif
#endif
