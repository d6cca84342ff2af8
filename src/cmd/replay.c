/* sportello replay: plays a table of contacts against the responder and the store of this process, with the times of the table. */
#include "cmd/replay.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

#define PERSON_SALT 0x7e29

typedef struct replay {
	spi_session_options options;
	const char *volumes_path, *behaviour_path, *categories_path;
	spi_setting_list questions;
	unsigned seed;
	double share;
	bool resume, json;
	spi_session session;
	sp_arena *arena, *day_arena;
	spi_volumes volumes;
	spi_behaviour behaviour;
	spi_people people;
	spi_calendar calendar;
	spi_asking_desk *desk;
	spi_recorder *recorder;
	spi_result result;
	uint64_t number, done;     /* contacts so far; those that were there already */
	spi_progress progress;
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
			status = spi_asking_desk_ask(r->desk, node, c->say, &node, err);
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

/* Whether level 2 is needed: of those whom no article helps so many that they are the reference's share of all. */
static bool is_hard(const replay *r, const spi_cell *cell, const spi_topic *topic, uint64_t *rng)
{
	const double *needs = r->behaviour.needs;
	double unhelped = needs[SPI_NEED_UNCOVERED] + needs[SPI_NEED_CASE];
	spi_need need = topic->questions[0]->need;
	if (need != SPI_NEED_UNCOVERED && need != SPI_NEED_CASE)
		return false;
	return spi_chance(rng) * unhelped < 1 - r->volumes.services[cell->service].level1;
}

/* A line of the same service, of another channel, that is played on that day; the same line when there is none. */
static size_t other_line(const replay *r, const spi_cell *cell, int64_t day, uint64_t *rng)
{
	size_t found = cell->line, seen = 0;
	for (size_t i = 0; i < r->volumes.cells_count; i++) {
		const spi_cell *other = &r->volumes.cells[i];
		bool fits = other->service == cell->service && strcmp(other->channel, cell->channel) != 0 && day >= other->first_day &&
			day < other->first_day + other->days;
		if (fits && spi_chance(rng) * (double)++seen < 1)
			found = other->line;
	}
	return found;
}

static sp_status may_return(replay *r, spi_contact *c, int64_t day, sp_error *err)
{
	unsigned days;
	bool other;
	if (!spi_contact_returns(c, &days, &other))
		return SP_OK;
	const spi_returning again = {.topic = c->topic, .person = c->person, .from = c->number, .day = day + days, .was = c->end, .category = c->category, .hard = c->hard, .believed = c->believes_wrong,
		.from_line = c->cell->line, .last_utc_s = c->at_utc_s,
		.line = other ? other_line(r, c->cell, day + days, &c->rng) : c->cell->line};
	return spi_calendar_add(&r->calendar, &again, err);
}

static sp_status meet(replay *r, const spi_slot *slot, int64_t day, sp_error *err)
{
	const spi_cell *cell = &r->volumes.cells[slot->cell];
	uint64_t rng = spi_chance_seed(r->seed, r->number * 2 + PERSON_SALT);
	spi_returning again = {0};
	spi_contact c = {.number = r->number, .person = r->number, .cell = cell, .behaviour = &r->behaviour, .at_utc_s = slot->at_utc_s};
	if (spi_calendar_take(&r->calendar, cell->line, day, &again)) {
		c.person = again.person;
		c.topic = again.topic;
		c.back = true;
		c.hard = again.hard;
		c.before_category = again.was == SPI_END_ASSUMED ? again.category : NULL;
		c.window_until_utc_s = again.last_utc_s + r->session.config->resolved_window_s;
	} else {
		c.topic = spi_people_draw(&r->people, &r->volumes.lines[cell->line], cell->line, &r->behaviour, &rng);
		c.hard = is_hard(r, cell, c.topic, &rng);
	}
	spi_contact_begin(&c, r->seed);
	sp_status status = live(r, &c, err);
	if (status != SP_OK)
		return status;
	spi_result_add(&r->result, &c, cell->line);
	if (c.takes_back)
		spi_result_take_back(&r->result, &again);
	r->number++;
	return may_return(r, &c, day, err);
}

/* ---- all of them ---- */

static sp_status play_day(replay *r, int64_t day, sp_error *err)
{
	spi_slot *slots;
	size_t count;
	sp_arena_reset(r->day_arena);
	sp_status status = spi_plan_day(&r->volumes, &r->behaviour, r->session.config, r->seed, day, r->day_arena, &slots, &count, err);
	for (size_t i = 0; status == SP_OK && i < count; i++) {
		status = meet(r, &slots[i], day, err);
		if (i % 64 == 0)
			spi_progress_step(&r->progress, r->number, r->volumes.contacts);
	}
	return status == SP_OK ? spi_calendar_turn(&r->calendar, err) : status;
}

static sp_status play(replay *r, sp_error *err)
{
	sp_status status = SP_OK;
	int64_t started = spi_now_us();
	r->done = r->result.resumed = spi_recorder_done(r->recorder);
	spi_progress_start(&r->progress, "replay.playing");
	for (int64_t day = r->volumes.first_day; status == SP_OK && day <= r->volumes.last_day; day++)
		status = play_day(r, day, err);
	spi_progress_end(&r->progress);
	if (status == SP_OK)
		status = spi_recorder_finish(r->recorder, &r->result.counted, err);
	r->result.seconds = (double)(spi_now_us() - started) / 1e6;
	r->result.distinct = spi_asking_desk_count(r->desk);
	return status;
}

/* What must be the same for a replay to go on: seed, share and files. */
static sp_status identity(replay *r, char ret[65], sp_error *err)
{
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
	for (size_t i = 0; status == SP_OK && i < 3 + r->questions.count; i++) {
		status = spi_file_read(paths[i], 64u << 20, r->day_arena, &text, &len, err);
		if (status == SP_OK)
			spi_sha256_add(&sha, text, len);
	}
	spi_sha256_end(&sha, digest);
	spi_hex(digest, sizeof digest, ret);
	return status;
}

static sp_status read_all(replay *r, sp_error *err)
{
	const spi_questions_from from = {.paths = r->questions.values, .count = r->questions.count, .categories = r->categories_path,
		.index = r->session.index};
	sp_status status = spi_volumes_read(r->volumes_path, r->session.config, r->share, r->arena, &r->volumes, err);
	if (status == SP_OK)
		status = spi_behaviour_read(r->behaviour_path, r->arena, &r->behaviour, err);
	if (status == SP_OK)
		status = spi_people_read(&from, &r->volumes, &r->behaviour, r->seed, r->arena, &r->people, err);
	if (status == SP_OK)
		status = spi_calendar_init(&r->calendar, &r->volumes, r->arena, err);
	return status == SP_OK ? spi_result_init(&r->result, &r->volumes, r->arena, err) : status;
}

static void print(const replay *r)
{
	sp_buffer out = SP_BUFFER_INIT;
	if (r->json)
		spi_result_json(&r->result, &out);
	else
		spi_result_text(&r->result, &out);
	fputs(sp_buffer_text(&out), stdout);
	sp_buffer_release(&out);
}

static int run(replay *r)
{
	sp_error err = {0};
	char name[65];
	sp_status status = read_all(r, &err), opened = SP_OK;
	if (status == SP_OK)
		status = identity(r, name, &err);
	if (status == SP_OK)
		opened = status = spi_recorder_open(r->options.data, r->session.config, name, r->resume, &r->recorder, &err);
	r->desk = status == SP_OK ? spi_asking_desk_new(&r->session) : NULL;
	if (status == SP_OK)
		status = r->desk ? play(r, &err) : SP_ERR_NOMEM;
	if (status != SP_OK)
		return opened == SP_ERR_CONFLICT ? spi_refuse(&err, status) : spi_fail(&err, status);
	print(r);
	if (r->result.counted == r->result.total.contacts)
		return SPI_EXIT_OK;
	fprintf(stderr, "sportello replay: %s: %llu, %llu\n", spi_say("replay.differs"), (unsigned long long)r->result.total.contacts,
		(unsigned long long)r->result.counted);
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
	replay r = {.options = SPI_SESSION_OPTIONS, .seed = 1, .share = 1};
	const spi_setting settings[] = {
		SPI_SESSION_SETTINGS(r.options),
		{.name = "volumes", .type = SPI_SETTING_TEXT, .target = &r.volumes_path},
		{.name = "questions", .type = SPI_SETTING_LIST, .target = &r.questions},
		{.name = "behaviour", .type = SPI_SETTING_TEXT, .target = &r.behaviour_path},
		{.name = "categories", .type = SPI_SETTING_TEXT, .target = &r.categories_path},
		{.name = "seed", .type = SPI_SETTING_NUMBER, .target = &r.seed, .max = 1000000000},
		{.name = "share", .type = SPI_SETTING_SHARE, .target = &r.share},
		{.name = "resume", .type = SPI_SETTING_FLAG, .target = &r.resume},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &r.json},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	if (!spi_read_args("replay", settings, argc, argv, words, &count, 0, 0))
		return SPI_EXIT_USAGE;
	if (!r.volumes_path || r.questions.count == 0 || !r.options.kb || !r.options.data)
		return spi_missing("replay", !r.volumes_path ? "volumes" : r.questions.count == 0 ? "questions" : !r.options.kb ? "kb" : "data");
	int code = open_and_run(&r);
	spi_calendar_release(&r.calendar);
	free(r.people.questions);
	sp_arena_free(r.day_arena);
	sp_arena_free(r.arena);
	return code;
}
