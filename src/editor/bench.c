#include "editor/bench.h"

#include "base/clock.h"
#include "base/hash.h"
#include "kb/scan.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* One look at the folder. */
typedef struct look {
	const char *dir;
	const sp_kb_config *config;
	const spi_bench *before;
	spi_bench *bench;
	sp_bench_article *rows;
	sp_arena *scratch; /* for one file */
} look;

/* ---- one file ---- */

static bool keep_texts(sp_arena *arena, sp_bench_article *row)
{
	row->path = sp_arena_strdup(arena, row->path);
	row->id = sp_arena_strdup(arena, row->id);
	row->title = sp_arena_strdup(arena, row->title);
	row->category = sp_arena_strdup(arena, row->category);
	return row->path && row->id && row->title && row->category;
}

/* <lang>/<category>/<id>.md */
static bool read_path(sp_arena *scratch, sp_bench_article *row)
{
	const char *first = strchr(row->path, '/'), *last = strrchr(row->path, '/');
	if (!first || first == last)
		return false;
	size_t len = strlen(last + 1);
	row->lang = sp_lang_of(row->path, (size_t)(first - row->path));
	row->category = sp_arena_strndup(scratch, first + 1, (size_t)(last - first - 1));
	size_t ending = row->is_waiting ? strlen(SP_KB_WAITING) : strlen(".md");
	row->id = sp_arena_strndup(scratch, last + 1, len > ending ? len - ending : len);
	row->title = row->id;
	return row->category && row->id;
}

static void describe(const look *l, const sp_article *article, sp_bench_article *row)
{
	row->id = article->id;
	row->title = article->title;
	row->category = l->config->categories[article->category].key;
	row->lang = article->lang;
	row->type = article->type;
	row->status = article->status;
	row->audience = article->audience;
	row->valid_from = article->valid_from;
	row->valid_until = article->valid_until;
	row->ended = article->ended;
}

/* What a broken file said when it was last good. */
static void recall(const sp_bench_article *before, sp_bench_article *row)
{
	sp_bench_article broken = *before;
	broken.path = row->path;
	broken.size = row->size;
	broken.mtime_ns = row->mtime_ns;
	*row = broken;
}

/* The title as its line has it, where the rest cannot be read: an editor knows the article by it. */
static const char *title_in(sp_arena *scratch, const char *bytes, size_t len)
{
	static const char key[] = "\ntitle:";
	const char *at = memmem(bytes, len, key, sizeof key - 1);
	if (!at)
		return NULL;
	at += sizeof key - 1;
	size_t left = len - (size_t)(at - bytes), size = 0;
	while (left > 0 && strchr(" \t\"'", *at))
		at++, left--;
	while (size < left && at[size] != '\n' && at[size] != '\r' && at[size])
		size++;
	while (size > 0 && strchr(" \t\"'", at[size - 1]))
		size--;
	return size > 0 && sp_text_is_utf8(at, size) ? sp_arena_strndup(scratch, at, size) : NULL;
}

static bool read_file(look *l, const sp_bench_article *before, sp_bench_article *row)
{
	const char *bytes = NULL;
	size_t len = 0;
	sp_article *article = NULL;
	sp_status status = sp_kb_read(l->dir, row->path, SP_ARTICLE_MAX_BYTES, l->scratch, &bytes, &len, NULL);
	if (status == SP_OK)
		status = sp_article_parse(row->path, bytes, len, l->config, row->path, NULL, &article, NULL);
	if (status == SP_ERR_NOMEM)
		return false;
	if (status == SP_OK)
		describe(l, article, row);
	else if (before)
		recall(before, row);
	else
		row->status = row->is_waiting ? SP_STATUS_DRAFT : SP_STATUS_PUBLISHED; /* as it is meant to be, most likely */
	const char *title = status != SP_OK && bytes ? title_in(l->scratch, bytes, len) : NULL;
	if (title)
		row->title = title;
	row->is_broken = status != SP_OK;
	row->errors = row->others = 0;
	bool ok = keep_texts(l->bench->arena, row);
	sp_article_free(article);
	return ok;
}

