/* Filters and facets of a search: each document that the words find is looked at once. */
#ifndef INDEX_SIEVE_HH
#define INDEX_SIEVE_HH

#include "index/shim.hh"

/* Lets through what all filters let through, and counts: what passed, or with wide facets, for each facet what its own filter
   alone stopped too. */
class spi_sieve : public Xapian::MatchDecider
{
  public:
	spi_sieve(sp_index *index, const sp_query *query);
	bool operator()(const Xapian::Document &document) const override;
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
	mutable tallies counted;

	unsigned stopped_by(const spi_facts &facts, sp_validity state) const;
	void count(const spi_facts &facts, sp_validity state, unsigned stops) const;
};

#endif
