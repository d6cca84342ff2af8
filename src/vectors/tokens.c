/* The file of the tokens of one index's passages: head, passages, rows; and the comparison with a question's. */
#include "sportello/vectors.h"

#include "vectors/kernels.h"
#include "vectors/mapped.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC "SPTOKROW"
#define FORMAT 1
/* An owner's row is of this length, and a question's is no longer: their product is this squared for the same word. */
#define LENGTH 127

/* Where things stand in the file, from its start. */
typedef struct layout {
	size_t rows, size;
} layout;

struct sp_token_file {
	spi_mapped mapped;
	size_t count, row_bytes;
	const sp_token_passage *passages;
	const int8_t *rows;
	uint64_t *starts; /* row of each passage's first, and of the end */
	const spi_token_kernel *kernel;
};

static bool lay_out(uint64_t passages, uint64_t rows, uint64_t row_bytes, layout *ret)
{
	if (row_bytes == 0 || row_bytes > SP_TOKEN_BYTES_MAX || passages > UINT32_MAX || rows > UINT32_MAX)
		return false;
	ret->rows = spi_mapped_aligned(sizeof(spi_mapped_head) + passages * sizeof(sp_token_passage));
	ret->size = spi_mapped_aligned(ret->rows + rows * row_bytes + SPI_TOKEN_STEP); /* kernels read past the end */
	return true;
}

/* ---- writing ---- */

sp_status sp_token_file_write(const char *path, const sp_token_passage *passages, size_t passages_count, const signed char *rows,
	size_t row_bytes, sp_error *err)
{
	layout at;
	uint64_t rows_count = 0;
	for (size_t i = 0; i < passages_count; i++) {
		rows_count += passages[i].count;
		if (i > 0 && passages[i].owner < passages[i - 1].owner)
			return sp_error_set(err, SP_ERR_INVALID, path, 0, "passage %zu is of article %u, after one of article %u", i,
				passages[i].owner, passages[i - 1].owner);
	}
	if (!lay_out(passages_count, rows_count, row_bytes, &at))
		return sp_error_set(err, SP_ERR_TOO_LARGE, path, 0, "%llu tokens of %zu bytes, of %zu passages; at most %u of 1 to %d are kept",
			(unsigned long long)rows_count, row_bytes, passages_count, UINT32_MAX, SP_TOKEN_BYTES_MAX);
	char *file = calloc(1, at.size); /* what is between the parts is zero */
	if (!file)
		return sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	*(spi_mapped_head *)file =
		(spi_mapped_head){.format = FORMAT, .width = (uint32_t)row_bytes, .count = passages_count, .rows = rows_count};
	if (passages_count > 0)
		memcpy(file + sizeof(spi_mapped_head), passages, passages_count * sizeof *passages);
	if (rows_count > 0)
		memcpy(file + at.rows, rows, rows_count * row_bytes);
	sp_status status = spi_mapped_write(path, MAGIC, file, at.size, err);
	free(file);
	return status;
}

/* ---- reading ---- */

/* Where each passage begins; false when they are not as they were written. */
static bool find_starts(sp_token_file *tokens, uint64_t rows)
{
	for (size_t i = 0; i < tokens->count; i++) {
		tokens->starts[i + 1] = tokens->starts[i] + tokens->passages[i].count;
		if (i > 0 && tokens->passages[i].owner < tokens->passages[i - 1].owner)
			return false;
	}
	return tokens->starts[tokens->count] == rows;
}

static sp_status look_at(const char *path, sp_token_file *tokens, sp_error *err)
{
	const spi_mapped_head *head = tokens->mapped.head;
	layout at;
	if (!lay_out(head->count, head->rows, head->width, &at) || at.size != tokens->mapped.size)
		return spi_mapped_damaged(path, "is damaged", err);
	tokens->count = head->count;
	tokens->row_bytes = head->width;
	tokens->passages = spi_mapped_at(&tokens->mapped, sizeof *head);
	tokens->rows = spi_mapped_at(&tokens->mapped, at.rows);
	tokens->kernel = spi_token_kernel_choose();
	tokens->starts = calloc(tokens->count + 1, sizeof *tokens->starts);
	if (!tokens->starts)
		return sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	return find_starts(tokens, head->rows) ? SP_OK : spi_mapped_damaged(path, "is damaged", err);
}

sp_status sp_token_file_open(const char *path, sp_token_file **ret, sp_error *err)
{
	sp_token_file *tokens = calloc(1, sizeof *tokens);
	if (!tokens)
		return sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	sp_status status = spi_mapped_open(path, MAGIC, FORMAT, &tokens->mapped, err);
	if (status == SP_OK)
		status = look_at(path, tokens, err);
	if (status == SP_OK)
		*ret = tokens;
	else
		sp_token_file_close(tokens);
	return status;
}

void sp_token_file_close(sp_token_file *tokens)
{
	if (!tokens)
		return;
	spi_mapped_close(&tokens->mapped);
	free(tokens->starts);
	free(tokens);
}

size_t sp_token_file_row_bytes(const sp_token_file *tokens)
{
	return tokens->row_bytes;
}

const sp_token_passage *sp_token_file_passages(const sp_token_file *tokens, size_t *ret_count, const signed char **ret_rows)
{
	*ret_count = tokens->count;
	*ret_rows = tokens->rows;
	return tokens->passages;
}

/* ---- comparing ---- */

struct sp_token_question {
	size_t count, row_bytes;
	double length; /* of all rows, added up */
	/* The rows, and the last again until they are a multiple of SPI_QUESTIONS_AT_ONCE. */
	const int8_t *rows[SP_ENCODE_TOKENS_MAX];
	int8_t *room;
	size_t room_bytes;
	int8_t *fours; /* the same, for kernels that want them so */
	size_t fours_room;
};
_Static_assert(SP_ENCODE_TOKENS_MAX % SPI_QUESTIONS_AT_ONCE == 0, "the last rows are whole");

