#include "base/csv_text.h"

#include <string.h>

void spi_csv_text(sp_buffer *out, const char *text)
{
	bool is_formula = *text && strchr("=+-@\t\r\n", *text);
	bool is_quoted = is_formula || strpbrk(text, ",;\"\r\n\t") != NULL;
	if (is_quoted)
		sp_buffer_add_char(out, '"');
	if (is_formula)
		sp_buffer_add_char(out, '\'');
	for (; *text; text++)
		sp_buffer_add(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
	if (is_quoted)
		sp_buffer_add_char(out, '"');
}
