/* What a change brought: the findings of a folder that an earlier state of it had not. */
#include "kb/lint/since.h"

#include <math.h>
#include <string.h>

/* Rules that weigh a text: they say something only when the change made it worse, and then some of them forbid it. */
static const struct {
	const char *rule;
	int better; /* 1: the higher the measure, the better; -1: the lower */
	bool blocks;
} weighed[] = {{"readability", 1, true}, {"unexplained-acronym", -1, true}, {"few-questions", 1, false}};

/* A finding of either state, and what it is compared by. */
typedef struct item {
	const sp_finding *finding;
	const char *path;  /* as the file is called now */
	spi_pair *pair;
	const char *line;  /* text that it stands on; NULL when the file has not changed */
	bool known;        /* matched with one of the other state */
	struct item *next; /* with the same path, rule and message */
} item;

typedef struct items {
	item *all;
	size_t count;
	spi_map same;  /* path, rule, message → item, chained */
	spi_map ruled; /* path, rule → the first item */
} items;

typedef struct differ {
	spi_pairs pairs;
	items now, then;
	sp_findings *findings; /* the caller's */
	sp_arena *arena;
} differ;

static const char *key_of(const item *it, bool with_message, sp_arena *arena, size_t *ret_len)
{
	const char *message = with_message ? it->finding->message : "";
	const char *key = sp_arena_printf(arena, "%s\n%s\n%s", it->path, it->finding->rule, message);
	*ret_len = key ? strlen(key) : 0;
	return key;
}

static bool put(items *list, item *it, sp_arena *arena)
{
	size_t len;
	const char *key = key_of(it, true, arena, &len);
	void **slot = key ? spi_map_put(&list->same, key, len) : NULL;
	if (!slot)
		return false;
	it->next = *slot;
	*slot = it;
	key = key_of(it, false, arena, &len);
	slot = key ? spi_map_put(&list->ruled, key, len) : NULL;
	if (slot && !*slot)
		*slot = it;
	return slot;
}

static bool read_items(differ *d, sp_findings *findings, bool is_now, items *ret)
{
	size_t prefix = strlen(is_now ? d->pairs.dir : d->pairs.before);
	const sp_finding *found = sp_findings_items(findings, &ret->count);
	ret->same.arena = ret->ruled.arena = d->arena;
	ret->all = sp_arena_calloc(d->arena, ret->count + 1, sizeof *ret->all);
	for (size_t i = 0; ret->all && i < ret->count; i++) {
		item *it = &ret->all[i];
		const char *path = found[i].file + prefix;
		path += strspn(path, "/");
		it->finding = &found[i];
		it->pair = spi_pair_of(&d->pairs, path, is_now);
		it->path = it->pair && it->pair->now ? it->pair->now : path;
		it->line = it->pair ? spi_pair_line(&d->pairs, it->pair, is_now, found[i].line) : NULL;
		if (!put(ret, it, d->arena))
			return false;
	}
	return ret->all;
}

/* One of the old state that is the same; standing on the same text, if that is asked for. */
static item *find_same(const differ *d, const item *it, bool same_line)
{
	size_t len;
	const char *key = key_of(it, true, d->arena, &len);
	item *found = key ? spi_map_get(&d->then.same, key, len) : NULL;
	while (found && (found->known || (same_line && (!it->line || !found->line || strcmp(it->line, found->line) != 0))))
		found = found->next;
	return found;
}

static void match(differ *d, bool same_line)
{
	for (size_t i = 0; i < d->now.count; i++) {
		item *it = &d->now.all[i], *old = it->known ? NULL : find_same(d, it, same_line);
		if (old)
			it->known = old->known = true;
	}
}

/* Which of the weighed rules it is; -1 = none. */
static int weighed_by(const sp_finding *finding)
{
	for (size_t i = 0; i < sizeof weighed / sizeof *weighed; i++) {
		if (strcmp(weighed[i].rule, finding->rule) == 0)
			return (int)i;
	}
	return -1;
}

/* Whether a rule says of the file something that it had not said before, word for word. */
static bool says_more(const differ *d, const item *it)
{
	for (size_t i = 0; i < d->now.count; i++) {
		const item *other = &d->now.all[i];
		if (!other->known && other->finding->rule == it->finding->rule && strcmp(other->path, it->path) == 0)
			return true;
	}
	return false;
}

/* Whole points: less is within what a corrected letter does. */
static bool is_worse(const differ *d, const item *it, int by)
{
	size_t len;
	const char *key = key_of(it, false, d->arena, &len);
	const item *old = key ? spi_map_get(&d->then.ruled, key, len) : NULL;
	if (!it->pair) /* the file has not changed */
		return false;
	if (!old)
		return true;
	return (lround(it->finding->measure) - lround(old->finding->measure)) * weighed[by].better < 0;
}

static bool tell(differ *d, const item *it)
{
	sp_finding finding = *it->finding;
	int by = weighed_by(&finding);
	if (by < 0)
		return it->known || spi_findings_add(d->findings, &finding);
	if (!is_worse(d, it, by) || (it->known && says_more(d, it)))
		return true;
	if (weighed[by].blocks)
		finding.severity = SP_SEVERITY_ERROR;
	return spi_findings_add(d->findings, &finding);
}

static bool compare(differ *d, sp_findings *now, sp_findings *then)
{
	if (!read_items(d, now, true, &d->now) || !read_items(d, then, false, &d->then))
		return false;
	match(d, true);
	match(d, false);
	bool ok = true;
	for (size_t i = 0; ok && i < d->now.count; i++)
		ok = tell(d, &d->now.all[i]);
	return ok;
}

static sp_status check_both(differ *d, sp_findings *now, sp_findings *then, size_t *ret_articles, sp_error *err)
{
	sp_status status = now && then ? SP_OK : SP_ERR_NOMEM;
	if (status == SP_OK)
		status = sp_kb_check(d->pairs.dir, now, ret_articles, err);
	if (status == SP_OK)
		status = sp_kb_check(d->pairs.before, then, NULL, err);
	if (status == SP_OK)
		status = spi_pairs_read(&d->pairs, err);
	if (status == SP_OK && (!compare(d, now, then) || !spi_lint_updated(&d->pairs, d->findings)))
		status = SP_ERR_NOMEM;
	return status == SP_ERR_NOMEM ? sp_error_set(err, status, d->pairs.dir, 0, "not enough memory to check it") : status;
}

sp_status sp_kb_check_since(
	const char *dir, const char *before, sp_findings *findings, size_t *ret_articles, sp_error *err)
{
	sp_arena *arena = sp_arena_new(0);
	if (!arena)
		return sp_error_set(err, SP_ERR_NOMEM, dir, 0, "not enough memory to check it");
	differ d = {.pairs = {.dir = dir, .before = before, .arena = arena}, .findings = findings, .arena = arena};
	sp_findings *now = sp_findings_new(spi_findings_lang(findings)), *then = sp_findings_new(spi_findings_lang(findings));
	sp_status status = check_both(&d, now, then, ret_articles, err);
	if (now)
		sp_findings_free(now);
	if (then)
		sp_findings_free(then);
	sp_arena_free(arena);
	return status;
}
