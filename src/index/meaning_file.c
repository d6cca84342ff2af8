/* The file model-<n>: numbers one after the other, a hash of all of them at the end. */
#include "index/meaning_model.h"

#include "base/file.h"
#include "base/hash.h"
#include "index/bytes.h"

#include <stdlib.h>

#define MODEL_MAGIC 0x4d505332u /* "2SPM" */
#define MODEL_MAX ((size_t)1024 * 1024 * 1024)

static void put(sp_buffer *out, const void *items, size_t count)
{
	sp_buffer_add(out, items, count * 4);
}

sp_status spi_model_write(const spi_meaning_model *model, const char *path, sp_error *err)
{
	sp_buffer out = SP_BUFFER_INIT;
	spi_put_u32(&out, MODEL_MAGIC);
	spi_put_u32(&out, (uint32_t)model->means.dimensions);
	spi_put_u32(&out, (uint32_t)model->rows_count);
	spi_put_u32(&out, (uint32_t)model->classes.count);
	spi_put_u32(&out, model->turns);
	spi_put_u32(&out, model->changes);
	spi_put_u64(&out, model->base);
	put(&out, model->means.numbers, SPI_MEANS_COUNT * model->means.dimensions);
	put(&out, model->phrasings, SP_LANG_COUNT);
	put(&out, model->kinds, SP_LANG_COUNT * SP_KINDS);
	put(&out, model->lengths, model->rows_count);
	put(&out, model->classes.docids, model->classes.count);
	put(&out, model->classes.biases, model->classes.count);
	spi_put_u64(&out, spi_hash64(sp_buffer_text(&out), out.len));
	sp_status status = sp_buffer_ok(&out) ? spi_file_write(path, sp_buffer_text(&out), out.len, err)
										  : sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	sp_buffer_release(&out);
	return status;
}

static sp_status corrupt(const char *path, sp_error *err)
{
	return sp_error_set(err, SP_ERR_CORRUPT, path, 0, "is damaged; the index is built again from the articles");
}

/* Memory of its own for packed numbers; NULL when there are too few, or memory is out. */
static void *take_copy(spi_bytes *in, size_t count)
{
	const unsigned char *from = spi_take(in, count * 4);
	void *copy = from ? malloc(count * 4 + 4) : NULL;
	return copy ? memcpy(copy, from, count * 4) : NULL;
}

static sp_status parse(spi_bytes *in, const char *path, spi_meaning_model *ret, sp_error *err)
{
	if (spi_take_u32(in) != MODEL_MAGIC)
		return corrupt(path, err);
	ret->means.dimensions = spi_take_u32(in);
	ret->rows_count = spi_take_u32(in);
	ret->classes.count = spi_take_u32(in);
	ret->turns = spi_take_u32(in) != 0;
	ret->changes = spi_take_u32(in);
	ret->base = spi_take_u64(in);
	ret->means.numbers = take_copy(in, SPI_MEANS_COUNT * ret->means.dimensions);
	const unsigned char *phrasings = spi_take(in, sizeof ret->phrasings);
	if (phrasings)
		memcpy(ret->phrasings, phrasings, sizeof ret->phrasings);
	const unsigned char *kinds = spi_take(in, sizeof ret->kinds);
	if (kinds)
		memcpy(ret->kinds, kinds, sizeof ret->kinds);
	ret->lengths = take_copy(in, ret->rows_count);
	ret->classes.docids = take_copy(in, ret->classes.count);
	ret->classes.biases = take_copy(in, ret->classes.count);
	if (in->bad || in->at != in->end)
		return corrupt(path, err);
	if (!ret->means.numbers || !ret->lengths || !ret->classes.docids || !ret->classes.biases)
		return sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	return SP_OK;
}

sp_status spi_model_read(const char *path, spi_meaning_model *ret, sp_error *err)
{
	const char *bytes;
	size_t len;
	uint64_t hash = 0;
	*ret = (spi_meaning_model){0};
	sp_arena *arena = sp_arena_new(0);
	if (!arena)
		return sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	sp_status status = spi_file_read(path, MODEL_MAX, arena, &bytes, &len, err);
	if (status == SP_OK && len < sizeof hash)
		status = corrupt(path, err);
	if (status == SP_OK) {
		memcpy(&hash, bytes + len - sizeof hash, sizeof hash);
		const unsigned char *from = (const unsigned char *)bytes;
		spi_bytes in = {from, from + len - sizeof hash, false};
		status = spi_hash64(bytes, len - sizeof hash) == hash ? parse(&in, path, ret, err) : corrupt(path, err);
	}
	sp_arena_free(arena);
	if (status != SP_OK)
		spi_model_release(ret);
	return status;
}
