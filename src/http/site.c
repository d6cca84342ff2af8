/* A static site: each page is composed and rendered as the service does it, then its links are turned into files. */
#include "http/site.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/zone.h"
#include "http/page_cache.h"
#include "sportello/catalog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE_OF_ARTICLES 100
#define NOON_MIN (12 * 60)

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, "site", 0, "out of memory");
}

/* ---- files ---- */

sp_status spi_site_file(spi_site *site, const char *path, const char *data, size_t len, sp_error *err)
{
	char *full = sp_arena_printf(site->request.arena, "%s/%s", site->beside, path), *slash = full ? strrchr(full, '/') : NULL;
	if (!slash)
		return no_memory(err);
	*slash = '\0';
	sp_status status = spi_mkdirs(full, err);
	*slash = '/';
	FILE *file = status == SP_OK ? fopen(full, "wb") : NULL;
	if (status != SP_OK)
		return status;
	if (!file)
		return sp_error_errno(err, errno, full, "write");
	bool ok = fwrite(data, 1, len, file) == len;
	int problem = errno;
	if (fclose(file) != 0 || !ok)
		return sp_error_errno(err, ok ? errno : problem, full, "write");
	site->files++;
	return SP_OK;
}

/* The chat's script has nobody to talk to, editors are not here, and icons stand in the pages. */
static bool is_needed(const char *name)
{
	bool chat = strncmp(name, "static/app.", 11) == 0 && !strstr(name, ".css");
	bool editors = strncmp(name, "static/editor.", 14) == 0;
	return strncmp(name, "static/", 7) == 0 && !chat && !editors && strncmp(name, "static/sprites.", 15) != 0;
}

/* Files of the pages; the style sheet's own addresses are beside it. */
static sp_status write_assets(spi_site *site, sp_error *err)
{
	const spi_assets *assets = &site->server.pages->assets;
	sp_status status = SP_OK;
	for (size_t i = 0; i < assets->count && status == SP_OK; i++) {
		const spi_asset *asset = &assets->items[i];
		sp_buffer text = SP_BUFFER_INIT;
		const char *name = asset->name + strlen("static/");
		if (!is_needed(asset->name))
			continue;
		for (size_t at = 0; at < asset->len;) {
			static const char start[] = "url(/static/";
			bool here = asset->len - at > sizeof start && memcmp(asset->data + at, start, sizeof start - 1) == 0 && strstr(name, ".css");
			sp_buffer_add(&text, here ? "url(" : asset->data + at, here ? 4 : 1);
			at += here ? sizeof start - 1 : 1;
		}
		status = sp_buffer_ok(&text) ? spi_site_file(site, asset->name, sp_buffer_text(&text), text.len, err) : no_memory(err);
		sp_buffer_release(&text);
	}
	return status;
}

/* ---- a page ---- */

/* A request as if a reader had asked for it. */
static void begin(spi_site *site, sp_lang lang, const char *path, const char *param, unsigned number)
{
	spi_request *r = &site->request;
	sp_arena_reset(r->arena);
	r->lang = lang;
	r->path = path;
	r->params[0] = param;
	r->query_count = 0;
	if (number > 1)
		r->query[r->query_count++] = (spi_pair){"page", sp_arena_printf(r->arena, "%u", number)};
	r->reply.status = 0;
}

static void put_site(spi_site *site, spi_value *page, sp_lang lang)
{
	sp_record contact;
	spi_put_bool(page, "static", true);
	spi_page_put_search_label(&site->request, page);
	if (site->options->contact && spi_site_get(site, site->options->contact, lang, &contact, NULL) == SP_OK)
		spi_page_put_article(&site->request, spi_put_object(page, "contact"), &contact);
}

/* "it/a/x.html": two folders up is the site. */
static const char *root_of(const char *path)
{
	size_t depth = 0;
	for (; *path; path++)
		depth += *path == '/';
	return depth >= 2 ? "../../" : depth == 1 ? "../" : "";
}

