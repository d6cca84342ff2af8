/* A replay against a running server: several contacts at once, each on a connection that is kept, one simulated day after the other. Who comes
   and what they do depends on seed, files and replies alone, never on which reply came first. A server that goes away is waited for. */
#include "cmd/replay.h"

#include "base/clock.h"
#include "base/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define AGAIN_US 100000
#define GIVE_UP_US INT64_C(180000000)  /* without any reply */
#define TICK_MS 50
#define PIECE 65536

typedef struct day_plan {
	int64_t day;
	spi_slot *slots; size_t count, next, done;
	spi_returning *again; bool *comes_again; /* by their place in the day */
} day_plan;

typedef struct hall {
	spi_guests all;
	spi_wire_server server;
	spi_guest *guests; size_t count;
	int epoll_fd;
	day_plan today;
	sp_arena *day_arena;
	int64_t heard_us;    /* when the last reply came */
	char *piece;
	uint64_t steps;
} hall;

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

/* ---- connections ---- */

static sp_status watch(hall *h, spi_guest *g, bool to_write, sp_error *err)
{
	struct epoll_event event = {.events = to_write ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.ptr = g};
	if (epoll_ctl(h->epoll_fd, EPOLL_CTL_MOD, g->fd, &event) == 0)
		return SP_OK;
	event.events = to_write ? EPOLLIN | EPOLLOUT : EPOLLIN;
	return epoll_ctl(h->epoll_fd, EPOLL_CTL_ADD, g->fd, &event) == 0 ? SP_OK : sp_error_errno(err, errno, NULL, "watch a connection");
}

static void hang_up(spi_guest *g)
{
	if (g->fd >= 0)
		close(g->fd);
	g->fd = -1;
}

/* The connection broke: whether the call arrived is not known. It is made again in a moment. */
static sp_status lose(hall *h, spi_guest *g, sp_error *err)
{
	hang_up(g);
	if (!g->busy)
		return SP_OK;
	g->in_doubt = true;
	g->again_us = spi_now_us() + AGAIN_US;
	if (spi_now_us() - h->heard_us < GIVE_UP_US)
		return SP_OK;
	return sp_error_set(err, SP_ERR_IO, h->server.host, 0, "%s", spi_say("replay.no-server"));
}

static sp_status push(hall *h, spi_guest *g, sp_error *err)
{
	bool was_whole = false;
	if (g->fd < 0) {
		g->fd = spi_wire_connect(&h->server);
		if (g->fd < 0)
			return lose(h, g, err);
		return watch(h, g, true, err);
	}
	while (g->sent < g->out.len) {
		ssize_t n = send(g->fd, sp_buffer_text(&g->out) + g->sent, g->out.len - g->sent, MSG_NOSIGNAL);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return watch(h, g, true, err);
		if (n <= 0)
			return lose(h, g, err);
		was_whole = g->sent == 0 && (size_t)n == g->out.len;
		g->sent += (size_t)n;
	}
	return was_whole ? SP_OK : watch(h, g, false, err);
}

static sp_status try_again(hall *h, spi_guest *g, sp_error *err)
{
	g->again_us = 0;
	h->all.play->result.repeated++;
	sp_status status = spi_guest_say(g, &h->all, err);
	return status == SP_OK ? push(h, g, err) : status;
}

/* ---- contacts ---- */

/* The next of today, where there is one. */
static sp_status next_contact(hall *h, spi_guest *g, sp_error *err)
{
	day_plan *d = &h->today;
	spi_play *play = h->all.play;
	if (d->next == d->count)
		return SP_OK;
	g->place_in_day = d->next++;
	spi_play_meet(play, &d->slots[g->place_in_day], d->day, &g->contact, &g->before);
	sp_status status = spi_guest_begin(g, &h->all, err);
	return status == SP_OK ? push(h, g, err) : status;
}

static sp_status end_contact(hall *h, spi_guest *g, sp_error *err)
{
	day_plan *d = &h->today;
	d->comes_again[g->place_in_day] = spi_play_leave(h->all.play, &g->contact, &g->before, d->day, &d->again[g->place_in_day]);
	g->busy = false;
	d->done++;
	if (h->steps++ % 64 == 0)
		spi_progress_step(&h->all.play->progress, h->all.play->result.total.contacts, h->all.play->volumes.contacts);
	return next_contact(h, g, err);
}

