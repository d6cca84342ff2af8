/* A request's target with its query, headers of languages, then search, completions and a form's body of the same bytes. */
#include "fuzz.h"
#include "request_bed.h"

#include <stdlib.h>
#include <string.h>

static void search(fuzz_kb *kb, const spi_request *request, const char *text)
{
	static sp_analyser *analyser;
	sp_result found;
	sp_suggestion *suggestions;
	size_t count;
	if (!analyser)
		analyser = sp_analyser_new();
	sp_query query = {.text = text, .text_len = strlen(text), .lang = SP_LANG_IT, .day = FUZZ_TODAY, .audience = -1, .limit = 20,
		.category = spi_request_query(request, "category"), .type = spi_request_query(request, "type"),
		.partial = spi_request_query(request, "partial") != NULL};
	if (sp_index_search(kb->index, analyser, &query, kb->arena, &found, NULL) == SP_OK)
		FUZZ_HOLDS(found.hits_count <= found.total && found.hits_count <= 20, text, strlen(text));
	sp_index_suggest(kb->index, analyser, text, strlen(text), SP_LANG_IT, FUZZ_TODAY, 10, kb->arena, &suggestions, &count, NULL);
}

static void read_form(fuzz_kb *kb, const char *text, size_t len)
{
	request_bed bed;
	const spi_pair *fields;
	size_t count;
	request_begin(&bed, "POST", kb->config);
	sp_buffer_add(&bed.request.body, text, len);
	if (spi_request_form_all(&bed.request, &fields, &count))
		for (size_t i = 0; i < count; i++)
			FUZZ_HOLDS(sp_text_is_utf8(fields[i].value, strlen(fields[i].value)), text, len);
	request_end(&bed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_kb *kb = fuzz_open_kb();
	request_bed bed;
	uint32_t page;
	char *target = fuzz_copy(data, size);
	size_t len = strlen(target);
	request_begin(&bed, "GET", kb->config);
	sp_buffer_add(&bed.request.uri, target, len < SPI_URL_MAX ? len : SPI_URL_MAX);
	spi_accept_language(target, kb->config->langs);
	spi_routes_match("GET", target, strcspn(target, "?"));
	if (spi_request_parse_target(&bed.request)) {
		const char *text = spi_request_query(&bed.request, "q");
		FUZZ_HOLDS(sp_text_is_utf8(bed.request.path, strlen(bed.request.path)), target, len);
		spi_request_number(&bed.request, "page", 1, 1000, 1, &page);
		search(kb, &bed.request, text ? text : bed.request.path);
	}
	request_end(&bed);
	read_form(kb, target, len);
	free(target);
	return 0;
}
