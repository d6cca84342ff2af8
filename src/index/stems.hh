/* The stems of one revision's cards, each once, and what each is to the question that is being asked. Most of them stand on many cards, and
   most are nothing to a question: those that are something are found from the question's side, by its forms and its 4-grams. */
#ifndef INDEX_STEMS_HH
#define INDEX_STEMS_HH

#include "index/features.h"

#include <unordered_map>
#include <vector>

/* Which stems have a hash: of a form, of a 4-gram. */
class spi_stem_lists
{
  public:
	using list = std::vector<uint32_t>;
	/* NULL when none has it. */
	const list *find(uint32_t hash) const;
	void add(uint32_t hash, uint32_t stem);
	void clear();

  private:
	struct row {
		uint32_t hash; /* 0 = free */
		list stems;
	};
	std::vector<row> rows; /* at most half full */
	size_t count = 0;
	row &place(uint32_t hash);
};

class spi_stems
{
  public:
	/* Its number, for ever; weight: as the question's words are weighted. */
	uint32_t number_of(const spi_stem &stem, float weight);
	/* Another question is asked from now on. */
	void begin();
	/* Of the stems with these numbers, in their order, those that are something to the question; valid until the next call. */
	const std::vector<spi_met_stem> &fit(const spi_question *question, const std::vector<uint32_t> &numbers);
	void clear();
	/* Hashes of the stem with this number: its own, of its second form (0 = none). */
	struct forms {
		uint32_t hash, alt_hash;
	};
	forms forms_of(uint32_t number) const
	{
		return {entries[number].hash, entries[number].alt_hash};
	}

  private:
	struct entry {
		spi_stem_fit fit; /* where is_met says so */
		uint32_t hash, alt_hash, grams_at, grams_count;
		float weight;
	};
	std::unordered_map<uint64_t, uint32_t> numbers_of; /* by all that an entry holds */
	std::vector<entry> entries;
	std::vector<unsigned char> grams;
	spi_stem_lists by_form, by_alt, by_gram;
	/* Of the question that is asked. */
	bool is_looked_for = false;
	size_t looked = 0;						/* stems there were when it was looked for what it has */
	std::vector<unsigned char> is_met;		/* of each stem: it is something, or maybe (while it is looked for) */
	std::vector<uint32_t> touched;			/* stems that it is set for */
	std::vector<unsigned char> shared;		/* of each stem: grams that it has of a word; all 0 but while it is counted */
	std::vector<uint32_t> sharing;			/* stems that have some */
	std::vector<spi_met_stem> met;
	spi_stem_fit &touch(uint32_t number);
	void look_for(const spi_question *question);
	void look_for_forms(const spi_question *question);
	void look_for_grams(const spi_question *question, size_t word);
	void look_at_new(const spi_question *question);
};

#endif
