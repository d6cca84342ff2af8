/*
 * Each file is read and parsed once, on as many processors as there are; what the rules over all files need is kept. A reader
 * has findings and memory of its own, so that nothing is waited for; which one reads a file makes no difference to the result.
 */
#include "kb/lint/lint.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { STRETCH = 32 }; /* files that a reader takes at a time */

static spi_refs keep_refs(const spi_refs *refs, sp_arena *arena)
{
	spi_refs kept = {.items = refs->count ? sp_arena_calloc(arena, refs->count, sizeof *kept.items) : NULL};
	for (size_t i = 0; kept.items && i < refs->count; i++) {
		kept.items[i] = refs->items[i];
		kept.items[i].text = sp_arena_strdup(arena, refs->items[i].text);
		kept.items[i].anchor = sp_arena_strdup(arena, refs->items[i].anchor);
		if (!kept.items[i].text)
			break;
		kept.count++;
	}
	return kept;
}

/* Copy what the rules over all files need, so that the article itself can go. */
static spi_entry *keep_entry(spi_checker *c, const char *file, const sp_article *article, const spi_facts *facts)
{
	spi_entry *entry = sp_arena_calloc(c->arena, 1, sizeof *entry);
	const spi_outline *outline = &facts->outline;
	if (!entry)
		return NULL;
	entry->file = file;
	entry->path = sp_arena_strdup(c->arena, article->path);
	entry->id = sp_arena_strdup(c->arena, article->id);
	entry->replaced_by = sp_arena_strdup(c->arena, article->replaced_by);
	entry->lang = article->lang;
	entry->type = article->type;
	entry->ended = article->ended;
	entry->audience = article->audience;
	entry->waits = sp_kb_is_waiting(article->path);
	entry->named_status = article->status;
	entry->status = entry->waits ? SP_STATUS_DRAFT : article->status;
	entry->valid_from = article->valid_from;
	entry->valid_until = article->valid_until;
	entry->updated = article->updated;
	entry->starts_utc_s = article->starts_utc_s;
	entry->ends_utc_s = article->ends_utc_s;
	entry->languages = article->languages;
	entry->facts.id = facts->id;
	entry->facts.title = facts->title;
	entry->facts.updated = facts->updated;
	entry->facts.ends = facts->ends;
	entry->facts.status = facts->status;
	entry->facts.languages = facts->languages;
	entry->facts.replaced_by = facts->replaced_by;
	entry->facts.question_list = keep_refs(&facts->question_list, c->arena);
	entry->facts.related_list = keep_refs(&facts->related_list, c->arena);
	entry->facts.covers_list = keep_refs(&facts->covers_list, c->arena);
	entry->facts.module = facts->module;
	entry->facts.module_list = keep_refs(&facts->module_list, c->arena);
	entry->facts.quiz_articles = keep_refs(&facts->quiz_articles, c->arena);
	entry->facts.outline.articles = keep_refs(&outline->articles, c->arena);
	entry->anchors = sp_arena_calloc(c->arena, outline->headings_count + 1, sizeof *entry->anchors);
	for (size_t i = 0; entry->anchors && i < outline->headings_count; i++)
		entry->anchors[entry->anchors_count++] = sp_arena_strdup(c->arena, outline->headings[i].anchor);
	spi_keep_text(&entry->text, article, facts, c->arena);
	spi_note_used(c, article);
	return entry->id && entry->path ? entry : NULL;
}

static sp_status read_bytes(const spi_checker *c, const char *dir, const char *path, sp_arena *scratch, const char **ret,
	size_t *ret_len, sp_error *err)
{
	if (!c->overlay || strcmp(c->overlay->path, path) != 0)
		return sp_kb_read(dir, path, SP_ARTICLE_MAX_BYTES, scratch, ret, ret_len, err);
	*ret = c->overlay->bytes;
	*ret_len = c->overlay->len;
	return SP_OK;
}

/* One file's own findings, and what is kept of it; the entry stays NULL when there is no article to speak of. */
static bool read_file(spi_checker *c, const char *dir, const char *path, sp_date today, sp_arena *scratch, spi_entry **ret)
{
	spi_report report = {.findings = c->findings, .config = c->config, .file = spi_join(c->arena, dir, path)};
	spi_facts *facts;
	const char *bytes;
	size_t len;
	sp_error cause = {0};
	bool ok = true;
	if (!report.file)
		return false;
	sp_status status = read_bytes(c, dir, path, scratch, &bytes, &len, &cause);
	if (status == SP_ERR_TOO_LARGE)
		spi_report_add(&report, SPI_RULE_TOO_LARGE, (spi_place){1, 1}, NULL, NULL);
	else if (status != SP_OK)
		SPI_REPORT(&report, SPI_RULE_UNREADABLE, ((spi_place){1, 1}), NULL, {"problem", cause.text});
	if (status != SP_OK)
		return status != SP_ERR_NOMEM;
	sp_article *article = spi_article_read(path, bytes, len, c->config, &report, &facts);
	if (article) {
		spi_lint_validity(article, facts, today, &report);
		*ret = keep_entry(c, report.file, article, facts);
		ok = *ret;
	}
	sp_article_free(article);
	return ok;
}

