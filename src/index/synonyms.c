#include "index/synonyms.h"

#include "index/bytes.h"
#include "index/card.h"
#include "index/termset.h"

static sp_status put_synonym(sp_analyser *analyser, const char *text, sp_lang lang, sp_arena *arena, sp_buffer *out)
{
	sp_tokens tokens = {0};
	size_t count = 0;
	sp_status status = sp_analyse(analyser, text, strlen(text), lang, arena, &tokens);
	if (status != SP_OK)
		return status;
	for (size_t i = 0; i < tokens.count; i++)
		count += spi_token_counts(&tokens.items[i]) && !tokens.items[i].is_function_word;
	if (count > SPI_SYNONYM_WORDS)
		count = 0;
	spi_put_varint(out, count);
	for (size_t i = 0; count && i < tokens.count; i++)
		if (spi_token_counts(&tokens.items[i]) && !tokens.items[i].is_function_word)
			spi_bytes_put_text(out, tokens.items[i].term, tokens.items[i].term_len);
	return SP_OK;
}

sp_status spi_synonyms_write(
	sp_analyser *analyser, const sp_kb_config *config, sp_arena *arena, sp_buffer *out, sp_error *err)
{
	spi_put_varint(out, config->synonyms_count);
	for (size_t i = 0; i < config->synonyms_count; i++) {
		const sp_synonyms *group = &config->synonyms[i];
		spi_put_u8(out, (unsigned)group->lang);
		spi_put_varint(out, group->count);
		for (size_t j = 0; j < group->count; j++) {
			sp_status status = put_synonym(analyser, group->words[j], group->lang, arena, out);
			if (status != SP_OK)
				return sp_error_set(err, status, "kb.yaml", 0, "a synonym cannot be taken apart into words");
		}
	}
	return sp_buffer_ok(out) ? SP_OK : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

static bool take_synonym(spi_bytes *in, sp_arena *arena, spi_synonym *ret)
{
	uint64_t count = spi_take_varint(in);
	*ret = (spi_synonym){0};
	if (count > SPI_SYNONYM_WORDS)
		in->bad = true;
	for (size_t i = 0; !in->bad && i < count; i++) {
		size_t len;
		const char *text = spi_take_text(in, &len);
		char *copy = sp_arena_strndup(arena, text, len);
		if (!copy)
			return false;
		ret->stems[ret->count].text = copy;
		ret->stems[ret->count].len = len;
		ret->stems[ret->count++].hash = spi_term_hash(copy, len);
	}
	return true;
}

/* Items of at least one byte each: no more of them than bytes are left. */
static void *take_items(spi_bytes *in, sp_arena *arena, size_t size, size_t *ret_count)
{
	uint64_t count = spi_take_varint(in);
	if (count > (uint64_t)(in->end - in->at)) {
		in->bad = true;
		count = 0;
	}
	*ret_count = (size_t)count;
	return sp_arena_calloc(arena, *ret_count + 1, size);
}

static bool take_group(spi_bytes *in, sp_arena *arena, spi_synonym_group *ret)
{
	ret->lang = (sp_lang)spi_take_u8(in);
	ret->items = take_items(in, arena, sizeof *ret->items, &ret->count);
	if (!ret->items)
		return false;
	for (size_t i = 0; i < ret->count; i++)
		if (!take_synonym(in, arena, &ret->items[i]))
			return false;
	return true;
}

sp_status spi_synonyms_read(const void *bytes, size_t len, sp_arena *arena, spi_synonym_groups *ret, sp_error *err)
{
	const unsigned char *from = bytes;
	spi_bytes in = {from, from + len, false};
	spi_synonym_groups groups = {0};
	if (len == 0) {
		*ret = groups;
		return SP_OK;
	}
	groups.items = take_items(&in, arena, sizeof *groups.items, &groups.count);
	bool ok = groups.items != NULL;
	for (size_t i = 0; ok && i < groups.count; i++)
		ok = take_group(&in, arena, &groups.items[i]);
	if (!ok)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	if (in.bad)
		return sp_error_set(
			err, SP_ERR_CORRUPT, NULL, 0, "the synonyms of the index are damaged; build the index again");
	*ret = groups;
	return SP_OK;
}

static void put_group(const spi_synonym_group *group, sp_buffer *out)
{
	spi_put_u8(out, (unsigned)group->lang);
	spi_put_varint(out, group->count);
	for (size_t i = 0; i < group->count; i++) {
		const spi_synonym *synonym = &group->items[i];
		spi_put_varint(out, synonym->count);
		for (size_t k = 0; k < synonym->count; k++)
			spi_bytes_put_text(out, synonym->stems[k].text, synonym->stems[k].len);
	}
}

void spi_synonyms_put(
	const spi_synonym_groups *groups, bool (*wanted)(const spi_synonym_group *group, void *arg), void *arg, sp_buffer *out)
{
	size_t count = 0;
	for (size_t i = 0; i < groups->count; i++)
		count += wanted(&groups->items[i], arg);
	spi_put_varint(out, count);
	for (size_t i = 0; i < groups->count; i++)
		if (wanted(&groups->items[i], arg))
			put_group(&groups->items[i], out);
}
