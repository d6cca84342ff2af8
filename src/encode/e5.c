/* multilingual-e5-small in 4 bits, in the process. The engine takes its threads from OpenMP; so many as there are processors. */
#include "base/file.h"
#include "encode/e5_engine.h"
#include "encode/e5_model.h"
#include "encode/maker.h"
#include "encode/token_rows.h"

#ifdef __x86_64__
#include <cpuid.h>
#endif
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utf8proc.h>
#include <zlib.h>

#define DIMENSIONS 384
_Static_assert(TOKEN_STATE == DIMENSIONS, "rows are made of the states of this model");
/* The engine takes some 20 KB a token: 30 MB for so many bytes of text. More at once is hardly faster. */
#define BYTES_AT_ONCE 4096
#define TEXTS_AT_ONCE 32

typedef struct e5 {
	spi_e5_engine engine;
	char path[PATH_MAX];
	pthread_mutex_t lock;   /* over model: it is read when the first text comes */
	struct spi_e5_model *model;
} e5;

/* Texts of one call of the engine, as it wants them. */
typedef struct batch {
	const char *texts[TEXTS_AT_ONCE];
	size_t rows[TEXTS_AT_ONCE]; /* where their vectors go */
	size_t count, bytes;
	sp_encode_role role;
	sp_token_rows *tokens; /* of all that were asked for; NULL = not wanted */
} batch;

/* OpenMP's threads would turn in circles for a long time while they wait for each other, and take the processors from those who
   answer (measured: 30 times as slow beside another busy process). After some turns they are to sleep; to sleep at once costs
   twice the time. It is read from the environment before main() begins, and nowhere else. */
__attribute__((constructor(101))) static void let_threads_sleep(void)
{
	setenv("GOMP_SPINCOUNT", "1000", 0);
}

static bool is_meant(const char *name)
{
	return strcmp(name, "e5") == 0;
}

#ifdef __x86_64__
/* Not every compiler's __builtin_cpu_supports() knows it. */
static bool has_f16c(void)
{
	unsigned a, b, c, d;
	return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C);
}
#endif

static spi_e5_engine choose_engine(void)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
		return SPI_E5_ENGINE(vnni);
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && has_f16c())
		return SPI_E5_ENGINE(avx2);
#endif
	return SPI_E5_ENGINE(plain);
}

/* Beside the program as it was built, or where make install puts it. */
static bool find_installed(char path[PATH_MAX])
{
	static const char *const places[] = {"e5/" SPI_E5_MODEL_FILE, "../share/sportello/" SPI_E5_MODEL_FILE,
		"../e5/" SPI_E5_MODEL_FILE};
	char program[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);
	if (len <= 0)
		return false;
	program[len] = '\0';
	*(strrchr(program, '/') + 1) = '\0';
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (snprintf(path, PATH_MAX, "%s%s", program, places[i]) < PATH_MAX && spi_exists(path))
			return true;
	return false;
}

/* Not what is in it: that is looked at when it is read. */
static sp_status find_model(const sp_encoder_settings *settings, char path[PATH_MAX], sp_error *err)
{
	struct stat status;
	if (!settings->model && !find_installed(path))
		return sp_error_set(err, SP_ERR_NOT_FOUND, "--encoder", 0,
			"the model of the sentence encoder (%s) is not beside the program; install it, name it with --encoder-model or use --encoder none",
			SPI_E5_MODEL_FILE);
	if (settings->model && snprintf(path, PATH_MAX, "%s", settings->model) >= PATH_MAX)
		return sp_error_set(err, SP_ERR_USAGE, "--encoder-model", 0, "this path is too long");
	if (stat(path, &status) != 0)
		return sp_error_errno(err, errno, path, "cannot open the sentence encoder's model");
	if (!S_ISREG(status.st_mode) || status.st_size != SPI_E5_MODEL_SIZE)
		return sp_error_set(err, SP_ERR_CORRUPT, path, 0,
			"this is not the sentence encoder's model (%s, %ld bytes); install it again or use --encoder none", SPI_E5_MODEL_FILE,
			(long)SPI_E5_MODEL_SIZE);
	return SP_OK;
}

static sp_status open_e5(const sp_encoder_settings *settings, void **ret_state, sp_error *err)
{
	e5 *state = calloc(1, sizeof *state);
	if (!state)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	sp_status status = find_model(settings, state->path, err);
	if (status != SP_OK) {
		free(state);
		return status;
	}
	state->engine = choose_engine();
	pthread_mutex_init(&state->lock, NULL);
	*ret_state = state;
	return SP_OK;
}

static void close_e5(void *of)
{
	e5 *state = of;
	if (state->model)
		state->engine.close(state->model);
	pthread_mutex_destroy(&state->lock);
	free(state);
}

