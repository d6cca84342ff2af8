/* The publisher: opening, the step that brings everything up to date, and what it tells. */
#include "publish/publisher.h"

#include "base/clock.h"
#include "base/file.h"
#include "publish/versions.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* How long we wait for another process's build. */
#define LOCK_WAIT_MS (10 * 60 * 1000)

void spi_notice(sp_publisher *publisher, const char *format, ...)
{
	char line[2048];
	va_list args;
	if (!publisher->notice)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	publisher->notice(line, publisher->arg);
}

void spi_notice_broken(sp_publisher *publisher, const char *folder, const char *file, int line, const char *what, const char *then)
{
	char at[16] = "";
	if (line > 0)
		snprintf(at, sizeof at, ":%d", line);
	spi_notice(publisher, "%s%s%s%s: %s; %s", folder ? folder : "", folder ? "/" : "", file, at, what, then);
}

bool spi_publishes(const sp_publisher *publisher, const sp_kb_config *config, size_t audience)
{
	return !publisher->only_audience || strcmp(config->audiences[audience].key, publisher->only_audience) == 0;
}

/* ---- what is published already ---- */

/* Every audience's index is there and whole. */
static sp_status check_indexes(
	const sp_publisher *publisher, unsigned generation, const sp_kb_config *config, sp_error *err)
{
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < config->audiences_count; i++) {
		char ending[PATH_MAX], folder[PATH_MAX];
		sp_index *index;
		if (!spi_publishes(publisher, config, i))
			continue;
		snprintf(ending, sizeof ending, "/%s", config->audiences[i].key);
		spi_generation_path(publisher, generation, ending, folder);
		status = sp_index_open(folder, &index, err);
		if (status == SP_OK)
			sp_index_close(index);
	}
	return status;
}

static void adopt(sp_publisher *publisher, unsigned generation, spi_shared_config *config, spi_table table)
{
	spi_table_release(&publisher->table);
	spi_shared_config_unref(publisher->config);
	publisher->table = table;
	publisher->config = config;
	publisher->generation = generation;
	publisher->manifest_is_stale = false;
	spi_generation_note_manifest(publisher);
}

/* Take over a generation that is on the disk. */
static sp_status load_generation(sp_publisher *publisher, unsigned generation, sp_error *err)
{
	char path[PATH_MAX];
	spi_shared_config *shared;
	spi_table table = {0};
	spi_generation_path(publisher, generation, "", path);
	sp_status status = spi_shared_config_load(path, &shared, err);
	if (status != SP_OK)
		return status;
	status = check_indexes(publisher, generation, shared->config, err);
	spi_generation_path(publisher, generation, "/MANIFEST", path);
	if (status == SP_OK)
		status = spi_manifest_read(path, publisher->encoder_name, &table, err);
	if (status != SP_OK) {
		spi_shared_config_unref(shared);
		return status;
	}
	adopt(publisher, generation, shared, table);
	return spi_show(publisher, err);
}

/* What another process built, or what was there before we came. *ret_usable: something is there to go on with. */
static sp_status follow(sp_publisher *publisher, bool *ret_usable, sp_error *err)
{
	unsigned current = spi_generation_current(publisher);
	sp_error why = {0};
	*ret_usable = current && current == publisher->generation && spi_generation_is_ours(publisher);
	if (!current || *ret_usable)
		return SP_OK;
	sp_status status = load_generation(publisher, current, &why);
	if (status == SP_ERR_NEWER || status == SP_ERR_NOMEM) {
		sp_error_copy(err, &why);
		return status;
	}
	*ret_usable = status == SP_OK;
	if (!*ret_usable)
		spi_notice(publisher, "%s%s%s; the index is built again", why.source, why.source[0] ? ": " : "", why.text);
	return SP_OK;
}

/* ---- kb.yaml ---- */

static void set_yaml_broken(sp_publisher *publisher, const sp_error *why)
{
	free(publisher->yaml_broken);
	publisher->yaml_broken = why ? strdup(why->text) : NULL;
	publisher->yaml_broken_line = why ? why->line : 0;
}

/* What is wrong with kb.yaml is told once; the last good one goes on. When it is not there at all, the folder is
   probably on its way (unmounted, a checkout): then nothing is taken out of the indexes either. */
