/* Search for people who look through: all words first, filters, facets, snippets, pages. */
#include "index/shim.hh"

#include <algorithm>
#include <map>

/* Counts what the hits are, while Xapian goes through them. */
class facet_spy : public Xapian::MatchSpy
{
  public:
	void operator()(const Xapian::Document &document, double) override
	{
		std::string bytes = document.get_value(SPI_SLOT_FACETS);
		auto from = reinterpret_cast<const unsigned char *>(bytes.data());
		spi_bytes in = {from, from + bytes.size(), false};
		unsigned type = spi_take_u8(&in), lang = spi_take_u8(&in);
		uint32_t readers = spi_take_u32(&in);
		if (in.bad)
			return;
		types[sp_article_type_name(static_cast<sp_article_type>(type))]++;
		langs[sp_lang_code(static_cast<sp_lang>(lang))]++;
		categories[std::string(reinterpret_cast<const char *>(in.at), static_cast<size_t>(in.end - in.at))]++;
		for (size_t i = 0; i < SP_AUDIENCES_MAX; i++)
			audiences[i] += readers >> i & 1;
	}

	typedef std::map<std::string, uint32_t> counts;
	counts types, langs, categories;
	uint32_t audiences[SP_AUDIENCES_MAX] = {};
};

/* Own language first, then what was asked for. */
class order : public Xapian::KeyMaker
{
  public:
	order(sp_lang wanted, sp_sort by) : lang(wanted), sort(by)
	{
	}
	std::string operator()(const Xapian::Document &document) const override
	{
		std::string facets = document.get_value(SPI_SLOT_FACETS);
		bool is_own = facets.size() > 1 && static_cast<unsigned char>(facets[1]) == static_cast<unsigned>(lang);
		if (sort == SP_SORT_TITLE)
			return (is_own ? "0" : "1") + document.get_value(SPI_SLOT_SORT_TITLE);
		if (sort == SP_SORT_UPDATED)
			return (is_own ? "1" : "0") + document.get_value(SPI_SLOT_SORT_UPDATED);
		return is_own ? "1" : "0";
	}

  private:
	sp_lang lang;
	sp_sort sort;
};

/* One search under way. */
struct search {
	sp_index *index;
	const sp_query *query;
	spi_asked asked;
	bool has_text;
	sp_arena *arena;
	sp_error *err;
};

static Xapian::Query with_filters(const search &s, const Xapian::Query &query)
{
	std::vector<Xapian::Query> filters;
	if (s.query->only_lang && s.query->lang != SP_LANG_NONE)
		filters.emplace_back("L" + std::string(sp_lang_code(s.query->lang)));
	if (s.query->type)
		filters.emplace_back("T" + std::string(s.query->type));
	if (s.query->category)
		filters.emplace_back("C" + std::string(s.query->category));
	if (s.query->audience >= 0)
		filters.emplace_back("A" + std::to_string(s.query->audience));
	if (filters.empty())
		return query;
	return Xapian::Query(
		Xapian::Query::OP_FILTER, query, Xapian::Query(Xapian::Query::OP_AND, filters.begin(), filters.end()));
}

static Xapian::MSet run(const search &s, const Xapian::Query &query, facet_spy *spy)
{
	const sp_sort sort = s.query->sort == SP_SORT_RELEVANCE && !s.has_text ? SP_SORT_TITLE : s.query->sort;
	order keys(s.query->lang, sort);
	spi_decider decider(s.index->hidden_on(s.query->day));
	Xapian::Enquire enquire(s.index->db);
	enquire.set_weighting_scheme(spi_weighting());
	enquire.set_query(with_filters(s, query));
	if (sort == SP_SORT_RELEVANCE)
		enquire.set_sort_by_key_then_relevance(&keys, true);
	else
		enquire.set_sort_by_key_then_relevance(&keys, sort == SP_SORT_UPDATED);
	if (spy)
		enquire.add_matchspy(spy);
	/* All are looked at, so that the total is exact. */
	return enquire.get_mset(
		s.query->offset, s.query->limit, s.index->count + 1, nullptr, decider.is_needed() ? &decider : nullptr);
}

/* From the strictest to the widest; the first that finds something. */
static Xapian::MSet run_steps(const search &s, facet_spy *spy, bool *ret_used_correction)
{
	*ret_used_correction = false;
	if (!s.has_text)
		return run(s, Xapian::Query::MatchAll, spy);
	bool may_correct = s.query->want_correction && s.asked.stats.corrected;
	Xapian::MSet set = run(s, spi_all_query(s.asked, SPI_WITH_SYNONYMS), spy);
	for (int step = 0; step < 3 && set.get_matches_estimated() == 0; step++) {
		bool corrects = step != 1;
		if (corrects && !may_correct)
			continue;
		unsigned with = SPI_WITH_SYNONYMS | (corrects ? SPI_WITH_CORRECTIONS : 0);
		set = run(s, step == 0 ? spi_all_query(s.asked, with) : spi_any_query(s.asked, with), spy);
		*ret_used_correction = corrects && set.get_matches_estimated() > 0;
	}
	return set;
}