/* The engine believes every number of the file, so none may be wrong. */
static sp_status verify(const char *path, sp_error *err)
{
	unsigned char part[1 << 16];
	uLong sum = crc32(0, NULL, 0);
	FILE *file = fopen(path, "rb");
	if (!file)
		return sp_error_errno(err, errno, path, "cannot open the sentence encoder's model");
	for (size_t n; (n = fread(part, 1, sizeof part, file)) > 0;)
		sum = crc32(sum, part, (uInt)n);
	bool failed = ferror(file) != 0;
	fclose(file);
	if (failed)
		return sp_error_set(err, SP_ERR_IO, path, 0, "cannot read the sentence encoder's model");
	if (sum != SPI_E5_MODEL_CRC32)
		return sp_error_set(err, SP_ERR_CORRUPT, path, 0, "the sentence encoder's model is damaged; install it again or use --encoder none");
	return SP_OK;
}

static sp_status load_now(e5 *state, sp_error *err)
{
	sp_status status = verify(state->path, err);
	if (status != SP_OK)
		return status;
	struct spi_e5_model *model = state->engine.open(state->path);
	if (!model)
		return sp_error_set(err, SP_ERR_NOMEM, state->path, 0, "cannot load the sentence encoder's model: out of memory");
	if (state->engine.dimensions(model) != DIMENSIONS) {
		state->engine.close(model);
		return sp_error_set(err, SP_ERR_CORRUPT, state->path, 0, "the sentence encoder's model makes vectors of another length");
	}
	state->model = model;
	return SP_OK;
}

static sp_status load(e5 *state, sp_error *err)
{
	pthread_mutex_lock(&state->lock);
	sp_status status = state->model ? SP_OK : load_now(state, err);
	pthread_mutex_unlock(&state->lock);
	return status;
}

static const char *name_of(const void *state)
{
	(void)state;
	return "e5 " SPI_E5_MODEL_NAME;
}

static size_t dimensions(const void *state)
{
	(void)state;
	return DIMENSIONS;
}

static size_t token_bytes(const void *state)
{
	(void)state;
	return TOKEN_BYTES;
}

/* In compatibility composition (NFKC), which the model was trained on; the engine's own counts on no character becoming
   more than four times its bytes, and U+FDFA becomes eighteen. Free with free(). */
static char *prepared(const char *text, size_t len)
{
	utf8proc_uint8_t *out = NULL;
	len = spi_encode_cut(text, len);
	len = strnlen(text, len);
	if (utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len, &out,
		UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT) < 0) {
		free(out);
		return strdup("");
	}
	return (char *)out;
}

static void take_tokens(void *arg, int text, const float *states, int count)
{
	const batch *b = arg;
	sp_token_rows *to = &b->tokens[b->rows[text]];
	to->count = (size_t)count;
	spi_token_rows(b->role, states, to->count, to->rows);
}

static int call_engine(e5 *state, batch *b, float *ret_vectors)
{
	int count = (int)b->count, is_query = b->role == SP_ENCODE_QUESTION;
	return state->engine.encode(state->model, b->texts, count, is_query, ret_vectors, SP_ENCODE_TOKENS_MAX, b->tokens ? take_tokens : NULL, b);
}

static sp_status run(e5 *state, batch *b, float *ret_vectors, sp_error *err)
{
	float vectors[TEXTS_AT_ONCE * DIMENSIONS];
	sp_status status = SP_OK;
	if (b->count && call_engine(state, b, vectors) != 0)
		status = sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "the sentence encoder ran out of memory");
	for (size_t i = 0; i < b->count; i++) {
		if (status == SP_OK)
			memcpy(ret_vectors + b->rows[i] * DIMENSIONS, vectors + i * DIMENSIONS, DIMENSIONS * sizeof *vectors);
		free((void *)b->texts[i]);
	}
	b->count = b->bytes = 0;
	return status;
}

static sp_status encode(void *of, sp_encode_role role, const char *const *texts, const size_t *lens, size_t count,
	float *ret_vectors, sp_token_rows *ret_tokens, sp_error *err)
{
	e5 *state = of;
	batch b = {.role = role, .tokens = ret_tokens};
	sp_status status = load(state, err);
	for (size_t i = 0; i < count && status == SP_OK; i++) {
		char *text = prepared(texts[i], lens[i]);
		if (!text)
			status = sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
		else if (!*text) {
			memset(ret_vectors + i * DIMENSIONS, 0, DIMENSIONS * sizeof *ret_vectors);
			if (ret_tokens)
				ret_tokens[i].count = 0;
			free(text);
		} else {
			b.bytes += strlen(text);
			b.rows[b.count] = i;
			b.texts[b.count++] = text;
		}
		if (b.count == TEXTS_AT_ONCE || b.bytes >= BYTES_AT_ONCE)
			status = run(state, &b, ret_vectors, err);
	}
	if (status == SP_OK)
		return run(state, &b, ret_vectors, err);
	for (size_t i = 0; i < b.count; i++)
		free((void *)b.texts[i]);
	return status;
}

const spi_maker spi_maker_e5 = {is_meant, open_e5, close_e5, name_of, dimensions, encode, token_bytes, NULL};
