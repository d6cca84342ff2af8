/* Search for people who look through: all words first, filters, facets, snippets, pages. */
#include "index/sieve.hh"

#include <algorithm>

namespace {

/* One search under way. */
struct search {
	sp_index *index;
	const sp_query *query;
	spi_asked asked;
	bool has_text;
	sp_arena *arena;
	sp_error *err;
	spi_sieve sieve;
};

/* One that fits. */
struct found {
	spi_match match;
	double rank;
	uint32_t solved;
	bool is_own; /* of the wanted language: those come first */
};

/* All that fit: those that may be told, in order. */
struct finding {
	std::vector<found> first;
	uint32_t total = 0;
	double most = 0; /* what none can weigh more than */
};

struct keyed {
	std::string key;
	spi_match match;
};

} // namespace

static sp_sort sort_of(const search &s)
{
	return s.query->sort == SP_SORT_RELEVANCE && !s.has_text ? SP_SORT_TITLE : s.query->sort;
}

/* Whether what solved tickets moves up. */
static bool moves(const search &s)
{
	return sort_of(s) == SP_SORT_RELEVANCE && s.query->solvers && s.query->offset < SP_SOLVERS_WINDOW;
}

/* The first so many in order of weight, those of the wanted language before others. */
static void order_by_weight(const search &s, std::vector<spi_match> &matches, size_t count)
{
	std::partial_sort(matches.begin(), matches.begin() + static_cast<std::ptrdiff_t>(count), matches.end(),
		[&sieve = s.sieve, is_heavier = spi_heavier()](const spi_match &a, const spi_match &b) {
			bool is_own = sieve.is_own(a.docid);
			return is_own != sieve.is_own(b.docid) ? is_own : is_heavier(a, b);
		});
}

/* The numbers rise, so a column is gone through once. */
static std::vector<keyed> read_keys(const search &s, const std::vector<spi_match> &matches)
{
	std::vector<keyed> ret;
	const Xapian::valueno slot = sort_of(s) == SP_SORT_TITLE ? SPI_SLOT_SORT_TITLE : SPI_SLOT_SORT_UPDATED;
	auto it = s.index->db.valuestream_begin(slot), end = s.index->db.valuestream_end(slot);
	for (const spi_match &match : matches) {
		if (it != end)
			it.skip_to(match.docid);
		ret.push_back({it != end && it.get_docid() == match.docid ? *it : std::string(), match});
	}
	return ret;
}

static void order_by_key(const search &s, std::vector<spi_match> &matches, size_t count)
{
	std::vector<keyed> all = read_keys(s, matches);
	std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count), all.end(),
		[&sieve = s.sieve, rises = sort_of(s) == SP_SORT_TITLE](const keyed &a, const keyed &b) {
			bool is_own = sieve.is_own(a.match.docid);
			if (is_own != sieve.is_own(b.match.docid))
				return is_own;
			int by_key = a.key.compare(b.key);
			return by_key ? (by_key < 0) == rises : spi_heavier()(a.match, b.match);
		});
	for (size_t i = 0; i < count; i++)
		matches[i] = all[i].match;
}

/* All are looked at, so that the total is exact; put in order are those that may be told. */
static finding sift(search &s, std::vector<spi_match> &matches, double most)
{
	finding ret;
	s.sieve.begin();
	matches.erase(std::remove_if(matches.begin(), matches.end(), [&s](const spi_match &match) { return !s.sieve.lets(match.docid); }), matches.end());
	ret.total = static_cast<uint32_t>(matches.size());
	ret.most = most;
	const uint32_t wanted = s.query->offset + s.query->limit;
	const size_t count = std::min<size_t>(ret.total, moves(s) ? std::max<uint32_t>(wanted, SP_SOLVERS_WINDOW) : wanted);
	sort_of(s) == SP_SORT_RELEVANCE ? order_by_weight(s, matches, count) : order_by_key(s, matches, count);
	for (size_t i = 0; i < count; i++)
		ret.first.push_back({matches[i], matches[i].weight, 0, s.sieve.is_own(matches[i].docid)});
	return ret;
}

/* A code that is named outweighs all words; the term of a code has no weight of its own. */
constexpr double CODE_WEIGHT = 200;

/* Of what the reader is not shown nothing is told, not by how others score either. */
static bool is_shown(search &s, const std::string &term)
{
	const std::vector<Xapian::docid> &list = s.index->matcher.list_of(s.index, term);
	return std::any_of(list.begin(), list.end(), [&s](Xapian::docid docid) { return s.sieve.lets(docid); });
}

