/* Which files are to be served, and what their documents are made of. Two files with one id in one language: the first
   by path is served, the other is named as a mistake. A document is made of the file's text, of which related articles
   each audience may see, of the phrasings of those that it succeeds, and of labelled questions: when any of it changes,
   it is put again. With the first file of each index all labelled questions that no article answers are put. */
#include "publish/publisher.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/sorted.h"

#include <stdlib.h>
#include <string.h>

static int by_id(const void *a, const void *b)
{
	const spi_file *left = *(spi_file *const *)a, *right = *(spi_file *const *)b;
	int order = strcmp(left->id, right->id);
	if (!order)
		order = (int)left->lang - (int)right->lang;
	if (!order)
		order = right->is_waiting - left->is_waiting;
	return order ? order : strcmp(left->path, right->path);
}

static int by_successor(const void *a, const void *b)
{
	const spi_led *left = a, *right = b;
	int order = strcmp(left->to, right->to);
	if (!order)
		order = (int)left->lang - (int)right->lang;
	return order ? order : by_id(&left->file, &right->file);
}

static bool could_serve(const spi_file *file, bool drafts)
{
	bool is_live = file->is_waiting ? drafts : file->status == SP_STATUS_PUBLISHED || (drafts && file->status == SP_STATUS_DRAFT);
	return !file->is_gone && file->version[0] && is_live && file->audience;
}

/* ---- looking up ---- */

static const char *id_of(const void *list, size_t item)
{
	return ((const spi_plan *)list)->by_id[item]->id;
}

static size_t first_of_id(const spi_plan *plan, const char *id)
{
	return spi_first_from(plan, plan->count, id_of, id);
}

static sp_audiences readers_of(const spi_plan *plan, const char *id)
{
	sp_audiences readers = 0;
	for (size_t i = first_of_id(plan, id); i < plan->count && strcmp(plan->by_id[i]->id, id) == 0; i++)
		if (!plan->by_id[i]->rival)
			readers |= plan->by_id[i]->audience;
	return readers;
}

bool spi_plan_is_readable(const spi_plan *plan, const char *id, sp_audiences readable)
{
	return (readers_of(plan, id) & readable) != 0;
}

const spi_led *spi_plan_replaced(const spi_plan *plan, const spi_file *file, size_t *ret_count)
{
	size_t from = 0, to = plan->replaced_count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const spi_led *at = &plan->replaced[middle];
		int order = strcmp(at->to, file->id);
		if (order < 0 || (order == 0 && at->lang < file->lang))
			from = middle + 1;
		else
			to = middle;
	}
	for (to = from; to < plan->replaced_count; to++)
		if (strcmp(plan->replaced[to].to, file->id) != 0 || plan->replaced[to].lang != file->lang)
			break;
	*ret_count = to - from;
	return plan->replaced + from;
}

bool spi_led_is_known(const spi_led *led, sp_audiences readable)
{
	bool is_known = led->file->audience & readable;
	for (size_t i = 0; i < led->through_count; i++)
		is_known = is_known && (led->through[i] & readable);
	return is_known;
}

static bool is_same_for(const spi_plan *plan, const char *id, sp_audiences a, sp_audiences b)
{
	sp_audiences readers = readers_of(plan, id);
	return !(readers & a) == !(readers & b);
}

bool spi_plan_is_same_document(const spi_plan *plan, const spi_file *file, sp_audiences a, sp_audiences b)
{
	size_t count;
	if (file->has_blocks || (file->audience & a) != (file->audience & b))
		return false;
	if (file->replaced_by[0] && !is_same_for(plan, file->replaced_by, a, b))
		return false;
	for (size_t i = 0; i < file->related.count; i++)
		if (!is_same_for(plan, file->related.items[i], a, b))
			return false;
	const spi_led *replaced = spi_plan_replaced(plan, file, &count);
	for (size_t i = 0; i < count; i++)
		if (spi_led_is_known(&replaced[i], a) != spi_led_is_known(&replaced[i], b))
			return false;
	return true;
}

/* ---- making it ---- */

static bool is_same_article(const spi_file *a, const spi_file *b)
{
	return a->lang == b->lang && strcmp(a->id, b->id) == 0;
}