sp_token_question *sp_token_question_new(void)
{
	return calloc(1, sizeof(sp_token_question));
}

void sp_token_question_free(sp_token_question *question)
{
	if (!question)
		return;
	free(question->room);
	free(question->fours);
	free(question);
}

static bool make_room(sp_token_question *q, size_t bytes)
{
	if (bytes <= q->room_bytes)
		return true;
	int8_t *room = realloc(q->room, bytes);
	if (!room)
		return false;
	q->room = room;
	q->room_bytes = bytes;
	return true;
}

static bool lay_by_fours(sp_token_question *q, const signed char *rows, size_t count)
{
	size_t bytes = (count + SPI_FOUR - 1) / SPI_FOUR * spi_four_bytes(q->row_bytes);
	if (count == 0) /* there may be no room yet */
		return true;
	if (bytes > q->fours_room) {
		free(q->fours);
		q->fours = aligned_alloc(SPI_FOUR_BYTES, bytes);
		q->fours_room = q->fours ? bytes : 0;
	}
	if (!q->fours)
		return false;
	spi_lay_fours(rows, count, q->row_bytes, q->fours);
	return true;
}

static double length_of(const int8_t *row, size_t n)
{
	int32_t squares = 0;
	for (size_t i = 0; i < n; i++)
		squares += row[i] * row[i];
	return sqrt(squares);
}

sp_status sp_token_question_set(sp_token_question *q, const signed char *rows, size_t count, size_t row_bytes, sp_error *err)
{
	size_t stride = (row_bytes + SPI_TOKEN_STEP - 1) / SPI_TOKEN_STEP * SPI_TOKEN_STEP;
	q->count = 0;
	q->length = 0;
	q->row_bytes = row_bytes;
	count = count < SP_ENCODE_TOKENS_MAX ? count : SP_ENCODE_TOKENS_MAX;
	if (!make_room(q, count * stride) || (spi_token_kernel_choose()->max_fours && !lay_by_fours(q, rows, count)))
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	for (size_t i = 0; i < count; i++) {
		int8_t *row = q->room + i * stride;
		memcpy(row, rows + i * row_bytes, row_bytes);
		memset(row + row_bytes, 0, stride - row_bytes);
		q->rows[i] = row;
		q->length += length_of(row, row_bytes);
	}
	q->count = count;
	for (size_t i = count; i % SPI_QUESTIONS_AT_ONCE != 0; i++)
		q->rows[i] = q->rows[count - 1];
	return SP_OK;
}

/* The first passage of the owner, or of the next one. */
static size_t first_of(const sp_token_file *tokens, uint32_t owner)
{
	size_t from = 0, to = tokens->count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (tokens->passages[middle].owner < owner)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* Of each of the question's rows from this one on, as many as are compared at once, the largest product with a passage's. Gives how many. */
static size_t compare_some(const sp_token_file *tokens, size_t passage, const sp_token_question *q, size_t from, int32_t *ret)
{
	const int8_t *rows = tokens->rows + tokens->starts[passage] * tokens->row_bytes;
	size_t count = tokens->passages[passage].count, fours = (q->count - from + SPI_FOUR - 1) / SPI_FOUR;
	if (!tokens->kernel->max_fours) {
		tokens->kernel->max_dot(rows, tokens->row_bytes, count, q->rows + from, ret);
		return SPI_QUESTIONS_AT_ONCE;
	}
	fours = fours < SPI_FOURS_AT_ONCE ? fours : SPI_FOURS_AT_ONCE;
	tokens->kernel->max_fours(rows, tokens->row_bytes, count, q->fours + from / SPI_FOUR * spi_four_bytes(q->row_bytes), fours, ret);
	return fours * SPI_FOUR;
}

/* Raises what is the largest of all. Gives the sum of the passage's. */
static int64_t compare_passage(const sp_token_file *tokens, size_t passage, const sp_token_question *q, int32_t all[SP_ENCODE_TOKENS_MAX])
{
	int64_t sum = 0;
	for (size_t i = 0, some; i < q->count; i += some) {
		int32_t best[SPI_FOURS_AT_ONCE * SPI_FOUR];
		some = compare_some(tokens, passage, q, i, best);
		for (size_t k = 0; k < some && i + k < q->count; k++) {
			sum += best[k];
			all[i + k] = best[k] > all[i + k] ? best[k] : all[i + k];
		}
	}
	return sum;
}

bool sp_token_file_compare(const sp_token_file *tokens, uint32_t owner, const sp_token_question *q, float *ret_best, float *ret_all)
{
	size_t passage = first_of(tokens, owner), first = passage;
	size_t count = q->row_bytes == tokens->row_bytes ? q->count : 0;
	int32_t all[SP_ENCODE_TOKENS_MAX];
	int64_t best = INT64_MIN, sum = 0;
	*ret_best = *ret_all = 0;
	for (size_t i = 0; i < SP_ENCODE_TOKENS_MAX; i++)
		all[i] = INT32_MIN;
	for (; passage < tokens->count && tokens->passages[passage].owner == owner; passage++) {
		if (tokens->passages[passage].count == 0 || count == 0)
			continue;
		int64_t of_passage = compare_passage(tokens, passage, q, all);
		best = of_passage > best ? of_passage : best;
	}
	for (size_t i = 0; i < count; i++)
		sum += all[i];
	if (best > INT64_MIN && q->length > 0) {
		*ret_best = (float)((double)best / (LENGTH * q->length));
		*ret_all = (float)((double)sum / (LENGTH * q->length));
	}
	return passage > first;
}
