/* Too early, in time, too late: said in words, with the days that it is counted from. */
#include "answer/compose.h"
#include "answer/walk.h"
#include "answer/window.h"
#include "sportello/catalog.h"

#include <stdio.h>
#include <string.h>

/* "mercoledì 3 marzo 2021" */
static const char *date_text(const spi_composing *c, sp_date date)
{
	char weekday[32], month[32], day[8], year[16];
	int64_t days = sp_date_days(date);
	snprintf(weekday, sizeof weekday, "when.weekday.%d", (int)((days + 3) % 7) + 1);
	snprintf(month, sizeof month, "when.month.%d", (int)(date / 100 % 100));
	snprintf(day, sizeof day, "%d", (int)(date % 100));
	snprintf(year, sizeof year, "%d", (int)(date / 10000));
	const sp_fill fills[] = {{"weekday", sp_catalog_text(c->decision->lang, weekday)}, {"month", sp_catalog_text(c->decision->lang, month)},
		{"day", day}, {"year", year}, {NULL, NULL}};
	return date == 0 ? "" : sp_catalog_fill(c->decision->lang, "reply.window.date", fills, c->arena);
}

static const char *days_text(const spi_composing *c, uint32_t days)
{
	char number[16];
	snprintf(number, sizeof number, "%u", days);
	const sp_fill fills[] = {{"days", number}, {NULL, NULL}};
	return sp_catalog_fill(c->decision->lang, days == 1 ? "reply.window.day" : "reply.window.days", fills, c->arena);
}

/* The day that was told, or the range. */
static const char *told_text(const spi_composing *c, sp_date first, sp_date last)
{
	const sp_fill fills[] = {{"first", date_text(c, first)}, {"last", date_text(c, last)}, {NULL, NULL}};
	if (!fills[0].value || !fills[1].value)
		return NULL;
	return first == last ? fills[0].value : sp_catalog_fill(c->decision->lang, "reply.window.between", fills, c->arena);
}

const char *spi_compose_days(const spi_composing *c, int64_t first, int64_t last)
{
	return told_text(c, spi_date_of_days(first), spi_date_of_days(last));
}

/* Which of the texts: a window without an end, or without a wait, is said otherwise. */
static const char *key_of(const spi_composing *c, const sp_window_shown *window)
{
	if (c->decision->reason == SP_REASON_WINDOW_AGAIN)
		return window->no_such_day ? "reply.window.no-such-day" : "reply.window.again";
	if (window->state == SP_WINDOW_TOLD && window->until_days == 0)
		return "reply.window.told.wait";
	if (window->state == SP_WINDOW_TOLD && window->wait_days == 0)
		return "reply.window.told.until";
	if ((window->state == SP_WINDOW_EARLY || window->state == SP_WINDOW_UNSURE) && window->opens == 0)
		return "reply.window.exact";
	if ((window->state == SP_WINDOW_EARLY || window->state == SP_WINDOW_OPEN || window->state == SP_WINDOW_UNSURE) && window->closes == 0)
		return sp_arena_printf(c->arena, "reply.window.%s.no-end", sp_window_state_name(window->state));
	return sp_arena_printf(c->arena, "reply.window.%s", sp_window_state_name(window->state));
}

static sp_status say(spi_composing *c, const sp_window_shown *window, const char *key)
{
	const sp_fill fills[] = {{"from", window->from}, {"wait", days_text(c, window->wait_days)}, {"until", days_text(c, window->until_days)},
		{"date", told_text(c, window->first, window->last)}, {"opens", date_text(c, window->opens)}, {"closes", date_text(c, window->closes)}, {NULL, NULL}};
	for (const sp_fill *fill = fills; fill->name; fill++)
		if (!fill->value)
			return SP_ERR_NOMEM;
	const char *text = key ? sp_catalog_fill(c->decision->lang, key, fills, c->arena) : NULL;
	return text ? spi_compose_markdown(c, text) : SP_ERR_NOMEM;
}

static bool is_same_heading(const char *title, const char *wanted, sp_arena *arena)
{
	const char *a = sp_text_normal_form(title, strlen(title), arena, NULL), *b = sp_text_normal_form(wanted, strlen(wanted), arena, NULL);
	return a && b && strcmp(a, b) == 0;
}

/* What can still be done: the article's own section of that name (where it is, when the whole article follows); else a person. */
static sp_status say_what_is_left(spi_composing *c, const sp_record *article, bool whole_follows)
{
	sp_steps *steps;
	const char *heading = sp_catalog_text(article->lang, "reply.window.late.section");
	sp_status status = spi_walk_cut(article, c->arena, &steps);
	for (size_t i = 1; status == SP_OK && steps->items && i <= steps->count; i++) {
		const sp_step *step = &steps->items[i];
		if (!is_same_heading(step->title, heading, c->arena))
			continue;
		if (whole_follows) {
			const sp_fill fills[] = {{"section", step->title}, {NULL, NULL}};
			const char *below = sp_catalog_fill(c->decision->lang, "reply.window.late.below", fills, c->arena);
			return below ? spi_compose_markdown(c, below) : SP_ERR_NOMEM;
		}
		spi_rendered text = {step->markdown, step->html, step->speech, step->markdown_len, step->html_len, step->speech_len};
		spi_compose_text(c, article->lang, NULL, &text);
		return SP_OK;
	}
	if (status != SP_OK)
		return status;
	const char *person = sp_catalog_text(c->decision->lang, "reply.choice.person");
	spi_compose_choice(c, (sp_choice){person, person, NULL, c->decision->lang, SP_CHOICE_ANSWER});
	return spi_compose_markdown(c, sp_catalog_text(c->decision->lang, "reply.window.late.person"));
}

sp_status spi_compose_window_first(spi_composing *c, const sp_record *article, bool *ret_whole)
{
	*ret_whole = true;
	if (!spi_has_window(article))
		return SP_OK;
	sp_window_shown *window = sp_arena_alloc(c->arena, sizeof *window);
	if (!window)
		return SP_ERR_NOMEM;
	sp_date day = sp_date_of(c->now_utc_s, c->config->timezone);
	spi_window_judge(c->decision, article, sp_date_days(day), window);
	c->reply->window = window;
	bool was_shown = c->decision->reason == SP_REASON_WINDOW || c->decision->reason == SP_REASON_WINDOW_AGAIN;
	*ret_whole = !was_shown || window->state == SP_WINDOW_OPEN;
	if (window->state == SP_WINDOW_TOLD || (window->state == SP_WINDOW_ASKED && !was_shown))
		return was_shown ? say(c, window, key_of(c, window)) : SP_OK;
	sp_status status = say(c, window, key_of(c, window));
	/* A day in the question may be of something else ("it was Sunday, I could not pay"): who reads is told which one counts. */
	if (status == SP_OK && window->first && !was_shown)
		status = say(c, window, "reply.window.other");
	return status == SP_OK && window->state == SP_WINDOW_LATE ? say_what_is_left(c, article, *ret_whole) : status;
}

sp_status spi_compose_window_last(spi_composing *c)
{
	const sp_window_shown *window = c->reply->window;
	bool is_left = window && (window->state == SP_WINDOW_TOLD || window->state == SP_WINDOW_ASKED);
	bool was_shown = c->decision->reason == SP_REASON_WINDOW || c->decision->reason == SP_REASON_WINDOW_AGAIN;
	return is_left && !was_shown ? say(c, window, key_of(c, window)) : SP_OK;
}
