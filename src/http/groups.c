/* Whose tickets are whose: the groups that a caller serves, and the tickets that exist for them. */
#include "http/caller.h"

#include <string.h>

int spi_audience_level(const char *audience)
{
	return strcmp(audience, "agent-l1") == 0 ? SP_LEVEL_1 : strcmp(audience, "agent-l2") == 0 ? SP_LEVEL_2 : 0;
}

bool spi_serves(unsigned roles, const char *audience, const sp_strings *groups, const sp_group *group)
{
	if (!(roles & SPI_DESK))
		return false;
	for (size_t i = 0; i < groups->count; i++)
		if (strcmp(groups->items[i], group->key) == 0)
			return true;
	if (groups->count > 0)
		return false;
	return roles & SPI_IS(ADMIN) || (int)group->level == spi_audience_level(audience);
}

bool spi_caller_serves(const spi_request *request, const sp_group *group)
{
	const spi_caller *caller = &request->caller;
	return spi_serves(caller->roles, caller->audience_key, &caller->groups, group);
}

bool spi_caller_is_partner(const spi_request *request)
{
	const spi_caller *caller = &request->caller;
	if (!spi_caller_has(request, SPI_DESK))
		return false;
	if (caller->groups.count == 0)
		return !spi_caller_has(request, SPI_IS(ADMIN)) && spi_audience_level(caller->audience_key) == 0;
	for (size_t i = 0; i < caller->groups.count; i++) {
		int group = sp_kb_group(request->config, caller->groups.items[i]);
		if (group >= 0 && request->config->groups[group].level != SP_LEVEL_PARTNER)
			return false;
	}
	return true;
}

bool spi_caller_sees(const spi_request *request, const char *group)
{
	int number = group ? sp_kb_group(request->config, group) : -1;
	return !spi_caller_is_partner(request) || (number >= 0 && spi_caller_serves(request, &request->config->groups[number]));
}
