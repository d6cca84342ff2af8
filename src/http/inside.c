/* Text for the person must not hold what is written for us. Each sentence of it is looked for in the indexes of those who read more than
   the person does; where a run of its words stands there and nowhere in what the person may read of these articles, it is refused.

   Words are compared in their normal form, in runs of RUN (a shorter sentence as a whole, from SHORTEST on): half a sentence that was copied
   is noticed, and a turn of phrase that public articles have too is none of ours alone. */
#include "http/tasks.h"

#include "base/hash.h"
#include "http/caller.h"
#include "sportello/text.h"

#include <string.h>

#define RUN 7
#define SHORTEST 4
#define LONGEST 30 /* words that are looked for at once */
#define HITS 8
#define SENTENCES_MAX 120
#define WORDS_MAX 4000 /* of an article that are compared */


/* ---- words ---- */

typedef struct words { uint64_t *items; size_t count; } words;

/* Hashes of a text's words. False: memory is out. */
static bool cut_words(const char *text, size_t len, sp_arena *arena, words *ret)
{
	size_t form_len = 0;
	const char *form = sp_text_normal_form(text, len, arena, &form_len);
	size_t most = form_len / 2 + 1 < WORDS_MAX ? form_len / 2 + 1 : WORDS_MAX;
	ret->count = 0;
	ret->items = form ? sp_arena_calloc(arena, most, sizeof *ret->items) : NULL;
	for (size_t i = 0; ret->items && i < form_len && ret->count < most;) {
		size_t end = i + strcspn(form + i, " ");
		if (end > i)
			ret->items[ret->count++] = spi_hash64(form + i, end - i);
		i = end + 1;
	}
	return ret->items != NULL;
}

static bool holds(const words *in, const uint64_t *run, size_t count)
{
	for (size_t i = 0; i + count <= in->count; i++)
		if (in->items[i] == run[0] && memcmp(in->items + i, run, count * sizeof *run) == 0)
			return true;
	return false;
}

/* ---- sentences ---- */

typedef struct sentence {
	const char *text; size_t len;
	size_t from, count; /* of its words among all */
} sentence;

typedef struct search {
	spi_request *request;
	const sp_ticket *ticket;
	sp_index *inner, *outer; /* of who reads more, and of the person */
	sentence sentences[SENTENCES_MAX]; size_t count;
	words all;
	const sentence *found;
} search;

static bool add_sentence(search *s, const char *text, size_t len)
{
	words cut;
	if (s->count == SENTENCES_MAX || len == 0)
		return true;
	if (!cut_words(text, len, s->request->arena, &cut))
		return false;
	if (cut.count == 0 || s->all.count + cut.count > WORDS_MAX)
		return true;
	memcpy(s->all.items + s->all.count, cut.items, cut.count * sizeof *cut.items);
	s->sentences[s->count++] = (sentence){text, len, s->all.count, cut.count};
	s->all.count += cut.count;
	return true;
}

/* Bytes up to the end of a sentence: its mark, or an empty line. A line's end alone is none, and neither is a mark after so few words that
   they say nothing. */
static size_t sentence_len(const char *text)
{
	size_t len = 0, gaps = 0;
	for (; text[len]; len++) {
		if (strchr(".!?;", text[len]) && gaps + 1 >= SHORTEST)
			return len;
		if (text[len] == '\n' && text[len + 1] == '\n')
			return len;
		gaps += len > 0 && strchr(" \n", text[len]) && !strchr(" \n", text[len - 1]);
		if (gaps == LONGEST)
			return len;
	}
	return len;
}

static bool cut_sentences(search *s, const char *text)
{
	s->all = (words){sp_arena_calloc(s->request->arena, WORDS_MAX, sizeof *s->all.items), 0};
	bool ok = s->all.items != NULL;
	while (ok && *text) {
		size_t len = sentence_len(text);
		ok = add_sentence(s, text, len);
		text += len + (text[len] != '\0');
	}
	return ok;
}

/* ---- looking ---- */

static sp_status find(const search *s, sp_index *index, const sentence *about, sp_result *ret, sp_error *err)
{
	sp_query query = {.text = about->text, .text_len = about->len, .lang = s->ticket->lang, .day = s->request->day, .audience = -1,
		.limit = HITS};
	return sp_index_search(index, sp_responder_analyser(s->request->worker->responder), &query, s->request->arena, ret, err);
}

static bool words_of(const sp_record *record, sp_arena *arena, words *ret)
{
	const char *text = sp_arena_printf(arena, "%s\n%.*s", record->title, (int)record->plain_len, record->plain);
	return text && cut_words(text, strlen(text), arena, ret);
}

/* Whether something that the person may read says so too. */
static sp_status is_public(const search *s, const sentence *about, const uint64_t *run, size_t count, bool *ret, sp_error *err)
{
	sp_result result = {0};
	words cut;
	sp_status status = s->outer ? find(s, s->outer, about, &result, err) : SP_OK;
	*ret = false;
	for (size_t i = 0; status == SP_OK && !*ret && i < result.hits_count; i++)
		*ret = words_of(&result.hits[i].record, s->request->arena, &cut) && holds(&cut, run, count);
	return status;
}

