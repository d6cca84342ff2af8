/* Memory that runs out (nomem.h): what a service is made of, its threads too. */
#include "answer_bed.h"
#include "encode_bed.h"
#include "publish_bed.h"
#include "store_bed.h"

#include "access/claims.h"
#include "access/config.h"
#include "access/jose.h"
#include "connect/maker.h"
#include "connect/sign.h"
#include "sportello/identity.h"
#include "sportello/outbox.h"
#include "sportello/personal.h"
#include "sportello/server.h"
#include "sportello/ticket.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

TEST(test_nomem_service_is_tried_without_sanitizers)
{
	CHECK(true); /* they have a malloc of their own */
}

#else

#include "nomem.h"

/* ---- tickets ---- */

static sp_status check_fields(sp_arena *arena)
{
	static const struct { sp_field_check check; const char *value; } fields[] = {
		{SP_FIELD_EMAIL, "ada@example.com"}, {SP_FIELD_IBAN, "it60 x054 2811 1010 0000 0123 456"}, {SP_FIELD_DATE, "3/2/2026"}, {SP_FIELD_AMOUNT, "12,50"}, {SP_FIELD_TEXT, "  una   riga "},
	};
	const sp_kb_config *config = &answer_bed()->config;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		const sp_field field = {.key = "f", .check = fields[i].check, .max_chars = 100};
		const char *normal, *message;
		sp_status status = sp_ticket_check_field(&field, fields[i].value, strlen(fields[i].value), 0, arena, &normal, &message);
		if (status != SP_OK)
			return status;
	}
	return status_of(sp_service_when(config, 0, NOON, SP_LANG_DE, arena));
}

/* ---- the store: opened, written by its thread, read, closed ---- */

static sp_status keep(sp_arena *arena)
{
	sp_store *store = NULL;
	sp_store_reader *reader = NULL;
	sp_ticket ticket;
	sp_status status = sp_store_open(folder_of("nomem"), SP_STORE_SERVE, &store, NULL);
	sp_write turn = turn_write("conversazione-di-prova-abcdef", NOON, SP_DECIDE_ANSWER, "accesso", "otp"), asked_for = ticket_write("conversazione-di-prova-abcdef", "aiuto");
	if (status == SP_OK)
		status = sp_store_write(store, &turn, NULL);
	if (status == SP_OK)
		status = sp_store_write(store, &asked_for, NULL);
	if (status == SP_OK) {
		sp_write changed = change_write(asked_for.as.ticket.ticket.number, SP_TICKET_ASSIGNED);
		status = sp_store_write(store, &changed, NULL);
	}
	if (status == SP_OK)
		status = sp_store_reader_open(store, &reader, NULL);
	if (status == SP_OK)
		status = sp_store_ticket(reader, asked_for.as.ticket.ticket.number, arena, &ticket, NULL);
	sp_store_reader_close(reader);
	sp_store_close(store);
	return status;
}

/* ---- publishing ---- */

static publish_bed published;

static sp_status publish(sp_arena *arena)
{
	sp_publish_options options = {.kb_dir = published.kb, .data_dir = published.data};
	sp_publisher *publisher = NULL;
	sp_reader *reader = NULL;
	sp_publish_state state;
	sp_status status = sp_publisher_open(&options, &publisher, NULL);
	if (status == SP_OK)
		status = sp_publisher_refresh(publisher, true, NULL);
	if (status == SP_OK)
		status = sp_reader_open(publisher, &reader, NULL);
	if (status == SP_OK)
		status = sp_publisher_state(publisher, arena, &state);
	sp_reader_close(reader);
	sp_publisher_close(publisher);
	return status;
}

/* ---- signed tokens ---- */

