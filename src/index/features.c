#include "index/features.h"

#include "index/odds.h"
#include "index/schema.h"
#include "index/termset.h"

#include <math.h>

/* Two words that share fewer of their 4-grams than this have only an ending in common. */
#define GRAM_SIMILARITY_MIN 0.3f

void spi_question_init(spi_question *question)
{
	memset(question, 0, sizeof *question);
}

/* ---- the question ---- */

static void add_to_table(spi_question *question, uint32_t hash, int bit)
{
	if (!hash || spi_question_bit(question, hash) >= 0)
		return;
	size_t at = hash % SPI_FORMS_TABLE;
	while (question->forms[at].hash)
		at = (at + 1) % SPI_FORMS_TABLE;
	question->forms[at].hash = hash;
	question->forms[at].bit = bit;
	question->used_forms[question->used_forms_count++] = (uint16_t)at;
}

static void add_grams(spi_question *question, size_t word, const char *plain, size_t len)
{
	uint32_t grams[SPI_GRAMS_MAX];
	size_t count = spi_grams(plain, len, grams);
	for (size_t i = 0; i < count; i++) {
		size_t at = grams[i] % SPI_GRAMS_TABLE;
		while (question->grams[at].gram && question->grams[at].gram != grams[i])
			at = (at + 1) % SPI_GRAMS_TABLE;
		if (!question->grams[at].gram && ++question->grams_count > SPI_GRAMS_TABLE / 2)
			break;
		question->grams[at].gram = grams[i];
		question->grams[at].words |= (uint64_t)1 << word;
		question->word_grams[word].items[question->word_grams[word].count++] = grams[i];
	}
	question->gram_counts[word] = (unsigned char)count;
}

static int next_bit(spi_question *question, int word, uint32_t hash, uint32_t alt_hash, float share)
{
	if (question->bits_count == SPI_BITS)
		return -1;
	int bit = question->bits_count++;
	question->bit_share[bit] = share;
	question->bit_word[bit] = word;
	add_to_table(question, hash, bit);
	add_to_table(question, alt_hash, bit);
	return bit;
}

int spi_question_add_word(
	spi_question *question, uint32_t hash, uint32_t alt_hash, const char *plain, size_t plain_len, bool is_function)
{
	int word = (int)question->words_count;
	int bit = next_bit(question, word, hash, alt_hash, 1.0f);
	if (bit < 0)
		return -1;
	question->words[word] = (spi_word){.bit = bit, .hash = hash, .is_function = is_function};
	question->words_count++;
	add_grams(question, (size_t)word, plain, plain_len);
	return word;
}

int spi_question_add_form(spi_question *question, int word, uint32_t hash, uint32_t alt_hash, float share)
{
	int bit = spi_question_bit(question, hash);
	return bit >= 0 ? bit : next_bit(question, word, hash, alt_hash, share);
}

void spi_question_add_soft(spi_question *question, int word, uint64_t bits, float weight)
{
	spi_word *to = &question->words[word];
	if (to->soft_count < SPI_SOFT_MAX)
		to->soft[to->soft_count++] = (spi_soft){bits, weight};
}

/* Which words each bit may say something for: its own, and those that it is a part of another way to say. */
static void note_words_of_bits(spi_question *question)
{
	for (size_t i = 0; i < question->words_count; i++) {
		const spi_word *word = &question->words[i];
		uint64_t bits = (uint64_t)1 << word->bit;
		for (size_t s = 0; s < word->soft_count; s++)
			bits |= word->soft[s].bits;
		for (; bits; bits &= bits - 1)
			question->bit_words[__builtin_ctzll(bits)] |= (uint64_t)1 << i;
	}
}

void spi_question_finish(spi_question *question)
{
	note_words_of_bits(question);
	float rarities = 0, sum = 0, squares = 0;
	for (size_t i = 0; i < question->words_count; i++) {
		rarities += question->words[i].rarity;
		question->words[i].share = expf(-question->words[i].rarity);
		sum += question->words[i].weight;
		squares += question->words[i].weight * question->words[i].weight;
	}
	question->rarity_sum = rarities;
	question->weight_sum = sum;
	question->norm = sqrtf(squares);
}

/* ---- one article ---- */

/* The words, by number, that these bits may say something for; all others add nothing. */
static uint64_t words_of(const spi_question *question, uint64_t bits)
{
	uint64_t words = 0;
	for (; bits; bits &= bits - 1)
		words |= question->bit_words[__builtin_ctzll(bits)];
	return words;
}

