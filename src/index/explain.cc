/* Why an article fits a question: which of its words count, how they are meant, and where they stand. The features
   say how much; here the same card is read once more to say by what. All of it is of this index alone: its vocabulary,
   its cards, and of the editors' synonyms only those whose words it has. */
#include "index/shim.hh"

#include "index/document.h"

#include <algorithm>
#include <set>

/* ---- words ---- */

static bool stands_for(const spi_synonym &synonym, const spi_question *question, uint64_t bits)
{
	uint64_t own = 0;
	for (size_t i = 0; i < synonym.count; i++) {
		int bit = spi_question_bit(question, synonym.stems[i].hash);
		if (bit < 0)
			return false;
		own |= uint64_t(1) << bit;
	}
	return synonym.count && own == bits;
}

static std::string text_of(const spi_synonym &synonym)
{
	std::string text;
	for (size_t i = 0; i < synonym.count; i++)
		text += (i ? " " : "") + std::string(synonym.stems[i].text, synonym.stems[i].len);
	return text;
}

static bool is_synonym(const spi_soft &soft)
{
	return soft.weight < static_cast<float>(SPI_SOFT_CORRECTION);
}

/* A question keeps of a synonym only which bits it has: its text is found again among the groups. */
static void tell_synonyms(
	sp_index *index, const spi_asked &asked, size_t number, sp_lang lang, sp_arena *arena, sp_strings *ret)
{
	const spi_word &word = asked.question->words[number];
	const spi_synonym_groups &groups = index->known_synonyms();
	std::set<std::string> texts;
	for (size_t s = 0; s < word.soft_count; s++)
		for (size_t g = 0; is_synonym(word.soft[s]) && g < groups.count; g++)
			for (size_t i = 0; i < groups.items[g].count; i++)
				if ((lang == SP_LANG_NONE || groups.items[g].lang == lang) &&
					stands_for(groups.items[g].items[i], asked.question, word.soft[s].bits))
					texts.insert(text_of(groups.items[g].items[i]));
	ret->items = static_cast<const char **>(spi_must(sp_arena_calloc(arena, texts.size() + 1, sizeof *ret->items)));
	for (const std::string &text : texts)
		ret->items[ret->count++] = spi_copy(arena, text);
}

static void tell_word(
	sp_index *index, const spi_asked &asked, size_t number, sp_lang lang, sp_arena *arena, sp_known_word *ret)
{
	const spi_asked_word &word = asked.words[number];
	ret->word = spi_copy(arena, word.word);
	ret->term = spi_copy(arena, word.term);
	ret->start = word.start;
	ret->articles = index->frequency(word.term);
	if (!word.alt.empty())
		ret->articles = std::max<uint32_t>(ret->articles, index->frequency(word.alt));
	if (!word.code.empty())
		ret->articles = std::max<uint32_t>(ret->articles, index->frequency(word.code));
	ret->is_function = word.is_function;
	ret->is_known = word.is_known;
	ret->rarity = static_cast<double>(asked.question->words[number].rarity);
	ret->weight = static_cast<double>(asked.question->words[number].weight);
	ret->corrected = word.correction.empty() ? nullptr : spi_copy(arena, word.correction);
	tell_synonyms(index, asked, number, lang, arena, &ret->synonyms);
}

/* ---- one article ---- */

namespace {

/* What an article has of each form that is looked for. */
struct met {
	unsigned places[SPI_BITS] = {}; /* bit per sp_place */
	unsigned wdfs[SPI_BITS] = {};
};

} // namespace

static std::vector<int> bits_of_stems(sp_index *index, const spi_question *question, const spi_known_card &known, met *ret)
{
	std::vector<int> bits(known.stems.size());
	for (size_t i = 0; i < bits.size(); i++) {
		const spi_stems::forms forms = index->stems.forms_of(known.stems[i]);
		int bit = spi_question_bit(question, forms.hash);
		if (bit < 0 && forms.alt_hash)
			bit = spi_question_bit(question, forms.alt_hash);
		bits[i] = bit;
		if (bit >= 0)
			ret->wdfs[bit] = std::max<unsigned>(ret->wdfs[bit], known.card.stem_wdfs[i]);
	}
	return bits;
}

static void meet_in(sp_place place, const unsigned char *numbers, size_t count, const std::vector<int> &bits, met *ret)
{
	for (size_t i = 0; i < count; i++) {
		unsigned number = spi_u16_at(numbers, i);
		if (number < bits.size() && bits[number] >= 0)
			ret->places[bits[number]] |= 1U << place;
	}
}

static void meet_in_body(const spi_question *question, const spi_card &card, met *ret)
{
	for (size_t i = 0; i < card.others_count; i++) {
		int bit = spi_question_bit(question, spi_u32_at(card.others, i));
		if (bit < 0 || ret->places[bit] & ~(1U << SP_PLACE_BODY))
			continue;
		ret->places[bit] |= 1U << SP_PLACE_BODY;
		ret->wdfs[bit] = std::max<unsigned>(ret->wdfs[bit], card.other_wdfs[i]);
	}
}

