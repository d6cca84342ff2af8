/* GET /v1/training/report, and as a page GET /agent/training/report: who is up to date, and who has something open. For managers; of agents whose articles they may read. */
#include "base/csv_text.h"
#include "http/agent.h"
#include "http/handlers.h"
#include "http/parts.h"
#include "http/training.h"

#include <string.h>

/* The modules of one audience; read when the first of its people comes. */
typedef struct audience_modules {
	sp_training_module *modules;
	size_t count;
	bool is_read;
} audience_modules;

typedef struct reporting {
	sp_token_info *tokens; size_t tokens_count;
	sp_training_pass *passes; size_t passes_count;
	sp_trainee *people; size_t people_count;
	audience_modules by_audience[SP_AUDIENCES_MAX];
	bool by_audience_only;
	sp_json json;
} reporting;

/* How far somebody, or an audience, is with all modules. */
typedef struct tally {
	size_t people, current, quizzes, passed, reopened;
} tally;

/* ---- reading ---- */

static bool may_tell(const spi_request *request, int audience)
{
	return audience >= 0 && request->caller.audience >= 0 &&
		(request->config->audiences[request->caller.audience].reads >> audience & 1);
}

static sp_status read_audience(spi_request *request, reporting *r, int audience, sp_error *err)
{
	audience_modules *of = &r->by_audience[audience];
	sp_index *index = NULL;
	if (of->is_read)
		return SP_OK;
	sp_status status = spi_request_index_of(request, audience, &index, err);
	if (status)
		return status;
	sp_training_view view = spi_training_view(request, index, audience);
	status = sp_training_read(&view, NULL, request->arena, &of->modules, &of->count, err);
	of->is_read = status == SP_OK;
	return status;
}

static sp_status read_all(spi_request *request, sp_index *index, void *arg, sp_error *err)
{
	reporting *r = arg;
	sp_status status = SP_OK;
	(void)index;
	memset(r->by_audience, 0, sizeof r->by_audience); /* of an index that changed underneath nothing is kept */
	for (size_t i = 0; status == SP_OK && i < r->people_count; i++) {
		int audience = sp_kb_audience(request->config, r->people[i].audience);
		if (may_tell(request, audience))
			status = read_audience(request, r, audience, err);
	}
	return status;
}

static sp_status read_people(spi_request *request, reporting *r, sp_error *err)
{
	sp_store_reader *store = request->worker->store;
	sp_arena *arena = request->arena;
	if (!store)
		return sp_error_set(err, SP_ERR_IO, "training", 0, "what was passed cannot be read right now");
	sp_status status = sp_store_tokens(store, arena, &r->tokens, &r->tokens_count, err);
	if (status == SP_OK)
		status = sp_store_training(store, NULL, arena, &r->passes, &r->passes_count, err);
	if (status == SP_OK)
		status = sp_training_people(r->tokens, r->tokens_count, r->passes, r->passes_count, request->now_utc_s, arena, &r->people,
			&r->people_count);
	return status;
}

/* ---- counting ---- */

/* Those of one subject come together. */
static void passes_of(const reporting *r, const char *subject, const sp_training_pass **ret, size_t *ret_count)
{
	size_t from = 0, to;
	while (from < r->passes_count && strcmp(r->passes[from].subject, subject) != 0)
		from++;
	for (to = from; to < r->passes_count && strcmp(r->passes[to].subject, subject) == 0;)
		to++;
	*ret = r->passes + from;
	*ret_count = to - from;
}

static audience_modules *apply(const spi_request *request, reporting *r, const sp_trainee *who, tally *sum)
{
	int audience = sp_kb_audience(request->config, who->audience);
	const sp_training_pass *passes;
	size_t count;
	if (!may_tell(request, audience) || !r->by_audience[audience].is_read)
		return NULL;
	audience_modules *of = &r->by_audience[audience];
	tally own = {.people = 1};
	passes_of(r, who->subject, &passes, &count);
	for (size_t i = 0; i < of->count; i++) {
		sp_training_apply(&of->modules[i], passes, count);
		own.quizzes += of->modules[i].quizzes;
		own.passed += of->modules[i].passed;
		own.reopened += of->modules[i].reopened;
	}
	sum->people++;
	sum->current += own.passed == own.quizzes;
	sum->quizzes += own.quizzes;
	sum->passed += own.passed;
	sum->reopened += own.reopened;
	return of;
}

