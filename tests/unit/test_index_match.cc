/* What is found and weighed over lists in memory, held against Xapian's own matcher and against the articles' records: hundreds of made-up
   articles in two languages, with gaps among their numbers, some replaced, some taken out again, asked at random. */
extern "C" {
#include "index_bed.h"
}

#include "index/shim.hh"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <set>

namespace {

constexpr int ARTICLES = 240;
constexpr int DAYS[] = {20250601, TODAY, 20270601};

std::mt19937 dice;

unsigned roll(unsigned sides)
{
	return static_cast<unsigned>(dice() % sides);
}

const char *const words[] = {"comune", "pratica", "zanzara", "bolletta", "tariffa", "sportello", "certificato", "residenza", "patente", "scuola",
	"mensa", "rifiuti", "tributo", "catasto", "anagrafe", "matrimonio", "nascita", "cimitero", "parcheggio", "biblioteca", "piscina", "teatro",
	"cantiere", "semaforo", "marciapiede", "lampione", "fontana", "giardino", "mercato", "licenza"};
const char *const little[] = {"il", "di", "per", "the", "of"};

/* Some words are in most articles, some in few. */
std::string any_word()
{
	return words[roll(1 + roll(std::size(words)))];
}

std::string any_text(unsigned count)
{
	std::string ret;
	for (unsigned i = 0; i < count; i++)
		ret += (ret.empty() ? "" : " ") + (roll(6) ? any_word() : std::string(little[roll(std::size(little))]));
	return ret;
}

std::string any_days()
{
	switch (roll(5)) {
	case 0:
		return "valid_from: 2027-01-01\n";
	case 1:
		return "valid_until: 2026-01-01\n";
	case 2:
		return "ended: true\n";
	default:
		return "";
	}
}

bool put_any(index_bed *f, int number)
{
	char path[64];
	const bool is_italian = number % 4 != 3;
	snprintf(path, sizeof path, "%s/%s/a%03d.md", is_italian ? "it" : "en", number % 3 ? "accesso" : "pagamenti", number);
	std::string more = any_days() + (roll(3) ? "" : "type: procedure\n") + (roll(3) ? "" : "audience: [citizen, agent-l1]\n");
	return put_article(f, path, any_text(1 + roll(3)).c_str(), more.c_str(), (any_text(5 + roll(60)) + ".\n").c_str()) == SP_OK;
}

/* Numbers are given once: what is taken out leaves a gap. */
bool change_many(index_bed *f)
{
	for (int i = 0; i < ARTICLES / 4; i++) {
		const int number = static_cast<int>(roll(ARTICLES));
		char id[16];
		snprintf(id, sizeof id, "a%03d", number);
		if (roll(2)) {
			sp_status status = sp_index_writer_remove(f->writer, id, number % 4 != 3 ? SP_LANG_IT : SP_LANG_EN, &f->err);
			if (status != SP_OK && status != SP_ERR_NOT_FOUND)
				return false;
		} else if (!put_any(f, number)) {
			return false;
		}
	}
	return sp_index_writer_commit(f->writer, &f->err) == SP_OK;
}

bool open_any(index_bed *f)
{
	dice.seed(20261126);
	bool ok = open_index_bed(f);
	for (int i = 0; ok && i < ARTICLES; i++)
		ok = put_any(f, i);
	return ok && sp_index_writer_commit(f->writer, &f->err) == SP_OK && change_many(f) &&
		   sp_index_open(f->folder, &f->index, &f->err) == SP_OK;
}

/* ---- the same, by Xapian ---- */

Xapian::Query query_of(const spi_way &way)
{
	Xapian::Query query = way.terms.size() == 1
							  ? Xapian::Query(way.terms[0])
							  : Xapian::Query(way.is_any ? Xapian::Query::OP_SYNONYM : Xapian::Query::OP_AND, way.terms.begin(), way.terms.end());
	return way.share < 1 ? Xapian::Query(Xapian::Query::OP_SCALE_WEIGHT, query, way.share) : query;
}

Xapian::Query query_of(const spi_ways &ways)
{
	std::vector<Xapian::Query> all;
	for (const spi_way &way : ways)
		all.push_back(query_of(way));
	return Xapian::Query(Xapian::Query::OP_OR, all.begin(), all.end());
}

Xapian::Query query_of(const std::vector<spi_ways> &list, bool needs_all)
{
	std::vector<Xapian::Query> all;
	for (const spi_ways &ways : list)
		all.push_back(query_of(ways));
	return Xapian::Query(needs_all ? Xapian::Query::OP_AND : Xapian::Query::OP_OR, all.begin(), all.end());
}

typedef std::map<Xapian::docid, double> weighed;

weighed by_xapian(const Xapian::Database &db, const spi_wanted &wanted)
{
	weighed ret;
	Xapian::Query query = query_of(wanted.words, wanted.needs_all);
	if (!wanted.ranking.empty())
		query = Xapian::Query(Xapian::Query::OP_AND_MAYBE, query, query_of(wanted.ranking, false));
	Xapian::Enquire enquire(db);
	enquire.set_weighting_scheme(Xapian::BM25Weight(SPI_BM25_K1, 0, 1, SPI_BM25_B, 0.5));
	enquire.set_query(query);
	const Xapian::MSet set = enquire.get_mset(0, db.get_doccount() + 1, db.get_doccount() + 1);
	for (auto it = set.begin(); it != set.end(); ++it)
		ret[*it] = it.get_weight();
	return ret;
}

bool is_near(double a, double b)
{
	return std::fabs(a - b) <= 1e-9 * std::max(1.0, std::fabs(b));
}

/* ---- whatever is wanted ---- */

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

/* ---- a whole search ---- */

namespace {

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

/* ---- what is not right ---- */

static sp_query usual_query()
{
	sp_query query = {};
	query.lang = SP_LANG_IT;
	query.only_lang = true;
	query.audience = -1;
	return query;
}

/* Numbers of lists are places of tables: of another state of the database, or a damaged one, they must not be. */
TEST(test_index_match_number_beyond_the_last_is_noticed)
{
	index_bed small, large;
	REQUIRE(open_usual(&small));
	REQUIRE(open_any(&large));
	spi_wanted wanted;
	wanted.words.push_back({{{"codic"}}});
	small.index->matcher.find(small.index, wanted);
	small.index->db = large.index->db;
	wanted.words[0][0].terms[0] = "comun";
	const sp_status status = spi_guard(&small.err, "", [&]() -> sp_status {
		small.index->matcher.find(small.index, wanted);
		return SP_OK;
	});
	CHECK_INT(status, SP_ERR_CORRUPT);
	/* Once it is looked at anew it is as any other. */
	sp_error_clear(&small.err);
	small.index->is_lost = true;
	CHECK(search_for(&small, "comune", usual_query()).total > 0);
	close_index_bed(&small);
	close_index_bed(&large);
}

/* Of a document whose days cannot be read nobody knows when it may be shown; one without facets would be missing among the others. */
TEST(test_index_match_document_without_its_days_or_facets_is_noticed)
{
	static const struct {
		Xapian::valueno slot;
		const char *value;
	} damages[] = {{SPI_SLOT_VALIDITY, "soon"}, {SPI_SLOT_FACETS, "\xff\xff\xff"}, {SPI_SLOT_FACETS, ""}};
	for (const auto &damage : damages) {
		index_bed f;
		sp_result result;
		sp_query query = usual_query();
		query.text = "codice", query.text_len = 6, query.limit = 10, query.day = TODAY;
		REQUIRE(open_index_bed(&f));
		put_usual(&f);
		REQUIRE(put_article(&f, "it/accesso/poi.md", "Codice nuovo", "valid_from: 2027-01-01\n", "Da gennaio.\n") == SP_OK);
		REQUIRE(sp_index_writer_commit(f.writer, &f.err) == SP_OK);
		REQUIRE(sp_index_open(f.folder, &f.index, &f.err) == SP_OK);
		const Xapian::docid later = *f.index->db.postlist_begin("Qit:poi");
		Xapian::WritableDatabase db("", Xapian::DB_BACKEND_INMEMORY);
		for (Xapian::docid docid = 1; docid <= f.index->db.get_lastdocid(); docid++) {
			Xapian::Document document = f.index->db.get_document(docid);
			if (docid == later)
				document.add_value(damage.slot, damage.value);
			db.replace_document(docid, document);
		}
		f.index->db = db;
		f.index->renew(&f.err);
		CHECK_INT(sp_index_search(f.index, f.analyser, &query, f.arena, &result, &f.err), SP_ERR_CORRUPT);
		close_index_bed(&f);
	}
}

namespace {

void damage(const std::string &file)
{
	std::fstream io(file, std::ios::in | std::ios::out | std::ios::binary);
	for (unsigned i = 1 + roll(4); i; i--) {
		io.seekp(roll(static_cast<unsigned>(std::filesystem::file_size(file))));
		io.put(static_cast<char>(roll(256)));
	}
}

/* A block's damaged number of its revision looks like one of another revision. */
bool is_trouble(sp_status status)
{
	return status == SP_ERR_CORRUPT || status == SP_ERR_CHANGED;
}

/* What cannot be read is not told as looked for in vain. */
void ask_damaged(index_bed *f, sp_index *index)
{
	for (int i = 0; i < 6; i++) {
		const std::string text = i ? any_text(1 + roll(4)) : "";
		sp_query query = usual_query();
		sp_ask ask = {};
		sp_result result = {};
		sp_candidate *list = nullptr;
		sp_question_stats stats;
		size_t count = 0;
		query.text = ask.text = text.c_str(), query.text_len = ask.len = text.size();
		query.only_lang = roll(2), query.partial = roll(2), query.want_correction = query.want_facets = query.want_snippets = true;
		ask.lang = SP_LANG_IT;
		query.day = ask.day = TODAY;
		query.limit = ask.limit = 50;
		const sp_status searched = sp_index_search(index, f->analyser, &query, f->arena, &result, &f->err);
		const sp_status asked = sp_index_candidates(index, f->analyser, &ask, f->arena, &list, &count, &stats, &f->err);
		CHECK(is_trouble(searched) || (searched == SP_OK && result.hits_count == std::min(result.total, query.limit)));
		CHECK(is_trouble(asked) || (asked == SP_OK && count <= ask.limit));
	}
}

} // namespace

TEST(test_index_match_damaged_bytes_end_no_program)
{
	index_bed f;
	REQUIRE(open_any(&f));
	const std::string whole = f.folder, copy = whole + "-damaged";
	int opened = 0;
	dice.seed(4);
	for (int i = 0; i < 60; i++) {
		sp_index *index = nullptr;
		std::filesystem::remove_all(copy);
		std::filesystem::copy(whole, copy, std::filesystem::copy_options::recursive);
		damage(copy + "/words/postlist.glass");
		if (sp_index_open(copy.c_str(), &index, &f.err) != SP_OK)
			continue;
		opened++;
		ask_damaged(&f, index);
		sp_index_close(index);
		sp_arena_reset(f.arena);
	}
	CHECK(opened > 0);
	close_index_bed(&f);
}