static sp_status keep_old_config(sp_publisher *publisher, const sp_error *why, sp_error *err)
{
	bool is_news = !publisher->yaml_broken || strcmp(publisher->yaml_broken, why->text) != 0;
	if (!publisher->config) {
		sp_error_copy(err, why);
		return why->status;
	}
	if (!is_news)
		return SP_OK;
	set_yaml_broken(publisher, why);
	spi_notice_broken(publisher, publisher->kb_dir, "kb.yaml", why->line, why->text, "the last good one goes on");
	return publisher->snapshot ? spi_show_report(publisher, err) : SP_OK;
}

/* The configuration to build with, when it is another than the present one; *ret NULL: it is the same, or cannot be
 *used. ret_is_there false: leave everything as it is. */
static sp_status read_config(sp_publisher *publisher, spi_shared_config **ret, bool *ret_is_there, sp_error *err)
{
	spi_shared_config *config;
	sp_error why = {0};
	*ret = NULL;
	*ret_is_there = true;
	sp_status status = spi_shared_config_load(publisher->kb_dir, &config, &why);
	if (status == SP_ERR_NOMEM)
		return sp_error_set(err, status, NULL, 0, "out of memory");
	if (status != SP_OK) {
		*ret_is_there = status == SP_ERR_INVALID;
		return keep_old_config(publisher, &why, err);
	}
	bool was_broken = publisher->yaml_broken != NULL;
	set_yaml_broken(publisher, NULL);
	if (!publisher->config || publisher->config->config->hash != config->config->hash) {
		*ret = config;
		return SP_OK;
	}
	spi_shared_config_unref(config);
	return was_broken && publisher->snapshot ? spi_show_report(publisher, err) : SP_OK;
}

/* ---- labelled questions ---- */

/* What is wrong with the file is told once; what it said when it was last good goes on. */
static sp_status read_labelled(sp_publisher *publisher, sp_error *err)
{
	sp_error why = {0};
	spi_labelled *labelled;
	if (publisher->labelled_is_kb && access(publisher->labelled_path, F_OK) != 0) {
		spi_labelled_free(publisher->labelled);
		publisher->labelled = NULL;
		return SP_OK;
	}
	if (publisher->labelled && !spi_labelled_is_stale(publisher->labelled))
		return SP_OK;
	sp_status status = spi_labelled_read(publisher->labelled_path, &labelled, &why);
	if (status == SP_ERR_NOMEM || (status != SP_OK && !publisher->labelled)) {
		sp_error_copy(err, &why);
		return status;
	}
	bool is_news = status != SP_OK && (!publisher->labelled_broken || strcmp(publisher->labelled_broken, why.text) != 0);
	if (is_news)
		spi_notice_broken(publisher, NULL, why.source, why.line, why.text, "the last good one goes on");
	free(publisher->labelled_broken);
	publisher->labelled_broken = status == SP_OK ? NULL : strdup(why.text);
	if (status == SP_OK) {
		spi_labelled_free(publisher->labelled);
		publisher->labelled = labelled;
	}
	return SP_OK;
}

/* ---- the step ---- */

static sp_status build(sp_publisher *publisher, spi_shared_config *config, sp_error *err)
{
	sp_status status = spi_build_take(publisher, config ? config : spi_shared_config_ref(publisher->config), err);
	if (status == SP_OK)
		spi_notice(
			publisher, "built the index: %zu articles in %.2f s", publisher->report.articles, publisher->build_s);
	return status;
}

sp_status spi_step(sp_publisher *publisher, bool force, sp_error *err)
{
	bool is_usable, is_there;
	spi_shared_config *config;
	unsigned before = publisher->generation;
	spi_encode_follow(publisher);
	sp_status status = follow(publisher, &is_usable, err);
	if (status == SP_OK && is_usable && publisher->generation != before)
		spi_generation_clean(publisher, publisher->generation);
	if (status == SP_OK)
		status = read_labelled(publisher, err);
	if (status == SP_OK)
		status = read_config(publisher, &config, &is_there, err);
	if (status != SP_OK || (is_usable && !is_there))
		return status;
	if (!config && is_usable && !force) {
		status = spi_update(publisher, err);
		/* Readers see the change already; then the files that hold what was hidden are left behind, once nothing more is saved. */
		if (status == SP_OK && publisher->has_leftovers && !atomic_load(&publisher->is_learning_due))
			return build(publisher, config, err);
		/* An index that can no longer be written is made anew. */
		if (status != SP_ERR_CORRUPT && status != SP_ERR_INVALID && status != SP_ERR_NOT_FOUND)
			return status;
		spi_notice(publisher, "the index cannot be brought up to date; it is built again");
		sp_error_clear(err);
	}
	return build(publisher, config, err);
}

