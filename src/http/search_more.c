#include "http/search_more.h"

#include "http/solvers.h"

#include <stdlib.h>
#include <string.h>

bool spi_search_is_staff(const spi_request *request)
{
	return spi_caller_has(request, SPI_WORKS_HERE);
}

bool spi_search_of_service(const spi_request *request, const char *service, sp_query *query)
{
	const sp_kb_config *config = request->config;
	size_t number = 0, count = 0;
	while (number < config->services_count && strcmp(config->services[number].key, service) != 0)
		number++;
	const char **keys = sp_arena_calloc(request->arena, config->categories_count + 1, sizeof *keys);
	if (number == config->services_count || !keys)
		return false;
	for (size_t i = 0; i < config->categories_count; i++)
		if (config->categories[i].service == (int)number)
			keys[count++] = config->categories[i].key;
	if (count == 0)
		keys[count++] = ""; /* nothing is of it */
	query->categories = keys;
	query->categories_count = count;
	return true;
}

sp_validity spi_search_validity(const char *name)
{
	static const char *const names[SP_VALIDITIES] = {
#define VALIDITY_NAME(name, text) text,
		SP_VALIDITY_LIST(VALIDITY_NAME)
#undef VALIDITY_NAME
	};
	int validity = 0;
	while (validity < SP_VALIDITIES && strcmp(names[validity], name) != 0)
		validity++;
	return (sp_validity)validity;
}

void spi_search_rank(spi_request *request, sp_query *query, const char *category, const char *group)
{
	spi_worker *worker = request->worker;
	if (!spi_search_is_staff(request))
		return;
	spi_solvers_take(worker->server->solvers, &worker->solvers);
	const sp_solvers *such = category ? spi_solvers_of(worker->solvers, category, NULL) : NULL;
	if (!such && group)
		such = spi_solvers_of(worker->solvers, NULL, group);
	query->solvers = such ? such : spi_solvers_of(worker->solvers, NULL, NULL);
}

static int by_count(const void *a, const void *b)
{
	const sp_facet *one = a, *other = b;
	return one->count != other->count ? (one->count < other->count) - (one->count > other->count) : strcmp(one->value, other->value);
}

sp_facets spi_search_services(const spi_request *request, const sp_facets *categories)
{
	const sp_kb_config *config = request->config;
	sp_facets ret = {sp_arena_calloc(request->arena, config->services_count + 1, sizeof *ret.items), 0};
	for (size_t s = 0; ret.items && s < config->services_count; s++) {
		sp_facet facet = {config->services[s].key, 0};
		for (size_t i = 0; i < categories->count; i++) {
			int category = sp_kb_category(config, categories->items[i].value);
			if (category >= 0 && config->categories[category].service == (int)s)
				facet.count += categories->items[i].count;
		}
		if (facet.count)
			ret.items[ret.count++] = facet;
	}
	if (ret.count > 1)
		qsort(ret.items, ret.count, sizeof *ret.items, by_count);
	return ret;
}