/* Articles with codes that the text names, however they are written, as in the chat; their numbers rise. */
static std::vector<Xapian::docid> named(search &s)
{
	std::vector<Xapian::docid> ret;
	for (const std::string &code : spi_codes_named(s.index, {s.query->text, s.query->text_len, s.query->lang, s.query->day}, s.asked))
		if (is_shown(s, code)) {
			const std::vector<Xapian::docid> &list = s.index->matcher.list_of(s.index, code);
			ret.insert(ret.end(), list.begin(), list.end());
		}
	std::sort(ret.begin(), ret.end());
	ret.erase(std::unique(ret.begin(), ret.end()), ret.end());
	return ret;
}

static std::vector<spi_match> with_named(const std::vector<spi_match> &matches, const std::vector<Xapian::docid> &codes)
{
	std::vector<spi_match> ret;
	auto at = matches.begin();
	for (Xapian::docid docid : codes) {
		for (; at != matches.end() && at->docid < docid; ++at)
			ret.push_back(*at);
		bool has_words = at != matches.end() && at->docid == docid;
		ret.push_back({docid, CODE_WEIGHT + (has_words ? at->weight : 0)});
		at += has_words;
	}
	ret.insert(ret.end(), at, matches.end());
	return ret;
}

static finding run(search &s, const spi_wanted &wanted)
{
	std::vector<spi_match> &matches = s.index->matcher.find(s.index, wanted);
	return sift(s, matches, s.index->matcher.most());
}

static finding run_first(search &s)
{
	const std::vector<Xapian::docid> codes = named(s);
	std::vector<spi_match> &matches = s.index->matcher.find(s.index, spi_all_wanted(s.asked, SPI_WITH_SYNONYMS));
	if (!codes.empty())
		matches = with_named(matches, codes);
	return sift(s, matches, s.index->matcher.most() + (codes.empty() ? 0 : CODE_WEIGHT));
}

static finding run_without_text(search &s)
{
	std::vector<spi_match> all;
	for (Xapian::docid docid = 1; docid < s.index->known_facts().documents.size(); docid++)
		all.push_back({docid, 0});
	return sift(s, all, 0);
}

/* From the strictest to the widest; the first that finds something. What explains a code is found whatever else is written. */
static finding run_steps(search &s, bool *ret_used_correction)
{
	*ret_used_correction = false;
	if (!s.has_text)
		return run_without_text(s);
	bool may_correct = s.query->want_correction && s.asked.stats.corrected;
	finding ret = run_first(s);
	for (int step = 0; step < 3 && ret.total == 0; step++) {
		bool corrects = step != 1;
		if (corrects && !may_correct)
			continue;
		unsigned with = SPI_WITH_SYNONYMS | (corrects ? SPI_WITH_CORRECTIONS : 0);
		ret = run(s, step == 0 ? spi_all_wanted(s.asked, with) : spi_any_wanted(s.asked, with));
		*ret_used_correction = corrects && ret.total > 0;
	}
	return ret;
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

static void fill_hit(const search &s, Xapian::docid docid, sp_hit *ret)
{
	spi_bytes places;
	ret->docid = docid;
	ret->snippet = ret->why = ret->phrase = "";
	s.index->read_hit(ret->docid, s.arena, &ret->record, &places, s.err);
	if (s.query->want_snippets)
		ret->snippet = spi_snippet(s.index, s.has_text ? s.asked.question : nullptr, ret->record, places, s.arena, s.err);
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

/* Among the first those rise that solved tickets: by what they did, never by more than the boost. */
static void move_up(const search &s, std::vector<found> &hits)
{
	for (found &hit : hits) {
		hit.solved = s.index->solved_by(s.query->solvers, hit.match.docid);
		hit.rank *= 1 + SP_SOLVERS_BOOST * hit.solved / (hit.solved + SP_SOLVERS_HALF);
	}
	if (s.has_text && moves(s))
		std::stable_sort(hits.begin(), hits.begin() + std::min<std::ptrdiff_t>(SP_SOLVERS_WINDOW, static_cast<std::ptrdiff_t>(hits.size())),
			[](const found &a, const found &b) { return a.is_own != b.is_own ? a.is_own : a.rank > b.rank; });
}

static void fill_hits(const search &s, finding &finding, sp_result *ret)
{
	std::vector<found> &hits = finding.first;
	move_up(s, hits);
	ret->hits = static_cast<sp_hit *>(spi_must(sp_arena_calloc(s.arena, s.query->limit, sizeof(sp_hit))));
	for (size_t i = s.query->offset; i < hits.size() && ret->hits_count < s.query->limit; i++) {
		sp_hit *hit = &ret->hits[ret->hits_count++];
		fill_hit(s, hits[i].match.docid, hit);
		hit->score = finding.most > 0 ? std::min(1.0, hits[i].match.weight / finding.most) : 0.0;
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
		finding found = run_steps(s, &result.used_correction);
		result.total = found.total;
		fill_hits(s, found, &result);
		if (query->want_facets)
			s.sieve.tell(arena, &result);
		*ret = result;
		return SP_OK;
	});
}
