/* Filters and facets of a search: each document that the words find is looked at once. */
#ifndef INDEX_SIEVE_HH
#define INDEX_SIEVE_HH

#include "index/shim.hh"

/* How a day stands to what a document is valid for. */
enum spi_time { SPI_BEFORE, SPI_WITHIN, SPI_AFTER, SPI_TIMES };

/* Lets through what all filters let through, and counts: what passed, or with wide facets, for each facet what its own filter
   alone stopped too. */
class spi_sieve
{
  public:
	spi_sieve(sp_index *index, const sp_query *query);
	bool lets(Xapian::docid docid);
	/* Into the result: the facets, most frequent first. */
	void tell(sp_arena *arena, sp_result *ret) const;
	/* Whether a document is in the wanted language. */
	bool is_own(Xapian::docid docid) const;
	/* Forget what was counted. */
	void begin();

  private:
	sp_index *index;
	const spi_all_facts &all;
	const sp_query *query;
	int category = -1;
	bool any_category = true;
	std::vector<bool> of_service; /* categories that the service has */
	int type = -1;
	struct tallies {
		uint32_t types[SP_TYPE_COUNT], langs[SP_LANG_COUNT], audiences[SP_AUDIENCES_MAX], validities[SP_VALIDITIES];
		std::vector<uint32_t> categories;
	};
	std::vector<unsigned char> stops_of; /* what stops a kind of document at a time: stopped_by(), or not known yet */
	std::vector<uint32_t> looked_at;	 /* documents of a kind at a time */

	unsigned stopped_by(const spi_kind &kind, spi_time time) const;
	void count(const spi_kind &kind, spi_time time, unsigned stops, uint32_t documents, tallies *counted) const;
	tallies tally() const;
};

#endif
