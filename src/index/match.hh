/* Which articles have the words that are looked for, and what each weighs: BM25 as Xapian counts it, over lists of articles that were read
   before. All that fit are told, as totals and facets count all of them; Xapian's own matcher goes through an object a term for each. */
#ifndef INDEX_MATCH_HH
#define INDEX_MATCH_HH

#include "index/kept.hh"

#include <cstdint>
#include <string>
#include <vector>

#include <xapian.h>

struct sp_index;

/* One way to say a word: all of the terms; or whichever of them, taken together as if they were one. */
struct spi_way {
	std::vector<std::string> terms;
	double share = 1; /* of what it weighs, this much counts */
	bool is_any = false;
};
typedef std::vector<spi_way> spi_ways;

/* What is looked for. */
struct spi_wanted {
	std::vector<spi_ways> words;   /* at most 64 */
	std::vector<spi_ways> ranking; /* only rank what the words find */
	bool needs_all = false;		   /* of the words; else any */
};

struct spi_match {
	Xapian::docid docid;
	double weight;
};

/* Heaviest first, then by number. */
struct spi_heavier {
	bool operator()(const spi_match &a, const spi_match &b) const
	{
		return a.weight != b.weight ? a.weight > b.weight : a.docid < b.docid;
	}
};

/* The articles that have a term. */
struct spi_postings {
	std::vector<Xapian::docid> docids; /* rising */
	std::vector<uint16_t> wdfs;		   /* of each; 65535: that or more */
	Xapian::termcount wdf_most = 0;	   /* no article has more */
};

/* Threads: one at a time, as all that belongs to an open index. */
class spi_matcher
{
  public:
	spi_matcher();
	/* Those that fit, by number; valid until the next find(), the caller may change them. Throws what Xapian throws. */
	std::vector<spi_match> &find(sp_index *index, const spi_wanted &wanted);
	/* What no article can weigh more than, of what was looked for last. */
	double most() const
	{
		return heaviest;
	}
	/* Articles that have a term; valid until the next find() or list_of(). */
	const std::vector<Xapian::docid> &list_of(sp_index *index, const std::string &term);
	/* Another revision. */
	void clear();

  private:
	struct row {
		double weight;
		uint64_t met; /* words that were met */
	};
	spi_kept<std::string, spi_postings> kept;
	/* What a search works with, made once. All zero between two. */
	std::vector<row> rows;		   /* by number */
	std::vector<uint64_t> touched; /* a bit a row */
	std::vector<uint32_t> sums;	   /* by number */
	std::vector<Xapian::docid> summed;
	bool is_clean = false;
	std::vector<spi_match> found;
	double saturated[256]; /* a term's share of its weight, by how often it is there */
	double heaviest = 0;

	const spi_postings &read(sp_index *index, const std::string &term);
	const spi_postings &checked(sp_index *index, const std::string &term);
	void begin(sp_index *index);
	double worth(unsigned wdf) const;
	template <typename F> void each_of_term(sp_index *index, const spi_way &way, F &&take);
	template <typename F> void each_of_all(sp_index *index, const spi_way &way, F &&take);
	template <typename F> void each_of_any(sp_index *index, const spi_way &way, F &&take);
	template <typename F> void each(sp_index *index, const spi_way &way, F &&take);
	void meet(sp_index *index, const spi_ways &ways, uint64_t bit);
	void gather(uint64_t all, bool needs_all);
	void rank(sp_index *index, const spi_way &way);
};

#endif
