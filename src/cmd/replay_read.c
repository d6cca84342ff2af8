/* The table of contacts, and how people behave: JSON files, with every complaint naming file and member. */
#include "cmd/replay.h"

#include "base/clock.h"

#include <math.h>
#include <string.h>

#define SUM_SLACK 1e-6

typedef struct reading {
	const char *path;
	sp_arena *arena;
	sp_error *err;
} reading;

static sp_status wrong(const reading *r, const char *member, const char *what)
{
	sp_error_set(r->err, SP_ERR_INVALID, r->path, 0, "\"%s\" %s", member, what);
	return SP_ERR_INVALID;
}

static sp_status no_memory(sp_error *err)
{
	sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	return SP_ERR_NOMEM;
}

static sp_status load(const reading *r, json_t **ret)
{
	json_error_t why;
	*ret = json_load_file(r->path, JSON_REJECT_DUPLICATES, &why);
	if (json_is_object(*ret))
		return SP_OK;
	if (*ret)
		return wrong(r, "{", "is how it must begin: it is no object");
	if (why.line < 0)
		return sp_error_set(r->err, SP_ERR_NOT_FOUND, r->path, 0, "cannot be read: %s", why.text);
	return sp_error_set(r->err, SP_ERR_INVALID, r->path, why.line, "is no JSON: %s", why.text);
}

static sp_status text(const reading *r, const json_t *object, const char *member, const char **ret)
{
	const char *value = json_string_value(json_object_get(object, member));
	if (!value || !*value)
		return wrong(r, member, "must be a text");
	*ret = sp_arena_strdup(r->arena, value);
	return *ret ? SP_OK : no_memory(r->err);
}

static sp_status number(const reading *r, const json_t *object, const char *member, double most, double *ret)
{
	const json_t *value = json_object_get(object, member);
	if (!json_is_number(value) || json_number_value(value) < 0 || json_number_value(value) > most)
		return sp_error_set(r->err, SP_ERR_INVALID, r->path, 0, "\"%s\" must be a number from 0 to %g", member, most);
	*ret = json_number_value(value);
	return SP_OK;
}

static sp_status numbers(const reading *r, const json_t *object, const char *member, size_t count, double *ret)
{
	const json_t *list = json_object_get(object, member);
	if (!json_is_array(list) || json_array_size(list) != count)
		return sp_error_set(r->err, SP_ERR_INVALID, r->path, 0, "\"%s\" must be a list of %zu numbers", member, count);
	for (size_t i = 0; i < count; i++) {
		ret[i] = json_number_value(json_array_get(list, i));
		if (!(ret[i] >= 0 && ret[i] < 1e9))
			return wrong(r, member, "has something that is no number of 0 or more");
	}
	return SP_OK;
}

/* ---- the table ---- */

/* "2021-01" as the first day of the month, or of the one after it. */
static bool read_month(const char *text, bool after, int64_t *ret_day)
{
	int year, end = 0;
	unsigned month;
	if (sscanf(text, "%4d-%2u%n", &year, &month, &end) != 2 || text[end] || month < 1 || month > 12 || year < 1970 || year > 9999)
		return false;
	*ret_day = after ? spi_days_of_civil(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) : spi_days_of_civil(year, month, 1);
	return true;
}

static sp_status read_service(const reading *r, const json_t *object, const sp_kb_config *config, spi_volume_service *ret)
{
	sp_status status = text(r, object, "service", &ret->key);
	if (status == SP_OK)
		status = text(r, object, "name", &ret->name);
	if (status == SP_OK)
		status = number(r, object, "level1", 1, &ret->level1);
	ret->in_kb = -1;
	for (size_t i = 0; status == SP_OK && i < config->services_count; i++)
		if (strcmp(config->services[i].key, ret->key) == 0)
			ret->in_kb = (int)i;
	return status;
}

static sp_status find_service(const reading *r, const spi_volumes *v, const json_t *object, size_t *ret)
{
	const char *key;
	sp_status status = text(r, object, "service", &key);
	if (status != SP_OK)
		return status;
	for (size_t i = 0; i < v->services_count; i++)
		if (strcmp(v->services[i].key, key) == 0) {
			*ret = i;
			return SP_OK;
		}
	return sp_error_set(r->err, SP_ERR_INVALID, r->path, 0, "\"services\" has no \"%s\"", key);
}

