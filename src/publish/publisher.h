/* Private to publish/: the publisher and how its parts work together.

   One thread at a time works on what is published (publisher.work, and between processes the lock file index/LOCK): it
   looks at the folder (examine.c), finds out what the indexes should hold (plan.c), puts that there (put.c), into a new
   generation (build.c) or the present one (update.c). Then it hands a new snapshot to the readers, who take it over at
   their next request (reader.c). publisher.shown guards only the snapshot and the report, for moments. */
#ifndef PUBLISH_PUBLISHER_H
#define PUBLISH_PUBLISHER_H

#include "publish/folder.h"
#include "publish/labelled.h"
#include "publish/moved.h"
#include "publish/table.h"
#include "sportello/publish.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>

/* A configuration that several snapshots and readers share. */
typedef struct spi_shared_config {
	atomic_uint refs;
	sp_kb_config *config;
	sp_arena *arena; /* owns the bytes of the kb.yaml that it was read from */
	const char *yaml;
	size_t yaml_len;
} spi_shared_config;

/* What readers see: which folder, which configuration, and a number that changes with every commit. */
typedef struct spi_snapshot {
	atomic_uint refs;
	uint64_t number;
	spi_shared_config *config;
	spi_moved *moved;
	char folder[PATH_MAX]; /* of the generation */
	int hold_fd;		   /* keeps whoever cleans up from removing the folder (spi_generation_hold) */
} spi_snapshot;

/* What sp_publisher_state() tells. Texts are owned by the arena. */
typedef struct spi_report {
	sp_arena *arena;
	sp_broken *broken;
	size_t broken_count, articles;
} spi_report;

struct sp_publisher {
	char *kb_dir, *data_dir, *encoder_name;
	bool drafts; /* are served as if published */
	sp_date as_of; /* 0 = today */
	char *only_audience; /* NULL = all get an index */
	sp_encoder *encoder; /* NULL = words only */
	sp_encoder *later;	 /* the one that is used when its vectors are there; NULL = encoder is the one (encode.c) */
	char *encoded_until; /* path of the last file whose vectors are; NULL = none */
	sp_publish_progress *progress;
	void (*notice)(const char *line, void *arg);
	void *arg;

	pthread_mutex_t work; /* guards what follows */
	spi_table table;
	spi_shared_config *config;
	unsigned generation; /* number of the folder g-<n>; 0 = none yet */
	char *labelled_path;
	bool labelled_is_kb; /* the knowledge base's own file, which need not be there */
	spi_labelled *labelled; /* as it was last good; NULL = none */
	char *labelled_broken;	/* what is wrong with the file as it is now; NULL = nothing */
	char *yaml_broken;	 /* what is wrong with kb.yaml as it is now; NULL = nothing */
	int yaml_broken_line;
	unsigned durable_left;	/* texts that this pass still syncs one by one */
	bool needs_sync;		/* others were stored without */
	bool has_leftovers; /* files of an index may hold what it no longer has: bytes of unused blocks */
	bool manifest_is_stale; /* times of files changed */
	struct {
		uint64_t inode;
		int64_t mtime_ns;
	} manifest; /* the one that the table agrees with */

	pthread_mutex_t storing; /* guards durable_left and needs_sync, within work */

	pthread_mutex_t shown; /* guards what follows */
	pthread_cond_t looked;
	uint64_t looks; /* for those who wait for changes */
	spi_snapshot *snapshot;
	spi_report report;
	int64_t published_utc_s;
	double build_s;
	bool words_only;
	size_t encoded, to_encode;
	atomic_uint_fast64_t number; /* of the snapshot */

	pthread_mutex_t thread_lock; /* guards thread_runs */
	pthread_t thread;
	bool thread_runs;
	int wake_fd; /* eventfd: stop, or look at damage */
	atomic_bool stops, is_damaged, watches;
	atomic_bool learns_later; /* what takes more than words waits: more changes may come (watch.c) */
	atomic_bool is_learning_due; /* something waits so */
};

/* ---- closed.c ---- */

/* All files of the folder. Where a folder in it cannot be read, that folder itself and what the table knows of it, size -1. */
sp_status spi_list_files(sp_publisher *publisher, sp_arena *arena, sp_kb_files *ret, sp_error *err);

/* ---- examine.c ---- */

/* Bring the table up to date with the folder. everything: parse all files again (another configuration). */
sp_status spi_examine(
	sp_publisher *publisher, const sp_kb_config *config, bool everything, bool *ret_changed, sp_error *err);
/* Parse the good text of a file. */
sp_status spi_load_article(
	sp_publisher *publisher, spi_file *file, const sp_kb_config *config, sp_article **ret, sp_error *err);

