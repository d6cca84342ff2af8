#include "http/page_cache.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

#define KEPT_S 5
#define ADDRESS_MAX 200 /* longer ones are not asked for often */
#define HALF_MAX_BYTES ((size_t)2 * 1024 * 1024)

typedef struct kept_page {
	int64_t until_utc_s;
	uint64_t hash;
	size_t len;
	char body[];
} kept_page;

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

void spi_page_cache_free(spi_page_cache *cache)
{
	if (!cache)
		return;
	spi_page_cache_forget_useful(cache);
	spi_memo_free(cache->pages);
	free(cache);
}

/* Hash of all that a page depends on; false when it is not kept. */
static bool find_key(const spi_request *request, spi_memo_key *ret)
{
	const char *address = sp_buffer_text(&request->uri);
	if (strlen(address) > ADDRESS_MAX || request->caller.session) /* a page says who is signed in */
		return false;
	const int64_t numbers[] = {(int64_t)sp_reader_generation(request->worker->reader), request->caller.audience, request->day, request->lang};
	spi_sha256 sha;
	spi_sha256_init(&sha);
	spi_sha256_add(&sha, numbers, sizeof numbers);
	spi_sha256_add(&sha, address, strlen(address));
	spi_sha256_end(&sha, ret->bytes);
	return true;
}

bool spi_page_recall(spi_request *request, uint64_t *ret_hash)
{
	spi_page_cache *cache = request->worker->page_cache;
	spi_memo_key key;
	const kept_page *page = cache && cache->pages && find_key(request, &key) ? spi_memo_recall(cache->pages, &key) : NULL;
	if (!page || page->until_utc_s <= request->now_utc_s)
		return false;
	sp_buffer_clear(&request->out);
	sp_buffer_add(&request->out, page->body, page->len);
	*ret_hash = page->hash;
	return true;
}

void spi_page_remember(spi_request *request, uint64_t hash)
{
	spi_page_cache *cache = spi_page_cache_of(request);
	spi_memo_key key;
	if (!cache || request->is_noted || !sp_buffer_ok(&request->out) || !find_key(request, &key))
		return;
	if (!cache->pages && !(cache->pages = spi_memo_new(HALF_MAX_BYTES, free)))
		return;
	size_t size = sizeof(kept_page) + request->out.len;
	kept_page *page = malloc(size);
	if (!page)
		return;
	*page = (kept_page){.until_utc_s = request->now_utc_s + KEPT_S, .hash = hash, .len = request->out.len};
	memcpy(page->body, sp_buffer_text(&request->out), page->len);
	spi_memo_keep_take(cache->pages, &key, page, size);
}