/* Where drafts are served, an edit that waits stands in the place of the text that it will replace. */
static void drop_replaced(spi_plan *plan)
{
	size_t kept = 0;
	for (size_t i = 0; i < plan->count; i++) {
		const spi_file *before = kept ? plan->by_id[kept - 1] : NULL, *file = plan->by_id[i];
		if (before && before->is_waiting && !file->is_waiting && is_same_article(before, file))
			continue;
		plan->by_id[kept++] = plan->by_id[i];
	}
	plan->count = kept;
}

static void find_rivals(spi_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		spi_file *file = plan->by_id[i], *before = i ? plan->by_id[i - 1] : NULL;
		bool same = before && is_same_article(before, file);
		file->rival = !same ? NULL : before->rival ? before->rival : before->path;
	}
}

/* Where there are none, as it was without them. */
static uint64_t with_labelled(const spi_plan *plan, const spi_file *file, uint64_t hash)
{
	uint64_t questions = spi_labelled_hash(plan->labelled, file->id, file->lang);
	return questions ? spi_hash64_more(hash, &questions, sizeof questions) : hash;
}

static uint64_t wanted_of(const spi_plan *plan, const spi_file *file, uint64_t config_hash)
{
	uint64_t hash = spi_hash64_more(SPI_HASH64_SEED, &config_hash, sizeof config_hash);
	sp_audiences successor = file->replaced_by[0] ? readers_of(plan, file->replaced_by) : 0;
	size_t count;
	hash = spi_hash64_more(hash, &successor, sizeof successor);
	hash = spi_hash64_more(hash, file->version, strlen(file->version));
	for (size_t i = 0; i < file->related.count; i++) {
		sp_audiences readers = readers_of(plan, file->related.items[i]);
		hash = spi_hash64_more(hash, &readers, sizeof readers);
	}
	const spi_led *replaced = spi_plan_replaced(plan, file, &count);
	for (size_t i = 0; i < count; i++)
		hash = spi_hash64_more(hash, replaced[i].through, replaced[i].through_count * sizeof *replaced[i].through);
	for (size_t i = 0; i < count; i++)
		hash = with_labelled(plan, replaced[i].file, spi_hash64_more(hash, replaced[i].file->version, SP_VERSION_HEX));
	hash = with_labelled(plan, file, hash);
	return hash ? hash : 1;
}

static void want(const spi_table *table, const spi_plan *plan, uint64_t config_hash)
{
	for (size_t i = 0; i < table->count; i++)
		table->items[i]->wanted = 0;
	for (size_t i = 0; i < plan->count; i++)
		if (!plan->by_id[i]->rival)
			plan->by_id[i]->wanted = wanted_of(plan, plan->by_id[i], config_hash);
}

/* So that each index is written when they change, by what the manifest knows already. */
static void want_unanswered(const spi_plan *plan, const sp_kb_config *config)
{
	uint64_t questions = spi_labelled_unanswered_hash(plan->labelled);
	for (size_t audience = 0; questions && audience < config->audiences_count; audience++)
		for (size_t i = 0; i < plan->count; i++) {
			spi_file *file = plan->by_id[i];
			if (file->rival || !(file->audience & config->audiences[audience].reads))
				continue;
			file->wanted = spi_hash64_more(file->wanted, &questions, sizeof questions);
			file->wanted += !file->wanted;
			break;
		}
}

static bool is_served(const spi_plan *plan, const spi_file *file)
{
	for (size_t i = first_of_id(plan, file->id); i < plan->count && strcmp(plan->by_id[i]->id, file->id) == 0; i++)
		if (plan->by_id[i]->lang == file->lang)
			return true;
	return false;
}

/* What ended or was retired, and names a successor: its questions lead there. Until then they are its own: the successor would take them away. */
static bool leads_on(const spi_plan *plan, const spi_file *file)
{
	if (file->is_gone || file->is_waiting || file->rival || !file->version[0] || !file->audience || !file->replaced_by[0])
		return false;
	if (file->status == SP_STATUS_RETIRED)
		return !is_served(plan, file);
	return file->valid_until && file->valid_until < plan->day && could_serve(file, plan->drafts);
}

