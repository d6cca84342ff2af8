#include "http/openings.h"

#include "base/hash.h"
#include "base/memo.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define HALF_MAX ((size_t)8 * 1024 * 1024) /* two thousand replies and more */

struct spi_openings {
	pthread_mutex_t lock; /* while a reply is copied */
	spi_memo *memo;
	uint64_t generation;  /* newest that was seen: of older ones nothing is kept */
};

/* One reply; all of it in its arena. */
typedef struct known_reply {
	sp_arena *arena;
	int64_t from_utc_s, until_utc_s;
	sp_decision decision; /* without candidates and texts, but for the category */
	sp_reply reply;       /* without texts, but for the ids behind choices and the article's id and version */
	const char *told; size_t told_len;
	size_t time_at, time_len; /* in told: the moment in the receipt; length 0 = there is none */
} known_reply;

static void release(void *item)
{
	known_reply *known = item;
	sp_arena_free(known->arena);
}

spi_openings *spi_openings_new(void)
{
	spi_openings *r = calloc(1, sizeof *r);
	spi_memo *memo = spi_memo_new(HALF_MAX, release);
	if (!r || !memo || pthread_mutex_init(&r->lock, NULL) != 0) {
		spi_memo_free(memo);
		free(r);
		return NULL;
	}
	r->memo = memo;
	return r;
}

void spi_openings_free(spi_openings *openings)
{
	if (!openings)
		return;
	spi_memo_free(openings->memo);
	pthread_mutex_destroy(&openings->lock);
	free(openings);
}

/* Nothing of what was said before, of who asks or of a moment that is over is in it. */
static bool is_opening(const spi_request *request, const spi_turn *turn)
{
	bool is_first = !turn->conversation || !*turn->conversation;
	return turn->may_recall && is_first && turn->dialogue.count == 0 && !turn->joined && !turn->no_code && !request->replay &&
		request->caller.audience >= 0 && request->worker->server->openings;
}

static spi_memo_key key_of(const spi_request *request, const spi_turn *turn)
{
	size_t category_len = turn->category ? strlen(turn->category) : 0;
	const uint64_t numbers[] = {sp_reader_generation(request->worker->reader), (uint64_t)request->caller.audience, (uint64_t)request->day,
		(uint64_t)turn->lang, turn->likely_lang, turn->walk, turn->mute, turn->category != NULL, category_len, turn->message_len};
	spi_memo_key key = {{0}};
	spi_sha256 sha;
	spi_sha256_init(&sha);
	spi_sha256_add(&sha, numbers, sizeof numbers);
	spi_sha256_add(&sha, turn->category ? turn->category : "", category_len);
	spi_sha256_add(&sha, turn->message, turn->message_len);
	spi_sha256_end(&sha, key.bytes);
	return key;
}

/* ---- recall ---- */

static bool copy_told(const known_reply *known, int64_t moment_utc_s, sp_arena *arena, spi_turn *turn)
{
	char time[SP_RECEIPT_TIME_MAX];
	size_t time_len = known->time_len > 0 ? sp_receipt_time(moment_utc_s, time) : 0, rest = known->time_at + known->time_len;
	char *told = sp_arena_alloc(arena, known->told_len + time_len);
	if (!told)
		return false;
	memcpy(told, known->told, known->time_at);
	memcpy(told + known->time_at, time, time_len);
	memcpy(told + known->time_at + time_len, known->told + rest, known->told_len - rest);
	turn->told = told;
	turn->told_len = known->told_len - known->time_len + time_len;
	return true;
}

static sp_record *copy_article(const sp_record *of, sp_arena *arena)
{
	sp_record *article = sp_arena_alloc(arena, sizeof *article);
	if (!article)
		return NULL;
	*article = (sp_record){.lang = of->lang, .id = sp_arena_strdup(arena, of->id), .version = sp_arena_strdup(arena, of->version)};
	return article->id && article->version ? article : NULL;
}