static void add_to_sitemap(spi_site *site, const char *path, sp_date updated)
{
	if (!site->options->base_url)
		return;
	sp_buffer_add_text(&site->sitemap, "<url><loc>");
	sp_buffer_add_html(&site->sitemap, site->options->base_url, strlen(site->options->base_url));
	sp_buffer_add_char(&site->sitemap, '/');
	sp_buffer_add_html(&site->sitemap, path, strlen(path));
	sp_buffer_add_text(&site->sitemap, "</loc>");
	if (updated)
		sp_buffer_printf(&site->sitemap, "<lastmod>%04d-%02d-%02d</lastmod>", updated / 10000, updated / 100 % 100, updated % 100);
	sp_buffer_add_text(&site->sitemap, "</url>\n");
}

static sp_status write_page(spi_site *site, const char *name, spi_value *page, sp_lang lang, const char *path, sp_error *err)
{
	sp_buffer raw = SP_BUFFER_INIT, linked = SP_BUFFER_INIT;
	sp_status status = page ? spi_templates_render(site->server.pages->templates, name, page, lang, &raw, err) : no_memory(err);
	if (status == SP_OK && spi_site_relink(site, sp_buffer_text(&raw), raw.len, root_of(path), &linked) != SP_OK)
		status = no_memory(err);
	if (status == SP_OK)
		status = spi_site_file(site, path, sp_buffer_text(&linked), linked.len, err);
	sp_buffer_release(&raw);
	sp_buffer_release(&linked);
	return status;
}

static const char *in_lang(const spi_site *site, sp_lang lang, const char *path)
{
	return path ? sp_arena_printf(site->request.arena, "%s/%s", sp_lang_code(lang), path) : NULL;
}

static void put_canonical(const spi_site *site, spi_value *page, const char *path)
{
	if (site->options->base_url)
		spi_put_text(page, "canonical", sp_arena_printf(site->request.arena, "%s/%s", site->options->base_url, path));
}

static sp_status write_home(spi_site *site, sp_lang lang, sp_error *err)
{
	begin(site, lang, "/", NULL, 1);
	spi_request *r = &site->request;
	spi_value *page = spi_page_new(r);
	const sp_fill fills[] = {{"service", sp_texts_get(&site->config->name, lang)}, {0}};
	const char *path = in_lang(site, lang, "index.html");
	put_site(site, page, lang);
	spi_put_text(page, "description", sp_catalog_fill(lang, "page.site.description", fills, r->arena)); /* the first of a name counts */
	put_canonical(site, page, path);
	sp_status status = spi_page_compose_home(r, site->index, page, err);
	if (status != SP_OK)
		return status;
	add_to_sitemap(site, path, 0);
	return write_page(site, "home", page, lang, path, err);
}

static sp_status write_search(spi_site *site, sp_lang lang, sp_error *err)
{
	begin(site, lang, "/search", NULL, 1);
	spi_value *page = spi_page_new(&site->request);
	put_site(site, page, lang);
	spi_put_text(page, "title", spi_page_text(&site->request, "page.search.title"));
	spi_put_bool(page, "noindex", true);
	spi_put_text(page, "count", "{count}"); /* the script fills them */
	spi_put_text(page, "language", "{language}");
	sp_status status = write_page(site, "site-search", page, lang, in_lang(site, lang, "search.html"), err);
	sp_buffer data = SP_BUFFER_INIT;
	if (status == SP_OK)
		status = spi_site_search_data(site, lang, &data, err);
	if (status == SP_OK)
		status = spi_site_file(site, in_lang(site, lang, "search-data.js"), sp_buffer_text(&data), data.len, err);
	sp_buffer_release(&data);
	return status;
}

