/* The manifest of a generation: one line a file, fields apart by tabs. What could be taken for a tab, a comma or a line
   end is written as in a URL (%09).

	sportello-manifest 1 none
	it/accesso-spid/x.md	1234	1606780800123456789	<sha-256>	x	it	published	…
	end 1
*/
#include "publish/table.h"

#include "base/file.h"
#include "sportello/buffer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MANIFEST_FORMAT 1
#define MANIFEST_MAX ((size_t)512 * 1024 * 1024)
#define FIELDS 15

static const char *const status_names[] = {"draft", "published", "retired"};

/* ---- writing ---- */

static void put_escaped(sp_buffer *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if (c < 0x20 || c == '%' || c == ',' || c == 0x7f)
			sp_buffer_printf(out, "%%%02X", c);
		else
			sp_buffer_add_char(out, (char)c);
	}
}

static void put_field(sp_buffer *out, const char *text)
{
	put_escaped(out, text);
	sp_buffer_add_char(out, '\t');
}

static void put_file(sp_buffer *out, const spi_file *file)
{
	put_field(out, file->path);
	sp_buffer_printf(out, "%" PRId64 "\t%" PRId64 "\t", file->size, file->mtime_ns);
	put_field(out, file->version);
	put_field(out, file->id);
	put_field(out, sp_lang_code(file->lang));
	put_field(out, status_names[file->status]);
	sp_buffer_printf(out, "%" PRIx32 "\t%" PRId32 "\t", file->audience, file->valid_until);
	put_field(out, file->replaced_by);
	for (size_t i = 0; i < file->related.count; i++) {
		if (i)
			sp_buffer_add_char(out, ',');
		put_escaped(out, file->related.items[i]);
	}
	sp_buffer_printf(out, "\t%" PRIx64 "\t%" PRIx32 "\t%d\t", file->put, file->put_audience, file->broken_line);
	put_escaped(out, file->broken ? file->broken : "");
	sp_buffer_add_char(out, '\n');
}

sp_status spi_manifest_write(const char *path, const spi_table *table, const char *encoder, sp_error *err)
{
	sp_buffer out = {.max = MANIFEST_MAX};
	size_t count = 0;
	sp_buffer_printf(&out, "sportello-manifest %d %s\n", MANIFEST_FORMAT, encoder);
	for (size_t i = 0; i < table->count; i++) {
		if (table->items[i]->is_gone)
			continue;
		put_file(&out, table->items[i]);
		count++;
	}
	sp_buffer_printf(&out, "end %zu\n", count);
	sp_status status = sp_buffer_ok(&out) ? spi_file_write(path, out.data, out.len, err)
										  : sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	sp_buffer_release(&out);
	return status;
}

/* ---- reading ---- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* In place. */
static void unescape(char *text)
{
	char *out = text;
	for (; *text; text++) {
		if (*text == '%' && hex_digit(text[1]) >= 0 && hex_digit(text[2]) >= 0) {
			*out++ = (char)(hex_digit(text[1]) * 16 + hex_digit(text[2]));
			text += 2;
		} else {
			*out++ = *text;
		}
	}
	*out = '\0';
}

static bool split(char *line, char *fields[FIELDS])
{
	size_t count = 0;
	for (char *at = line; at; count++) {
		if (count == FIELDS)
			return false;
		fields[count] = at;
		char *tab = strchr(at, '\t');
		if (tab)
			*tab++ = '\0';
		at = tab;
	}
	return count == FIELDS;
}

static bool read_related(spi_file *file, char *text)
{
	size_t count = 1;
	if (!*text)
		return true;
	for (const char *at = text; *at; at++)
		count += *at == ',';
	file->related.items = sp_arena_calloc(file->arena, count, sizeof *file->related.items);
	if (!file->related.items)
		return false;
	for (char *save = NULL, *item = strtok_r(text, ",", &save); item; item = strtok_r(NULL, ",", &save)) {
		unescape(item);
		char *copy = sp_arena_strdup(file->arena, item);
		if (!copy)
			return false;
		file->related.items[file->related.count++] = copy;
	}
	return true;
}

static bool read_status(const char *name, sp_article_status *ret)
{
	for (size_t i = 0; i < sizeof status_names / sizeof *status_names; i++)
		if (strcmp(name, status_names[i]) == 0) {
			*ret = (sp_article_status)i;
			return true;
		}
	return false;
}