/* Runs of the whole text against one article. */
static sp_status compare(search *s, const words *inner, const words *outer, sp_error *err)
{
	sp_status status = SP_OK;
	for (size_t n = 0; status == SP_OK && !s->found && n < s->count; n++) {
		const sentence *about = &s->sentences[n];
		size_t run = about->count < RUN ? about->count : RUN;
		/* A run may go on over the end of its sentence, but for short ones, which count as a whole. */
		size_t last = about->count < RUN ? about->from + 1 : about->from + about->count;
		for (size_t i = about->from; run >= SHORTEST && i < last && i + run <= s->all.count; i++) {
			bool shared = false;
			if (!holds(inner, s->all.items + i, run) || holds(outer, s->all.items + i, run))
				continue;
			status = is_public(s, about, s->all.items + i, run, &shared, err);
			if (status != SP_OK || shared)
				continue;
			s->found = about;
			break;
		}
	}
	return status;
}

static sp_status compare_hit(search *s, const sp_record *record, sp_error *err)
{
	sp_record same;
	words inner, outer = {0};
	sp_arena *arena = s->request->arena;
	if (!words_of(record, arena, &inner))
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	if (s->outer && sp_index_get(s->outer, record->id, record->lang, arena, &same, NULL) == SP_OK && !words_of(&same, arena, &outer))
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	return compare(s, &inner, &outer, err);
}

static sp_status look_in(search *s, sp_error *err)
{
	uint32_t seen[SENTENCES_MAX * HITS];
	size_t seen_count = 0;
	sp_status status = SP_OK;
	for (size_t n = 0; status == SP_OK && !s->found && n < s->count; n++) {
		sp_result result = {0};
		if (s->sentences[n].count < SHORTEST)
			continue;
		status = find(s, s->inner, &s->sentences[n], &result, err);
		for (size_t i = 0; status == SP_OK && !s->found && i < result.hits_count; i++) {
			bool known = false;
			for (size_t k = 0; !known && k < seen_count; k++)
				known = seen[k] == result.hits[i].docid;
			if (known)
				continue;
			seen[seen_count++] = result.hits[i].docid;
			status = compare_hit(s, &result.hits[i].record, err);
		}
	}
	return status;
}

/* ---- whose ---- */

/* Who will read what is replied. What an agent opened is a caller's, most of the time: a citizen has the link then. */
static int audience_of(const spi_request *request, const sp_ticket *ticket)
{
	bool is_agents = ticket->audience && spi_audience_level(ticket->audience) > 0;
	int audience = ticket->audience && !is_agents ? sp_kb_audience(request->config, ticket->audience) : -1;
	return audience >= 0 ? audience : sp_kb_audience(request->config, "citizen");
}

sp_index *spi_public_index(spi_request *request, const sp_ticket *ticket)
{
	sp_index *index = NULL;
	int audience = audience_of(request, ticket);
	if (audience < 0 || spi_request_index_of(request, audience, &index, NULL) != SP_OK)
		return NULL;
	return index;
}

/* Those who read more than the person, but not what others of them read as well. */
static bool is_inner(const sp_kb_config *config, int audience, sp_audiences person)
{
	if (person >> audience & 1)
		return false;
	for (size_t other = 0; other < config->audiences_count; other++)
		if ((int)other != audience && !(person >> other & 1) && config->audiences[other].reads >> audience & 1)
			return false;
	return true;
}

sp_status spi_inside_find(spi_request *request, const sp_ticket *ticket, const char *text, const char **ret_sentence, sp_error *err)
{
	const sp_kb_config *config = request->config;
	int person = audience_of(request, ticket);
	sp_audiences reads = person >= 0 ? config->audiences[person].reads : 0;
	search *s = sp_arena_calloc(request->arena, 1, sizeof *s);
	sp_status status = SP_OK;
	*ret_sentence = NULL;
	if (!s)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	*s = (search){.request = request, .ticket = ticket, .outer = spi_public_index(request, ticket)};
	if (!cut_sentences(s, text))
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	for (size_t i = 0; status == SP_OK && !s->found && i < config->audiences_count; i++) {
		if (!is_inner(config, (int)i, reads))
			continue;
		status = spi_request_index_of(request, (int)i, &s->inner, err);
		if (status == SP_OK)
			status = look_in(s, err);
	}
	if (status == SP_OK && s->found) {
		const char *from = s->found->text + strspn(s->found->text, " \t\r\n>*-#");
		size_t skipped = (size_t)(from - s->found->text);
		char *copy = sp_arena_strndup(request->arena, from, s->found->len > skipped ? s->found->len - skipped : 0);
		for (char *at = copy; at && *at; at++)
			*at = *at == '\n' || *at == '\r' ? ' ' : *at;
		*ret_sentence = copy;
	}
	return status;
}
