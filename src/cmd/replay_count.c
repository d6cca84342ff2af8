/* What came of a replay: by service and category, beside what the reference says of itself. */
#include "cmd/replay.h"

#include <string.h>

sp_status spi_result_init(spi_result *result, const spi_volumes *volumes, sp_arena *arena, sp_error *err)
{
	*result = (spi_result){.volumes = volumes, .by_line = sp_arena_calloc(arena, volumes->lines_count, sizeof *result->by_line)};
	return result->by_line ? SP_OK : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

void spi_result_add(spi_result *result, const spi_contact *contact, size_t line)
{
	spi_counts *both[] = {&result->by_line[line], &result->total};
	for (size_t i = 0; i < 2; i++) {
		both[i]->contacts++;
		both[i]->ends[contact->end]++;
		both[i]->returned += contact->back;
		both[i]->believed_wrong += contact->end == SPI_END_ASSUMED && contact->believes_wrong;
	}
	result->turns += contact->turns;
	result->tickets += contact->ticket;
}

void spi_result_take_back(spi_result *result, const spi_returning *before)
{
	spi_counts *both[] = {&result->by_line[before->from_line], &result->total};
	for (size_t i = 0; i < 2; i++) {
		both[i]->ends[SPI_END_ASSUMED]--;
		both[i]->ends[SPI_END_ABANDONED]++;
		both[i]->taken_back++;
		both[i]->believed_wrong -= before->believed;
	}
}

static void sum(spi_counts *to, const spi_counts *from)
{
	to->contacts += from->contacts;
	for (size_t i = 0; i < SPI_ENDS; i++)
		to->ends[i] += from->ends[i];
	to->returned += from->returned;
	to->taken_back += from->taken_back;
	to->believed_wrong += from->believed_wrong;
}

static spi_counts of_service(const spi_result *result, size_t service)
{
	spi_counts counts = {0};
	for (size_t i = 0; i < result->volumes->lines_count; i++)
		if (result->volumes->lines[i].service == service)
			sum(&counts, &result->by_line[i]);
	return counts;
}

static uint64_t tickets_of(const spi_counts *c)
{
	return c->ends[SPI_END_LEVEL1] + c->ends[SPI_END_LEVEL2];
}

static double share(uint64_t part, uint64_t all)
{
	return all ? (double)part / (double)all : 0;
}

/* ---- text ---- */

static void cell(sp_buffer *out, const char *text, int width)
{
	size_t chars = 0;
	for (const char *at = text; *at; at++)
		chars += ((unsigned char)*at & 0xc0) != 0x80;
	sp_buffer_printf(out, "%*s%s", chars < (size_t)width ? (int)((size_t)width - chars) : 0, "", text);
}

static void write_row(sp_buffer *out, const char *name, const spi_counts *c)
{
	uint64_t confirmed = c->ends[SPI_END_CONFIRMED], kept = confirmed + c->ends[SPI_END_ASSUMED];
	sp_buffer_printf(out, "%-44.44s %9llu %6.1f – %4.1f %% %9llu %9llu %9llu %9llu\n", name, (unsigned long long)c->contacts,
		100 * share(confirmed, c->contacts), 100 * share(kept, c->contacts), (unsigned long long)c->ends[SPI_END_LEVEL1],
		(unsigned long long)c->ends[SPI_END_LEVEL2], (unsigned long long)c->ends[SPI_END_ABANDONED],
		(unsigned long long)c->ends[SPI_END_NO_REQUEST]);
}

static void write_head(sp_buffer *out)
{
	static const struct { const char *key; int width; } columns[] = {{"replay.contacts", 9}, {"replay.level0", 16}, {"replay.level1", 9},
		{"replay.level2", 9}, {"replay.abandoned", 9}, {"replay.no-request", 9}};
	sp_buffer_printf(out, "%-44s", "");
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
		sp_buffer_add_char(out, ' ');
		cell(out, spi_say(columns[i].key), columns[i].width);
	}
	sp_buffer_add_char(out, '\n');
}

/* Numbers into a text: the n-th of the list stands for {a}, {b}… */
static void say(sp_buffer *out, const char *key, const char *const *values, size_t count)
{
	static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
	sp_fill fills[7] = {{0}};
	sp_arena *arena = sp_arena_new(0);
	for (size_t i = 0; i < count && i < 6; i++)
		fills[i] = (sp_fill){names[i], values[i]};
	sp_buffer_add_text(out, arena ? sp_catalog_fill(spi_terminal_lang(), key, fills, arena) : NULL);
	sp_buffer_add_char(out, '\n');
	sp_arena_free(arena);
}

static void say_counts(sp_buffer *out, const char *key, const uint64_t *counts, size_t count)
{
	char texts[6][24];
	const char *values[6];
	for (size_t i = 0; i < count && i < 6; i++) {
		snprintf(texts[i], sizeof texts[i], "%llu", (unsigned long long)counts[i]);
		values[i] = texts[i];
	}
	say(out, key, values, count);
}

static void say_shares(sp_buffer *out, const char *key, const double *shares, size_t count)
{
	char texts[6][24];
	const char *values[6];
	for (size_t i = 0; i < count && i < 6; i++) {
		snprintf(texts[i], sizeof texts[i], "%.2f", 100 * shares[i]);
		values[i] = texts[i];
	}
	say(out, key, values, count);
}

