/* sportello diff: what an edit does to the answers, before it is published. The same questions are asked of the knowledge base as
   it was at a revision and as it is in the folder. */
#include "cmd/cmd.h"

#include "base/file.h"
#include "base/hash.h"
#include "cmd/diff.h"
#include "sportello/history.h"
#include "sportello/life.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINES_A_GROUP 20
/* An index of more is brought up to date. */
#define ANEW_ARTICLES 1000

typedef struct diff_options {
	spi_session_options session;
	const char *since, *before, *data, *fail_on, *lang;
	unsigned days;
	bool json, all, waiting;
} diff_options;

typedef struct differing {
	const diff_options *o;
	spi_session now;
	sp_publisher *before;
	sp_arena *arena;
	const char *cache;      /* folder of this knowledge base */
	const char *before_dir; /* the knowledge base as it was */
	const char *now_dir;    /* as it is; with --waiting, as it will be */
	const char *commit;
	int lock_fd;
	spi_diff_questions questions;
	sp_edit edit;
	sp_effects effects;
	sp_outcome *outcomes[2]; /* before, now */
} differing;

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

/* ---- the knowledge base as it was ---- */

/* Two at once would take the folder from each other. */
static sp_status take_lock(differing *d, sp_error *err)
{
	const char *path = sp_arena_printf(d->arena, "%s/diff/LOCK", d->cache);
	const char *folder = sp_arena_printf(d->arena, "%s/diff", d->cache);
	if (!path || !folder)
		return no_memory(err);
	sp_status status = spi_mkdirs(folder, err);
	if (status != SP_OK)
		return status;
	d->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (d->lock_fd < 0 || flock(d->lock_fd, LOCK_EX) != 0)
		return sp_error_errno(err, errno, path, "lock");
	return SP_OK;
}

/* Whether a mark is of that commit, or that state. */
static bool holds(const char *mark, const char *commit, sp_arena *arena)
{
	const char *text;
	size_t len;
	return spi_file_read(mark, 256, arena, &text, &len, NULL) == SP_OK && strcmp(text, commit) == 0;
}

static sp_status replace_folder(sp_history *history, const char *folder, const char *mark, const char *fresh, sp_error *err)
{
	sp_status status = spi_remove_tree(fresh, err);
	if (status == SP_OK)
		status = sp_history_extract(history, fresh, err);
	if (status == SP_OK)
		status = spi_remove_tree(mark, err);
	if (status == SP_OK)
		status = spi_remove_tree(folder, err);
	if (status == SP_OK && rename(fresh, folder) != 0)
		status = sp_error_errno(err, errno, folder, "rename");
	return status == SP_OK ? spi_file_write(mark, sp_history_commit(history), strlen(sp_history_commit(history)), err) : status;
}

static sp_status extract(differing *d, sp_error *err)
{
	sp_history *history;
	const char *mark = sp_arena_printf(d->arena, "%s/diff/COMMIT", d->cache);
	const char *fresh = sp_arena_printf(d->arena, "%s/diff/kb.new", d->cache);
	d->before_dir = sp_arena_printf(d->arena, "%s/diff/kb", d->cache);
	if (!mark || !fresh || !d->before_dir)
		return no_memory(err);
	sp_status status = sp_history_open(d->o->session.kb, d->o->since, &history, err);
	if (status != SP_OK)
		return status;
	d->commit = sp_arena_strdup(d->arena, sp_history_commit(history));
	if (!d->commit)
		status = no_memory(err);
	else if (!holds(mark, d->commit, d->arena) || !spi_exists(d->before_dir))
		status = replace_folder(history, d->before_dir, mark, fresh, err);
	sp_history_close(history);
	return status;
}

/* What is published is before; what waits, in its place, is now. */
static sp_status lay_ahead(differing *d, sp_error *err)
{
	size_t count;
	d->before_dir = d->o->session.kb;
	d->now_dir = sp_arena_printf(d->arena, "%s/diff/ahead", d->cache);
	return d->now_dir ? sp_life_lay_ahead(d->before_dir, d->now_dir, &count, err) : no_memory(err);
}

static sp_status find_sides(differing *d, sp_error *err)
{
	sp_status status = spi_cache_folder(d->o->session.kb, d->arena, &d->cache, err);
	if (status == SP_OK)
		status = take_lock(d, err);
	d->now_dir = d->o->session.kb;
	d->before_dir = d->o->before;
	if (status == SP_OK && d->o->waiting)
		return lay_ahead(d, err);
	return status == SP_OK && !d->before_dir ? extract(d, err) : status;
}

/* ---- the two indexes ---- */

static void on_progress(sp_publish_stage stage, size_t done, size_t total, void *arg)
{
	spi_progress_publish(arg, stage, done, total);
}

/* Vectors are found by their text: all indexes of this knowledge base have them of one store. */
static sp_status share_vectors(const differing *d, const char *data, sp_error *err)
{
	const char *there = sp_arena_printf(d->arena, "%s/vectors", d->cache), *here = sp_arena_printf(d->arena, "%s/vectors", data);
	if (!there || !here)
		return no_memory(err);
	sp_status status = spi_mkdirs(there, err);
	if (status == SP_OK && symlink(there, here) != 0 && errno != EEXIST)
		status = sp_error_errno(err, errno, here, "link");
	return status;
}

