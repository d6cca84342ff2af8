#include "index/finds.hh"

#include "base/hash.h"
#include "sportello/encoder.h"

/* Of each half: a thousand questions and more. */
constexpr size_t HALF_MAX_BYTES = 4 * 1024 * 1024;

/* A vector is made from the text: people cannot make one that is taken for another's. */
spi_memo_key spi_finds::key_of(const sp_ask *ask, size_t dimensions)
{
	const uint64_t numbers[] = {static_cast<uint64_t>(ask->lang), ask->only_lang, static_cast<uint64_t>(ask->day), ask->limit,
		ask->vector ? spi_hash64(ask->vector, dimensions * sizeof(float)) : 0, ask->tokens ? 1 + ask->tokens->count : 0};
	spi_memo_key ret;
	spi_sha256 sha;
	spi_sha256_init(&sha);
	spi_sha256_add(&sha, numbers, sizeof numbers);
	if (ask->text)
		spi_sha256_add(&sha, ask->text, ask->len);
	spi_sha256_end(&sha, ret.bytes);
	return ret;
}

static size_t bytes_of(const spi_finding &finding)
{
	return sizeof finding + finding.list.size() * sizeof(spi_find) + finding.corrected.size();
}

static void release(void *item)
{
	delete static_cast<spi_finding *>(item);
}

spi_finds::~spi_finds()
{
	spi_memo_free(memo);
}

const spi_finding *spi_finds::recall(const spi_memo_key &of)
{
	return memo ? static_cast<const spi_finding *>(spi_memo_recall(memo, &of)) : nullptr;
}

void spi_finds::keep(const spi_memo_key &of, const spi_finding &finding)
{
	if (!memo)
		memo = spi_memo_new(HALF_MAX_BYTES, release);
	if (memo)
		spi_memo_keep_take(memo, &of, new spi_finding(finding), bytes_of(finding));
}

void spi_finds::clear()
{
	if (memo)
		spi_memo_clear(memo);
}
