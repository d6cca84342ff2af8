#include "http/replay.h"

#include "base/clock.h"
#include "base/hash.h"
#include "http/parts.h"

#include <stdlib.h>
#include <string.h>

/* ---- the header ---- */

/* The knowledge base of now, hashed once for each state of it. */
static bool same_kb(spi_request *request, const char *wanted)
{
	sp_server *server = request->worker->server;
	uint64_t generation = sp_reader_generation(request->worker->reader);
	pthread_mutex_lock(&server->replay.lock);
	if (!server->replay.kb[0] || server->replay.generation != generation) {
		server->replay.generation = generation;
		if (sp_kb_fingerprint(sp_publisher_folder(server->options.publisher), server->replay.kb, NULL) != SP_OK)
			server->replay.kb[0] = '\0';
	}
	bool same = strcmp(server->replay.kb, wanted) == 0;
	pthread_mutex_unlock(&server->replay.lock);
	return same;
}

static bool may_replay(spi_request *request)
{
	if (!request->worker->server->options.replay_dir) {
		spi_problem(request, SPI_FORBIDDEN, "this service was not started for a replay (serve --replay)");
		return false;
	}
	if (spi_caller_has(request, SPI_IS(ADMIN)) && request->caller.token)
		return true;
	spi_problem(request, request->caller.subject ? SPI_FORBIDDEN : SPI_UNAUTHORIZED, "a replay needs a token with the role admin");
	if (!request->caller.subject)
		spi_reply_header(request, "WWW-Authenticate", "Bearer realm=\"sportello\"");
	return false;
}

static bool read_number(const char *text, int64_t *ret)
{
	char *end;
	*ret = strtoll(text, &end, 10);
	return end != text && *end == '\0' && *text >= '0' && *text <= '9';
}

static bool read_part(spi_request *request, spi_replay *replay, const char *name, const char *value, const char **ret_kb)
{
	int64_t number = 0;
	if (strcmp(name, "kb") == 0) {
		*ret_kb = value;
		return true;
	}
	if (!read_number(value, &number))
		return false;
	if (strcmp(name, "at") == 0) {
		replay->at_utc_s = number;
	} else if (strcmp(name, "place") == 0 && number > 0 && number <= INT32_MAX) {
		replay->place = (uint32_t)number;
	} else if (strcmp(name, "person") == 0) {
		replay->person = sp_arena_printf(request->arena, "email:persona%lld@example.com", (long long)number);
		return replay->person != NULL;
	} else {
		return false;
	}
	return true;
}

static bool read_header(spi_request *request, const char *header, spi_replay *replay, const char **ret_kb)
{
	char *text = sp_arena_strdup(request->arena, header), *rest = text, *part;
	while (text && (part = strsep(&rest, ";"))) {
		part += strspn(part, " ");
		char *value = strchr(part, '=');
		if (!value)
			return false;
		*value++ = '\0';
		if (!read_part(request, replay, part, value, ret_kb))
			return false;
	}
	return text != NULL;
}

bool spi_replay_bind(spi_request *request)
{
	const char *header = spi_request_header(request, "Sportello-Replay"), *kb = "";
	request->replay = NULL;
	if (!header)
		return true;
	spi_replay *replay = sp_arena_calloc(request->arena, 1, sizeof *replay);
	if (!may_replay(request) || !replay)
		return false;
	if (!request->route->replay || !read_header(request, header, replay, &kb) || replay->at_utc_s <= 0 ||
		replay->at_utc_s > request->clock_utc_s) {
		spi_problem_field(request, SPI_BAD_VALUE, "Sportello-Replay", "write it as at=SECONDS; kb=FINGERPRINT; place=N; person=N, with a moment "
			"that is over, at a call that can be replayed");
		return false;
	}
	if (!same_kb(request, kb)) {
		spi_problem_field(request, SPI_CONFLICT, "kb", "the knowledge base is not the one that this replay was begun with");
		return false;
	}
	request->replay = replay;
	request->now_utc_s = replay->at_utc_s;
	return true;
}

/* ---- a turn ---- */

bool spi_replay_is_there(const spi_request *request, uint32_t places)
{
	return request->replay && request->replay->place && request->replay->place <= places;
}

