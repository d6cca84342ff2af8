#include "index/record.h"

#include "index/bytes.h"

#define RECORD_FORMAT 2

static void put_text(sp_buffer *out, const char *text)
{
	spi_bytes_put_text(out, text ? text : "", text ? strlen(text) : 0);
}

static void put_strings(sp_buffer *out, const sp_strings *strings)
{
	spi_put_varint(out, strings->count);
	for (size_t i = 0; i < strings->count; i++)
		put_text(out, strings->items[i]);
}

/* Keys instead of numbers: they mean the same in every configuration. */
static void put_keys(sp_buffer *out, const sp_article *article, const sp_kb_config *config)
{
	put_text(out, article->category >= 0 ? config->categories[article->category].key : "");
	put_text(out, article->competence >= 0 ? config->bodies[article->competence].key : "");
	put_text(out, article->ticket_group >= 0 ? config->groups[article->ticket_group].key : "");
	spi_put_varint(out, article->ticket_fields_count);
	for (size_t i = 0; i < article->ticket_fields_count; i++)
		put_text(out, config->fields[article->ticket_fields[i]].key);
}

/* What a search needs comes first. */
static void put_view(sp_buffer *out, const sp_view *view, const sp_buffer *places)
{
	spi_bytes_put_text(out, view->plain, view->plain_len);
	spi_bytes_put_text(out, places->data, places->len);
	spi_bytes_put_text(out, view->markdown, view->markdown_len);
	spi_bytes_put_text(out, view->html, view->html_len);
	spi_bytes_put_text(out, view->speech, view->speech_len);
}

static bool has_blocks(const sp_view *view)
{
	static const char mark[] = "data-audience=";
	return view->html_len && memmem(view->html, view->html_len, mark, sizeof mark - 1);
}

void spi_record_encode(const sp_document *document, const sp_buffer *places, sp_buffer *out)
{
	const sp_article *article = document->article;
	spi_put_u8(out, RECORD_FORMAT);
	spi_put_u8(out, (unsigned)article->lang);
	spi_put_u8(out, article->type);
	spi_put_u8(out, article->ended);
	spi_put_u8(out, has_blocks(document->view));
	spi_put_u32(out, document->readable ? article->audience & document->readable : article->audience);
	spi_put_u32(out, (uint32_t)article->updated);
	spi_put_u32(out, (uint32_t)article->valid_from);
	spi_put_u32(out, (uint32_t)article->valid_until);
	spi_put_u64(out, (uint64_t)article->starts_utc_s);
	spi_put_u64(out, (uint64_t)article->ends_utc_s);
	put_text(out, article->id);
	put_text(out, article->title);
	put_text(out, article->version);
	put_text(out, article->owner);
	put_text(out, article->replaced_by);
	put_keys(out, article, document->config);
	put_strings(out, &article->questions);
	put_strings(out, &article->keywords);
	put_strings(out, &article->codes);
	put_strings(out, &document->related);
	put_strings(out, &article->source);
	put_strings(out, &article->covers.articles);
	put_strings(out, &article->covers.categories);
	put_strings(out, &article->covers.codes);
	put_text(out, article->window.from);
	spi_put_varint(out, article->window.wait_days);
	spi_put_varint(out, article->window.until_days);
	put_view(out, document->view, places);
}

typedef struct reader {
	spi_bytes in;
	sp_arena *arena;
	bool nomem;
} reader;

static const char *take_sized(reader *r, size_t *ret_len)
{
	const char *at = spi_take_text(&r->in, ret_len);
	char *copy = sp_arena_strndup(r->arena, at, *ret_len);
	r->nomem |= !copy;
	return copy;
}

static const char *take_text(reader *r)
{
	size_t len;
	return take_sized(r, &len);
}

static sp_strings take_strings(reader *r)
{
	uint64_t count = spi_take_varint(&r->in);
	if (count > (uint64_t)(r->in.end - r->in.at)) { /* each takes a byte at least */
		r->in.bad = true;
		return (sp_strings){0};
	}
	sp_strings ret = {.count = (size_t)count};
	if (!count)
		return ret;
	ret.items = sp_arena_calloc(r->arena, ret.count, sizeof *ret.items);
	if (!ret.items) {
		r->nomem = true;
		return (sp_strings){0};
	}
	for (size_t i = 0; i < ret.count; i++)
		ret.items[i] = take_text(r);
	return ret;
}

