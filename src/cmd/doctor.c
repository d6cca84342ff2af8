#include "cmd/doctor.h"

#include <stdarg.h>
#include <string.h>

static void add(spi_doctor *d, const char *check, sp_severity severity, const char *what, const char *place, const char *format, va_list values)
{
	char text[SP_ERROR_TEXT_MAX];
	if (d->count == SPI_DOCTOR_ROWS_MAX)
		return;
	vsnprintf(text, sizeof text, format, values);
	d->rows[d->count++] = (spi_doctor_row){.check = check, .severity = severity, .what = what,
		.place = place ? sp_arena_strdup(d->arena, place) : NULL, .detail = *text ? sp_arena_strdup(d->arena, text) : NULL};
}

void spi_doctor_well(spi_doctor *d, const char *check, const char *place, const char *format, ...)
{
	va_list values;
	va_start(values, format);
	add(d, check, SP_SEVERITY_OFF, NULL, place, format, values);
	va_end(values);
}

void spi_doctor_say(spi_doctor *d, const char *check, sp_severity severity, const char *what, const char *place, const char *format, ...)
{
	va_list values;
	va_start(values, format);
	add(d, check, severity, what, place, format, values);
	va_end(values);
}

void spi_doctor_error(spi_doctor *d, const char *check, const char *place, const sp_error *err)
{
	const char *where = err->source[0] ? err->source : place;
	if (err->source[0] && err->line > 0)
		where = sp_arena_printf(d->arena, "%s:%d", err->source, err->line);
	spi_doctor_say(d, check, SP_SEVERITY_ERROR, "failed", where, "%s", err->text[0] ? err->text : sp_status_name(err->status));
}

/* ---- print ---- */

static const char *text_of(const spi_doctor_row *row, const char *ending)
{
	char key[96];
	if (!row->what)
		return NULL;
	snprintf(key, sizeof key, "doctor.%s.%s%s", row->check, row->what, ending);
	if (strcmp(row->what, "failed") == 0 && !sp_catalog_find(spi_terminal_lang(), key))
		snprintf(key, sizeof key, "doctor.failed%s", ending);
	return spi_say(key);
}

static const char *name_of(sp_severity severity)
{
	static const char *const names[] = {[SP_SEVERITY_OFF] = "ok", [SP_SEVERITY_ADVICE] = "advice", [SP_SEVERITY_WARNING] = "warning",
		[SP_SEVERITY_ERROR] = "error"};
	return names[severity];
}

static void print_row(const spi_doctor_row *row)
{
	char key[96];
	snprintf(key, sizeof key, "doctor.%s", row->check);
	printf("%-7s  %s", name_of(row->severity), spi_say(key));
	if (row->place)
		printf(": %s", row->place);
	if (row->what)
		printf(": %s", text_of(row, ""));
	if (row->detail)
		printf(row->what ? " (%s)" : ": %s", row->detail);
	printf("\n");
	if (row->what)
		printf("         -> %s\n", text_of(row, ".remedy"));
}

static void print_json(const spi_doctor *d, size_t errors, size_t warnings)
{
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	sp_json_init(&out, &buf);
	sp_json_object(&out, NULL);
	sp_json_int(&out, "errors", (int64_t)errors);
	sp_json_int(&out, "warnings", (int64_t)warnings);
	sp_json_array(&out, "checks");
	for (size_t i = 0; i < d->count; i++) {
		const spi_doctor_row *row = &d->rows[i];
		sp_json_object(&out, NULL);
		sp_json_string(&out, "check", row->check);
		sp_json_string(&out, "state", name_of(row->severity));
		sp_json_string(&out, "place", row->place);
		if (row->what) {
			sp_json_string(&out, "finding", row->what);
			sp_json_string(&out, "message", text_of(row, ""));
			sp_json_string(&out, "remedy", text_of(row, ".remedy"));
		}
		if (row->detail)
			sp_json_string(&out, "detail", row->detail);
		sp_json_object_end(&out);
	}
	sp_json_array_end(&out);
	sp_json_object_end(&out);
	printf("%s\n", sp_buffer_text(&buf));
	sp_buffer_release(&buf);
}

static int report(const spi_doctor *d, bool json)
{
	size_t errors = 0, warnings = 0;
	for (size_t i = 0; i < d->count; i++) {
		errors += d->rows[i].severity == SP_SEVERITY_ERROR;
		warnings += d->rows[i].severity == SP_SEVERITY_WARNING;
		if (!json)
			print_row(&d->rows[i]);
	}
	if (json)
		print_json(d, errors, warnings);
	else
		printf("%s: %zu; %s: %zu\n", spi_say("doctor.errors"), errors, spi_say("doctor.warnings"), warnings);
	return errors + warnings > 0 ? SPI_EXIT_NO : SPI_EXIT_OK;
}

/* ---- the command ---- */

static void look(spi_doctor *d)
{
	static void (*const checks[])(spi_doctor *) = {spi_doctor_kb, spi_doctor_folder, spi_doctor_store, spi_doctor_index, spi_doctor_encoder,
		spi_doctor_files, spi_doctor_network, spi_doctor_clock, spi_doctor_limits};
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
		checks[i](d);
}

int spi_cmd_doctor(int argc, char **argv)
{
	static spi_doctor d; /* its rows are many */
	spi_serve_options o = SPI_SERVE_DEFAULTS;
	spi_setting rows[SPI_SERVE_SETTINGS_COUNT];
	const char *words[SPI_WORDS_MAX];
	size_t count;
	sp_error err = {0};
	spi_serve_settings(&o, rows);
	if (!spi_read_args("doctor", rows, argc, argv, words, &count, 0, 0))
		return SPI_EXIT_USAGE;
	d = (spi_doctor){.o = &o, .arena = sp_arena_new(0)};
	if (!d.arena)
		return spi_fail(&err, SP_ERR_NOMEM);
	/* A mistake in the service's file is a finding: the rest is looked at all the same. */
	if (o.config && spi_serve_read_config(&o, argc, argv, d.arena, &err) != SP_OK)
		spi_doctor_error(&d, "config", o.config, &err);
	else if (o.config)
		spi_doctor_well(&d, "config", o.config, "%s", "");
	int code = SPI_EXIT_USAGE;
	if (o.kb && o.data) {
		look(&d);
		code = report(&d, o.json);
	} else if (d.count > 0 && d.rows[0].severity == SP_SEVERITY_ERROR) {
		code = report(&d, o.json);
	} else {
		code = spi_missing("doctor", o.kb ? "data" : "kb");
	}
	sp_kb_config_free(d.config);
	sp_arena_free(d.arena);
	return code;
}
