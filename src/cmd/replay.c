/* sportello replay: plays a table of contacts, with the times of the table, against the responder and the store of this process or against a
   running server (replay_server.c). */
#include "cmd/replay.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

#define CONNECTIONS 64

typedef struct replay {
	spi_session_options options;
	const char *volumes_path, *behaviour_path, *categories_path;
	spi_setting_list questions;
	unsigned seed;
	double share;
	bool resume, json;
	spi_session session;
	sp_arena *arena, *day_arena;
	spi_play play;
	spi_asking_desk *desk;
	spi_recorder *recorder;
	uint64_t done;             /* contacts that were there already */
	spi_over_http http;
	spi_replay_mark mark;
} replay;

/* ---- one contact ---- */

/* Acts until the person is done. Contacts that are there already are lived through without writing. */
static sp_status live(replay *r, spi_contact *c, sp_error *err)
{
	bool write = c->number >= r->done;
	const spi_reply_node *node = NULL;
	sp_status status = SP_OK;
	if (write)
		spi_recorder_begin(r->recorder, c);
	while (status == SP_OK && c->act != SPI_ACT_END) {
		if (c->act == SPI_ACT_SAY) {
			status = spi_asking_desk_ask(r->desk, node, c->say, c->cell->channel, &node, err);
			if (status == SP_OK && write)
				status = spi_recorder_turn(r->recorder, c, node, err);
			if (status == SP_OK)
				spi_contact_hear(c, &node->heard);
			continue;
		}
		if (c->act == SPI_ACT_TICKET && write)
			status = spi_recorder_ticket(r->recorder, c, node, err);
		else if (c->act == SPI_ACT_TICKET)
			spi_recorder_pass_ticket(r->recorder);
		else if (write)
			status = spi_recorder_feedback(r->recorder, c, err);
		spi_contact_go_on(c);
	}
	return status == SP_OK && write ? spi_recorder_end(r->recorder, err) : status;
}

static sp_status meet(replay *r, const spi_slot *slot, int64_t day, sp_error *err)
{
	spi_contact c;
	spi_returning before, again;
	spi_play_meet(&r->play, slot, day, &c, &before);
	sp_status status = live(r, &c, err);
	if (status != SP_OK)
		return status;
	return spi_play_leave(&r->play, &c, &before, day, &again) ? spi_calendar_add(&r->play.calendar, &again, err) : SP_OK;
}

/* ---- all of them ---- */

static sp_status play_day(replay *r, int64_t day, sp_error *err)
{
	spi_slot *slots;
	size_t count;
	sp_arena_reset(r->day_arena);
	sp_status status = spi_plan_day(&r->play.volumes, &r->play.behaviour, r->session.config, r->seed, day, r->day_arena, &slots, &count, err);
	for (size_t i = 0; status == SP_OK && i < count; i++) {
		status = meet(r, &slots[i], day, err);
		if (i % 64 == 0)
			spi_progress_step(&r->play.progress, r->play.number, r->play.volumes.contacts);
	}
	return status == SP_OK ? spi_calendar_turn(&r->play.calendar, err) : status;
}

static sp_status play(replay *r, sp_error *err)
{
	sp_status status = SP_OK;
	int64_t started = spi_now_us();
	r->done = r->play.result.resumed = spi_recorder_done(r->recorder);
	spi_progress_start(&r->play.progress, "replay.playing");
	r->play.progress.with_rate = true;
	for (int64_t day = r->play.volumes.first_day; status == SP_OK && day <= r->play.volumes.last_day; day++)
		status = play_day(r, day, err);
	spi_progress_end(&r->play.progress);
	if (status == SP_OK)
		status = spi_recorder_finish(r->recorder, &r->play.result.counted, err);
	r->play.result.seconds = (double)(spi_now_us() - started) / 1e6;
	r->play.result.distinct = spi_asking_desk_count(r->desk);
	return status;
}

/* Contacts that are half there are gone on with over HTTP, and only whole ones are there in this process: neither goes on with the other's. */
static sp_status identify(replay *r, sp_error *err)
{
	bool over_http = r->http.url != NULL;
	spi_sha256 sha;
	unsigned char digest[32];
	const char *text;
	size_t len;
	sp_status status = SP_OK;
	const char *paths[SPI_LIST_MAX + 3] = {r->volumes_path, r->behaviour_path, r->categories_path};
	memcpy(paths + 3, r->questions.values, r->questions.count * sizeof *paths);
	spi_sha256_init(&sha);
	spi_sha256_add(&sha, &r->seed, sizeof r->seed);
	spi_sha256_add(&sha, &r->share, sizeof r->share);
	spi_sha256_add(&sha, &over_http, sizeof over_http);
	for (size_t i = 0; status == SP_OK && i < 3 + r->questions.count; i++) {
		status = spi_file_read(paths[i], 64u << 20, r->day_arena, &text, &len, err);
		if (status == SP_OK)
			spi_sha256_add(&sha, text, len);
	}
	spi_sha256_end(&sha, digest);
	spi_hex(digest, sizeof digest, r->mark.identity);
	return status == SP_OK ? sp_kb_fingerprint(r->options.kb, r->mark.kb, err) : status;
}