/* ---- what is told of a hit ---- */

static const char *why_text(unsigned fields, sp_arena *arena)
{
	static const struct {
		unsigned field;
		const char *name;
	} names[] = {
		{SPI_IN_TITLE, "title"},
		{SPI_IN_QUESTIONS, "questions"},
		{SPI_IN_KEYWORDS, "keywords"},
		{SPI_IN_BODY, "body"},
	};
	std::string text;
	for (const auto &name : names)
		if (fields & name.field)
			text += (text.empty() ? "" : " ") + std::string(name.name);
	return spi_copy(arena, text);
}

static void fill_hit(const search &s, sp_analyser *analyser, const Xapian::Document &document, sp_hit *ret)
{
	ret->docid = document.get_docid();
	ret->snippet = ret->why = "";
	spi_read_record(document, s.arena, &ret->record, s.err);
	if (s.query->want_snippets)
		ret->snippet = spi_snippet(analyser, s.has_text ? s.asked.question : nullptr, ret->record, s.arena, s.err);
	if (!s.has_text)
		return;
	const spi_known_card &known = s.index->card_of(ret->docid, s.err);
	spi_fit fit;
	if (!spi_fit_card(s.asked.question, &known.card, known.weights.data(), s.arena, &fit))
		spi_throw_damaged(s.index, s.err);
	ret->why = why_text(fit.fields, s.arena);
}

static void fill_hits(const search &s, sp_analyser *analyser, const Xapian::MSet &set, sp_result *ret)
{
	ret->hits = static_cast<sp_hit *>(spi_must(sp_arena_calloc(s.arena, set.size() + 1, sizeof(sp_hit))));
	double most = set.get_max_possible();
	for (auto it = set.begin(); it != set.end(); ++it) {
		sp_hit *hit = &ret->hits[ret->hits_count++];
		fill_hit(s, analyser, s.index->db.get_document(*it, Xapian::DOC_ASSUME_VALID), hit);
		hit->score = most > 0 ? std::min(1.0, it.get_weight() / most) : 0.0;
	}
}

/* ---- facets ---- */

static sp_facets facets_of(const facet_spy::counts &counts, sp_arena *arena)
{
	std::vector<std::pair<std::string, uint32_t>> sorted(counts.begin(), counts.end());
	std::stable_sort(sorted.begin(), sorted.end(), [](const auto &a, const auto &b) { return a.second > b.second; });
	sp_facets ret = {nullptr, 0};
	ret.items = static_cast<sp_facet *>(spi_must(sp_arena_calloc(arena, sorted.size() + 1, sizeof(sp_facet))));
	for (const auto &item : sorted)
		if (!item.first.empty())
			ret.items[ret.count++] = {spi_copy(arena, item.first), item.second};
	return ret;
}

static facet_spy::counts audience_counts(sp_index *index, const facet_spy &spy)
{
	facet_spy::counts counts;
	std::string keys = index->db.get_metadata("audiences");
	size_t from = 0;
	for (size_t i = 0; i < SP_AUDIENCES_MAX; i++) {
		size_t end = keys.find('\n', from);
		if (end == std::string::npos)
			break;
		if (spy.audiences[i])
			counts[keys.substr(from, end - from)] = spy.audiences[i];
		from = end + 1;
	}
	return counts;
}

static void fill_facets(const search &s, const facet_spy &spy, sp_result *ret)
{
	ret->types = facets_of(spy.types, s.arena);
	ret->langs = facets_of(spy.langs, s.arena);
	ret->categories = facets_of(spy.categories, s.arena);
	ret->audiences = facets_of(audience_counts(s.index, spy), s.arena);
}

/* ---- the call ---- */

static sp_status check(const sp_query *query, sp_error *err)
{
	if (query->limit < 1 || query->limit > 100)
		return sp_error_set(err, SP_ERR_INVALID, "limit", 0, "must be 1 to 100");
	if (query->day <= 0)
		return sp_error_set(err, SP_ERR_INVALID, "day", 0, "is missing");
	return SP_OK;
}

extern "C" sp_status sp_index_search(
	sp_index *index, sp_analyser *analyser, const sp_query *query, sp_arena *arena, sp_result *ret, sp_error *err)
{
	sp_status status = check(query, err);
	if (status != SP_OK)
		return status;
	return spi_reading(index, err, [&]() -> sp_status {
		search s = {index, query, spi_asked(), query->text && query->text_len, arena, err};
		sp_result result = {};
		facet_spy spy;
		if (s.has_text) {
			spi_ask_question(index, analyser, {query->text, query->text_len, query->lang, query->day}, arena, &s.asked, err);
			result.corrected = query->want_correction ? s.asked.stats.corrected : nullptr;
		}
		Xapian::MSet set = run_steps(s, query->want_facets ? &spy : nullptr, &result.used_correction);
		result.total = set.get_matches_estimated();
		fill_hits(s, analyser, set, &result);
		if (query->want_facets)
			fill_facets(s, spy, &result);
		*ret = result;
		return SP_OK;
	});
}