static bool is_words_only(const diff_options *o)
{
	return o->session.encoder.name && strcmp(o->session.encoder.name, "none") == 0;
}

/* Data folder of a side's index: of words and with vectors apart, so that none is built anew because the other one was wanted; of this
   audience alone, as learning an index takes a second. */
static sp_status index_folder(const differing *d, const char *side, const char *kb, const char **ret, sp_error *err)
{
	char hex[65];
	const char *all = sp_arena_printf(d->arena, "%s\n%s", d->o->session.audience, kb ? kb : "");
	if (!all)
		return no_memory(err);
	spi_sha256_hex(all, strlen(all), hex);
	*ret = sp_arena_printf(d->arena, "%s/diff/%s-%s-%.16s", d->cache, side, is_words_only(d->o) ? "words" : "vectors", hex);
	sp_status status = *ret ? spi_mkdirs(*ret, err) : no_memory(err);
	return status == SP_OK && !is_words_only(d->o) ? share_vectors(d, *ret, err) : status;
}

/* What an index has learned depends a little on the way that it came about (meaning_model.h), by which a few questions at the edge
   would be decided otherwise although nothing changed. Where it takes no longer it is built anew, so that both sides came about alike. */
static bool is_to_build(const differing *d, const char *folder, const char *state)
{
	const char *mark = sp_arena_printf(d->arena, "%s/STATE", folder);
	return d->edit.articles <= ANEW_ARTICLES && mark && !holds(mark, state, d->arena);
}

/* What cannot be written is built again next time. */
static void note_built(const differing *d, const char *folder, const char *state)
{
	const char *mark = sp_arena_printf(d->arena, "%s/STATE", folder);
	if (mark && !holds(mark, state, d->arena))
		spi_file_write(mark, state, strlen(state), NULL);
}

static sp_status open_before(differing *d, sp_error *err)
{
	char real[PATH_MAX];
	const char *folder = NULL;
	if (d->o->before && !realpath(d->o->before, real))
		return sp_error_errno(err, errno, d->o->before, "open");
	sp_status status = index_folder(d, d->o->waiting ? "live" : "before", d->o->before ? real : NULL, &folder, err);
	if (status != SP_OK || !folder)
		return status;
	sp_publish_options options = {.kb_dir = d->before_dir, .data_dir = folder, .encoder = d->now.encoder,
		.force = is_to_build(d, folder, d->edit.before), .only_audience = d->o->session.audience, .progress = on_progress,
		.arg = &d->now.progress};
	spi_progress_start(&d->now.progress, "cmd.indexing");
	status = sp_publisher_open(&options, &d->before, err);
	spi_progress_end(&d->now.progress);
	if (status == SP_OK)
		note_built(d, folder, d->edit.before);
	return status;
}

/* ---- asking ---- */

static sp_status read_questions(differing *d, const char *const *files, size_t count, sp_error *err)
{
	sp_status status = SP_OK;
	const diff_options *o = d->o;
	for (size_t i = 0; status == SP_OK && i < count; i++)
		status = spi_diff_read_file(files[i], d->arena, &d->questions, err);
	if (status == SP_OK && count == 0)
		status = spi_diff_read_corpus(o->session.kb, d->arena, &d->questions, err);
	if (status == SP_OK && o->data)
		status = spi_diff_read_asked(o->data, o->session.audience, o->days, d->arena, &d->questions, err);
	if (status == SP_OK && d->questions.count == 0 && !o->data)
		status = sp_error_set(err, SP_ERR_USAGE, "diff", 0, "%s", spi_say("cmd.diff.no-questions"));
	return status;
}

static void on_asked(size_t done, size_t total, void *arg)
{
	spi_progress_step(arg, done, total);
}

static sp_status ask(differing *d, sp_error *err)
{
	const char *memory = sp_arena_printf(d->arena, "%s/diff/outcomes", d->cache);
	const char *states[] = {d->edit.before, d->edit.now};
	sp_publisher *publishers[] = {d->before, d->now.publisher};
	sp_status status = memory ? SP_OK : no_memory(err);
	for (size_t side = 0; status == SP_OK && side < 2; side++) {
		sp_replay replay = {.publisher = publishers[side], .queue = d->now.queue, .audience = d->o->session.audience, .day = d->now.day,
			.memory = memory, .state = states[side], .progress = on_asked, .arg = &d->now.progress};
		d->outcomes[side] = sp_arena_calloc(d->arena, d->questions.count + 1, sizeof(sp_outcome));
		if (!d->outcomes[side])
			return no_memory(err);
		spi_progress_start(&d->now.progress, "cmd.asking");
		status = sp_replay_ask(&replay, d->questions.items, d->questions.count, d->arena, d->outcomes[side], err);
		spi_progress_end(&d->now.progress);
	}
	return status;
}

