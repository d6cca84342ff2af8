#include "kb/lint/rules.h"

#include "kb/report.h"

#include <string.h>

static const struct {
	const char *name;
	sp_severity severity;
	spi_rule_weight weight;
	const char *article;
} rules[SPI_RULE_COUNT] = {
#define RULE_ROW(rule, text, level, its_weight, its_article) \
	[rule] = {text, SP_SEVERITY_##level, SPI_RULE_##its_weight, its_article},
	SPI_RULE_LIST(RULE_ROW)
#undef RULE_ROW
};

const sp_rule *sp_rules(size_t *ret_count)
{
	static const sp_rule all[] = {
#define RULE_PUBLIC(rule, text, level, its_weight, its_article) {text, SP_SEVERITY_##level, its_article},
		SPI_RULE_LIST(RULE_PUBLIC)
#undef RULE_PUBLIC
	};
	*ret_count = SPI_RULE_COUNT;
	return all;
}

const char *spi_rule_name(spi_rule rule)
{
	return rules[rule].name;
}

spi_rule spi_rule_of(const char *name)
{
	spi_rule rule = 0;
	while (rule < SPI_RULE_COUNT && strcmp(rules[rule].name, name) != 0)
		rule++;
	return rule;
}

const char *sp_rule_article(const char *name)
{
	spi_rule rule = spi_rule_of(name);
	return rule < SPI_RULE_COUNT ? rules[rule].article : NULL;
}

spi_rule_weight spi_rule_weight_of(spi_rule rule)
{
	return rules[rule].weight;
}

sp_severity spi_rule_severity(spi_rule rule, const sp_kb_config *config)
{
	if (config && rules[rule].weight != SPI_RULE_FIXED) {
		for (size_t i = 0; i < config->rules_count; i++) {
			if (strcmp(config->rules[i].rule, rules[rule].name) == 0)
				return (sp_severity)config->rules[i].severity;
		}
	}
	return rules[rule].severity;
}

const char *sp_severity_name(sp_severity severity)
{
	static const char *const names[] = {"off", "advice", "warning", "error"};
	return names[severity];
}

const char *spi_rule_nearest(const char *name)
{
	return spi_nearest(name, rules, SPI_RULE_COUNT, sizeof *rules);
}