static void write_service(const spi_result *result, size_t service, sp_buffer *out)
{
	const spi_volume_service *s = &result->volumes->services[service];
	spi_counts c = of_service(result, service);
	if (c.contacts == 0)
		return;
	write_row(out, s->name, &c);
	for (size_t i = 0; i < result->volumes->lines_count; i++)
		if (result->volumes->lines[i].service == service && result->by_line[i].contacts) {
			char name[64];
			snprintf(name, sizeof name, "  %.60s", result->volumes->lines[i].category);
			write_row(out, name, &result->by_line[i]);
		}
	const double shares[] = {1 - share(c.ends[SPI_END_LEVEL2], c.contacts), share(c.ends[SPI_END_LEVEL1], tickets_of(&c)), s->level1};
	say_shares(out, "replay.beside", shares, 3);
	sp_buffer_add_char(out, '\n');
}

void spi_result_text(const spi_result *result, sp_buffer *out)
{
	const spi_counts *t = &result->total;
	write_head(out);
	for (size_t i = 0; i < result->volumes->services_count; i++)
		write_service(result, i, out);
	const uint64_t sum[] = {t->contacts, t->ends[SPI_END_CONFIRMED], t->ends[SPI_END_ASSUMED], tickets_of(t), t->ends[SPI_END_ABANDONED],
		t->ends[SPI_END_NO_REQUEST]};
	const uint64_t people[] = {t->returned, t->taken_back, t->believed_wrong};
	uint64_t rate = result->seconds > 0 ? (uint64_t)((double)(t->contacts - result->resumed) / result->seconds) : 0;
	const uint64_t time[] = {(uint64_t)result->seconds, rate, result->turns, result->tickets, result->calls ? result->calls : result->distinct,
		result->repeated};
	say_counts(out, "replay.sum", sum, 6);
	say_counts(out, "replay.people", people, 3);
	say_counts(out, result->calls ? "replay.time-http" : "replay.time", time, 6);
	sp_buffer_printf(out, "\n%s\n", spi_say("replay.note"));
}

/* ---- JSON ---- */

static void write_counts(sp_json *out, const spi_counts *c)
{
	static const char *const names[] = {
#define NAME(name, text) text,
		SPI_END_LIST(NAME)
#undef NAME
	};
	uint64_t confirmed = c->ends[SPI_END_CONFIRMED];
	sp_json_int(out, "contacts", (int64_t)c->contacts);
	for (size_t i = 0; i < SPI_ENDS; i++)
		sp_json_int(out, names[i], (int64_t)c->ends[i]);
	sp_json_number(out, "level0_low", share(confirmed, c->contacts), 4);
	sp_json_number(out, "level0_high", share(confirmed + c->ends[SPI_END_ASSUMED], c->contacts), 4);
	sp_json_number(out, "without_level2", 1 - share(c->ends[SPI_END_LEVEL2], c->contacts), 4);
	sp_json_int(out, "returned", (int64_t)c->returned);
	sp_json_int(out, "taken_back", (int64_t)c->taken_back);
	sp_json_int(out, "believed_wrong", (int64_t)c->believed_wrong);
}

static void write_lines(const spi_result *result, size_t service, sp_json *out)
{
	sp_json_array(out, "categories");
	for (size_t i = 0; i < result->volumes->lines_count; i++)
		if (result->volumes->lines[i].service == service) {
			sp_json_object(out, NULL);
			sp_json_string(out, "category", result->volumes->lines[i].category);
			write_counts(out, &result->by_line[i]);
			sp_json_object_end(out);
		}
	sp_json_array_end(out);
}

void spi_result_json(const spi_result *result, sp_buffer *buf)
{
	sp_json out;
	sp_json_init(&out, buf);
	sp_json_object(&out, NULL);
	write_counts(&out, &result->total);
	sp_json_int(&out, "turns", (int64_t)result->turns);
	sp_json_int(&out, "tickets", (int64_t)result->tickets);
	sp_json_int(&out, "stored", (int64_t)result->counted);
	sp_json_array(&out, "services");
	for (size_t i = 0; i < result->volumes->services_count; i++) {
		spi_counts c = of_service(result, i);
		sp_json_object(&out, NULL);
		sp_json_string(&out, "service", result->volumes->services[i].key);
		write_counts(&out, &c);
		sp_json_number(&out, "first_level_of_tickets", share(c.ends[SPI_END_LEVEL1], tickets_of(&c)), 4);
		sp_json_number(&out, "reference_level1", result->volumes->services[i].level1, 4);
		write_lines(result, i, &out);
		sp_json_object_end(&out);
	}
	sp_json_array_end(&out);
	sp_json_string(&out, "note", spi_say("replay.note"));
	sp_json_object(&out, "run"); /* of this run, not of what was played */
	sp_json_number(&out, "seconds", result->seconds, 3);
	sp_json_int(&out, "resumed", (int64_t)result->resumed);
	if (result->calls == 0)
		sp_json_int(&out, "distinct_replies", (int64_t)result->distinct);
	if (result->calls > 0) {
		sp_json_int(&out, "calls", (int64_t)result->calls);
		sp_json_int(&out, "repeated", (int64_t)result->repeated);
	}
	sp_json_object_end(&out);
	sp_json_object_end(&out);
	sp_buffer_add_char(buf, '\n');
}
