#include "http/known.h"

#include "http/parts.h"

#include <string.h>

typedef struct counting {
	sp_query query;
	sp_result found;
} counting;

static sp_status count(spi_request *request, sp_index *index, void *arg, sp_error *err)
{
	counting *c = arg;
	return sp_index_search(index, sp_responder_analyser(request->worker->responder), &c->query, request->arena, &c->found, err);
}

int spi_known_category(spi_request *request, const char *key)
{
	if (!key || !*key || request->caller.audience < 0)
		return -1;
	/* The index is asked for one that is not there too: it takes as long. */
	int number = sp_kb_category(request->config, key);
	counting c = {.query = {.lang = request->lang, .day = request->day, .category = number < 0 ? "-" : key, .audience = -1, .limit = 1}};
	sp_error err = {0};
	bool has_any = spi_with_index(request, count, &c, &err) == SP_OK && c.found.total > 0;
	return has_any ? number : -1;
}

static sp_index *index_of(const spi_request *request)
{
	sp_index *index = NULL;
	bool ok = request->caller.audience >= 0 &&
		spi_request_index_of(request, request->caller.audience, &index, NULL) == SP_OK;
	return ok ? index : NULL;
}

static bool is_named(const spi_request *request, sp_index_named what, const char *key)
{
	sp_index *index = index_of(request);
	return index && sp_index_names(index, what, key);
}

bool spi_known_article(const spi_request *request, const char *id)
{
	sp_index *index = index_of(request);
	return index && id && sp_index_langs_of(index, id) != 0;
}

static bool has_field(const int *fields, size_t count, int field)
{
	for (size_t i = 0; i < count; i++)
		if (fields[i] == field)
			return true;
	return false;
}

int spi_known_field(spi_request *request, const char *key)
{
	const sp_kb_config *config = request->config;
	int field = sp_kb_field(config, key);
	if (field >= 0 && has_field(config->ticket.fields, config->ticket.fields_count, field)) /* anybody may be asked for it */
		return field;
	for (size_t i = 0; field >= 0 && i < config->categories_count; i++)
		if (has_field(config->categories[i].fields, config->categories[i].fields_count, field) && spi_known_category(request, config->categories[i].key) >= 0)
			return field;
	return field >= 0 && is_named(request, SP_NAMED_FIELD, key) ? field : -1;
}

int spi_known_group(spi_request *request, const char *key)
{
	const sp_kb_config *config = request->config;
	int group = key ? sp_kb_group(config, key) : -1;
	if (group >= 0 && group == config->ticket.group)
		return group;
	for (size_t i = 0; group >= 0 && i < config->categories_count; i++)
		if (config->categories[i].group == group && spi_known_category(request, config->categories[i].key) >= 0)
			return group;
	return group >= 0 && is_named(request, SP_NAMED_GROUP, key) ? group : -1;
}