/* All pages of a category: the pager says whether there is another. */
static sp_status write_category(spi_site *site, sp_lang lang, const sp_category *category, sp_error *err)
{
	sp_status status = SP_OK;
	for (unsigned number = 1; status == SP_OK; number++) {
		char address[SP_ID_MAX + 8], path[SP_ID_MAX + 32];
		snprintf(address, sizeof address, "/c/%s", category->key);
		begin(site, lang, address, category->key, number);
		spi_value *page = spi_page_new(&site->request);
		put_site(site, page, lang);
		status = spi_page_compose_category(&site->request, site->index, page, err);
		if (status == SP_ERR_NOT_FOUND) {
			sp_error_clear(err);
			return SP_OK;
		}
		snprintf(path, sizeof path, number > 1 ? "c/%s.%u.html" : "c/%s.html", category->key, number);
		const char *file = in_lang(site, lang, path);
		if (status == SP_OK) {
			put_canonical(site, page, file);
			add_to_sitemap(site, file, 0);
			status = write_page(site, "category", page, lang, file, err);
		}
		const spi_value *pager = spi_get_member(page, "pager");
		const char *next = pager ? spi_get_text(pager, "next") : NULL;
		if (!next || !*next)
			break;
	}
	return status;
}

static sp_status write_article(spi_site *site, sp_lang lang, const char *id, sp_error *err)
{
	char address[SP_ID_MAX + 8];
	sp_record record;
	snprintf(address, sizeof address, "/a/%s", id);
	begin(site, lang, address, id, 1);
	spi_value *page = spi_page_new(&site->request);
	const char *file = in_lang(site, lang, spi_site_article_path(id, site->request.arena));
	put_site(site, page, lang);
	if (!site->options->base_url)
		spi_put_text(page, "json_ld", "");
	sp_status status = spi_site_get(site, id, lang, &record, err);
	if (status == SP_OK && record.lang != lang)
		spi_put_bool(page, "noindex", true); /* its own language has it */
	put_canonical(site, page, file);
	if (status == SP_OK)
		status = spi_page_compose_article(&site->request, site->index, page, err);
	if (status == SP_OK && record.lang == lang)
		add_to_sitemap(site, file, record.updated);
	return status == SP_OK ? write_page(site, "article", page, lang, file, err) : status;
}

/* ---- pages that lead to others ---- */

static sp_status write_redirect(spi_site *site, sp_lang lang, const char *path, const char *target, const char *title, bool languages, sp_error *err)
{
	spi_value *page = spi_object_new(site->request.arena);
	spi_put_text(page, "lang", sp_lang_code(lang));
	spi_put_text(page, "title", title);
	spi_put_text(page, "url", sp_arena_printf(site->request.arena, "%s%s", root_of(path), target));
	put_canonical(site, page, target);
	spi_value *list = spi_put_list(page, "languages");
	for (int other = 0; languages && other < SP_LANG_COUNT; other++) {
		if (!(site->langs >> other & 1))
			continue;
		spi_value *item = spi_list_add(list);
		spi_put_text(item, "code", sp_lang_code((sp_lang)other));
		spi_put_text(item, "name", sp_catalog_text((sp_lang)other, "page.lang.self"));
		spi_put_text(item, "url", sp_arena_printf(site->request.arena, "%s/index.html", sp_lang_code((sp_lang)other)));
	}
	return write_page(site, "site-redirect", page, lang, path, err);
}

/* What was retired, or is over, and has a successor: only where readers could read it, and can read the other. */
static sp_status find_redirect(spi_site *site, const char *path, sp_arena *scratch, sp_error *err)
{
	const char *bytes;
	size_t len;
	sp_article *article = NULL;
	sp_status status = sp_kb_read(site->options->kb_dir, path, SP_ARTICLE_MAX_BYTES, scratch, &bytes, &len, NULL);
	if (status != SP_OK || sp_article_parse(path, bytes, len, site->config, path, NULL, &article, NULL) != SP_OK)
		return SP_OK; /* check says what is wrong with it */
	sp_audiences reads = site->config->audiences[site->request.caller.audience].reads;
	size_t id_len = strlen(article->id);
	if (article->status != SP_STATUS_DRAFT && article->audience & reads && article->replaced_by &&
		!spi_map_get(&site->pages, article->id, id_len) && spi_map_get(&site->pages, article->replaced_by, strlen(article->replaced_by))) {
		const char *id = sp_arena_strdup(site->arena, article->id);
		void **place = id ? spi_map_put(&site->redirects, id, id_len) : NULL;
		if (place)
			*place = sp_arena_strdup(site->arena, article->replaced_by);
		if (!place || !*place)
			status = no_memory(err);
	}
	sp_article_free(article);
	return status;
}

