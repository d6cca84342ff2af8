/* The word retriever: what could answer a question, with its features. Xapian finds some fifty by weighted BM25 of the
   words that say something; known phrasings and codes are added whatever their rank; then each one's card is read and
   compared, and BM25 is counted again with the function words, which for all articles would cost more than all the
   rest. */
#include "index/shim.hh"

#include <algorithm>

/* How many Xapian ranks; the features reorder them. */
constexpr uint32_t RANKED_MAX = 50;
/* Known phrasings and codes: more than this share one only by mistake. */
constexpr size_t MARKED_MAX = 10;

struct found {
	Xapian::docid docid;
	bool has_code;
};

static void add_marked(
	sp_index *index, const std::string &term, bool is_code, const spi_decider &decider, std::vector<found> &list)
{
	size_t count = 0;
	for (auto it = index->db.postlist_begin(term); it != index->db.postlist_end(term) && count < MARKED_MAX; ++it) {
		if (!decider.shows(*it))
			continue;
		Xapian::docid docid = *it;
		auto same = std::find_if(list.begin(), list.end(), [docid](const found &f) { return f.docid == docid; });
		if (same == list.end())
			same = list.insert(list.end(), found{docid, false});
		same->has_code |= is_code;
		count++;
	}
}

static std::vector<found> find(
	sp_index *index, const spi_asked &asked, const std::string &only, const spi_decider &decider, uint32_t limit)
{
	std::vector<found> list;
	Xapian::Query query = spi_content_query(asked, SPI_WITH_SYNONYMS | SPI_WITH_CORRECTIONS);
	if (!only.empty())
		query = Xapian::Query(Xapian::Query::OP_FILTER, query, Xapian::Query(only));
	Xapian::Enquire enquire(index->db);
	enquire.set_weighting_scheme(spi_weighting());
	enquire.set_query(query);
	Xapian::MSet set =
		enquire.get_mset(0, std::max(limit, RANKED_MAX), 0, nullptr, decider.is_needed() ? &decider : nullptr);
	for (auto it = set.begin(); it != set.end(); ++it)
		list.push_back({*it, false});
	if (asked.question->normal_hash) {
		char term[20];
		snprintf(term, sizeof term, "P%016llx", static_cast<unsigned long long>(asked.question->normal_hash));
		add_marked(index, term, false, decider, list);
	}
	for (const spi_asked_word &word : asked.words)
		if (!word.code.empty())
			add_marked(index, word.code, true, decider, list);
	return list;
}

static const char *text_of(sp_arena *arena, const char *text, size_t len)
{
	return spi_must(sp_arena_strndup(arena, text, len));
}

static void judge(
	sp_index *index, const spi_asked &asked, const found &f, sp_arena *arena, sp_candidate *ret, sp_error *err)
{
	const spi_known_card &known = index->card_of(f.docid, err);
	const spi_card &card = known.card;
	spi_fit fit;
	spi_phrase title;
	spi_bytes phrases = card.phrases;
	if (!spi_fit_card(asked.question, &card, known.weights.data(), arena, &fit) || !spi_card_phrase(&phrases, &title) ||
		!fit.best.text)
		spi_throw_damaged(index, err);
	std::copy(fit.features, fit.features + SP_FEATURE_COUNT, ret->features);
	ret->features[SP_FEATURE_CODE] = f.has_code ? 1.0f : 0.0f;
	ret->docid = f.docid;
	ret->id = text_of(arena, card.id, card.id_len);
	ret->category = text_of(arena, card.category, card.category_len);
	ret->title = text_of(arena, title.text, title.text_len);
	ret->phrase = text_of(arena, fit.best.text, fit.best.text_len);
	ret->lang = card.lang;
	ret->type = card.type;
	ret->score = ret->features[SP_FEATURE_BM25];
}

/* What is certain comes first, so that a low limit does not cut it off. */
static bool is_before(const sp_candidate &a, const sp_candidate &b)
{
	float sure_a = a.features[SP_FEATURE_EXACT] + a.features[SP_FEATURE_CODE];
	float sure_b = b.features[SP_FEATURE_EXACT] + b.features[SP_FEATURE_CODE];
	return sure_a != sure_b ? sure_a > sure_b : a.score > b.score;
}

extern "C" sp_status sp_index_candidates(sp_index *index, sp_analyser *analyser, const char *text, size_t len,
	sp_lang lang, bool only_lang, sp_date day, uint32_t limit, sp_arena *arena, sp_candidate **ret, size_t *ret_count,
	sp_question_stats *stats, sp_error *err)
{
	if (limit < 1 || limit > 50)
		return sp_error_set(err, SP_ERR_INVALID, "limit", 0, "must be 1 to 50");
	return spi_reading(index, err, [&]() -> sp_status {
		spi_asked asked;
		spi_ask_question(index, analyser, {text ? text : "", text ? len : 0, lang}, arena, &asked, err);
		spi_decider decider(index->hidden_on(day));
		std::string only = only_lang && lang != SP_LANG_NONE ? "L" + std::string(sp_lang_code(lang)) : "";
		std::vector<sp_candidate> list;
		for (const found &f : find(index, asked, only, decider, limit)) {
			sp_candidate candidate = {};
			judge(index, asked, f, arena, &candidate, err);
			if (only.empty() || candidate.lang == lang)
				list.push_back(candidate);
		}
		std::stable_sort(list.begin(), list.end(), is_before);
		list.resize(std::min<size_t>(list.size(), limit));
		auto items =
			static_cast<sp_candidate *>(spi_must(sp_arena_calloc(arena, list.size() + 1, sizeof(sp_candidate))));
		std::copy(list.begin(), list.end(), items);
		*ret = items;
		*ret_count = list.size();
		if (stats)
			*stats = asked.stats;
		return SP_OK;
	});
}
