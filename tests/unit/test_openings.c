/* Replies to first messages: each thing that a reply depends on gets one of its own, and what is somebody's is not remembered. */
#include "publish_bed.h"

#include "http/openings.h"

#include <stdlib.h>

#define MOMENT 1795000000
#define LATER (MOMENT + 600)

typedef struct openings_bed {
	publish_bed published;
	sp_server *server;
	spi_worker worker;
	spi_request request;
} openings_bed;

static bool open_bed(openings_bed *b)
{
	memset(b, 0, sizeof *b);
	open_publish_bed(&b->published);
	b->server = calloc(1, sizeof *b->server);
	if (open_publisher(&b->published) != SP_OK || !b->server || !(b->server->openings = spi_openings_new()))
		return false;
	b->worker = (spi_worker){.server = b->server, .reader = b->published.reader};
	b->request = (spi_request){.worker = &b->worker, .arena = b->published.arena, .day = TODAY, .moment_utc_s = MOMENT};
	return true;
}

static void close_bed(openings_bed *b)
{
	if (b->server)
		spi_openings_free(b->server->openings);
	free(b->server);
	close_publish_bed(&b->published);
}

static spi_turn asked(const char *message)
{
	return (spi_turn){.message = message, .message_len = strlen(message), .lang = SP_LANG_IT, .walk = true, .may_recall = true};
}

/* An answer with a receipt, as the handler keeps it. */
static spi_turn answered(openings_bed *b, spi_turn turn)
{
	static sp_record article = {.id = "otp", .version = "0123456789abcdef", .lang = SP_LANG_IT};
	turn.decision = (sp_decision){.kind = SP_DECIDE_ANSWER, .reason = SP_REASON_SURE, .confidence = 0.9, .lang = SP_LANG_IT,
		.masked = turn.message, .category = "accesso", .used_vectors = true};
	turn.reply = (sp_reply){.article = &article, .until_utc_s = LATER, .notices = 2, .choices_count = 2,
		.choices = {{.label = "uno", .article = "doppio"}, {.label = "due"}},
		.receipt = sp_receipt_make(article.id, article.lang, article.version, b->request.moment_utc_s, b->request.arena)};
	return turn;
}

static void keep(openings_bed *b, spi_turn turn)
{
	char told[300];
	snprintf(told, sizeof told, ",\"text\":\"\\\"receipt\\\":\\\"\",\"receipt\":\"%s\",\"by\":%d}", turn.reply.receipt, b->request.caller.audience);
	spi_openings_keep(&b->request, &turn, told, strlen(told));
}

static bool is_known(openings_bed *b, spi_turn turn)
{
	return spi_openings_recall(&b->request, &turn);
}

/* What another question of the same bed gives is nothing. */
#define UNKNOWN(member, other)                                                                                        \
	do {                                                                                                              \
		spi_turn turn_ = asked("il codice");                                                                          \
		turn_.member = (other);                                                                                       \
		CHECK(!is_known(&b, turn_));                                                                                  \
	} while (0)
#define UNKNOWN_FOR(member, other)                                                                                    \
	do {                                                                                                              \
		spi_request before_ = b.request;                                                                              \
		b.request.member = (other);                                                                                   \
		CHECK(!is_known(&b, asked("il codice")));                                                                     \
		b.request = before_;                                                                                          \
		CHECK(is_known(&b, asked("il codice")));                                                                      \
	} while (0)

TEST(test_openings_tell_it_again_with_the_time_of_now)
{
	openings_bed b;
	REQUIRE(open_bed(&b));
	spi_turn turn = asked("il codice");
	CHECK(!spi_openings_recall(&b.request, &turn));
	keep(&b, answered(&b, asked("il codice")));
	b.request.moment_utc_s = MOMENT + 60;
	REQUIRE(spi_openings_recall(&b.request, &turn));
	char time[SP_RECEIPT_TIME_MAX], want[300];
	sp_receipt_time(MOMENT + 60, time);
	snprintf(want, sizeof want, ",\"text\":\"\\\"receipt\\\":\\\"\",\"receipt\":\"S1-otp-it-0123456789ab-%s\",\"by\":0}", time);
	CHECK_STR(sp_arena_strndup(b.request.arena, turn.told, turn.told_len), want);
	CHECK_INT(turn.decision.kind, SP_DECIDE_ANSWER);
	CHECK_INT(turn.decision.reason, SP_REASON_SURE);
	CHECK(turn.decision.confidence == 0.9 && turn.decision.used_vectors && !turn.decision.encoder_busy && !turn.decision.walk);
	CHECK_STR(turn.decision.masked, "il codice");
	CHECK_STR(turn.decision.category, "accesso");
	REQUIRE(turn.reply.article);
	CHECK_STR(turn.reply.article->id, "otp");
	CHECK_STR(turn.reply.article->version, "0123456789abcdef");
	CHECK_INT(turn.reply.notices, 2);
	CHECK_INT(turn.reply.choices_count, 2);
	CHECK_STR(turn.reply.choices[0].article, "doppio");
	CHECK(!turn.reply.choices[1].article);
	close_bed(&b);
}