static sp_status find_redirects(spi_site *site, sp_error *err)
{
	sp_kb_files files = {0};
	sp_strings closed; /* nothing of them is published either */
	sp_arena *scratch = sp_arena_new(0);
	sp_status status = scratch ? sp_kb_scan_open(site->options->kb_dir, site->arena, &files, &closed, err) : no_memory(err);
	for (size_t i = 0; status == SP_OK && i < files.count; i++) {
		if (sp_kb_is_waiting(files.items[i].path))
			continue;
		sp_arena_reset(scratch);
		status = find_redirect(site, files.items[i].path, scratch, err);
	}
	sp_arena_free(scratch);
	return status;
}

static sp_status write_redirects(spi_site *site, sp_lang lang, sp_error *err)
{
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < site->redirects.cap; i++) {
		const spi_map_slot *slot = &site->redirects.slots[i];
		sp_record next;
		if (!slot->key)
			continue;
		begin(site, lang, "/", NULL, 1);
		sp_arena *arena = site->request.arena;
		status = spi_site_get(site, slot->value, lang, &next, err);
		if (status == SP_OK)
			status = write_redirect(site, lang, in_lang(site, lang, spi_site_article_path(slot->key, arena)),
				in_lang(site, lang, spi_site_article_path(next.id, arena)), next.title, false, err);
	}
	return status;
}

/* ---- what there is ---- */

sp_status spi_site_get(spi_site *site, const char *id, sp_lang lang, sp_record *ret, sp_error *err)
{
	sp_status status = sp_index_get(site->index, id, lang, site->request.arena, ret, NULL);
	if (status == SP_ERR_NOT_FOUND || (status == SP_OK && !spi_request_may_show(&site->request, ret)))
		status = sp_index_get(site->index, id, SP_LANG_NONE, site->request.arena, ret, err);
	return status;
}

