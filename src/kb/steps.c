/* A procedure cut into the steps that a chat leads through. What is a step and a choice is said once, by the outline (kb/facts.h);
   here the pieces are rendered one by one. */
#include "kb/facts.h"
#include "kb/slug.h"

#include <stdint.h>
#include <string.h>

typedef struct cutting {
	const sp_procedure *procedure;
	sp_arena *arena;
	sp_steps *steps;
	spi_lines lines;
	spi_quote *quotes;
	size_t quotes_count;
	spi_nodes lists; /* the choices */
	spi_cut *cuts;   /* their lines, in the source */
	size_t cuts_count;
	int *first_lines; /* of each step */
	bool failed;
} cutting;

static const char *keep(cutting *c, sp_buffer *buf, size_t *ret_len)
{
	const char *text = sp_buffer_ok(buf) ? sp_arena_strndup(c->arena, sp_buffer_text(buf), buf->len) : NULL;
	*ret_len = buf->len;
	c->failed |= !text;
	sp_buffer_release(buf);
	return text;
}

static const char *text_of(cutting *c, cmark_node *node)
{
	sp_buffer text = SP_BUFFER_INIT;
	size_t len;
	spi_node_text(node, &text);
	return keep(c, &text, &len);
}

/* ---- whose a quote is: only the rendered page still says so, and it has the quotes in the same order ---- */

static const char *next_audience(cutting *c, const char **html)
{
	static const char tag[] = "<blockquote", mark[] = " class=\"audience\" data-audience=\"";
	const char *found = *html ? strstr(*html, tag) : NULL;
	*html = found ? found + sizeof tag - 1 : NULL;
	if (!found || strncmp(*html, mark, sizeof mark - 1) != 0)
		return NULL;
	const char *name = *html + sizeof mark - 1;
	return sp_arena_strndup(c->arena, name, strcspn(name, "\""));
}

static void find_quotes(cutting *c, const spi_nodes *nodes)
{
	const char *html = c->procedure->html;
	c->quotes = sp_arena_calloc(c->arena, nodes->count + 1, sizeof *c->quotes);
	c->failed |= !c->quotes;
	for (size_t i = 0; !c->failed && i < nodes->count; i++) {
		cmark_node *node = nodes->items[i];
		if (!spi_node_is(node, CMARK_NODE_BLOCK_QUOTE))
			continue;
		const char *audience = next_audience(c, &html);
		if (audience)
			c->quotes[c->quotes_count++] = (spi_quote){
				cmark_node_get_start_line(node), cmark_node_get_start_column(node), audience};
	}
}

/* ---- steps and choices ---- */

static bool begins_step(cmark_node *node)
{
	return spi_node_is(node, CMARK_NODE_HEADING) && cmark_node_get_heading_level(node) == 2 &&
		spi_node_is(cmark_node_parent(node), CMARK_NODE_DOCUMENT);
}

/* A link to a heading that is a step is taken as a choice; what leads elsewhere is found by the linter. */
static void add_choices(cutting *c, sp_step *step, cmark_node *list)
{
	size_t count = 0;
	for (cmark_node *item = cmark_node_first_child(list); item; item = cmark_node_next(item))
		count++;
	sp_step_choice *choices = sp_arena_calloc(c->arena, step->choices_count + count + 1, sizeof *choices);
	if (!choices) {
		c->failed = true;
		return;
	}
	if (step->choices_count)
		memcpy(choices, step->choices, step->choices_count * sizeof *choices);
	step->choices = choices;
	for (cmark_node *item = cmark_node_first_child(list); item; item = cmark_node_next(item)) {
		cmark_node *link = cmark_node_first_child(cmark_node_first_child(item));
		choices[step->choices_count++] = (sp_step_choice){
			text_of(c, link), spi_anchor_decode(cmark_node_get_url(link) + 1, c->arena)};
	}
}

