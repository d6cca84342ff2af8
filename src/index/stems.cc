#include "index/stems.hh"

#include "base/hash.h"

/* ---- which have a hash ---- */

spi_stem_lists::row &spi_stem_lists::place(uint32_t hash)
{
	size_t at = hash & (rows.size() - 1);
	while (rows[at].hash && rows[at].hash != hash)
		at = (at + 1) & (rows.size() - 1);
	return rows[at];
}

const spi_stem_lists::list *spi_stem_lists::find(uint32_t hash) const
{
	if (rows.empty())
		return nullptr;
	for (size_t at = hash & (rows.size() - 1); rows[at].hash; at = (at + 1) & (rows.size() - 1))
		if (rows[at].hash == hash)
			return &rows[at].stems;
	return nullptr;
}

void spi_stem_lists::add(uint32_t hash, uint32_t stem)
{
	if (!hash)
		return;
	if (count * 2 >= rows.size()) {
		std::vector<row> old(rows.empty() ? 1024 : rows.size() * 2);
		old.swap(rows);
		for (row &r : old)
			if (r.hash)
				place(r.hash) = std::move(r);
	}
	row &r = place(hash);
	count += !r.hash;
	r.hash = hash;
	r.stems.push_back(stem);
}

void spi_stem_lists::clear()
{
	rows.clear();
	count = 0;
}

/* ---- the stems ---- */

static uint64_t mix(uint64_t hash, uint32_t value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 32;
}

/* Of all that is told apart. */
static uint64_t name_of(const spi_stem &stem, float weight)
{
	uint32_t bits;
	memcpy(&bits, &weight, sizeof bits);
	uint64_t name = mix(mix(mix(SPI_HASH64_SEED, stem.hash), stem.alt_hash), bits);
	for (size_t i = 0; i < stem.grams_count; i++)
		name = mix(name, spi_u32_at(stem.grams, i));
	return name;
}

uint32_t spi_stems::number_of(const spi_stem &stem, float weight)
{
	auto added = numbers_of.emplace(name_of(stem, weight), static_cast<uint32_t>(entries.size()));
	if (!added.second)
		return added.first->second;
	uint32_t number = added.first->second;
	entries.push_back({{}, stem.hash, stem.alt_hash, static_cast<uint32_t>(grams.size()), static_cast<uint32_t>(stem.grams_count), weight});
	grams.insert(grams.end(), stem.grams, stem.grams + stem.grams_count * 4);
	is_met.push_back(0);
	shared.push_back(0);
	by_form.add(stem.hash, number);
	by_alt.add(stem.alt_hash, number);
	for (size_t i = 0; i < stem.grams_count; i++)
		by_gram.add(spi_u32_at(stem.grams, i), number);
	return number;
}

void spi_stems::begin()
{
	for (uint32_t number : touched)
		is_met[number] = 0;
	touched.clear();
	is_looked_for = false;
}

spi_stem_fit &spi_stems::touch(uint32_t number)
{
	entry &e = entries[number];
	if (!is_met[number]) {
		is_met[number] = 1;
		touched.push_back(number);
		e.fit = spi_no_fit(e.weight);
	}
	return e.fit;
}

/* A stem's first form goes before its second. */
void spi_stems::look_for_forms(const spi_question *question)
{
	for (size_t i = 0; i < question->used_forms_count; i++) {
		const auto &form = question->forms[question->used_forms[i]];
		const spi_stem_lists::list *having = by_form.find(form.hash);
		for (size_t k = 0; having && k < having->size(); k++)
			spi_fit_form(question, form.bit, &touch((*having)[k]));
	}
	for (size_t i = 0; i < question->used_forms_count; i++) {
		const auto &form = question->forms[question->used_forms[i]];
		const spi_stem_lists::list *having = by_alt.find(form.hash);
		for (size_t k = 0; having && k < having->size(); k++) {
			spi_stem_fit &fit = touch((*having)[k]);
			if (fit.bit < 0)
				spi_fit_form(question, form.bit, &fit);
		}
	}
}

/* How many of a word's grams each stem has. */
void spi_stems::look_for_grams(const spi_question *question, size_t word)
{
	const auto &wanted = question->word_grams[word];
	sharing.clear();
	for (size_t i = 0; i < wanted.count; i++) {
		const spi_stem_lists::list *having = by_gram.find(wanted.items[i]);
		if (!having)
			continue;
		for (uint32_t number : *having)
			if (shared[number]++ == 0)
				sharing.push_back(number);
	}
	for (uint32_t number : sharing) {
		size_t count = shared[number], of = entries[number].grams_count;
		shared[number] = 0;
		/* Most have too few to count, which is seen without a root. */
		if (100 * count * count >= 8 * of * question->gram_counts[word])
			spi_fit_grams(question, word, count, of, &touch(number));
	}
}

void spi_stems::look_for(const spi_question *question)
{
	/* Memory is got first, so that nothing is left half counted. */
	touched.reserve(entries.size());
	sharing.reserve(entries.size());
	look_for_forms(question);
	for (size_t word = 0; word < question->words_count; word++)
		look_for_grams(question, word);
	for (uint32_t number : touched)
		is_met[number] = spi_stem_fits(&entries[number].fit);
	looked = entries.size();
	is_looked_for = true;
}

/* Cards that were read since. */
void spi_stems::look_at_new(const spi_question *question)
{
	for (; looked < entries.size(); looked++) {
		entry &e = entries[looked];
		const spi_stem stem = {e.hash, e.alt_hash, false, grams.data() + e.grams_at, e.grams_count};
		const spi_stem_fit fit = spi_fit_stem(question, &stem, e.weight);
		if (spi_stem_fits(&fit))
			touch(static_cast<uint32_t>(looked)) = fit;
	}
}

const std::vector<spi_met_stem> &spi_stems::fit(const spi_question *question, const std::vector<uint32_t> &numbers)
{
	if (!is_looked_for)
		look_for(question);
	look_at_new(question);
	met.clear();
	const unsigned char *is = is_met.data();
	const uint32_t *number = numbers.data();
	const size_t count = numbers.size();
	for (size_t i = 0; i < count; i++) {
		/* Of most four in a row none is. */
		while (count - i >= 4 && !(is[number[i]] | is[number[i + 1]] | is[number[i + 2]] | is[number[i + 3]]))
			i += 4;
		if (i < count && is[number[i]])
			met.push_back({static_cast<uint32_t>(i), entries[number[i]].fit});
	}
	return met;
}

void spi_stems::clear()
{
	numbers_of.clear();
	entries.clear();
	grams.clear();
	by_form.clear();
	by_alt.clear();
	by_gram.clear();
	is_met.clear();
	shared.clear();
	touched.clear();
	looked = 0;
	is_looked_for = false;
}
