/* The list of all articles on the editors' page: by category, one line an id, in the page's language where it has it.
   An edit that waits is there in the place of the text that it will replace. */
#include "http/editor.h"

#include "sportello/text.h"

#include <stdlib.h>
#include <string.h>

/* With more articles, a category that is not looked at shows only how many it has. */
#define WHOLE_LIST_MAX 1500

typedef struct entry {
	const sp_bench_article *row;
	const char *sorted_by; /* folded title */
} entry;

typedef struct listing {
	const spi_request *request;
	const spi_editor *e;
	const char *find; /* folded; "" = everything */
	entry *entries;
	size_t count;
} listing;

static const char *folded(const listing *l, const char *text)
{
	const char *copy = sp_text_fold(text, strlen(text), l->request->arena, NULL);
	return copy ? copy : "";
}

/* ---- which ---- */

static int by_id(const void *a, const void *b)
{
	const sp_bench_article *left = ((const entry *)a)->row, *right = ((const entry *)b)->row;
	int order = strcmp(left->id, right->id);
	return order ? order : strcmp(left->path, right->path);
}

static int by_title(const void *a, const void *b)
{
	int order = strcmp(((const entry *)a)->sorted_by, ((const entry *)b)->sorted_by);
	return order ? order : by_id(a, b);
}

static bool is_better(const spi_request *request, const sp_bench_article *a, const sp_bench_article *b)
{
	const sp_lang wanted[] = {request->lang, request->config->default_lang};
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		if ((a->lang == wanted[i]) != (b->lang == wanted[i]))
			return a->lang == wanted[i];
	return false;
}

/* One an id; several files that claim the same id and language are each shown: one of them is wrong. */
static void choose(listing *l)
{
	size_t kept = 0;
	qsort(l->entries, l->count, sizeof *l->entries, by_id);
	for (size_t i = 0; i < l->count; i++) {
		const sp_bench_article *row = l->entries[i].row, *last = kept ? l->entries[kept - 1].row : NULL;
		bool is_same = last && strcmp(last->id, row->id) == 0;
		if (is_same && last->is_waiting && last->lang == row->lang)
			continue; /* the edit that waits stands for it */
		if (!is_same || last->lang == row->lang)
			l->entries[kept++] = l->entries[i];
		else if (is_better(l->request, row, last))
			l->entries[kept - 1] = l->entries[i];
	}
	l->count = kept;
}

static bool is_found(const listing *l, const sp_bench_article *row)
{
	return !*l->find || strstr(folded(l, row->title), l->find) || strstr(folded(l, row->path), l->find) ||
		   strstr(folded(l, row->id), l->find);
}

static bool collect(listing *l)
{
	const sp_bench *bench = l->e->bench;
	l->entries = sp_arena_calloc(l->request->arena, bench->count + 1, sizeof *l->entries);
	if (!l->entries)
		return false;
	for (size_t i = 0; i < bench->count; i++)
		if (is_found(l, &bench->articles[i]))
			l->entries[l->count++] = (entry){&bench->articles[i], folded(l, bench->articles[i].title)};
	choose(l);
	qsort(l->entries, l->count, sizeof *l->entries, by_title);
	return true;
}

/* ---- how ---- */

/* What the chosen reader does not see that day; notices' hours apart. */
static bool is_hidden(const listing *l, const sp_bench_article *row)
{
	sp_date day = l->request->day;
	return row->status == SP_STATUS_RETIRED || !(row->audience & l->e->reads) || (row->valid_from && day < row->valid_from) ||
		   (row->valid_until && day > row->valid_until && !row->ended);
}

static void put_entry(const listing *l, spi_value *list, const sp_bench_article *row)
{
	spi_value *item = spi_list_add(list);
	spi_put_text(item, "title", row->title);
	spi_put_text(item, "url", spi_editor_url(l->request, row->id, l->request->lang, NULL));
	spi_put_text(item, "path", row->path);
	spi_put_bool(item, "current", row == l->e->row);
	spi_put_bool(item, "draft", row->status == SP_STATUS_DRAFT && !row->is_waiting);
	spi_put_bool(item, "waiting", row->is_waiting);
	spi_put_bool(item, "retired", row->status == SP_STATUS_RETIRED);
	spi_put_bool(item, "broken", row->is_broken);
	spi_put_bool(item, "hidden", !row->is_broken && is_hidden(l, row));
	spi_put_bool(item, "has_errors", row->errors > 0);
	spi_put_int(item, "errors", (int64_t)row->errors);
	spi_put_bool(item, "has_others", row->others > 0);
	spi_put_int(item, "others", (int64_t)row->others);
	if (row->lang != l->request->lang)
		spi_put_text(item, "other_lang", sp_lang_code(row->lang));
}

