/* What one thread keeps between requests for pages. No lock: a thread has its own (worker->page_cache). */
#ifndef HTTP_PAGE_CACHE_H
#define HTTP_PAGE_CACHE_H

#include "base/memo.h"
#include "http/pages.h"

#define SPI_PAGE_USEFUL_MAX 24 /* remembered: some may not be there for this reader or day */

struct spi_page_cache {
	/* Articles that helped most, by the ledger. */
	int64_t counted_utc_s;
	char *ids[SPI_PAGE_USEFUL_MAX];
	size_t count;
	/* Categories that a reader sees, for this state of the knowledge base. */
	uint64_t generation, seen;
	int audience;
	sp_date day;
	bool is_seen_known;
	spi_memo *pages; /* whole; NULL until there is one */
};

/* This thread's cache; NULL when memory is out. */
spi_page_cache *spi_page_cache_of(spi_request *request);
void spi_page_cache_forget_useful(spi_page_cache *cache);

/* A page that was made a moment ago for the same address, language, audience, day and state of the knowledge base: put
   into request->out, with the hash of its bytes. False when there is none. */
bool spi_page_recall(spi_request *request, uint64_t *ret_hash);
/* Keep what is in request->out, of that hash, for a few seconds (a notice may begin or end, and the ledger goes on); not when its reading is
   noted. */
void spi_page_remember(spi_request *request, uint64_t hash);

#endif