/* Share of the question's weight that is among these bits. */
static float cover(const spi_question *question, uint64_t bits)
{
	float sum = 0;
	if (!bits || question->weight_sum <= 0)
		return 0;
	for (uint64_t words = words_of(question, bits); words; words &= words - 1) {
		const spi_word *word = &question->words[__builtin_ctzll(words)];
		float best = bits >> word->bit & 1 ? 1.0f : 0.0f;
		for (size_t s = 0; best < 1.0f && s < word->soft_count; s++)
			if ((word->soft[s].bits & bits) == word->soft[s].bits && word->soft[s].weight > best)
				best = word->soft[s].weight;
		sum += word->weight * best;
	}
	return sum / question->weight_sum;
}

static float saturate(unsigned wdf)
{
	return (float)wdf / ((float)wdf + (float)SPI_BM25_K1);
}

static void note_likeness(int word, float likeness, spi_stem_fit *fit)
{
	if (likeness <= fit->likeness)
		return;
	fit->word = word;
	fit->likeness = likeness;
}

void spi_fit_form(const spi_question *question, int bit, spi_stem_fit *fit)
{
	note_likeness(question->bit_word[bit], question->bit_share[bit], fit);
	fit->bit = bit;
	fit->dot = question->bit_share[bit] * fit->weight * question->words[question->bit_word[bit]].weight;
}

void spi_fit_grams(const spi_question *question, size_t word, size_t shared, size_t grams_count, spi_stem_fit *fit)
{
	float similarity = (float)shared / sqrtf((float)grams_count * question->gram_counts[word]);
	if (similarity < GRAM_SIMILARITY_MIN)
		return;
	fit->grams_dot += similarity * question->words[word].weight * fit->weight;
	note_likeness((int)word, similarity, fit);
}

static void fit_grams(const spi_question *question, const unsigned char *grams, size_t count, spi_stem_fit *fit)
{
	unsigned char shared[SPI_BITS] = {0};
	uint64_t touched = 0;
	for (size_t i = 0; i < count; i++) {
		uint32_t gram = spi_u32_at(grams, i);
		size_t at = gram % SPI_GRAMS_TABLE;
		while (question->grams[at].gram && question->grams[at].gram != gram)
			at = (at + 1) % SPI_GRAMS_TABLE;
		touched |= question->grams[at].words;
		for (uint64_t words = question->grams[at].words; words; words &= words - 1)
			shared[__builtin_ctzll(words)]++;
	}
	for (; touched; touched &= touched - 1) {
		size_t word = (size_t)__builtin_ctzll(touched);
		spi_fit_grams(question, word, shared[word], count, fit);
	}
}

spi_stem_fit spi_fit_stem(const spi_question *question, const spi_stem *stem, float weight)
{
	int bit = spi_question_bit(question, stem->hash);
	if (bit < 0 && stem->alt_hash)
		bit = spi_question_bit(question, stem->alt_hash);
	spi_stem_fit fit = spi_no_fit(weight);
	if (bit >= 0)
		spi_fit_form(question, bit, &fit);
	fit_grams(question, stem->grams, stem->grams_count, &fit);
	return fit;
}

/* The bit of each of the card's stems, -1 = none. */
static signed char *bits_of_stems(const spi_card *card, const spi_met_stem *met, size_t met_count, sp_arena *arena)
{
	signed char *bits = sp_arena_alloc(arena, card->stems_count + 1);
	if (!bits)
		return NULL;
	memset(bits, -1, card->stems_count + 1);
	for (size_t i = 0; i < met_count; i++)
		bits[met[i].number] = (signed char)met[i].fit.bit;
	return bits;
}

static uint64_t bits_of(const signed char *stem_bits, size_t stems_count, const unsigned char *numbers, size_t count)
{
	uint64_t bits = 0;
	for (size_t i = 0; i < count; i++) {
		unsigned number = spi_u16_at(numbers, i);
		if (number < stems_count && stem_bits[number] >= 0)
			bits |= (uint64_t)1 << stem_bits[number];
	}
	return bits;
}

static float bigram_cover(const spi_question *question, const spi_phrase *phrase)
{
	size_t found = 0;
	for (size_t i = 0; i < question->bigrams_count; i++)
		for (size_t j = 0; j < phrase->bigrams_count; j++)
			if (spi_u32_at(phrase->bigrams, j) == question->bigrams[i]) {
				found++;
				break;
			}
	return question->bigrams_count ? (float)found / (float)question->bigrams_count : 0.0f;
}

/* What the question has of one phrasing, added up over its stems. */
typedef struct phrase_sums {
	float known, dot, grams;
	bool met; /* one of its stems is something to the question */
	uint64_t bits;
} phrase_sums;

