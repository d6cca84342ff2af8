/* What is found and weighed over lists in memory, held against Xapian's own matcher. */
#include "match_bed.hh"

#include <cmath>

namespace {

std::vector<std::string> stems_of(const Xapian::Database &db)
{
	std::vector<std::string> ret;
	for (auto it = db.allterms_begin(); it != db.allterms_end(); ++it)
		if ((*it)[0] < 'A' || (*it)[0] > 'Z')
			ret.push_back(*it);
	ret.push_back("nowhere");
	return ret;
}

spi_way any_way(const std::vector<std::string> &stems)
{
	static const double shares[] = {1, 1, SPI_SOFT_CORRECTION, SPI_SOFT_SYNONYM / 2};
	spi_way way;
	for (unsigned i = roll(4) ? 1 : 1 + roll(3); i; i--)
		way.terms.push_back(stems[roll(static_cast<unsigned>(stems.size()))]);
	way.share = shares[roll(std::size(shares))];
	return way;
}

std::vector<spi_ways> any_ways(const std::vector<std::string> &stems, unsigned count)
{
	std::vector<spi_ways> ret(count);
	for (spi_ways &ways : ret)
		for (unsigned i = 1 + roll(3); i; i--)
			ways.push_back(any_way(stems));
	return ret;
}

void check_same(sp_index *index, const Xapian::Database &db, const spi_wanted &wanted)
{
	const weighed want = by_xapian(db, wanted);
	const std::vector<spi_match> &got = index->matcher.find(index, wanted);
	CHECK_INT(got.size(), want.size());
	for (size_t i = 0; i < got.size(); i++) {
		CHECK(i == 0 || got[i - 1].docid < got[i].docid);
		const auto at = want.find(got[i].docid);
		CHECK(at != want.end() && is_near(got[i].weight, at->second));
		CHECK(got[i].weight <= index->matcher.most() * (1 + 1e-9));
	}
}

void check_any(index_bed *f, int times)
{
	const Xapian::Database db(std::string(f->folder) + "/words");
	const std::vector<std::string> stems = stems_of(db);
	for (int i = 0; i < times; i++) {
		spi_wanted wanted;
		wanted.words = any_ways(stems, 1 + roll(4));
		wanted.ranking = any_ways(stems, roll(3));
		wanted.needs_all = roll(2);
		check_same(f->index, db, wanted);
	}
}

} // namespace

TEST(test_index_match_finds_and_weighs_as_xapian)
{
	index_bed f;
	REQUIRE(open_any(&f));
	check_any(&f, 400);
	/* Nothing of the revision before is left in another one. */
	for (int i = 0; i < 4; i++) {
		REQUIRE(change_many(&f));
		REQUIRE(sp_index_reopen(f.index, &f.err) == SP_OK);
		check_any(&f, 60);
	}
	close_index_bed(&f);
}

/* Xapian only estimates how many have any of some terms: the sum is made by hand. */
TEST(test_index_match_any_of_some_terms_are_as_one)
{
	index_bed f;
	REQUIRE(open_any(&f));
	const Xapian::Database db(std::string(f.folder) + "/words");
	const std::vector<std::string> stems = stems_of(db);
	for (int i = 0; i < 100; i++) {
		spi_way way;
		std::map<Xapian::docid, unsigned> often;
		for (unsigned k = 2 + roll(4); k; k--) {
			way.terms.push_back(stems[roll(static_cast<unsigned>(stems.size()))]);
			for (auto it = db.postlist_begin(way.terms.back()); it != db.postlist_end(way.terms.back()); ++it)
				often[*it] += std::max(1u, it.get_wdf());
		}
		way.share = SPI_SOFT_BEGUN;
		way.is_any = true;
		spi_wanted wanted;
		wanted.words.push_back({way});
		const std::vector<spi_match> &got = f.index->matcher.find(f.index, wanted);
		CHECK_INT(got.size(), often.size());
		const double count = static_cast<double>(often.size());
		const double odds = (db.get_doccount() - count + 0.5) / (count + 0.5);
		const double whole = std::log(odds < 2 ? odds / 2 + 1 : odds) * (SPI_BM25_K1 + 1) * SPI_SOFT_BEGUN;
		for (const spi_match &match : got)
			CHECK(is_near(match.weight, whole * often[match.docid] / (SPI_BM25_K1 + often[match.docid])));
	}
	close_index_bed(&f);
}
