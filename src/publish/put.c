/* Putting articles into the indexes of those who may read them. */
#include "publish/publisher.h"

#include "base/file.h"

#include <stdio.h>
#include <string.h>

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

/* ---- writers ---- */

/* A store that cannot be read any more: its vectors are made again. */
static void tell_of_store(sp_publisher *publisher, const char *folder, sp_vector_store_found found)
{
	if (found == SP_STORE_DAMAGED)
		spi_notice(publisher, "%s: a file of sentence vectors was damaged and put aside; they are made again", folder);
	else if (found == SP_STORE_OLD)
		spi_notice(publisher, "%s: the sentence vectors are of an older version of the program; they are made again", folder);
}

static sp_status open_store(spi_writers *writers, sp_error *err)
{
	char folder[PATH_MAX];
	sp_vector_store_found found = SP_STORE_GOOD;
	sp_publisher *publisher = writers->publisher;
	if (writers->store || !publisher->encoder)
		return SP_OK;
	snprintf(folder, sizeof folder, "%s/vectors", publisher->data_dir);
	sp_status status = sp_vector_store_open(folder, publisher->encoder, &writers->store, &found, err);
	if (status == SP_OK)
		tell_of_store(publisher, folder, found);
	return status;
}

static sp_status writer_of(spi_writers *writers, size_t audience, sp_index_writer **ret, sp_error *err)
{
	char folder[PATH_MAX];
	if (!writers->items[audience]) {
		const char *key = writers->config->audiences[audience].key;
		snprintf(folder, sizeof folder, "%s/%s/SEAL", writers->folder, key);
		if (writers->must_exist && !spi_exists(folder))
			return sp_error_set(err, SP_ERR_CORRUPT, folder, 0, "is missing");
		snprintf(folder, sizeof folder, "%s/%s", writers->folder, key);
		sp_status status = writers->are_parts ? SP_OK : open_store(writers, err);
		if (status == SP_OK && writers->are_parts)
			status = sp_index_part_open(folder, &writers->items[audience], err);
		else if (status == SP_OK)
			status = sp_index_writer_open(folder, writers->store, &writers->items[audience], err);
		if (status != SP_OK)
			return status;
	}
	*ret = writers->items[audience];
	return SP_OK;
}

sp_status spi_writers_open(spi_writers *writers, size_t audience, sp_error *err)
{
	sp_index_writer *writer;
	return writer_of(writers, audience, &writer, err);
}

bool spi_writers_learn(const spi_writers *writers)
{
	for (size_t i = 0; i < SP_AUDIENCES_MAX; i++)
		if (writers->items[i] && sp_index_writer_learns(writers->items[i]))
			return true;
	return false;
}

sp_status spi_writers_commit_words(spi_writers *writers, sp_error *err)
{
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < SP_AUDIENCES_MAX; i++)
		if (writers->items[i])
			status = sp_index_writer_commit_words(writers->items[i], err);
	return status;
}

/* One index's commit, which mostly waits for the disk. */
typedef struct committing {
	sp_index_writer *writer;
	sp_status status;
	sp_error err;
	pthread_t thread;
	bool runs;
} committing;

static void *commit_one(void *arg)
{
	committing *c = arg;
	c->status = sp_index_writer_commit(c->writer, &c->err);
	return NULL;
}

static void on_encoded(void *arg, size_t done, size_t total)
{
	const sp_publisher *publisher = arg;
	if (publisher->progress)
		publisher->progress(SP_PUBLISH_ENCODING, done, total, publisher->arg);
}

/* The same in each index: what no article answers, none answers for those who read less. */
static sp_status put_unanswered(const spi_writers *writers, sp_error *err)
{
	sp_strings questions[SP_LANG_COUNT] = {0};
	const spi_labelled *labelled = writers->publisher->labelled;
	uint64_t hash = spi_labelled_unanswered_hash(labelled);
	sp_arena *arena = sp_arena_new(0);
	sp_status status = arena && spi_labelled_unanswered(labelled, arena, questions) ? SP_OK : no_memory(err);
	for (size_t i = 0; status == SP_OK && i < SP_AUDIENCES_MAX; i++)
		if (writers->items[i])
			status = sp_index_writer_put_unanswered(writers->items[i], questions, hash, err);
	sp_arena_free(arena);
	return status;
}

/* Vectors come from one store, one writer after the other; most audiences find theirs made by the first. */
static sp_status encode_all(const spi_writers *writers, sp_error *err)
{
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < SP_AUDIENCES_MAX; i++)
		if (writers->items[i])
			status = sp_index_writer_encode(writers->items[i], on_encoded, writers->publisher, err);
	return status;
}

