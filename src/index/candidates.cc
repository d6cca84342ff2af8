/* The retriever: what could answer a question, with its features. Some fifty are found by weighted BM25 of the words
   that say something; known phrasings and codes are added whatever their rank, and what is nearest in meaning; then each one's card
   is read and compared, and BM25 is counted again with the function words, which for all articles would cost more than
   all the rest. */
#include "index/shim.hh"

#include <algorithm>
#include <cstring>

/* How many are ranked; the features reorder them. */
constexpr uint32_t RANKED_MAX = 50;
/* Known phrasings and codes: more than this share one only by mistake. */
constexpr size_t MARKED_MAX = 10;
/* How many are added by meaning alone. */
constexpr size_t NEAR_MAX = 25;

namespace {

struct found {
	Xapian::docid docid;
	bool has_code;
};

/* One that words found, held against them. */
struct judged {
	spi_find find;
	bool is_taken; /* its language will do */
};

} // namespace

struct sp_word_finds {
	uint64_t state; /* of the index */
	spi_question *question;
	sp_question_stats stats;
	const judged *list;
	size_t count;
	const char *text;
	size_t len;
	sp_lang lang;
	sp_date day;
	uint32_t limit;
	bool only_lang;
};

namespace {

/* What a question may be answered with: articles of its language, and those that are in others only. */
class readable_set
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

  private:
	const std::vector<Xapian::docid> none;
	sp_lang lang;
	spi_decider decider;
	const std::vector<Xapian::docid> &others;
};

} // namespace

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

/* The heaviest of those that match, by weight. */
static void add_ranked(std::vector<spi_match> &matches, uint32_t limit, std::vector<found> &list)
{
	auto end = matches.begin() + static_cast<std::ptrdiff_t>(std::min<size_t>(matches.size(), std::max(limit, RANKED_MAX)));
	std::partial_sort(matches.begin(), end, matches.end(), spi_heavier());
	for (auto it = matches.begin(); it != end; ++it)
		list.push_back({it->docid, false});
}

template <typename F> static void keep_if(std::vector<spi_match> &matches, F &&is_kept)
{
	matches.erase(std::remove_if(matches.begin(), matches.end(), [&](const spi_match &m) { return !is_kept(m.docid); }), matches.end());
}

/* What is shown, and of the question's language. */
static void keep_own(sp_index *index, const sp_ask *ask, const readable_set &readable, std::vector<spi_match> &matches)
{
	const std::string of_lang = ask->lang == SP_LANG_NONE ? "" : "L" + std::string(sp_lang_code(ask->lang));
	if (!of_lang.empty() && index->frequency(of_lang) < index->count) { /* else all are */
		const std::vector<Xapian::docid> &list = index->matcher.list_of(index, of_lang);
		auto at = list.begin(); /* the numbers of both rise */
		keep_if(matches, [&](Xapian::docid docid) { return (at = std::lower_bound(at, list.end(), docid)) != list.end() && *at == docid; });
	}
	if (!index->hidden_on(ask->day).empty())
		keep_if(matches, [&](Xapian::docid docid) { return readable.shows(docid); });
}

static std::vector<found> find(sp_index *index, const sp_ask *ask, const spi_asked &asked, const readable_set &readable)
{
	std::vector<found> list;
	std::vector<spi_match> &matches = index->matcher.find(index, spi_content_wanted(asked, SPI_WITH_SYNONYMS | SPI_WITH_CORRECTIONS));
	std::vector<spi_match> others;
	if (readable.has_others())
		others = matches;
	keep_own(index, ask, readable, matches);
	add_ranked(matches, ask->limit, list);
	keep_if(others, [&](Xapian::docid docid) { return readable.is_of_others(docid); });
	add_ranked(others, ask->limit, list);
	if (asked.question->normal_hash) {
		char term[20];
		snprintf(term, sizeof term, "P%016llx", static_cast<unsigned long long>(asked.question->normal_hash));
		add_marked(index, term, false, readable, list);
	}
	for (const std::string &code : spi_codes_named(index, {ask->text, ask->len, ask->lang, ask->day}, asked))
		add_marked(index, code, true, readable, list);
	return list;
}