static sp_status read_line(const reading *r, const spi_volumes *v, const json_t *object, const sp_kb_config *config, spi_volume_line *ret)
{
	const json_t *kb = json_object_get(object, "kb");
	const char *key;
	json_t *weight;
	sp_status status = find_service(r, v, object, &ret->service);
	if (status == SP_OK)
		status = text(r, object, "category", &ret->category);
	if (status != SP_OK)
		return status;
	if (!json_is_object(kb) || json_object_size(kb) == 0)
		return wrong(r, "kb", "must name categories of kb.yaml with their weights");
	ret->kb = sp_arena_calloc(r->arena, json_object_size(kb), sizeof *ret->kb);
	ret->weights = sp_arena_calloc(r->arena, json_object_size(kb), sizeof *ret->weights);
	if (!ret->kb || !ret->weights)
		return no_memory(r->err);
	json_object_foreach((json_t *)kb, key, weight) {
		if (sp_kb_category(config, key) < 0 || !(json_number_value(weight) > 0))
			return sp_error_set(r->err, SP_ERR_INVALID, r->path, 0, "\"%s\" is no category of kb.yaml, or has no weight", key);
		ret->kb[ret->kb_count] = sp_arena_strdup(r->arena, key);
		ret->weights[ret->kb_count] = json_number_value(weight);
		if (!ret->kb[ret->kb_count++])
			return no_memory(r->err);
	}
	return SP_OK;
}

static sp_status find_line(const reading *r, const spi_volumes *v, spi_cell *cell)
{
	for (cell->line = 0; cell->line < v->lines_count; cell->line++)
		if (v->lines[cell->line].service == cell->service && strcmp(v->lines[cell->line].category, cell->category) == 0)
			return SP_OK;
	return sp_error_set(r->err, SP_ERR_INVALID, r->path, 0, "\"categories\" has no \"%s\" of that service", cell->category);
}

static sp_status read_cell(const reading *r, spi_volumes *v, const json_t *object, double share, spi_cell *ret)
{
	const char *from = NULL, *until = NULL;
	double contacts = 0;
	int64_t end;
	sp_status status = find_service(r, v, object, &ret->service);
	if (status == SP_OK)
		status = text(r, object, "category", &ret->category);
	if (status == SP_OK)
		status = find_line(r, v, ret);
	if (status == SP_OK)
		status = text(r, object, "channel", &ret->channel);
	if (status == SP_OK)
		status = text(r, object, "from", &from);
	if (status == SP_OK)
		status = text(r, object, "until", &until);
	if (status == SP_OK)
		status = number(r, object, "contacts", 1e9, &contacts);
	if (status != SP_OK)
		return status;
	if (!read_month(from, false, &ret->first_day) || !read_month(until, true, &end) || end <= ret->first_day)
		return wrong(r, "from", "and \"until\" must be months like 2021-01, in their order");
	ret->days = end - ret->first_day;
	ret->contacts = (uint64_t)floor(contacts * share + 0.5);
	v->services[ret->service].contacts += ret->contacts;
	v->contacts += ret->contacts;
	v->first_day = v->first_day == 0 || ret->first_day < v->first_day ? ret->first_day : v->first_day;
	v->last_day = end - 1 > v->last_day ? end - 1 : v->last_day;
	return SP_OK;
}

static sp_status read_tables(const reading *r, const json_t *root, const sp_kb_config *config, double share, spi_volumes *v)
{
	const json_t *services = json_object_get(root, "services"), *lines = json_object_get(root, "categories"),
		*cells = json_object_get(root, "volumes");
	if (!json_array_size(services) || !json_array_size(lines) || !json_array_size(cells))
		return wrong(r, "services", ", \"categories\" and \"volumes\" must be lists with something in them");
	v->services = sp_arena_calloc(r->arena, json_array_size(services), sizeof *v->services);
	v->lines = sp_arena_calloc(r->arena, json_array_size(lines), sizeof *v->lines);
	v->cells = sp_arena_calloc(r->arena, json_array_size(cells), sizeof *v->cells);
	if (!v->services || !v->lines || !v->cells)
		return no_memory(r->err);
	sp_status status = SP_OK;
	for (; status == SP_OK && v->services_count < json_array_size(services); v->services_count++)
		status = read_service(r, json_array_get(services, v->services_count), config, &v->services[v->services_count]);
	for (; status == SP_OK && v->lines_count < json_array_size(lines); v->lines_count++)
		status = read_line(r, v, json_array_get(lines, v->lines_count), config, &v->lines[v->lines_count]);
	for (; status == SP_OK && v->cells_count < json_array_size(cells); v->cells_count++)
		status = read_cell(r, v, json_array_get(cells, v->cells_count), share, &v->cells[v->cells_count]);
	return status;
}

sp_status spi_volumes_read(const char *path, const sp_kb_config *config, double share, sp_arena *arena, spi_volumes *ret, sp_error *err)
{
	const reading r = {path, arena, err};
	json_t *root = NULL;
	*ret = (spi_volumes){0};
	sp_status status = load(&r, &root);
	if (status == SP_OK)
		status = read_tables(&r, root, config, share, ret);
	json_decref(root);
	return status;
}

/* ---- behaviour ---- */

