/* The analysis of what people type. The first byte chooses the language. */
#include "fuzz.h"

#include "sportello/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static sp_analyser *analyser;
	sp_arena *arena = sp_arena_new(0);
	sp_lang lang = (sp_lang)((int)(fuzz_byte(&data, &size) % (SP_LANG_COUNT + 1)) - 1);
	char *text = fuzz_copy(data, size);
	size_t len = 0;
	double sure = 0;
	sp_tokens tokens = {0};
	if (!analyser)
		analyser = sp_analyser_new();
	if (sp_analyse(analyser, text, size, lang, arena, &tokens) == SP_OK)
		for (size_t i = 0; i < tokens.count; i++) {
			const sp_token *token = &tokens.items[i];
			FUZZ_HOLDS(token->start <= token->end && token->end <= size, text, size);
			FUZZ_HOLDS(sp_text_is_utf8(token->term, token->term_len), token->term, token->term_len);
			FUZZ_HOLDS(i == 0 || token->position >= tokens.items[i - 1].position, text, size);
		}
	char *normal = sp_text_normal_form(text, size, arena, &len);
	FUZZ_HOLDS(normal && sp_text_is_utf8(normal, len), text, size);
	size_t again_len = 0;
	char *again = sp_text_normal_form(normal, len, arena, &again_len);
	/* Of itself it is the same, but for the few letters that hold a sign (U+0140 is l and a middle dot). */
	FUZZ_HOLDS(again && again_len <= len, normal, len);
	sp_text_fold(text, size, arena, &len);
	sp_text_language(text, size, 7, &sure);
	FUZZ_HOLDS(sure >= 0 && sure <= 1, text, size);
	sp_text_is_foreign(text, size, 7);
	sp_text_readability(text, size, lang == SP_LANG_NONE ? SP_LANG_IT : lang, NULL);
	sp_text_count_chars(text, size);
	sp_text_edit_distance(text, size / 2, text + size / 2, size - size / 2, 3);
	free(text);
	sp_arena_free(arena);
	return 0;
}
