/* From records as found to articles: ids from titles, one for all translations; HTML as Markdown. */
#include "convert/records.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

#define SLUG_MAX 60

void spi_reading_tell(const spi_reading *r, const char *record, const char *field, const char *what, const char *value)
{
	if (r->note)
		r->note(record, field, what, value ? value : "", r->arg);
}

sp_status spi_reading_bad(const spi_reading *r, const char *what)
{
	return sp_error_set(r->err, SP_ERR_INVALID, r->name, 0, "%s", what);
}

spi_found *spi_reading_add(spi_reading *r)
{
	if (r->count == SPI_RECORDS_MAX) {
		sp_error_set(r->err, SP_ERR_TOO_LARGE, r->name, 0, "it has more than %d articles; divide it", SPI_RECORDS_MAX);
		return NULL;
	}
	if (r->count == r->cap) {
		size_t cap = r->cap ? r->cap * 2 : 256;
		spi_found *items = realloc(r->items, cap * sizeof *items);
		if (!items) {
			sp_error_set(r->err, SP_ERR_NOMEM, r->name, 0, "out of memory");
			return NULL;
		}
		r->items = items;
		r->cap = cap;
	}
	r->items[r->count] = (spi_found){.status = "published"};
	return &r->items[r->count++];
}

sp_convert_format sp_convert_format_of(const char *name)
{
	static const char *const names[] = {
#define NAME(name, text) text,
		SP_CONVERT_LIST(NAME)
#undef NAME
	};
	int format = 0;
	while (format < SP_CONVERT_COUNT && strcmp(names[format], name) != 0)
		format++;
	return (sp_convert_format)format;
}

/* ---- ids ---- */

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Lower case, accents away, all else '-', cut between words; a title without any letter gets a hash of itself. */
static char *slug_of(const char *title, sp_arena *arena)
{
	size_t len, out = 0;
	char *slug = sp_text_fold(title, strlen(title), arena, &len);
	for (size_t i = 0; slug && i < len; i++) {
		if (is_alnum(slug[i]))
			slug[out++] = slug[i];
		else if (out && slug[out - 1] != '-')
			slug[out++] = '-';
	}
	if (out > SLUG_MAX) {
		out = SLUG_MAX;
		for (size_t i = out; i > SLUG_MAX / 2; i--)
			if (slug[i] == '-') {
				out = i;
				break;
			}
	}
	while (out && slug[out - 1] == '-')
		out--;
	if (slug)
		slug[out] = '\0';
	if (!slug || out)
		return slug;
	char hash[65];
	spi_sha256_hex(title, strlen(title), hash);
	return sp_arena_printf(arena, "faq-%.8s", hash);
}

typedef struct naming {
	const spi_reading *r;
	spi_map by_native; /* native → id */
	spi_map numbers;   /* slug → the number that was last put behind it */
	spi_map seen;      /* language, title and text together */
	spi_map taken[SP_LANG_COUNT + 1]; /* id → spi_found; the last: of an unknown language */
} naming;

static sp_lang lang_of(const spi_found *found)
{
	return found->lang ? sp_lang_of(found->lang, strlen(found->lang)) : SP_LANG_NONE;
}

/* The first id after the title that is free in all languages: translations will want it too. */
static const char *free_id(naming *n, const char *title)
{
	sp_arena *arena = n->r->arena;
	const char *slug = slug_of(title, arena), *id = slug;
	uintptr_t number = slug ? (uintptr_t)spi_named(&n->numbers, slug) : 0;
	while (id) {
		bool is_free = number == 0 || id != slug;
		for (int lang = 0; lang <= SP_LANG_COUNT; lang++)
			is_free = is_free && !spi_named(&n->taken[lang], id);
		if (is_free)
			break;
		number = number ? number + 1 : 2;
		id = sp_arena_printf(arena, "%s-%zu", slug, (size_t)number);
	}
	return id && spi_name(&n->numbers, slug, (void *)(number ? number : 1)) ? id : NULL;
}

/* The same title with the same text, as several blocks of a page may have it. */
static bool is_repeated(naming *n, const spi_found *found, sp_lang lang)
{
	if (found->native)
		return false;
	const char *all = sp_arena_printf(n->r->arena, "%d\n%s\n%s", (int)lang, found->title, found->html ? found->html : "");
	if (!all || spi_named(&n->seen, all))
		return true;
	return !spi_name(&n->seen, all, found);
}