/* In the file's own language, else in the main one, else in whatever there is; SP_LANG_NONE: it is not served. */
static sp_lang lang_of_successor(const spi_plan *plan, const char *id, sp_lang own, sp_lang main)
{
	sp_lang found = SP_LANG_NONE;
	for (size_t i = first_of_id(plan, id); i < plan->count && strcmp(plan->by_id[i]->id, id) == 0; i++) {
		sp_lang lang = plan->by_id[i]->lang;
		if (lang == own || found == SP_LANG_NONE || (lang == main && found != own))
			found = lang;
	}
	return found;
}

/* The file of the article that leads on itself; NULL = it does not. leads: those that do, by id. */
static const spi_file *next_of(spi_file *const *leads, size_t count, const char *id, sp_lang own)
{
	const spi_file *next = NULL;
	size_t from = 0, to = count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (strcmp(leads[middle]->id, id) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	for (; from < count && strcmp(leads[from]->id, id) == 0; from++)
		if (!next || leads[from]->lang == own)
			next = leads[from];
	return next;
}

static void lead_on(spi_plan *plan, spi_file *const *leads, size_t count, spi_file *file, sp_lang main)
{
	size_t first = plan->replaced_count;
	spi_led led = {.file = file, .to = file->replaced_by};
	for (int step = 0; step < SPI_STEPS_MAX && strcmp(led.to, file->id) != 0; step++) {
		for (size_t i = first; i < plan->replaced_count; i++)
			if (strcmp(plan->replaced[i].to, led.to) == 0)
				return; /* they go round in a circle */
		led.lang = lang_of_successor(plan, led.to, file->lang, main);
		if (led.lang != SP_LANG_NONE)
			plan->replaced[plan->replaced_count++] = led;
		const spi_file *next = next_of(leads, count, led.to, file->lang);
		if (!next)
			return;
		led.through[led.through_count++] = next->audience;
		led.to = next->replaced_by;
	}
}

static bool find_replaced(const spi_table *table, spi_plan *plan, sp_lang main)
{
	size_t count = 0;
	spi_file **leads = calloc(table->count + 1, sizeof *leads);
	for (size_t i = 0; leads && i < table->count; i++)
		if (leads_on(plan, table->items[i]))
			leads[count++] = table->items[i];
	plan->replaced = leads ? calloc(count * SPI_STEPS_MAX + 1, sizeof *plan->replaced) : NULL;
	if (plan->replaced) {
		qsort(leads, count, sizeof *leads, by_id);
		for (size_t i = 0; i < count; i++)
			lead_on(plan, leads, count, leads[i], main);
		qsort(plan->replaced, plan->replaced_count, sizeof *plan->replaced, by_successor);
	}
	free(leads);
	return plan->replaced;
}

static bool fill(const spi_table *table, spi_plan *plan, sp_lang main)
{
	for (size_t i = 0; i < table->count; i++)
		if (could_serve(table->items[i], plan->drafts))
			plan->by_id[plan->count++] = table->items[i];
	qsort(plan->by_id, plan->count, sizeof(spi_file *), by_id);
	drop_replaced(plan);
	find_rivals(plan);
	return find_replaced(table, plan, main);
}

sp_status spi_plan_make(const sp_publisher *publisher, const sp_kb_config *config, spi_plan *ret, sp_error *err)
{
	const spi_table *table = &publisher->table;
	spi_plan plan = {.labelled = publisher->labelled, .drafts = publisher->drafts,
		.day = publisher->as_of ? publisher->as_of : sp_date_of(spi_now_utc_s(), config->timezone)};
	plan.by_id = calloc(table->count + 1, sizeof(spi_file *));
	for (size_t i = 0; i < table->count; i++)
		table->items[i]->rival = NULL;
	if (!plan.by_id || !fill(table, &plan, config->default_lang)) {
		spi_plan_release(&plan);
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	}
	want(table, &plan, config->hash);
	want_unanswered(&plan, config);
	*ret = plan;
	return SP_OK;
}

void spi_plan_release(spi_plan *plan)
{
	free(plan->by_id);
	free(plan->replaced);
	*plan = (spi_plan){0};
}
