/* sportello learn: questions whose answer people confirmed, as phrasings for its article. Prints a patch that an editor reads
   and applies; changes nothing itself. Works beside a running service. */
#include "cmd/cmd.h"

#include "base/hash.h"
#include "base/zone.h"
#include "cmd/learn.h"
#include "kb/questions_add.h"

#include <string.h>

typedef struct learn_options {
	const char *kb, *data, *from, *to, *lang;
	unsigned min;
	bool json;
} learn_options;

typedef struct learning {
	const learn_options *options;
	spi_learn_kb kb;
	sp_analyser *analyser;
	sp_arena *arena, *scratch;
	spi_map spellings[SP_LANG_COUNT]; /* by text */
	sp_buffer learned, order;         /* spi_learned; spi_spelling * */
	size_t fates[SPI_LEARN_FATES];
	spi_proposals proposals;
} learning;

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

/* ---- what was confirmed ---- */

static spi_spelling *spelling_of(learning *l, const spi_learn_question *question)
{
	sp_lang lang = question->article->lang;
	spi_spelling *found = spi_map_get(&l->spellings[lang], question->text, strlen(question->text));
	if (found)
		return found;
	spi_spelling *made = sp_arena_calloc(l->arena, 1, sizeof *made);
	char *text = sp_arena_strdup(l->arena, question->text);
	char *form = sp_arena_strndup(l->arena, question->form, question->form_len);
	void **slot = made && text && form ? spi_map_put(&l->spellings[lang], text, strlen(text)) : NULL;
	if (!slot)
		return NULL;
	*made = (spi_spelling){.text = text, .form = form, .form_len = question->form_len, .lang = lang};
	sp_buffer_add(&l->order, &made, sizeof made);
	return sp_buffer_ok(&l->order) ? *slot = made : NULL;
}

static sp_status take(const sp_confirmed *confirmed, void *arg, sp_error *err)
{
	learning *l = arg;
	spi_learn_question question;
	spi_learn_fate fate;
	const sp_turn *turn = &confirmed->turns[confirmed->at];
	if (l->options->lang && turn->lang != sp_lang_of(l->options->lang, strlen(l->options->lang)))
		return SP_OK;
	sp_arena_reset(l->scratch);
	sp_status status = spi_learn_read(&l->kb, l->analyser, confirmed, l->scratch, &question, &fate, err);
	if (status != SP_OK)
		return status;
	l->fates[fate]++;
	if (fate != SPI_LEARN_KEPT)
		return SP_OK;
	spi_learned learned = {.spelling = spelling_of(l, &question), .article = question.article,
		.conversation = confirmed->conversation, .at_utc_s = turn->at_utc_s};
	if (!learned.spelling)
		return no_memory(err);
	/* All of one conversation come together. */
	learned.spelling->conversations += learned.spelling->last_conversation != learned.conversation;
	learned.spelling->last_conversation = learned.conversation;
	sp_buffer_add(&l->learned, &learned, sizeof learned);
	return sp_buffer_ok(&l->learned) ? SP_OK : no_memory(err);
}

/* A day in the knowledge base's time zone as its first second; false when it is none. */
static bool start_of_day(const learning *l, const char *text, int days_later, int64_t *ret_utc_s)
{
	sp_date date = sp_date_parse(text, strlen(text));
	if (!date)
		return false;
	int64_t days = sp_date_days(date);
	*ret_utc_s = spi_zone_utc_s(l->kb.config->timezone, days + days_later, 0);
	return true;
}

