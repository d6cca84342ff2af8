#include "index/meaning.h"

#include "base/file.h"
#include "index/meaning_model.h"
#include "index/meaning_tokens.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A document that changed since the last write: its texts, until they are encoded. */
typedef struct pending {
	uint32_t docid;
	sp_lang lang;
	spi_passage *passages; /* texts are owned by the writer's arena; NULL = taken out */
	size_t count;
	float *vectors; /* NULL = not encoded yet */
	sp_token_table tokens; /* of its passages */
} pending;

struct spi_meaning_writer {
	char *folder;
	uint64_t revision;
	sp_vector_store *store;
	const char *encoder_name;
	size_t dimensions, token_bytes;
	uint64_t base; /* revision whose tokens are in use still; 0 = nothing was written here */
	sp_arena *arena;
	pending *pending;
	size_t count, capacity;
};

static sp_status no_memory(sp_error *err)
{
	sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	return SP_ERR_NOMEM;
}

static void path_of(const char *folder, const char *what, uint64_t revision, char ret[PATH_MAX])
{
	snprintf(ret, PATH_MAX, "%s/vectors/%s-%llu", folder, what, (unsigned long long)revision);
}

sp_status spi_meaning_writer_open(
	const char *folder, uint64_t revision, sp_vector_store *store, spi_meaning_writer **ret, sp_error *err)
{
	char path[PATH_MAX];
	spi_meaning_writer *writer = calloc(1, sizeof *writer);
	if (!writer)
		return no_memory(err);
	sp_encoder *encoder = sp_vector_store_encoder(store);
	*writer = (spi_meaning_writer){.folder = strdup(folder), .revision = revision, .store = store,
		.encoder_name = sp_encoder_name(encoder), .dimensions = sp_encoder_dimensions(encoder),
		.token_bytes = sp_encoder_token_bytes(encoder), .arena = sp_arena_new(0)};
	snprintf(path, sizeof path, "%s/vectors", folder);
	sp_status status = writer->folder && writer->arena ? spi_mkdirs(path, err) : no_memory(err);
	if (status == SP_OK)
		*ret = writer;
	else
		spi_meaning_writer_close(writer);
	return status;
}

static void release_encoded(pending *p)
{
	free(p->vectors);
	sp_token_table_release(&p->tokens);
}

static void forget(spi_meaning_writer *writer)
{
	for (size_t i = 0; i < writer->count; i++)
		release_encoded(&writer->pending[i]);
	writer->count = 0;
	sp_arena_reset(writer->arena);
}

void spi_meaning_writer_close(spi_meaning_writer *writer)
{
	if (!writer)
		return;
	forget(writer);
	free(writer->pending);
	free(writer->folder);
	sp_arena_free(writer->arena);
	free(writer);
}

/* ---- what changed ---- */

/* A place for the document's change; a change that it already had is gone. */
static pending *place_for(spi_meaning_writer *writer, uint32_t docid)
{
	for (size_t i = writer->count; i > 0; i--)
		if (writer->pending[i - 1].docid == docid) {
			release_encoded(&writer->pending[i - 1]);
			return &writer->pending[i - 1];
		}
	if (writer->count == writer->capacity) {
		size_t capacity = writer->capacity ? 2 * writer->capacity : 64;
		pending *more = realloc(writer->pending, capacity * sizeof *more);
		if (!more)
			return NULL;
		writer->pending = more;
		writer->capacity = capacity;
	}
	return &writer->pending[writer->count++];
}

static sp_status put(spi_meaning_writer *writer, uint32_t docid, sp_lang lang, spi_passage *passages, size_t count, sp_error *err)
{
	for (size_t i = 0; passages && i < count; i++)
		if (!(passages[i].text = sp_arena_strndup(writer->arena, passages[i].text, passages[i].len)))
			return no_memory(err);
	pending *p = passages ? place_for(writer, docid) : NULL;
	if (!p)
		return no_memory(err);
	*p = (pending){docid, lang, passages, count, NULL, {0}};
	return SP_OK;
}

sp_status spi_meaning_put(spi_meaning_writer *writer, uint32_t docid, const sp_document *document, sp_error *err)
{
	size_t count = 0;
	spi_passage *passages = spi_passages_of(document, writer->arena, &count);
	return put(writer, docid, document->article->lang, passages, count, err);
}

sp_status spi_meaning_put_unanswered(spi_meaning_writer *writer, sp_lang lang, const sp_strings *questions, sp_error *err)
{
	size_t count = 0;
	if (questions->count == 0)
		return spi_meaning_remove(writer, SPI_NOBODY(lang), err);
	spi_passage *passages = spi_passages_of_questions(questions, writer->arena, &count);
	return put(writer, SPI_NOBODY(lang), lang, passages, count, err);
}

