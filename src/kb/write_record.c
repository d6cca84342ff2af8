/* The file of a record. */
#include "kb/write.h"

#include <string.h>

static bool is_blank(const char *text)
{
	return !text || !text[strspn(text, " \t\r\n")];
}

/* On one line, without blanks around it. */
static char *one_line(const char *text, sp_arena *arena)
{
	text += strspn(text, " \t\r\n");
	char *line = sp_arena_strdup(arena, text), *out = line;
	for (; line && *text; text++) {
		bool blank = strchr(" \t\r\n", *text);
		if (!blank)
			*out++ = *text;
		else if (out[-1] != ' ')
			*out++ = ' ';
	}
	while (line && out > line && out[-1] == ' ')
		out--;
	if (line)
		*out = '\0';
	return line;
}

typedef struct front {
	sp_buffer *out;
	sp_arena *arena;
} front;

static void add_text(front *f, const char *text)
{
	const char *line = one_line(text, f->arena);
	spi_yaml_write(f->out, line ? line : "");
	f->out->failed |= !line;
}

/* Left out when there is none. indent: "  " inside a map. */
static void add_field(front *f, const char *indent, const char *key, const char *text)
{
	if (!text)
		return;
	sp_buffer_printf(f->out, "%s%s: ", indent, key);
	add_text(f, text);
	sp_buffer_add_char(f->out, '\n');
}

static void add_list(front *f, const char *indent, const char *key, const sp_strings *list)
{
	bool any = false;
	for (size_t i = 0; i < list->count; i++) {
		if (is_blank(list->items[i]))
			continue;
		if (!any)
			sp_buffer_printf(f->out, "%s%s:\n", indent, key);
		any = true;
		sp_buffer_printf(f->out, "%s  - ", indent);
		add_text(f, list->items[i]);
		sp_buffer_add_char(f->out, '\n');
	}
}

static void add_date(front *f, const char *key, sp_date date)
{
	if (date)
		sp_buffer_printf(f->out, "%s: %04d-%02d-%02d\n", key, (int)(date / 10000), (int)(date / 100 % 100), (int)(date % 100));
}

static void add_window(front *f, const sp_import_record *record)
{
	if (!record->window.from)
		return;
	sp_buffer_add_text(f->out, "window:\n");
	add_field(f, "  ", "from", record->window.from);
	if (record->window.wait_days)
		sp_buffer_printf(f->out, "  wait: %ud\n", record->window.wait_days);
	if (record->window.until_days)
		sp_buffer_printf(f->out, "  until: %ud\n", record->window.until_days);
}

static void add_ticket(front *f, const sp_import_record *record)
{
	if (!record->ticket.group && !record->ticket.fields.count)
		return;
	sp_buffer_add_text(f->out, "ticket:\n");
	add_field(f, "  ", "group", record->ticket.group);
	add_list(f, "  ", "fields", &record->ticket.fields);
}

static void add_notice(front *f, const sp_import_record *record)
{
	/* A moment is written as it is: quotes would only hide it. */
	if (record->starts)
		sp_buffer_printf(f->out, "starts: %s\n", record->starts);
	if (record->ends)
		sp_buffer_printf(f->out, "ends: %s\n", record->ends);
	if (!record->covers.articles.count && !record->covers.categories.count && !record->covers.codes.count)
		return;
	sp_buffer_add_text(f->out, "covers:\n");
	add_list(f, "  ", "articles", &record->covers.articles);
	add_list(f, "  ", "categories", &record->covers.categories);
	add_list(f, "  ", "codes", &record->covers.codes);
}

static void add_front(front *f, const sp_import_record *record, const char *category, sp_date updated)
{
	sp_buffer_add_text(f->out, "---\n");
	add_field(f, "", "id", record->id);
	add_field(f, "", "type", record->type ? record->type : "qa");
	add_field(f, "", "title", record->title);
	add_field(f, "", "category", category);
	add_list(f, "", "audience", &record->audience);
	add_list(f, "", "questions", &record->questions);
	add_list(f, "", "keywords", &record->keywords);
	add_list(f, "", "codes", &record->codes);
	add_field(f, "", "status", record->status ? record->status : "published");
	add_date(f, "valid_from", record->valid_from);
	add_date(f, "valid_until", record->valid_until);
	add_field(f, "", "replaced_by", record->replaced_by);
	sp_buffer_add_text(f->out, record->ended ? "ended: true\n" : "");
	add_date(f, "updated", updated);
	add_field(f, "", "owner", record->owner);
	add_date(f, "review_by", record->review_by);
	add_field(f, "", "reviewed_by", record->reviewed_by);
	add_list(f, "", "languages", &record->languages);
	add_list(f, "", "related", &record->related);
	add_field(f, "", "competence", record->competence);
	add_window(f, record);
	add_ticket(f, record);
	add_notice(f, record);
	add_list(f, "", "source", &record->source);
	sp_buffer_add_text(f->out, "---\n\n");
}

/* Blank lines at both ends are no part of it. */
static void add_markdown(sp_buffer *out, const char *text)
{
	size_t len = strlen(text);
	for (size_t line; (line = strspn(text, " \t\r")), text[line] == '\n'; len -= line + 1)
		text += line + 1;
	while (len && strchr(" \t\r\n", text[len - 1]))
		len--;
	sp_buffer_add(out, text, len);
	sp_buffer_add_char(out, '\n');
}

void spi_record_write(sp_buffer *out, const sp_import_record *record, const char *category, sp_date updated, sp_arena *arena)
{
	front f = {out, arena};
	add_front(&f, record, category, updated);
	if (record->is_markdown && !is_blank(record->answer))
		add_markdown(out, record->answer);
	else
		spi_markdown_write_text(out, is_blank(record->answer) ? record->title : record->answer);
}