static bool is_in(const entry *one, const sp_category *category)
{
	return strcmp(one->row->category, category->key) == 0;
}

static void put_category(const listing *l, spi_value *categories, const sp_category *category)
{
	size_t count = 0, wrong = 0, drafts = 0;
	for (size_t i = 0; i < l->count; i++) {
		if (!is_in(&l->entries[i], category))
			continue;
		count++;
		wrong += l->entries[i].row->errors > 0 || l->entries[i].row->is_broken;
		drafts += l->entries[i].row->status == SP_STATUS_DRAFT;
	}
	if (count == 0)
		return;
	bool is_current = l->e->row && strcmp(l->e->row->category, category->key) == 0;
	spi_value *group = spi_list_add(categories), *list = spi_put_list(group, "articles");
	spi_put_text(group, "key", category->key);
	spi_put_text(group, "name", sp_texts_get(&category->name, l->request->lang));
	spi_put_int(group, "count", (int64_t)count);
	spi_put_bool(group, "has_wrong", wrong > 0);
	spi_put_int(group, "wrong", (int64_t)wrong);
	spi_put_bool(group, "has_drafts", drafts > 0);
	spi_put_int(group, "drafts", (int64_t)drafts);
	spi_put_bool(group, "open", is_current || *l->find);
	if (l->e->bench->count > WHOLE_LIST_MAX && !is_current && !*l->find) {
		spi_put_bool(group, "is_long", true);
		return;
	}
	for (size_t i = 0; i < l->count; i++)
		if (is_in(&l->entries[i], category))
			put_entry(l, list, l->entries[i].row);
}

/* ---- where to begin ---- */

#define RECENT 8
#define DRAFTS_MAX 20

static int by_time(const void *a, const void *b)
{
	const sp_bench_article *left = ((const entry *)a)->row, *right = ((const entry *)b)->row;
	if (left->mtime_ns != right->mtime_ns)
		return left->mtime_ns < right->mtime_ns ? 1 : -1;
	return strcmp(left->path, right->path);
}

static void put_file(const listing *l, spi_value *list, const sp_bench_article *row)
{
	spi_value *item = spi_list_add(list);
	spi_put_text(item, "title", row->title);
	spi_put_text(item, "path", row->path);
	spi_put_text(item, "url", spi_editor_url(l->request, row->id, row->lang, NULL));
	spi_put_bool(item, "draft", row->status == SP_STATUS_DRAFT && !row->is_waiting);
	spi_put_bool(item, "waiting", row->is_waiting);
	spi_put_bool(item, "broken", row->is_broken);
	if (row->lang != l->request->lang)
		spi_put_text(item, "other_lang", sp_lang_code(row->lang));
}

/* What was saved last, and what is not published yet. */
static void put_start(const listing *l, spi_value *page)
{
	const sp_bench *bench = l->e->bench;
	entry *all = sp_arena_calloc(l->request->arena, bench->count + 1, sizeof *all);
	spi_value *recent = spi_put_list(page, "recent"), *drafts = spi_put_list(page, "draft_list");
	for (size_t i = 0; all && i < bench->count; i++)
		all[i].row = &bench->articles[i];
	if (!all)
		return;
	qsort(all, bench->count, sizeof *all, by_time);
	for (size_t i = 0, count = 0; i < bench->count; i++) {
		if (i < RECENT)
			put_file(l, recent, all[i].row);
		if (all[i].row->status == SP_STATUS_DRAFT && count++ < DRAFTS_MAX)
			put_file(l, drafts, all[i].row);
	}
	spi_put_bool(page, "any_recent", bench->count > 0);
}

void spi_editor_put_list(const spi_request *request, spi_value *page)
{
	listing l = {.request = request, .e = request->editor};
	l.find = folded(&l, request->editor->find);
	if (!collect(&l))
		return;
	spi_value *categories = spi_put_list(page, "categories");
	for (size_t i = 0; i < request->config->categories_count; i++)
		put_category(&l, categories, &request->config->categories[i]);
	size_t drafts = 0, broken = 0;
	for (size_t i = 0; i < request->editor->bench->count; i++) {
		drafts += request->editor->bench->articles[i].status == SP_STATUS_DRAFT;
		broken += request->editor->bench->articles[i].is_broken;
	}
	spi_put_int(page, "files", (int64_t)request->editor->bench->count);
	spi_put_bool(page, "any_drafts", drafts > 0);
	spi_put_int(page, "drafts", (int64_t)drafts);
	spi_put_bool(page, "any_broken", broken > 0);
	spi_put_int(page, "broken_files", (int64_t)broken);
	spi_put_bool(page, "none_found", l.count == 0);
	if (!request->editor->row)
		put_start(&l, page);
}
