/*
 * A procedure is walked from its start (what is before the first level-2 heading, and then that heading's step). A step
 * with choices leads where they lead; one without leads to the next step, or is the end.
 */
#include "kb/lint/lint.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct walk {
	const spi_outline *outline;
	bool *reached, *has_choice;
	size_t *queue, queued;
} walk;

static const spi_heading *target_of(const spi_outline *outline, const spi_choice *choice)
{
	uintptr_t index = (uintptr_t)spi_map_get(&outline->anchors, choice->anchor, strlen(choice->anchor));
	return index ? &outline->headings[index - 1] : NULL;
}

static void reach(walk *w, size_t step)
{
	if (step > w->outline->steps || w->reached[step])
		return;
	w->reached[step] = true;
	w->queue[w->queued++] = step;
}

/* Choices come in the order of their steps, so each step's are side by side. */
static void walk_all(walk *w, const size_t *first_choice)
{
	const spi_outline *outline = w->outline;
	reach(w, 0);
	for (size_t i = 0; i < w->queued; i++) {
		size_t step = w->queue[i];
		if (!w->has_choice[step])
			reach(w, step + 1);
		for (size_t c = first_choice[step]; c < outline->choices_count && outline->choices[c].step == step; c++) {
			const spi_heading *target = target_of(outline, &outline->choices[c]);
			if (target)
				reach(w, target->step);
		}
	}
}

static void report_unreached(const walk *w, spi_report *report)
{
	for (size_t i = 0; i < w->outline->headings_count; i++) {
		const spi_heading *heading = &w->outline->headings[i];
		if (heading->begins_step && !w->reached[heading->step])
			SPI_REPORT(report, SPI_RULE_PROCEDURE_UNREACHABLE, heading->place, NULL, {"value", heading->text});
	}
}

static bool has_end(const walk *w)
{
	for (size_t step = 1; step <= w->outline->steps; step++) {
		if (w->reached[step] && !w->has_choice[step])
			return true;
	}
	return false;
}

static void check_walk(const spi_outline *outline, spi_report *report)
{
	size_t steps = outline->steps + 1;
	walk w = {.outline = outline,
		.reached = calloc(steps, sizeof(bool)),
		.has_choice = calloc(steps, sizeof(bool)),
		.queue = calloc(steps, sizeof(size_t))};
	size_t *first_choice = calloc(steps, sizeof *first_choice);
	if (w.reached && w.has_choice && w.queue && first_choice) {
		for (size_t c = outline->choices_count; c-- > 0;) {
			w.has_choice[outline->choices[c].step] = true;
			first_choice[outline->choices[c].step] = c;
		}
		for (size_t step = 0; step < steps; step++) {
			if (!w.has_choice[step])
				first_choice[step] = outline->choices_count;
		}
		walk_all(&w, first_choice);
		report_unreached(&w, report);
		if (!has_end(&w))
			spi_report_add(report, SPI_RULE_PROCEDURE_NO_END, outline->headings[0].place, NULL, NULL);
	}
	free(w.reached);
	free(w.has_choice);
	free(w.queue);
	free(first_choice);
}

void spi_lint_procedure(const spi_facts *facts, spi_report *report)
{
	const spi_outline *outline = &facts->outline;
	bool complete = true;
	for (size_t i = 0; i < outline->choices_count; i++) {
		const spi_choice *choice = &outline->choices[i];
		if (target_of(outline, choice))
			continue;
		complete = false;
		SPI_REPORT(report, SPI_RULE_PROCEDURE_MISSING_STEP, choice->place, NULL, {"value", choice->anchor},
			{"suggestion",
				outline->headings_count && outline->headings_count <= 200
					? spi_nearest(choice->anchor, &outline->headings[0].anchor, outline->headings_count,
						  sizeof *outline->headings)
					: ""});
		spi_lint_propose_anchor(outline, SPI_RULE_PROCEDURE_MISSING_STEP, choice->anchor, choice->place, report);
	}
	if (!outline->steps)
		spi_report_add(report, SPI_RULE_PROCEDURE_STEPS, (spi_place){2, 1}, NULL, NULL);
	else if (complete) /* what a mended choice leads to is not known yet */
		check_walk(outline, report);
}