sp_status spi_bring_up_to_date(sp_publisher *publisher, bool force, sp_error *err)
{
	int lock = -1;
	pthread_mutex_lock(&publisher->work);
	sp_status status = spi_lock_take(publisher, LOCK_WAIT_MS, &lock, err);
	if (status == SP_OK) {
		bool damaged = atomic_exchange(&publisher->is_damaged, false);
		status = spi_step(publisher, force || damaged, err);
		if (status != SP_OK && damaged)
			atomic_store(&publisher->is_damaged, true);
	}
	spi_lock_release(lock);
	pthread_mutex_unlock(&publisher->work);
	return status;
}

/* ---- opening ---- */

/* No encoder's name begins with this word and a blank. */
#define DRAFTS_MARK "drafts "

char *spi_made_with(const sp_publisher *publisher, const sp_encoder *encoder)
{
	char *name;
	const char *encoder_name = encoder ? sp_encoder_name(encoder) : "none";
	return asprintf(&name, "%s%s", publisher->drafts ? DRAFTS_MARK : "", encoder_name) < 0 ? NULL : name;
}

static char *labelled_path(const sp_publish_options *options)
{
	char path[PATH_MAX];
	int len = snprintf(path, sizeof path, "%s/" SP_KB_LABELLED, options->kb_dir);
	return options->labelled ? strdup(options->labelled) : len < (int)sizeof path ? strdup(path) : NULL;
}

static sp_publisher *make(const sp_publish_options *options)
{
	sp_publisher *publisher = calloc(1, sizeof *publisher);
	if (!publisher)
		return NULL;
	pthread_mutex_init(&publisher->work, NULL);
	pthread_mutex_init(&publisher->storing, NULL);
	pthread_mutex_init(&publisher->shown, NULL);
	pthread_cond_init(&publisher->looked, NULL);
	pthread_mutex_init(&publisher->thread_lock, NULL);
	publisher->kb_dir = strdup(options->kb_dir);
	publisher->data_dir = strdup(options->data_dir);
	publisher->drafts = options->drafts;
	publisher->as_of = options->as_of;
	publisher->encoder_name = spi_made_with(publisher, options->encoder);
	publisher->encoder = options->encoder && sp_encoder_dimensions(options->encoder) > 0 ? options->encoder : NULL;
	publisher->labelled_is_kb = !options->labelled;
	publisher->labelled_path = labelled_path(options);
	publisher->only_audience = options->only_audience ? strdup(options->only_audience) : NULL;
	publisher->progress = options->progress;
	publisher->notice = options->notice;
	publisher->arg = options->arg;
	publisher->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	/* Numbers of a later run are higher: a cache that outlives us cannot be mistaken. */
	atomic_init(&publisher->number, (uint64_t)spi_now_utc_s() << 20);
	if (publisher->kb_dir && publisher->data_dir && publisher->encoder_name && publisher->wake_fd >= 0 &&
		publisher->labelled_path && (publisher->only_audience || !options->only_audience))
		return publisher;
	sp_publisher_close(publisher);
	return NULL;
}

static sp_status check_folders(const sp_publisher *publisher, sp_error *err)
{
	char path[PATH_MAX];
	struct stat st;
	if (stat(publisher->kb_dir, &st) != 0 || !S_ISDIR(st.st_mode))
		return sp_error_set(
			err, SP_ERR_NOT_FOUND, publisher->kb_dir, 0, "there is no such folder; give the folder with the articles");
	snprintf(path, sizeof path, "%s/versions", publisher->data_dir);
	sp_status status = spi_mkdirs_closed(publisher->data_dir, err);
	return status == SP_OK ? spi_mkdirs_closed(path, err) : status;
}

/* The disk is full or may not be written, but something is published: that serves, and the operator hears of it. */
static bool serves_anyway(sp_publisher *publisher, sp_status status, const sp_error *why)
{
	bool usable = publisher->snapshot != NULL;
	if (status == SP_ERR_NEWER || status == SP_ERR_NOMEM)
		return false;
	if (!usable) {
		pthread_mutex_lock(&publisher->work);
		follow(publisher, &usable, NULL);
		pthread_mutex_unlock(&publisher->work);
	}
	if (usable)
		spi_notice(publisher, "could not be brought up to date: %s%s%s; what was published before is served",
			why->source, why->source[0] ? ": " : "", why->text);
	return usable;
}