/* Side by side: six indexes take hardly longer than one. Without threads, one after the other. */
sp_status spi_writers_commit(spi_writers *writers, sp_error *err)
{
	committing all[SP_AUDIENCES_MAX] = {0};
	sp_status status = put_unanswered(writers, err);
	if (status == SP_OK)
		status = encode_all(writers, err);
	if (status != SP_OK)
		return status;
	for (size_t i = 0; i < SP_AUDIENCES_MAX; i++) {
		all[i].writer = writers->items[i];
		if (!all[i].writer)
			continue;
		all[i].runs = pthread_create(&all[i].thread, NULL, commit_one, &all[i]) == 0;
		if (!all[i].runs)
			commit_one(&all[i]);
	}
	for (size_t i = 0; i < SP_AUDIENCES_MAX; i++) {
		if (all[i].runs)
			pthread_join(all[i].thread, NULL);
		if (all[i].status == SP_OK || status != SP_OK)
			continue;
		status = all[i].status;
		sp_error_copy(err, &all[i].err);
	}
	return status;
}

void spi_writers_close(spi_writers *writers)
{
	for (size_t i = 0; i < SP_AUDIENCES_MAX; i++) {
		sp_index_writer_close(writers->items[i]);
		writers->items[i] = NULL;
	}
}

void spi_writers_end(spi_writers *writers, bool sweep)
{
	sp_error why = {0};
	if (writers->store && sweep && sp_vector_store_sweep(writers->store, &why) != SP_OK)
		spi_notice(writers->publisher, "%s: %s; vectors that nobody uses stay there for now", why.source, why.text);
	sp_vector_store_close(writers->store);
	writers->store = NULL;
}

/* ---- one article ---- */

/* One that ended or was retired, and that the article succeeds: its phrasings find the successor, for those who might have read it. */
typedef struct predecessor {
	const spi_led *led;
	sp_article *article;
} predecessor;

/* What is put of one file. */
typedef struct putting {
	sp_publisher *publisher;
	spi_writers *writers;
	const spi_plan *plan;
	sp_arena *arena;
	const sp_article *article;
	predecessor *predecessors;
	size_t predecessors_count;
	bool has_blocks; /* audiences may see different texts */
	bool has_view;
	sp_view view;
	sp_error *err;
} putting;

static sp_status load_predecessors(putting *p, const spi_file *file)
{
	size_t count;
	const spi_led *replaced = spi_plan_replaced(p->plan, file, &count);
	p->predecessors = sp_arena_calloc(p->arena, count + 1, sizeof *p->predecessors);
	if (!p->predecessors)
		return no_memory(p->err);
	for (size_t i = 0; i < count; i++) {
		predecessor *one = &p->predecessors[p->predecessors_count];
		if (replaced[i].file == file)
			continue;
		one->led = &replaced[i];
		/* One that cannot be read is told of when it is put itself. */
		if (spi_load_article(p->publisher, replaced[i].file, p->writers->config, &one->article, NULL) == SP_OK)
			p->predecessors_count++;
	}
	return SP_OK;
}

static void free_predecessors(putting *p)
{
	for (size_t i = 0; i < p->predecessors_count; i++)
		sp_article_free(p->predecessors[i].article);
}

/* Labelled questions of the article, and of the predecessors that these readers might have read. */
static bool add_labelled(const putting *p, sp_audiences readable, sp_strings *list)
{
	const spi_labelled *labelled = p->plan->labelled;
	const sp_article *article = p->article;
	const sp_strings title = {(const char *[]){article->title}, 1};
	sp_strings known = {0}, questions;
	if (!labelled)
		return true;
	bool ok = spi_labelled_append(&title, &known, p->arena, &known) &&
			  spi_labelled_append(&article->questions, &known, p->arena, &known) &&
			  spi_labelled_of(labelled, article->id, article->lang, p->arena, &questions) &&
			  spi_labelled_append(&questions, &known, p->arena, list);
	for (size_t i = 0; ok && i < p->predecessors_count; i++) {
		const sp_article *old = p->predecessors[i].article;
		if (spi_led_is_known(p->predecessors[i].led, readable))
			ok = spi_labelled_of(labelled, old->id, old->lang, p->arena, &questions) &&
				 spi_labelled_append(&questions, &known, p->arena, list);
	}
	return ok;
}

/* Titles and questions of the predecessors that these readers might have read, and labelled questions. */
static bool phrasings_for(const putting *p, sp_audiences readable, sp_strings *ret)
{
	size_t count = 0;
	for (size_t i = 0; i < p->predecessors_count; i++)
		count += 1 + p->predecessors[i].article->questions.count;
	*ret = (sp_strings){.items = sp_arena_calloc(p->arena, count + 1, sizeof *ret->items)};
	for (size_t i = 0; ret->items && i < p->predecessors_count; i++) {
		const sp_article *old = p->predecessors[i].article;
		if (!spi_led_is_known(p->predecessors[i].led, readable))
			continue;
		ret->items[ret->count++] = old->title;
		for (size_t j = 0; j < old->questions.count; j++)
			ret->items[ret->count++] = old->questions.items[j];
	}
	return ret->items && add_labelled(p, readable, ret);
}

