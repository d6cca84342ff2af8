/* Markdown by itself: safe HTML, and text for reading aloud. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

/* What looks at the HTML finds what it is there for. */
static void check_the_check(void)
{
	static const char *const bad[] = {"<script>x</script>", "<p onclick=\"x\">a</p>", "<a href=\"javascript:x\">a</a>", "<a href=\" JAVA&#x0a;script:x\">a</a>", "<a href=\"&#106;avascript:x\">a</a>",
		"<img src=\"data:text/html,x\" />", "<a href='x'>a</a>", "<p", "<a href=\"x>a</a>", "<p title=\"a<b\">", "<!-- x -->", "<P>a</P>", "<a href=\"file:///x\">a</a>", "<svg/onload=x>", "<p style=\"x\">"};
	static const char good[] = "<h2 id=\"a\">T</h2>\n<p>a &lt;b&gt; <a href=\"https://x.org/?a=b&amp;c\" title=\"t\">x</a><br />\n<img src=\"/x.png\" alt=\"\" /></p>\n<!-- raw HTML omitted -->\n<hr />";
	size_t at;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		FUZZ_HOLDS(fuzz_unsafe_html(bad[i], strlen(bad[i]), &at) != NULL, bad[i], strlen(bad[i]));
	fuzz_must_be_safe(good, sizeof good - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool checked;
	if (!checked)
		check_the_check();
	checked = true;
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