static sp_status claim(sp_arena *arena)
{
	static const spi_grant rows[] = {{.value = "operatori"}};
	static const spi_grants rules = {rows, 1};
	/* RFC 7515, A.3. */
	static const char token_text[] = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
		"DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
	static const char keys_text[] = "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}";
	sp_identified granted = {0};
	const char *subject;
	json_t *set = json_loads(keys_text, 0, NULL), *claims = json_loads("{\"sub\":\"ada\",\"roles\":[\"operatori\"]}", 0, NULL);
	spi_keys *keys = set ? spi_keys_read(set) : NULL;
	spi_token *token = keys ? spi_token_read(token_text, sizeof token_text - 1, NULL) : NULL;
	sp_status status = status_of(token != NULL);
	if (status == SP_OK)
		status = spi_token_verify(token, keys, NULL);
	if (status == SP_OK)
		status = spi_claims_subject(claims, "sub", "app:", arena, &subject, NULL);
	if (status == SP_OK)
		status = spi_claims_map(claims, "roles", &rules, arena, &granted, NULL);
	spi_token_free(token);
	spi_keys_free(keys);
	json_decref(set);
	json_decref(claims);
	return status;
}

static sp_status read_identity(sp_arena *arena)
{
	static const char text[] = "issuers:\n  - issuer: https://a.example\n    keys_url: https://a.example/keys\n    audience: s\n    claim: p\n    mapping:\n"
		"      - {value: x, audience: citizen}\n      - {value: y, audience: agent-l1, role: agent}\n";
	static char path[500];
	spi_access_config config;
	if (!path[0]) {
		harness_write(harness_folder(), "identity.yaml", text);
		snprintf(path, sizeof path, "%s/identity.yaml", harness_folder());
	}
	sp_error err = {0};
	sp_status status = spi_access_config_read(path, &answer_bed()->config, arena, &config, &err);
	if (status != SP_OK && status != SP_ERR_NOMEM)
		harness_fail(__FILE__, __LINE__, "%d: %s", err.line, err.text);
	return status;
}

/* ---- to another system ---- */

static sp_status describe(sp_arena *arena)
{
	static const char text[] = "connector: zendesk\nurl: https://example.com\nauth: {token: {env: TEST_CONNECT}}\nfields: {email: 5}\ngroups: {l2: 7}\nlang: en\nprefix: sp-\n";
	static char path[500];
	static const sp_ticket_value values[] = {{"email", "ada@example.com"}, {"provider", "Uno"}};
	static const sp_outgoing_turn turns[] = {{{.question = "prima", .article = "a-1"}, 0, 0}, {{.question = "dopo", .article = "a-2", .step = "passo-3"}, 1, 0}};
	const sp_outgoing out = {.entry = {.ticket = 1001, .revision = 1}, .turns = turns, .turns_count = 2,
		.ticket = {.number = 1001, .message = "riga una\nriga due", .category = "accesso", .values = values, .values_count = 2}};
	spi_connect_settings settings;
	sp_buffer told = SP_BUFFER_INIT, signature = SP_BUFFER_INIT;
	if (!path[0]) {
		setenv("TEST_CONNECT", "segreto", 1);
		harness_write(harness_folder(), "connector.yaml", text);
		snprintf(path, sizeof path, "%s/connector.yaml", harness_folder());
	}
	sp_status status = spi_connect_settings_read(path, arena, &settings, NULL);
	if (status == SP_OK)
		status = spi_maker_zendesk.check(&settings, arena, NULL);
	if (status == SP_OK) {
		spi_describe_ticket(&settings, &out, arena, &told);
		status = status_of(sp_buffer_ok(&told) && spi_subject(&settings, &out, arena));
	}
	if (status == SP_OK)
		status = spi_webhook_sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg", 1614265330, "{}", 2, &signature);
	sp_buffer_release(&told);
	sp_buffer_release(&signature);
	return status;
}

/* ---- the encoder's queue ---- */

static sp_status encode(sp_arena *arena)
{
	static const sp_encode_queue_settings settings = {.deadline_ms = 60000, .waiting_max = 8};
	static const char *const questions[] = {"il codice non arriva", "pagato due volte", "il codice non arriva"};
	bed b = {0};
	float vector[DIMENSIONS];
	(void)arena;
	sp_status status = status_of(open_bed(&b, &settings));
	for (size_t i = 0; status == SP_OK && i < sizeof questions / sizeof *questions; i++)
		status = ask(&b, questions[i], vector);
	close_bed(&b);
	return status == SP_ERR_BUSY ? SP_ERR_NOMEM : status; /* one that is answered by words alone */
}

