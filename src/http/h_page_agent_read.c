/* An article as an agent reads it to somebody on the phone: one sentence a line, step by step, and only what the people outside may
   read. It comes from their index, so what is written for those who work here is nowhere in it. */
#include "http/agent.h"

#include <ctype.h>
#include <string.h>

/* Longer than a breath: cut where a comma or a colon lets one breathe in. */
#define BREATH_BYTES 140

static bool is_letter(char c)
{
	return isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* A stop that ends a sentence: not that of "es. " or "art. 3", nor one inside of a number. */
static bool ends_sentence(const char *text, size_t at, size_t len)
{
	char c = text[at];
	size_t next = at + 1;
	if (c == '\n')
		return true;
	if (!strchr(".!?", c) || (next < len && text[next] != ' ' && text[next] != '\n'))
		return false;
	while (next < len && text[next] == ' ')
		next++;
	size_t word = at;
	while (word > 0 && is_letter(text[word - 1]))
		word--;
	return c != '.' || next >= len || !(islower((unsigned char)text[next]) || (isdigit((unsigned char)text[next]) && at - word <= 4));
}

static void add(const spi_request *request, spi_value *list, const char *text, size_t len)
{
	while (len > 0 && strchr(" \n", *text))
		text++, len--;
	while (len > 0 && strchr(" \n", text[len - 1]))
		len--;
	if (len > 0)
		spi_put_text(spi_list_add(list), "text", sp_arena_strndup(request->arena, text, len));
}

/* A long sentence in breaths: at the last comma before it is too long. */
static void add_breaths(const spi_request *request, spi_value *list, const char *text, size_t len)
{
	while (len > BREATH_BYTES) {
		size_t cut = 0;
		for (size_t i = BREATH_BYTES / 3; i < len && (i < BREATH_BYTES || !cut); i++)
			if (strchr(",;:)", text[i]) && text[i] && i + 1 < len && text[i + 1] == ' ')
				cut = i + 1;
		if (!cut || len - cut < BREATH_BYTES / 6)
			break;
		add(request, list, text, cut);
		text += cut, len -= cut;
	}
	add(request, list, text, len);
}

static void put_sentences(const spi_request *request, spi_value *into, const char *speech, size_t len)
{
	spi_value *list = spi_put_list(into, "sentences");
	size_t from = 0;
	for (size_t i = 0; i < len; i++) {
		if (!ends_sentence(speech, i, len))
			continue;
		add_breaths(request, list, speech + from, i + 1 - from);
		from = i + 1;
	}
	add_breaths(request, list, speech + from, len - from);
}

/* Its title is read already. */
static size_t below_heading(const sp_step *step)
{
	size_t len = strlen(step->title);
	if (len == 0 || step->speech_len < len || strncmp(step->speech, step->title, len) != 0)
		return 0;
	return len + strspn(step->speech + len, ".:!? \n");
}

static void put_step(const spi_request *request, spi_value *list, const sp_step *step, size_t number)
{
	spi_value *item = spi_list_add(list);
	spi_put_text(item, "title", step->title);
	spi_put_text(item, "anchor", step->anchor);
	if (number)
		spi_put_int(item, "number", (int64_t)number);
	spi_put_bool(item, "has_key", number > 0 && number <= 9);
	size_t from = below_heading(step);
	put_sentences(request, item, step->speech + from, step->speech_len - from);
	spi_value *choices = spi_put_list(item, "choices");
	for (size_t i = 0; i < step->choices_count; i++) {
		spi_value *choice = spi_list_add(choices);
		spi_put_text(choice, "label", step->choices[i].label);
		spi_put_text(choice, "anchor", step->choices[i].anchor);
	}
	spi_put_bool(item, "has_choices", step->choices_count > 0);
}

/* Citizens first, then the others that the caller reads and that do not work here. */
static bool find_outside(spi_request *request, const sp_record *record, sp_record *ret, int *ret_audience)
{
	const sp_kb_config *config = request->config;
	sp_audiences reads = config->audiences[request->caller.audience].reads | 1u << request->caller.audience;
	for (size_t i = 0; i < config->audiences_count; i++) {
		sp_index *index;
		if (!(reads >> i & 1) || !(record->audience >> i & 1) || spi_agent_is_inside(request, (int)i) ||
			spi_request_index_of(request, (int)i, &index, NULL) != SP_OK)
			continue;
		*ret_audience = (int)i;
		if (sp_index_get(index, record->id, record->lang, request->arena, ret, NULL) == SP_OK && spi_request_may_show(request, ret))
			return true;
	}
	return false;
}

bool spi_agent_put_speech(spi_request *request, const sp_record *record, spi_value *into)
{
	sp_record outside;
	sp_steps steps = {0};
	int audience;
	if (request->caller.audience < 0 || !find_outside(request, record, &outside, &audience))
		return false;
	spi_value *speech = spi_put_object(into, "speech");
	spi_put_text(speech, "audience_name", sp_texts_get(&request->config->audiences[audience].name, request->lang));
	spi_value *list = spi_put_list(speech, "steps");
	sp_procedure source = {outside.id, outside.lang, outside.markdown, outside.markdown_len, outside.html};
	if (outside.type == SP_TYPE_PROCEDURE && sp_procedure_steps(&source, request->arena, &steps) == SP_OK && steps.count > 0) {
		for (size_t i = 0; i <= steps.count; i++)
			put_step(request, list, &steps.items[i], i);
		return true;
	}
	put_sentences(request, spi_list_add(list), outside.speech, outside.speech_len);
	return true;
}