/* Also where it stands inside of a quote for one audience; the choices of a nested list go with those around it. */
static void take_choices(cutting *c, const spi_nodes *nodes)
{
	size_t step = 0;
	c->cuts = sp_arena_calloc(c->arena, nodes->count + 1, sizeof *c->cuts);
	c->failed |= !c->cuts;
	for (size_t i = 0; !c->failed && i < nodes->count; i++) {
		cmark_node *node = nodes->items[i];
		step += begins_step(node);
		if (!spi_node_is(node, CMARK_NODE_LIST) || !spi_is_choice_list(node))
			continue;
		add_choices(c, &c->steps->items[step], node);
		spi_nodes_add(&c->lists, node, c->arena);
		c->cuts[c->cuts_count++] = (spi_cut){spi_line_start(&c->lines, cmark_node_get_start_line(node)),
			spi_line_end(&c->lines, cmark_node_get_end_line(node)), false};
	}
}

static void take_headings(cutting *c, const spi_nodes *nodes)
{
	spi_map seen = {.arena = c->arena};
	c->steps->items = sp_arena_calloc(c->arena, nodes->count + 1, sizeof *c->steps->items);
	c->first_lines = sp_arena_calloc(c->arena, nodes->count + 2, sizeof *c->first_lines);
	c->failed |= !c->steps->items || !c->first_lines;
	if (c->failed)
		return;
	c->steps->items[0] = (sp_step){.anchor = "", .title = ""};
	c->first_lines[0] = 1;
	for (size_t i = 0; i < nodes->count; i++) {
		if (!spi_node_is(nodes->items[i], CMARK_NODE_HEADING))
			continue;
		const char *title = text_of(c, nodes->items[i]);
		const char *anchor = title ? spi_anchor(title, strlen(title), &seen, c->arena) : NULL;
		c->failed |= !anchor;
		if (!begins_step(nodes->items[i]))
			continue;
		c->steps->items[++c->steps->count] = (sp_step){.anchor = anchor, .title = title};
		c->first_lines[c->steps->count] = cmark_node_get_start_line(nodes->items[i]);
	}
	c->first_lines[c->steps->count + 1] = c->lines.count + 1;
}

/* ---- rendering ---- */

/* Only one step is shown, so what leads to another heading leads to the article's page. */
static void lead_to_page(cutting *c, cmark_node *link)
{
	const char *url = cmark_node_get_url(link);
	if (!url || url[0] != '#')
		return;
	sp_buffer address = SP_BUFFER_INIT;
	spi_link page = {.kind = SPI_LINK_ARTICLE, .id = c->procedure->id, .id_len = strlen(c->procedure->id), .anchor = url + 1};
	spi_link_write(&page, c->procedure->lang, &address);
	if (sp_buffer_ok(&address))
		cmark_node_set_url(link, sp_buffer_text(&address));
	sp_buffer_release(&address);
}

static void prepare(cutting *c, cmark_node *root)
{
	for (size_t i = 0; i < c->lists.count; i++) /* none of them is in another */
		cmark_node_free(c->lists.items[i]);
	spi_markdown_clean(root, c->procedure->lang, c->arena);
	spi_nodes left = spi_nodes_of(root, c->arena);
	for (size_t i = 0; i < left.count; i++)
		if (spi_node_is(left.items[i], CMARK_NODE_LINK))
			lead_to_page(c, left.items[i]);
}

static void render(cutting *c, sp_step *step, cmark_node *root)
{
	sp_buffer html = SP_BUFFER_INIT, speech = SP_BUFFER_INIT;
	spi_markdown_write_html(root, c->quotes, c->quotes_count, c->arena, &html);
	spi_markdown_write_speech(root, &speech);
	step->html = keep(c, &html, &step->html_len);
	step->speech = keep(c, &speech, &step->speech_len);
}

