/* Where each word of an article's text stands, remembered for one revision: a snippet marks those of the question, and to take a text apart
   anew for each search costs more than all the rest of it. */
#ifndef INDEX_PLACES_HH
#define INDEX_PLACES_HH

#include "sportello/index.h"
#include "sportello/text.h"

#include <unordered_map>
#include <vector>

#include <xapian.h>

/* A word's bytes, and what it is found by. A second form of the same word comes next, with the same bytes. */
struct spi_place {
	uint16_t start, len;
	uint32_t hash; /* spi_term_hash() */
};

/* Threads: one at a time, as all that belongs to an open index. */
class spi_all_places
{
  public:
	/* Those of the first bytes of the record's text, at most UINT16_MAX; in the text's order. Valid until the next call. Throws spi_failure. */
	const std::vector<spi_place> &of(const sp_record &record, size_t len, sp_analyser *analyser, sp_arena *arena, sp_error *err);
	void clear();

  private:
	std::unordered_map<Xapian::docid, std::vector<spi_place>> known;
	size_t bytes = 0;
};

#endif
