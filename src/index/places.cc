#include "index/places.hh"

#include "index/shim.hh"
#include "index/termset.h"

/* The words of some thousand articles. */
constexpr size_t PLACES_MAX_BYTES = 8 * 1024 * 1024;

static void add(std::vector<spi_place> &to, const sp_token &token, const char *form, size_t len)
{
	to.push_back({static_cast<uint16_t>(token.start), static_cast<uint16_t>(token.end - token.start), spi_term_hash(form, len)});
}

static std::vector<spi_place> find(const sp_tokens &tokens)
{
	std::vector<spi_place> found;
	found.reserve(tokens.count);
	for (size_t i = 0; i < tokens.count; i++) {
		const sp_token &token = tokens.items[i];
		if (!spi_token_counts(&token))
			continue;
		add(found, token, token.term, token.term_len);
		if (token.alt)
			add(found, token, token.alt, token.alt_len);
	}
	return found;
}

const std::vector<spi_place> &spi_all_places::of(
	const sp_record &record, size_t len, sp_analyser *analyser, sp_arena *arena, sp_error *err)
{
	auto found = known.find(record.docid);
	if (found != known.end())
		return found->second;
	sp_tokens tokens = {nullptr, 0};
	sp_status status = sp_analyse(analyser, record.plain, len, record.lang, arena, &tokens);
	if (status != SP_OK)
		throw spi_failure{sp_error_set(err, status, record.id, 0, "its text cannot be taken apart into words")};
	if (bytes > PLACES_MAX_BYTES)
		clear();
	found = known.emplace(record.docid, find(tokens)).first;
	bytes += sizeof *found + found->second.capacity() * sizeof(spi_place);
	return found->second;
}

void spi_all_places::clear()
{
	known.clear();
	bytes = 0;
}