/* Those of the ids that these readers may read too. */
static bool readable_ids(const putting *p, const sp_strings *all, sp_audiences readable, sp_strings *ret)
{
	*ret = (sp_strings){.items = sp_arena_calloc(p->arena, all->count + 1, sizeof *ret->items)};
	for (size_t i = 0; ret->items && i < all->count; i++)
		if (spi_plan_is_readable(p->plan, all->items[i], readable))
			ret->items[ret->count++] = all->items[i];
	return ret->items != NULL;
}

/* The article as an audience may know it: it is named no other that it may not read. */
static bool shown_to(const putting *p, sp_audiences readable, sp_article *ret)
{
	*ret = *p->article;
	if (ret->replaced_by && !spi_plan_is_readable(p->plan, ret->replaced_by, readable))
		ret->replaced_by = NULL;
	return readable_ids(p, &p->article->covers.articles, readable, &ret->covers.articles);
}

static sp_status put_for(putting *p, size_t audience)
{
	sp_audiences readable = p->writers->config->audiences[audience].reads;
	sp_index_writer *writer = NULL;
	sp_article shown;
	sp_document document = {.article = &shown, .config = p->writers->config, .view = &p->view, .readable = readable};
	bool encodes_only = p->writers->encodes_only;
	sp_status status = encodes_only ? open_store(p->writers, p->err) : writer_of(p->writers, audience, &writer, p->err);
	if (status == SP_OK && (!p->has_view || p->has_blocks))
		status = sp_article_view(p->article, readable, p->arena, &p->view, p->err);
	if (status != SP_OK)
		return status;
	p->has_view = true;
	if (!shown_to(p, readable, &shown) || !readable_ids(p, &p->article->related, readable, &document.related) ||
		!phrasings_for(p, readable, &document.also))
		return no_memory(p->err);
	return encodes_only ? sp_document_encode(&document, p->writers->store, p->arena, p->err)
						: sp_index_writer_put(writer, &document, p->err);
}

static sp_status take_out_of(spi_writers *writers, const spi_file *file, size_t audience, sp_error *err)
{
	writers->took_out = true;
	sp_index_writer *writer = NULL;
	sp_status status = writer_of(writers, audience, &writer, err);
	return status == SP_OK ? sp_index_writer_remove(writer, file->id, file->lang, err) : status;
}

/* Its text is lost (someone removed it from versions/): the others must not wait for it. */
static sp_status give_up(
	sp_publisher *publisher, spi_writers *writers, spi_file *file, const sp_error *why, sp_error *err)
{
	file->is_lost = true;
	if (writers->are_parts)
		return SP_OK;
	spi_notice(publisher, "%s/%s: its last good text cannot be read (%s); it is not served until the file is good",
		publisher->kb_dir, file->path, why->text);
	file->version[0] = '\0';
	file->mtime_ns = 0;
	file->wanted = 0;
	return file->put ? spi_take_out_file(writers, file, err) : SP_OK;
}

sp_status spi_put_file(sp_publisher *publisher, spi_writers *writers, const spi_plan *plan, spi_file *file,
	sp_audiences into, sp_arena *arena, sp_error *err)
{
	sp_article *article;
	putting p = {.publisher = publisher, .writers = writers, .plan = plan, .arena = arena, .err = err};
	sp_error why = {0};
	sp_status status = spi_load_article(publisher, file, writers->config, &article, &why);
	if (status == SP_ERR_NOT_FOUND || status == SP_ERR_CORRUPT || status == SP_ERR_INVALID)
		return give_up(publisher, writers, file, &why, err);
	if (status != SP_OK) {
		sp_error_copy(err, &why);
		return status;
	}
	p.article = article;
	p.has_blocks = memmem(article->body, article->body_len, "[!", 2) != NULL;
	status = load_predecessors(&p, file);
	for (size_t i = 0; status == SP_OK && i < writers->config->audiences_count; i++) {
		sp_audiences reads = writers->config->audiences[i].reads;
		if (!(into >> i & 1) || !spi_publishes(publisher, writers->config, i))
			continue;
		if (file->audience & reads)
			status = put_for(&p, i);
		else if (!writers->encodes_only && file->put && file->put_audience & reads)
			status = take_out_of(writers, file, i, err);
	}
	free_predecessors(&p);
	sp_article_free(article);
	return status;
}

sp_status spi_take_out_file(spi_writers *writers, const spi_file *file, sp_error *err)
{
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < writers->config->audiences_count; i++)
		if (file->put_audience & writers->config->audiences[i].reads && spi_publishes(writers->publisher, writers->config, i))
			status = take_out_of(writers, file, i, err);
	return status;
}
