/* POST /v1/replay: begin a replay in this service's data folder, or go on with it, and how far it is. */
#include "base/file.h"
#include "http/body.h"
#include "http/handlers.h"
#include "http/request.h"

#include <string.h>

#define MARK_FILE "replay"

typedef struct beginning {
	const char *identity, *kb;
	bool resume;
	const char *path;
	uint64_t conversations, tickets;
} beginning;

static bool refuse(spi_request *request, const char *field, const char *why)
{
	spi_problem_field(request, SPI_CONFLICT, field, "%s", why);
	return false;
}

/* What a replay leaves behind: which one it is, and against what it is played. */
static bool is_the_same(spi_request *request, const beginning *b)
{
	const char *text;
	size_t len;
	sp_error err = {0};
	sp_status status = spi_file_read(b->path, 4096, request->arena, &text, &len, &err);
	size_t first = strlen(b->identity);
	if (status) {
		spi_reply_error(request, status, &err);
		return false;
	}
	if (len <= first || memcmp(text, b->identity, first) != 0 || text[first] != '\n')
		return refuse(request, "identity", "the replay here is another one");
	if (strncmp(text + first + 1, b->kb, strlen(b->kb)) != 0)
		return refuse(request, "kb", "the knowledge base is not the one that this replay was begun with");
	return b->resume || refuse(request, "resume", "this replay was begun already; say resume to go on with it");
}

static bool begin(spi_request *request, const beginning *b)
{
	sp_error err = {0};
	if (spi_exists(b->path))
		return is_the_same(request, b);
	if (b->conversations || b->tickets)
		return refuse(request, "data", "there are people's conversations in this data folder; a replay needs a fresh one");
	const char *text = sp_arena_printf(request->arena, "%s\n%s\n", b->identity, b->kb);
	sp_status status = text ? spi_file_write(b->path, text, strlen(text), &err) : SP_ERR_NOMEM;
	if (status)
		spi_reply_error(request, status, &err);
	return !status;
}

static bool count(spi_request *request, beginning *b)
{
	sp_error err = {0};
	sp_status status = request->worker->store ? sp_store_count(request->worker->store, &b->conversations, &b->tickets, &err) : SP_ERR_IO;
	if (status)
		spi_reply_error(request, status, &err);
	return !status;
}

/* A mark that could not be told from another one, or would break its line. */
static bool is_hash(const char *text)
{
	size_t len = strspn(text, "0123456789abcdef");
	return len == SP_KB_FINGERPRINT && !text[len];
}

void spi_h_replay(spi_request *request)
{
	static const spi_member members[] = {{"identity", SPI_STRING, true, 64}, {"kb", SPI_STRING, true, 64}, {"resume", SPI_BOOL, false, 0}};
	const char *dir = request->worker->server->options.replay_dir;
	sp_json json;
	if (!dir) {
		spi_problem(request, SPI_CONFLICT, "this service was not started for a replay (serve --replay)");
		return;
	}
	const json_t *body = spi_body_read(request, members, sizeof members / sizeof *members);
	if (!body)
		return;
	beginning b = {.identity = spi_body_text(body, "identity"), .kb = spi_body_text(body, "kb"),
		.resume = json_is_true(json_object_get(body, "resume")), .path = sp_arena_printf(request->arena, "%s/" MARK_FILE, dir)};
	if (!is_hash(b.identity) || !is_hash(b.kb)) {
		spi_problem_field(request, SPI_BAD_VALUE, "identity", "identity and kb are SHA-256 in lower-case hex");
		return;
	}
	if (!b.path || !count(request, &b) || !begin(request, &b))
		return;
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	sp_json_int(&json, "conversations", (int64_t)b.conversations);
	sp_json_int(&json, "tickets", (int64_t)b.tickets);
	sp_json_object_end(&json);
	spi_reply_json(request, 200);
}
