/* Completions: titles and known questions that hold what is typed, the last word as a beginning; and titles of articles that explain
   a code that is typed. */
#include "index/shim.hh"

#include <algorithm>

constexpr Xapian::doccount DOCUMENTS_MAX = 300; /* looked at */
constexpr size_t BEGINNINGS_MAX = 64;			/* words that a beginning may become */
constexpr size_t CODE_LEAST = 3;				/* characters of a code's beginning */

namespace {

struct typed {
	std::string text;				/* folded */
	std::vector<std::string> words; /* whole words, folded */
	std::string beginning;			/* of the last one; "" = it is whole */
	std::vector<std::string> codes; /* words that are written as codes, folded */
};

struct suggestion {
	bool starts, is_title;
	std::string text, id;
	sp_lang lang;
	bool operator<(const suggestion &other) const
	{
		if (starts != other.starts)
			return starts;
		if (is_title != other.is_title)
			return is_title;
		return text.size() != other.text.size() ? text.size() < other.text.size() : text < other.text;
	}
};

} // namespace

static std::string fold(const char *text, size_t len, sp_arena *arena)
{
	size_t folded_len;
	const char *folded = spi_must(sp_text_fold(text, len, arena, &folded_len));
	return std::string(folded, folded_len);
}

static typed read_typed(
	sp_analyser *analyser, const char *text, size_t len, sp_lang lang, sp_arena *arena, sp_error *err)
{
	typed ret;
	std::vector<std::string> functions;
	sp_tokens tokens = {nullptr, 0};
	sp_status status = sp_analyse(analyser, text, len, lang, arena, &tokens);
	if (status != SP_OK)
		throw spi_failure{sp_error_set(err, status, nullptr, 0, "the text cannot be taken apart into words")};
	for (size_t i = 0; i < tokens.count; i++) {
		const sp_token &token = tokens.items[i];
		bool is_last = i + 1 == tokens.count && token.end == len;
		if (token.kind == SP_TOKEN_CODE)
			ret.codes.emplace_back(token.plain, token.plain_len);
		if (!spi_token_counts(&token))
			continue;
		if (is_last)
			ret.beginning.assign(token.plain, token.plain_len);
		else
			(token.is_function_word ? functions : ret.words).emplace_back(token.plain, token.plain_len);
	}
	/* "come si": nothing else to go by. */
	if (ret.words.empty() && ret.beginning.empty())
		ret.words = functions;
	ret.text = fold(text, len, arena);
	return ret;
}

static Xapian::Query beginning_query(sp_index *index, const std::string &beginning)
{
	std::vector<std::pair<Xapian::doccount, std::string>> terms;
	std::string prefix = "W" + beginning;
	for (auto it = index->db.allterms_begin(prefix); it != index->db.allterms_end(prefix); ++it)
		terms.emplace_back(it.get_termfreq(), *it);
	if (terms.size() > BEGINNINGS_MAX) {
		std::partial_sort(terms.begin(), terms.begin() + BEGINNINGS_MAX, terms.end(), std::greater<>());
		terms.resize(BEGINNINGS_MAX);
	}
	std::vector<Xapian::Query> queries;
	queries.reserve(terms.size());
	for (const auto &term : terms)
		queries.emplace_back(term.second);
	return Xapian::Query(Xapian::Query::OP_OR, queries.begin(), queries.end());
}

static Xapian::Query typed_query(sp_index *index, const typed &typed, sp_lang lang)
{
	std::vector<Xapian::Query> parts;
	for (const std::string &word : typed.words)
		parts.emplace_back("W" + word.substr(0, SPI_TERM_MAX - 1));
	if (!typed.beginning.empty())
		parts.push_back(beginning_query(index, typed.beginning.substr(0, SPI_TERM_MAX - 1)));
	if (parts.empty())
		return {};
	if (lang != SP_LANG_NONE)
		parts.emplace_back("L" + std::string(sp_lang_code(lang)));
	return Xapian::Query(Xapian::Query::OP_AND, parts.begin(), parts.end());
}

static bool is_word_byte(char c)
{
	return static_cast<unsigned char>(c) >= 0x80 || isalnum(static_cast<unsigned char>(c)) || c == '_';
}

/* Whether the word stands in the text, from where a word begins. */
static bool holds(const std::string &text, const std::string &word, bool whole)
{
	for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
		size_t end = at + word.size();
		if ((at == 0 || !is_word_byte(text[at - 1])) && (!whole || end == text.size() || !is_word_byte(text[end])))
			return true;
	}
	return false;
}

static bool fits(const typed &typed, const std::string &phrase)
{
	for (const std::string &word : typed.words)
		if (!holds(phrase, word, true))
			return false;
	return typed.beginning.empty() || holds(phrase, typed.beginning, false);
}

