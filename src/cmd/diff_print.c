/* How `sportello diff` tells what an edit does: in a few lines for people, in full as JSON. */
#include "cmd/diff.h"

#include "sportello/catalog.h"

#include <stdio.h>

/* Of a question, in characters: what is longer is cut. */
#define QUESTION_CHARS 72
#define COMMIT_CHARS 10
#define FILES_SHOWN 20

typedef struct writing {
	const spi_diff_report *report;
	size_t limit;
	sp_lang lang;
	sp_buffer *out;
} writing;

static const char *say(const writing *w, const char *group, const char *name)
{
	char key[64];
	snprintf(key, sizeof key, "cmd.diff.%s%s", group, name);
	return sp_catalog_text(w->lang, key);
}

/* ---- text ---- */

static void write_file(const writing *w, const sp_edit_file *file)
{
	sp_buffer_printf(w->out, "  %s  ", say(w, "file.", sp_edit_kind_name(file->kind)));
	if (file->before)
		sp_buffer_printf(w->out, "%s -> ", file->before);
	sp_buffer_printf(w->out, "%s\n", file->path);
}

static void write_files(const writing *w)
{
	const sp_edit *edit = w->report->edit;
	sp_buffer_printf(w->out, "%s %s", say(w, "", "since"), w->report->since);
	if (w->report->commit)
		sp_buffer_printf(w->out, " (%.*s)", COMMIT_CHARS, w->report->commit);
	sp_buffer_printf(w->out, " - %s: %zu\n", say(w, "", "files"), edit->count);
	size_t shown = w->limit && edit->count > FILES_SHOWN ? FILES_SHOWN : edit->count;
	for (size_t i = 0; i < shown; i++)
		write_file(w, &edit->files[i]);
	if (shown < edit->count)
		sp_buffer_printf(w->out, "  ... %zu %s\n", edit->count - shown, say(w, "", "more"));
}

/* In quotes, on one line. */
static void write_question(const writing *w, const sp_replay_question *question)
{
	size_t chars = 0;
	sp_buffer_add_text(w->out, "  \"");
	for (const char *c = question->text; *c; c++) {
		bool begins = ((unsigned char)*c & 0xc0) != 0x80;
		chars += begins;
		if (begins && chars > QUESTION_CHARS) {
			sp_buffer_add_text(w->out, "...");
			break;
		}
		sp_buffer_add_char(w->out, (unsigned char)*c < ' ' ? ' ' : *c);
	}
	sp_buffer_add_char(w->out, '"');
	if (question->times > 1)
		sp_buffer_printf(w->out, " (x%u)", question->times);
}

static void write_outcome(const writing *w, const sp_outcome *outcome)
{
	const char *name = outcome->article ? outcome->article : "-";
	switch (outcome->kind) {
	case SP_DECIDE_ANSWER:
		sp_buffer_printf(w->out, "%s %.2f", name, outcome->confidence);
		return;
	case SP_DECIDE_CLARIFY:
		sp_buffer_add_text(w->out, say(w, "", "choices"));
		for (size_t i = 0; i < outcome->offered.count; i++)
			sp_buffer_printf(w->out, "%s%s", i ? ", " : " ", outcome->offered.items[i]);
		break;
	default:
		sp_buffer_add_text(w->out, say(w, "kind.", sp_decision_name(outcome->kind)));
	}
	sp_buffer_printf(w->out, " (%s %.2f)", name, outcome->confidence);
}

static void write_effect(const writing *w, const sp_effect *effect)
{
	write_question(w, effect->question);
	sp_buffer_add_text(w->out, "\n      ");
	write_outcome(w, effect->before);
	sp_buffer_add_text(w->out, " -> ");
	write_outcome(w, effect->now);
	sp_buffer_add_char(w->out, '\n');
}

static void write_group(const writing *w, sp_effect_kind kind)
{
	const sp_effects *effects = w->report->effects;
	size_t count = effects->counts[kind], shown = 0;
	/* Two lines a question. */
	size_t most = w->limit && count > w->limit / 2 ? w->limit / 2 : count;
	if (count == 0)
		return;
	sp_buffer_printf(w->out, "\n%s: %zu\n", say(w, "group.", sp_effect_name(kind)), count);
	for (size_t i = 0; i < effects->count && shown < most; i++)
		if (effects->items[i].kind == kind) {
			write_effect(w, &effects->items[i]);
			shown++;
		}
	if (shown < count)
		sp_buffer_printf(w->out, "  ... %zu %s\n", count - shown, say(w, "", "more"));
}

