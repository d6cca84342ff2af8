/* A question and what this index knows of its words: how rare each is, how it may be meant (spelling, synonyms), and
   what is looked for in articles. */
#include "index/shim.hh"

#include "index/slip.h"
#include "index/termset.h"

#include <algorithm>

/* Words of a question that are looked for; the other bits are for corrections and synonyms. */
constexpr size_t WORDS_MAX = 44;
/* Suggestions kept for one revision, and as many words of the dictionary. */
constexpr size_t SUGGESTIONS_MAX = 4096;
/* Terms that a beginning may become; those that rank and mark hits among them; beginnings kept for one revision. */
constexpr size_t BEGUN_MAX = 64;
constexpr size_t BEGUN_FORMS_MAX = 8;
constexpr size_t BEGINNINGS_MAX = 4096;
/* A slip of the pen is looked for in a beginning this long, and not in its first letters. */
constexpr size_t NEARLY_MIN = 5;
constexpr size_t NEARLY_SURE = 2;
/* When a word that is known is taken for a slip. */
constexpr Xapian::doccount SLIP_DOCUMENTS_MAX = 2;
constexpr Xapian::doccount SLIP_TIMES_RARER = 4;

/* ---- words ---- */

static std::string code_term(sp_index *index, const sp_token &token)
{
	if (token.is_function_word)
		return std::string();
	std::string term = "K" + std::string(token.plain, token.plain_len);
	const std::vector<std::string> &codes = index->known_codes();
	return std::binary_search(codes.begin(), codes.end(), term) ? term : std::string();
}

static void look_up(sp_index *index, spi_asked_word &word)
{
	Xapian::doccount frequency = index->frequency(word.term);
	if (!word.alt.empty())
		frequency = std::max(frequency, index->frequency(word.alt));
	word.is_known = frequency > 0 || !word.code.empty();
	word.rarity = index->rarity(frequency);
}

static bool is_spellable(const sp_token &token)
{
	return token.kind == SP_TOKEN_WORD && !token.is_function_word && token.word_len <= SPI_SPELL_MAX_BYTES &&
		   sp_text_count_chars(token.word, token.word_len) >= SPI_SPELL_MIN_CHARS;
}

static void add_word(sp_index *index, const sp_token &token, spi_asked *asked)
{
	spi_question *question = asked->question;
	uint32_t hash = spi_term_hash(token.term, token.term_len);
	uint32_t alt_hash = token.alt ? spi_term_hash(token.alt, token.alt_len) : 0;
	if (asked->words.size() >= WORDS_MAX || spi_question_bit(question, hash) >= 0)
		return;
	if (spi_question_add_word(question, hash, alt_hash, token.plain, token.plain_len, token.is_function_word) < 0)
		return;
	spi_asked_word word;
	word.term.assign(token.term, token.term_len);
	if (token.alt && token.alt_len <= SPI_TERM_MAX)
		word.alt.assign(token.alt, token.alt_len);
	word.word.assign(token.word, token.word_len);
	word.code = code_term(index, token);
	word.hash = hash;
	word.start = token.start;
	word.end = token.end;
	word.is_function = token.is_function_word;
	word.is_spellable = is_spellable(token);
	look_up(index, word);
	asked->words.push_back(std::move(word));
}

/* Words that say something come first, so that a long message does not lose them. */
static void add_words(sp_index *index, spi_asked *asked)
{
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < asked->tokens.count; i++) {
			const sp_token &token = asked->tokens.items[i];
			if (spi_token_counts(&token) && token.is_function_word == (pass == 1))
				add_word(index, token, asked);
		}
}

/* ---- spelling ---- */

static const std::string &suggestion(sp_index *index, const std::string &word)
{
	auto found = index->suggestions.find(word);
	if (found != index->suggestions.end())
		return found->second;
	if (index->suggestions.size() >= SUGGESTIONS_MAX)
		index->suggestions.clear();
	std::string better =
		index->db.get_spelling_suggestion(word, spi_slip_edits(sp_text_count_chars(word.data(), word.size())));
	if (!better.empty() && !spi_is_slip(word.data(), word.size(), better.data(), better.size()))
		better.clear();
	return index->suggestions[word] = better;
}

