/* Sentence vectors in the background. Those of a large knowledge base take minutes the first time: until they are made, the
   indexes hold words alone, and a saved article is live as ever. The work lock is held for a few articles at a time. */
#include "publish/publisher.h"

#include "base/clock.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* With fewer articles, waiting is shorter than what two builds take. */
#define FEW_ARTICLES 30
/* An article has at least so many texts: with fewer vectors there is much to encode. */
#define TEXTS_EACH 3
/* For how long a saved article may wait for its turn. */
#define TURN_US 500000
/* Where its editor looks at it. */
#define TURN_OF_DRAFTS_US 100000

static bool is_article(const char *name)
{
	size_t len = strlen(name);
	return len > 3 && strcmp(name + len - 3, ".md") == 0;
}

/* Roughly: what is in the folders, served or not. */
static size_t count_articles(const char *folder, int depth)
{
	size_t count = 0;
	DIR *dir = opendir(folder);
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		char below[PATH_MAX];
		if (entry->d_name[0] == '.')
			continue;
		snprintf(below, sizeof below, "%s/%s", folder, entry->d_name);
		count += is_article(entry->d_name) ? 1 : depth > 0 && entry->d_type == DT_DIR ? count_articles(below, depth - 1) : 0;
	}
	if (dir)
		closedir(dir);
	return count;
}

static size_t count_vectors(const sp_publisher *publisher)
{
	char folder[PATH_MAX];
	sp_vector_store *store;
	snprintf(folder, sizeof folder, "%s/vectors", publisher->data_dir);
	if (sp_vector_store_open(folder, publisher->encoder, &store, NULL, NULL) != SP_OK)
		return 0;
	size_t count = sp_vector_store_count(store);
	sp_vector_store_close(store);
	return count;
}

static bool use_encoder(sp_publisher *publisher, sp_encoder *encoder)
{
	char *name = spi_made_with(publisher, encoder);
	if (!name)
		return false;
	free(publisher->encoder_name);
	publisher->encoder_name = name;
	publisher->encoder = encoder;
	return true;
}

static bool published_with(const sp_publisher *publisher, const sp_encoder *encoder)
{
	char path[PATH_MAX], name[512];
	unsigned current = spi_generation_current(publisher);
	char *wanted = current ? spi_made_with(publisher, encoder) : NULL;
	if (!wanted)
		return false;
	spi_generation_path(publisher, current, "/MANIFEST", path);
	spi_manifest_encoder(path, name, sizeof name);
	bool same = strcmp(name, wanted) == 0;
	free(wanted);
	return same;
}

void spi_encode_postpone(sp_publisher *publisher)
{
	sp_encoder *encoder = publisher->encoder;
	if (!encoder || published_with(publisher, encoder))
		return;
	size_t articles = count_articles(publisher->kb_dir, 2);
	if (articles < FEW_ARTICLES || count_vectors(publisher) >= TEXTS_EACH * articles || !use_encoder(publisher, NULL))
		return;
	publisher->later = encoder;
	spi_notice(publisher, "sentence vectors are made in the background; answers come from words alone until they are there");
}

static void stop_waiting(sp_publisher *publisher)
{
	sp_encoder *encoder = publisher->later;
	publisher->later = NULL;
	use_encoder(publisher, encoder);
	pthread_mutex_lock(&publisher->shown);
	publisher->encoded = publisher->to_encode = 0;
	pthread_mutex_unlock(&publisher->shown);
}

void spi_encode_follow(sp_publisher *publisher)
{
	if (publisher->later && published_with(publisher, publisher->later))
		stop_waiting(publisher);
}

bool spi_encode_is_due(sp_publisher *publisher)
{
	pthread_mutex_lock(&publisher->work);
	bool is_due = publisher->later != NULL;
	pthread_mutex_unlock(&publisher->work);
	return is_due;
}

/* ---- a turn ---- */

typedef struct turn {
	sp_publisher *publisher;
	spi_plan plan;
	spi_writers writers;
	sp_arena *arena;
	sp_error *err;
} turn;

static void tell(sp_publisher *publisher, size_t done)
{
	size_t total = publisher->table.count;
	pthread_mutex_lock(&publisher->shown);
	publisher->encoded = done;
	publisher->to_encode = total;
	pthread_mutex_unlock(&publisher->shown);
	spi_tell_looked(publisher);
	if (publisher->progress)
		publisher->progress(SP_PUBLISH_ENCODING, done, total, publisher->arg);
}

static sp_status note_place(sp_publisher *publisher, const char *path, sp_error *err)
{
	char *copy = strdup(path);
	if (!copy)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	free(publisher->encoded_until);
	publisher->encoded_until = copy;
	return SP_OK;
}

/* From where the last turn ended, until time is over or all is done. */
static sp_status encode_files(turn *t, bool *ret_done)
{
	sp_publisher *publisher = t->publisher;
	const spi_table *table = &publisher->table;
	int64_t until_us = spi_now_us() + (publisher->drafts ? TURN_OF_DRAFTS_US : TURN_US);
	sp_status status = SP_OK;
	size_t i = 0;
	while (publisher->encoded_until && i < table->count && strcmp(table->items[i]->path, publisher->encoded_until) <= 0)
		i++;
	for (; status == SP_OK && i < table->count && spi_now_us() < until_us && !atomic_load(&publisher->stops); i++) {
		spi_file *file = table->items[i];
		sp_arena_reset(t->arena);
		if (file->wanted)
			status = spi_put_file(publisher, &t->writers, &t->plan, file, SPI_ALL_AUDIENCES, t->arena, t->err);
		if (status == SP_OK)
			status = note_place(publisher, file->path, t->err);
	}
	tell(publisher, i);
	*ret_done = status == SP_OK && i == table->count;
	return status;
}

static sp_status take_turn(sp_publisher *publisher, bool *ret_done, sp_error *err)
{
	turn t = {.publisher = publisher, .arena = sp_arena_new(0), .err = err};
	const sp_kb_config *config = publisher->config->config;
	if (!t.arena)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	t.writers = (spi_writers){.publisher = publisher, .config = config, .encodes_only = true};
	publisher->encoder = publisher->later; /* for the store alone: nothing is put into an index here */
	sp_status status = spi_plan_make(publisher, config, &t.plan, err);
	if (status == SP_OK)
		status = encode_files(&t, ret_done);
	spi_writers_end(&t.writers, false);
	spi_plan_release(&t.plan);
	publisher->encoder = NULL;
	sp_arena_free(t.arena);
	return status;
}

sp_status spi_encode_some(sp_publisher *publisher, sp_error *err)
{
	int lock = -1;
	bool done = false;
	pthread_mutex_lock(&publisher->work);
	sp_status status = publisher->later ? spi_lock_take(publisher, 0, &lock, err) : SP_OK;
	if (status == SP_OK && publisher->later)
		status = take_turn(publisher, &done, err);
	if (done) {
		stop_waiting(publisher);
		status = spi_step(publisher, true, err);
	}
	spi_lock_release(lock);
	pthread_mutex_unlock(&publisher->work);
	return status;
}
