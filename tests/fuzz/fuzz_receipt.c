/* Receipts that people type off: what one says is what makes the same one again. */
#include "fuzz.h"

#include "http/receipts.h"
#include "sportello/answer.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sp_arena *arena = sp_arena_new(0);
	char *text = fuzz_copy(data, size);
	const char *article, *version;
	sp_lang lang;
	int64_t at;
	if (sp_receipt_read(text, arena, &article, &lang, &version, &at)) {
		FUZZ_HOLDS(sp_kb_is_id(article, strlen(article)), text, size);
		FUZZ_HOLDS(strlen(version) == 12 && strspn(version, "0123456789abcdef") == 12, text, size);
		char *made = sp_receipt_make(article, lang, version, at, arena);
		const char *again_article, *again_version;
		sp_lang again_lang;
		int64_t again_at;
		FUZZ_HOLDS(sp_receipt_read(made, arena, &again_article, &again_lang, &again_version, &again_at), made, strlen(made));
		FUZZ_HOLDS(strcmp(article, again_article) == 0 && strcmp(version, again_version) == 0 && lang == again_lang && at == again_at, made,
			strlen(made));
	}
	char heard[13];
	if (spi_receipt_parse(text, arena, &article, &lang, heard, &at))
		FUZZ_HOLDS(strlen(heard) == 12 && lang != SP_LANG_NONE && *article && at >= 0, text, size);
	free(text);
	sp_arena_free(arena);
	return 0;
}