/* ---- requests, over a connection ---- */

static sp_publisher *shared;

/* The reply's status; 0 where the connection was closed without one. */
static int http(unsigned port, const char *request)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval most = {.tv_sec = 10};
	char reply[65536];
	size_t len = 0;
	int status = 0, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
	if (connect(fd, (struct sockaddr *)&at, sizeof at) != 0 || send(fd, request, strlen(request), MSG_NOSIGNAL) < 0) {
		close(fd);
		return 0;
	}
	for (ssize_t got = 1; got > 0 && len < sizeof reply - 1; len += got > 0 ? (size_t)got : 0) {
		got = recv(fd, reply + len, sizeof reply - 1 - len, 0);
		if (got < 0)
			status = -1; /* nothing for ten seconds */
	}
	reply[len] = '\0';
	close(fd);
	return status ? status : sscanf(reply, "HTTP/1.1 %d ", &status) == 1 ? status : 0;
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
#define POST(path, type, body, len) "POST " path " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: " type "\r\nContent-Length: " len "\r\n\r\n" body

static sp_status serve(sp_arena *arena)
{
	static const char *const requests[] = {GET("/healthz"), GET("/v1/search?q=codice"), GET("/a/otp"), GET("/"), GET("/v1/articles/otp?lang=it"), GET("/v1/suggest?q=cod"), GET("/search?q=codice"), GET("/readyz"), GET("/metrics"), POST("/v1/chat", "application/json", "{\"message\":\"il codice otp non arriva\"}", "38"),
		POST("/v1/tickets", "application/json", "{\"message\":\"aiuto\"}", "19"), POST("/chat", "application/x-www-form-urlencoded", "message=codice", "14")};
	sp_store *store = NULL;
	sp_server *server = NULL;
	(void)arena;
	sp_status status = sp_store_open(folder_of("nomem-http"), SP_STORE_SERVE, &store, NULL);
	sp_server_options options = {.listen = "127.0.0.1:0", .threads = 1, .publisher = shared, .store = store, .client_rate = 100, .client_connections = 8, .limit_local = true};
	if (status == SP_OK)
		status = sp_server_start(&options, &server, NULL);
	for (size_t i = 0; status == SP_OK && i < sizeof requests / sizeof *requests; i++) {
		int got = http(sp_server_port(server), requests[i]);
		if (got == -1)
			harness_fail(__FILE__, __LINE__, "no reply and no end: %.40s", requests[i]);
		if (got >= 400 && got < 500)
			harness_fail(__FILE__, __LINE__, "%d is no fault of the client's: %.40s", got, requests[i]);
		status = got >= 200 && got < 400 ? SP_OK : SP_ERR_NOMEM;
	}
	sp_server_stop(server, 1);
	sp_store_close(store);
	return status;
}

/* All threads' allocations count, as they belong to this call alone. */
static void try_threads(call *what, size_t most)
{
	atomic_store(&watches_all, true);
	try_some(what, most);
	atomic_store(&watches_all, false);
}

TEST(test_nomem_tickets)
{
	REQUIRE(answer_bed());
	try_some(check_fields, 2000);
}

TEST(test_nomem_store) { try_threads(keep, 150); }
TEST(test_nomem_claims) { try_some(claim, 2000); }
TEST(test_nomem_identity)
{
	REQUIRE(answer_bed());
	try_some(read_identity, 2000);
}

TEST(test_nomem_connect) { try_some(describe, 2000); }
TEST(test_nomem_encode) { try_threads(encode, 200); }

TEST(test_nomem_publish)
{
	open_publish_bed(&published);
	try_threads(publish, 60);
	close_publish_bed(&published);
}

TEST(test_nomem_http)
{
	publish_bed f;
	open_publish_bed(&f);
	REQUIRE(open_publisher(&f) == SP_OK);
	shared = f.publisher;
	try_threads(serve, 120);
	close_publish_bed(&f);
}

#endif
