#include "cmd/check_asked.h"

#include "base/file.h"
#include "cmd/cmd.h"
#include "sportello/editor.h"

/* Vectors that were made before; NULL when there are none, or somebody writes them now. */
static void open_vectors(const char *cache, sp_arena *arena, sp_encoder **ret_encoder, sp_vector_store **ret)
{
	const sp_encoder_settings settings = {.name = "e5"};
	const char *folder = sp_arena_printf(arena, "%s/vectors", cache);
	*ret_encoder = NULL;
	*ret = NULL;
	if (!folder || !sp_encoder_has_e5() || !spi_exists(folder) || sp_encoder_new(&settings, ret_encoder, NULL) != SP_OK)
		return;
	if (sp_vector_store_open(folder, *ret_encoder, ret, NULL, NULL) != SP_OK)
		*ret = NULL;
}

sp_status spi_check_asked(const char *kb, size_t articles, bool asked, bool (*wants)(const char *path, void *arg), void *arg,
	sp_findings *findings, sp_error *err)
{
	if (!asked && !wants && articles > SPI_CHECK_ASKED_ARTICLES)
		return SP_OK;
	sp_check_asked options = {.kb_dir = kb, .wants = wants, .arg = arg};
	sp_arena *arena = sp_arena_new(0);
	sp_encoder *encoder = NULL;
	const char *cache;
	sp_error why = {0};
	sp_status status = arena ? spi_cache_folder(kb, arena, &cache, &why) : SP_ERR_NOMEM;
	if (status == SP_OK && (options.data_dir = sp_arena_printf(arena, "%s/words", cache))) {
		open_vectors(cache, arena, &encoder, &options.vectors);
		status = sp_check_asked_add(&options, findings, &why);
	}
	sp_vector_store_close(options.vectors);
	sp_encoder_free(encoder);
	sp_arena_free(arena);
	if (status == SP_OK || !asked)
		return SP_OK;
	sp_error_copy(err, &why);
	return status;
}
