#include "index/wording_learn.h"

#include "base/crew.h"

#include <stdlib.h>
#include <string.h>

/* From so many phrasings a document on, titles among them, there is something to learn. */
#define LEARNED_PHRASINGS 5
/* With fewer documents the rest, which each is held against, is no picture of what else people ask. */
#define LEARNED_DOCUMENTS 50
/* So many documents are learned anew in no time. */
#define ALL_AGAIN_DOCUMENTS 64
/* Of so many documents, one may have changed before all is learned again. */
#define CHANGED_SHARE 8
#define SORTED_BY_INSERTION 100
/* Learned side by side, then written in their order. */
#define BLOCK 256

spi_wording_learner *spi_wording_learner_new(void)
{
	return calloc(1, sizeof(spi_wording_learner));
}

void spi_wording_learner_free(spi_wording_learner *learner)
{
	if (!learner)
		return;
	for (int i = 0; i < SP_LANG_COUNT; i++) {
		spi_wording_lang *lang = &learner->langs[i];
		free(lang->phrasings);
		free(lang->idf);
		free(lang->idf_squares);
		free(lang->starts);
		free(lang->holders);
		free(lang->weights);
	}
	free(learner->phrasings.features);
	free(learner->phrasings.starts);
	free(learner->phrasings.classes);
	free(learner->phrasings.shares);
	free(learner->classes);
	free(learner);
}

/* ---- what is learned from ---- */

/* Room for one more; *items is as it was where memory is out. */
static bool grow(void **items, size_t size, size_t room)
{
	void *more = realloc(*items, room * size);
	if (more)
		*items = more;
	return more != NULL;
}

static bool room_for_features(spi_wording_phrasings *p, size_t count)
{
	if (p->features_count + count <= p->features_room)
		return true;
	size_t room = 2 * (p->features_count + count) + 4096;
	void *features = p->features;
	bool ok = grow(&features, sizeof *p->features, room);
	p->features = features;
	if (ok)
		p->features_room = room;
	return ok;
}

static bool room_for_phrasing(spi_wording_phrasings *p)
{
	if (p->count < p->room)
		return true;
	size_t room = 2 * p->room + 1024;
	void *starts = p->starts, *classes = p->classes, *shares = p->shares;
	bool ok = grow(&starts, sizeof *p->starts, room + 1);
	p->starts = starts;
	ok = ok && grow(&classes, sizeof *p->classes, room);
	p->classes = classes;
	ok = ok && grow(&shares, sizeof *p->shares, room);
	p->shares = shares;
	if (ok)
		p->room = room;
	return ok;
}

static bool room_for_class(spi_wording_learner *l)
{
	if (l->count < l->room)
		return true;
	size_t room = 2 * l->room + 256;
	void *classes = l->classes;
	bool ok = grow(&classes, sizeof *l->classes, room);
	l->classes = classes;
	if (ok)
		l->room = room;
	return ok;
}

static int by_feature(const void *a, const void *b)
{
	return (int)*(const uint16_t *)a - (int)*(const uint16_t *)b;
}

/* Most phrasings are short, and there are many of them. */
static void sort_features(uint16_t *features, size_t count)
{
	if (count > SORTED_BY_INSERTION) {
		qsort(features, count, sizeof *features, by_feature);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		uint16_t feature = features[i];
		size_t at = i;
		for (; at > 0 && features[at - 1] > feature; at--)
			features[at] = features[at - 1];
		features[at] = feature;
	}
}

/* Each stem once, with the letters of the word that it first is: as those of a question are taken. */
static bool add_phrasing(spi_wording_phrasings *p, const sp_tokens *tokens, uint32_t *stems, uint32_t class)
{
	uint32_t grams[SPI_GRAMS_MAX];
	size_t from = p->features_count, to = from, stems_count = 0;
	if (!room_for_phrasing(p) || !room_for_features(p, tokens->count * (1 + SPI_GRAMS_MAX)))
		return false;
	for (size_t i = 0; i < tokens->count; i++) {
		const sp_token *token = &tokens->items[i];
		uint32_t hash = spi_term_hash(token->term, token->term_len);
		size_t seen = 0;
		while (seen < stems_count && stems[seen] != hash)
			seen++;
		if (!spi_token_counts(token) || seen < stems_count)
			continue;
		stems[stems_count++] = hash;
		p->features[to++] = spi_wording_feature_of_stem(hash);
		for (size_t count = spi_grams(token->plain, token->plain_len, grams); count > 0; count--)
			p->features[to++] = spi_wording_feature_of_gram(grams[count - 1]);
	}
	sort_features(p->features + from, to - from);
	p->features_count = to;
	p->starts[p->count] = from;
	p->classes[p->count++] = class;
	p->starts[p->count] = p->features_count;
	return true;
}

