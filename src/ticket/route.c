#include "sportello/ticket.h"

int sp_ticket_group(const sp_kb_config *config, int category, const char *article_group)
{
	/* A group that is not in kb.yaml any more does not lose the ticket: the category's own takes it. */
	int group = article_group ? sp_kb_group(config, article_group) : -1;
	if (group < 0 && category >= 0 && (size_t)category < config->categories_count)
		group = config->categories[category].group;
	if (group < 0 && category < 0)
		group = config->ticket.group;
	return group;
}