static void take_texts(reader *r, sp_record *record)
{
	record->id = take_text(r);
	record->title = take_text(r);
	record->version = take_text(r);
	record->owner = take_text(r);
	record->replaced_by = take_text(r);
	record->category = take_text(r);
	record->competence = take_text(r);
	record->ticket_group = take_text(r);
	record->ticket_fields = take_strings(r);
	record->questions = take_strings(r);
	record->keywords = take_strings(r);
	record->codes = take_strings(r);
	record->related = take_strings(r);
	record->source = take_strings(r);
	record->covers.articles = take_strings(r);
	record->covers.categories = take_strings(r);
	record->covers.codes = take_strings(r);
	record->window_from = take_text(r);
	record->window_wait_days = (uint32_t)spi_take_varint(&r->in);
	record->window_until_days = (uint32_t)spi_take_varint(&r->in);
	record->plain = take_sized(r, &record->plain_len);
}

static void take_long_texts(reader *r, sp_record *record)
{
	record->markdown = take_sized(r, &record->markdown_len);
	record->html = take_sized(r, &record->html_len);
	record->speech = take_sized(r, &record->speech_len);
}

/* All that comes before the places. */
static sp_status take_first(reader *r, sp_record *record, sp_error *err)
{
	unsigned format = spi_take_u8(&r->in);
	unsigned lang = spi_take_u8(&r->in), type = spi_take_u8(&r->in);
	if (format != RECORD_FORMAT || lang >= SP_LANG_COUNT || type >= SP_TYPE_COUNT)
		return sp_error_set(err, SP_ERR_CORRUPT, NULL, 0, "a record of the index is damaged; build the index again");
	record->lang = (sp_lang)lang;
	record->type = (sp_article_type)type;
	record->ended = spi_take_u8(&r->in) != 0;
	record->has_blocks = spi_take_u8(&r->in) != 0;
	record->audience = spi_take_u32(&r->in);
	record->updated = (sp_date)spi_take_u32(&r->in);
	record->valid_from = (sp_date)spi_take_u32(&r->in);
	record->valid_until = (sp_date)spi_take_u32(&r->in);
	record->starts_utc_s = (int64_t)spi_take_u64(&r->in);
	record->ends_utc_s = (int64_t)spi_take_u64(&r->in);
	take_texts(r, record);
	return SP_OK;
}

static sp_status judge(const reader *r, sp_error *err)
{
	if (r->nomem)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	if (r->in.bad)
		return sp_error_set(err, SP_ERR_CORRUPT, NULL, 0, "a record of the index is cut short; build the index again");
	return SP_OK;
}

sp_status spi_record_decode(const void *bytes, size_t len, sp_arena *arena, sp_record *ret, sp_error *err)
{
	const unsigned char *from = bytes;
	reader r = {.in = {from, from + len, false}, .arena = arena};
	sp_record record = {0};
	sp_status status = take_first(&r, &record, err);
	if (status != SP_OK)
		return status;
	spi_take_text(&r.in, &(size_t){0});
	take_long_texts(&r, &record);
	status = judge(&r, err);
	if (status == SP_OK)
		*ret = record;
	return status;
}

sp_status spi_record_decode_hit(const void *bytes, size_t len, sp_arena *arena, sp_record *ret, spi_bytes *ret_places, size_t *ret_kept_len,
	sp_error *err)
{
	const unsigned char *from = bytes;
	reader r = {.in = {from, from + len, false}, .arena = arena};
	sp_record record = {.markdown = "", .html = "", .speech = ""};
	sp_status status = take_first(&r, &record, err);
	if (status != SP_OK)
		return status;
	size_t places_len;
	const unsigned char *places = (const unsigned char *)spi_take_text(&r.in, &places_len);
	status = judge(&r, err);
	if (status != SP_OK)
		return status;
	*ret = record;
	*ret_places = (spi_bytes){places, places + places_len, false};
	*ret_kept_len = (size_t)(r.in.at - from);
	return SP_OK;
}
