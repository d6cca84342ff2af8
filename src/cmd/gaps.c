/* sportello gaps: what people ask and get no answer to, and what to do about it. Works beside a running service; changes nothing. */
#include "cmd/cmd.h"

#include "base/clock.h"
#include "base/zone.h"
#include "sportello/gaps.h"

#include <string.h>

#define NEAR_ENOUGH 0.35 /* that an article is the right one for a topic's examples, with an editor to look at it */

typedef struct gaps_options {
	spi_session_options session;
	const char *data, *from, *to, *lang, *audience;
	bool json, patch;
} gaps_options;

static bool start_of_day(const char *text, const char *timezone, int days_later, int64_t *ret_utc_s)
{
	sp_date date = sp_date_parse(text, strlen(text));
	if (!date)
		return false;
	int64_t days = sp_date_days(date);
	*ret_utc_s = spi_zone_utc_s(timezone, days + days_later, 0);
	return true;
}

static sp_status print(const gaps_options *o, const sp_gaps *gaps, sp_audiences readable, bool *ret_any, sp_error *err)
{
	sp_buffer out = SP_BUFFER_INIT;
	sp_json json;
	sp_status status = SP_OK;
	*ret_any = gaps->topics_count || gaps->unsolving_count || gaps->wrong_count || gaps->words_count;
	if (o->patch) {
		status = sp_gaps_patch_all(o->session.kb, gaps, readable, NEAR_ENOUGH, &out, err);
		*ret_any = out.len > 0;
	} else if (o->json) {
		sp_json_init(&json, &out);
		sp_gaps_json(gaps, &json);
		sp_buffer_add_char(&out, '\n');
	} else {
		sp_gaps_text(gaps, spi_terminal_lang(), &out);
	}
	if (status == SP_OK && (!sp_buffer_ok(&out) || fwrite(sp_buffer_text(&out), 1, out.len, stdout) != out.len || fflush(stdout) != 0))
		status = sp_error_set(err, SP_ERR_IO, "stdout", 0, "could not be written");
	sp_buffer_release(&out);
	return status;
}

static sp_status read_options(const gaps_options *o, const spi_session *session, sp_gap_options *ret, sp_error *err)
{
	const sp_kb_config *config = session->config;
	int audience = o->audience ? sp_kb_audience(config, o->audience) : -1;
	if (o->audience && audience < 0)
		return sp_error_set(err, SP_ERR_USAGE, "--audience", 0, "kb.yaml knows no audience \"%s\"", o->audience);
	*ret = (sp_gap_options){.reader = session->reader, .queue = session->queue, .readable = o->audience ? config->audiences[audience].reads : ~(sp_audiences)0,
		.lang = o->lang ? sp_lang_of(o->lang, strlen(o->lang)) : SP_LANG_NONE, .until_utc_s = INT64_MAX, .now_utc_s = spi_now_utc_s()};
	if ((o->from && !start_of_day(o->from, config->timezone, 0, &ret->from_utc_s)) ||
		(o->to && !start_of_day(o->to, config->timezone, 1, &ret->until_utc_s)))
		return sp_error_set(err, SP_ERR_USAGE, NULL, 0, "%s", spi_say("cmd.bad-day"));
	return SP_OK;
}

static int run(const gaps_options *o)
{
	spi_session session;
	sp_error err = {0};
	sp_store *store = NULL;
	sp_gap_options options = {.store = NULL};
	sp_gaps gaps;
	bool any = false;
	(void)spi_tell_closed(o->session.kb, "cmd.closed");
	int code = spi_session_open(&session, &o->session);
	if (code != SPI_EXIT_OK)
		return code;
	sp_status status = read_options(o, &session, &options, &err);
	if (status == SP_OK)
		status = sp_store_open(o->data, SP_STORE_READ, &store, &err);
	if (status == SP_OK)
		status = sp_store_reader_open(store, &options.store, &err);
	if (status == SP_OK)
		status = sp_gaps_find(&options, session.arena, &gaps, &err);
	if (status == SP_OK)
		status = print(o, &gaps, options.readable, &any, &err);
	if (store && options.store)
		sp_store_reader_close(options.store);
	sp_store_close(store);
	spi_session_close(&session);
	return status != SP_OK ? spi_fail(&err, status) : any ? SPI_EXIT_OK : SPI_EXIT_NO;
}

int spi_cmd_gaps(int argc, char **argv)
{
	gaps_options o = {.session = SPI_SESSION_OPTIONS};
	o.session.quiet = true;
	const spi_setting settings[] = {
		{.name = "kb", .type = SPI_SETTING_TEXT, .target = &o.session.kb},
		{.name = "data", .type = SPI_SETTING_TEXT, .target = &o.data},
		SPI_ENCODER_SETTINGS(o.session.encoder, false),
		{.name = "audience", .type = SPI_SETTING_TEXT, .target = &o.audience},
		{.name = "from", .type = SPI_SETTING_TEXT, .target = &o.from},
		{.name = "to", .type = SPI_SETTING_TEXT, .target = &o.to},
		{.name = "lang", .type = SPI_SETTING_CHOICE, .target = &o.lang, .choices = "it|en|de"},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &o.json},
		{.name = "patch", .type = SPI_SETTING_FLAG, .target = &o.patch},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	if (!spi_read_args("gaps", settings, argc, argv, words, &count, 0, 0))
		return SPI_EXIT_USAGE;
	if (!o.session.kb || !o.data)
		return spi_missing("gaps", o.session.kb ? "data" : "kb");
	return run(&o);
}
