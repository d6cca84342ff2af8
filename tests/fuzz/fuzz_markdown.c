/* Markdown by itself: safe HTML, and text for reading aloud. */
#include "fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sp_buffer html = SP_BUFFER_INIT, speech = SP_BUFFER_INIT;
	char *text = fuzz_copy(data, size);
	if (sp_markdown_html(text, size, &html) == SP_OK)
		fuzz_must_be_safe(sp_buffer_text(&html), html.len);
	sp_markdown_speech(text, size, &speech);
	free(text);
	sp_buffer_release(&html);
	sp_buffer_release(&speech);
	return 0;
}
