/* What each figure means. Texts are in the catalogue, so that they can be read by whom the figures are for. */
#include "sportello/catalog.h"
#include "sportello/figures.h"

#include <stdio.h>

static const sp_definition definitions[] = {
	{"conversations", "resolved_confirmed + resolved_assumed + tickets + abandoned", NULL},
	{"resolved_confirmed", "resolved_confirmed", NULL},
	{"resolved_assumed", "resolved_assumed", NULL},
	{"tickets", "tickets", NULL},
	{"abandoned", "abandoned", NULL},
	{"pending", "pending", NULL},
	{"returned", "returned", NULL},
	{"recontacted", "recontacted", NULL},
	{"self_service_rate", "resolved_confirmed / conversations … (resolved_confirmed + resolved_assumed) / conversations", NULL},
	{"confirmed_rate", "resolved_confirmed / conversations", NULL},
	{"first_level_autonomy", "work.closed_level1 / work.closed", NULL},
	{"escalation_rate", "work.escalated / work.tickets", NULL},
	{"received", "work.received / work.tickets", NULL},
	{"preventable", "work.preventable / work.received", NULL},
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

static const char *text_of(sp_lang lang, const char *id, const char *what)
{
	char key[80];
	snprintf(key, sizeof key, "definition.%s.%s", id, what);
	return sp_catalog_text(lang, key);
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
		sp_json_string(&json, "name", text_of(lang, d->id, "name"));
		sp_json_string(&json, "definition", text_of(lang, d->id, "text"));
		sp_json_string(&json, "formula", d->formula);
		sp_json_string(&json, "source", d->source);
		sp_json_object_end(&json);
	}
	sp_json_array_end(&json);
	sp_json_object_end(&json);
}