/* Whether a word stands in what is shown: labelled questions are not, nor in the dictionary. */
static bool is_spelled(sp_index *index, const std::string &word)
{
	auto found = index->spelled.find(word);
	if (found != index->spelled.end())
		return found->second;
	if (index->spelled.size() >= SUGGESTIONS_MAX)
		index->spelled.clear();
	auto it = index->db.spellings_begin();
	it.skip_to(word);
	return index->spelled[word] = it != index->db.spellings_end() && *it == word;
}

/* People's phrasings hold their slips too: a word of one or two articles, or of labelled questions alone, may be one of a word that stands
   in far more. */
static bool may_be_slip(sp_index *index, const spi_asked_word &word)
{
	Xapian::doccount frequency = index->frequency(word.term);
	return word.code.empty() && frequency > 0 && (frequency <= SLIP_DOCUMENTS_MAX || !is_spelled(index, word.word));
}

/* Whether a word stands in an article of that day: those before their day, or after it, give nothing away. */
static bool stands_in_shown(sp_index *index, const std::string &term, Xapian::doccount frequency, sp_date day)
{
	const std::vector<Xapian::docid> &hidden = index->hidden_on(day);
	if (frequency > hidden.size())
		return true;
	for (auto it = index->db.postlist_begin(term); it != index->db.postlist_end(term); ++it)
		if (!std::binary_search(hidden.begin(), hidden.end(), *it))
			return true;
	return false;
}

/* A correction adds what was probably meant; the typed word stays. */
static void correct(
	sp_index *index, sp_analyser *analyser, const spi_ask &ask, sp_arena *arena, spi_asked *asked, size_t number)
{
	spi_asked_word &word = asked->words[number];
	const std::string &better = suggestion(index, word.word);
	sp_tokens tokens = {nullptr, 0};
	if (better.empty())
		return;
	spi_check(sp_analyse(analyser, better.data(), better.size(), ask.lang, arena, &tokens));
	if (tokens.count != 1 || !spi_token_counts(&tokens.items[0]))
		return;
	const sp_token &token = tokens.items[0];
	std::string term(token.term, token.term_len);
	Xapian::doccount frequency = index->frequency(term);
	if (!frequency || !stands_in_shown(index, term, frequency, ask.day) || (word.is_known && frequency < SLIP_TIMES_RARER * index->frequency(word.term)))
		return;
	uint32_t hash = spi_term_hash(token.term, token.term_len);
	int bit = spi_question_add_form(asked->question, static_cast<int>(number), hash,
		token.alt ? spi_term_hash(token.alt, token.alt_len) : 0, SPI_SOFT_CORRECTION);
	if (bit < 0)
		return;
	spi_question_add_soft(asked->question, static_cast<int>(number), uint64_t(1) << bit, SPI_SOFT_CORRECTION);
	word.correction = better;
	word.correction_term = term;
	word.is_slip = word.is_known;
	if (word.is_slip)
		return;
	word.hash = hash;
	word.rarity = index->rarity(frequency);
	word.is_known = true;
}

static const char *corrected_text(const spi_ask &ask, const spi_asked &asked, sp_arena *arena)
{
	std::vector<const spi_asked_word *> words;
	for (const spi_asked_word &word : asked.words)
		if (!word.correction.empty())
			words.push_back(&word);
	if (words.empty())
		return nullptr;
	std::sort(words.begin(), words.end(),
		[](const spi_asked_word *a, const spi_asked_word *b) { return a->start < b->start; });
	std::string text;
	size_t at = 0;
	for (const spi_asked_word *word : words) {
		if (word->start < at || word->end > ask.len)
			continue;
		text.append(ask.text + at, word->start - at);
		text += word->correction;
		at = word->end;
	}
	text.append(ask.text + at, ask.len - at);
	return spi_copy(arena, text);
}

/* ---- a word that is being typed ---- */

typedef std::vector<std::pair<Xapian::doccount, std::string>> counted;

/* The most frequent of them, in place. */
static void keep_frequent(counted *terms)
{
	size_t count = std::min(terms->size(), BEGUN_MAX);
	std::partial_sort(terms->begin(), terms->begin() + static_cast<std::ptrdiff_t>(count), terms->end(), std::greater<>());
	terms->resize(count);
}