sp_status sp_publisher_open(const sp_publish_options *options, sp_publisher **ret, sp_error *err)
{
	sp_error why = {0};
	sp_publisher *publisher = make(options);
	if (!publisher)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	sp_status status = read_labelled(publisher, err);
	if (status != SP_OK) {
		sp_publisher_close(publisher);
		return status;
	}
	status = check_folders(publisher, &why);
	if (status == SP_OK && options->words_first)
		spi_encode_postpone(publisher);
	if (status == SP_OK)
		status = spi_bring_up_to_date(publisher, options->force, &why);
	if (status != SP_OK && (status == SP_ERR_NOT_FOUND || options->force || !serves_anyway(publisher, status, &why))) {
		sp_error_copy(err, &why);
		sp_publisher_close(publisher);
		return status;
	}
	*ret = publisher;
	return SP_OK;
}

sp_status sp_publisher_refresh(sp_publisher *publisher, bool force, sp_error *err)
{
	return spi_bring_up_to_date(publisher, force, err);
}

void sp_publisher_close(sp_publisher *publisher)
{
	if (!publisher)
		return;
	spi_thread_stop(publisher);
	if (publisher->wake_fd >= 0)
		close(publisher->wake_fd);
	spi_table_release(&publisher->table);
	spi_shared_config_unref(publisher->config);
	spi_snapshot_unref(publisher->snapshot);
	sp_arena_free(publisher->report.arena);
	spi_labelled_free(publisher->labelled);
	free(publisher->labelled_path);
	free(publisher->labelled_broken);
	free(publisher->yaml_broken);
	free(publisher->kb_dir);
	free(publisher->data_dir);
	free(publisher->encoder_name);
	free(publisher->only_audience);
	free(publisher->encoded_until);
	pthread_mutex_destroy(&publisher->work);
	pthread_mutex_destroy(&publisher->storing);
	pthread_mutex_destroy(&publisher->shown);
	pthread_cond_destroy(&publisher->looked);
	pthread_mutex_destroy(&publisher->thread_lock);
	free(publisher);
}

/* ---- what it tells ---- */

static sp_status copy_state(const sp_publisher *publisher, sp_arena *arena, sp_publish_state *ret)
{
	const spi_report *report = &publisher->report;
	sp_broken *broken = sp_arena_calloc(arena, report->broken_count + 1, sizeof *broken);
	bool ok = broken != NULL;
	for (size_t i = 0; ok && i < report->broken_count; i++) {
		broken[i] = report->broken[i];
		broken[i].file = sp_arena_strdup(arena, report->broken[i].file);
		broken[i].text = sp_arena_strdup(arena, report->broken[i].text);
		ok = broken[i].file && broken[i].text;
	}
	if (!ok)
		return SP_ERR_NOMEM;
	*ret = (sp_publish_state){.generation = atomic_load(&publisher->number),
		.articles = report->articles,
		.broken = broken,
		.broken_count = report->broken_count,
		.published_utc_s = publisher->published_utc_s,
		.build_s = publisher->build_s,
		.words_only = publisher->words_only,
		.encoded = publisher->encoded,
		.to_encode = publisher->to_encode};
	return SP_OK;
}

sp_status sp_publisher_state(sp_publisher *publisher, sp_arena *arena, sp_publish_state *ret)
{
	pthread_mutex_lock(&publisher->shown);
	sp_status status = copy_state(publisher, arena, ret);
	pthread_mutex_unlock(&publisher->shown);
	return status;
}

void spi_tell_looked(sp_publisher *publisher)
{
	pthread_mutex_lock(&publisher->shown);
	publisher->looks++;
	pthread_cond_broadcast(&publisher->looked);
	pthread_mutex_unlock(&publisher->shown);
}

uint64_t sp_publisher_looks(sp_publisher *publisher, uint64_t seen, unsigned wait_ms)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += wait_ms / 1000;
	until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_mutex_lock(&publisher->shown);
	int waited = 0;
	while (publisher->looks == seen && waited == 0)
		waited = pthread_cond_timedwait(&publisher->looked, &publisher->shown, &until);
	uint64_t looks = publisher->looks;
	pthread_mutex_unlock(&publisher->shown);
	return looks;
}

sp_status sp_publisher_version(sp_publisher *publisher, const char *version, sp_arena *arena, const char **ret_path,
	const char **ret, size_t *ret_len, sp_error *err)
{
	return spi_version_load(publisher->data_dir, version, arena, ret_path, ret, ret_len, err);
}

const char *sp_publisher_folder(const sp_publisher *publisher)
{
	return publisher->kb_dir;
}
