/* Joining indexes that were filled side by side: Xapian merges their tables in one pass, each already in order, which is far cheaper
   than putting the postings of each article where they belong in a large table. */
#include "index/shim.hh"

#include "base/file.h"
#include "index/seal.h"

#include <algorithm>

/* So many are open at a time: each takes some file handles. */
constexpr size_t JOINED_AT_ONCE = 64;

static void merge(const std::vector<std::string> &sources, size_t from, size_t to, const std::string &folder)
{
	Xapian::Database all;
	for (size_t i = from; i < to; i++)
		all.add_database(Xapian::Database(sources[i] + "/words", Xapian::DB_BACKEND_GLASS));
	all.compact(folder + "/words", Xapian::Compactor::STANDARD);
}

/* Too many for one pass: neighbours first. What was joined on the way stands beside the result, until it is removed. */
static void merge_all(std::vector<std::string> sources, const std::string &folder, const std::string &beside, sp_error *err)
{
	for (size_t level = 0; sources.size() > JOINED_AT_ONCE; level++) {
		std::vector<std::string> joined;
		for (size_t from = 0; from < sources.size(); from += JOINED_AT_ONCE) {
			size_t to = std::min(from + JOINED_AT_ONCE, sources.size());
			joined.push_back(beside + "/" + std::to_string(level) + "-" + std::to_string(from));
			spi_check(spi_mkdirs(joined.back().c_str(), err));
			merge(sources, from, to, joined.back());
		}
		sources.swap(joined);
	}
	merge(sources, 0, sources.size(), folder);
}

extern "C" sp_status sp_index_join(const char *folder, const char *const *sources, size_t count, sp_error *err)
{
	std::string into = folder, beside = into + "/joining";
	sp_status status = spi_guard(err, folder, [&]() -> sp_status {
		spi_check(spi_mkdirs(folder, err));
		merge_all(std::vector<std::string>(sources, sources + count), into, beside, err);
		spi_check(spi_remove_tree(beside.c_str(), err));
		return spi_seal_write(folder, "none", err);
	});
	return status;
}