static bool is_left_out(const sp_ask *ask, const spi_card &card)
{
	return ask->left_out_of && card.lang == ask->lang && card.id_len == strlen(ask->left_out_of) &&
		   memcmp(card.id, ask->left_out_of, card.id_len) == 0;
}

/* Of the article's own phrasing that does not count now, its classifier has learned all the same: about what it would say without. As with
   least squares, where what is left out is missed the more the larger its part in its own score was, here taken to be two thirds. */
static float without_itself(float score)
{
	return std::max(score - 2 * std::max(1 - score, 0.0f), -2.0f);
}

static void add_wording(sp_index *index, const spi_question *question, const spi_known_card &known, spi_find *find)
{
	if (!index->wording)
		return;
	float score = spi_wording_score(index->wording, &index->wording_asked, find->docid, known.card.lang);
	find->features[SP_FEATURE_WORDING] = question->leaves_out ? without_itself(score) : score;
}

static judged judge(
	sp_index *index, const sp_ask *ask, spi_question *question, const readable_set &readable, const found &f, sp_arena *arena, sp_error *err)
{
	const spi_known_card &known = index->card_of(f.docid, err);
	spi_fit fit;
	question->leaves_out = is_left_out(ask, known.card);
	if (!spi_fit_known_card(index, question, known, arena, &fit))
		spi_throw_damaged(index, err);
	spi_find ret = {f.docid, static_cast<uint32_t>(fit.best.text - known.bytes.data()), static_cast<uint32_t>(fit.best.text_len), {}};
	std::copy(fit.features, fit.features + SP_FEATURE_COUNT, ret.features);
	ret.features[SP_FEATURE_CODE] = f.has_code ? 1.0f : 0.0f;
	add_wording(index, question, known, &ret);
	return {ret, readable.takes(f.docid, known.card.lang)};
}

/* ---- by words ---- */

namespace {

/* A question, and what its words found. */
struct by_words {
	spi_question *question;
	sp_question_stats stats;
	std::vector<judged> list;
};

} // namespace

static void ask_wording(sp_index *index, const spi_question *question)
{
	if (index->wording)
		spi_wording_ask(index->wording, question, &index->wording_asked);
}

static by_words look_by_words(
	sp_index *index, sp_analyser *analyser, const sp_ask *ask, const readable_set &readable, sp_arena *arena, sp_error *err)
{
	spi_asked asked;
	spi_ask_question(
		index, analyser, {ask->text ? ask->text : "", ask->text ? ask->len : 0, ask->lang, ask->day}, arena, &asked, err);
	by_words ret = {asked.question, asked.stats, {}};
	ask_wording(index, asked.question);
	for (const found &f : find(index, ask, asked, readable))
		ret.list.push_back(judge(index, ask, asked.question, readable, f, arena, err));
	return ret;
}

static void keep(const sp_index *index, const sp_ask *ask, const by_words &found, sp_arena *arena)
{
	auto kept = static_cast<sp_word_finds *>(spi_must(sp_arena_calloc(arena, 1, sizeof(sp_word_finds))));
	auto list = static_cast<judged *>(spi_must(sp_arena_calloc(arena, found.list.size() + 1, sizeof(judged))));
	std::copy(found.list.begin(), found.list.end(), list);
	*kept = {index->state, found.question, found.stats, list, found.list.size(),
		spi_must(sp_arena_strndup(arena, ask->text ? ask->text : "", ask->text ? ask->len : 0)), ask->text ? ask->len : 0, ask->lang, ask->day,
		ask->limit, ask->only_lang};
	*ask->by_words = kept;
}

static bool is_of(const sp_word_finds *kept, const sp_index *index, const sp_ask *ask)
{
	return kept && kept->state == index->state && kept->lang == ask->lang && kept->day == ask->day && kept->limit == ask->limit &&
		   kept->only_lang == ask->only_lang && !ask->left_out_of && kept->len == (ask->text ? ask->len : 0) &&
		   (kept->len == 0 || memcmp(kept->text, ask->text, kept->len) == 0);
}