/* What the store and the metrics are told. */
static bool copy_facts(const sp_decision *decision, const sp_reply *reply, sp_arena *arena, sp_decision *ret_decision, sp_reply *ret_reply)
{
	*ret_decision = (sp_decision){.kind = decision->kind, .reason = decision->reason, .confidence = decision->confidence,
		.lang = decision->lang, .used_vectors = decision->used_vectors, .category = sp_arena_strdup(arena, decision->category)};
	*ret_reply = (sp_reply){.group = -1, .lang = reply->lang, .notices = reply->notices, .until_utc_s = reply->until_utc_s,
		.choices_count = reply->choices_count, .article = reply->article ? copy_article(reply->article, arena) : NULL};
	bool ok = (!decision->category || ret_decision->category) && (!reply->article || ret_reply->article);
	for (size_t i = 0; i < reply->choices_count; i++) {
		const char *id = reply->choices[i].article;
		ret_reply->choices[i].article = sp_arena_strdup(arena, id);
		ok = ok && (!id || ret_reply->choices[i].article);
	}
	return ok;
}

static bool recall(spi_openings *r, uint64_t generation, const spi_memo_key *key, const spi_request *request, spi_turn *turn)
{
	if (generation > r->generation) {
		spi_memo_clear(r->memo);
		r->generation = generation;
	}
	const known_reply *known = generation == r->generation ? spi_memo_recall(r->memo, key) : NULL;
	int64_t moment_utc_s = request->moment_utc_s;
	return known && moment_utc_s >= known->from_utc_s && moment_utc_s < known->until_utc_s &&
		copy_facts(&known->decision, &known->reply, request->arena, &turn->decision, &turn->reply) &&
		copy_told(known, moment_utc_s, request->arena, turn);
}

bool spi_openings_recall(spi_request *request, spi_turn *turn)
{
	if (!is_opening(request, turn))
		return false;
	spi_openings *r = request->worker->server->openings;
	spi_memo_key key = key_of(request, turn);
	pthread_mutex_lock(&r->lock);
	bool known = recall(r, sp_reader_generation(request->worker->reader), &key, request, turn);
	pthread_mutex_unlock(&r->lock);
	if (known)
		turn->decision.masked = turn->message; /* there is nothing in it to be masked */
	return known;
}

/* ---- keep ---- */

static bool may_keep(const spi_request *request, const spi_turn *turn)
{
	const sp_decision *decision = &turn->decision;
	bool is_somebodys = decision->walk || decision->back_to || request->is_noted || !decision->masked ||
		strcmp(decision->masked, turn->message) != 0;
	return is_opening(request, turn) && !is_somebodys && !decision->encoder_busy && turn->reply.until_utc_s > request->moment_utc_s;
}

/* Where the receipt's moment is: its member's name in quotes is nowhere else, as texts have theirs escaped. */
static bool find_time(const char *receipt, known_reply *ret)
{
	static const char name[] = "\"receipt\":\"";
	const char *at = memmem(ret->told, ret->told_len, name, sizeof name - 1), *time = strrchr(receipt, '-');
	size_t len = strlen(receipt);
	if (!at || !time || (size_t)(ret->told + ret->told_len - at) < sizeof name + len || memcmp(at + sizeof name - 1, receipt, len) != 0)
		return false;
	ret->time_at = (size_t)(at - ret->told) + sizeof name - 1 + (size_t)(time + 1 - receipt);
	ret->time_len = strlen(time + 1);
	return true;
}

static known_reply *make(const spi_request *request, const spi_turn *turn, const char *told, size_t told_len)
{
	sp_arena *arena = sp_arena_new(sizeof(known_reply) + told_len + 1024);
	known_reply *known = arena ? sp_arena_calloc(arena, 1, sizeof *known) : NULL;
	if (known) {
		known->arena = arena;
		known->from_utc_s = request->moment_utc_s;
		known->until_utc_s = turn->reply.until_utc_s;
		known->told = sp_arena_strndup(arena, told, told_len);
		known->told_len = told_len;
		if (known->told && copy_facts(&turn->decision, &turn->reply, arena, &known->decision, &known->reply) &&
			(!turn->reply.receipt || find_time(turn->reply.receipt, known)))
			return known;
	}
	sp_arena_free(arena);
	return NULL;
}

void spi_openings_keep(spi_request *request, const spi_turn *turn, const char *told, size_t told_len)
{
	known_reply *known = may_keep(request, turn) ? make(request, turn, told, told_len) : NULL;
	if (!known)
		return;
	spi_openings *r = request->worker->server->openings;
	spi_memo_key key = key_of(request, turn);
	size_t bytes = sp_arena_used(known->arena) + 1024;
	pthread_mutex_lock(&r->lock);
	if (sp_reader_generation(request->worker->reader) == r->generation)
		spi_memo_keep_take(r->memo, &key, known, bytes);
	else
		release(known);
	pthread_mutex_unlock(&r->lock);
}
