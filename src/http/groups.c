/* Whose tickets are whose: the groups that a caller serves, and the tickets that exist for them. */
#include "http/caller.h"
#include "http/reply.h"
#include "http/tickets.h"
#include "sportello/desk.h"

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

/* Of a ticket that level 1 never had. */
static const char *level1_for(const spi_request *request, const sp_ticket *ticket)
{
	const sp_kb_config *config = request->config;
	int category = ticket->category ? sp_kb_category(config, ticket->category) : -1, from = ticket->group ? sp_kb_group(config, ticket->group) : -1;
	int own = category >= 0 ? config->categories[category].group : -1, best = -1;
	if (own >= 0 && config->groups[own].level == SP_LEVEL_1)
		return config->groups[own].key;
	for (int i = 0; from >= 0 && (size_t)i < config->groups_count; i++) {
		bool same = config->groups[i].service == config->groups[from].service;
		if (config->groups[i].level == SP_LEVEL_1 && sp_kb_passes(config, i, from) && (best < 0 || (same && config->groups[best].service != config->groups[from].service)))
			best = i;
	}
	return best >= 0 ? config->groups[best].key : NULL;
}

bool spi_ticket_level1(spi_request *request, const sp_ticket *ticket, const char **ret_group, const char **ret_who)
{
	sp_ticket_event *events = NULL;
	size_t count = 0;
	sp_error err = {0};
	sp_status status = sp_store_ticket_events(request->worker->store, ticket->number, request->arena, &events, &count, &err);
	*ret_group = *ret_who = NULL;
	if (status) {
		spi_reply_error(request, status, &err);
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (events[i].level == SP_LEVEL_1 && events[i].group && sp_kb_group(request->config, events[i].group) >= 0)
			*ret_group = events[i].group;
		if (events[i].level == SP_LEVEL_1 && events[i].assignee)
			*ret_who = *events[i].assignee ? events[i].assignee : NULL;
	}
	const char *group = *ret_group ? *ret_group : level1_for(request, ticket);
	*ret_group = group ? sp_arena_strdup(request->arena, group) : NULL;
	return true;
}