/* Whether a word begins with what was typed, but for one letter: another one, one too many, one too few, two the wrong way round. */
static bool begins_nearly(const std::string &word, const std::string &typed)
{
	size_t at = 0;
	while (at < typed.size() && at < word.size() && typed[at] == word[at])
		at++;
	auto rest = [&](size_t of_word, size_t of_typed) {
		return of_typed <= typed.size() && of_word <= word.size() && word.compare(of_word, typed.size() - of_typed, typed, of_typed) == 0;
	};
	return at >= typed.size() || rest(at + 1, at + 1) || rest(at, at + 1) || rest(at + 1, at) ||
		   (at + 1 < typed.size() && at + 1 < word.size() && typed[at] == word[at + 1] && typed[at + 1] == word[at] && rest(at + 2, at + 2));
}

/* Whole words of this index that begin so. The dictionary for spelling has those of four letters on, titles and questions all. */
static void add_words_begun(sp_index *index, const std::string &beginning, const std::string &near, counted *ret)
{
	auto end = index->db.spellings_end();
	auto it = index->db.spellings_begin();
	for (it.skip_to(beginning); it != end && (*it).compare(0, beginning.size(), beginning) == 0; ++it)
		if (near.empty() || begins_nearly(*it, near))
			ret->emplace_back(it.get_termfreq(), *it);
	std::string title = "W" + beginning;
	for (auto word = index->db.allterms_begin(title); near.empty() && word != index->db.allterms_end(title); ++word)
		ret->emplace_back(word.get_termfreq(), (*word).substr(1));
}

static void add_stem(sp_index *index, sp_analyser *analyser, const spi_ask &ask, const std::string &word, sp_arena *arena, std::vector<std::string> *ret)
{
	sp_tokens tokens = {nullptr, 0};
	spi_check(sp_analyse(analyser, word.data(), word.size(), ask.lang, arena, &tokens));
	if (tokens.count != 1)
		return;
	std::string stem(tokens.items[0].term, tokens.items[0].term_len);
	if (stem.size() <= SPI_TERM_MAX && index->frequency(stem) && std::find(ret->begin(), ret->end(), stem) == ret->end())
		ret->push_back(stem);
}

/* What is looked for when these words are meant: their stems, and stems that begin so themselves (codes have no other form). */
static const std::vector<std::string> &terms_begun(
	sp_index *index, sp_analyser *analyser, const spi_ask &ask, const std::string &beginning, sp_arena *arena)
{
	auto known = index->begun.find(beginning);
	if (known != index->begun.end())
		return known->second;
	if (index->begun.size() >= BEGINNINGS_MAX)
		index->begun.clear();
	counted words, stems;
	add_words_begun(index, beginning, "", &words);
	for (auto it = index->db.allterms_begin(beginning); it != index->db.allterms_end(beginning); ++it)
		stems.emplace_back(it.get_termfreq(), *it);
	if (words.empty() && stems.empty() && beginning.size() >= NEARLY_MIN)
		add_words_begun(index, beginning.substr(0, NEARLY_SURE), beginning, &words);
	keep_frequent(&words);
	keep_frequent(&stems);
	std::vector<std::string> ret;
	for (const auto &word : words)
		add_stem(index, analyser, ask, word.second, arena, &ret);
	for (const auto &stem : stems)
		if (std::find(ret.begin(), ret.end(), stem.second) == ret.end())
			ret.push_back(stem.second);
	return index->begun[beginning] = std::move(ret);
}

/* The stems also rank a hit and are marked in it, as far as there is room. */
static void add_forms(spi_asked *asked, size_t number)
{
	size_t left = BEGUN_FORMS_MAX;
	for (const std::string &term : asked->words[number].begun) {
		if (left == 0)
			return;
		int bit = spi_question_add_form(asked->question, static_cast<int>(number), spi_term_hash(term.data(), term.size()), 0, SPI_SOFT_BEGUN);
		if (bit < 0)
			return;
		spi_question_add_soft(asked->question, static_cast<int>(number), uint64_t(1) << bit, SPI_SOFT_BEGUN);
		left--;
	}
}

static bool has_other_content(const spi_asked &asked, size_t number)
{
	for (size_t i = 0; i < asked.words.size(); i++)
		if (i != number && !asked.words[i].is_function)
			return true;
	return false;
}

