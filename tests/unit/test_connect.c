/* Connectors: signatures, backoff, settings and their mapping, what is told of a ticket. */
#include "harness.h"

#include "connect/maker.h"
#include "connect/names.h"
#include "connect/sign.h"

#include <stdlib.h>

/* ---- signatures ---- */

TEST(test_webhook_signature_of_the_specification)
{
	sp_buffer out = SP_BUFFER_INIT;
	static const char body[] = "{\"test\": 2432232314}";
	CHECK_INT(spi_webhook_sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, strlen(body), &out),
		SP_OK);
	CHECK_STR(sp_buffer_text(&out), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
	sp_buffer_release(&out);
}

TEST(test_webhook_secrets_that_are_none)
{
	static const char *const bad[] = {"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_kurz", "whsec_M#KQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		sp_buffer out = SP_BUFFER_INIT;
		CHECK_INT(spi_webhook_sign(bad[i], "id", 1, "", 0, &out), SP_ERR_INVALID);
		CHECK_INT(out.len, 0);
		sp_buffer_release(&out);
	}
}

/* RFC 4231, cases 2 and 6 (a key longer than a block). */
TEST(test_hmac_sha256)
{
	unsigned char mac[32], long_key[131];
	static const unsigned char case2[] = {0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e}, case6[] = {0x60, 0xe4, 0x31, 0x59, 0x1e, 0xe0, 0xb6, 0x7f};
	static const char text2[] = "what do ya want for nothing?", text6[] = "Test Using Larger Than Block-Size Key - Hash Key First";
	spi_hmac_sha256("Jefe", 4, text2, strlen(text2), mac);
	CHECK_INT(memcmp(mac, case2, sizeof case2), 0);
	memset(long_key, 0xaa, sizeof long_key);
	spi_hmac_sha256(long_key, sizeof long_key, text6, strlen(text6), mac);
	CHECK_INT(memcmp(mac, case6, sizeof case6), 0);
}

/* RFC 4648, section 10. */
TEST(test_base64)
{
	static const char *const pairs[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		sp_buffer out = SP_BUFFER_INIT;
		unsigned char back[16];
		spi_base64(pairs[i][0], strlen(pairs[i][0]), &out);
		CHECK_STR(sp_buffer_text(&out), pairs[i][1]);
		long len = spi_base64_decode(pairs[i][1], strlen(pairs[i][1]), back, sizeof back);
		CHECK_INT(len, strlen(pairs[i][0]));
		CHECK_INT(memcmp(back, pairs[i][0], strlen(pairs[i][0])), 0);
		sp_buffer_release(&out);
	}
	unsigned char back[2];
	CHECK_INT(spi_base64_decode("Z", 1, back, sizeof back), -1);
	CHECK_INT(spi_base64_decode("Zm9v", 4, back, sizeof back), -1);
	CHECK_INT(spi_base64_decode("Z\0", 2, back, sizeof back), -1);
}

/* ---- backoff ---- */

TEST(test_backoff_is_anything_up_to_a_top_that_doubles)
{
	static const int64_t tops[] = {2000, 2000, 4000, 8000, 16000, 30000, 30000};
	for (uint32_t attempts = 0; attempts < 7; attempts++) {
		int64_t least = 1 << 30, most = -1;
		for (uint64_t random = 0; random < 200000; random++) {
			int64_t wait = spi_backoff_ms(attempts, 2000, 30000, random * 0x9e3779b97f4a7c15u >> 3);
			least = wait < least ? wait : least;
			most = wait > most ? wait : most;
		}
		CHECK(least < 10);
		CHECK(most <= tops[attempts] && most > tops[attempts] - 10);
	}
	CHECK(spi_backoff_ms(UINT32_MAX, 2000, 30000, UINT64_MAX) <= 30000);
	CHECK_INT(spi_backoff_ms(5, 1, 1, 7) / 2, 0);
}

/* ---- settings ---- */

typedef struct bed { sp_arena *arena; spi_connect_settings settings; sp_error err; sp_status status; } bed;

static bed read_settings(const char *text)
{
	static char path[500];
	bed b = {.arena = sp_arena_new(0)};
	harness_write(harness_folder(), "connector.yaml", text);
	snprintf(path, sizeof path, "%s/connector.yaml", harness_folder());
	b.status = spi_connect_settings_read(path, b.arena, &b.settings, &b.err);
	return b;
}

#define AUTH "auth: {user: a, password: {env: TEST_CONNECT}}\n"

