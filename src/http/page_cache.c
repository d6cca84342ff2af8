#include "http/page_cache.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define KEPT_S 5
#define ADDRESS_MAX 200 /* longer ones are not asked for often */

spi_page_cache *spi_page_cache_of(spi_request *request)
{
	if (!request->worker->page_cache)
		request->worker->page_cache = calloc(1, sizeof *request->worker->page_cache);
	return request->worker->page_cache;
}

void spi_page_cache_forget_useful(spi_page_cache *cache)
{
	for (size_t i = 0; i < cache->count; i++)
		free(cache->ids[i]);
	cache->count = 0;
}

static void forget_page(spi_kept_page *page)
{
	free(page->key);
	free(page->body);
	*page = (spi_kept_page){0};
}

void spi_page_cache_free(spi_page_cache *cache)
{
	if (!cache)
		return;
	spi_page_cache_forget_useful(cache);
	for (size_t i = 0; i < SPI_PAGE_KEPT; i++)
		forget_page(&cache->pages[i]);
	free(cache);
}

/* All that a page depends on; NULL when it is not kept. */
static const char *key_of(const spi_request *request)
{
	const char *address = sp_buffer_text(&request->uri);
	if (strlen(address) > ADDRESS_MAX || request->caller.session) /* a page says who is signed in */
		return NULL;
	return sp_arena_printf(request->arena, "%" PRIu64 " %d %d %d %s", sp_reader_generation(request->worker->reader),
		request->caller.audience, (int)request->day, (int)request->lang, address);
}

bool spi_page_recall(spi_request *request)
{
	spi_page_cache *cache = request->worker->page_cache;
	const char *key = cache ? key_of(request) : NULL;
	for (size_t i = 0; key && i < SPI_PAGE_KEPT; i++) {
		const spi_kept_page *page = &cache->pages[i];
		if (!page->key || page->until_utc_s <= request->now_utc_s || strcmp(page->key, key) != 0)
			continue;
		sp_buffer_clear(&request->out);
		sp_buffer_add(&request->out, page->body, page->len);
		return true;
	}
	return false;
}

void spi_page_remember(spi_request *request)
{
	spi_page_cache *cache = spi_page_cache_of(request);
	const char *key = cache && sp_buffer_ok(&request->out) ? key_of(request) : NULL;
	if (!key)
		return;
	spi_kept_page *page = &cache->pages[cache->next];
	cache->next = (cache->next + 1) % SPI_PAGE_KEPT;
	forget_page(page);
	page->key = strdup(key);
	page->body = malloc(request->out.len + 1);
	if (!page->key || !page->body) {
		forget_page(page);
		return;
	}
	memcpy(page->body, sp_buffer_text(&request->out), request->out.len);
	page->len = request->out.len;
	page->until_utc_s = request->now_utc_s + KEPT_S;
}
