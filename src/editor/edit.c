/* Two folders of one knowledge base compared: which files differ, and which articles only have another name. */
#include "sportello/editor.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)4 << 20)
#define CONFIG "kb.yaml"

typedef struct file {
	const char *path;
	char version[SP_VERSION_HEX + 1];
	sp_article *article; /* of an added or a removed one */
} file;

typedef struct folder {
	const char *dir;
	sp_kb_config *config;
	sp_kb_files found;
	sp_strings closed; /* folders that cannot be read: what is in them is not gone */
	file *files; /* by path; the last is kb.yaml */
	size_t count;
} folder;

const char *sp_edit_kind_name(sp_edit_kind kind)
{
	static const char *const names[SP_EDIT_KINDS] = {"changed", "added", "removed", "renamed"};
	return names[kind];
}

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

/* ---- what a folder holds ---- */

/* One that cannot be read has no version; the linter says so. */
static sp_status read_version(const folder *f, file *item, sp_arena *scratch, sp_error *err)
{
	const char *bytes;
	size_t len;
	sp_arena_reset(scratch);
	sp_status status = sp_kb_read(f->dir, item->path, FILE_MAX, scratch, &bytes, &len, NULL);
	if (status == SP_ERR_NOMEM)
		return no_memory(err);
	if (status == SP_OK)
		spi_sha256_hex(bytes, len, item->version);
	return SP_OK;
}

static sp_status look(folder *f, sp_arena *arena, sp_arena *scratch, char ret_state[SP_VERSION_HEX + 1], sp_error *err)
{
	sp_buffer all = SP_BUFFER_INIT;
	sp_status status = sp_kb_config_load(f->dir, NULL, &f->config, err);
	if (status != SP_OK)
		return status;
	const sp_kb_files found = f->found;
	f->files = sp_arena_calloc(arena, found.count + 1, sizeof *f->files);
	if (!f->files)
		return no_memory(err);
	for (size_t i = 0; status == SP_OK && i <= found.count; i++) {
		if (i < found.count && sp_kb_is_waiting(found.items[i].path))
			continue; /* answers nothing yet */
		file *item = &f->files[f->count++];
		item->path = i < found.count ? found.items[i].path : CONFIG;
		status = read_version(f, item, scratch, err);
		sp_buffer_printf(&all, "%s\n%s\n", item->path, item->version);
	}
	bool ok = sp_buffer_ok(&all);
	if (ok)
		spi_sha256_hex(sp_buffer_text(&all), all.len, ret_state);
	sp_buffer_release(&all);
	return ok ? status : no_memory(err);
}

/* ---- renamed articles ---- */

static sp_article *article_of(const folder *f, file *item, sp_arena *scratch)
{
	const char *bytes;
	size_t len;
	sp_arena_reset(scratch);
	if (!item->article && sp_kb_read(f->dir, item->path, FILE_MAX, scratch, &bytes, &len, NULL) == SP_OK &&
		sp_article_parse(item->path, bytes, len, f->config, item->path, NULL, &item->article, NULL) != SP_OK)
		item->article = NULL;
	return item->article;
}

static size_t shared_questions(const sp_article *a, const sp_article *b)
{
	size_t shared = 0;
	for (size_t i = 0; i < a->questions.count; i++)
		for (size_t k = 0; k < b->questions.count; k++)
			if (strcmp(a->questions.items[i], b->questions.items[k]) == 0) {
				shared++;
				break;
			}
	return shared;
}

static bool is_same_article(const sp_article *a, const sp_article *b)
{
	if (!a || !b || a->lang != b->lang)
		return false;
	size_t most = a->questions.count > b->questions.count ? a->questions.count : b->questions.count;
	return strcmp(a->id, b->id) == 0 || strcmp(a->title, b->title) == 0 ||
		   (a->body_len == b->body_len && a->body_len > 0 && memcmp(a->body, b->body, a->body_len) == 0) ||
		   (most > 0 && 2 * shared_questions(a, b) >= most);
}

/* ---- comparing ---- */

typedef struct comparing {
	folder before, now;
	sp_arena *arena, *scratch;
	file **added, **removed;
	size_t added_count, removed_count;
	sp_edit *ret;
} comparing;

static bool add(comparing *c, sp_edit_kind kind, const file *item, const file *was)
{
	sp_edit_file edited = {.kind = kind, .path = item->path};
	if (item->article && !(edited.id = sp_arena_strdup(c->arena, item->article->id)))
		return false;
	if (was) {
		edited.before = was->path;
		if (strcmp(was->article->id, item->article->id) != 0 && !(edited.id_before = sp_arena_strdup(c->arena, was->article->id)))
			return false;
	}
	c->ret->files[c->ret->count++] = edited;
	return true;
}