/* As it was found before, where that was kept. */
static by_words recall_or_look_by_words(
	sp_index *index, sp_analyser *analyser, const sp_ask *ask, const readable_set &readable, sp_arena *arena, sp_error *err)
{
	const sp_word_finds *kept = ask->by_words && ask->vector ? *ask->by_words : nullptr;
	if (is_of(kept, index, ask)) {
		index->stems.begin();
		ask_wording(index, kept->question);
		return {kept->question, kept->stats, std::vector<judged>(kept->list, kept->list + kept->count)};
	}
	by_words found = look_by_words(index, analyser, ask, readable, arena, err);
	if (ask->by_words && !ask->vector && !ask->left_out_of)
		keep(index, ask, found, arena);
	return found;
}

/* ---- by meaning ---- */

namespace {

struct compared {
	const spi_nearness *items = nullptr;
	size_t count = 0;
};

} // namespace

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

/* Also tells the nearest documents that words did not find; what is not shown to this question does not count. */
static compared compare(
	sp_index *index, const sp_ask *ask, const readable_set &readable, const std::vector<judged> &list, std::vector<found> *ret_more, sp_question_stats *stats)
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
	stats->readable = static_cast<uint32_t>(shown.size());
	stats->phrasings = spi_meaning_phrasings(index->meaning, ask->lang);
	spi_meaning_kinds(index->meaning, ask->vector, ask->lang, stats->kinds);
	spi_meaning_near_kinds(index->meaning, stats->near_kinds);
	stats->class_margin = shown.size() > 1 ? highest[0] - highest[1] : 0;
	float unanswered = 0;
	stats->has_unanswered = spi_meaning_unanswered(index->meaning, ask->lang, &unanswered);
	stats->unanswered = static_cast<double>(unanswered);
	size_t most = std::min(NEAR_MAX, shown.size());
	std::partial_sort(shown.begin(), shown.begin() + static_cast<long>(most), shown.end(),
		[](const spi_nearness *a, const spi_nearness *b) { return a->all != b->all ? a->all > b->all : a->docid < b->docid; });
	for (size_t i = 0; i < most; i++) {
		Xapian::docid docid = shown[i]->docid;
		if (std::none_of(list.begin(), list.end(), [docid](const judged &j) { return j.find.docid == docid; }))
			ret_more->push_back({docid, false});
	}
	return all;
}

static void add_nearness(const compared &all, spi_find *find)
{
	const spi_nearness *end = all.items + all.count;
	const spi_nearness *near = std::lower_bound(
		all.items, end, find->docid, [](const spi_nearness &n, uint32_t docid) { return n.docid < docid; });
	if (near == end || near->docid != find->docid)
		return;
	find->features[SP_FEATURE_NEAR_PHRASE] = near->phrase;
	find->features[SP_FEATURE_NEAR_TITLE] = near->title;
	find->features[SP_FEATURE_NEAR_PASSAGE] = near->passage;
	find->features[SP_FEATURE_NEAR_ALL] = near->all;
	find->features[SP_FEATURE_CLASSIFIER] = near->class_score;
	find->features[SP_FEATURE_NEAR_FEW] = near->few;
}

/* What is certain comes first, so that a low limit does not cut it off. */
static bool is_before(const spi_find &a, const spi_find &b)
{
	float sure_a = a.features[SP_FEATURE_EXACT] + a.features[SP_FEATURE_CODE];
	float sure_b = b.features[SP_FEATURE_EXACT] + b.features[SP_FEATURE_CODE];
	if (sure_a != sure_b)
		return sure_a > sure_b;
	double near_a = static_cast<double>(a.features[SP_FEATURE_BM25]) + static_cast<double>(a.features[SP_FEATURE_NEAR_ALL]);
	double near_b = static_cast<double>(b.features[SP_FEATURE_BM25]) + static_cast<double>(b.features[SP_FEATURE_NEAR_ALL]);
	return near_a > near_b;
}