/* The last word, when nothing stands behind it. "non mi": a whole little word among others is not the beginning of one. */
static void go_on(sp_index *index, sp_analyser *analyser, const spi_ask &ask, sp_arena *arena, spi_asked *asked)
{
	const sp_token *last = asked->tokens.count ? &asked->tokens.items[asked->tokens.count - 1] : nullptr;
	if (!ask.partial || !last || last->end != ask.len || !spi_token_counts(last) || last->plain_len >= SPI_TERM_MAX)
		return;
	std::string term(last->term, last->term_len);
	for (size_t i = 0; i < asked->words.size(); i++) {
		spi_asked_word &word = asked->words[i];
		if (word.term != term || (word.is_function && has_other_content(*asked, i)))
			continue;
		word.begun = terms_begun(index, analyser, ask, std::string(last->word, last->word_len), arena);
		if (word.begun.empty())
			return;
		word.is_spellable = word.is_function = asked->question->words[i].is_function = false;
		word.rarity = std::max(word.rarity, index->rarity(index->frequency(word.begun[0])));
		word.is_known = true;
		add_forms(asked, i);
		return;
	}
}

/* ---- synonyms ---- */

/* Words of the question that say something, in the order they were typed: numbers in words. */
static std::vector<int> content_words(const spi_asked &asked)
{
	std::vector<int> ret;
	for (size_t i = 0; i < asked.tokens.count; i++) {
		const sp_token &token = asked.tokens.items[i];
		if (!spi_token_counts(&token) || token.is_function_word)
			continue;
		int bit = spi_question_bit(asked.question, spi_term_hash(token.term, token.term_len));
		if (bit >= 0)
			ret.push_back(asked.question->bit_word[bit]);
	}
	return ret;
}

static bool stands_at(const spi_synonym &synonym, const spi_asked &asked, const std::vector<int> &words, size_t at)
{
	if (!synonym.count || synonym.count > words.size() - at)
		return false;
	for (size_t i = 0; i < synonym.count; i++)
		if (asked.words[static_cast<size_t>(words[at + i])].hash != synonym.stems[i].hash)
			return false;
	return true;
}

/* The other synonym, as one more way to say the words from `first` on. */
static void add_synonym(sp_index *index, const spi_synonym &other, spi_asked *asked, const int *words, size_t count)
{
	spi_way way;
	Xapian::doccount rarest = index->count;
	uint64_t bits = 0;
	for (size_t i = 0; i < other.count; i++) {
		std::string term(other.stems[i].text, other.stems[i].len);
		Xapian::doccount frequency = index->frequency(term);
		int bit =
			frequency ? spi_question_add_form(asked->question, words[0], other.stems[i].hash, 0, SPI_SOFT_SYNONYM) : -1;
		if (bit < 0)
			return;
		rarest = std::min(rarest, frequency);
		bits |= uint64_t(1) << bit;
		way.terms.push_back(term);
	}
	if (way.terms.empty())
		return;
	/* All its words together count once, for all the words that they stand for. */
	way.share = SPI_SOFT_SYNONYM / static_cast<double>(other.count * count);
	for (size_t i = 0; i < count; i++) {
		spi_asked_word &word = asked->words[static_cast<size_t>(words[i])];
		spi_question_add_soft(asked->question, words[i], bits, SPI_SOFT_SYNONYM);
		word.synonyms.push_back(way);
		if (!word.is_known) {
			word.is_known = true;
			word.rarity = index->rarity(rarest);
		}
	}
}

/* A word that the editors list is no mistake, even when no article has it. */
static void spare(spi_asked *asked, const int *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		asked->words[static_cast<size_t>(words[i])].is_spellable = false;
}

static bool has_correction(const spi_asked &asked, const int *words, size_t count)
{
	return std::any_of(
		words, words + count, [&](int word) { return !asked.words[static_cast<size_t>(word)].correction.empty(); });
}

/* Twice: for the words as typed, and for what corrections made of them. */
static void add_synonyms(sp_index *index, sp_lang lang, spi_asked *asked, bool corrected)
{
	std::vector<int> words = content_words(*asked);
	const spi_synonym_groups &groups = index->known_synonyms();
	for (size_t g = 0; g < groups.count; g++) {
		const spi_synonym_group &group = groups.items[g];
		if (lang != SP_LANG_NONE && group.lang != lang)
			continue;
		for (size_t at = 0; at < words.size(); at++)
			for (size_t i = 0; i < group.count; i++) {
				size_t count = group.items[i].count;
				if (!stands_at(group.items[i], *asked, words, at) ||
					has_correction(*asked, &words[at], count) != corrected)
					continue;
				spare(asked, &words[at], count);
				for (size_t j = 0; j < group.count; j++)
					if (j != i)
						add_synonym(index, group.items[j], asked, &words[at], count);
			}
	}
}