/* Both lists are sorted by path but for kb.yaml, which is in both. */
static bool walk(comparing *c)
{
	folder *b = &c->before, *n = &c->now;
	size_t i = 0, k = 0;
	while (i + 1 < b->count || k + 1 < n->count) {
		int order = i + 1 == b->count ? 1 : k + 1 == n->count ? -1 : strcmp(b->files[i].path, n->files[k].path);
		if (order == 0 && strcmp(b->files[i].version, n->files[k].version) != 0) {
			article_of(n, &n->files[k], c->scratch);
			if (!add(c, SP_EDIT_CHANGED, &n->files[k], NULL))
				return false;
		}
		if (order < 0)
			c->removed[c->removed_count++] = &b->files[i];
		if (order > 0)
			c->added[c->added_count++] = &n->files[k];
		i += order <= 0;
		k += order >= 0;
	}
	const file *was = &b->files[i], *config = &n->files[k]; /* kb.yaml */
	c->ret->config = memcmp(was->version, config->version, sizeof was->version) != 0;
	return !c->ret->config || add(c, SP_EDIT_CHANGED, config, NULL);
}

/* Each added file with the first removed one that is the same article. */
static bool pair(comparing *c)
{
	for (size_t k = 0; k < c->added_count; k++) {
		file *item = c->added[k], *was = NULL;
		sp_article *article = article_of(&c->now, item, c->scratch);
		for (size_t i = 0; article && !was && i < c->removed_count; i++)
			if (c->removed[i] && is_same_article(article_of(&c->before, c->removed[i], c->scratch), article)) {
				was = c->removed[i];
				c->removed[i] = NULL;
			}
		if (!add(c, was ? SP_EDIT_RENAMED : SP_EDIT_ADDED, item, was))
			return false;
	}
	for (size_t i = 0; i < c->removed_count; i++) {
		if (c->removed[i])
			article_of(&c->before, c->removed[i], c->scratch);
		if (c->removed[i] && !add(c, SP_EDIT_REMOVED, c->removed[i], NULL))
			return false;
	}
	return true;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const sp_edit_file *)a)->path, ((const sp_edit_file *)b)->path);
}

static bool compare(comparing *c)
{
	size_t most = c->before.count + c->now.count;
	if (!c->before.files || !c->now.files)
		return false;
	c->ret->files = sp_arena_calloc(c->arena, most + 1, sizeof *c->ret->files);
	c->added = sp_arena_calloc(c->arena, most + 1, sizeof(file *));
	c->removed = sp_arena_calloc(c->arena, most + 1, sizeof(file *));
	if (!c->ret->files || !c->added || !c->removed || !walk(c) || !pair(c))
		return false;
	if (c->ret->count > 1)
		qsort(c->ret->files, c->ret->count, sizeof *c->ret->files, by_path);
	return true;
}

static void close_folder(folder *f)
{
	for (size_t i = 0; i < f->count; i++)
		sp_article_free(f->files[i].article);
	if (f->config)
		sp_kb_config_free(f->config);
}

static sp_status find_files(comparing *c, sp_error *err)
{
	folder *before = &c->before, *now = &c->now;
	sp_status status = sp_kb_scan_open(before->dir, c->arena, &before->found, &before->closed, err);
	if (status == SP_OK)
		status = sp_kb_scan_open(now->dir, c->arena, &now->found, &now->closed, err);
	if (status != SP_OK)
		return status;
	sp_kb_leave_out(&before->found, &now->closed);
	sp_kb_leave_out(&now->found, &before->closed);
	return SP_OK;
}

sp_status sp_edit_compare(const char *before_dir, const char *now_dir, sp_arena *arena, sp_edit *ret, sp_error *err)
{
	*ret = (sp_edit){0};
	comparing c = {.before.dir = before_dir, .now.dir = now_dir, .arena = arena, .scratch = sp_arena_new(1 << 16), .ret = ret};
	if (!c.scratch)
		return no_memory(err);
	sp_status status = find_files(&c, err);
	if (status == SP_OK)
		status = look(&c.before, arena, c.scratch, ret->before, err);
	if (status == SP_OK)
		status = look(&c.now, arena, c.scratch, ret->now, err);
	if (status == SP_OK && !compare(&c))
		status = no_memory(err);
	ret->articles = c.now.count > 0 ? c.now.count - 1 : 0;
	close_folder(&c.before);
	close_folder(&c.now);
	sp_arena_free(c.scratch);
	return status;
}
