/* ServiceNow: records of kb_knowledge as JSON, of the table API ({"result": […]}) or an export ({"records": […]}); values as they are, or
   in both forms ({"value", "display_value"}). */
#include "convert/records.h"

#include <string.h>
#include <strings.h>

#define FAR_YEAR 2099 /* "valid to" of what has no end */

static const json_t *list_of(const json_t *root)
{
	static const char *const members[] = {"result", "records", "kb_knowledge"};
	if (json_is_array(root))
		return root;
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		if (json_is_array(json_object_get(root, members[i])))
			return json_object_get(root, members[i]);
	return NULL;
}

static const char *status_of(const spi_reading *r, const json_t *object)
{
	const char *state = spi_json_form_of(r, object, "workflow_state", false);
	if (!state || strcasecmp(state, "published") == 0)
		return "published";
	if (strcasecmp(state, "retired") == 0 || strcasecmp(state, "outdated") == 0 || strcasecmp(state, "pending_retirement") == 0 ||
		strcasecmp(state, "pending retirement") == 0)
		return "retired";
	return "draft"; /* draft, review, scheduled… */
}

/* An old version of an article that is there in a newer one. */
static bool is_superseded(const spi_reading *r, const json_t *object, const spi_map *current)
{
	const char *state = spi_json_form_of(r, object, "workflow_state", false), *number = spi_json_form_of(r, object, "number", false);
	return state && number && strcasecmp(state, "outdated") == 0 && spi_named(current, number);
}

/* A translation names its original as parent. */
static const char *native_of(const spi_reading *r, const json_t *object)
{
	const char *parent = spi_json_form_of(r, object, "parent", false), *own = spi_json_form_of(r, object, "sys_id", false);
	return parent ? parent : own ? own : spi_json_form_of(r, object, "number", false);
}

static sp_date valid_until(const char *text)
{
	sp_date day = spi_day_of(text);
	return day / 10000 >= FAR_YEAR ? 0 : day;
}

static sp_status take(spi_reading *r, const json_t *object)
{
	const char *number = spi_json_form_of(r, object, "number", false);
	const char *text = spi_json_form_of(r, object, "text", false), *wiki = spi_json_form_of(r, object, "wiki", false);
	const char *category = spi_json_form_of(r, object, "kb_category", true), *lang = spi_json_form_of(r, object, "language", false);
	spi_found *found = spi_reading_add(r);
	if (!found)
		return SP_ERR_NOMEM;
	found->record = number ? number : sp_arena_printf(r->arena, "record %zu", r->count);
	found->native = native_of(r, object);
	found->title = spi_plain_of(r, spi_json_form_of(r, object, "short_description", false));
	found->html = text;
	if (!text && wiki)
		spi_reading_tell(r, found->record, "wiki", "wiki", "");
	found->category = category;
	found->lang = lang;
	found->status = status_of(r, object);
	found->valid_until = valid_until(spi_json_form_of(r, object, "valid_to", false));
	found->updated = spi_day_of(spi_json_form_of(r, object, "sys_updated_on", false));
	found->keywords = spi_divided(r, spi_json_form_of(r, object, "meta", false));
	found->segments = spi_divided(r, spi_json_form_of(r, object, "can_read_user_criteria", false));
	found->source = number ? sp_arena_printf(r->arena, "ServiceNow %s", number) : NULL;
	return SP_OK;
}

sp_status spi_read_servicenow(spi_reading *r)
{
	spi_map current = {.arena = r->arena};
	json_t *root = spi_reading_json(r);
	if (!root)
		return SP_ERR_INVALID;
	const json_t *list = list_of(root);
	sp_status status = list ? SP_OK : spi_reading_bad(r, "it has no list \"result\" or \"records\"");
	for (size_t i = 0; status == SP_OK && i < json_array_size(list); i++) {
		const json_t *object = json_array_get(list, i);
		const char *number = spi_json_form_of(r, object, "number", false), *state = spi_json_form_of(r, object, "workflow_state", false);
		if (number && !(state && strcasecmp(state, "outdated") == 0) && !spi_name(&current, number, object))
			status = SP_ERR_NOMEM;
	}
	for (size_t i = 0; status == SP_OK && i < json_array_size(list); i++) {
		const json_t *object = json_array_get(list, i);
		if (!is_superseded(r, object, &current))
			status = take(r, object);
	}
	json_decref(root);
	return status;
}