static std::vector<spi_find> gather(sp_index *index, const sp_ask *ask, const readable_set &readable, by_words &words, sp_arena *arena, sp_error *err)
{
	std::vector<found> more;
	compared all = compare(index, ask, readable, words.list, &more, &words.stats);
	for (const found &f : more)
		words.list.push_back(judge(index, ask, words.question, readable, f, arena, err));
	std::vector<spi_find> list;
	for (judged &j : words.list) {
		add_nearness(all, &j.find);
		if (j.is_taken)
			list.push_back(j.find);
	}
	std::stable_sort(list.begin(), list.end(), is_before);
	list.resize(std::min<size_t>(list.size(), ask->limit));
	words.stats.has_wording = std::any_of(list.begin(), list.end(), [](const spi_find &find) { return find.features[SP_FEATURE_WORDING] != 0; });
	spi_hold_tokens(index, ask, list, &words.stats, err);
	return list;
}

/* ---- what is told ---- */

static const char *text_of(sp_arena *arena, const char *text, size_t len)
{
	return spi_must(sp_arena_strndup(arena, text, len));
}

static void tell(sp_index *index, const sp_ask *ask, const spi_find &find, sp_arena *arena, sp_candidate *ret, sp_error *err)
{
	const spi_known_card &known = index->card_of(find.docid, err);
	const spi_card &card = known.card;
	if (known.phrases->count == 0)
		spi_throw_damaged(index, err);
	const spi_phrase &title = known.phrases->items[0];
	std::copy(find.features, find.features + SP_FEATURE_COUNT, ret->features);
	ret->docid = find.docid;
	ret->id = text_of(arena, card.id, card.id_len);
	ret->category = text_of(arena, card.category, card.category_len);
	ret->title = text_of(arena, title.text, title.text_len);
	ret->phrase = text_of(arena, known.bytes.data() + find.phrase_at, find.phrase_len);
	ret->lang = card.lang;
	ret->is_foreign = ask->lang != SP_LANG_NONE && card.lang != ask->lang;
	ret->type = card.type;
	ret->score = static_cast<double>(ret->features[SP_FEATURE_BM25]);
}

static void look(sp_index *index, sp_analyser *analyser, const sp_ask *ask, sp_arena *arena, spi_finding *ret, sp_error *err)
{
	readable_set readable(index, ask);
	by_words words = recall_or_look_by_words(index, analyser, ask, readable, arena, err);
	ret->list = gather(index, ask, readable, words, arena, err);
	ret->stats = words.stats;
	ret->stats.corrected = nullptr;
	ret->corrected = words.stats.corrected ? words.stats.corrected : "";
}

/* As it was found for who asked the same before. */
static const spi_finding &recall_or_look(
	sp_index *index, sp_analyser *analyser, const sp_ask *ask, sp_arena *arena, spi_finding *mine, sp_error *err)
{
	if (ask->left_out_of) { /* the linter asks each question once */
		look(index, analyser, ask, arena, mine, err);
		return *mine;
	}
	spi_memo_key key = spi_finds::key_of(ask, sp_index_dimensions(index));
	const spi_finding *known = index->finds.recall(key);
	if (known)
		return *known;
	look(index, analyser, ask, arena, mine, err);
	index->finds.keep(key, *mine);
	return *mine;
}

extern "C" sp_status sp_index_candidates(sp_index *index, sp_analyser *analyser, const sp_ask *ask, sp_arena *arena,
	sp_candidate **ret, size_t *ret_count, sp_question_stats *stats, sp_error *err)
{
	if (ask->limit < 1 || ask->limit > 50)
		return sp_error_set(err, SP_ERR_INVALID, "limit", 0, "must be 1 to 50");
	return spi_reading(index, err, [&]() -> sp_status {
		spi_finding mine;
		const spi_finding &finding = recall_or_look(index, analyser, ask, arena, &mine, err);
		auto items =
			static_cast<sp_candidate *>(spi_must(sp_arena_calloc(arena, finding.list.size() + 1, sizeof(sp_candidate))));
		for (size_t i = 0; i < finding.list.size(); i++)
			tell(index, ask, finding.list[i], arena, &items[i], err);
		*ret = items;
		*ret_count = finding.list.size();
		if (!stats)
			return SP_OK;
		*stats = finding.stats;
		if (!finding.corrected.empty())
			stats->corrected = spi_copy(arena, finding.corrected);
		return SP_OK;
	});
}