static met meet(sp_index *index, const spi_question *question, const spi_known_card &known, sp_error *err)
{
	met ret;
	const spi_card &card = known.card;
	std::vector<int> bits = bits_of_stems(index, question, known, &ret);
	spi_bytes phrases = card.phrases;
	spi_phrase phrase;
	for (size_t i = 0; i < card.phrases_count; i++) {
		if (!spi_card_phrase(&phrases, &phrase))
			spi_throw_damaged(index, err);
		meet_in(i == 0 ? SP_PLACE_TITLE : SP_PLACE_QUESTIONS, phrase.stems, phrase.stems_count, bits, &ret);
	}
	meet_in(SP_PLACE_KEYWORDS, card.keywords, card.keywords_count, bits, &ret);
	meet_in_body(question, card, &ret);
	return ret;
}

/* As BM25 saturates it. */
static double worth(unsigned wdf)
{
	return wdf / (wdf + SPI_BM25_K1);
}

/* A way to say a word: all of its bits must be there, and the weakest counts. */
static void consider(const met &there, uint64_t bits, float share, sp_form form, double *best, sp_word_match *ret)
{
	unsigned least = ~0U, places = 0;
	for (uint64_t rest = bits; rest; rest &= rest - 1) {
		least = std::min(least, there.wdfs[__builtin_ctzll(rest)]);
		places |= there.places[__builtin_ctzll(rest)];
	}
	double value = least == ~0U ? 0 : static_cast<double>(share) * worth(least);
	if (value <= *best)
		return;
	*best = value;
	ret->form = form;
	ret->places = places;
}

static bool has_code(sp_index *index, const std::string &code, Xapian::docid docid)
{
	if (code.empty())
		return false;
	Xapian::PostingIterator it = index->db.postlist_begin(code);
	if (it != index->db.postlist_end(code))
		it.skip_to(docid);
	return it != index->db.postlist_end(code) && *it == docid;
}

static void tell_article(
	sp_index *index, const spi_asked &asked, Xapian::docid docid, sp_arena *arena, sp_word_matches *ret, sp_error *err)
{
	const spi_known_card &known = index->card_of(docid, err);
	met there = meet(index, asked.question, known, err);
	ret->items = static_cast<sp_word_match *>(spi_must(sp_arena_calloc(arena, asked.words.size() + 1, sizeof *ret->items)));
	for (size_t i = 0; i < asked.words.size(); i++) {
		const spi_word &word = asked.question->words[i];
		sp_word_match match = {i, SP_FORM_TYPED, 0, 0};
		double best = 0;
		consider(there, uint64_t(1) << word.bit, 1.0F, SP_FORM_TYPED, &best, &match);
		for (size_t s = 0; s < word.soft_count; s++) {
			sp_form form = is_synonym(word.soft[s]) ? SP_FORM_SYNONYM : SP_FORM_CORRECTED;
			consider(there, word.soft[s].bits, word.soft[s].weight, form, &best, &match);
		}
		match.weight = best * static_cast<double>(word.rarity);
		if (has_code(index, asked.words[i].code, docid))
			match.places |= 1U << SP_PLACE_CODES;
		if (match.places)
			ret->items[ret->count++] = match;
	}
}

/* By name, as the numbers of documents may be others by now. */
static Xapian::docid find(sp_index *index, const sp_candidate &candidate, sp_arena *arena)
{
	std::string key = spi_must(spi_document_key(candidate.id, candidate.lang, arena));
	Xapian::PostingIterator it = index->db.postlist_begin(key);
	return it == index->db.postlist_end(key) ? 0 : *it;
}

extern "C" sp_status sp_index_explain(sp_index *index, sp_analyser *analyser, const sp_ask *ask, const sp_candidate *candidates,
	size_t count, sp_arena *arena, sp_told_words *ret, sp_error *err)
{
	return spi_reading(index, err, [&]() -> sp_status {
		spi_asked asked;
		sp_told_words told = {};
		spi_ask_question(
			index, analyser, {ask->text ? ask->text : "", ask->text ? ask->len : 0, ask->lang, ask->day}, arena, &asked, err);
		told.count = asked.words.size();
		told.words = static_cast<sp_known_word *>(spi_must(sp_arena_calloc(arena, told.count + 1, sizeof *told.words)));
		for (size_t i = 0; i < told.count; i++)
			tell_word(index, asked, i, ask->lang, arena, &told.words[i]);
		told.articles = static_cast<sp_word_matches *>(spi_must(sp_arena_calloc(arena, count + 1, sizeof *told.articles)));
		for (size_t i = 0; i < count; i++)
			if (Xapian::docid docid = find(index, candidates[i], arena))
				tell_article(index, asked, docid, arena, &told.articles[i], err);
		*ret = told;
		return SP_OK;
	});
}
