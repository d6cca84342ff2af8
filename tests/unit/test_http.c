#include "harness.h"

#include "base/embed.h"
#include "http/body.h"
#include "http/gzip.h"
#include "http/handlers.h"
#include "http/listen.h"
#include "http/parts.h"
#include "http/request.h"
#include "http/tickets.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

/* A request without a connection: a server and a worker that log nothing. */
typedef struct bench {
	sp_server server;
	spi_worker worker;
	spi_request request;
	sp_kb_config config;
} bench;

static void begin(bench *b, const char *target)
{
	memset(b, 0, sizeof *b);
	b->worker.server = &b->server;
	b->config.langs = 1u << SP_LANG_IT | 1u << SP_LANG_DE;
	b->request.worker = &b->worker;
	b->request.method = "GET";
	b->request.config = &b->config;
	b->request.arena = sp_arena_new(0);
	strcpy(b->request.id, "0123456789abcdef");
	sp_buffer_add_text(&b->request.uri, target);
}

static void end(bench *b)
{
	spi_body_release(&b->request);
	sp_buffer_release(&b->request.uri);
	sp_buffer_release(&b->request.body);
	sp_buffer_release(&b->request.out);
	sp_buffer_release(&b->worker.scratch);
	sp_arena_free(b->request.arena);
}

static void header(bench *b, const char *name, const char *value)
{
	b->request.headers[b->request.headers_count++] = (spi_pair){name, value};
}

/* ---- request target ---- */

TEST(test_http_percent_decoding)
{
	sp_arena *arena = sp_arena_new(0);
	CHECK_STR(spi_percent_decode("a%20b+c", 7, false, arena), "a b+c");
	CHECK_STR(spi_percent_decode("a%20b+c", 7, true, arena), "a b c");
	CHECK_STR(spi_percent_decode("perch%C3%A9", 11, true, arena), "perché");
	CHECK_STR(spi_percent_decode("", 0, true, arena), "");
	CHECK(spi_percent_decode("%", 1, true, arena) == NULL);
	CHECK(spi_percent_decode("%4", 2, true, arena) == NULL);
	CHECK(spi_percent_decode("%zz", 3, true, arena) == NULL);
	CHECK(spi_percent_decode("%00", 3, true, arena) == NULL);
	CHECK(spi_percent_decode("%E9", 3, true, arena) == NULL);
	CHECK(spi_percent_decode("%ED%A0%80", 9, true, arena) == NULL);
	sp_arena_free(arena);
}

TEST(test_http_query)
{
	bench b;
	begin(&b, "/v1/search?q=due+parole&lang=it&q=again&flag&=x&empty=&&perch%C3%A9=s%C3%AC");
	CHECK(spi_request_parse_target(&b.request));
	CHECK_STR(b.request.path, "/v1/search");
	CHECK_STR(spi_request_query(&b.request, "q"), "due parole");
	CHECK_STR(spi_request_query(&b.request, "lang"), "it");
	CHECK_STR(spi_request_query(&b.request, "flag"), "");
	CHECK_STR(spi_request_query(&b.request, "empty"), "");
	CHECK_STR(spi_request_query(&b.request, "perché"), "sì");
	CHECK(spi_request_query(&b.request, "Q") == NULL);
	end(&b);
}

TEST(test_http_query_bad)
{
	bench b;
	begin(&b, "/v1/search?q=%C3");
	CHECK(!spi_request_parse_target(&b.request));
	CHECK_INT(b.request.reply.status, 400);
	CHECK_STR(b.request.reply.type, "application/problem+json");
	end(&b);
	char many[512] = "/v1/search?";
	for (int i = 0; i < SPI_QUERY_MAX + 1; i++)
		strcat(many, "a=1&");
	begin(&b, many);
	CHECK(!spi_request_parse_target(&b.request));
	CHECK_INT(b.request.reply.status, 400);
	end(&b);
	begin(&b, "/v1/search");
	b.request.uri_too_long = true;
	CHECK(!spi_request_parse_target(&b.request));
	CHECK_INT(b.request.reply.status, 414);
	end(&b);
}