static sp_status fill(spi_file *file, char *fields[FIELDS], const char *path, sp_error *err)
{
	if (strlen(fields[3]) > SP_VERSION_HEX || !read_status(fields[6], &file->status))
		return sp_error_set(err, SP_ERR_CORRUPT, path, 0, "is damaged");
	for (int i = 3; i < FIELDS; i++)
		if (i != 10) /* a list: its items are written so one by one */
			unescape(fields[i]);
	file->size = strtoll(fields[1], NULL, 10);
	file->mtime_ns = strtoll(fields[2], NULL, 10);
	memcpy(file->version, fields[3], strlen(fields[3]) + 1);
	file->id = sp_arena_strdup(file->arena, fields[4]);
	file->lang = sp_lang_of(fields[5], strlen(fields[5]));
	file->audience = (sp_audiences)strtoul(fields[7], NULL, 16);
	file->valid_until = (sp_date)strtol(fields[8], NULL, 10);
	file->replaced_by = sp_arena_strdup(file->arena, fields[9]);
	bool ok = read_related(file, fields[10]);
	file->put = strtoull(fields[11], NULL, 16);
	file->put_audience = (sp_audiences)strtoul(fields[12], NULL, 16);
	if (*fields[14])
		ok &= spi_file_break(file, (int)strtol(fields[13], NULL, 10), fields[14]);
	return ok && file->id && file->replaced_by ? SP_OK : sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
}

static sp_status read_file(char *line, const char *path, spi_table *table, sp_error *err)
{
	char *fields[FIELDS];
	if (!split(line, fields))
		return sp_error_set(err, SP_ERR_CORRUPT, path, 0, "is damaged");
	unescape(fields[0]);
	spi_file *file = spi_file_new(fields[0]);
	if (!file || !spi_table_add(table, file))
		return sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	return fill(file, fields, path, err);
}

static sp_status read_head(const char *line, const char *encoder, const char *path, sp_error *err)
{
	int format, encoder_at = 0;
	if (!line || sscanf(line, "sportello-manifest %d %n", &format, &encoder_at) < 1)
		return sp_error_set(err, SP_ERR_CORRUPT, path, 0, "is no manifest");
	if (format > MANIFEST_FORMAT)
		return sp_error_set(err, SP_ERR_NEWER, path, 0,
			"was written by a newer version of the program (format %d, this one reads %d); use that version", format,
			MANIFEST_FORMAT);
	if (format < MANIFEST_FORMAT || strcmp(line + encoder_at, encoder) != 0)
		return sp_error_set(err, SP_ERR_INVALID, path, 0, "was written by an older version or with another encoder");
	return SP_OK;
}

static sp_status read_lines(char *text, const char *path, const char *encoder, spi_table *table, sp_error *err)
{
	char *save = NULL, *line = strtok_r(text, "\n", &save);
	size_t wanted = 0;
	bool has_end = false;
	sp_status status = read_head(line, encoder, path, err);
	while (status == SP_OK && !has_end && (line = strtok_r(NULL, "\n", &save))) {
		if (!strchr(line, '\t') && sscanf(line, "end %zu", &wanted) == 1)
			has_end = true;
		else
			status = read_file(line, path, table, err);
	}
	if (status == SP_OK && (!has_end || wanted != table->count))
		status = sp_error_set(err, SP_ERR_CORRUPT, path, 0, "is cut short");
	return status;
}

sp_status spi_manifest_read(const char *path, const char *encoder, spi_table *ret, sp_error *err)
{
	const char *text;
	size_t len;
	spi_table table = {0};
	sp_arena *arena = sp_arena_new(0);
	if (!arena)
		return sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	sp_status status = spi_file_read(path, MANIFEST_MAX, arena, &text, &len, err);
	char *copy = status == SP_OK ? sp_arena_strndup(arena, text, len) : NULL;
	if (copy)
		status = read_lines(copy, path, encoder, &table, err);
	else if (status == SP_OK)
		status = sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	sp_arena_free(arena);
	if (status != SP_OK) {
		spi_table_release(&table);
		return status;
	}
	spi_table_sort(&table);
	*ret = table;
	return SP_OK;
}

void spi_manifest_encoder(const char *path, char *ret, size_t size)
{
	char line[512];
	int format, at = 0;
	FILE *file = fopen(path, "re");
	*ret = '\0';
	if (!file)
		return;
	if (fgets(line, sizeof line, file) && sscanf(line, "sportello-manifest %d %n", &format, &at) == 1)
		snprintf(ret, size, "%.*s", (int)strcspn(line + at, "\n"), line + at);
	fclose(file);
}