typedef struct retold {
	const spi_turn *turn;
	const char *text;
	const sp_dialogue *before;
	sp_decision decision;
	sp_reply reply;
} retold;

static sp_status decide(spi_request *request, sp_index *index, void *arg, sp_error *err)
{
	retold *r = arg;
	sp_question question = {.text = r->text, .len = strlen(r->text), .lang = r->turn->lang, .likely_lang = r->turn->likely_lang, .day = request->day,
		.dialogue = r->before->count ? r->before : NULL, .walk = r->turn->walk, .talks = !r->turn->mute, .now_utc_s = request->now_utc_s};
	sp_status status = sp_decide(request->worker->responder, index, request->config, &question, request->arena, &r->decision, err);
	return status ? status : sp_reply_compose(index, request->config, &r->decision, request->moment_utc_s, request->arena, &r->reply, err);
}

static bool note(spi_request *request, const retold *r, sp_turn *turn)
{
	const sp_reply *reply = &r->reply;
	const char **offered = sp_arena_calloc(request->arena, reply->choices_count + 1, sizeof *offered);
	if (!offered)
		return false;
	*turn = (sp_turn){.question = r->decision.masked, .decision = r->decision.kind, .reason = r->decision.reason, .lang = r->decision.lang,
		.category = r->decision.category, .article = reply->article ? reply->article->id : NULL, .step = reply->step ? reply->step->anchor : NULL};
	for (size_t i = 0; i < reply->choices_count; i++)
		if (reply->choices[i].article)
			offered[turn->offered.count++] = reply->choices[i].article;
	turn->offered.items = offered;
	return true;
}

/* The same words give the same replies: so what came before a turn that is stored is worked out anew, not read from beyond it. */
static bool retell(spi_request *request, spi_turn *turn, const sp_strings *said)
{
	sp_turn *turns = sp_arena_calloc(request->arena, said->count + 1, sizeof *turns);
	sp_dialogue dialogue = {.turns = turns};
	sp_error err = {0};
	for (size_t i = 0; turns && i < said->count; i++) {
		retold r = {.turn = turn, .text = said->items[i], .before = &dialogue};
		sp_status status = spi_with_index(request, decide, &r, &err);
		if (status || !note(request, &r, &turns[i])) {
			if (!request->reply.status)
				spi_reply_error(request, status ? status : SP_ERR_NOMEM, &err);
			return false;
		}
		const sp_walk *walk = dialogue.walk;
		if (r.decision.walk) {
			if (walk && walk->state == SP_WALK_GOING && strcmp(walk->article, r.decision.walk->article) != 0)
				dialogue.earlier = walk;
			dialogue.walk = r.decision.walk;
		}
		dialogue.count = i + 1;
		if (dialogue.count > SP_DIALOGUE_MAX) {
			dialogue.turns++;
			dialogue.count = SP_DIALOGUE_MAX;
		}
	}
	turn->dialogue = dialogue;
	return turns != NULL;
}

bool spi_replay_look_back(spi_request *request, spi_turn *turn, const sp_strings *said)
{
	static const sp_strings nothing;
	uint32_t place = request->replay->place;
	sp_dialogue found = {0};
	sp_error err = {0};
	if (!turn->conversation || !spi_is_conversation(turn->conversation) || place == 0) {
		spi_problem_field(request, SPI_BAD_VALUE, "conversation", "a turn that is replayed needs a conversation and a place");
		return false;
	}
	memcpy(turn->id, turn->conversation, sizeof turn->id);
	sp_status status = request->worker->store ? sp_store_dialogue(request->worker->store, turn->id, request->arena, &found, &err) : SP_ERR_IO;
	if (status && status != SP_ERR_NOT_FOUND) {
		spi_reply_error(request, status, &err);
		return false;
	}
	if (place <= found.places) {
		turn->is_repeated = true;
		return retell(request, turn, said ? said : &nothing);
	}
	if (place != found.places + 1) {
		spi_problem_field(request, SPI_CONFLICT, "place", "the conversation has %u places; this one is not the next", found.places);
		return false;
	}
	turn->dialogue = found;
	return true;
}