static sp_status add_id(spi_site *site, const char *id, size_t *cap, sp_error *err)
{
	size_t len = strlen(id);
	if (spi_map_get(&site->pages, id, len))
		return SP_OK;
	if (site->ids_count == *cap) {
		size_t more = *cap ? *cap * 2 : 256;
		const char **ids = sp_arena_calloc(site->arena, more, sizeof *ids);
		if (!ids)
			return no_memory(err);
		if (site->ids_count)
			memcpy(ids, site->ids, site->ids_count * sizeof *ids);
		site->ids = ids;
		*cap = more;
	}
	const char *copy = sp_arena_strdup(site->arena, id);
	void **place = copy ? spi_map_put(&site->pages, copy, len) : NULL;
	if (!place)
		return no_memory(err);
	*place = (void *)(uintptr_t)copy;
	site->ids[site->ids_count++] = copy;
	return SP_OK;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Every article that the audience may read on the day. */
static sp_status find_articles(spi_site *site, sp_error *err)
{
	size_t cap = 0;
	sp_status status = SP_OK;
	for (uint32_t offset = 0; status == SP_OK; offset += PAGE_OF_ARTICLES) {
		sp_query query = {.lang = site->config->default_lang, .day = site->request.day, .audience = -1, .offset = offset,
			.limit = PAGE_OF_ARTICLES, .sort = SP_SORT_TITLE};
		sp_result found;
		sp_arena_reset(site->request.arena);
		status = sp_index_search(site->index, sp_responder_analyser(site->worker.responder), &query, site->request.arena, &found, err);
		if (status != SP_OK || found.hits_count == 0)
			break;
		for (size_t i = 0; i < found.hits_count && status == SP_OK; i++)
			if (spi_request_may_show(&site->request, &found.hits[i].record))
				status = add_id(site, found.hits[i].record.id, &cap, err);
	}
	if (status == SP_OK && site->ids_count > 1)
		qsort(site->ids, site->ids_count, sizeof *site->ids, by_text);
	return status;
}

/* ---- all of it ---- */

static sp_status write_language(spi_site *site, sp_lang lang, size_t done, size_t total, sp_error *err)
{
	const sp_site_options *o = site->options;
	sp_status status = write_home(site, lang, err);
	if (status == SP_OK)
		status = write_search(site, lang, err);
	for (size_t i = 0; status == SP_OK && i < site->config->categories_count && i < SPI_PAGE_CATEGORIES_MAX; i++)
		status = write_category(site, lang, &site->config->categories[i], err);
	for (size_t i = 0; status == SP_OK && i < site->ids_count; i++) {
		status = write_article(site, lang, site->ids[i], err);
		if (o->progress)
			o->progress(done + i + 1, total, o->arg);
	}
	return status == SP_OK ? write_redirects(site, lang, err) : status;
}

static sp_status write_root(spi_site *site, sp_error *err)
{
	sp_lang lang = site->langs >> site->config->default_lang & 1 ? site->config->default_lang : SP_LANG_NONE;
	for (int other = 0; lang == SP_LANG_NONE && other < SP_LANG_COUNT; other++)
		if (site->langs >> other & 1)
			lang = (sp_lang)other;
	begin(site, lang, "/", NULL, 1);
	sp_status status = write_redirect(
		site, lang, "index.html", in_lang(site, lang, "index.html"), sp_texts_get(&site->config->name, lang), true, err);
	if (status == SP_OK)
		status = spi_site_file(site, SPI_SITE_MARK, "sportello export\n", 17, err);
	if (status != SP_OK || !site->options->base_url)
		return status;
	sp_buffer_add_text(&site->sitemap, "</urlset>\n");
	return sp_buffer_ok(&site->sitemap) ? spi_site_file(site, "sitemap.xml", site->sitemap.data, site->sitemap.len, err) : no_memory(err);
}

static sp_status write_all(spi_site *site, sp_error *err)
{
	size_t langs = 0, done = 0;
	sp_record contact;
	sp_status status = find_articles(site, err);
	if (status == SP_OK)
		status = find_redirects(site, err);
	if (status == SP_OK && site->options->contact && spi_site_get(site, site->options->contact, site->config->default_lang, &contact, NULL) != SP_OK)
		status = sp_error_set(err, SP_ERR_USAGE, "--contact", 0, "these readers have no article \"%s\"", site->options->contact);
	sp_buffer_add_text(&site->sitemap, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
	if (status == SP_OK)
		status = write_assets(site, err);
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		langs += site->langs >> lang & 1;
	for (int lang = 0; lang < SP_LANG_COUNT && status == SP_OK; lang++) {
		if (!(site->langs >> lang & 1))
			continue;
		status = write_language(site, (sp_lang)lang, done, langs * site->ids_count, err);
		done += site->ids_count;
	}
	return status == SP_OK ? write_root(site, err) : status;
}

static sp_status open_site(spi_site *site, sp_error *err)
{
	const sp_site_options *o = site->options;
	spi_request *r = &site->request;
	site->server.options = (sp_server_options){.publisher = o->publisher, .as_of = o->as_of};
	site->worker.server = &site->server;
	r->worker = &site->worker;
	r->method = "GET";
	site->worker.responder = sp_responder_new(NULL);
	sp_status status = site->arena && r->arena && site->worker.responder ? spi_pages_open(&site->server.options, &site->server.pages, err) : no_memory(err);
	if (status == SP_OK)
		status = sp_reader_open(o->publisher, &site->worker.reader, err);
	if (status == SP_OK)
		status = sp_reader_refresh(site->worker.reader, err);
	if (status != SP_OK)
		return status;
	site->config = r->config = sp_reader_config(site->worker.reader);
	r->caller = (spi_caller){.audience = sp_kb_audience(site->config, o->audience), .audience_key = o->audience};
	if (r->caller.audience < 0)
		return sp_error_set(err, SP_ERR_USAGE, "--audience", 0, "kb.yaml knows no audience \"%s\"", o->audience);
	site->langs = o->langs ? o->langs & site->config->langs : site->config->langs;
	if (!site->langs)
		return sp_error_set(err, SP_ERR_USAGE, "--lang", 0, "kb.yaml has no such language");
	r->now_utc_s = spi_now_utc_s();
	r->day = o->as_of ? o->as_of : sp_date_of(r->now_utc_s, site->config->timezone);
	r->moment_utc_s = o->as_of ? spi_zone_utc_s(site->config->timezone, sp_date_days(o->as_of), NOON_MIN) : r->now_utc_s;
	site->pages.arena = site->redirects.arena = site->arena;
	return spi_request_index_of(r, r->caller.audience, &site->index, err);
}

static void close_site(spi_site *site)
{
	spi_pages_close(site->server.pages);
	sp_reader_close(site->worker.reader);
	sp_responder_free(site->worker.responder);
	spi_page_cache_free(site->worker.page_cache);
	sp_buffer_release(&site->worker.scratch);
	sp_buffer_release(&site->request.out);
	sp_buffer_release(&site->sitemap);
	sp_arena_free(site->request.arena);
	sp_arena_free(site->arena);
}

/* Only a site of ours, or nothing, is replaced. */
static sp_status check_out(const spi_site *site, sp_error *err)
{
	const char *out = site->options->out, *mark = sp_arena_printf(site->arena, "%s/" SPI_SITE_MARK, out);
	if (!spi_exists(out) || (mark && spi_exists(mark)) || rmdir(out) == 0)
		return SP_OK;
	return sp_error_set(err, SP_ERR_CONFLICT, out, 0, "it holds something that is no exported site; name another folder");
}

/* The new folder for the old one, in one step where the file system can. */
static sp_status put_in_place(const spi_site *site, sp_error *err)
{
	const char *out = site->options->out;
	if (rename(site->beside, out) == 0) /* there was none */
		return SP_OK;
	if (renameat2(AT_FDCWD, site->beside, AT_FDCWD, out, RENAME_EXCHANGE) == 0)
		return spi_remove_tree(site->beside, err);
	const char *old = sp_arena_printf(site->arena, "%s.old-%ld", out, (long)getpid());
	if (!old || rename(out, old) != 0 || rename(site->beside, out) != 0)
		return sp_error_errno(err, errno, out, "replace");
	return spi_remove_tree(old, err);
}

sp_status sp_site_write(const sp_site_options *options, size_t *ret_files, sp_error *err)
{
	spi_site site = {.options = options, .arena = sp_arena_new(0), .request.arena = sp_arena_new(1 << 20)};
	sp_status status = open_site(&site, err);
	size_t len = strlen(options->out);
	while (len > 1 && options->out[len - 1] == '/')
		len--;
	if (status == SP_OK) {
		site.beside = sp_arena_printf(site.arena, "%.*s.new-%ld", (int)len, options->out, (long)getpid());
		status = site.beside ? check_out(&site, err) : no_memory(err);
	}
	if (status == SP_OK) {
		status = write_all(&site, err);
		if (status == SP_OK)
			status = put_in_place(&site, err);
		if (status != SP_OK)
			spi_remove_tree(site.beside, NULL);
	}
	if (status == SP_OK)
		*ret_files = site.files;
	close_site(&site);
	return status;
}