sp_status spi_meaning_remove(spi_meaning_writer *writer, uint32_t docid, sp_error *err)
{
	pending *p = place_for(writer, docid);
	if (!p)
		return no_memory(err);
	*p = (pending){.docid = docid};
	return SP_OK;
}

/* ---- encoding ---- */

typedef struct batch {
	const char **texts;
	size_t *lens;
	float *vectors;
	sp_token_table tokens;
	size_t count;
} batch;

static void free_batch(batch *b)
{
	free(b->texts);
	free(b->lens);
	free(b->vectors);
	sp_token_table_release(&b->tokens);
}

static sp_encode_role role_of(spi_row_kind kind)
{
	return kind == SPI_ROW_PASSAGE ? SP_ENCODE_PASSAGE : SP_ENCODE_QUESTION;
}

static bool is_to_encode(const pending *p, size_t i, sp_encode_role role)
{
	return p->passages && !p->vectors && role_of(p->passages[i].kind) == role;
}

static sp_status gather(const spi_meaning_writer *writer, sp_encode_role role, batch *ret, sp_error *err)
{
	size_t most = 0;
	for (size_t i = 0; i < writer->count; i++)
		most += writer->pending[i].count;
	*ret = (batch){.texts = malloc((most + 1) * sizeof *ret->texts), .lens = malloc((most + 1) * sizeof *ret->lens)};
	if (!ret->texts || !ret->lens)
		return no_memory(err);
	for (size_t i = 0; i < writer->count; i++)
		for (size_t k = 0; k < writer->pending[i].count; k++)
			if (is_to_encode(&writer->pending[i], k, role)) {
				ret->texts[ret->count] = writer->pending[i].passages[k].text;
				ret->lens[ret->count++] = writer->pending[i].passages[k].len;
			}
	ret->vectors = malloc((ret->count * writer->dimensions + 1) * sizeof *ret->vectors);
	return ret->vectors ? SP_OK : no_memory(err);
}

/* A document's part of the tokens of all passages. */
static bool take_tokens(const spi_meaning_writer *writer, const sp_token_table *all, size_t first, size_t count, sp_token_table *ret)
{
	if (!all->starts)
		return true;
	size_t rows = all->starts[first + count] - all->starts[first];
	*ret = (sp_token_table){count, malloc((count + 1) * sizeof *ret->starts), malloc(rows * writer->token_bytes + 1)};
	if (!ret->starts || !ret->rows)
		return false;
	for (size_t i = 0; i <= count; i++)
		ret->starts[i] = all->starts[first + i] - all->starts[first];
	memcpy(ret->rows, all->rows + all->starts[first] * writer->token_bytes, rows * writer->token_bytes);
	return true;
}

/* Both roles' vectors to where their texts are from. */
static sp_status distribute(spi_meaning_writer *writer, const batch *questions, const batch *passages, sp_error *err)
{
	size_t taken[2] = {0}, size = writer->dimensions * sizeof(float);
	const float *vectors[2] = {questions->vectors, passages->vectors};
	for (size_t i = 0; i < writer->count; i++) {
		pending *p = &writer->pending[i];
		if (!p->passages || p->vectors)
			continue;
		p->vectors = malloc(p->count * size + 1);
		if (!p->vectors)
			return no_memory(err);
		size_t first_passage = taken[SP_ENCODE_PASSAGE];
		for (size_t k = 0; k < p->count; k++) {
			sp_encode_role role = role_of(p->passages[k].kind);
			memcpy(p->vectors + k * writer->dimensions, vectors[role] + taken[role]++ * writer->dimensions, size);
		}
		if (!take_tokens(writer, &passages->tokens, first_passage, taken[SP_ENCODE_PASSAGE] - first_passage, &p->tokens))
			return no_memory(err);
	}
	return SP_OK;
}

static sp_status encode(spi_meaning_writer *writer, sp_encode_role role, batch *ret, sp_vectors_progress *progress, void *arg, sp_error *err)
{
	bool has_tokens = writer->token_bytes > 0 && role == SP_ENCODE_PASSAGE;
	sp_status status = gather(writer, role, ret, err);
	if (status != SP_OK || ret->count == 0)
		return status;
	return sp_vector_store_get(writer->store, role, ret->texts, ret->lens, ret->count, ret->vectors,
		has_tokens ? &ret->tokens : NULL, progress, arg, err);
}