static sp_status hear(hall *h, spi_guest *g, const spi_wire_reply *reply, sp_error *err)
{
	h->heard_us = spi_now_us();
	sp_status status = spi_guest_hear(g, &h->all, reply, err);
	bool closes = reply->closes;
	if (closes)
		hang_up(g);
	if (status == SP_ERR_BUSY) { /* it may be stored for all that */
		sp_error_clear(err);
		g->in_doubt = true;
		g->again_us = spi_now_us() + AGAIN_US;
		return SP_OK;
	}
	if (status != SP_OK)
		return status;
	if (g->contact.act == SPI_ACT_END)
		return end_contact(h, g, err);
	status = spi_guest_say(g, &h->all, err);
	return status == SP_OK ? push(h, g, err) : status;
}

static sp_status pull(hall *h, spi_guest *g, sp_error *err)
{
	ssize_t n = recv(g->fd, h->piece, PIECE, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return SP_OK;
	if (n <= 0)
		return lose(h, g, err);
	spi_wire_reply reply;
	sp_buffer_add(&g->in, h->piece, (size_t)n);
	if (!sp_buffer_ok(&g->in))
		return no_memory(err);
	sp_status status = spi_wire_read(sp_buffer_text(&g->in), g->in.len, &reply, err);
	return status != SP_OK || reply.status == 0 ? status : hear(h, g, &reply, err);
}

/* ---- days ---- */

static sp_status serve(hall *h, const struct epoll_event *event, sp_error *err)
{
	spi_guest *g = event->data.ptr;
	sp_status status = SP_OK;
	if (g->fd < 0)
		return SP_OK;
	if (event->events & EPOLLOUT && g->busy && g->again_us == 0)
		status = push(h, g, err);
	if (status == SP_OK && g->fd >= 0 && event->events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		status = pull(h, g, err);
	return status;
}

static sp_status turn(hall *h, sp_error *err)
{
	struct epoll_event events[256];
	int count = epoll_wait(h->epoll_fd, events, 256, TICK_MS);
	sp_status status = count < 0 && errno != EINTR ? sp_error_errno(err, errno, NULL, "wait for the server") : SP_OK;
	for (int i = 0; status == SP_OK && i < count; i++)
		status = serve(h, &events[i], err);
	int64_t now_us = spi_now_us();
	for (size_t i = 0; status == SP_OK && i < h->count; i++)
		if (h->guests[i].again_us && h->guests[i].again_us <= now_us)
			status = try_again(h, &h->guests[i], err);
	return status;
}

static sp_status play_day(hall *h, const sp_kb_config *config, int64_t day, sp_error *err)
{
	spi_play *play = h->all.play;
	day_plan *d = &h->today;
	*d = (day_plan){.day = day};
	sp_arena_reset(h->day_arena);
	sp_status status = spi_plan_day(&play->volumes, &play->behaviour, config, play->seed, day, h->day_arena, &d->slots, &d->count, err);
	d->again = status == SP_OK ? sp_arena_calloc(h->day_arena, d->count + 1, sizeof *d->again) : NULL;
	d->comes_again = d->again ? sp_arena_calloc(h->day_arena, d->count + 1, sizeof *d->comes_again) : NULL;
	if (!d->comes_again)
		return status != SP_OK ? status : no_memory(err);
	for (size_t i = 0; status == SP_OK && i < h->count; i++)
		status = next_contact(h, &h->guests[i], err);
	while (status == SP_OK && d->done < d->count)
		status = turn(h, err);
	for (size_t i = 0; status == SP_OK && i < d->count; i++)
		if (d->comes_again[i])
			status = spi_calendar_add(&play->calendar, &d->again[i], err);
	return status == SP_OK ? spi_calendar_turn(&play->calendar, err) : status;
}

/* ---- beginning and end ---- */

static sp_status conflict(const spi_wire_reply *reply, sp_error *err)
{
	static const struct { const char *field, *key; } why[] = {{"identity", "replay.is-other"}, {"kb", "replay.kb-changed"}, {"resume", "replay.is-there"},
		{"data", "replay.not-fresh"}};
	json_t *body = json_loadb(reply->body, reply->body_len, 0, NULL);
	const char *field = json_string_value(json_object_get(body, "field")), *detail = json_string_value(json_object_get(body, "detail"));
	sp_status status = sp_error_set(err, SP_ERR_DENIED, "--server", 0, "%s: %d: %s", spi_say("replay.refused"), reply->status, detail ? detail : "");
	for (size_t i = 0; reply->status == 409 && field && i < sizeof why / sizeof *why; i++)
		if (strcmp(field, why[i].field) == 0) {
			sp_error_clear(err);
			status = sp_error_set(err, SP_ERR_CONFLICT, "--server", 0, "%s", spi_say(why[i].key));
		}
	json_decref(body);
	return status;
}

/* Say which replay this is; how many conversations the server has. */
static sp_status announce(const hall *h, const spi_replay_mark *mark, bool resume, uint64_t *ret_conversations, sp_error *err)
{
	char body[256];
	sp_buffer in = SP_BUFFER_INIT;
	spi_wire_reply reply;
	snprintf(body, sizeof body, "{\"identity\":\"%s\",\"kb\":\"%s\",\"resume\":%s}", mark->identity, mark->kb, resume ? "true" : "false");
	sp_status status = spi_wire_call(&h->server, "POST", "/v1/replay", body, &in, &reply, err);
	if (status == SP_OK && reply.status != 200)
		status = conflict(&reply, err);
	if (status == SP_OK) {
		json_t *told = json_loadb(reply.body, reply.body_len, 0, NULL);
		*ret_conversations = (uint64_t)json_integer_value(json_object_get(told, "conversations"));
		json_decref(told);
	}
	sp_buffer_release(&in);
	return status;
}

static sp_status read_token(const spi_over_http *options, spi_wire_server *server, sp_error *err)
{
	const char *text = getenv("SPORTELLO_TOKEN");
	size_t len = text ? strlen(text) : 0;
	sp_arena *arena = sp_arena_new(0);
	sp_status status = arena ? SP_OK : no_memory(err);
	if (status == SP_OK && options->token_file)
		status = spi_file_read(options->token_file, 4096, arena, &text, &len, err);
	if (status == SP_OK && text)
		len = strcspn(text, " \t\r\n");
	if (status == SP_OK && (len == 0 || len >= sizeof server->token))
		status = sp_error_set(err, SP_ERR_USAGE, "--token-file", 0, "%s", spi_say("replay.no-token"));
	if (status == SP_OK)
		snprintf(server->token, sizeof server->token, "%.*s", (int)len, text);
	sp_arena_free(arena);
	return status;
}

static sp_status open_hall(hall *h, const spi_over_http *options, sp_error *err)
{
	sp_status status = spi_wire_find(options->url, &h->server, err);
	if (status == SP_OK)
		status = read_token(options, &h->server, err);
	if (status != SP_OK)
		return status;
	h->all.server = &h->server;
	h->all.arena = sp_arena_new(0);
	h->day_arena = sp_arena_new(1 << 20);
	h->piece = malloc(PIECE);
	h->guests = calloc(options->connections, sizeof *h->guests);
	h->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (h->epoll_fd < 0)
		return sp_error_errno(err, errno, NULL, "wait for the server");
	if (!h->all.arena || !h->day_arena || !h->piece || !h->guests)
		return no_memory(err);
	for (; h->count < options->connections; h->count++) {
		h->guests[h->count] = (spi_guest){.fd = -1, .out = SP_BUFFER_INIT, .in = SP_BUFFER_INIT, .arena = sp_arena_new(0)};
		if (!h->guests[h->count].arena)
			return no_memory(err);
	}
	h->heard_us = spi_now_us();
	return SP_OK;
}

static void close_hall(hall *h)
{
	for (size_t i = 0; i < h->count; i++) {
		hang_up(&h->guests[i]);
		sp_arena_free(h->guests[i].arena);
		sp_buffer_release(&h->guests[i].out);
		sp_buffer_release(&h->guests[i].in);
	}
	if (h->epoll_fd >= 0)
		close(h->epoll_fd);
	free(h->guests);
	free(h->piece);
	free(h->all.words);
	sp_arena_free(h->day_arena);
	sp_arena_free(h->all.arena);
	explicit_bzero(h->server.token, sizeof h->server.token);
}

sp_status spi_replay_over_http(const spi_over_http *options, spi_play *play, const sp_kb_config *config, const spi_replay_mark *mark, bool resume, sp_error *err)
{
	hall h = {.epoll_fd = -1, .all = {.play = play, .config = config}};
	memcpy(h.all.kb, mark->kb, sizeof h.all.kb);
	sp_status status = open_hall(&h, options, err);
	uint64_t there = 0;
	if (status == SP_OK)
		status = announce(&h, mark, resume, &there, err);
	play->result.resumed = there;
	h.all.resumes = there > 0;
	int64_t started_us = spi_now_us();
	spi_progress_start(&play->progress, "replay.playing");
	play->progress.with_rate = true;
	for (int64_t day = play->volumes.first_day; status == SP_OK && day <= play->volumes.last_day; day++)
		status = play_day(&h, config, day, err);
	spi_progress_end(&play->progress);
	play->result.seconds = (double)(spi_now_us() - started_us) / 1e6;
	if (status == SP_OK)
		status = announce(&h, mark, true, &play->result.counted, err);
	close_hall(&h);
	return status;
}
