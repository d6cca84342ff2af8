/* A form with a file, cut at the first line end: before it the header's content type, after it the body. The file is then looked at as
   an attachment is, under the name that the form gave it. */
#include "fuzz.h"
#include "request_bed.h"

#include "http/upload.h"
#include "sportello/attachment.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void keep(spi_request *request, const spi_upload *upload)
{
	const char *body = sp_buffer_text(&request->body), *key = NULL;
	sp_attachment_kind kind;
	sp_buffer clean = SP_BUFFER_INIT;
	FUZZ_HOLDS(!upload->data || (upload->data >= body && upload->data + upload->len <= body + request->body.len), body, request->body.len);
	if (upload->data)
		sp_attachment_check(upload->data, upload->len, &kind, &clean, &key);
	sp_buffer_release(&clean);
	const char *name = sp_attachment_name(upload->name, SP_ATTACHMENT_PNG, request->arena);
	FUZZ_HOLDS(name && sp_text_is_utf8(name, strlen(name)), name, name ? strlen(name) : 0);
	FUZZ_HOLDS(!strpbrk(name, "/\\\"<>|:*?\r\n") && *name != '.' && strcasecmp(name + strlen(name) - 4, ".png") == 0, name, strlen(name));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	request_bed bed;
	spi_upload upload;
	const uint8_t *line_end = memchr(data, '\n', size);
	size_t head_len = line_end ? (size_t)(line_end - data) : 0;
	char *type = fuzz_copy(data, head_len);
	request_begin(&bed, "POST", fuzz_config());
	bed.request.headers[bed.request.headers_count++] = (spi_pair){"Content-Type", type};
	if (line_end)
		sp_buffer_add(&bed.request.body, line_end + 1, size - head_len - 1);
	if (spi_upload_read(&bed.request, &upload))
		keep(&bed.request, &upload);
	request_end(&bed);
	free(type);
	return 0;
}