TEST(test_settings_and_their_mapping)
{
	setenv("TEST_CONNECT", " segreto \n", 1);
	bed b = read_settings("connector: servicenow\nurl: https://example.com//\n" AUTH "retry: {first: 3s, give_up: 2d}\npoll: 5m\n"
		"groups: {l2: abc}\nstates_in: {'3': escalated, '42': solved}\n");
	REQUIRE(b.status == SP_OK);
	CHECK_STR(b.settings.url, "https://example.com");
	CHECK_STR(b.settings.name, "servicenow");
	CHECK_INT(b.settings.first_ms, 3000);
	CHECK_INT(b.settings.give_up_s, 172800);
	CHECK_INT(b.settings.poll_ms, 300000);
	CHECK_STR(spi_mapping_get(&b.settings.groups, "l2"), "abc");
	CHECK_STR(spi_mapping_get(&b.settings.groups, "l3"), NULL);
	CHECK_STR(spi_mapping_get(&b.settings.groups, NULL), NULL);
	char secret[SPI_SECRET_MAX + 1];
	CHECK_INT(spi_secret_read(&b.settings.password, secret, NULL), SP_OK);
	CHECK_STR(secret, "segreto");
	setenv("TEST_CONNECT", "\xEF\xBB\xBFsegreto\r\n", 1); /* as an editor of Windows leaves a file */
	CHECK_INT(spi_secret_read(&b.settings.password, secret, NULL), SP_OK);
	CHECK_STR(secret, "segreto");
	/* What the settings say goes before what the kind brings. */
	REQUIRE(spi_maker_servicenow.check(&b.settings, b.arena, &b.err) == SP_OK);
	CHECK_INT(spi_state_in(&b.settings, "3"), SP_TICKET_ESCALATED);
	CHECK_INT(spi_state_in(&b.settings, "3/1"), SP_TICKET_ESCALATED);
	CHECK_INT(spi_state_in(&b.settings, "42"), SP_TICKET_SOLVED);
	CHECK_INT(spi_state_in(&b.settings, "6"), SP_TICKET_SOLVED);
	CHECK_INT(spi_state_in(&b.settings, "1"), SP_TICKET_STATE_COUNT);
	CHECK_INT(spi_state_in(&b.settings, ""), SP_TICKET_STATE_COUNT);
	sp_arena_free(b.arena);
}

TEST(test_settings_that_are_refused)
{
	static const struct { const char *text; int line; } bad[] = {
		{"connector: servicenow\nurl: http://example.com\n" AUTH, 2},
		{"connector: servicenow\nurl: https://a:b@example.com\n" AUTH, 2},
		{"connector: servicenow\nurl: http://localhost.example.com\n" AUTH, 2},
		{"connector: servicenow\nurl: https://example.com\nauth: {user: a, password: chiaro}\n", 3},
		{"connector: servicenow\nurl: https://example.com\n" AUTH "timeout: 0s\n", 4},
		{"connector: servicenow\nurl: https://example.com\n" AUTH "poll: 5x\n", 4},
		{"connector: servicenow\nurl: https://example.com\n" AUTH "groups: [a]\n", 4},
		{"connector: servicenow\nurl: https://example.com\n" AUTH "table: incident/../user\n", 4},
		{"connector: servicenow\nurl: https://example.com\n" AUTH "prefix: a^b\n", 4},
		{"connector: servicenow\nurl: https://example.com\n" AUTH "states_out: {gone: '1'}\n", 4},
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		bed b = read_settings(bad[i].text);
		CHECK_INT(b.status, SP_ERR_INVALID);
		CHECK_INT(b.err.line, bad[i].line);
		sp_arena_free(b.arena);
	}
	bed b = read_settings("connector: servicenow\nurl: http://127.0.0.1:1\n" AUTH);
	CHECK_INT(b.status, SP_OK);
	sp_arena_free(b.arena);
}

/* ---- what is told ---- */

TEST(test_what_people_there_read)
{
	bed b = read_settings("connector: zendesk\nurl: https://example.com\nauth: {token: {env: TEST_CONNECT}}\nfields: {email: 5}\nlang: en\nprefix: sp-\n");
	REQUIRE(b.status == SP_OK);
	const sp_ticket_value values[] = {{"email", "ada@example.com"}, {"provider", "Uno"}};
	const sp_outgoing_turn turns[] = {{{.question = "prima", .article = "a-1"}, 0, 0}, {{.question = "dopo", .article = "a-2", .step = "passo-3"}, 1, 0}, {{.question = "e poi"}, -1, 0}};
	sp_outgoing out = {.entry = {.ticket = 1001, .revision = 1}, .turns = turns, .turns_count = 3,
		.ticket = {.number = 1001, .message = "riga una\nriga due", .category = "accesso", .values = values, .values_count = 2}};
	sp_buffer text = SP_BUFFER_INIT;
	spi_describe_ticket(&b.settings, &out, b.arena, &text);
	CHECK_HAS(sp_buffer_text(&text), "riga una\nriga due\n");
	CHECK_HAS(sp_buffer_text(&text), "- provider: Uno\n");
	CHECK(!strstr(sp_buffer_text(&text), "ada@"));
	CHECK_HAS(sp_buffer_text(&text), "- prima\n  → a-1 (did not solve it)\n- dopo\n  → a-2#passo-3 (solved it)\n- e poi\n");
	CHECK(spi_is_ours(sp_buffer_text(&text)));
	CHECK_HAS(sp_buffer_text(&text), "[Sportello sp-1001/1]");
	CHECK_STR(spi_subject(&b.settings, &out, b.arena), "Request sp-1001: riga una riga due");
	sp_buffer_release(&text);
	sp_arena_free(b.arena);
}

