/* Search for people who look through: all words first, filters, facets, snippets, pages. */
#include "index/sieve.hh"

#include <algorithm>

namespace {

/* Own language first, then what was asked for. */
class order : public Xapian::KeyMaker
{
  public:
	order(const spi_sieve &known, sp_sort by) : sieve(known), sort(by)
	{
	}
	std::string operator()(const Xapian::Document &document) const override
	{
		bool is_own = sieve.is_own(document.get_docid());
		if (sort == SP_SORT_TITLE)
			return (is_own ? "0" : "1") + document.get_value(SPI_SLOT_SORT_TITLE);
		if (sort == SP_SORT_UPDATED)
			return (is_own ? "1" : "0") + document.get_value(SPI_SLOT_SORT_UPDATED);
		return is_own ? "1" : "0";
	}

  private:
	const spi_sieve &sieve;
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
	spi_sieve sieve;
	uint32_t first = 0; /* hit of the match that is the first one wanted */
};

} // namespace

static Xapian::MSet run(search &s, const Xapian::Query &query)
{
	const sp_sort sort = s.query->sort == SP_SORT_RELEVANCE && !s.has_text ? SP_SORT_TITLE : s.query->sort;
	bool moves = sort == SP_SORT_RELEVANCE && s.query->solvers && s.query->offset < SP_SOLVERS_WINDOW;
	uint32_t wanted = s.query->offset + s.query->limit;
	order keys(s.sieve, sort);
	Xapian::Enquire enquire(s.index->db);
	enquire.set_weighting_scheme(spi_weighting());
	enquire.set_query(query);
	enquire.set_sort_by_key_then_relevance(&keys, sort != SP_SORT_TITLE);
	s.sieve.begin();
	s.first = moves ? s.query->offset : 0;
	/* All are looked at, so that the total is exact. */
	return enquire.get_mset(moves ? 0 : s.query->offset, moves ? std::max<uint32_t>(wanted, SP_SOLVERS_WINDOW) : s.query->limit,
		s.index->count + 1, nullptr, &s.sieve);
}

/* A code that is named outweighs all words; the term of a code has no weight of its own. */
constexpr double CODE_WEIGHT = 200;

/* Of what the reader is not shown nothing is told, not by how others score either. */
static bool is_shown(const search &s, const std::string &term)
{
	for (auto it = s.index->db.postlist_begin(term); it != s.index->db.postlist_end(term); ++it)
		if (s.sieve(s.index->db.get_document(*it)))
			return true;
	return false;
}

/* Codes that the text names, however they are written, as in the chat. */
static Xapian::Query code_query(const search &s)
{
	const sp_query *query = s.query;
	std::vector<Xapian::Query> codes;
	for (const std::string &code : spi_codes_named(s.index, {query->text, query->text_len, query->lang, query->day}, s.asked))
		if (is_shown(s, code))
			codes.emplace_back(code);
	if (codes.empty())
		return {};
	Xapian::Query any(Xapian::Query::OP_OR, codes.begin(), codes.end());
	return any & Xapian::Query((new Xapian::FixedWeightPostingSource(CODE_WEIGHT))->release());
}

