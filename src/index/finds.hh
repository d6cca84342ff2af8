/* What was found for the questions of one revision: what many people ask is looked for once. Of a question only a hash is kept. */
#ifndef INDEX_FINDS_HH
#define INDEX_FINDS_HH

#include "base/memo.h"
#include "sportello/index.h"

#include <string>
#include <vector>

#include <xapian.h>

/* One article that fits; its names are on its card. */
struct spi_find {
	Xapian::docid docid;
	uint32_t phrase_at, phrase_len; /* the nearest phrasing, in the card's bytes */
	float features[SP_FEATURE_COUNT];
};

/* All that fit one question, as they are told. */
struct spi_finding {
	std::vector<spi_find> list;
	sp_question_stats stats = {}; /* without .corrected */
	std::string corrected;		  /* "" = nothing */
};

class spi_finds
{
  public:
	spi_finds() = default;
	spi_finds(const spi_finds &) = delete;
	spi_finds &operator=(const spi_finds &) = delete;
	~spi_finds();
	/* Whatever a finding depends on, the revision aside. */
	static spi_memo_key key_of(const sp_ask *ask, size_t dimensions);
	/* NULL when it is not known; valid until the next call. */
	const spi_finding *recall(const spi_memo_key &of);
	void keep(const spi_memo_key &of, const spi_finding &finding);
	void clear();

  private:
	spi_memo *memo = nullptr; /* made when there is something to keep */
};

#endif
