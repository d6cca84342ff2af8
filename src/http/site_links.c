/* From the service's addresses to files: /a/x?lang=en is en/a/x.html, seen from where the page is. */
#include "http/site.h"

#include "http/reply.h"

#include <stdlib.h>
#include <string.h>

const char *spi_site_article_path(const char *id, sp_arena *arena)
{
	/* '?' may stand in an id, but in no file name of every system; '~' is in no id. */
	char *path = sp_arena_alloc(arena, strlen(id) * 3 + 16), *out = path ? mempcpy(path, "a/", 2) : NULL;
	for (; path && *id; id++)
		out = *id == '?' ? (char *)mempcpy(out, "~3F", 3) : (char *)mempcpy(out, id, 1);
	if (path)
		memcpy(out, ".html", 6);
	return path;
}

typedef struct address {
	char *path;
	sp_lang lang;
	unsigned page;
	const char *anchor;
} address;

static bool read_address(const spi_site *site, const char *text, size_t len, address *ret)
{
	sp_arena *arena = site->request.arena;
	char *copy = sp_arena_strndup(arena, text, len), *hash = copy ? strchr(copy, '#') : NULL;
	if (!copy)
		return false;
	*ret = (address){.lang = site->request.lang, .page = 1, .anchor = ""};
	if (hash) {
		ret->anchor = sp_arena_strdup(arena, hash);
		*hash = '\0';
	}
	/* An id may have a '?' of its own: the last one begins the query. */
	char *query = strrchr(copy, '?'), *lang = query ? strstr(query, "lang=") : NULL, *page = query ? strstr(query, "page=") : NULL;
	if (lang && sp_lang_of(lang + 5, strcspn(lang + 5, "&")) != SP_LANG_NONE)
		ret->lang = sp_lang_of(lang + 5, strcspn(lang + 5, "&"));
	if (page)
		ret->page = (unsigned)strtoul(page + 5, NULL, 10);
	if (query && strchr(query, '='))
		*query = '\0';
	ret->path = spi_percent_decode(copy, strlen(copy), false, arena);
	return ret->path;
}

/* Below the language's folder. */
static const char *page_path(const spi_site *site, const address *a)
{
	sp_arena *arena = site->request.arena;
	if (strncmp(a->path, "/a/", 3) == 0) {
		size_t len = strlen(a->path + 3);
		if (spi_map_get(&site->pages, a->path + 3, len) || spi_map_get(&site->redirects, a->path + 3, len))
			return spi_site_article_path(a->path + 3, arena);
	}
	if (strncmp(a->path, "/c/", 3) == 0 && sp_kb_category(site->config, a->path + 3) >= 0)
		return a->page > 1 ? sp_arena_printf(arena, "c/%s.%u.html", a->path + 3, a->page) : sp_arena_printf(arena, "c/%s.html", a->path + 3);
	if (strcmp(a->path, "/search") == 0)
		return "search.html";
	bool asks = strcmp(a->path, "/chat") == 0 || strcmp(a->path, "/ticket") == 0;
	if (asks && site->options->contact)
		return spi_site_article_path(site->options->contact, arena);
	return "index.html";
}

const char *spi_site_link(const spi_site *site, const char *text, size_t len, const char *root)
{
	address a;
	sp_arena *arena = site->request.arena;
	if (!read_address(site, text, len, &a))
		return NULL;
	if (strncmp(a.path, "/static/", 8) == 0)
		return sp_arena_printf(arena, "%s%s%s", root, a.path + 1, a.anchor);
	sp_lang lang = site->langs >> a.lang & 1 ? a.lang : site->request.lang;
	const char *path = page_path(site, &a);
	return path ? sp_arena_printf(arena, "%s%s/%s%s", root, sp_lang_code(lang), path, a.anchor) : NULL;
}

/* Icons stand in a file of their own, which a page of the disk may not use: they come inside. */
static const spi_asset *find_icons(const spi_site *site)
{
	const spi_assets *assets = &site->server.pages->assets;
	for (size_t i = 0; i < assets->count; i++)
		if (strncmp(assets->items[i].name, "static/sprites.", 15) == 0)
			return &assets->items[i];
	return NULL;
}

static bool add_link(const spi_site *site, const char *value, size_t len, const char *root, sp_buffer *out)
{
	static const char icons[] = "/static/sprites.";
	const char *hash = len > sizeof icons && strncmp(value, icons, sizeof icons - 1) == 0 ? memchr(value, '#', len) : NULL;
	if (hash) {
		sp_buffer_add(out, hash, (size_t)(value + len - hash));
		return true;
	}
	const char *link = spi_site_link(site, value, len, root);
	sp_buffer_add_text(out, link);
	return link;
}

sp_status spi_site_relink(const spi_site *site, const char *page, size_t len, const char *root, sp_buffer *out)
{
	/* In a page's own text quotes are entities, so these are attributes; the last is HTML inside structured data. */
	static const char *const starts[] = {" href=\"/", " src=\"/", " action=\"/", " href=\\\"/"};
	const spi_asset *icons = find_icons(site);
	const char *end = page + len;
	while (page < end) {
		size_t i = 0, start_len = 0;
		for (; i < 4; i++) {
			start_len = strlen(starts[i]);
			if (*page == ' ' && (size_t)(end - page) > start_len && memcmp(page, starts[i], start_len) == 0)
				break;
		}
		if (i < 4) {
			const char *value = page + start_len - 1, *quote = memchr(value, i == 3 ? '\\' : '"', (size_t)(end - value));
			sp_buffer_add(out, page, start_len - 1);
			if (!quote || !add_link(site, value, (size_t)(quote - value), i == 3 ? sp_arena_printf(site->request.arena, "%s/",
				site->options->base_url) : root, out))
				return SP_ERR_NOMEM;
			page = quote;
		} else if (icons && (size_t)(end - page) > 6 && memcmp(page, "<body>", 6) == 0) {
			sp_buffer_add_text(out, "<body>\n<div hidden>");
			sp_buffer_add(out, icons->data, icons->len);
			sp_buffer_add_text(out, "</div>");
			page += 6;
		} else {
			sp_buffer_add_char(out, *page++);
		}
	}
	return sp_buffer_ok(out) ? SP_OK : SP_ERR_NOMEM;
}
