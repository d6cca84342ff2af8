/* What was found for the questions of one revision: what many people ask is looked for once. Of a question only a hash is kept. */
#ifndef INDEX_FINDS_HH
#define INDEX_FINDS_HH

#include "sportello/index.h"

#include <array>
#include <cstring>
#include <string>
#include <unordered_map>
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
	using key = std::array<unsigned char, 32>;
	/* Whatever a finding depends on, the revision aside. */
	static key key_of(const sp_ask *ask, size_t dimensions);
	/* NULL when it is not known; valid until the next call. */
	const spi_finding *recall(const key &of);
	void keep(const key &of, const spi_finding &finding);
	void clear();

  private:
	struct hash {
		size_t operator()(const key &of) const
		{
			size_t ret;
			memcpy(&ret, of.data(), sizeof ret);
			return ret;
		}
	};
	using table = std::unordered_map<key, spi_finding, hash>;
	/* What was asked lately, and before that: the older half goes when the newer one is full. */
	table lately, before;
	size_t lately_bytes = 0;
};

#endif