static void write_totals(const writing *w)
{
	const sp_effects *e = w->report->effects;
	sp_buffer_add_char(w->out, '\n');
	if (e->counts[SP_EFFECT_NONE] == e->labelled + e->asked)
		sp_buffer_printf(w->out, "%s\n", say(w, "", "nothing"));
	if (e->labelled > 0)
		sp_buffer_printf(w->out, "%s: %zu; %s: %zu -> %zu\n", say(w, "", "labelled"), e->labelled, say(w, "", "right"),
			e->right_before, e->right_now);
	if (w->report->days > 0)
		sp_buffer_printf(w->out, "%s: %zu (%s: %u)\n", say(w, "", "asked"), e->asked, say(w, "", "days"), w->report->days);
	sp_buffer_printf(w->out, "%s: %zu -> %zu\n", say(w, "", "answered"), e->answered_before, e->answered_now);
}

static size_t effects_of(const spi_diff_report *report, sp_effect_kind kind)
{
	return report->effects->counts[kind];
}

void spi_diff_text(const spi_diff_report *report, size_t limit, sp_lang lang, sp_buffer *out)
{
	const writing w = {report, limit, lang, out};
	write_files(&w);
	for (sp_effect_kind kind = 0; kind < SP_EFFECT_EDGE; kind++)
		write_group(&w, kind);
	/* Nobody can do anything about them: their number is enough. */
	if (limit == 0)
		write_group(&w, SP_EFFECT_EDGE);
	else if (effects_of(report, SP_EFFECT_EDGE) > 0)
		sp_buffer_printf(out, "\n%s: %zu\n", say(&w, "group.", "edge"), effects_of(report, SP_EFFECT_EDGE));
	write_totals(&w);
}

/* ---- JSON ---- */

static void json_ids(sp_json *json, const char *name, const sp_strings *ids)
{
	sp_json_array(json, name);
	for (size_t i = 0; i < ids->count; i++)
		sp_json_string(json, NULL, ids->items[i]);
	sp_json_array_end(json);
}

static void json_text(sp_json *json, const char *name, const char *text)
{
	if (text)
		sp_json_string(json, name, text);
	else
		sp_json_null(json, name);
}

static void json_outcome(sp_json *json, const char *name, const sp_outcome *outcome)
{
	sp_json_object(json, name);
	sp_json_string(json, "decision", sp_decision_name(outcome->kind));
	sp_json_string(json, "reason", sp_reason_name(outcome->reason));
	json_text(json, "article", outcome->article);
	sp_json_number(json, "confidence", outcome->confidence, 4);
	json_ids(json, "offered", &outcome->offered);
	json_ids(json, "also", &outcome->also);
	sp_json_object_end(json);
}

static void json_files(sp_json *json, const sp_edit *edit)
{
	sp_json_array(json, "files");
	for (size_t i = 0; i < edit->count; i++) {
		const sp_edit_file *file = &edit->files[i];
		sp_json_object(json, NULL);
		sp_json_string(json, "path", file->path);
		sp_json_string(json, "change", sp_edit_kind_name(file->kind));
		json_text(json, "before", file->before);
		json_text(json, "article", file->id);
		json_text(json, "article_before", file->id_before);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
}

static void json_effect(sp_json *json, const sp_effect *effect)
{
	const sp_replay_question *question = effect->question;
	sp_json_object(json, NULL);
	sp_json_string(json, "effect", sp_effect_name(effect->kind));
	sp_json_string(json, "question", question->text);
	sp_json_int(json, "times", question->times);
	json_text(json, "file", question->file);
	sp_json_int(json, "line", question->line);
	json_text(json, "expect", question->is_labelled ? sp_decision_name(question->expect) : NULL);
	json_ids(json, "right", &question->right);
	json_outcome(json, "before", effect->before);
	json_outcome(json, "now", effect->now);
	sp_json_object_end(json);
}

static void json_counts(sp_json *json, const sp_effects *effects)
{
	const struct { const char *name; size_t count; } counts[] = {{"labelled", effects->labelled}, {"asked", effects->asked},
		{"lost", effects->counts[SP_EFFECT_LOST]}, {"won", effects->counts[SP_EFFECT_WON]},
		{"taken_over", effects->counts[SP_EFFECT_TAKEN]}, {"changed", effects->counts[SP_EFFECT_CHANGED]},
		{"edge", effects->counts[SP_EFFECT_EDGE]},
		{"right_before", effects->right_before}, {"right_now", effects->right_now},
		{"answered_before", effects->answered_before}, {"answered_now", effects->answered_now}};
	sp_json_object(json, "totals");
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		sp_json_int(json, counts[i].name, (int64_t)counts[i].count);
	sp_json_object_end(json);
}

void spi_diff_json(const spi_diff_report *report, sp_buffer *out)
{
	sp_json json;
	sp_json_init(&json, out);
	sp_json_object(&json, NULL);
	sp_json_string(&json, "since", report->since);
	json_text(&json, "commit", report->commit);
	json_files(&json, report->edit);
	json_counts(&json, report->effects);
	sp_json_array(&json, "questions");
	for (size_t i = 0; i < report->effects->count; i++)
		json_effect(&json, &report->effects->items[i]);
	sp_json_array_end(&json);
	sp_json_object_end(&json);
	sp_buffer_add_char(out, '\n');
}
