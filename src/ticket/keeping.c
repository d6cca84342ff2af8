/* How long is kept what, as kb.yaml says it; and what was forgotten, as JSON. */
#include "sportello/keep.h"

#define DAY_S 86400

static int64_t seconds(uint32_t days)
{
	return (int64_t)days * DAY_S;
}

sp_status sp_keeping_of(const sp_kb_config *config, sp_arena *arena, sp_keeping *ret)
{
	sp_keep_field *fields = sp_arena_calloc(arena, config->fields_count + 1, sizeof *fields);
	size_t count = 0;
	if (!fields)
		return SP_ERR_NOMEM;
	for (size_t i = 0; i < config->fields_count; i++)
		if (config->fields[i].keep_days)
			fields[count++] = (sp_keep_field){config->fields[i].key, seconds(config->fields[i].keep_days)};
	*ret = (sp_keeping){
		.conversations_s = seconds(config->keep.conversations), .feedback_s = seconds(config->keep.feedback),
		.tickets_s = seconds(config->keep.tickets), .comments_s = seconds(config->keep.comments),
		.attachments_s = seconds(config->keep.attachments), .fields = fields, .fields_count = count,
	};
	return SP_OK;
}

bool sp_forgotten_any(const sp_forgotten *forgotten)
{
	uint64_t all = 0;
#define ADD(member, name) all += forgotten->member;
	SP_FORGOTTEN_LIST(ADD)
#undef ADD
	return all > 0;
}

void sp_forgotten_json(const sp_forgotten *forgotten, sp_json *json, const char *name)
{
	sp_json_object(json, name);
#define PUT(member, text) sp_json_int(json, text, (int64_t)forgotten->member);
	SP_FORGOTTEN_LIST(PUT)
#undef PUT
	sp_json_object_end(json);
}
