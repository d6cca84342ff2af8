#include "index/match.hh"

#include "index/schema.h"
#include "index/shim.hh"

#include <algorithm>
#include <cmath>

/* Lists of articles that one handle keeps of one revision, at most: all of some ten thousand articles. */
constexpr size_t POSTINGS_MAX_BYTES = 8 * 1024 * 1024;
/* A list this many times longer than what is found is looked up rather than gone through. */
constexpr size_t MUCH_LONGER = 16;

/* ---- lists ---- */

spi_matcher::spi_matcher() : kept(POSTINGS_MAX_BYTES)
{
	for (unsigned wdf = 0; wdf < 256; wdf++)
		saturated[wdf] = wdf / (SPI_BM25_K1 + wdf);
}

void spi_matcher::clear()
{
	kept.clear();
	is_clean = false;
}

/* A list that is not what the database says of it: no part of it is served. */
[[noreturn]] static void throw_damaged(const std::string &term)
{
	throw Xapian::DatabaseCorruptError("the list of a term is damaged", term);
}

static spi_postings read_postings(const Xapian::Database &db, const std::string &term)
{
	spi_postings ret;
	const Xapian::doccount count = db.get_termfreq(term);
	if (count > db.get_doccount())
		throw_damaged(term);
	ret.docids.reserve(count);
	ret.wdfs.reserve(count);
	for (auto it = db.postlist_begin(term); it != db.postlist_end(term); ++it) {
		if (ret.docids.size() == count || (!ret.docids.empty() && *it <= ret.docids.back()))
			throw_damaged(term);
		ret.docids.push_back(*it);
		ret.wdfs.push_back(static_cast<uint16_t>(std::min<Xapian::termcount>(it.get_wdf(), UINT16_MAX)));
	}
	if (ret.docids.size() != count)
		throw_damaged(term);
	ret.wdf_most = std::max<Xapian::termcount>(db.get_wdf_upper_bound(term), 1);
	return ret;
}

const spi_postings &spi_matcher::read(sp_index *index, const std::string &term)
{
	spi_postings *known = kept.find(term);
	if (known)
		return *known;
	spi_postings list = read_postings(index->db, term);
	const size_t bytes = term.size() + list.docids.size() * (sizeof list.docids[0] + sizeof list.wdfs[0]);
	return kept.add(term, std::move(list), bytes);
}

/* One that is gone through: its numbers are places in the rows. */
const spi_postings &spi_matcher::checked(sp_index *index, const std::string &term)
{
	const spi_postings &ret = read(index, term);
	if (!ret.docids.empty() && ret.docids.back() >= rows.size())
		throw_damaged(term);
	return ret;
}

const std::vector<Xapian::docid> &spi_matcher::list_of(sp_index *index, const std::string &term)
{
	kept.make_room();
	return read(index, term).docids;
}

/* ---- weights ---- */

/* Of a term that so many articles have, as often as can be (Xapian::BM25Weight, with b = 0). */
static double weight_of(const sp_index *index, size_t frequency)
{
	double odds = (index->documents - static_cast<double>(frequency) + 0.5) / (static_cast<double>(frequency) + 0.5);
	return std::log(odds < 2 ? odds * 0.5 + 1 : odds) * (SPI_BM25_K1 + 1);
}

double spi_matcher::worth(unsigned wdf) const
{
	return wdf < 256 ? saturated[wdf] : wdf / (SPI_BM25_K1 + wdf);
}

/* ---- ways to say a word ---- */

template <typename F> void spi_matcher::each_of_term(sp_index *index, const spi_way &way, F &&take)
{
	const spi_postings &list = checked(index, way.terms[0]);
	const double weight = weight_of(index, list.docids.size()) * way.share;
	const size_t count = list.docids.size();
	for (size_t i = 0; i < count; i++)
		take(list.docids[i], weight * worth(list.wdfs[i]));
	if (!list.docids.empty())
		heaviest += weight * worth(list.wdf_most);
}

/* What has the rarest term is looked up in the lists of the others. */
template <typename F> void spi_matcher::each_of_all(sp_index *index, const spi_way &way, F &&take)
{
	std::vector<const spi_postings *> lists;
	std::vector<double> weights;
	for (const std::string &term : way.terms)
		lists.push_back(&checked(index, term));
	std::sort(lists.begin(), lists.end(), [](const spi_postings *a, const spi_postings *b) { return a->docids.size() < b->docids.size(); });
	if (lists[0]->docids.empty())
		return;
	for (const spi_postings *list : lists) {
		weights.push_back(weight_of(index, list->docids.size()) * way.share);
		heaviest += weights.back() * worth(list->wdf_most);
	}
	std::vector<size_t> at(lists.size());
	for (size_t i = 0; i < lists[0]->docids.size(); i++) {
		const Xapian::docid docid = lists[0]->docids[i];
		double sum = weights[0] * worth(lists[0]->wdfs[i]);
		bool is_in_all = true;
		for (size_t k = 1; is_in_all && k < lists.size(); k++) {
			const std::vector<Xapian::docid> &docids = lists[k]->docids;
			at[k] = static_cast<size_t>(std::lower_bound(docids.begin() + static_cast<std::ptrdiff_t>(at[k]), docids.end(), docid) - docids.begin());
			is_in_all = at[k] < docids.size() && docids[at[k]] == docid;
			if (is_in_all)
				sum += weights[k] * worth(lists[k]->wdfs[at[k]]);
		}
		if (is_in_all)
			take(docid, sum);
	}
}

