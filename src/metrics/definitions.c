/* What each figure means: one list for /v1/deflection, the dashboard and the public page. Texts are in the catalogue, so that they can be
   read by whom the figures are for. */
#include "sportello/catalog.h"
#include "sportello/figures.h"

#include <stdio.h>
#include <string.h>

static const sp_definition definitions[] = {
	{"conversations", "resolved_confirmed + resolved_assumed + tickets + abandoned", NULL},
	{"resolved_confirmed", "resolved_confirmed", NULL},
	{"resolved_assumed", "resolved_assumed", NULL},
	{"tickets", "tickets", NULL},
	{"abandoned", "abandoned", NULL},
	{"pending", "pending", NULL},
	{"returned", "returned", NULL},
	{"recontacted", "recontacted", NULL},
	{"answered", "answered", NULL},
	{"said_no", "said_no", NULL},
	{"self_service_rate", "resolved_confirmed / conversations … (resolved_confirmed + resolved_assumed) / conversations", NULL},
	{"confirmed_rate", "resolved_confirmed / conversations", NULL},
	{"not_solved", "tickets + abandoned", NULL},
	{"first_level_autonomy", "work.closed_level1 / work.closed", NULL},
	{"escalation_rate", "work.escalated / work.tickets", NULL},
	{"tickets_opened", "work.tickets", NULL},
	{"tickets_closed", "work.closed", NULL},
	{"received", "work.received / work.tickets", NULL},
	{"preventable", "work.preventable / work.received", NULL},
	{"reopened", "work.reopened", NULL},
	{"time_to_answer", "time_to_answer_ms.p50, p90, p99", NULL},
	{"turns_to_answer", "turns_to_answer", NULL},
	{"wrong_reports", "wrong_reports", NULL},
	{"notices", "notices.solved / notices.told", NULL},
	{"rules.intercom", "rules.intercom.resolved / rules.intercom.counted",
		"https://www.intercom.com/help/en/articles/8205718-fin-resolutions"},
	{"rules.zendesk", "rules.zendesk.resolved / rules.zendesk.counted", "https://support.zendesk.com/hc/en-us/articles/8357756668186"},
	{"rules.servicenow", "rules.servicenow.resolved / rules.servicenow.counted",
		"https://www.servicenow.com/docs/r/zurich/conversational-interfaces/now-assist-in-virtual-agent/"
		"self-solve-performance-page-in-assistant-analytics.html"},
	{"rules.microsoft", "rules.microsoft.resolved / rules.microsoft.counted",
		"https://learn.microsoft.com/en-us/microsoft-copilot-studio/analytics-summary"},
	{"masked", "1 … 4", NULL},
};

const sp_definition *sp_definitions(size_t *ret_count)
{
	*ret_count = sizeof definitions / sizeof *definitions;
	return definitions;
}

const sp_definition *sp_definition_of(const char *id)
{
	for (size_t i = 0; i < sizeof definitions / sizeof *definitions; i++)
		if (strcmp(definitions[i].id, id) == 0)
			return &definitions[i];
	return NULL;
}

static const char *text_of(sp_lang lang, const char *id, const char *what)
{
	char key[80];
	snprintf(key, sizeof key, "definition.%s.%s", id, what);
	return sp_definition_of(id) ? sp_catalog_text(lang, key) : "";
}

const char *sp_definition_name(const char *id, sp_lang lang)
{
	return text_of(lang, id, "name");
}

const char *sp_definition_text(const char *id, sp_lang lang)
{
	return text_of(lang, id, "text");
}

void sp_definitions_json(sp_lang lang, sp_buffer *out)
{
	sp_json json;
	sp_json_init(&json, out);
	sp_json_object(&json, NULL);
	sp_json_array(&json, "definitions");
	for (size_t i = 0; i < sizeof definitions / sizeof *definitions; i++) {
		const sp_definition *d = &definitions[i];
		sp_json_object(&json, NULL);
		sp_json_string(&json, "id", d->id);
		sp_json_string(&json, "name", sp_definition_name(d->id, lang));
		sp_json_string(&json, "definition", sp_definition_text(d->id, lang));
		sp_json_string(&json, "formula", d->formula);
		sp_json_string(&json, "source", d->source);
		sp_json_object_end(&json);
	}
	sp_json_array_end(&json);
	sp_json_object_end(&json);
}