sp_status spi_meaning_encode(spi_meaning_writer *writer, sp_vectors_progress *progress, void *arg, sp_error *err)
{
	batch questions = {0}, passages = {0};
	sp_status status = encode(writer, SP_ENCODE_QUESTION, &questions, progress, arg, err);
	if (status == SP_OK)
		status = encode(writer, SP_ENCODE_PASSAGE, &passages, progress, arg, err);
	if (status == SP_OK)
		status = distribute(writer, &questions, &passages, err);
	free_batch(&questions);
	free_batch(&passages);
	return status;
}

sp_status sp_document_encode(const sp_document *document, sp_vector_store *store, sp_arena *arena, sp_error *err)
{
	size_t count = 0, dimensions = sp_encoder_dimensions(sp_vector_store_encoder(store));
	sp_status status = SP_OK;
	spi_passage *passages = spi_passages_of(document, arena, &count);
	const char **texts = passages ? sp_arena_alloc(arena, (count + 1) * sizeof *texts) : NULL;
	size_t *lens = sp_arena_alloc(arena, (count + 1) * sizeof *lens);
	float *vectors = malloc((count * dimensions + 1) * sizeof *vectors);
	for (int role = SP_ENCODE_QUESTION; vectors && texts && lens && status == SP_OK && role <= SP_ENCODE_PASSAGE; role++) {
		size_t n = 0;
		for (size_t i = 0; i < count; i++)
			if ((int)role_of(passages[i].kind) == role) {
				texts[n] = passages[i].text;
				lens[n++] = passages[i].len;
			}
		status = sp_vector_store_get(store, (sp_encode_role)role, texts, lens, n, vectors, NULL, NULL, NULL, err);
	}
	bool ok = vectors && texts && lens;
	free(vectors);
	return ok ? status : no_memory(err);
}

/* ---- writing ---- */

static int by_docid(const void *a, const void *b)
{
	const pending *x = a, *y = b;
	return (x->docid > y->docid) - (x->docid < y->docid);
}

/* What the revision before holds; all of it NULL and zero when this one is the first. */
typedef struct present {
	sp_vectors *rows, *classes;
	spi_meaning_model model;
} present;

static sp_status open_rows(const spi_meaning_writer *writer, const char *what, sp_vectors **ret, sp_error *err)
{
	char path[PATH_MAX];
	path_of(writer->folder, what, writer->revision, path);
	sp_status status = sp_vectors_open(path, ret, err);
	if (status == SP_ERR_NOT_FOUND)
		return sp_error_set(err, SP_ERR_CORRUPT, path, 0, "is missing; the index is built again from the articles");
	return status;
}

static sp_status open_present(const spi_meaning_writer *writer, present *ret, sp_error *err)
{
	char path[PATH_MAX];
	if (!writer->revision)
		return SP_OK;
	path_of(writer->folder, "model", writer->revision, path);
	sp_status status = spi_model_read(path, &ret->model, err);
	if (status == SP_ERR_NOT_FOUND)
		status = sp_error_set(err, SP_ERR_CORRUPT, path, 0, "is missing; the index is built again from the articles");
	if (status == SP_OK)
		status = open_rows(writer, "rows", &ret->rows, err);
	if (status == SP_OK)
		status = open_rows(writer, "classes", &ret->classes, err);
	bool agree = status != SP_OK || (sp_vectors_count(ret->rows) == ret->model.rows_count && sp_vectors_dimensions(ret->rows) == writer->dimensions &&
		sp_vectors_count(ret->classes) == ret->model.classes.count && ret->model.means.dimensions == writer->dimensions);
	return agree ? status : sp_error_set(err, SP_ERR_CORRUPT, path, 0, "does not agree with the vectors beside it; the index is built again");
}

static void close_present(present *p)
{
	sp_vectors_close(p->rows);
	sp_vectors_close(p->classes);
	spi_model_release(&p->model);
}

/* The pending documents are in order. */
static sp_status merge(const spi_meaning_writer *writer, const present *now, spi_rows *ret, sp_error *err)
{
	spi_row_change *changes = malloc((writer->count + 1) * sizeof *changes);
	if (!changes)
		return no_memory(err);
	for (size_t i = 0; i < writer->count; i++) {
		const pending *p = &writer->pending[i];
		changes[i] = (spi_row_change){p->docid, p->lang, p->passages, p->vectors, p->passages ? p->count : 0};
	}
	sp_status status = spi_rows_merge(now->rows, changes, writer->count, writer->dimensions, ret, err);
	free(changes);
	return status;
}