static sp_status read_confirmed(learning *l, sp_error *err)
{
	int64_t from = 0, until = INT64_MAX;
	sp_store *store = NULL;
	sp_store_reader *reader = NULL;
	if ((l->options->from && !start_of_day(l, l->options->from, 0, &from)) ||
		(l->options->to && !start_of_day(l, l->options->to, 1, &until)))
		return sp_error_set(err, SP_ERR_USAGE, NULL, 0, "%s", spi_say("cmd.bad-day"));
	sp_status status = sp_store_open(l->options->data, SP_STORE_READ, &store, err);
	if (status == SP_OK)
		status = sp_store_reader_open(store, &reader, err);
	if (status == SP_OK)
		status = sp_store_confirmed(reader, from, until, take, l, err);
	sp_store_reader_close(reader);
	sp_store_close(store);
	return status;
}

/* ---- what comes of it ---- */

static sp_status propose(learning *l, sp_error *err)
{
	spi_learned *items = (spi_learned *)(void *)l->learned.data;
	size_t count = l->learned.len / sizeof *items;
	spi_spelling **order = (spi_spelling **)(void *)l->order.data;
	if (spi_spellings_group(order, l->order.len / sizeof *order, l->analyser, l->arena) &&
		spi_learn_propose(items, count, l->options->min, l->arena, &l->proposals))
		return SP_OK;
	return no_memory(err);
}

/* ---- how it is told ---- */

/* The proposals for one article from items[start]; returns where they end. */
static size_t end_of_article(const spi_proposals *p, size_t start)
{
	size_t i = start;
	while (i < p->count && p->items[i].article == p->items[start].article)
		i++;
	return i;
}

static sp_status write_diff(learning *l, size_t start, size_t end, sp_buffer *out, sp_error *err)
{
	const sp_article *article = l->proposals.items[start].article;
	const char *texts[SPI_LEARN_ARTICLE_MAX], *bytes;
	sp_strings more = {texts, 0};
	char version[SP_VERSION_HEX + 1];
	sp_buffer now = SP_BUFFER_INIT;
	size_t len;
	for (size_t i = start; i < end && more.count < SPI_LEARN_ARTICLE_MAX; i++)
		texts[more.count++] = l->proposals.items[i].spelling->text;
	sp_arena_reset(l->scratch);
	sp_status status = sp_kb_read(l->kb.dir, article->path, SP_ARTICLE_MAX_BYTES, l->scratch, &bytes, &len, err);
	if (status != SP_OK)
		return status;
	spi_sha256_hex(bytes, len, version);
	if (strcmp(version, article->version) != 0)
		return sp_error_set(err, SP_ERR_CHANGED, article->path, 0, "was saved while it was read; run the command again");
	status = spi_questions_add(article->path, bytes, len, l->kb.config, &more, &now, err);
	if (status == SP_OK && !spi_diff_write(out, article->path, bytes, len, now.data, now.len, l->scratch))
		status = no_memory(err);
	sp_buffer_release(&now);
	return status;
}

/* One article that cannot be changed does not keep the others from it; the editor is told what to add. */
static sp_status write_patch(learning *l, sp_buffer *out, sp_error *err)
{
	const spi_proposals *p = &l->proposals;
	sp_status status = SP_OK;
	for (size_t start = 0, end; status == SP_OK && start < p->count; start = end) {
		sp_error cause = {0};
		end = end_of_article(p, start);
		status = write_diff(l, start, end, out, &cause);
		if (status == SP_ERR_UNSUPPORTED) {
			status = SP_OK;
			fprintf(stderr, "sportello learn: %s:%d: %s\n", cause.source, cause.line, cause.text);
			for (size_t i = start; i < end; i++)
				fprintf(stderr, "  + %s\n", p->items[i].spelling->text);
		}
		if (status != SP_OK)
			sp_error_copy(err, &cause);
	}
	return status == SP_OK && !sp_buffer_ok(out) ? no_memory(err) : status;
}

static void json_day(const learning *l, sp_json *json, const char *name, int64_t utc_s)
{
	char day[16];
	sp_date date = sp_date_of(utc_s, l->kb.config->timezone);
	snprintf(day, sizeof day, "%04d-%02d-%02d", (int)(date / 10000), (int)(date / 100 % 100), (int)(date % 100));
	sp_json_string(json, name, day);
}