/* What readers share. */
typedef struct reading {
	const char *dir;
	const sp_kb_files *files;
	sp_date today;
	spi_entry **entries; /* by file */
	atomic_size_t next;  /* file that nobody has taken yet */
	atomic_bool failed;  /* memory is out */
} reading;

typedef struct reader {
	reading *all;
	spi_checker own; /* findings, memory and what is used: of what this one reads */
	pthread_t thread;
	bool is_started;
} reader;

static void *read_files(void *arg)
{
	reader *r = arg;
	reading *all = r->all;
	sp_arena *scratch = sp_arena_new(0);
	bool ok = scratch;
	while (ok && !atomic_load(&all->failed)) {
		size_t from = atomic_fetch_add(&all->next, STRETCH), to = from + STRETCH;
		if (from >= all->files->count)
			break;
		for (size_t i = from; ok && i < to && i < all->files->count; i++) {
			sp_arena_reset(scratch);
			ok = read_file(&r->own, all->dir, all->files->items[i].path, all->today, scratch, &all->entries[i]);
		}
	}
	if (!ok)
		atomic_store(&all->failed, true);
	sp_arena_free(scratch);
	return NULL;
}

static bool prepare(reader *r, reading *all, const spi_checker *c)
{
	r->all = all;
	r->own = (spi_checker){.config = c->config, .overlay = c->overlay, .arena = sp_arena_new(1 << 20)};
	r->own.findings = sp_findings_new(spi_findings_lang(c->findings));
	if (!r->own.arena || !r->own.findings)
		return false;
	if (spi_findings_wants_mends(c->findings))
		spi_findings_want_mends(r->own.findings);
	r->own.used_bodies = sp_arena_calloc(r->own.arena, c->config->bodies_count + 1, sizeof(bool));
	r->own.used_fields = sp_arena_calloc(r->own.arena, c->config->fields_count + 1, sizeof(bool));
	return r->own.used_bodies && r->own.used_fields;
}

/* Into the check's: its memory lives as long as the entries. */
static bool gather(spi_checker *c, reader *r, size_t number)
{
	bool ok = r->own.findings && spi_findings_join(c->findings, r->own.findings);
	for (size_t i = 0; r->own.used_bodies && i < c->config->bodies_count; i++)
		c->used_bodies[i] |= r->own.used_bodies[i];
	for (size_t i = 0; r->own.used_fields && i < c->config->fields_count; i++)
		c->used_fields[i] |= r->own.used_fields[i];
	if (r->own.findings)
		sp_findings_free(r->own.findings);
	c->reader_arenas[number] = r->own.arena;
	return ok;
}

static size_t readers_for(size_t files)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t count = processors > 1 ? (size_t)processors : 1, stretches = files / STRETCH + 1;
	count = count < stretches ? count : stretches;
	return count < SPI_READERS_MAX ? count : SPI_READERS_MAX;
}

bool spi_lint_read(spi_checker *c, const char *dir, const sp_kb_files *files)
{
	reader readers[SPI_READERS_MAX] = {0};
	reading all = {.dir = dir, .files = files, .today = sp_date_of(spi_now_utc_s(), c->config->timezone)};
	size_t count = readers_for(files->count);
	c->today = all.today;
	all.entries = sp_arena_calloc(c->arena, files->count + 1, sizeof *all.entries);
	bool ok = all.entries && c->used_bodies && c->used_fields;
	for (size_t i = 0; i < count && ok; i++)
		ok = prepare(&readers[i], &all, c);
	for (size_t i = 1; i < count && ok; i++) /* without a thread the others read its files */
		readers[i].is_started = pthread_create(&readers[i].thread, NULL, read_files, &readers[i]) == 0;
	if (ok && count > 0)
		read_files(&readers[0]);
	for (size_t i = 0; i < count; i++) {
		if (readers[i].is_started)
			pthread_join(readers[i].thread, NULL);
		ok = gather(c, &readers[i], i) && ok;
	}
	c->entries = all.entries;
	for (size_t i = 0; ok && i < files->count; i++) {
		if (all.entries[i])
			c->entries[c->count++] = all.entries[i];
	}
	return ok && !atomic_load(&all.failed);
}