TEST(test_http_number)
{
	static const struct { const char *text; int want; } cases[] = {
		{"1", 1}, {"100", 100}, {"007", 7}, {"0", -1}, {"101", -1}, {"", 20}, {"-1", -1}, {"1.5", -1}, {" 1", -1},
		{"+1", -1}, {"99999999999999999999", -1}, {"4294967297", -1}, {"1x", -1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bench b;
		uint32_t value = 0;
		begin(&b, "/");
		b.request.query[0] = (spi_pair){"per_page", cases[i].text};
		b.request.query_count = 1;
		CHECK_INT(spi_request_number(&b.request, "per_page", 1, 100, 20, &value) ? (int)value : -1, cases[i].want);
		if (cases[i].want < 0)
			CHECK_HAS(sp_buffer_text(&b.request.out), "\"field\":\"per_page\"");
		CHECK(spi_request_number(&b.request, "page", 1, 100, 20, &value));
		CHECK_INT(value, 20);
		end(&b);
	}
}

TEST(test_http_form)
{
	bench b;
	begin(&b, "/chat");
	sp_buffer_add_text(&b.request.body, "message=non+va%21&empty=&f_iban=IT60");
	CHECK_STR(spi_request_form(&b.request, "message"), "non va!");
	CHECK_STR(spi_request_form(&b.request, "empty"), "");
	CHECK_STR(spi_request_form(&b.request, "f_iban"), "IT60");
	CHECK(spi_request_form(&b.request, "other") == NULL);
	end(&b);
	begin(&b, "/chat");
	sp_buffer_add_text(&b.request.body, "message=%FF");
	CHECK(spi_request_form(&b.request, "message") == NULL);
	end(&b);
}

/* ---- headers ---- */

TEST(test_http_accept_language)
{
	unsigned all = 7, it_de = 1u << SP_LANG_IT | 1u << SP_LANG_DE;
	CHECK_INT(spi_accept_language("de", all), SP_LANG_DE);
	CHECK_INT(spi_accept_language("en-GB,en;q=0.9,it;q=0.8", all), SP_LANG_EN);
	CHECK_INT(spi_accept_language("en-GB,en;q=0.9,it;q=0.8", it_de), SP_LANG_IT);
	CHECK_INT(spi_accept_language("it;q=0.5, de-AT ; q=0.7", all), SP_LANG_DE);
	CHECK_INT(spi_accept_language("fr, ja;q=0.3", all), SP_LANG_NONE);
	CHECK_INT(spi_accept_language("it;q=0", all), SP_LANG_NONE);
	CHECK_INT(spi_accept_language("", all), SP_LANG_NONE);
	CHECK_INT(spi_accept_language(NULL, all), SP_LANG_NONE);
	CHECK_INT(spi_accept_language(",,;q=,=;", all), SP_LANG_NONE);
	CHECK_INT(spi_accept_language("it;q=0.125,de;q=0.13,en;q=0.1", all), SP_LANG_DE);
	CHECK_INT(spi_accept_language("it;q=1e99,de;q=0.9", all), SP_LANG_IT);
	CHECK_INT(spi_accept_language("it;q=nan,de;q=inf,en;q=-1", all), SP_LANG_NONE);
	CHECK_INT(spi_accept_language("de;q=1,it;q=0777777777777777777777777777777777777777777777777777", all), SP_LANG_DE);
}

TEST(test_http_accept)
{
	bench b;
	begin(&b, "/");
	CHECK(!spi_request_accepts(&b.request, "text/html"));
	header(&b, "accept", "application/json;q=0.9, text/html, text/csv;q=0");
	CHECK(spi_request_accepts(&b.request, "text/html"));
	CHECK(spi_request_accepts(&b.request, "application/json"));
	CHECK(!spi_request_accepts(&b.request, "text/csv"));
	CHECK(!spi_request_accepts(&b.request, "text/plain"));
	end(&b);
}

TEST(test_http_etag_list)
{
	CHECK(spi_etag_listed("\"a\"", "\"a\""));
	CHECK(spi_etag_listed("W/\"a\"", "\"a\""));
	CHECK(spi_etag_listed("\"a\"", "W/\"a\""));
	CHECK(spi_etag_listed("\"x\", W/\"y\" ,\"a\"", "\"a\""));
	CHECK(spi_etag_listed("*", "\"a\""));
	CHECK(!spi_etag_listed("\"ab\"", "\"a\""));
	CHECK(!spi_etag_listed("a", "\"a\""));
	CHECK(!spi_etag_listed("\"x, \\\"a\"", "\"a\""));
	CHECK(!spi_etag_listed("\"unclosed", "\"a\""));
	CHECK(!spi_etag_listed("", "\"a\""));
	CHECK(!spi_etag_listed(NULL, "\"a\""));
}

/* ---- routes ---- */

static const char *route_of(const char *method, const char *path)
{
	spi_match match = spi_routes_match(method, path, strlen(path));
	return match.route ? match.route->metric : match.path_known ? "other method" : "none";
}

TEST(test_http_routes)
{
	CHECK_STR(route_of("POST", "/v1/chat"), "chat");
	CHECK_STR(route_of("GET", "/v1/chat"), "other method");
	CHECK_STR(route_of("POST", "/v1/chat/abc/feedback"), "feedback");
	CHECK_STR(route_of("POST", "/v1/chat//feedback"), "none");
	CHECK_STR(route_of("POST", "/v1/chat/a/b/feedback"), "none");
	CHECK_STR(route_of("GET", "/v1/articles"), "articles");
	CHECK_STR(route_of("HEAD", "/v1/articles/x"), "article");
	CHECK_STR(route_of("GET", "/v1/articles/"), "none");
	CHECK_STR(route_of("GET", "/v1/articles/x/"), "none");
	CHECK_STR(route_of("GET", "/v1/tickets"), "tickets");
	CHECK_STR(route_of("PATCH", "/v1/tickets/7"), "ticket-change");
	CHECK_STR(route_of("DELETE", "/v1/tickets/7"), "ticket-forget");
	CHECK_STR(route_of("PUT", "/v1/tickets/7"), "other method");
	CHECK_STR(route_of("GET", "/v1"), "none");
	CHECK_STR(route_of("GET", ""), "none");
}

TEST(test_http_route_params)
{
	spi_match match = spi_routes_match("POST", "/v1/chat/a%2Fb/feedback", 23);
	CHECK_INT(match.params_count, 1);
	CHECK_INT(match.params[0].len, 5);
	CHECK(match.params_count == 1 && memcmp(match.params[0].text, "a%2Fb", 5) == 0);
}

TEST(test_http_allow)
{
	char allow[64];
	spi_routes_allow("/v1/tickets", 11, allow, sizeof allow);
	CHECK_STR(allow, "GET, HEAD, POST, OPTIONS");
	spi_routes_allow("/v1/tickets/1", 13, allow, sizeof allow);
	CHECK_STR(allow, "GET, HEAD, PATCH, DELETE, OPTIONS");
	spi_routes_allow("/v1/chat", 8, allow, sizeof allow);
	CHECK_STR(allow, "POST, OPTIONS");
}

/* Every row says all that it must. */
TEST(test_http_route_rows)
{
	for (size_t i = 0; i < spi_routes_count(); i++) {
		const spi_route *route = spi_routes_at(i);
		CHECK(route->handle != NULL);
		CHECK(route->metric && strspn(route->metric, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(route->metric));
		CHECK_INT(route->body == SPI_BODY_NONE || route->gate != NULL, route->body_max == 0); /* a gate says how large */
		CHECK(route->body_max <= SPI_BODY_MAX);
		for (size_t j = 0; j < i; j++)
			CHECK(strcmp(spi_routes_at(j)->metric, route->metric) != 0 || spi_routes_at(j)->page);
	}
}

static const char *lower(const char *method)
{
	static const char *const methods[][2] = {{"GET", "get"}, {"POST", "post"}, {"PATCH", "patch"}, {"DELETE", "delete"}};
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (strcmp(method, methods[i][0]) == 0)
			return methods[i][1];
	return "?";
}

/* A page for who is signed in is for nobody else; only the ways in and out are for everybody. */
TEST(test_http_console_pages_are_for_staff)
{
	size_t ways = 0;
	for (const spi_route *route = spi_page_routes; route->method; route++) {
		if (strncmp(route->pattern, "/agent/", 7) != 0)
			continue;
		if (strncmp(route->pattern, "/agent/sign-", 12) == 0)
			ways++;
		else if (route->who == SPI_ANYONE)
			harness_fail(__FILE__, __LINE__, "%s %s is for anyone", route->method, route->pattern);
	}
	CHECK(ways >= 3);
}

/* web/openapi.json and the table of routes say the same. */
TEST(test_http_openapi_has_every_route)
{
	const spi_embedded *file = spi_embedded_find(spi_embedded_web, "openapi.json");
	REQUIRE(file != NULL);
	json_error_t error;
	json_t *document = json_loadb(file->data, (size_t)(file->end - file->data), JSON_REJECT_DUPLICATES, &error);
	REQUIRE(document != NULL);
	json_t *paths = json_object_get(document, "paths"), *methods, *call;
	size_t rows = 0, described = 0;
	for (const spi_route *route = spi_api_routes; route->method; route++, rows++) {
		call = json_object_get(json_object_get(paths, route->pattern), lower(route->method));
		if (!call)
			harness_fail(__FILE__, __LINE__, "openapi.json has no %s %s", route->method, route->pattern);
		CHECK_INT(json_object_get(call, "requestBody") != NULL, route->body != SPI_BODY_NONE);
		CHECK_INT(json_object_get(json_object_get(call, "responses"), "413") != NULL, route->body != SPI_BODY_NONE);
		/* Who is signed in may write from our own pages only. */
		bool refuses = route->who != SPI_ANYONE || strcmp(route->method, "GET") != 0;
		CHECK_INT(json_object_get(json_object_get(call, "responses"), "403") != NULL, refuses);
	}
	const char *path, *method;
	json_object_foreach(paths, path, methods)
		json_object_foreach(methods, method, call)
			described++;
	CHECK_INT(described, rows);
	json_decref(document);
}

/* ---- bodies ---- */

static const spi_member members[] = {
	{"message", SPI_STRING, true, 0}, {"lang", SPI_STRING, false, 0}, {"solved", SPI_BOOL, false, 0},
	{"fields", SPI_OBJECT, false, 0}, {"comment", SPI_STRING, false, 5},
};

/* What is in the error for a body; "" when there is none. */
static void check_body(const char *body, const char *part)
{
	bench b;
	begin(&b, "/v1/chat");
	sp_buffer_add_text(&b.request.body, body);
	const json_t *read = spi_body_read(&b.request, members, sizeof members / sizeof *members);
	CHECK_INT(read != NULL, part == NULL);
	if (part) {
		CHECK_INT(b.request.reply.status, 400);
		CHECK_HAS(sp_buffer_text(&b.request.out), part);
	}
	end(&b);
}

TEST(test_http_body)
{
	check_body("{\"message\": \"ciao\"}", NULL);
	check_body("{\"message\": \"ciao\", \"lang\": null, \"x-trace\": 3}", NULL);
	check_body("{\"message\": \"ciao\", \"comment\": \"perch\"}", NULL);
	check_body("{\"message\": \"ciao\", \"comment\": \"perché\"}", "\"field\":\"comment\"");
	check_body("", "urn:sportello:problem:malformed-json");
	check_body("{\"message\":\n \"ciao\",}", "\"line\":2,\"column\":9");
	check_body("{\"message\": \"a\"} x", "malformed-json");
	check_body("{\"message\": \"a\", \"message\": \"b\"}", "malformed-json");
	check_body("{\"message\": \"\xff\"}", "malformed-json");
	check_body("{\"message\": \"a\\u0000b\"}", "malformed-json");
	check_body("[\"message\"]", "urn:sportello:problem:wrong-type");
	check_body("\"message\"", "malformed-json");
	check_body("{}", "\"field\":\"message\"");
	check_body("{\"message\": null}", "urn:sportello:problem:missing-member");
	check_body("{\"message\": 5}", "urn:sportello:problem:wrong-type");
	check_body("{\"message\": \"a\", \"solved\": \"yes\"}", "\"field\":\"solved\"");
	check_body("{\"message\": \"a\", \"fields\": []}", "\"field\":\"fields\"");
	check_body("{\"mesage\": \"a\"}", "\"field\":\"mesage\",\"nearest\":\"message\"");
	check_body("{\"message\": \"a\", \"quite-other\": 1}", "the members are message, lang, solved, fields, comment");
}

TEST(test_http_body_lang)
{
	bench b;
	sp_lang lang = SP_LANG_NONE;
	begin(&b, "/v1/chat");
	sp_buffer_add_text(&b.request.body, "{\"message\":\"a\",\"lang\":\"de-AT\"}");
	const json_t *body = spi_body_read(&b.request, members, 5);
	REQUIRE(body != NULL);
	CHECK(spi_body_lang(&b.request, body, SP_LANG_IT, &lang));
	CHECK_INT(lang, SP_LANG_DE);
	sp_buffer_clear(&b.request.body);
	/* English is known to the program, not to this service. */
	sp_buffer_add_text(&b.request.body, "{\"message\":\"a\",\"lang\":\"en\"}");
	body = spi_body_read(&b.request, members, 5);
	CHECK(!spi_body_lang(&b.request, body, SP_LANG_IT, &lang));
	CHECK_HAS(sp_buffer_text(&b.request.out), "the languages of this service are it, de");
	sp_buffer_clear(&b.request.body);
	sp_buffer_add_text(&b.request.body, "{\"message\":\"a\"}");
	body = spi_body_read(&b.request, members, 5);
	CHECK(spi_body_lang(&b.request, body, SP_LANG_IT, &lang));
	CHECK_INT(lang, SP_LANG_IT);
	end(&b);
}

/* ---- replies ---- */

TEST(test_http_problem)
{
	bench b;
	begin(&b, "/v1/x");
	sp_buffer_add_text(&b.request.out, "half a reply");
	sp_json *json = spi_problem_begin(&b.request, SPI_MESSAGE_TOO_LONG, "%d is too many", 2001);
	sp_json_int(json, "count", 2001);
	spi_problem_end(&b.request);
	CHECK_INT(b.request.reply.status, 400);
	CHECK_STR(sp_buffer_text(&b.request.out), "{\"type\":\"urn:sportello:problem:message-too-long\","
		"\"title\":\"The message is too long\",\"status\":400,\"detail\":\"2001 is too many\","
		"\"instance\":\"urn:sportello:request:0123456789abcdef\",\"count\":2001}");
	end(&b);
}

TEST(test_http_library_errors)
{
	static const struct { sp_status status; int http; } cases[] = {
		{SP_ERR_INVALID, 400}, {SP_ERR_DENIED, 403}, {SP_ERR_NOT_FOUND, 404}, {SP_ERR_CONFLICT, 409},
		{SP_ERR_TOO_LARGE, 413}, {SP_ERR_BUSY, 503}, {SP_ERR_FULL, 503}, {SP_ERR_CORRUPT, 503},
		{SP_ERR_UNSUPPORTED, 501}, {SP_ERR_INTERNAL, 500},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bench b;
		sp_error err = {0};
		begin(&b, "/v1/x");
		sp_error_set(&err, cases[i].status, "/srv/secret/path", 0, "the story of /srv/secret/path");
		spi_reply_error(&b.request, cases[i].status, &err);
		CHECK_INT(b.request.reply.status, cases[i].http);
		/* What went wrong inside is for the log. */
		CHECK_INT(strstr(sp_buffer_text(&b.request.out), "secret") == NULL, cases[i].http >= 500);
		end(&b);
	}
}

TEST(test_http_not_modified)
{
	bench b;
	begin(&b, "/v1/articles");
	sp_buffer_add_text(&b.request.out, "{\"a\":1}");
	spi_reply_json_tagged(&b.request);
	CHECK_INT(b.request.reply.status, 200);
	REQUIRE(b.request.reply.etag != NULL);
	header(&b, "If-None-Match", b.request.reply.etag);
	spi_reply_json_tagged(&b.request);
	CHECK_INT(b.request.reply.status, 304);
	CHECK_INT(b.request.out.len, 0);
	sp_buffer_add_text(&b.request.out, "{\"a\":2}");
	spi_reply_json_tagged(&b.request);
	CHECK_INT(b.request.reply.status, 200);
	end(&b);
}

TEST(test_http_content_types)
{
	CHECK_STR(spi_type_of("static/app.css"), "text/css; charset=utf-8");
	CHECK_STR(spi_type_of("widget.js"), "text/javascript; charset=utf-8");
	CHECK_STR(spi_type_of("a.b.svg"), "image/svg+xml");
	CHECK_STR(spi_type_of("README"), "application/octet-stream");
}

TEST(test_http_gzip)
{
	spi_deflater *deflater = spi_deflater_new();
	sp_buffer text = SP_BUFFER_INIT, packed = SP_BUFFER_INIT;
	char plain[8192];
	REQUIRE(deflater != NULL);
	for (int round = 0; round < 3; round++) {
		sp_buffer_clear(&text);
		for (int i = 0; i < 100; i++)
			sp_buffer_printf(&text, "round %d, line %d of a text; ", round, i);
		CHECK(spi_deflate(deflater, text.data, text.len, &packed));
		CHECK(packed.len < text.len / 2);
		z_stream stream = {.next_in = (Bytef *)packed.data, .avail_in = (uInt)packed.len, .next_out = (Bytef *)plain,
			.avail_out = sizeof plain};
		CHECK_INT(inflateInit2(&stream, 15 + 16), Z_OK);
		CHECK_INT(inflate(&stream, Z_FINISH), Z_STREAM_END);
		CHECK_INT(stream.total_out, text.len);
		CHECK(memcmp(plain, text.data, text.len) == 0);
		inflateEnd(&stream);
	}
	/* What cannot be made shorter is left as it is. */
	CHECK(!spi_deflate(deflater, "qz", 2, &packed));
	spi_deflater_free(deflater);
	sp_buffer_release(&text);
	sp_buffer_release(&packed);
}

/* ---- small checks ---- */

TEST(test_http_names)
{
	CHECK(spi_is_channel("web"));
	CHECK(spi_is_channel("app-io2"));
	CHECK(!spi_is_channel(""));
	CHECK(!spi_is_channel("-web"));
	CHECK(!spi_is_channel("Web"));
	CHECK(!spi_is_channel("=cmd()"));
	CHECK(!spi_is_channel("abcdefghijklmnopqrstuvwxyz1234567"));
	CHECK(spi_is_conversation("abcdefghijklmnopqrstuvwxyz"));
	CHECK(!spi_is_conversation("abcdefghijklmnopqrstuvwxy"));
	CHECK(!spi_is_conversation("abcdefghijklmnopqrstuvwxyza"));
	CHECK(!spi_is_conversation("abcdefghijklmnopqrstuvwxy'"));
}

TEST(test_http_may_show)
{
	bench b;
	sp_record record = {.type = SP_TYPE_QA};
	begin(&b, "/");
	b.request.day = 20261123;
	b.request.moment_utc_s = 1000;
	CHECK(spi_request_may_show(&b.request, &record));
	record.valid_from = record.valid_until = 20261123;
	CHECK(spi_request_may_show(&b.request, &record));
	record.valid_from = 20261124;
	CHECK(!spi_request_may_show(&b.request, &record));
	record.valid_from = 0;
	record.valid_until = 20261122;
	CHECK(!spi_request_may_show(&b.request, &record));
	record.ended = true;
	CHECK(spi_request_may_show(&b.request, &record));
	record = (sp_record){.type = SP_TYPE_NOTICE, .starts_utc_s = 1000, .ends_utc_s = 1001};
	CHECK(spi_request_may_show(&b.request, &record));
	b.request.moment_utc_s = 999;
	CHECK(!spi_request_may_show(&b.request, &record));
	b.request.moment_utc_s = 1001;
	CHECK(!spi_request_may_show(&b.request, &record));
	end(&b);
}

TEST(test_http_ticket_number)
{
	static const struct { const char *text; long long want; } cases[] = {
		{"1", 1}, {"123456789012345678", 123456789012345678}, {"0", 0}, {"", 0}, {"-1", 0}, {"1a", 0},
		{"1234567890123456789", 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bench b;
		begin(&b, "/");
		b.request.params[0] = cases[i].text;
		CHECK_INT(spi_ticket_number(&b.request), cases[i].want);
		CHECK_INT(b.request.reply.status, cases[i].want ? 0 : 404);
		end(&b);
	}
}

/* ---- listening ---- */

TEST(test_http_listen_addresses)
{
	static const char *const bad[] = {"8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "::1:80",
		"[::1:80", "", ":", "127.0.0.1:123456"};
	int fd = -1;
	unsigned port;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_INT(spi_listen(bad[i], &fd, &port, NULL), SP_ERR_USAGE);
	CHECK_INT(fd, -1);
}

TEST(test_http_listen_port_in_use)
{
	int first = -1, second = -1;
	unsigned port = 0, other = 0;
	char address[64];
	sp_error err = {0};
	REQUIRE(spi_listen("127.0.0.1:0", &first, &port, &err) == SP_OK);
	CHECK(port > 0);
	snprintf(address, sizeof address, "127.0.0.1:%u", port);
	CHECK_INT(spi_listen(address, &second, &other, &err), SP_ERR_BUSY);
	CHECK_HAS(err.text, "another program listens on 127.0.0.1:");
	CHECK_HAS(err.text, "--listen");
	close(first);
}

TEST(test_http_listen_ipv6)
{
	int fd = -1;
	unsigned port = 0;
	int probe = socket(AF_INET6, SOCK_STREAM, 0);
	if (probe < 0)
		return; /* this machine has no IPv6 */
	close(probe);
	if (spi_listen("[::1]:0", &fd, &port, NULL) == SP_OK) {
		CHECK(port > 0);
		close(fd);
	}
}
