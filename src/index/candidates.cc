/* The retriever: what could answer a question, with its features. Xapian finds some fifty by weighted BM25 of the words
   that say something; known phrasings and codes are added whatever their rank, and what is nearest in meaning; then each one's card
   is read and compared, and BM25 is counted again with the function words, which for all articles would cost more than
   all the rest. */
#include "index/shim.hh"

#include <algorithm>
#include <cstring>

/* How many Xapian ranks; the features reorder them. */
constexpr uint32_t RANKED_MAX = 50;
/* Known phrasings and codes: more than this share one only by mistake. */
constexpr size_t MARKED_MAX = 10;
/* How many are added by meaning alone. */
constexpr size_t NEAR_MAX = 25;

struct found {
	Xapian::docid docid;
	bool has_code;
};

/* What a question may be answered with: articles of its language, and those that are in others only. */
class readable_set : public Xapian::MatchDecider
{
  public:
	readable_set(sp_index *index, const sp_ask *ask)
		: lang(ask->lang), decider(index->hidden_on(ask->day)),
		  others(ask->only_lang || ask->lang == SP_LANG_NONE ? none : index->untranslated_into(ask->lang, ask->day))
	{
	}
	/* Whatever its language. */
	bool shows(Xapian::docid docid) const
	{
		return decider.shows(docid);
	}
	bool is_of_others(Xapian::docid docid) const
	{
		return std::binary_search(others.begin(), others.end(), docid);
	}
	bool takes(Xapian::docid docid, sp_lang of) const
	{
		return lang == SP_LANG_NONE || of == lang || is_of_others(docid);
	}
	bool has_others() const
	{
		return !others.empty();
	}
	const Xapian::MatchDecider *own() const
	{
		return decider.is_needed() ? &decider : nullptr;
	}
	bool operator()(const Xapian::Document &document) const override
	{
		return is_of_others(document.get_docid());
	}

  private:
	const std::vector<Xapian::docid> none;
	sp_lang lang;
	spi_decider decider;
	const std::vector<Xapian::docid> &others;
};

static void add_marked(
	sp_index *index, const std::string &term, bool is_code, const readable_set &readable, std::vector<found> &list)
{
	size_t count = 0;
	for (auto it = index->db.postlist_begin(term); it != index->db.postlist_end(term) && count < MARKED_MAX; ++it) {
		if (!readable.shows(*it))
			continue;
		Xapian::docid docid = *it;
		auto same = std::find_if(list.begin(), list.end(), [docid](const found &f) { return f.docid == docid; });
		if (same == list.end())
			same = list.insert(list.end(), found{docid, false});
		same->has_code |= is_code;
		count++;
	}
}

static void add_ranked(sp_index *index, const Xapian::Query &query, const Xapian::MatchDecider *decider, uint32_t limit,
	std::vector<found> &list)
{
	Xapian::Enquire enquire(index->db);
	enquire.set_weighting_scheme(spi_weighting());
	enquire.set_query(query);
	Xapian::MSet set = enquire.get_mset(0, std::max(limit, RANKED_MAX), 0, nullptr, decider);
	for (auto it = set.begin(); it != set.end(); ++it)
		list.push_back({*it, false});
}

static std::vector<found> find(sp_index *index, const sp_ask *ask, const spi_asked &asked, const readable_set &readable)
{
	std::vector<found> list;
	Xapian::Query query = spi_content_query(asked, SPI_WITH_SYNONYMS | SPI_WITH_CORRECTIONS), own = query;
	if (ask->lang != SP_LANG_NONE) {
		Xapian::Query of_lang("L" + std::string(sp_lang_code(ask->lang)));
		own = Xapian::Query(Xapian::Query::OP_FILTER, query, of_lang);
	}
	add_ranked(index, own, readable.own(), ask->limit, list);
	if (readable.has_others())
		add_ranked(index, query, &readable, ask->limit, list);
	if (asked.question->normal_hash) {
		char term[20];
		snprintf(term, sizeof term, "P%016llx", static_cast<unsigned long long>(asked.question->normal_hash));
		add_marked(index, term, false, readable, list);
	}
	for (const std::string &code : spi_codes_named(index, {ask->text, ask->len, ask->lang, ask->day}, asked))
		add_marked(index, code, true, readable, list);
	return list;
}