static sp_status compare(differing *d, sp_error *err)
{
	sp_status status = open_before(d, err);
	if (status == SP_OK)
		status = ask(d, err);
	if (status == SP_OK)
		status = sp_effect_judge(&d->edit, d->questions.items, d->outcomes[0], d->outcomes[1], d->questions.count, d->arena,
			&d->effects, err);
	return status;
}

/* ---- the command ---- */

static int print(const differing *d)
{
	const diff_options *o = d->o;
	sp_buffer out = SP_BUFFER_INIT;
	const spi_diff_report report = {.since = o->waiting ? o->session.kb : o->before ? o->before : o->since, .commit = d->commit, .days = o->data ? o->days : 0,
		.edit = &d->edit, .effects = &d->effects};
	if (o->json)
		spi_diff_json(&report, &out);
	else
		spi_diff_text(&report, o->all ? 0 : LINES_A_GROUP, o->lang ? sp_lang_of(o->lang, strlen(o->lang)) : spi_terminal_lang(), &out);
	fputs(sp_buffer_text(&out), stdout);
	sp_buffer_release(&out);
	return o->fail_on && d->effects.counts[SP_EFFECT_LOST] > 0 ? SPI_EXIT_NO : SPI_EXIT_OK;
}

static int run(differing *d, const char *const *files, size_t count)
{
	sp_error err = {0};
	spi_session_options options = d->o->session;
	(void)spi_tell_closed(options.kb, "cmd.closed");
	if (d->o->before)
		(void)spi_tell_closed(d->o->before, "cmd.closed");
	sp_status status = find_sides(d, &err);
	if (status == SP_OK)
		status = read_questions(d, files, count, &err);
	if (status == SP_OK)
		status = sp_edit_compare(d->before_dir, d->now_dir, d->arena, &d->edit, &err);
	if (status == SP_OK)
		status = index_folder(d, d->o->waiting ? "ahead" : "now", NULL, &options.index, &err);
	if (status != SP_OK)
		return spi_fail(&err, status);
	options.kb = d->now_dir;
	options.quiet = true;
	options.anew = is_to_build(d, options.index, d->edit.now);
	int code = spi_session_open(&d->now, &options);
	if (code != SPI_EXIT_OK)
		return code;
	note_built(d, options.index, d->edit.now);
	status = compare(d, &err);
	code = status == SP_OK ? print(d) : spi_fail(&err, status);
	if (d->before)
		sp_publisher_close(d->before);
	spi_session_close(&d->now);
	return code;
}

static int check(const diff_options *o)
{
	sp_error err = {0};
	if (!o->session.kb)
		return spi_missing("diff", "kb");
	int given = (o->since != NULL) + (o->before != NULL) + o->waiting;
	if (given == 0)
		return spi_missing("diff", "since");
	if (given > 1)
		sp_error_set(&err, SP_ERR_USAGE, o->before ? "--before" : "--waiting", 0, "cannot be given together with %s",
			o->since ? "--since" : "--waiting");
	return err.status == SP_OK ? SPI_EXIT_OK : spi_fail(&err, err.status);
}

int spi_cmd_diff(int argc, char **argv)
{
	diff_options o = {.session = SPI_SESSION_OPTIONS, .days = 92};
	const spi_setting settings[] = {
		{.name = "kb", .type = SPI_SETTING_TEXT, .target = &o.session.kb},
		{.name = "since", .type = SPI_SETTING_TEXT, .target = &o.since},
		{.name = "before", .type = SPI_SETTING_TEXT, .target = &o.before},
		{.name = "data", .type = SPI_SETTING_TEXT, .target = &o.data},
		{.name = "days", .type = SPI_SETTING_NUMBER, .target = &o.days, .min = 1, .max = 3660},
		SPI_ENCODER_SETTINGS(o.session.encoder, false),
		{.name = "audience", .type = SPI_SETTING_TEXT, .target = &o.session.audience},
		{.name = "as-of", .type = SPI_SETTING_TEXT, .target = &o.session.as_of},
		{.name = "fail-on", .type = SPI_SETTING_CHOICE, .target = &o.fail_on, .choices = "lost"},
		{.name = "lang", .type = SPI_SETTING_CHOICE, .target = &o.lang, .choices = "it|en|de"},
		{.name = "waiting", .type = SPI_SETTING_FLAG, .target = &o.waiting},
		{.name = "all", .type = SPI_SETTING_FLAG, .target = &o.all},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &o.json},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	if (!spi_read_args("diff", settings, argc, argv, words, &count, 0, SPI_WORDS_MAX))
		return SPI_EXIT_USAGE;
	int code = check(&o);
	if (code != SPI_EXIT_OK)
		return code;
	differing d = {.o = &o, .arena = sp_arena_new(1 << 20), .lock_fd = -1};
	code = d.arena ? run(&d, words, count) : SPI_EXIT_FAILED;
	spi_diff_questions_release(&d.questions);
	if (d.lock_fd >= 0)
		close(d.lock_fd);
	sp_arena_free(d.arena);
	return code;
}
