#include "index/stems.hh"

#include "base/hash.h"

#include <algorithm>

uint32_t spi_stems::number_of(const spi_stem &stem, float weight)
{
	uint64_t name[4] = {stem.hash, stem.alt_hash, 0, spi_hash64(stem.grams, stem.grams_count * 4)};
	memcpy(&name[2], &weight, sizeof weight);
	auto added = numbers_of.emplace(spi_hash64(name, sizeof name), static_cast<uint32_t>(entries.size()));
	if (added.second) {
		entries.push_back({{}, stem.hash, stem.alt_hash, static_cast<uint32_t>(grams.size()), static_cast<uint32_t>(stem.grams_count), weight});
		marks.push_back(0);
		grams.insert(grams.end(), stem.grams, stem.grams + stem.grams_count * 4);
	}
	return added.first->second;
}

void spi_stems::begin()
{
	now += 2;
	if (now == 0) { /* after two thousand million questions */
		std::fill(marks.begin(), marks.end(), 0);
		now = 2;
	}
}

/* Work out what a stem is to this question. */
uint32_t spi_stems::mark(const spi_question *question, uint32_t number)
{
	entry &e = entries[number];
	const spi_stem stem = {e.hash, e.alt_hash, false, grams.data() + e.grams_at, e.grams_count};
	e.fit = spi_fit_stem(question, &stem, e.weight);
	return marks[number] = now + spi_stem_fits(&e.fit);
}

const std::vector<spi_met_stem> &spi_stems::fit(const spi_question *question, const std::vector<uint32_t> &numbers)
{
	met.clear();
	for (size_t i = 0; i < numbers.size(); i++) {
		uint32_t of = marks[numbers[i]];
		if (of < now)
			of = mark(question, numbers[i]);
		if (of != now)
			met.push_back({static_cast<uint32_t>(i), entries[numbers[i]].fit});
	}
	return met;
}

void spi_stems::clear()
{
	numbers_of.clear();
	entries.clear();
	grams.clear();
	marks.clear();
}