static sp_status write_tokens(const spi_meaning_writer *writer, const present *now, bool whole, sp_error *err)
{
	char base[PATH_MAX], since[PATH_MAX], path[PATH_MAX];
	spi_token_change *changes = malloc((writer->count + 1) * sizeof *changes);
	if (!changes)
		return no_memory(err);
	for (size_t i = 0; i < writer->count; i++)
		changes[i] = (spi_token_change){writer->pending[i].docid, &writer->pending[i].tokens};
	path_of(writer->folder, "tokens", now->model.base, base);
	path_of(writer->folder, "tokens", writer->revision, since);
	path_of(writer->folder, "tokens", writer->revision + 1, path);
	spi_token_paths before = {writer->revision ? base : NULL, writer->revision != now->model.base ? since : NULL};
	sp_status status = spi_meaning_tokens_write(&before, path, whole, changes, writer->count, writer->token_bytes, err);
	free(changes);
	return status;
}

static sp_status write_classes(const spi_meaning_writer *writer, const spi_meaning_model *model, const float *weights, sp_error *err)
{
	char path[PATH_MAX];
	size_t count = model->classes.count;
	sp_vector_row *labels = malloc((count + 1) * sizeof *labels);
	if (!labels)
		return no_memory(err);
	for (size_t i = 0; i < count; i++)
		labels[i] = (sp_vector_row){model->classes.docids[i], 0};
	path_of(writer->folder, "classes", writer->revision + 1, path);
	sp_status status = sp_vectors_write(path, weights, labels, count, writer->dimensions, err);
	free(labels);
	return status;
}

static sp_status write_files(const spi_meaning_writer *writer, const present *now, const spi_rows *rows, spi_meaning_model *model,
	const float *weights, sp_error *err)
{
	char path[PATH_MAX];
	bool whole = !model->base;
	if (whole)
		model->base = writer->revision + 1;
	path_of(writer->folder, "rows", writer->revision + 1, path);
	sp_status status = sp_vectors_write_from(path, spi_rows_get, rows, rows->labels, rows->count, writer->dimensions, err);
	if (status == SP_OK)
		status = write_classes(writer, model, weights, err);
	if (status == SP_OK)
		status = write_tokens(writer, now, whole, err);
	path_of(writer->folder, "model", writer->revision + 1, path);
	return status == SP_OK ? spi_model_write(model, path, err) : status;
}

static sp_status write_next(spi_meaning_writer *writer, const present *now, sp_error *err)
{
	spi_rows rows = {0};
	spi_meaning_model model = {0};
	float *weights = NULL;
	spi_model_before before = {&now->model, now->classes, now->model.changes + writer->count};
	sp_status status = merge(writer, now, &rows, err);
	if (status == SP_OK)
		status = spi_model_learn(writer->encoder_name, &rows, writer->revision ? &before : NULL, &model, &weights, err);
	if (status == SP_OK)
		status = write_files(writer, now, &rows, &model, weights, err);
	if (status == SP_OK)
		writer->base = model.base;
	spi_model_release(&model);
	free(weights);
	spi_rows_release(&rows);
	return status;
}

sp_status spi_meaning_write(spi_meaning_writer *writer, uint64_t *ret_revision, sp_error *err)
{
	present now = {0};
	*ret_revision = writer->revision;
	if (writer->count == 0 && writer->revision)
		return SP_OK;
	sp_status status = spi_meaning_encode(writer, NULL, NULL, err);
	if (writer->count > 0)
		qsort(writer->pending, writer->count, sizeof *writer->pending, by_docid);
	if (status == SP_OK)
		status = open_present(writer, &now, err);
	if (status == SP_OK)
		status = write_next(writer, &now, err);
	close_present(&now);
	if (status == SP_OK) {
		*ret_revision = ++writer->revision;
		forget(writer);
	}
	return status;
}

/* Whether a file of that name holds what the present revision needs. */
static bool is_in_use(const spi_meaning_writer *writer, const char *name)
{
	char tokens[32], keep[32];
	snprintf(keep, sizeof keep, "-%llu", (unsigned long long)writer->revision);
	snprintf(tokens, sizeof tokens, "tokens-%llu", (unsigned long long)writer->base);
	const char *dash = strchr(name, '-');
	return !dash || strcmp(dash, keep) == 0 || strcmp(name, tokens) == 0;
}

void spi_meaning_sweep(spi_meaning_writer *writer)
{
	char path[PATH_MAX];
	if (!writer->base)
		return;
	snprintf(path, sizeof path, "%s/vectors", writer->folder);
	DIR *dir = opendir(path);
	if (!dir)
		return;
	for (struct dirent *entry; (entry = readdir(dir));)
		if (!is_in_use(writer, entry->d_name))
			unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
}