static int64_t last_pass(const sp_training_module *module)
{
	int64_t last = 0;
	for (size_t i = 0; i < module->count; i++)
		if (module->parts[i].pass && module->parts[i].pass->at_utc_s > last)
			last = module->parts[i].pass->at_utc_s;
	return last;
}

/* ---- JSON ---- */

static void write_tally(sp_json *json, const tally *sum)
{
	sp_json_int(json, "quizzes", (int64_t)sum->quizzes);
	sp_json_int(json, "passed", (int64_t)sum->passed);
	sp_json_int(json, "reopened", (int64_t)sum->reopened);
}

static void write_module(sp_json *json, const sp_training_module *module)
{
	sp_json_object(json, NULL);
	sp_json_string(json, "id", module->article.id);
	sp_json_string(json, "title", module->article.title);
	sp_json_string(json, "state", sp_training_state_name(module->state));
	sp_json_int(json, "percent", sp_training_percent(module));
	sp_json_array(json, "open");
	for (size_t i = 0; i < module->count; i++)
		if (module->parts[i].state == SP_TRAINING_NEW || module->parts[i].state == SP_TRAINING_REOPENED)
			sp_json_string(json, NULL, module->parts[i].article.id);
	sp_json_array_end(json);
	spi_json_time(json, "last_passed", last_pass(module));
	sp_json_object_end(json);
}

static void write_agents(const spi_request *request, reporting *r)
{
	sp_json_array(&r->json, "agents");
	for (size_t i = 0; i < r->people_count; i++) {
		tally own = {0};
		const audience_modules *of = apply(request, r, &r->people[i], &own);
		if (!of)
			continue;
		sp_json_object(&r->json, NULL);
		sp_json_string(&r->json, "subject", r->people[i].subject);
		sp_json_string(&r->json, "audience", r->people[i].audience);
		spi_json_strings(&r->json, "groups", &r->people[i].groups);
		sp_json_bool(&r->json, "current", own.current > 0);
		write_tally(&r->json, &own);
		sp_json_array(&r->json, "modules");
		for (size_t k = 0; k < of->count; k++)
			write_module(&r->json, &of->modules[k]);
		sp_json_array_end(&r->json);
		sp_json_object_end(&r->json);
	}
	sp_json_array_end(&r->json);
}

/* All of an audience together. */
static tally sum_of(const spi_request *request, reporting *r, const char *audience)
{
	tally sum = {0};
	for (size_t i = 0; i < r->people_count; i++)
		if (strcmp(r->people[i].audience, audience) == 0)
			apply(request, r, &r->people[i], &sum);
	return sum;
}

static void write_audiences(const spi_request *request, reporting *r)
{
	sp_json_array(&r->json, "audiences");
	for (size_t i = 0; i < request->config->audiences_count; i++) {
		const sp_audience *audience = &request->config->audiences[i];
		tally sum = sum_of(request, r, audience->key);
		if (!sum.people)
			continue;
		sp_json_object(&r->json, NULL);
		sp_json_string(&r->json, "audience", audience->key);
		sp_json_string(&r->json, "name", sp_texts_get(&audience->name, request->lang));
		sp_json_int(&r->json, "agents", (int64_t)sum.people);
		sp_json_int(&r->json, "current", (int64_t)sum.current);
		write_tally(&r->json, &sum);
		sp_json_object_end(&r->json);
	}
	sp_json_array_end(&r->json);
}

static void reply_json(spi_request *request, reporting *r)
{
	sp_json_init(&r->json, &request->out);
	sp_json_object(&r->json, NULL);
	write_audiences(request, r);
	if (!r->by_audience_only)
		write_agents(request, r);
	sp_json_object_end(&r->json);
	spi_reply_json(request, 200);
}

/* ---- CSV ---- */

static void add_cell(sp_buffer *out, const char *text, const char *after)
{
	spi_csv_text(out, text);
	sp_buffer_add_text(out, after);
}