static sp_status read_all(replay *r, sp_error *err)
{
	const spi_questions_from from = {.paths = r->questions.values, .count = r->questions.count, .categories = r->categories_path,
		.index = r->session.index};
	r->play.seed = r->seed;
	r->play.window_s = r->session.config->resolved_window_s;
	sp_status status = spi_volumes_read(r->volumes_path, r->session.config, r->share, r->arena, &r->play.volumes, err);
	if (status == SP_OK)
		status = spi_behaviour_read(r->behaviour_path, r->arena, &r->play.behaviour, err);
	if (status == SP_OK)
		status = spi_people_read(&from, &r->play.volumes, &r->play.behaviour, r->seed, r->arena, &r->play.people, err);
	if (status == SP_OK)
		status = spi_calendar_init(&r->play.calendar, &r->play.volumes, r->arena, err);
	return status == SP_OK ? spi_result_init(&r->play.result, &r->play.volumes, r->arena, err) : status;
}

static void print(const replay *r)
{
	sp_buffer out = SP_BUFFER_INIT;
	if (r->json)
		spi_result_json(&r->play.result, &out);
	else
		spi_result_text(&r->play.result, &out);
	fputs(sp_buffer_text(&out), stdout);
	sp_buffer_release(&out);
}

static sp_status play_here(replay *r, sp_error *err)
{
	sp_status status = spi_recorder_open(r->options.data, r->session.config, &r->mark, r->resume, &r->recorder, err);
	r->desk = status == SP_OK ? spi_asking_desk_new(&r->session) : NULL;
	if (status != SP_OK)
		return status;
	return r->desk ? play(r, err) : SP_ERR_NOMEM;
}

static int run(replay *r)
{
	sp_error err = {0};
	sp_status status = read_all(r, &err);
	if (status == SP_OK)
		status = identify(r, &err);
	if (status == SP_OK)
		status = r->http.url ? spi_replay_over_http(&r->http, &r->play, r->session.config, &r->mark, r->resume, &err) : play_here(r, &err);
	if (status != SP_OK)
		return status == SP_ERR_CONFLICT ? spi_refuse(&err, status) : spi_fail(&err, status);
	print(r);
	if (r->play.result.counted == r->play.result.total.contacts)
		return SPI_EXIT_OK;
	fprintf(stderr, "sportello replay: %s: %llu, %llu\n", spi_say("replay.differs"), (unsigned long long)r->play.result.total.contacts,
		(unsigned long long)r->play.result.counted);
	return SPI_EXIT_NO;
}

/* Files beside the table, where no others are named. */
static const char *beside(replay *r, const char *given, const char *name)
{
	const char *slash = strrchr(r->volumes_path, '/');
	if (given)
		return given;
	return slash ? sp_arena_printf(r->arena, "%.*s/%s", (int)(slash - r->volumes_path), r->volumes_path, name) : name;
}

static int open_and_run(replay *r)
{
	sp_error err = {0};
	r->arena = sp_arena_new(0);
	r->day_arena = sp_arena_new(1 << 20);
	if (!r->arena || !r->day_arena)
		return spi_fail(&err, SP_ERR_NOMEM);
	r->behaviour_path = beside(r, r->behaviour_path, "behaviour.json");
	r->categories_path = beside(r, r->categories_path, "unanswered.jsonl");
	if (!r->behaviour_path || !r->categories_path)
		return spi_fail(&err, SP_ERR_NOMEM);
	int code = spi_session_open(&r->session, &r->options);
	if (code != SPI_EXIT_OK)
		return code;
	code = run(r);
	spi_recorder_close(r->recorder);
	spi_asking_desk_free(r->desk);
	spi_session_close(&r->session);
	return code;
}

int spi_cmd_replay(int argc, char **argv)
{
	replay r = {.options = SPI_SESSION_OPTIONS, .seed = 1, .share = 1, .http = {.connections = CONNECTIONS}};
	const spi_setting settings[] = {
		SPI_SESSION_SETTINGS(r.options),
		{.name = "volumes", .type = SPI_SETTING_TEXT, .target = &r.volumes_path},
		{.name = "questions", .type = SPI_SETTING_LIST, .target = &r.questions},
		{.name = "behaviour", .type = SPI_SETTING_TEXT, .target = &r.behaviour_path},
		{.name = "categories", .type = SPI_SETTING_TEXT, .target = &r.categories_path},
		{.name = "seed", .type = SPI_SETTING_NUMBER, .target = &r.seed, .max = 1000000000},
		{.name = "share", .type = SPI_SETTING_SHARE, .target = &r.share},
		{.name = "server", .type = SPI_SETTING_TEXT, .target = &r.http.url},
		{.name = "token-file", .type = SPI_SETTING_TEXT, .target = &r.http.token_file},
		{.name = "connections", .type = SPI_SETTING_NUMBER, .target = &r.http.connections, .min = 1, .max = 1024},
		{.name = "resume", .type = SPI_SETTING_FLAG, .target = &r.resume},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &r.json},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	if (!spi_read_args("replay", settings, argc, argv, words, &count, 0, 0))
		return SPI_EXIT_USAGE;
	if (!r.volumes_path || r.questions.count == 0 || !r.options.kb || (!r.options.data && !r.http.url))
		return spi_missing("replay", !r.volumes_path ? "volumes" : r.questions.count == 0 ? "questions" : !r.options.kb ? "kb" : "data");
	if (r.http.url) /* who answers is the server; here articles' categories alone are looked up */
		r.options.encoder = (spi_encoder_options){.name = "none"};
	int code = open_and_run(&r);
	spi_calendar_release(&r.play.calendar);
	free(r.play.people.questions);
	sp_arena_free(r.day_arena);
	sp_arena_free(r.arena);
	return code;
}