/* From the strictest to the widest; the first that finds something. What explains a code is found whatever else is written. */
static Xapian::MSet run_steps(search &s, bool *ret_used_correction)
{
	*ret_used_correction = false;
	if (!s.has_text)
		return run(s, spi_match_all());
	bool may_correct = s.query->want_correction && s.asked.stats.corrected;
	Xapian::Query words = spi_all_query(s.asked, SPI_WITH_SYNONYMS), codes = code_query(s);
	Xapian::MSet set = run(s, codes.empty() ? words : words | codes);
	for (int step = 0; step < 3 && set.get_matches_estimated() == 0; step++) {
		bool corrects = step != 1;
		if (corrects && !may_correct)
			continue;
		unsigned with = SPI_WITH_SYNONYMS | (corrects ? SPI_WITH_CORRECTIONS : 0);
		set = run(s, step == 0 ? spi_all_query(s.asked, with) : spi_any_query(s.asked, with));
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

/* A known question this near is told, when the title does not say the same. */
constexpr float NEAR_PHRASE = 0.7f;

static const char *phrase_text(const spi_phrase &phrase, const sp_record &record, sp_arena *arena)
{
	for (size_t i = 0; phrase.text && i < record.questions.count; i++)
		if (strlen(record.questions.items[i]) == phrase.text_len && memcmp(record.questions.items[i], phrase.text, phrase.text_len) == 0)
			return spi_copy(arena, std::string(phrase.text, phrase.text_len));
	return "";
}

/* Which words of the text the article has: each by its own form or one of the others. */
static void tell_words(const search &s, uint64_t bits, sp_hit *ret)
{
	const spi_question *question = s.asked.question;
	size_t room = s.asked.words.size() + 1;
	for (sp_strings *list : {&ret->words, &ret->missing})
		list->items = static_cast<const char **>(spi_must(sp_arena_calloc(s.arena, room, sizeof(char *))));
	for (size_t i = 0; i < s.asked.words.size(); i++) {
		const spi_word &word = question->words[i];
		bool is_there = bits >> word.bit & 1;
		for (size_t soft = 0; !is_there && soft < word.soft_count; soft++)
			is_there = word.soft[soft].bits && (bits & word.soft[soft].bits) == word.soft[soft].bits;
		/* Rarer forms of an unfinished word have no bit: it may be one of them. */
		if (s.asked.words[i].is_function || (!is_there && !s.asked.words[i].begun.empty()))
			continue;
		sp_strings *list = is_there ? &ret->words : &ret->missing;
		list->items[list->count++] = spi_copy(s.arena, s.asked.words[i].word);
	}
}

static void fill_hit(const search &s, sp_analyser *analyser, Xapian::docid docid, sp_hit *ret)
{
	ret->docid = docid;
	ret->snippet = ret->why = ret->phrase = "";
	s.index->read_record(ret->docid, s.arena, &ret->record, s.err);
	if (s.query->want_snippets)
		ret->snippet = spi_snippet(s.index, analyser, s.has_text ? s.asked.question : nullptr, ret->record, s.arena, s.err);
	if (!s.has_text)
		return;
	const spi_known_card &known = s.index->card_of(ret->docid, s.err);
	spi_fit fit;
	if (!spi_fit_known_card(s.index, s.asked.question, known, s.arena, &fit))
		spi_throw_damaged(s.index, s.err);
	ret->why = why_text(fit.fields, s.arena);
	tell_words(s, fit.bits, ret);
	if (fit.features[SP_FEATURE_EXACT] > 0 || fit.features[SP_FEATURE_PHRASE_COSINE] >= NEAR_PHRASE)
		ret->phrase = phrase_text(fit.best, ret->record, s.arena);
}

/* ---- what solved tickets moves up ---- */

namespace {

struct found {
	Xapian::docid docid;
	double weight, rank;
	uint32_t solved;
	bool is_own;
};

} // namespace

/* As they were found, but that among the first those rise that solved tickets: by what they did, never by more than the boost. */
static std::vector<found> order_hits(const search &s, const Xapian::MSet &set)
{
	std::vector<found> hits;
	for (auto it = set.begin(); it != set.end(); ++it) {
		found hit = {*it, it.get_weight(), it.get_weight(), s.index->solved_by(s.query->solvers, *it), s.sieve.is_own(*it)};
		hit.rank *= 1 + SP_SOLVERS_BOOST * hit.solved / (hit.solved + SP_SOLVERS_HALF);
		hits.push_back(hit);
	}
	if (s.has_text && s.query->sort == SP_SORT_RELEVANCE && s.query->solvers && s.query->offset < SP_SOLVERS_WINDOW)
		std::stable_sort(hits.begin(), hits.begin() + std::min<std::ptrdiff_t>(SP_SOLVERS_WINDOW, static_cast<std::ptrdiff_t>(hits.size())),
			[](const found &a, const found &b) { return a.is_own != b.is_own ? a.is_own : a.rank > b.rank; });
	return hits;
}

static void fill_hits(const search &s, sp_analyser *analyser, const Xapian::MSet &set, sp_result *ret)
{
	std::vector<found> hits = order_hits(s, set);
	ret->hits = static_cast<sp_hit *>(spi_must(sp_arena_calloc(s.arena, hits.size() + 1, sizeof(sp_hit))));
	double most = set.get_max_possible();
	for (size_t i = s.first; i < hits.size() && ret->hits_count < s.query->limit; i++) {
		sp_hit *hit = &ret->hits[ret->hits_count++];
		fill_hit(s, analyser, hits[i].docid, hit);
		hit->score = most > 0 ? std::min(1.0, hits[i].weight / most) : 0.0;
		hit->solved = hits[i].solved;
	}
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

/* Its words without what nobody sees in them. */
static sp_query as_seen(const sp_query *asked, sp_arena *arena)
{
	sp_query query = *asked;
	size_t len = 0;
	if (!asked->text || asked->text_len == 0)
		return query;
	const char *text = static_cast<const char *>(spi_must(sp_text_as_seen(asked->text, asked->text_len, arena, &len)));
	if (len > 0)
		query.text = text, query.text_len = len;
	return query;
}

extern "C" sp_status sp_index_search(
	sp_index *index, sp_analyser *analyser, const sp_query *asked, sp_arena *arena, sp_result *ret, sp_error *err)
{
	sp_status status = check(asked, err);
	if (status != SP_OK)
		return status;
	return spi_reading(index, err, [&]() -> sp_status {
		const sp_query seen = as_seen(asked, arena), *query = &seen;
		search s = {index, query, spi_asked(), query->text && query->text_len, arena, err, spi_sieve(index, query)};
		sp_result result = {};
		if (s.has_text) {
			spi_ask_question(index, analyser, {query->text, query->text_len, query->lang, query->day, query->partial}, arena, &s.asked, err);
			result.corrected = query->want_correction ? s.asked.stats.corrected : nullptr;
		}
		Xapian::MSet set = run_steps(s, &result.used_correction);
		result.total = set.get_matches_estimated();
		fill_hits(s, analyser, set, &result);
		if (query->want_facets)
			s.sieve.tell(arena, &result);
		*ret = result;
		return SP_OK;
	});
}
