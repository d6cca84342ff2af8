#include "http/grants.h"

#include "http/caller.h"

#include <string.h>

static int audience_of(const spi_request *request, const sp_grant *grant)
{
	return sp_kb_audience(request->config, grant->audience);
}

/* ---- what they read ---- */

/* Whether another row's audience reads this one's, and more. */
static bool is_read_by_another(const spi_request *request, const sp_identified *who, int audience)
{
	const sp_audience *audiences = request->config->audiences;
	for (size_t i = 0; i < who->grants_count; i++) {
		int other = audience_of(request, who->grants[i]);
		if (other >= 0 && other != audience && audiences[other].reads >> audience & 1 && !(audiences[audience].reads >> other & 1))
			return true;
	}
	return false;
}

static const char *join_audiences(const spi_request *request, const sp_identified *who)
{
	for (size_t i = 0; i < who->grants_count; i++) {
		int audience = audience_of(request, who->grants[i]);
		if (audience >= 0 && !is_read_by_another(request, who, audience))
			return who->grants[i]->audience;
	}
	return NULL;
}

/* ---- what they may do ---- */

/* A row whose audience is gone from kb.yaml gives nothing. */
static unsigned join_roles(const spi_request *request, const sp_identified *who)
{
	unsigned roles = 0;
	for (size_t i = 0; i < who->grants_count; i++)
		if (audience_of(request, who->grants[i]) >= 0)
			roles |= spi_roles_of(who->grants[i]->role);
	if (roles & SPI_IS(ADMIN))
		return SPI_IS(ADMIN);
	return roles & SPI_WORKS_HERE ? roles & SPI_WORKS_HERE : roles;
}

/* ---- whose tickets they have ---- */

static bool is_of_some_row(const spi_request *request, const sp_identified *who, const sp_group *group)
{
	for (size_t i = 0; i < who->grants_count; i++) {
		const sp_grant *grant = who->grants[i];
		if (audience_of(request, grant) >= 0 && spi_serves(spi_roles_of(grant->role), grant->audience, &grant->groups, group))
			return true;
	}
	return false;
}

/* By name, as what they have together may be less than what the audience alone would stand for. */
static bool join_groups(const spi_request *request, const sp_identified *who, sp_strings *ret)
{
	const sp_kb_config *config = request->config;
	ret->items = sp_arena_calloc(request->arena, config->groups_count + 1, sizeof *ret->items);
	ret->count = 0;
	for (size_t i = 0; ret->items && i < config->groups_count; i++)
		if (is_of_some_row(request, who, &config->groups[i]))
			ret->items[ret->count++] = sp_arena_strdup(request->arena, config->groups[i].key);
	if (ret->items && ret->count == 0)
		ret->items[ret->count++] = "-"; /* no group has this key */
	return ret->items != NULL;
}

bool spi_grants_join(spi_request *request, const sp_identified *who, spi_granted *ret)
{
	const char *audience = join_audiences(request, who);
	unsigned roles = join_roles(request, who);
	if (!audience)
		return false;
	*ret = (spi_granted){.role = spi_roles_text(request->arena, roles), .audience = sp_arena_strdup(request->arena, audience)};
	if (who->grants_count == 1)
		ret->groups = who->grants[0]->groups;
	else if (roles & SPI_DESK && !join_groups(request, who, &ret->groups))
		return false;
	return ret->role && ret->audience;
}