static const char *name_of(naming *n, spi_found *found, sp_lang lang)
{
	spi_map *taken = &n->taken[lang == SP_LANG_NONE ? SP_LANG_COUNT : lang];
	const char *id = found->native ? spi_named(&n->by_native, found->native) : NULL;
	if (id && spi_named(taken, id)) {
		spi_reading_tell(n->r, found->record, "id", "twice", id);
		return NULL;
	}
	if (!id)
		id = free_id(n, found->title);
	if (!id || !spi_name(taken, id, found) || (found->native && !spi_name(&n->by_native, found->native, id)))
		return NULL;
	return id;
}

/* ---- all of it ---- */

static sp_status convert_one(const spi_reading *r, const spi_found *found, sp_converted *ret)
{
	sp_buffer out = SP_BUFFER_INIT;
	const char *html = found->html ? found->html : "";
	sp_status status = sp_convert_html(html, strlen(html), found->record, r->note, r->arg, &out);
	if (status == SP_OK && out.len == 0) {
		spi_reading_tell(r, found->record, "text", "empty", "");
		ret->status = strcmp(ret->status, "published") == 0 ? "draft" : ret->status;
	}
	ret->markdown = sp_arena_strdup(r->arena, sp_buffer_text(&out));
	sp_buffer_release(&out);
	return status == SP_OK && !ret->markdown ? sp_error_set(r->err, SP_ERR_NOMEM, r->name, 0, "out of memory") : status;
}

static sp_status convert_all(const spi_reading *r, sp_converted **ret, size_t *ret_count)
{
	naming n = {.r = r, .by_native.arena = r->arena, .numbers.arena = r->arena, .seen.arena = r->arena};
	sp_status status = SP_OK;
	for (int lang = 0; lang <= SP_LANG_COUNT; lang++)
		n.taken[lang].arena = r->arena;
	*ret_count = 0;
	*ret = sp_arena_calloc(r->arena, r->count + 1, sizeof **ret);
	if (!*ret)
		return sp_error_set(r->err, SP_ERR_NOMEM, r->name, 0, "out of memory");
	for (size_t i = 0; status == SP_OK && i < r->count; i++) {
		spi_found *found = &r->items[i];
		sp_lang lang = lang_of(found);
		if (!found->title || !*found->title) {
			spi_reading_tell(r, found->record, "title", "untitled", "");
			continue;
		}
		if (found->lang && lang == SP_LANG_NONE) {
			spi_reading_tell(r, found->record, "lang", "lang", found->lang);
			continue;
		}
		const char *id = is_repeated(&n, found, lang) ? NULL : name_of(&n, found, lang);
		if (!id)
			continue;
		sp_converted *made = &(*ret)[(*ret_count)++];
		*made = (sp_converted){.record = found->record, .id = id, .title = found->title, .category = found->category, .lang = lang,
			.status = found->status, .keywords = found->keywords, .segments = found->segments, .updated = found->updated,
			.valid_until = found->valid_until, .source = found->source};
		status = convert_one(r, found, made);
		if (status == SP_ERR_TOO_LARGE) { /* one that is too much does not keep the others out */
			spi_reading_tell(r, found->record, "text", "too-large", "");
			(*ret_count)--;
			status = SP_OK;
		}
	}
	return status;
}

sp_status sp_convert_read(sp_convert_format format, const char *name, const char *bytes, size_t len, sp_convert_note *note,
	void *arg, sp_arena *arena, sp_converted **ret, size_t *ret_count, sp_error *err)
{
	static sp_status (*const readers[SP_CONVERT_COUNT])(spi_reading *) = {
		spi_read_faqpage, spi_read_zendesk, spi_read_servicenow, spi_read_phpmyfaq};
	spi_reading r = {.name = name, .bytes = bytes, .len = len, .note = note, .arg = arg, .arena = arena, .err = err};
	if (len > SP_CONVERT_MAX_BYTES)
		return sp_error_set(err, SP_ERR_TOO_LARGE, name, 0, "it is larger than %zu MiB", SP_CONVERT_MAX_BYTES >> 20);
	if (!sp_text_is_utf8(bytes, len))
		return sp_error_set(err, SP_ERR_INVALID, name, 0, "it is not UTF-8; convert it first");
	sp_status status = readers[format](&r);
	if (status == SP_OK)
		status = convert_all(&r, ret, ret_count);
	free(r.items);
	return status;
}