static const char *text_of(sp_arena *arena, const char *text, size_t len)
{
	return spi_must(sp_arena_strndup(arena, text, len));
}

static bool is_left_out(const sp_ask *ask, const spi_card &card)
{
	return ask->left_out_of && card.lang == ask->lang && card.id_len == strlen(ask->left_out_of) &&
		   memcmp(card.id, ask->left_out_of, card.id_len) == 0;
}

static void judge(sp_index *index, const sp_ask *ask, const spi_asked &asked, const found &f, sp_arena *arena, sp_candidate *ret,
	sp_error *err)
{
	const spi_known_card &known = index->card_of(f.docid, err);
	const spi_card &card = known.card;
	spi_fit fit;
	spi_phrase title;
	spi_bytes phrases = card.phrases;
	asked.question->leaves_out = is_left_out(ask, card);
	bool fits = spi_fit_card(asked.question, &card, known.weights.data(), arena, &fit);
	if (fit.no_memory) /* an index that nothing is wrong with is not built again */
		throw std::bad_alloc();
	if (!fits || !spi_card_phrase(&phrases, &title) || !fit.best.text)
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

/* ---- by meaning ---- */

struct compared {
	const spi_nearness *items = nullptr;
	size_t count = 0;
};

static void note_nearest(const spi_nearness &near, double *second, sp_question_stats *stats)
{
	stats->nearest_phrase = std::max(stats->nearest_phrase, static_cast<double>(near.phrase));
	stats->nearest_passage = std::max(stats->nearest_passage, static_cast<double>(near.passage));
	stats->nearest_all = std::max(stats->nearest_all, static_cast<double>(near.all));
	double score = near.class_score;
	if (score > second[0]) {
		second[1] = second[0];
		second[0] = score;
	} else if (score > second[1]) {
		second[1] = score;
	}
}

/* Adds the nearest documents that words did not find; what is not shown to this question does not count. */
static compared compare(sp_index *index, const sp_ask *ask, const readable_set &readable, std::vector<found> &list, sp_question_stats *stats)
{
	compared all;
	if (!index->meaning || !ask->vector)
		return all;
	all.count = spi_meaning_compare(index->meaning, ask->vector, ask->lang, &all.items);
	std::vector<const spi_nearness *> shown;
	double highest[2] = {-1e9, -1e9};
	for (size_t i = 0; i < all.count; i++) {
		const spi_nearness &near = all.items[i];
		if (!readable.shows(near.docid) || !readable.takes(near.docid, near.lang))
			continue;
		shown.push_back(&near);
		note_nearest(near, highest, stats);
	}
	stats->has_vector = true;
	stats->phrasings = spi_meaning_phrasings(index->meaning, ask->lang);
	spi_meaning_kinds(index->meaning, ask->vector, ask->lang, stats->kinds);
	stats->class_margin = shown.size() > 1 ? highest[0] - highest[1] : 0;
	size_t most = std::min(NEAR_MAX, shown.size());
	std::partial_sort(shown.begin(), shown.begin() + static_cast<long>(most), shown.end(),
		[](const spi_nearness *a, const spi_nearness *b) { return a->all != b->all ? a->all > b->all : a->docid < b->docid; });
	for (size_t i = 0; i < most; i++) {
		Xapian::docid docid = shown[i]->docid;
		if (std::none_of(list.begin(), list.end(), [docid](const found &f) { return f.docid == docid; }))
			list.push_back({docid, false});
	}
	return all;
}

static void add_nearness(const compared &all, sp_candidate *candidate)
{
	const spi_nearness *end = all.items + all.count;
	const spi_nearness *near = std::lower_bound(
		all.items, end, candidate->docid, [](const spi_nearness &n, uint32_t docid) { return n.docid < docid; });
	if (near == end || near->docid != candidate->docid)
		return;
	candidate->features[SP_FEATURE_NEAR_PHRASE] = near->phrase;
	candidate->features[SP_FEATURE_NEAR_TITLE] = near->title;
	candidate->features[SP_FEATURE_NEAR_PASSAGE] = near->passage;
	candidate->features[SP_FEATURE_NEAR_ALL] = near->all;
	candidate->features[SP_FEATURE_CLASSIFIER] = near->class_score;
}

/* What costs most a document: only for those that are left. */
static void compare_tokens(sp_index *index, const sp_ask *ask, std::vector<sp_candidate> &list, sp_question_stats *stats)
{
	if (!ask->vector || !ask->tokens || ask->tokens->count == 0 || !index->meaning || !spi_meaning_has_tokens(index->meaning))
		return;
	for (sp_candidate &candidate : list) {
		float *features = candidate.features;
		spi_meaning_tokens(index->meaning, candidate.docid, ask->tokens, &features[SP_FEATURE_TOKENS], &features[SP_FEATURE_TOKENS_ALL]);
		stats->nearest_tokens = std::max(stats->nearest_tokens, static_cast<double>(features[SP_FEATURE_TOKENS]));
	}
	stats->has_tokens = true;
}

/* What is certain comes first, so that a low limit does not cut it off. */
static bool is_before(const sp_candidate &a, const sp_candidate &b)
{
	float sure_a = a.features[SP_FEATURE_EXACT] + a.features[SP_FEATURE_CODE];
	float sure_b = b.features[SP_FEATURE_EXACT] + b.features[SP_FEATURE_CODE];
	if (sure_a != sure_b)
		return sure_a > sure_b;
	double near_a = a.score + static_cast<double>(a.features[SP_FEATURE_NEAR_ALL]);
	double near_b = b.score + static_cast<double>(b.features[SP_FEATURE_NEAR_ALL]);
	return near_a > near_b;
}

static std::vector<sp_candidate> gather(
	sp_index *index, const sp_ask *ask, const spi_asked &asked, sp_arena *arena, sp_question_stats *stats, sp_error *err)
{
	readable_set readable(index, ask);
	std::vector<found> found_list = find(index, ask, asked, readable);
	compared all = compare(index, ask, readable, found_list, stats);
	std::vector<sp_candidate> list;
	for (const found &f : found_list) {
		sp_candidate candidate = {};
		judge(index, ask, asked, f, arena, &candidate, err);
		add_nearness(all, &candidate);
		candidate.is_foreign = ask->lang != SP_LANG_NONE && candidate.lang != ask->lang;
		if (readable.takes(f.docid, candidate.lang))
			list.push_back(candidate);
	}
	std::stable_sort(list.begin(), list.end(), is_before);
	list.resize(std::min<size_t>(list.size(), ask->limit));
	compare_tokens(index, ask, list, stats);
	return list;
}

extern "C" sp_status sp_index_candidates(sp_index *index, sp_analyser *analyser, const sp_ask *ask, sp_arena *arena,
	sp_candidate **ret, size_t *ret_count, sp_question_stats *stats, sp_error *err)
{
	if (ask->limit < 1 || ask->limit > 50)
		return sp_error_set(err, SP_ERR_INVALID, "limit", 0, "must be 1 to 50");
	return spi_reading(index, err, [&]() -> sp_status {
		spi_asked asked;
		spi_ask_question(
			index, analyser, {ask->text ? ask->text : "", ask->text ? ask->len : 0, ask->lang, ask->day}, arena, &asked, err);
		std::vector<sp_candidate> list = gather(index, ask, asked, arena, &asked.stats, err);
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