template <typename F> void spi_matcher::each_of_any(sp_index *index, const spi_way &way, F &&take)
{
	std::vector<const spi_postings *> lists;
	for (const std::string &term : way.terms)
		lists.push_back(&checked(index, term));
	Xapian::termcount most = 0;
	for (const spi_postings *list : lists) {
		most += list->wdf_most;
		for (size_t i = 0; i < list->docids.size(); i++) {
			uint32_t &sum = sums[list->docids[i]];
			if (!sum)
				summed.push_back(list->docids[i]);
			sum += std::max<unsigned>(list->wdfs[i], 1);
		}
	}
	const double weight = weight_of(index, summed.size()) * way.share;
	for (Xapian::docid docid : summed) {
		take(docid, weight * worth(sums[docid]));
		sums[docid] = 0;
	}
	if (!summed.empty())
		heaviest += weight * worth(most);
	summed.clear();
}

template <typename F> void spi_matcher::each(sp_index *index, const spi_way &way, F &&take)
{
	if (way.terms.size() == 1)
		each_of_term(index, way, take);
	else if (way.is_any)
		each_of_any(index, way, take);
	else if (!way.terms.empty())
		each_of_all(index, way, take);
}

/* ---- all of it ---- */

/* An exception of before may have left something behind. */
void spi_matcher::begin(sp_index *index)
{
	if (!is_clean) {
		const size_t numbers = index->db.get_lastdocid() + size_t(1);
		rows.assign(numbers, row{0, 0});
		sums.assign(numbers, 0);
		touched.assign(numbers / 64 + 1, 0);
		summed.clear();
		summed.reserve(numbers);
	}
	is_clean = false;
	kept.make_room();
	heaviest = 0;
}

void spi_matcher::meet(sp_index *index, const spi_ways &ways, uint64_t bit)
{
	row *const all = rows.data();
	uint64_t *const bits = touched.data();
	for (const spi_way &way : ways)
		each(index, way, [all, bits, bit](Xapian::docid docid, double weight) {
			all[docid].met |= bit;
			all[docid].weight += weight;
			bits[docid / 64] |= uint64_t(1) << docid % 64;
		});
}

/* Those that fit; the rows are empty again. */
void spi_matcher::gather(uint64_t all, bool needs_all)
{
	found.clear();
	for (size_t i = 0; i < touched.size(); i++) {
		for (uint64_t rest = touched[i]; rest; rest &= rest - 1) {
			row &r = rows[i * 64 + static_cast<size_t>(__builtin_ctzll(rest))];
			if (!needs_all || r.met == all)
				found.push_back({static_cast<Xapian::docid>(&r - rows.data()), r.weight});
			r = {0, 0};
		}
		touched[i] = 0;
	}
}

/* A list that is much longer than what was found is looked up. */
void spi_matcher::rank(sp_index *index, const spi_way &way)
{
	auto at = found.begin();
	if (way.terms.size() != 1) {
		each(index, way, [&](Xapian::docid docid, double weight) {
			auto same = std::lower_bound(found.begin(), found.end(), docid, [](const spi_match &m, Xapian::docid wanted) { return m.docid < wanted; });
			if (same != found.end() && same->docid == docid)
				same->weight += weight;
		});
		return;
	}
	const spi_postings &list = checked(index, way.terms[0]);
	if (list.docids.size() / MUCH_LONGER <= found.size()) {
		each_of_term(index, way, [&](Xapian::docid docid, double weight) {
			while (at != found.end() && at->docid < docid)
				++at;
			if (at != found.end() && at->docid == docid)
				at->weight += weight;
		});
		return;
	}
	const double weight = weight_of(index, list.docids.size()) * way.share;
	heaviest += weight * worth(list.wdf_most);
	auto from = list.docids.begin();
	for (spi_match &match : found) {
		from = std::lower_bound(from, list.docids.end(), match.docid);
		if (from != list.docids.end() && *from == match.docid)
			match.weight += weight * worth(list.wdfs[static_cast<size_t>(from - list.docids.begin())]);
	}
}

std::vector<spi_match> &spi_matcher::find(sp_index *index, const spi_wanted &wanted)
{
	begin(index);
	uint64_t all = 0;
	for (size_t i = 0; i < wanted.words.size(); i++) {
		all |= uint64_t(1) << i;
		meet(index, wanted.words[i], uint64_t(1) << i);
	}
	gather(all, wanted.needs_all);
	for (const spi_ways &ways : wanted.ranking)
		for (const spi_way &way : ways)
			rank(index, way);
	is_clean = true;
	return found;
}
