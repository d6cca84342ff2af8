/* kb.yaml: whatever it says, what is read of it stays within its own lists. */
#include "fuzz.h"

#include "kb/config.h"

#include <stdlib.h>

static void check(const sp_kb_config *config)
{
	for (size_t i = 0; i < config->categories_count; i++) {
		const sp_category *category = &config->categories[i];
		FUZZ_HOLDS(category->service < (int)config->services_count && category->group < (int)config->groups_count, category->key, 100);
		for (size_t k = 0; k < category->fields_count; k++)
			FUZZ_HOLDS(category->fields[k] >= 0 && (size_t)category->fields[k] < config->fields_count, NULL, 0);
	}
	for (size_t i = 0; i < config->services_count; i++)
		FUZZ_HOLDS(config->services[i].hours < (int)config->hours_count, NULL, 0);
	for (size_t i = 0; i < config->groups_count; i++)
		FUZZ_HOLDS(config->groups[i].service < (int)config->services_count, NULL, 0);
	FUZZ_HOLDS(config->audiences_count <= SP_AUDIENCES_MAX, NULL, 0);
	FUZZ_HOLDS(config->answer_precision >= 0.5 && config->answer_precision <= 0.999, NULL, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sp_findings *findings = sp_findings_new(SP_LANG_IT);
	sp_error err = {0};
	size_t count;
	char *text = fuzz_copy(data, size);
	spi_report report = {.findings = findings, .file = "kb.yaml", .err = &err};
	sp_kb_config *config = spi_config_read(text, size, &report);
	if (config && !report.broken)
		check(config);
	sp_findings_items(findings, &count);
	sp_kb_config_free(config);
	sp_findings_free(findings);
	free(text);
	return 0;
}