static sp_status read_shares(const reading *r, const json_t *root, const char *member, const char *const *names, size_t count, double *ret)
{
	const json_t *object = json_object_get(root, member);
	const char *key;
	json_t *value;
	double sum = 0;
	if (!json_is_object(object))
		return wrong(r, member, "must be an object of shares");
	json_object_foreach((json_t *)object, key, value) {
		size_t at = 0;
		while (at < count && strcmp(names[at], key) != 0)
			at++;
		if (at == count || !json_is_number(value) || json_number_value(value) < 0)
			return sp_error_set(r->err, SP_ERR_INVALID, r->path, 0, "\"%s\": \"%s\" is nothing known, or no share", member, key);
		sum += ret[at] = json_number_value(value);
	}
	return fabs(sum - 1) < SUM_SLACK ? SP_OK : sp_error_set(r->err, SP_ERR_INVALID, r->path, 0, "the shares of \"%s\" are %g together, not 1", member, sum);
}

static sp_status read_texts(const reading *r, const json_t *root, const char *member, sp_strings *ret)
{
	const json_t *list = json_object_get(root, member);
	size_t count = json_array_size(list);
	ret->items = count ? sp_arena_calloc(r->arena, count, sizeof *ret->items) : NULL;
	if (!ret->items)
		return count ? no_memory(r->err) : wrong(r, member, "must be a list of texts");
	for (ret->count = 0; ret->count < count; ret->count++) {
		const char *value = json_string_value(json_array_get(list, ret->count));
		if (!value || !*value)
			return wrong(r, member, "must be a list of texts");
		if (!(ret->items[ret->count] = sp_arena_strdup(r->arena, value)))
			return no_memory(r->err);
	}
	return SP_OK;
}

static sp_status read_scenes(const reading *r, const json_t *root, spi_behaviour *b)
{
	static const char *const deeds[] = {
#define NAME(name, text) text,
		SPI_DEED_LIST(NAME)
	};
	static const char *const scenes[] = {SPI_SCENE_LIST(NAME)};
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < SPI_SCENES; i++)
		status = read_shares(r, root, scenes[i], deeds, SPI_DEEDS, b->shares[i]);
	return status;
}

static sp_status read_draw_and_time(const reading *r, const json_t *root, spi_behaviour *b)
{
	static const char *const needs[] = {SPI_NEED_LIST(NAME)};
#undef NAME
	const json_t *draw = json_object_get(root, "draw"), *time = json_object_get(root, "time");
	sp_status status = number(r, draw, "zipf", 5, &b->zipf);
	if (status == SP_OK)
		status = read_shares(r, draw, "kinds", needs, SPI_NEEDS, b->needs);
	if (status == SP_OK)
		status = numbers(r, time, "weekdays", 7, b->weekdays);
	if (status == SP_OK)
		status = numbers(r, time, "hours", 24, b->hours);
	return status == SP_OK ? numbers(r, time, "think_s", 2, b->think_s) : status;
}

static sp_status read_rest(const reading *r, const json_t *root, spi_behaviour *b)
{
	const json_t *back = json_object_get(root, "back"), *desk = json_object_get(root, "desk"), *says = json_object_get(root, "says");
	const struct { const json_t *of; const char *member; double most, *ret; } rows[] = {
		{back, "silent_wrong", 1, &b->back_silent_wrong}, {back, "given_up", 1, &b->back_given_up},
		{back, "other_channel", 1, &b->back_other_channel}, {back, "person_at_once", 1, &b->back_person},
		{desk, "needless", 1, &b->needless},
	};
	double turns = 0;
	sp_status status = number(r, root, "turns", SP_DIALOGUE_MAX, &turns);
	b->turns = (unsigned)turns;
	for (size_t i = 0; status == SP_OK && i < sizeof rows / sizeof *rows; i++)
		status = number(r, rows[i].of, rows[i].member, rows[i].most, rows[i].ret);
	if (status == SP_OK)
		status = numbers(r, back, "days", 2, b->back_days);
	if (status == SP_OK)
		status = numbers(r, desk, "first_reply_h", 2, b->first_reply_h);
	if (status == SP_OK)
		status = numbers(r, desk, "level2_h", 2, b->level2_h);
	if (status == SP_OK)
		status = numbers(r, desk, "close_days", 2, b->close_days);
	if (status == SP_OK)
		status = read_texts(r, says, "no", &b->says_no);
	if (status == SP_OK)
		status = read_texts(r, says, "person", &b->says_person);
	if (status == SP_OK && (b->turns < 1 || b->back_days[0] < 1))
		status = wrong(r, "turns", "must be 1 at least, and \"days\" of \"back\" begin with 1");
	return status;
}

sp_status spi_behaviour_read(const char *path, sp_arena *arena, spi_behaviour *ret, sp_error *err)
{
	const reading r = {path, arena, err};
	json_t *root = NULL;
	*ret = (spi_behaviour){0};
	sp_status status = load(&r, &root);
	if (status == SP_OK)
		status = read_draw_and_time(&r, root, ret);
	if (status == SP_OK)
		status = read_scenes(&r, root, ret);
	if (status == SP_OK)
		status = read_rest(&r, root, ret);
	json_decref(root);
	return status;
}
