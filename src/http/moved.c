#include "http/moved.h"

#include <string.h>

/* Successors that are followed: more are a circle, or nobody's intention. */
#define STEPS 16

sp_status spi_moved_find_shown(spi_request *request, sp_index *index, const char *id, sp_record *ret, sp_error *err)
{
	sp_lang langs[SP_LANG_COUNT + 2] = {request->lang, request->config->default_lang};
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		langs[lang + 2] = (sp_lang)lang;
	for (size_t i = 0; i < sizeof langs / sizeof *langs; i++) {
		sp_status status = sp_index_get(index, id, langs[i], request->arena, ret, err);
		if (status == SP_OK && spi_request_may_show(request, ret))
			return SP_OK;
		if (status != SP_OK && status != SP_ERR_NOT_FOUND)
			return status;
	}
	sp_error_clear(err);
	return SP_ERR_NOT_FOUND;
}

static bool is_over(const spi_request *request, const sp_moved *moved)
{
	return moved->retired || (moved->valid_until && request->day > moved->valid_until);
}

/* One that leads on from here, in this language, or in any. */
static bool leads_on(const spi_request *request, const char *id, sp_lang lang, bool other_langs, sp_moved *ret)
{
	const sp_reader *reader = request->worker->reader;
	int audience = request->caller.audience;
	if (sp_reader_moved(reader, audience, id, lang, ret) && is_over(request, ret))
		return true;
	return other_langs && sp_reader_moved(reader, audience, id, SP_LANG_NONE, ret) && is_over(request, ret);
}

sp_status spi_moved_look(spi_request *request, sp_index *index, const char *id, sp_lang lang, spi_moved_kind *ret_kind, sp_record *ret,
	sp_error *err)
{
	sp_moved moved;
	*ret_kind = SPI_MOVED_NOT;
	for (int step = 0; step < STEPS && leads_on(request, id, lang, step > 0, &moved); step++) {
		if (step == 0 && moved.retired)
			*ret_kind = SPI_MOVED_GONE;
		if (!*moved.replaced_by)
			return SP_OK;
		id = moved.replaced_by;
		sp_status status = spi_moved_find_shown(request, index, id, ret, err);
		if (status == SP_OK)
			*ret_kind = SPI_MOVED_ON;
		if (status != SP_ERR_NOT_FOUND)
			return status;
	}
	return SP_OK;
}

void spi_moved_redirect(spi_request *request, const char *path, const char *id, sp_lang lang)
{
	spi_reply_redirect(request, 308, sp_arena_printf(request->arena, "%s%s%s%s", path, spi_id_in_address(request, id),
		lang == SP_LANG_NONE ? "" : "?lang=", lang == SP_LANG_NONE ? "" : sp_lang_code(lang)));
}