bool spi_wording_learner_add(
	spi_wording_learner *learner, uint32_t docid, const spi_card *card, bool changed, sp_analyser *analyser, sp_arena *scratch)
{
	spi_bytes phrases = card->phrases;
	spi_phrase phrase;
	sp_tokens tokens;
	bool ok = card->lang < SP_LANG_COUNT && room_for_class(learner);
	size_t first = learner->phrasings.count;
	for (size_t i = 0; ok && i < card->phrases_count && spi_card_phrase(&phrases, &phrase); i++) {
		sp_arena_reset(scratch);
		ok = sp_analyse(analyser, phrase.text, phrase.text_len, card->lang, scratch, &tokens) == SP_OK;
		uint32_t *stems = ok ? sp_arena_alloc(scratch, (tokens.count + 1) * sizeof *stems) : NULL;
		ok = stems && add_phrasing(&learner->phrasings, &tokens, stems, (uint32_t)learner->count);
	}
	if (ok)
		learner->classes[learner->count++] = (spi_wording_class){docid, (uint32_t)first,
			(uint32_t)(learner->phrasings.count - first), card->lang, changed};
	return ok;
}

/* ---- learning, and writing ---- */

typedef struct writing {
	spi_wording_learner *l;
	sp_vectors *before;      /* NULL = all is learned */
	const size_t *rows;      /* class of each row */
	size_t count;            /* rows, those of idf aside */
	float *block;
	size_t from, to;         /* rows that it holds */
	spi_wording_trainer *trainers[SPI_CREW_MAX];
	bool failed;
} writing;

static void list_phrasings(spi_wording_learner *l)
{
	const spi_wording_phrasings *p = &l->phrasings;
	for (size_t i = 0; i < p->count; i++) {
		spi_wording_lang *lang = &l->langs[l->classes[p->classes[i]].lang];
		if (lang->is_learned)
			lang->phrasings[lang->phrasings_count++] = (uint32_t)i;
	}
}

/* Which languages there is enough of. Documents that are learned; 0, and *ret_ok false: no memory. */
static size_t choose(spi_wording_learner *l, bool *ret_ok)
{
	size_t phrasings[SP_LANG_COUNT] = {0}, documents = 0;
	*ret_ok = true;
	for (size_t i = 0; i < l->count; i++) {
		l->langs[l->classes[i].lang].documents++;
		phrasings[l->classes[i].lang] += l->classes[i].count;
	}
	for (int i = 0; i < SP_LANG_COUNT; i++) {
		spi_wording_lang *lang = &l->langs[i];
		lang->is_learned = lang->documents >= LEARNED_DOCUMENTS && phrasings[i] >= LEARNED_PHRASINGS * lang->documents;
		if (!lang->is_learned)
			continue;
		documents += lang->documents;
		lang->phrasings = malloc((phrasings[i] + 1) * sizeof *lang->phrasings);
		*ret_ok = *ret_ok && lang->phrasings;
	}
	if (*ret_ok)
		list_phrasings(l);
	return *ret_ok ? documents : 0;
}

static bool has_idf(const sp_vectors *before, sp_lang lang)
{
	const sp_vector_row *labels = sp_vectors_labels(before);
	for (size_t i = sp_vectors_count(before); i > 0 && spi_wording_is_idf(labels[i - 1].owner); i--)
		if (labels[i - 1].owner == spi_wording_idf_owner(lang))
			return true;
	return false;
}

/* The row before of a document that did not change; false: it is to be learned. */
static bool find_before(const sp_vectors *before, const spi_wording_class *class, size_t *ret)
{
	return before && !class->changed && spi_wording_find(before, class->docid, ret);
}

static size_t count_changed(const spi_wording_learner *l, const sp_vectors *before)
{
	size_t count = 0, row;
	for (size_t i = 0; i < l->count; i++)
		count += l->langs[l->classes[i].lang].is_learned && !find_before(before, &l->classes[i], &row);
	return count;
}

