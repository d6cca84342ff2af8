#include "index/stems.hh"

#include "base/hash.h"

uint32_t spi_stems::number_of(const spi_stem &stem, float weight)
{
	uint64_t name[4] = {stem.hash, stem.alt_hash, 0, spi_hash64(stem.grams, stem.grams_count * 4)};
	memcpy(&name[2], &weight, sizeof weight);
	auto added = numbers_of.emplace(spi_hash64(name, sizeof name), static_cast<uint32_t>(entries.size()));
	if (added.second) {
		entries.push_back({0, {}, stem.hash, stem.alt_hash, static_cast<uint32_t>(grams.size()), static_cast<uint32_t>(stem.grams_count), weight});
		grams.insert(grams.end(), stem.grams, stem.grams + stem.grams_count * 4);
	}
	return added.first->second;
}

const spi_stem_fit *spi_stems::fit(const spi_question *question, const std::vector<uint32_t> &numbers)
{
	asked.resize(numbers.size() + 1);
	for (size_t i = 0; i < numbers.size(); i++) {
		entry &e = entries[numbers[i]];
		if (e.question_number != question_number) {
			const spi_stem stem = {e.hash, e.alt_hash, false, grams.data() + e.grams_at, e.grams_count};
			e.fit = spi_fit_stem(question, &stem, e.weight);
			e.question_number = question_number;
		}
		asked[i] = e.fit;
	}
	return asked.data();
}

void spi_stems::clear()
{
	numbers_of.clear();
	entries.clear();
	grams.clear();
}