/* Names for what has a key, in the language of who reads: the settings', else the ticket's. A key without a name stays. */
TEST(test_names_for_keys)
{
	static const char yaml[] = "service:\n  name: {it: Prova, en: Test}\nlanguages: [it, en]\naudiences:\n  citizen: {name: {it: Cittadini, en: Citizens}}\n"
		"services:\n  s: {name: {it: S}, hours: sempre}\nhours:\n  sempre: {mon-fri: \"08:00-20:00\"}\n"
		"groups:\n  l2: {name: {it: Secondo livello, en: Second level}, level: 2, service: s}\n"
		"fields:\n  provider: {label: {it: Gestore, en: Provider}, why: {it: Serve., en: Needed.}, validate: text, max: 40, keep: 90d}\n"
		"categories:\n  accesso: {name: {it: Accesso, en: Login}, description: {it: Entrare., en: Getting in.}, service: s, group: l2, fields: [provider], order: 1}\n";
	const sp_ticket_value values[] = {{"provider", "Uno"}, {"gone", "x"}};
	sp_outgoing out = {.entry = {.ticket = 1001, .revision = 1}, .ticket = {.number = 1001, .category = "accesso", .group = "l2", .audience = "citizen",
		.channel = "phone", .lang = SP_LANG_EN, .values = values, .values_count = 2}};
	char path[500];
	snprintf(path, sizeof path, "%s/kb.yaml", harness_folder());
	harness_write(harness_folder(), "kb.yaml", yaml);
	spi_names names = {.dir = harness_folder(), .file = path};
	bed b = read_settings("connector: zendesk\nurl: https://example.com\nauth: {token: {env: TEST_CONNECT}}\n");
	REQUIRE(b.status == SP_OK && spi_maker_zendesk.check(&b.settings, b.arena, &b.err) == SP_OK);
	CHECK_INT(b.settings.lang, SP_LANG_NONE);
	b.settings.names = spi_names_now(&names);
	REQUIRE(b.settings.names != NULL);
	sp_buffer text = SP_BUFFER_INIT;
	spi_describe_ticket(&b.settings, &out, b.arena, &text);
	CHECK_STR(sp_buffer_text(&text), "Category: Login\nGroup: Second level\nChannel: Phone\nWho writes: Citizens\nLanguage: English\n"
		"\nData\n- Provider: Uno\n- gone: x\n\n[Sportello 1001/1]");
	CHECK_STR(spi_subject(&b.settings, &out, b.arena), "Request 1001: Login");
	b.settings.lang = SP_LANG_IT;
	sp_buffer_clear(&text);
	spi_describe_ticket(&b.settings, &out, b.arena, &text);
	CHECK_HAS(sp_buffer_text(&text), "Categoria: Accesso\nGruppo: Secondo livello\nCanale: Telefono\n");
	CHECK_HAS(sp_buffer_text(&text), "- Gestore: Uno\n");
	out.entry.revision = 2;
	out.step = (sp_ticket_step){.state = SP_TICKET_NEW, .moved = true, .group = "l2"};
	sp_buffer_clear(&text);
	CHECK(spi_describe_change(&b.settings, &out, b.arena, &text));
	CHECK_HAS(sp_buffer_text(&text), "Gruppo: Secondo livello\nStato: Nuova\n");
	/* What is broken meanwhile takes no name away. */
	harness_write(harness_folder(), "kb.yaml", "categories: [\n");
	CHECK(spi_names_now(&names) != NULL);
	CHECK_STR(spi_called(spi_names_now(&names), SPI_NAMED_GROUP, "l2", SP_LANG_EN), "Second level");
	spi_names_clear(&names);
	CHECK_STR(spi_called(NULL, SPI_NAMED_GROUP, "l2", SP_LANG_EN), "l2");
	CHECK(spi_called(NULL, SPI_NAMED_GROUP, NULL, SP_LANG_EN) == NULL);
	sp_buffer_release(&text);
	sp_arena_free(b.arena);
}

TEST(test_a_change_without_words_needs_no_comment)
{
	bed b = read_settings("connector: zendesk\nurl: https://example.com\nauth: {token: {env: TEST_CONNECT}}\ngroups: {l2: 7}\n");
	REQUIRE(b.status == SP_OK && spi_maker_zendesk.check(&b.settings, b.arena, &b.err) == SP_OK);
	sp_outgoing out = {.entry = {.ticket = 1001, .revision = 3}, .step = {.state = SP_TICKET_SOLVED, .moved = true, .group = "l2"}};
	sp_buffer text = SP_BUFFER_INIT;
	CHECK(!spi_describe_change(&b.settings, &out, b.arena, &text));
	CHECK_INT(text.len, 0);
	out.step.group = "l3"; /* has no place of its own there */
	CHECK(spi_describe_change(&b.settings, &out, b.arena, &text));
	CHECK_HAS(sp_buffer_text(&text), "l3");
	CHECK_HAS(sp_buffer_text(&text), "[Sportello 1001/3]");
	sp_buffer_release(&text);
	sp_arena_free(b.arena);
}