static phrase_sums *sum_phrases(const spi_question *question, const spi_met_stem *met, size_t met_count, const spi_phrases *phrases,
	sp_arena *arena)
{
	phrase_sums *sums = sp_arena_calloc(arena, phrases->count + 1, sizeof *sums);
	for (size_t i = 0; sums && i < met_count; i++) {
		const spi_stem_fit *stem = &met[i].fit;
		const uint32_t *from = phrases->from + met[i].number;
		for (uint32_t k = from[0]; k < from[1]; k++) {
			phrase_sums *sum = &sums[phrases->of[k]];
			sum->met = true;
			sum->dot += stem->dot;
			sum->grams += stem->grams_dot;
			if (stem->bit < 0)
				continue;
			sum->bits |= (uint64_t)1 << stem->bit;
			sum->known += stem->weight * question->bit_share[stem->bit];
		}
	}
	return sums;
}

typedef struct phrase_fit {
	float cover, reverse, cosine, gram_cosine;
} phrase_fit;

/* known: that the bits cover. */
static phrase_fit fit_phrase(const spi_question *question, const spi_phrase_key *phrase, const phrase_sums *sums, float known)
{
	phrase_fit fit = {.cover = known};
	if (phrase->sum <= 0 || question->norm <= 0)
		return fit;
	float norms = phrase->norm * question->norm;
	fit.reverse = sums->known / phrase->sum;
	fit.cosine = fminf(sums->dot / norms, 1.0f);
	fit.gram_cosine = fminf(sums->grams / norms, 1.0f);
	return fit;
}

/* Weight of a stem that is only in headings and body; 0 when it is nowhere. */
static unsigned wdf_in_body(const spi_card *card, uint32_t hash)
{
	size_t from = 0, to = card->others_count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		uint32_t at = spi_u32_at(card->others, middle);
		if (at == hash)
			return card->other_wdfs[middle];
		if (at < hash)
			from = middle + 1;
		else
			to = middle;
	}
	return 0;
}

static uint64_t bits_in_body(const spi_question *question, const spi_card *card, uint64_t found, unsigned char *wdfs)
{
	uint64_t bits = 0;
	for (size_t i = 0; i < question->used_forms_count; i++) {
		size_t at = question->used_forms[i];
		int bit = question->forms[at].bit;
		unsigned wdf = found >> bit & 1 ? 0 : wdf_in_body(card, question->forms[at].hash);
		if (!wdf)
			continue;
		bits |= (uint64_t)1 << bit;
		if (wdf > wdfs[bit])
			wdfs[bit] = (unsigned char)wdf;
	}
	return bits;
}

/* Weighted BM25 without length normalisation, 0 to 1. A word counts by its best form; of a synonym of several words by
   the weakest of them. */
static float bm25(const spi_question *question, const unsigned char *wdfs)
{
	float sum = 0;
	uint64_t there = 0;
	for (int bit = 0; bit < question->bits_count; bit++)
		there |= (uint64_t)(wdfs[bit] > 0) << bit;
	for (uint64_t words = words_of(question, there); words; words &= words - 1) {
		const spi_word *word = &question->words[__builtin_ctzll(words)];
		float best = saturate(wdfs[word->bit]);
		for (size_t s = 0; s < word->soft_count; s++) {
			unsigned least = 255;
			for (uint64_t bits = word->soft[s].bits; bits; bits &= bits - 1)
				least = wdfs[__builtin_ctzll(bits)] < least ? wdfs[__builtin_ctzll(bits)] : least;
			best = fmaxf(best, word->soft[s].weight * saturate(least));
		}
		sum += word->rarity * best;
	}
	return question->rarity_sum > 0 ? sum / question->rarity_sum : 0;
}

/* The phrasing that the question is, where that does not count; the first is the title. */
static bool is_left_out(const spi_question *question, uint64_t normal_hash, size_t number)
{
	return question->leaves_out && number > 0 && question->normal_hash && normal_hash == question->normal_hash;
}

/* What its phrasings gave to the words of the article that are in the one that is left out: taken from them again. Sets bits of those
   that the article has all the same. */
static void leave_out(const spi_question *question, const spi_card *card, const signed char *stem_bits, unsigned char *wdfs, uint64_t *ret_bits)
{
	spi_bytes phrases = card->phrases;
	spi_phrase phrase;
	uint64_t taken = 0;
	for (size_t i = 0; i < card->phrases_count && spi_card_phrase(&phrases, &phrase); i++) {
		if (!is_left_out(question, phrase.normal_hash, i))
			continue;
		for (size_t k = 0; k < phrase.stems_count; k++) {
			unsigned number = spi_u16_at(phrase.stems, k);
			int bit = number < card->stems_count ? stem_bits[number] : -1;
			if (bit < 0)
				continue;
			wdfs[bit] = wdfs[bit] > SPI_WEIGHT_QUESTION ? (unsigned char)(wdfs[bit] - SPI_WEIGHT_QUESTION) : 0;
			taken |= (uint64_t)1 << bit;
		}
	}
	for (; taken; taken &= taken - 1) {
		int bit = __builtin_ctzll(taken);
		*ret_bits |= wdfs[bit] ? (uint64_t)1 << bit : 0;
	}
}

