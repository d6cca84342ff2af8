/* Personal data: what is masked is not found any more, and nothing else is lost. */
#include "fuzz.h"

#include "sportello/personal.h"
#include "sportello/text.h"

#include <stdlib.h>
#include <string.h>

#define SPANS 64

/* In digits of another script, say. */
static bool has_as_seen(const char *text, size_t size)
{
	size_t len;
	sp_personal_span span;
	sp_arena *arena = sp_arena_new(0);
	const char *seen = sp_text_as_seen(text, size, arena, &len);
	bool has = seen && sp_personal_find(seen, len, &span, 1) > 0;
	sp_arena_free(arena);
	return has;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sp_personal_span spans[SPANS];
	sp_buffer masked = SP_BUFFER_INIT, again = SP_BUFFER_INIT;
	char *text = fuzz_copy(data, size);
	size_t count = sp_personal_find(text, size, spans, SPANS), shown = count < SPANS ? count : SPANS;
	for (size_t i = 0; i < shown; i++)
		FUZZ_HOLDS(spans[i].start < spans[i].end && spans[i].end <= size && (i == 0 || spans[i].start >= spans[i - 1].end), text, size);
	sp_personal_mask(text, size, &masked);
	FUZZ_HOLDS(count > 0 || has_as_seen(text, size) || (masked.len == size && (size == 0 || memcmp(masked.data, text, size) == 0)), text, size);
	sp_personal_mask(sp_buffer_text(&masked), masked.len, &again);
	sp_is_codice_fiscale(text, size);
	sp_is_iban(text, size);
	sp_is_card_number(text, size);
	sp_is_notice_number(text, size);
	sp_is_email(text, size);
	sp_is_phone(text, size);
	free(text);
	sp_buffer_release(&masked);
	sp_buffer_release(&again);
	return 0;
}
