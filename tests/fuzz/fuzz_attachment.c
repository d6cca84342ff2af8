/* Images and PDF that people send: a copy is not larger, and is taken as it is when it comes again. */
#include "fuzz.h"

#include "sportello/attachment.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sp_attachment_kind kind = SP_ATTACHMENT_COUNT, again_kind = SP_ATTACHMENT_COUNT;
	sp_buffer clean = SP_BUFFER_INIT, again = SP_BUFFER_INIT;
	const char *key = NULL;
	sp_status status = sp_attachment_check(data, size, &kind, &clean, &key);
	FUZZ_HOLDS((status == SP_ERR_INVALID) == (key != NULL), NULL, 0);
	if (status == SP_OK) {
		FUZZ_HOLDS(clean.len <= size + (kind == SP_ATTACHMENT_WEBP), NULL, 0); /* the last filling byte may have been missing */
		FUZZ_HOLDS(sp_attachment_check(clean.data, clean.len, &again_kind, &again, &key) == SP_OK, key, key ? strlen(key) : 0);
		FUZZ_HOLDS(kind == again_kind && again.len == clean.len && memcmp(again.data, clean.data, clean.len) == 0, NULL, 0);
	}
	sp_buffer_release(&clean);
	sp_buffer_release(&again);
	return 0;
}