/* The source of a step without the choices' lines and the blank ones around. */
static void cut_source(cutting *c, size_t number)
{
	static const char blanks[] = " \t\r\n";
	size_t start = spi_line_start(&c->lines, c->first_lines[number]), end = spi_line_start(&c->lines, c->first_lines[number + 1]);
	sp_buffer text = SP_BUFFER_INIT;
	for (size_t i = 0; i < c->cuts_count; i++) {
		if (c->cuts[i].start < start || c->cuts[i].end > end)
			continue;
		sp_buffer_add(&text, c->lines.text + start, c->cuts[i].start - start);
		start = c->cuts[i].end;
	}
	sp_buffer_add(&text, c->lines.text + start, end - start);
	size_t len;
	const char *kept = keep(c, &text, &len);
	size_t blank = kept ? strspn(kept, blanks) : 0;
	while (kept && len > blank && strchr(blanks, kept[len - 1]))
		len--;
	c->steps->items[number].markdown = kept ? sp_arena_strndup(c->arena, kept + blank, len - blank) : NULL;
	c->steps->items[number].markdown_len = len - blank;
	c->failed |= !c->steps->items[number].markdown;
}

/* Move a step's blocks out of the tree; what is left begins with the next one. */
static cmark_node *take_part(cmark_node *root, bool has_heading)
{
	cmark_node *part = cmark_node_new(CMARK_NODE_DOCUMENT);
	cmark_node *node = cmark_node_first_child(root);
	for (bool first = true; part && node && ((first && has_heading) || !begins_step(node)); first = false) {
		cmark_node_append_child(part, node);
		node = cmark_node_first_child(root);
	}
	return part;
}

static void render_all(cutting *c, cmark_node *root)
{
	for (size_t i = 0; i <= c->steps->count && !c->failed; i++) {
		cmark_node *part = take_part(root, i > 0);
		c->failed |= !part;
		if (part)
			render(c, &c->steps->items[i], part);
		cmark_node_free(part);
		cut_source(c, i);
	}
}

/* ---- where steps lead ---- */

static bool is_branch(const sp_steps *steps, size_t number)
{
	for (size_t i = 0; i < number; i++)
		for (size_t k = 0; k < steps->items[i].choices_count; k++)
			if (strcmp(steps->items[i].choices[k].anchor, steps->items[number].anchor) == 0)
				return true;
	return false;
}

static void find_next(sp_steps *steps)
{
	for (size_t i = 0; i <= steps->count; i++) {
		sp_step *step = &steps->items[i];
		size_t kept = 0;
		for (size_t k = 0; k < step->choices_count; k++)
			if (sp_steps_find(steps, step->choices[k].anchor) <= steps->count)
				step->choices[kept++] = step->choices[k];
		step->choices_count = kept;
	}
	for (size_t i = 0; i < steps->count; i++)
		if (steps->items[i].choices_count == 0 && !is_branch(steps, i + 1))
			steps->items[i].next = i + 1;
}

static bool cut(cutting *c, cmark_node *root)
{
	spi_nodes nodes = spi_nodes_of(root, c->arena);
	take_headings(c, &nodes);
	if (!c->failed)
		find_quotes(c, &nodes);
	if (!c->failed)
		take_choices(c, &nodes);
	if (c->failed)
		return false;
	find_next(c->steps);
	prepare(c, root);
	render_all(c, root);
	return !c->failed;
}

sp_status sp_procedure_steps(const sp_procedure *procedure, sp_arena *arena, sp_steps *ret)
{
	sp_steps steps = {0};
	cutting c = {.procedure = procedure, .arena = arena, .steps = &steps};
	cmark_node *root = spi_markdown_parse(procedure->markdown, procedure->markdown_len);
	bool ok = root && spi_lines_read(&c.lines, procedure->markdown, procedure->markdown_len, arena) && cut(&c, root);
	cmark_node_free(root);
	if (!ok)
		return SP_ERR_NOMEM;
	*ret = steps;
	return SP_OK;
}

size_t sp_steps_find(const sp_steps *steps, const char *anchor)
{
	for (size_t i = 0; anchor && i <= steps->count; i++)
		if (strcmp(steps->items[i].anchor, anchor) == 0)
			return i;
	return SIZE_MAX;
}

size_t sp_steps_first(const sp_steps *steps)
{
	return steps->items[0].choices_count > 0 || steps->count == 0 ? 0 : 1;
}