/* The nearest phrasing decides the features that are about one; the rest are the best of all. */
static void fit_phrases(const spi_question *question, const spi_phrases *phrases, const phrase_sums *sums, spi_fit *ret, uint64_t *ret_bits)
{
	float best = -1.0f, covered = 0;
	uint64_t covered_by = 0; /* phrasings that follow one another often have the same words of the question */
	size_t nearest = 0;
	for (size_t i = 0; i < phrases->count; i++) {
		const spi_phrase_key *key = &phrases->keys[i];
		bool exact = question->normal_hash && key->normal_hash == question->normal_hash;
		if ((!sums[i].met && !exact && best >= 0) || is_left_out(question, key->normal_hash, i))
			continue;
		if (sums[i].bits != covered_by)
			covered = cover(question, covered_by = sums[i].bits);
		phrase_fit fit = fit_phrase(question, key, &sums[i], covered);
		*ret_bits |= sums[i].bits;
		if (sums[i].bits)
			ret->fields |= i == 0 ? SPI_IN_TITLE : SPI_IN_QUESTIONS;
		if (fit.cover > ret->features[SP_FEATURE_TITLE_COVER])
			ret->features[SP_FEATURE_TITLE_COVER] = fit.cover;
		if (fit.gram_cosine > ret->features[SP_FEATURE_GRAM_COSINE])
			ret->features[SP_FEATURE_GRAM_COSINE] = fit.gram_cosine;
		float near = exact ? 3.0f : fit.cosine + 0.5f * fit.gram_cosine;
		if (exact)
			ret->features[SP_FEATURE_EXACT] = 1.0f;
		if (near > best) {
			best = near;
			nearest = i;
			ret->features[SP_FEATURE_REVERSE_COVER] = fit.reverse;
			ret->features[SP_FEATURE_PHRASE_COSINE] = fit.cosine;
		}
	}
	if (best < 0)
		return;
	ret->best = phrases->items[nearest];
	ret->features[SP_FEATURE_BIGRAM_COVER] = bigram_cover(question, &ret->best);
}

static bool add_odds(const spi_question *question, const spi_met_stem *met, size_t met_count, const spi_phrases *phrases,
	const phrase_sums *sums, sp_arena *arena, spi_fit *ret)
{
	uint64_t *bits = sp_arena_alloc(arena, (phrases->count + 1) * sizeof *bits);
	size_t left_out = phrases->count;
	if (!bits)
		return false;
	for (size_t i = phrases->count; i > 0; i--) {
		bits[i - 1] = sums[i - 1].bits;
		if (is_left_out(question, phrases->keys[i - 1].normal_hash, i - 1))
			left_out = i - 1;
	}
	spi_odds odds = spi_weigh_odds(question, met, met_count, phrases, left_out, bits);
	ret->features[SP_FEATURE_WORD_ODDS] = odds.words;
	ret->features[SP_FEATURE_PAIR_ODDS] = odds.pairs;
	return true;
}

bool spi_fit_card(const spi_question *question, const spi_card *card, const spi_met_stem *met, size_t met_count, const spi_phrases *phrases,
	sp_arena *arena, spi_fit *ret)
{
	unsigned char wdfs[SPI_BITS] = {0};
	uint64_t bits = 0;
	phrase_sums *sums = sum_phrases(question, met, met_count, phrases, arena);
	signed char *stem_bits = bits_of_stems(card, met, met_count, arena);
	*ret = (spi_fit){.no_memory = !sums || !stem_bits};
	if (!sums || !stem_bits)
		return false;
	fit_phrases(question, phrases, sums, ret, &bits);
	ret->no_memory = !add_odds(question, met, met_count, phrases, sums, arena, ret);
	if (ret->no_memory)
		return false;
	uint64_t tags = bits_of(stem_bits, card->stems_count, card->keywords, card->keywords_count);
	for (size_t i = 0; i < met_count; i++) {
		int bit = met[i].fit.bit;
		if (bit >= 0 && card->stem_wdfs[met[i].number] > wdfs[bit])
			wdfs[bit] = card->stem_wdfs[met[i].number];
	}
	if (question->leaves_out)
		leave_out(question, card, stem_bits, wdfs, &bits);
	uint64_t body = bits_in_body(question, card, bits | tags, wdfs);
	ret->features[SP_FEATURE_BM25] = bm25(question, wdfs);
	ret->features[SP_FEATURE_TAG_COVER] = cover(question, tags);
	ret->features[SP_FEATURE_ANY_COVER] = cover(question, bits | tags | body);
	ret->bits = bits | tags | body;
	ret->fields |= (tags ? SPI_IN_KEYWORDS : 0) | (body ? SPI_IN_BODY : 0);
	return ret->best.text != NULL;
}
