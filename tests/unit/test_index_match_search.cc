/* Whole searches over lists in memory, held against Xapian's own matcher and against the articles' records. */
#include "match_bed.hh"

#include <cstring>
#include <set>

namespace {

constexpr int DAYS[] = {20250601, TODAY, 20270601};

struct counts {
	std::map<std::string, uint32_t> types, categories, langs, audiences;
};

sp_validity state_of(const sp_record &record, sp_date day)
{
	if (day < record.valid_from)
		return SP_VALIDITY_UPCOMING;
	return record.ended || (record.valid_until && day > record.valid_until) ? SP_VALIDITY_ENDED : SP_VALIDITY_CURRENT;
}

bool is_let(const sp_record &record, const sp_query &query)
{
	const bool shown = query.day >= record.valid_from && (!record.valid_until || query.day <= record.valid_until);
	if (query.validity == SP_VALIDITY_SHOWN ? !shown : state_of(record, query.day) != query.validity)
		return false;
	if (query.categories_count && strcmp(query.categories[0], record.category) != 0)
		return false;
	return (!query.type || strcmp(query.type, sp_article_type_name(record.type)) == 0) &&
		   (!query.category || strcmp(query.category, record.category) == 0) && (!query.only_lang || record.lang == query.lang) &&
		   (query.audience < 0 || (record.audience >> query.audience & 1));
}

/* What should be found, by number. */
weighed let_through(index_bed *f, const weighed &found, const sp_query &query)
{
	weighed ret;
	for (const auto &item : found) {
		sp_record record;
		CHECK_INT(sp_index_get_docid(f->index, item.first, f->arena, &record, &f->err), SP_OK);
		if (is_let(record, query))
			ret.insert(item);
	}
	return ret;
}

weighed wanted_of(index_bed *f, const Xapian::Database &db, const std::string &text, const sp_query &query)
{
	weighed all;
	if (text.empty()) {
		for (auto it = db.postlist_begin(""); it != db.postlist_end(""); ++it)
			all[*it] = 0;
		return let_through(f, all, query);
	}
	spi_asked asked;
	spi_ask_question(f->index, f->analyser, {text.data(), text.size(), query.lang, query.day}, f->arena, &asked, &f->err);
	all = let_through(f, by_xapian(db, spi_all_wanted(asked, SPI_WITH_SYNONYMS)), query);
	return all.empty() ? let_through(f, by_xapian(db, spi_any_wanted(asked, SPI_WITH_SYNONYMS)), query) : all;
}

sp_query any_query()
{
	static const char *const payments[] = {"pagamenti"};
	sp_query query = {};
	query.lang = roll(3) ? SP_LANG_IT : SP_LANG_EN;
	query.only_lang = roll(2);
	query.day = DAYS[roll(std::size(DAYS))];
	query.type = roll(3) ? nullptr : roll(2) ? "procedure" : "qa";
	query.category = roll(3) ? nullptr : roll(4) ? "accesso" : "none";
	if (!roll(4))
		query.categories = payments, query.categories_count = 1;
	query.validity = roll(2) ? SP_VALIDITY_SHOWN : static_cast<sp_validity>(roll(SP_VALIDITIES));
	query.audience = static_cast<int>(roll(3)) - 1;
	query.want_facets = true;
	query.want_snippets = roll(2);
	return query;
}

/* All pages one after another; what every page says of all of them is the same. */
std::vector<sp_hit> read_pages(index_bed *f, const std::string &text, sp_query query, uint32_t total, sp_result *ret_last)
{
	std::vector<sp_hit> hits;
	query.limit = 1 + roll(30);
	do {
		query.offset = static_cast<uint32_t>(hits.size());
		*ret_last = search_for(f, text.c_str(), query);
		CHECK_INT(ret_last->total, total);
		hits.insert(hits.end(), ret_last->hits, ret_last->hits + ret_last->hits_count);
	} while (ret_last->hits_count && hits.size() <= total);
	CHECK_INT(hits.size(), total);
	for (uint32_t beyond : {total, total + 7, UINT32_MAX - 1, UINT32_MAX}) {
		query.offset = beyond;
		const sp_result result = search_for(f, text.c_str(), query);
		CHECK_INT(result.hits_count, 0);
		CHECK_INT(result.total, total);
	}
	return hits;
}

void check_order(const std::vector<sp_hit> &hits, const weighed &want, sp_lang lang)
{
	for (size_t i = 1; i < hits.size(); i++) {
		const sp_hit &before = hits[i - 1], &hit = hits[i];
		if ((before.record.lang == lang) != (hit.record.lang == lang)) {
			CHECK_INT(before.record.lang, lang);
			continue;
		}
		const double a = want.at(before.docid), b = want.at(hit.docid);
		CHECK(a > b || is_near(a, b));
		CHECK(a != b || before.docid < hit.docid);
	}
}

void check_facets(const sp_facets &got, const std::map<std::string, uint32_t> &want)
{
	CHECK_INT(got.count, want.size());
	for (size_t i = 0; i < got.count; i++) {
		const auto at = want.find(got.items[i].value);
		CHECK_INT(got.items[i].count, at == want.end() ? 0 : at->second);
	}
}

counts count_of(const std::vector<sp_hit> &hits)
{
	counts ret;
	for (const sp_hit &hit : hits) {
		ret.types[sp_article_type_name(hit.record.type)]++;
		ret.categories[hit.record.category]++;
		ret.langs[sp_lang_code(hit.record.lang)]++;
		for (int i = 0; i < 2; i++)
			if (hit.record.audience >> i & 1)
				ret.audiences[i ? "agent-l1" : "citizen"]++;
	}
	return ret;
}

void check_search(index_bed *f, const Xapian::Database &db, const std::string &text)
{
	const sp_query query = any_query();
	const weighed want = wanted_of(f, db, text, query);
	sp_result result;
	const std::vector<sp_hit> hits = read_pages(f, text, query, static_cast<uint32_t>(want.size()), &result);
	std::set<Xapian::docid> seen;
	for (const sp_hit &hit : hits) {
		CHECK(seen.insert(hit.docid).second);
		REQUIRE(want.count(hit.docid));
		CHECK_STR(hit.record.html, "");
	}
	if (!text.empty())
		check_order(hits, want, query.lang);
	const counts counted = count_of(hits);
	check_facets(result.types, counted.types);
	check_facets(result.categories, counted.categories);
	check_facets(result.langs, counted.langs);
	check_facets(result.audiences, counted.audiences);
}

} // namespace

TEST(test_index_match_searches_tell_what_records_say)
{
	index_bed f;
	REQUIRE(open_any(&f));
	for (int round = 0; round < 3; round++) {
		const Xapian::Database db(std::string(f.folder) + "/words");
		for (int i = 0; i < 80; i++)
			check_search(&f, db, i % 10 == 0 ? "" : i % 10 == 1 ? "il di" : any_text(1 + roll(4)));
		sp_arena_reset(f.arena);
		REQUIRE(change_many(&f));
		REQUIRE(sp_index_reopen(f.index, &f.err) == SP_OK);
	}
	close_index_bed(&f);
}