static void json_proposal(const learning *l, sp_json *json, const spi_proposal *proposal)
{
	sp_json_object(json, NULL);
	sp_json_string(json, "question", proposal->spelling->text);
	sp_json_int(json, "count", (int64_t)proposal->conversations);
	sp_json_array(json, "variants");
	for (const spi_spelling *spelling = proposal->spelling; spelling; spelling = spelling->next) {
		sp_json_object(json, NULL);
		sp_json_string(json, "question", spelling->text);
		sp_json_int(json, "count", (int64_t)spelling->conversations);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
	json_day(l, json, "first", proposal->first_utc_s);
	json_day(l, json, "last", proposal->last_utc_s);
	sp_json_object_end(json);
}

static void json_article(const learning *l, sp_json *json, size_t start, size_t end)
{
	const sp_article *article = l->proposals.items[start].article;
	sp_json_object(json, NULL);
	sp_json_string(json, "article", article->id);
	sp_json_string(json, "lang", sp_lang_code(article->lang));
	sp_json_string(json, "file", article->path);
	sp_json_array(json, "proposals");
	for (size_t i = start; i < end; i++)
		json_proposal(l, json, &l->proposals.items[i]);
	sp_json_array_end(json);
	sp_json_object_end(json);
}

/* The articles that one question was confirmed for, from contradicted[start]; returns where they end. */
static size_t json_contradiction(const spi_proposals *p, sp_json *json, size_t start)
{
	const spi_spelling *question = p->contradicted[start].spelling;
	size_t i = start;
	sp_json_object(json, NULL);
	sp_json_string(json, "question", question->text);
	sp_json_string(json, "lang", sp_lang_code(question->lang));
	sp_json_array(json, "articles");
	for (; i < p->contradicted_count && p->contradicted[i].spelling == question; i++) {
		sp_json_object(json, NULL);
		sp_json_string(json, "article", p->contradicted[i].article->id);
		sp_json_int(json, "count", (int64_t)p->contradicted[i].conversations);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
	sp_json_object_end(json);
	return i;
}

static const char *const fate_names[SPI_LEARN_FATES] = {"kept", "gone", "readers", "long", "empty", "leans", "known"};

static void write_json(const learning *l, sp_buffer *out)
{
	const spi_proposals *p = &l->proposals;
	sp_json json;
	sp_json_init(&json, out);
	sp_json_object(&json, NULL);
	sp_json_array(&json, "articles");
	for (size_t start = 0, end; start < p->count; start = end) {
		end = end_of_article(p, start);
		json_article(l, &json, start, end);
	}
	sp_json_array_end(&json);
	sp_json_array(&json, "contradictory");
	for (size_t i = 0; i < p->contradicted_count;)
		i = json_contradiction(p, &json, i);
	sp_json_array_end(&json);
	sp_json_object(&json, "passed_over");
	for (int fate = SPI_LEARN_KEPT + 1; fate < SPI_LEARN_FATES; fate++)
		sp_json_int(&json, fate_names[fate], (int64_t)l->fates[fate]);
	sp_json_int(&json, "few", (int64_t)p->few);
	sp_json_int(&json, "over", (int64_t)p->over);
	sp_json_object_end(&json);
	sp_json_object_end(&json);
	sp_buffer_add_char(out, '\n');
}

static void tell_count(const char *name, size_t count)
{
	char key[40];
	snprintf(key, sizeof key, "cmd.learn.%s", name);
	fprintf(stderr, "%s: %zu\n", spi_say(key), count);
}

static void tell(const learning *l)
{
	const spi_proposals *p = &l->proposals;
	size_t confirmed = 0;
	for (size_t i = 0; i < p->contradicted_count; i++) {
		bool begins = i == 0 || p->contradicted[i].spelling != p->contradicted[i - 1].spelling;
		bool ends = i + 1 == p->contradicted_count || p->contradicted[i + 1].spelling != p->contradicted[i].spelling;
		if (begins)
			fprintf(stderr, "%s: \"%s\":", spi_say("cmd.learn.contradictory"), p->contradicted[i].spelling->text);
		fprintf(stderr, " %s (%zu)%s", p->contradicted[i].article->id, p->contradicted[i].conversations, ends ? "\n" : ",");
	}
	for (int fate = 0; fate < SPI_LEARN_FATES; fate++)
		confirmed += l->fates[fate];
	tell_count("confirmed", confirmed);
	tell_count("proposed", p->count);
	for (int fate = SPI_LEARN_KEPT + 1; fate < SPI_LEARN_FATES; fate++)
		if (l->fates[fate] > 0)
			tell_count(fate_names[fate], l->fates[fate]);
	if (p->few > 0)
		tell_count("few", p->few);
	if (p->over > 0)
		tell_count("over", p->over);
	if (l->kb.unreadable > 0)
		tell_count("unreadable", l->kb.unreadable);
}

/* ---- the command ---- */

static sp_status learn(learning *l, sp_buffer *out, sp_error *err)
{
	l->arena = sp_arena_new(0);
	l->scratch = sp_arena_new(0);
	l->analyser = sp_analyser_new();
	if (!l->arena || !l->scratch || !l->analyser)
		return no_memory(err);
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		l->spellings[lang].arena = l->arena;
	sp_status status = spi_learn_kb_open(l->options->kb, &l->kb, err);
	if (status == SP_OK)
		status = read_confirmed(l, err);
	if (status == SP_OK)
		status = propose(l, err);
	if (status == SP_OK && l->options->json)
		write_json(l, out);
	else if (status == SP_OK)
		status = write_patch(l, out, err);
	return status;
}

static int run(const learn_options *options)
{
	learning l = {.options = options, .learned = {.max = (size_t)1 << 31}, .order = {.max = (size_t)1 << 31}};
	sp_error err = {0};
	sp_buffer out = SP_BUFFER_INIT;
	(void)spi_tell_closed(options->kb, "cmd.closed");
	sp_status status = learn(&l, &out, &err);
	int code = (options->json ? l.proposals.count : out.len) > 0 ? SPI_EXIT_OK : SPI_EXIT_NO;
	if (status == SP_OK) {
		tell(&l);
		if (fwrite(sp_buffer_text(&out), 1, out.len, stdout) != out.len || fflush(stdout) != 0)
			status = sp_error_set(&err, SP_ERR_IO, "stdout", 0, "could not be written");
	}
	if (status != SP_OK)
		code = spi_fail(&err, status);
	sp_buffer_release(&out);
	sp_buffer_release(&l.learned);
	sp_buffer_release(&l.order);
	spi_learn_kb_close(&l.kb);
	sp_analyser_free(l.analyser);
	sp_arena_free(l.scratch);
	sp_arena_free(l.arena);
	return code;
}

int spi_cmd_learn(int argc, char **argv)
{
	learn_options o = {.min = 2};
	const spi_setting settings[] = {
		{.name = "kb", .type = SPI_SETTING_TEXT, .target = &o.kb},
		{.name = "data", .type = SPI_SETTING_TEXT, .target = &o.data},
		{.name = "from", .type = SPI_SETTING_TEXT, .target = &o.from},
		{.name = "to", .type = SPI_SETTING_TEXT, .target = &o.to},
		{.name = "min", .type = SPI_SETTING_NUMBER, .target = &o.min, .min = 1, .max = 1000000},
		{.name = "lang", .type = SPI_SETTING_CHOICE, .target = &o.lang, .choices = "it|en|de"},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &o.json},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	if (!spi_read_args("learn", settings, argc, argv, words, &count, 0, 0))
		return SPI_EXIT_USAGE;
	if (!o.kb || !o.data)
		return spi_missing("learn", o.kb ? "data" : "kb");
	return run(&o);
}