/* ---- all of it ---- */

static void weigh(spi_asked *asked)
{
	spi_question *question = asked->question;
	for (size_t i = 0; i < asked->words.size(); i++) {
		const spi_asked_word &word = asked->words[i];
		question->words[i].rarity = word.rarity;
		question->words[i].weight = word.rarity * (word.is_function ? SPI_FUNCTION_SHARE : 1.0f);
		question->words[i].is_known = word.is_known;
		asked->stats.words++;
		asked->stats.content_words += !word.is_function;
		asked->stats.known_words += !word.is_function && word.is_known;
		asked->stats.idf_known += word.is_known ? question->words[i].weight : 0;
	}
	spi_question_finish(question);
	asked->stats.idf_sum = question->weight_sum;
}

static void add_bigrams(spi_asked *asked)
{
	uint32_t before = 0;
	for (int word : content_words(*asked)) {
		uint32_t hash = asked->words[static_cast<size_t>(word)].hash;
		if (before && asked->question->bigrams_count < SPI_BITS)
			asked->question->bigrams[asked->question->bigrams_count++] = spi_bigram_hash(before, hash);
		before = hash;
	}
}

void spi_ask_question(
	sp_index *index, sp_analyser *analyser, const spi_ask &ask, sp_arena *arena, spi_asked *ret, sp_error *err)
{
	sp_status status = sp_analyse(analyser, ask.text, ask.len, ask.lang, arena, &ret->tokens);
	if (status != SP_OK)
		throw spi_failure{sp_error_set(err, status, nullptr, 0, "the question cannot be taken apart into words")};
	ret->question = static_cast<spi_question *>(spi_must(sp_arena_alloc(arena, sizeof(spi_question))));
	spi_question_init(ret->question);
	index->stems.begin();
	ret->question->normal_hash = spi_normal_hash(ask.text, ask.len, arena);
	add_words(index, ret);
	go_on(index, analyser, ask, arena, ret);
	add_synonyms(index, ask.lang, ret, false);
	for (size_t i = 0; i < ret->words.size(); i++)
		if (ret->words[i].is_spellable && (!ret->words[i].is_known || may_be_slip(index, ret->words[i])))
			correct(index, analyser, ask, arena, ret, i);
	add_synonyms(index, ask.lang, ret, true);
	weigh(ret);
	ret->stats.articles = ask.lang == SP_LANG_NONE ? index->count : index->frequency("L" + std::string(sp_lang_code(ask.lang)));
	add_bigrams(ret);
	ret->stats.corrected = corrected_text(ask, *ret, arena);
}

/* ---- what is looked for ---- */

static spi_ways ways_of(const spi_asked_word &word, unsigned with)
{
	spi_ways ways;
	for (const std::string *term : {&word.term, &word.alt, &word.code})
		if (!term->empty())
			ways.push_back({{*term}});
	/* A slip that is itself a word is looked for both ways at once: it would find too little, never nothing. */
	if ((with & SPI_WITH_CORRECTIONS || word.is_slip) && !word.correction_term.empty())
		ways.push_back({{word.correction_term}, SPI_SOFT_CORRECTION});
	if (!word.begun.empty())
		ways.push_back({word.begun, SPI_SOFT_BEGUN, true});
	if (with & SPI_WITH_SYNONYMS)
		ways.insert(ways.end(), word.synonyms.begin(), word.synonyms.end());
	return ways;
}

/* Function words would bring every article: they only rank what the others find, unless there are no others. */
static spi_wanted wanted_of(const spi_asked &asked, unsigned with)
{
	spi_wanted wanted;
	for (const spi_asked_word &word : asked.words)
		(word.is_function ? wanted.ranking : wanted.words).push_back(ways_of(word, with));
	if (wanted.words.empty())
		wanted.words.swap(wanted.ranking);
	return wanted;
}

spi_wanted spi_any_wanted(const spi_asked &asked, unsigned with)
{
	return wanted_of(asked, with);
}

spi_wanted spi_all_wanted(const spi_asked &asked, unsigned with)
{
	spi_wanted wanted = wanted_of(asked, with);
	wanted.needs_all = true;
	return wanted;
}

spi_wanted spi_content_wanted(const spi_asked &asked, unsigned with)
{
	spi_wanted wanted = wanted_of(asked, with);
	wanted.ranking.clear();
	return wanted;
}