TEST(test_openings_of_something_else_are_not_the_same)
{
	openings_bed b;
	REQUIRE(open_bed(&b));
	CHECK(!is_known(&b, asked("il codice")));
	keep(&b, answered(&b, asked("il codice")));
	CHECK(is_known(&b, asked("il codice")));
	CHECK(!is_known(&b, asked("il codicE")));
	CHECK(!is_known(&b, asked("il codice ")));
	UNKNOWN(lang, SP_LANG_EN);
	UNKNOWN(lang, SP_LANG_NONE);
	UNKNOWN(walk, false);
	UNKNOWN(mute, true);
	UNKNOWN(category, "accesso");
	UNKNOWN(category, "");
	UNKNOWN(may_recall, false);
	UNKNOWN(conversation, "abcdefghijklmnopqrstuvwxyz");
	UNKNOWN(dialogue.count, 1);
	UNKNOWN(no_code, true);
	UNKNOWN(joined, &(sp_walk){0});
	UNKNOWN_FOR(caller.audience, 1);
	UNKNOWN_FOR(caller.audience, -1);
	UNKNOWN_FOR(day, TODAY + 1);
	UNKNOWN_FOR(replay, (struct spi_replay *)&b);
	UNKNOWN_FOR(moment_utc_s, MOMENT - 1); /* the clock was put back */
	UNKNOWN_FOR(moment_utc_s, LATER);      /* a notice began, somebody went home, it is another day */
	/* Category and message may not run into each other. */
	spi_turn turn = asked("codice");
	turn.category = "il ";
	CHECK(!is_known(&b, turn));
	close_bed(&b);
}

TEST(test_openings_of_two_audiences_stay_apart)
{
	openings_bed b;
	REQUIRE(open_bed(&b));
	for (int audience = AGENT; audience >= CITIZEN; audience--) {
		b.request.caller.audience = audience;
		CHECK(!is_known(&b, asked("il codice")));
		keep(&b, answered(&b, asked("il codice")));
	}
	for (int audience = CITIZEN; audience <= AGENT; audience++) {
		char want[32];
		spi_turn turn = asked("il codice");
		b.request.caller.audience = audience;
		REQUIRE(spi_openings_recall(&b.request, &turn));
		snprintf(want, sizeof want, "\"by\":%d}", audience);
		CHECK_HAS(sp_arena_strndup(b.request.arena, turn.told, turn.told_len), want);
	}
	close_bed(&b);
}

TEST(test_openings_of_another_state_are_forgotten)
{
	openings_bed b;
	REQUIRE(open_bed(&b));
	keep(&b, answered(&b, asked("prima di tutto"))); /* before anybody looked: of no known state */
	CHECK(!is_known(&b, asked("prima di tutto")));
	keep(&b, answered(&b, asked("il codice")));
	CHECK(is_known(&b, asked("il codice")));
	write_article(&b.published, "it/accesso/otp.md", "Non arriva il codice", "", "Adesso arriva.");
	CHECK_INT(sp_publisher_refresh(b.published.publisher, false, &b.published.err), SP_OK);
	CHECK(is_known(&b, asked("il codice"))); /* this thread did not see it yet */
	CHECK_INT(sp_reader_refresh(b.published.reader, &b.published.err), SP_OK);
	CHECK(!is_known(&b, asked("il codice")));
	keep(&b, answered(&b, asked("il codice")));
	CHECK(is_known(&b, asked("il codice")));
	/* The configuration alone. */
	char yaml[2000];
	snprintf(yaml, sizeof yaml, "%sanswer_precision: 0.95\n", publish_yaml);
	write_file(b.published.kb, "kb.yaml", yaml);
	CHECK_INT(sp_publisher_refresh(b.published.publisher, false, &b.published.err), SP_OK);
	CHECK_INT(sp_reader_refresh(b.published.reader, &b.published.err), SP_OK);
	CHECK(!is_known(&b, asked("il codice")));
	close_bed(&b);
}

TEST(test_openings_keep_nothing_of_anybody)
{
	static sp_walk walk;
	openings_bed b;
	REQUIRE(open_bed(&b));
	CHECK(!is_known(&b, asked("il codice")));
	for (int i = 0; i < 8; i++) {
		spi_turn turn = answered(&b, asked("il codice"));
		if (i == 0)
			turn.decision.masked = "il <name>"; /* there was personal data in it */
		if (i == 1)
			turn.decision.walk = &walk; /* has a code */
		if (i == 2)
			turn.decision.back_to = &walk;
		b.request.is_noted = i == 3; /* each reading is */
		if (i == 4)
			turn.decision.encoder_busy = true;
		if (i == 5)
			turn.reply.until_utc_s = MOMENT;
		if (i == 6)
			turn.may_recall = false;
		if (i == 7)
			turn.dialogue.count = 1;
		keep(&b, turn);
		b.request.is_noted = false;
		CHECK(!is_known(&b, asked("il codice")));
	}
	keep(&b, answered(&b, asked("il codice")));
	CHECK(is_known(&b, asked("il codice")));
	close_bed(&b);
}