static bool add_file(look *l, const sp_kb_file *file)
{
	sp_bench_article row = {
		.path = file->path, .is_waiting = sp_kb_is_waiting(file->path), .size = file->size, .mtime_ns = file->mtime_ns};
	const sp_bench_article *before = l->before ? sp_bench_find_path(&l->before->shown, file->path) : NULL;
	sp_arena_reset(l->scratch);
	bool ok;
	if (before && before->size == file->size && before->mtime_ns == file->mtime_ns) {
		row = *before;
		row.errors = row.others = 0;
		ok = keep_texts(l->bench->arena, &row);
	} else {
		ok = !read_path(l->scratch, &row) || read_file(l, before, &row);
	}
	if (ok && row.id)
		l->rows[l->bench->shown.count++] = row;
	return ok;
}

static void pass_over(void *arg, spi_odd what, const char *path)
{
	(void)arg, (void)what, (void)path;
}

/* A folder in it that may not be read holds up no other; the linter says that it is there. */
static sp_status list_files(const char *dir, sp_arena *arena, sp_kb_files *ret)
{
	return spi_scan(dir, arena, false, pass_over, NULL, ret, NULL);
}

static bool add_files(look *l)
{
	sp_kb_files files = {0};
	sp_arena *list = sp_arena_new(0);
	bool ok = list != NULL;
	/* A folder that cannot be read has no files; the linter says why. */
	if (ok && list_files(l->dir, list, &files) != SP_OK)
		files.count = 0;
	l->rows = ok ? sp_arena_calloc(l->bench->arena, files.count + 1, sizeof *l->rows) : NULL;
	ok = ok && l->rows;
	for (size_t i = 0; ok && i < files.count; i++)
		ok = add_file(l, &files.items[i]);
	l->bench->shown.articles = l->rows;
	sp_arena_free(list);
	return ok;
}

/* ---- findings ---- */

static const char *below(const char *file, const char *dir)
{
	size_t len = strlen(dir);
	if (strncmp(file, dir, len) != 0)
		return file;
	file += len;
	return *file == '/' ? file + 1 : file;
}

static void count_finding(look *l, const sp_finding *finding)
{
	sp_bench *shown = &l->bench->shown;
	const sp_bench_article *found = sp_bench_find_path(shown, finding->file);
	bool is_error = finding->severity == SP_SEVERITY_ERROR;
	shown->errors += is_error;
	if (!found)
		return;
	sp_bench_article *row = &l->rows[found - shown->articles];
	row->errors += is_error;
	row->others += !is_error;
}

static bool add_findings(look *l, sp_lang lang)
{
	sp_error why = {0};
	size_t count = 0;
	spi_bench *bench = l->bench;
	bench->findings = sp_findings_new(lang);
	if (!bench->findings)
		return false;
	if (sp_kb_check(l->dir, bench->findings, NULL, &why) != SP_OK)
		bench->shown.problem = sp_arena_strdup(bench->arena, why.text);
	const sp_finding *found = sp_findings_items(bench->findings, &count);
	sp_finding *items = sp_arena_calloc(bench->arena, count + 1, sizeof *items);
	if (!items)
		return false;
	for (size_t i = 0; i < count; i++) {
		items[i] = found[i];
		items[i].file = below(found[i].file, l->dir);
		count_finding(l, &items[i]);
	}
	bench->shown.findings = items;
	bench->shown.findings_count = count;
	return true;
}

/* ---- all of it ---- */

static uint64_t print_of(const sp_bench *shown, uint64_t generation)
{
	uint64_t hash = spi_hash64_more(SPI_HASH64_SEED, &generation, sizeof generation);
	for (size_t i = 0; i < shown->count; i++) {
		const sp_bench_article *row = &shown->articles[i];
		const int64_t file[] = {row->size, row->mtime_ns};
		hash = spi_hash64_more(hash, row->path, strlen(row->path) + 1);
		hash = spi_hash64_more(hash, file, sizeof file);
	}
	for (size_t i = 0; i < shown->findings_count; i++) {
		const sp_finding *finding = &shown->findings[i];
		const int place[] = {finding->line, finding->column, (int)finding->severity};
		hash = spi_hash64_more(hash, finding->file, strlen(finding->file) + 1);
		hash = spi_hash64_more(hash, finding->rule, strlen(finding->rule) + 1);
		hash = spi_hash64_more(hash, place, sizeof place);
	}
	const bool vectors[] = {shown->words_only, shown->encoding, shown->problem != NULL};
	return spi_hash64_more(hash, vectors, sizeof vectors);
}

