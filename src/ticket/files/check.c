/* What a file is: by its first bytes, then by all of them. */
#include "sportello/attachment.h"

#include "ticket/files/files.h"

static const struct {
	const char *type;
	spi_file_check *check;
	size_t at;          /* where its mark stands */
	const char *mark;
	size_t mark_len, least;
} kinds[SP_ATTACHMENT_COUNT] = {
	[SP_ATTACHMENT_JPEG] = {"image/jpeg", spi_file_jpeg, 0, "\xff\xd8\xff", 3, 4},
	[SP_ATTACHMENT_PNG] = {"image/png", spi_file_png, 0, "\x89PNG\r\n\x1a\n", 8, 8},
	[SP_ATTACHMENT_WEBP] = {"image/webp", spi_file_webp, 8, "WEBP", 4, 20},
	[SP_ATTACHMENT_GIF] = {"image/gif", spi_file_gif, 0, "GIF8", 4, 6},
	[SP_ATTACHMENT_PDF] = {"application/pdf", spi_file_pdf, 0, "%PDF-", 5, 9},
};

const char *sp_attachment_type(sp_attachment_kind kind)
{
	return kinds[kind].type;
}

const char *sp_attachment_types(void)
{
	return "image/jpeg,image/png,image/webp,image/gif,application/pdf";
}

static bool has_mark(int kind, spi_bytes in)
{
	if (in.len < kinds[kind].least || memcmp(in.at + kinds[kind].at, kinds[kind].mark, kinds[kind].mark_len) != 0)
		return false;
	if (kind == SP_ATTACHMENT_WEBP)
		return memcmp(in.at, "RIFF", 4) == 0;
	return kind != SP_ATTACHMENT_GIF || memcmp(in.at + 4, "7a", 2) == 0 || memcmp(in.at + 4, "9a", 2) == 0;
}

sp_status sp_attachment_check(const void *data, size_t len, sp_attachment_kind *ret, sp_buffer *ret_clean, const char **ret_message_key)
{
	spi_bytes in = {data, len};
	int kind = 0;
	while (kind < SP_ATTACHMENT_COUNT && !has_mark(kind, in))
		kind++;
	const char *wrong = len == 0 ? "attachment.empty" : kind == SP_ATTACHMENT_COUNT ? SPI_FILE_KIND : kinds[kind].check(in, ret_clean);
	if (wrong) {
		*ret_message_key = wrong;
		return SP_ERR_INVALID;
	}
	*ret = (sp_attachment_kind)kind;
	return sp_buffer_ok(ret_clean) ? SP_OK : SP_ERR_NOMEM;
}
