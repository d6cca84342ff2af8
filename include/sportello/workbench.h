/**
 * @file workbench.h
 * What editors look at while they write: every file of the folder as it is now, drafts and broken ones too, with the linter's
 * findings, in step with what the publisher publishes.
 *
 * It shows everything to whoever holds it: what serves the public opens it to nobody but editors, and leaves out what they may not read.
 */
#ifndef SPORTELLO_WORKBENCH_H
#define SPORTELLO_WORKBENCH_H

#include "sportello/kb.h"
#include "sportello/publish.h"
#include "sportello/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One article file. Where it cannot be read, id and category are those of its path, and the title is what stands on
 *  its line, or that of its last good text, or its id. */
typedef struct sp_bench_article {
	const char *path;      /**< relative to the kb folder */
	const char *id, *title, *category; /**< category: key */
	sp_lang lang;
	sp_article_type type;
	sp_article_status status;
	sp_audiences audience;
	sp_date valid_from, valid_until;
	bool ended;            /**< shown past valid_until */
	bool is_waiting;       /**< an edit that waits beside the published text (sp_kb_is_waiting()) */
	bool is_broken;        /**< cannot be served as it is */
	size_t errors, others; /**< findings */
	int64_t size, mtime_ns; /**< as it was looked at */
} sp_bench_article;

/** The folder at one moment, told in one language. Immutable; may be shared between threads. */
typedef struct sp_bench {
	uint64_t number;       /**< counts up with every change that an editor can see */
	uint64_t config_hash;  /**< of the configuration by which audiences are counted */
	const sp_bench_article *articles; size_t count; /**< by path */
	const sp_finding *findings; size_t findings_count; /**< by file (relative to the kb folder), line, column */
	size_t errors;         /**< findings that are */
	const char *problem;   /**< why the linter could not run, NULL = it did */
	bool words_only;       /**< what is published has no sentence vectors */
	bool encoding;         /**< they are being made */
} sp_bench;

typedef struct sp_workbench sp_workbench;

/** @p publisher borrowed; it must be watching. @p kb_dir is copied. A thread of its own follows the changes. */
sp_status sp_workbench_open(sp_publisher *publisher, const char *kb_dir, sp_workbench **ret, sp_error *err);
/** Whoever waits is told first. NULL is accepted. */
void sp_workbench_close(sp_workbench *workbench);
/** The folder as a command was given it. */
const char *sp_workbench_dir(const sp_workbench *workbench);

/** Whether it is there without being made first, which takes long where there are many files. Does not count as asking for it. */
bool sp_workbench_is_made(sp_workbench *workbench, sp_lang lang);
/** What is on it now; to be given back. NULL when memory is out. Any thread. */
const sp_bench *sp_workbench_take(sp_workbench *workbench, sp_lang lang);
void sp_workbench_give_back(const sp_bench *bench); /**< NULL is accepted */
/** The file of an id in a language; NULL when there is none. An edit that waits comes before the
 *  text that it will replace; of several that claim the id the one that is served: the first. */
const sp_bench_article *sp_bench_find(const sp_bench *bench, const char *id, sp_lang lang);
/** Of a path; NULL when there is none. */
const sp_bench_article *sp_bench_find_path(const sp_bench *bench, const char *path);

/** Somebody who waits for a change. Borrowed until @ref done is called, once, by any thread, maybe before sp_workbench_wait()
 *  returns; done must not wait for anything. */
typedef struct sp_bench_waiter {
	uint64_t seen;         /**< number of what is known already */
	bool wants_bench;      /**< waits for the bench of @ref lang to be made instead */
	sp_lang lang;
	unsigned patience_ms;  /**< done is called after so long at the latest */
	void (*done)(void *arg);
	void *arg;
	int64_t until_us;      /**< the workbench's own, as the next one */
	struct sp_bench_waiter *next;
} sp_bench_waiter;
void sp_workbench_wait(sp_workbench *workbench, sp_bench_waiter *waiter);
/** Tell all who wait, and from now on whoever comes, at once. */
void sp_workbench_hurry(sp_workbench *workbench);
/** Number of what is on it now. Any thread. */
uint64_t sp_workbench_number(sp_workbench *workbench);
/** When nobody waited, took or asked for its number for so long (3 minutes unless it is told here), it rests: changes of the folder only
 *  take what they concern off it, and the next who asks has it made. Any thread. */
void sp_workbench_rest_after(sp_workbench *workbench, unsigned idle_ms);

#ifdef __cplusplus
}
#endif
#endif