/* ---- plan.c ---- */

/* A file that ended or was retired, and an article, served in that language, that its questions lead to: its successor, the
   successor's own, and so on. Where one is not there in the file's language, it is the one in the main language, else in whatever there is. */
#define SPI_STEPS_MAX 8 /* so many successors one after the other are followed */
typedef struct spi_led {
	spi_file *file;
	const char *to;
	sp_lang lang;
	sp_audiences through[SPI_STEPS_MAX]; /* readers of those that led on in between */
	size_t through_count;
} spi_led;
/* Whether these readers could read the file, and all on the way. */
bool spi_led_is_known(const spi_led *led, sp_audiences readable);

/* An order of the table by id, for looking up. */
typedef struct spi_plan {
	spi_file **by_id; /* files that could be served: by id, language, path */
	size_t count;
	bool drafts;		 /* are served too */
	sp_date day;		 /* what is valid on it answers itself, whoever succeeds it */
	spi_led *replaced; /* by the successor's id and language */
	size_t replaced_count;
	const spi_labelled *labelled; /* borrowed; NULL = none */
} spi_plan;

/* Find out for each file whether and how it is to be served (spi_file.wanted, rival). */
sp_status spi_plan_make(const sp_publisher *publisher, const sp_kb_config *config, spi_plan *ret, sp_error *err);
void spi_plan_release(spi_plan *plan);
/* Whether this audience may read an article of that id, in any language. */
bool spi_plan_is_readable(const spi_plan *plan, const char *id, sp_audiences readable);
/* The files that this one succeeds; borrowed from the plan. */
const spi_led *spi_plan_replaced(const spi_plan *plan, const spi_file *file, size_t *ret_count);

/* Whether readers of a and readers of b are to be given the very same document of a file that both may read. */
bool spi_plan_is_same_document(const spi_plan *plan, const spi_file *file, sp_audiences a, sp_audiences b);

/* ---- copy.c ---- */

/* The folder with all that is in it, not synced yet; to must not be there. */
sp_status spi_copy_folder(const char *from, const char *to, sp_error *err);

/* ---- put.c ---- */

/* Writers of one generation's indexes, opened when needed. */
typedef struct spi_writers {
	sp_publisher *publisher;
	const char *folder;
	const sp_kb_config *config;
	bool encodes_only; /* nothing is put into an index: only the vectors of it are made */
	bool took_out;     /* something was taken out of an index */
	bool must_exist; /* an index that is missing is damage, not to be begun anew */
	bool are_parts;	 /* to be joined (parts.c): nothing is told and nothing taken out; what is lost is noted in spi_file.is_lost */
	sp_vector_store *store; /* opened when needed; NULL also when there is no encoder */
	sp_index_writer *items[SP_AUDIENCES_MAX];
} spi_writers;

/* Make sure that an audience's index is there, also when nothing is to be put into it. */
sp_status spi_writers_open(spi_writers *writers, size_t audience, sp_error *err);
sp_status spi_writers_commit(spi_writers *writers, sp_error *err);
/* Whether a commit takes time for more than words. */
bool spi_writers_learn(const spi_writers *writers);
/* Words alone, for now; nothing may have been taken out. */
sp_status spi_writers_commit_words(spi_writers *writers, sp_error *err);
/* Closes the indexes; they can be opened again. */
void spi_writers_close(spi_writers *writers);
/* After the last close. sweep: all that is in use was put, so the store may forget the rest. */
void spi_writers_end(spi_writers *writers, bool sweep);
#define SPI_ALL_AUDIENCES UINT32_MAX
/* Put a file into the index of each audience that may read it, and take it out of those that no longer may; into: only
   into these indexes (bit per audience). */
sp_status spi_put_file(sp_publisher *publisher, spi_writers *writers, const spi_plan *plan, spi_file *file,
	sp_audiences into, sp_arena *arena, sp_error *err);
/* Take the document of a file out of every index that had it. */
sp_status spi_take_out_file(spi_writers *writers, const spi_file *file, sp_error *err);

/* ---- parts.c ---- */

/* Fewer files are put by one writer. */
#define SPI_PARTS_MIN 100

/* Files to put into the index of one audience, of words alone, that holds none of them yet. */
typedef struct spi_parts {
	sp_publisher *publisher;
	const sp_kb_config *config;
	const spi_plan *plan;
	const char *folder; /* of the generation */
	size_t audience;
	const char *base; /* folder of an index that they come after; NULL = none */
	spi_file **files; /* in the order of their documents */
	size_t count;
	void (*on_put)(void *arg); /* after each, by one thread at a time */
	void *arg;
} spi_parts;

