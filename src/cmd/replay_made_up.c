/* What a replay makes up: conversations, what is filled in for a ticket, who gets it. */
#include "cmd/replay.h"

#include <string.h>

void spi_replay_conversation(uint64_t number, char ret[SP_CONVERSATION_ID_LEN + 1])
{
	static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
	uint64_t rest = spi_chance_seed(number, 77);
	memset(ret, '0', SP_CONVERSATION_ID_LEN);
	ret[SP_CONVERSATION_ID_LEN] = '\0';
	for (size_t i = 12; i-- > 0; number >>= 5)
		ret[i] = alphabet[number & 31];
	for (size_t i = 12; i < 24; i++, rest >>= 5)
		ret[i] = alphabet[rest & 31];
}

const char *spi_replay_value(const sp_field *field, const spi_contact *contact, sp_arena *arena)
{
	uint64_t n = contact->person;
	if (strcmp(field->key, "email") == 0)
		return sp_arena_printf(arena, SPI_REPLAY_ADDRESS, (unsigned long long)n);
	if (strcmp(field->key, "notice_number") == 0)
		return sp_arena_printf(arena, "3020000%011llu", (unsigned long long)n);
	if (field->options_count > 0)
		return field->options[n % field->options_count];
	return strcmp(field->key, "description") == 0 ? "-" : NULL;
}

const char *spi_replay_group(const sp_kb_config *config, sp_group_level level, int service)
{
	const char *any = NULL;
	for (size_t i = 0; i < config->groups_count; i++)
		if (config->groups[i].level == level) {
			any = any ? any : config->groups[i].key;
			if (config->groups[i].service == service)
				return config->groups[i].key;
		}
	return any;
}