static uint64_t add_to_trace(uint64_t hash, const char *path, int64_t size, int64_t mtime_ns)
{
	const int64_t file[] = {size, mtime_ns};
	hash = spi_hash64_more(hash, path, strlen(path) + 1);
	return spi_hash64_more(hash, file, sizeof file);
}

uint64_t spi_bench_trace(const char *dir, sp_publisher *publisher)
{
	char config[PATH_MAX];
	struct stat st = {0};
	sp_publish_state state;
	sp_kb_files files = {0};
	sp_arena *arena = sp_arena_new(0);
	uint64_t hash = 0;
	if (arena && list_files(dir, arena, &files) != SP_ERR_NOMEM && sp_publisher_state(publisher, arena, &state) == SP_OK) {
		/* What the linter says depends on the day; an hour more or less of its beginning does not matter here. */
		const uint64_t published[] = {state.generation, state.words_only, state.to_encode > state.encoded, (uint64_t)spi_now_utc_s() / 86400};
		hash = spi_hash64_more(SPI_HASH64_SEED, published, sizeof published);
		for (size_t i = 0; i < files.count; i++)
			hash = add_to_trace(hash, files.items[i].path, files.items[i].size, files.items[i].mtime_ns);
		snprintf(config, sizeof config, "%s/kb.yaml", dir);
		if (stat(config, &st) == 0)
			hash = add_to_trace(hash, config, st.st_size, (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec);
	}
	sp_arena_free(arena);
	return hash;
}

static bool note_publisher(look *l, sp_publisher *publisher, uint64_t *ret_generation)
{
	sp_publish_state state;
	if (sp_publisher_state(publisher, l->scratch, &state) != SP_OK)
		return false;
	l->bench->shown.words_only = state.words_only;
	l->bench->shown.encoding = state.to_encode > state.encoded;
	*ret_generation = state.generation;
	return true;
}

spi_bench *spi_bench_make(const char *dir, const sp_kb_config *config, sp_publisher *publisher, sp_lang lang, const spi_bench *before)
{
	uint64_t generation = 0;
	sp_arena *arena = sp_arena_new(64 * 1024);
	look l = {.dir = dir, .config = config, .scratch = sp_arena_new(64 * 1024)};
	/* With another kb.yaml the same text may say something else. */
	if (before && before->shown.config_hash == config->hash)
		l.before = before;
	l.bench = arena ? sp_arena_calloc(arena, 1, sizeof *l.bench) : NULL;
	if (!l.bench || !l.scratch) {
		sp_arena_free(l.scratch);
		sp_arena_free(arena);
		return NULL;
	}
	l.bench->arena = arena;
	l.bench->shown.config_hash = config->hash;
	l.bench->trace = spi_bench_trace(dir, publisher); /* before the files are read: what comes meanwhile is another */
	atomic_init(&l.bench->refs, 1);
	bool ok = add_files(&l) && add_findings(&l, lang) && note_publisher(&l, publisher, &generation);
	sp_arena_free(l.scratch);
	if (!ok) {
		spi_bench_unref(l.bench);
		return NULL;
	}
	l.bench->print = print_of(&l.bench->shown, generation);
	return l.bench;
}

spi_bench *spi_bench_ref(spi_bench *bench)
{
	atomic_fetch_add(&bench->refs, 1);
	return bench;
}

void spi_bench_unref(spi_bench *bench)
{
	if (!bench || atomic_fetch_sub(&bench->refs, 1) != 1)
		return;
	sp_findings_free(bench->findings);
	sp_arena_free(bench->arena);
}

/* ---- looking up ---- */

const sp_bench_article *sp_bench_find(const sp_bench *bench, const char *id, sp_lang lang)
{
	for (size_t i = 0; i < bench->count; i++)
		if (bench->articles[i].lang == lang && strcmp(bench->articles[i].id, id) == 0)
			return &bench->articles[i]; /* by path: "<id>.draft.md" comes before "<id>.md" */
	return NULL;
}

const sp_bench_article *sp_bench_find_path(const sp_bench *bench, const char *path)
{
	size_t from = 0, to = bench->count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = strcmp(bench->articles[middle].path, path);
		if (order == 0)
			return &bench->articles[middle];
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}