/* Make the audience's index of them: parts side by side, then joined. The folder of the audience must hold none. */
sp_status spi_parts_write(const spi_parts *parts, sp_error *err);

/* ---- build.c, update.c ---- */

/* Build a new generation and make it the current one. Takes config over, also when it fails. */
sp_status spi_build_take(sp_publisher *publisher, spi_shared_config *config, sp_error *err);
/* Bring the present generation up to date. */
sp_status spi_update(sp_publisher *publisher, sp_error *err);

/* ---- encode.c ---- */

/* When there is much to encode for a first index: words alone for now. */
void spi_encode_postpone(sp_publisher *publisher);
/* Whether there is still something to do for spi_encode_some(). */
bool spi_encode_is_due(sp_publisher *publisher);
/* Make the vectors of some files more; after the last one, build the index with them. */
sp_status spi_encode_some(sp_publisher *publisher, sp_error *err);
/* When the present generation has them (another process built it), there is nothing more to do. */
void spi_encode_follow(sp_publisher *publisher);

/* ---- generation.c ---- */

/* Between processes: one writes below index/ at a time. Waits up to wait_ms. */
sp_status spi_lock_take(sp_publisher *publisher, int wait_ms, int *ret_fd, sp_error *err);
void spi_generation_path(const sp_publisher *publisher, unsigned generation, const char *ending, char ret[PATH_MAX]);
/* The number that CURRENT names; 0 when there is none. */
unsigned spi_generation_current(const sp_publisher *publisher);
sp_status spi_generation_publish(const sp_publisher *publisher, unsigned generation, sp_error *err);
/* A number that no folder has. */
unsigned spi_generation_next(const sp_publisher *publisher);
/* Keep a generation's folder from being removed, by this process or another, until the handle is closed: a reader may
   open its index for the first time long after it was replaced. -1 when it cannot be held. */
int spi_generation_hold(const char *folder);
/* Remove builds that were broken off, and generations before the one before the present that nobody holds. */
void spi_generation_clean(const sp_publisher *publisher, unsigned current);

/* Write the manifest of the present generation, and remember it as ours. */
sp_status spi_generation_manifest(sp_publisher *publisher, const char *ending, unsigned generation, sp_error *err);
/* Whether the manifest on the disk is the one that the table agrees with. */
bool spi_generation_is_ours(const sp_publisher *publisher);
void spi_generation_note_manifest(sp_publisher *publisher);

/* ---- publisher.c ---- */

/* How a manifest names what its indexes were made with: the encoder, and whether drafts are in them. NULL when memory is out. */
char *spi_made_with(const sp_publisher *publisher, const sp_encoder *encoder);
/* The whole step: follow another process's build, then look at the folder. */
sp_status spi_step(sp_publisher *publisher, bool force, sp_error *err);
/* The same, with both locks. */
sp_status spi_bring_up_to_date(sp_publisher *publisher, bool force, sp_error *err);
/* Whether an audience gets an index. */
bool spi_publishes(const sp_publisher *publisher, const sp_kb_config *config, size_t audience);
void spi_notice(sp_publisher *publisher, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Of a file in a folder (or NULL), at a line of it (0: of no line), what is wrong and what happens then. */
void spi_notice_broken(sp_publisher *publisher, const char *folder, const char *file, int line, const char *what, const char *then);

/* ---- snapshot.c ---- */

/* Read the kb.yaml of a folder. As sp_kb_config_load(). */
sp_status spi_shared_config_load(const char *dir, spi_shared_config **ret, sp_error *err);
spi_shared_config *spi_shared_config_ref(spi_shared_config *config);
void spi_shared_config_unref(spi_shared_config *config);
spi_snapshot *spi_snapshot_ref(spi_snapshot *snapshot);
void spi_snapshot_unref(spi_snapshot *snapshot);
/* Show readers the present generation as it is now, and renew the report. */
sp_status spi_show(sp_publisher *publisher, sp_error *err);
/* Renew only the report: what is broken changed, what is served did not. What is no longer served may lead elsewhere now: then readers
   are shown that. */
sp_status spi_show_report(sp_publisher *publisher, sp_error *err);
/* Tell those who wait that the folder was looked at. */
void spi_tell_looked(sp_publisher *publisher);

/* ---- watch.c ---- */

/* Make sure that the background thread runs. */
sp_status spi_thread_start(sp_publisher *publisher, sp_error *err);
void spi_thread_stop(sp_publisher *publisher);
void spi_thread_wake(sp_publisher *publisher);

#endif
