#include "index/finds.hh"

#include "base/hash.h"
#include "sportello/encoder.h"

/* Of each half: a thousand questions and more. */
constexpr size_t HALF_MAX_BYTES = 4 * 1024 * 1024;

/* A vector is made from the text: people cannot make one that is taken for another's. */
spi_finds::key spi_finds::key_of(const sp_ask *ask, size_t dimensions)
{
	const uint64_t numbers[] = {static_cast<uint64_t>(ask->lang), ask->only_lang, static_cast<uint64_t>(ask->day), ask->limit,
		ask->vector ? spi_hash64(ask->vector, dimensions * sizeof(float)) : 0, ask->tokens ? 1 + ask->tokens->count : 0};
	key ret;
	spi_sha256 sha;
	spi_sha256_init(&sha);
	spi_sha256_add(&sha, numbers, sizeof numbers);
	if (ask->text)
		spi_sha256_add(&sha, ask->text, ask->len);
	spi_sha256_end(&sha, ret.data());
	return ret;
}

static size_t bytes_of(const spi_finding &finding)
{
	return sizeof finding + finding.list.size() * sizeof(spi_find) + finding.corrected.size() + 2 * sizeof(spi_finds::key);
}

const spi_finding *spi_finds::recall(const key &of)
{
	auto found = lately.find(of);
	if (found != lately.end())
		return &found->second;
	auto older = before.find(of);
	if (older == before.end())
		return nullptr;
	spi_finding again = std::move(older->second);
	before.erase(older);
	keep(of, again);
	found = lately.find(of);
	return found == lately.end() ? nullptr : &found->second;
}

void spi_finds::keep(const key &of, const spi_finding &finding)
{
	if (lately_bytes > HALF_MAX_BYTES) {
		before.swap(lately);
		lately.clear();
		lately_bytes = 0;
	}
	if (lately.emplace(of, finding).second)
		lately_bytes += bytes_of(finding);
}

void spi_finds::clear()
{
	lately.clear();
	before.clear();
	lately_bytes = 0;
}