/* The article's best phrasing for what is typed. */
static bool best_phrase(const typed &typed, const spi_card &card, sp_arena *arena, suggestion *ret)
{
	spi_bytes phrases = card.phrases;
	spi_phrase phrase;
	bool found = false;
	for (size_t i = 0; i < card.shown_count && spi_card_phrase(&phrases, &phrase); i++) {
		std::string folded = fold(phrase.text, phrase.text_len, arena);
		if (!fits(typed, folded))
			continue;
		suggestion one = {folded.compare(0, typed.text.size(), typed.text) == 0, i == 0,
			std::string(phrase.text, phrase.text_len), std::string(card.id, card.id_len), card.lang};
		if (!found || one < *ret)
			*ret = one;
		found = true;
	}
	return found;
}

/* ---- codes ---- */

/* All that is typed as the beginning of one code, blanks and hyphens for underscores ("paa pag"); "" = it is none. */
static std::string as_code(const std::string &text)
{
	std::string ret;
	for (char c : text) {
		bool parts = c == ' ' || c == '-' || c == '_';
		if (!parts && !(static_cast<unsigned char>(c) < 0x80 && isalnum(static_cast<unsigned char>(c))))
			return {};
		if (!parts)
			ret += c;
		else if (!ret.empty() && ret.back() != '_')
			ret += '_';
	}
	return ret;
}

/* Articles that explain a code that is typed, or one that begins as all that is typed. */
static Xapian::Query code_query(sp_index *index, const typed &typed, sp_lang lang)
{
	std::vector<Xapian::Query> codes;
	for (const std::string &code : typed.codes)
		codes.emplace_back("K" + code.substr(0, SPI_TERM_MAX - 1));
	std::string beginning = "K" + as_code(typed.text);
	if (beginning.size() > CODE_LEAST && beginning.size() <= SPI_TERM_MAX)
		for (auto it = index->db.allterms_begin(beginning);
			 it != index->db.allterms_end(beginning) && codes.size() < BEGINNINGS_MAX; ++it)
			codes.emplace_back(*it);
	Xapian::Query any(Xapian::Query::OP_OR, codes.begin(), codes.end());
	if (codes.empty() || lang == SP_LANG_NONE)
		return any;
	return {Xapian::Query::OP_AND, any, Xapian::Query("L" + std::string(sp_lang_code(lang)))};
}

/* Their titles: before all else where a code is written, else after what holds the words. */
static void add_codes(sp_index *index, const typed &typed, sp_lang lang, Xapian::MatchDecider *decider,
	std::vector<suggestion> *list, sp_error *err)
{
	Xapian::Enquire enquire(index->db);
	enquire.set_weighting_scheme(Xapian::BoolWeight());
	enquire.set_query(code_query(index, typed, lang));
	Xapian::MSet set = enquire.get_mset(0, DOCUMENTS_MAX, 0, nullptr, decider);
	for (auto it = set.begin(); it != set.end(); ++it) {
		const spi_card &card = index->card_of(*it, err).card;
		spi_bytes phrases = card.phrases;
		spi_phrase title;
		std::string id(card.id, card.id_len);
		bool is_there = std::any_of(list->begin(), list->end(),
			[&](const suggestion &other) { return other.id == id && other.lang == card.lang; });
		bool is_written = !typed.codes.empty();
		if (!is_there && card.shown_count > 0 && spi_card_phrase(&phrases, &title))
			list->push_back({is_written, is_written, std::string(title.text, title.text_len), id, card.lang});
	}
}

static std::vector<suggestion> find(
	sp_index *index, const typed &typed, sp_lang lang, sp_date day, sp_arena *arena, sp_error *err)
{
	std::vector<suggestion> list;
	spi_decider decider(index->hidden_on(day));
	Xapian::Enquire enquire(index->db);
	enquire.set_weighting_scheme(Xapian::BoolWeight());
	enquire.set_query(typed_query(index, typed, lang));
	Xapian::MSet set = enquire.get_mset(0, DOCUMENTS_MAX, 0, nullptr, decider.is_needed() ? &decider : nullptr);
	for (auto it = set.begin(); it != set.end(); ++it) {
		suggestion one;
		if (best_phrase(typed, index->card_of(*it, err).card, arena, &one))
			list.push_back(std::move(one));
	}
	add_codes(index, typed, lang, decider.is_needed() ? &decider : nullptr, &list, err);
	std::sort(list.begin(), list.end());
	return list;
}

extern "C" sp_status sp_index_suggest(sp_index *index, sp_analyser *analyser, const char *text, size_t len,
	sp_lang lang, sp_date day, uint32_t limit, sp_arena *arena, sp_suggestion **ret, size_t *ret_count, sp_error *err)
{
	return spi_reading(index, err, [&]() -> sp_status {
		std::vector<suggestion> list =
			find(index, read_typed(analyser, text, len, lang, arena, err), lang, day, arena, err);
		list.resize(std::min<size_t>(list.size(), limit));
		auto items =
			static_cast<sp_suggestion *>(spi_must(sp_arena_calloc(arena, list.size() + 1, sizeof(sp_suggestion))));
		for (size_t i = 0; i < list.size(); i++)
			items[i] = {spi_copy(arena, list[i].text), spi_copy(arena, list[i].id), list[i].lang};
		*ret = items;
		*ret_count = list.size();
		return SP_OK;
	});
}