static void add_agent_rows(spi_request *request, reporting *r)
{
	sp_buffer *out = &request->out;
	sp_buffer_add_text(out, "subject,audience,module,title,state,quizzes,passed,reopened,last_passed\r\n");
	for (size_t i = 0; i < r->people_count; i++) {
		tally own = {0};
		const audience_modules *of = apply(request, r, &r->people[i], &own);
		for (size_t k = 0; of && k < of->count; k++) {
			const sp_training_module *module = &of->modules[k];
			int64_t last = last_pass(module);
			add_cell(out, r->people[i].subject, ",");
			add_cell(out, r->people[i].audience, ",");
			add_cell(out, module->article.id, ",");
			add_cell(out, module->article.title, ",");
			sp_buffer_printf(out, "%s,%zu,%zu,%zu,%s\r\n", sp_training_state_name(module->state), module->quizzes, module->passed,
				module->reopened, last ? spi_page_iso_date(request, sp_date_of(last, request->config->timezone)) : "");
		}
	}
}

static void add_audience_rows(spi_request *request, reporting *r)
{
	sp_buffer *out = &request->out;
	sp_buffer_add_text(out, "audience,agents,current,quizzes,passed,reopened\r\n");
	for (size_t i = 0; i < request->config->audiences_count; i++) {
		tally sum = sum_of(request, r, request->config->audiences[i].key);
		if (!sum.people)
			continue;
		add_cell(out, request->config->audiences[i].key, ",");
		sp_buffer_printf(out, "%zu,%zu,%zu,%zu,%zu\r\n", sum.people, sum.current, sum.quizzes, sum.passed, sum.reopened);
	}
}

static void reply_csv(spi_request *request, reporting *r)
{
	if (r->by_audience_only)
		add_audience_rows(request, r);
	else
		add_agent_rows(request, r);
	spi_reply_text(request, 200, "text/csv; charset=utf-8");
	spi_reply_header(request, "Content-Disposition", "attachment; filename=\"training.csv\"");
}

static bool read_by(spi_request *request, reporting *r)
{
	const char *by = spi_request_query(request, "by");
	r->by_audience_only = by && strcmp(by, "audience") == 0;
	if (!by || r->by_audience_only || strcmp(by, "agent") == 0)
		return true;
	spi_problem_field(request, SPI_BAD_VALUE, "by", "by must be agent or audience");
	return false;
}

/* Everybody and their modules; false with an error in place. */
static bool gather(spi_request *request, reporting *r)
{
	sp_error err = {0};
	sp_status status = read_people(request, r, &err);
	if (status == SP_OK)
		status = spi_with_index(request, read_all, r, &err);
	if (status && !request->reply.status)
		spi_reply_error(request, status, &err);
	return !status;
}

void spi_h_training_report(spi_request *request)
{
	reporting r = {0};
	if (!read_by(request, &r) || !gather(request, &r))
		return;
	if (spi_request_accepts(request, "text/csv"))
		reply_csv(request, &r);
	else
		reply_json(request, &r);
}

/* ---- the page ---- */

static void put_agent(const spi_request *request, spi_value *list, const sp_trainee *who, const tally *own)
{
	int audience = sp_kb_audience(request->config, who->audience);
	spi_value *item = spi_list_add(list);
	spi_put_text(item, "subject", who->subject);
	spi_put_text(item, "audience", sp_texts_get(&request->config->audiences[audience].name, request->lang));
	spi_put_int(item, "passed", (int64_t)own->passed);
	spi_put_int(item, "quizzes", (int64_t)own->quizzes);
	spi_put_int(item, "reopened", (int64_t)own->reopened);
	spi_put_bool(item, "is_current", own->current > 0);
}

void spi_h_page_training_report(spi_request *request)
{
	reporting r = {0};
	size_t shown = 0;
	if (!gather(request, &r))
		return;
	spi_value *page = spi_page_new(request);
	spi_agent_put_frame(request, page, SPI_AGENT_TRAINING, spi_page_text(request, "training.report.title"));
	spi_put_bool(page, "has_own", spi_caller_has(request, SPI_DESK));
	spi_value *list = spi_put_list(page, "agents");
	for (size_t i = 0; i < r.people_count; i++) {
		tally own = {0};
		if (!apply(request, &r, &r.people[i], &own))
			continue;
		put_agent(request, list, &r.people[i], &own);
		shown++;
	}
	spi_put_bool(page, "has_agents", shown > 0);
	spi_page_send(request, "agent-training-report", page, 200);
}