/* Whether little enough changed since all was learned, and the same languages are. */
static bool builds_on(const spi_wording_learner *l, const sp_vectors *before, size_t documents, size_t changes)
{
	if (documents < ALL_AGAIN_DOCUMENTS || changes * CHANGED_SHARE > documents || sp_vectors_dimensions(before) != SPI_WORDING_DIMENSIONS + 1)
		return false;
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		if (has_idf(before, (sp_lang)lang) != l->langs[lang].is_learned)
			return false;
	return true;
}

static bool work(void *arg, size_t worker, size_t item)
{
	writing *w = arg;
	size_t class = w->rows[w->from + item];
	float *ret = w->block + item * (SPI_WORDING_DIMENSIONS + 1);
	size_t row;
	if (find_before(w->before, &w->l->classes[class], &row)) {
		sp_vectors_get_row(w->before, row, ret);
		return true;
	}
	if (!w->trainers[worker])
		w->trainers[worker] = spi_wording_trainer_new(w->l);
	return w->trainers[worker] && spi_wording_train(w->trainers[worker], class, ret);
}

static void get_row(const void *arg, size_t row, float *ret)
{
	writing *w = (writing *)(uintptr_t)arg;
	size_t numbers = SPI_WORDING_DIMENSIONS + 1;
	memset(ret, 0, numbers * sizeof *ret);
	if (row >= w->count) {
		size_t nth = row - w->count;
		for (int lang = 0; lang < SP_LANG_COUNT; lang++)
			if (w->l->langs[lang].is_learned && nth-- == 0)
				memcpy(ret, w->l->langs[lang].idf, SPI_WORDING_DIMENSIONS * sizeof *ret);
		return;
	}
	if (row >= w->to) {
		w->from = row;
		w->to = row + BLOCK < w->count ? row + BLOCK : w->count;
		w->failed |= !spi_crew_run(spi_crew_size(w->to - w->from), w->to - w->from, work, w);
	}
	if (!w->failed)
		memcpy(ret, w->block + (row - w->from) * numbers, numbers * sizeof *ret);
}

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

static sp_status write_rows(writing *w, size_t *rows, sp_vector_row *labels, const char *path, sp_error *err)
{
	for (size_t i = 0; i < w->l->count; i++)
		if (w->l->langs[w->l->classes[i].lang].is_learned) {
			rows[w->count] = i;
			labels[w->count++] = (sp_vector_row){w->l->classes[i].docid, w->l->classes[i].lang};
		}
	size_t count = w->count;
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		if (w->l->langs[lang].is_learned)
			labels[count++] = (sp_vector_row){spi_wording_idf_owner((sp_lang)lang), 0};
	w->rows = rows;
	sp_status status = sp_vectors_write_from(path, get_row, w, labels, count, SPI_WORDING_DIMENSIONS + 1, err);
	return w->failed ? no_memory(err) : status;
}

static sp_status learn(spi_wording_learner *l, sp_vectors *before, size_t documents, const char *path, sp_error *err)
{
	writing w = {.l = l, .before = before, .block = malloc(BLOCK * (SPI_WORDING_DIMENSIONS + 1) * sizeof *w.block)};
	size_t *rows = malloc((documents + 1) * sizeof *rows);
	sp_vector_row *labels = malloc((documents + SP_LANG_COUNT) * sizeof *labels);
	bool ok = w.block && rows && labels && spi_wording_prepare(l);
	sp_status status = ok ? write_rows(&w, rows, labels, path, err) : no_memory(err);
	for (size_t i = 0; i < SPI_CREW_MAX; i++)
		spi_wording_trainer_free(w.trainers[i]);
	free(w.block);
	free(rows);
	free(labels);
	return status;
}

sp_status spi_wording_learn(spi_wording_learner *learner, const char *before, size_t changes, const char *path, size_t *ret_changes, sp_error *err)
{
	bool ok;
	sp_vectors *rows = NULL;
	size_t documents = choose(learner, &ok);
	if (!ok)
		return no_memory(err);
	if (!documents)
		return SP_ERR_NOT_FOUND;
	bool is_there = before && sp_vectors_open(before, &rows, NULL) == SP_OK;
	if (is_there)
		changes += count_changed(learner, rows);
	if (is_there && !builds_on(learner, rows, documents, changes)) {
		sp_vectors_close(rows);
		rows = NULL;
	}
	*ret_changes = rows ? changes : 0;
	sp_status status = learn(learner, rows, documents, path, err);
	sp_vectors_close(rows);
	return status;
}
