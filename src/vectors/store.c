/* Vectors that are made once: what is missing is encoded in batches, of texts of like length, and kept. */
#include "sportello/vectors.h"

#include "base/file.h"
#include "base/hash.h"
#include "vectors/made.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct sp_vector_store {
	sp_encoder *encoder;
	int lock_fd;
	spi_made made;
};

static sp_status no_memory(const sp_vector_store *store, sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, store->made.path, 0, "out of memory");
}

/* ---- opening ---- */

/* Only who runs the program may look at what its texts mean. */
static sp_status make_folder(const char *folder, sp_error *err)
{
	if (spi_exists(folder))
		return SP_OK;
	sp_status status = spi_mkdirs(folder, err);
	if (status == SP_OK && chmod(folder, 0700) != 0)
		status = sp_error_errno(err, errno, folder, "close to others");
	return status;
}

/* Encoders have long names, with characters that no file name may have. */
static bool name_file(const char *folder, const sp_encoder *encoder, const char *ending, char ret[PATH_MAX])
{
	char hex[65];
	const char *name = sp_encoder_name(encoder);
	spi_sha256_hex(name, strlen(name), hex);
	return snprintf(ret, PATH_MAX, "%s/%.32s%s", folder, hex, ending) < PATH_MAX;
}

static sp_status lock(const char *folder, const char *path, int *ret_fd, sp_error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return sp_error_errno(err, errno, path, "open");
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		*ret_fd = fd;
		return SP_OK;
	}
	int problem = errno;
	close(fd);
	return problem == EWOULDBLOCK ? sp_error_set(err, SP_ERR_BUSY, folder, 0,
										"another process makes sentence vectors there; try again when it is done")
								  : sp_error_errno(err, problem, path, "lock");
}

static sp_status kind_of(const sp_encoder *encoder, spi_made_kind *ret, sp_error *err)
{
	*ret = (spi_made_kind){sp_encoder_name(encoder), sp_encoder_dimensions(encoder), sp_encoder_token_bytes(encoder)};
	if (ret->dimensions == 0 || ret->dimensions > SP_VECTORS_DIMENSIONS_MAX)
		return sp_error_set(err, SP_ERR_UNSUPPORTED, ret->encoder, 0, "makes vectors of %zu numbers; 1 to %d can be kept",
			ret->dimensions, SP_VECTORS_DIMENSIONS_MAX);
	if (ret->token_bytes > SP_TOKEN_BYTES_MAX)
		return sp_error_set(err, SP_ERR_UNSUPPORTED, ret->encoder, 0, "makes rows of %zu bytes of a token; at most %d can be kept",
			ret->token_bytes, SP_TOKEN_BYTES_MAX);
	return SP_OK;
}

sp_status sp_vector_store_open(const char *folder, sp_encoder *encoder, sp_vector_store **ret,
	sp_vector_store_found *ret_found, sp_error *err)
{
	char path[PATH_MAX], lock_path[PATH_MAX];
	sp_vector_store_found found = SP_STORE_GOOD;
	spi_made_kind kind;
	sp_status status = kind_of(encoder, &kind, err);
	if (status != SP_OK)
		return status;
	if (!name_file(folder, encoder, ".made", path) || !name_file(folder, encoder, ".lock", lock_path))
		return sp_error_set(err, SP_ERR_INVALID, folder, 0, "the path is too long");
	sp_vector_store *store = calloc(1, sizeof *store);
	if (!store)
		return sp_error_set(err, SP_ERR_NOMEM, folder, 0, "out of memory");
	*store = (sp_vector_store){.encoder = encoder, .lock_fd = -1, .made = {.fd = -1}};
	status = make_folder(folder, err);
	if (status == SP_OK)
		status = lock(folder, lock_path, &store->lock_fd, err);
	if (status == SP_OK)
		status = spi_made_open(&store->made, path, &kind, &found, err);
	if (ret_found)
		*ret_found = found;
	if (status == SP_OK)
		*ret = store;
	else
		sp_vector_store_close(store);
	return status;
}

void sp_vector_store_close(sp_vector_store *store)
{
	if (!store)
		return;
	spi_made_close(&store->made);
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	free(store);
}

sp_encoder *sp_vector_store_encoder(const sp_vector_store *store)
{
	return store->encoder;
}

size_t sp_vector_store_count(const sp_vector_store *store)
{
	return store->made.count;
}

/* ---- getting ---- */

static spi_made_key key_of(sp_encode_role role, const char *text, size_t len)
{
	spi_sha256 sha;
	unsigned char digest[32], first = (unsigned char)role;
	spi_made_key key;
	spi_sha256_init(&sha);
	spi_sha256_add(&sha, &first, sizeof first);
	spi_sha256_add(&sha, text, len);
	spi_sha256_end(&sha, digest);
	memcpy(&key, digest, sizeof key);
	return key;
}

/* A text that is not there yet. */
typedef struct missing {
	spi_made_key key;
	size_t text, len;
} missing;

/* One call. */
typedef struct getting {
	sp_vector_store *store;
	sp_encode_role role;
	const char *const *texts;
	spi_made_key *keys; /* of all texts */
	missing *missing;
	size_t missing_count;
	/* Of one batch. */
	float *vectors;
	sp_token_rows *tokens; /* NULL: none are made */
	signed char *token_room;
	sp_error *err;
} getting;

/* The longest first: what is left to do is then never more than it looks. The same texts stand together. */
static int by_length(const void *a, const void *b)
{
	const missing *x = a, *y = b;
	if (x->len != y->len)
		return x->len < y->len ? 1 : -1;
	int order = memcmp(&x->key, &y->key, sizeof x->key);
	return order ? order : (x->text > y->text) - (x->text < y->text);
}

static void find_missing(getting *g, const size_t *lens, size_t count)
{
	size_t n = 0, kept = 0;
	for (size_t i = 0; i < count; i++) {
		g->keys[i] = key_of(g->role, g->texts[i], lens[i]);
		if (spi_made_find(&g->store->made, &g->keys[i]) == SPI_MADE_NONE)
			g->missing[n++] = (missing){g->keys[i], i, lens[i]};
	}
	if (n > 0)
		qsort(g->missing, n, sizeof *g->missing, by_length);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || memcmp(&g->missing[kept - 1].key, &g->missing[i].key, sizeof g->missing[i].key) != 0)
			g->missing[kept++] = g->missing[i];
	g->missing_count = kept;
}

static sp_status make_batch(getting *g, const missing *first, size_t count)
{
	const char *texts[SPI_MADE_AT_ONCE];
	size_t lens[SPI_MADE_AT_ONCE];
	spi_made_key keys[SPI_MADE_AT_ONCE];
	for (size_t i = 0; i < count; i++) {
		texts[i] = g->texts[first[i].text];
		lens[i] = first[i].len;
		keys[i] = first[i].key;
	}
	sp_status status = sp_encoder_encode(g->store->encoder, g->role, texts, lens, count, g->vectors, g->tokens, g->err);
	return status == SP_OK ? spi_made_append(&g->store->made, keys, g->vectors, g->tokens, count, g->err) : status;
}

static sp_status make_missing(getting *g, sp_vectors_progress *progress, void *arg)
{
	sp_status status = SP_OK;
	size_t n;
	for (size_t done = 0; status == SP_OK && done < g->missing_count; done += n) {
		n = g->missing_count - done < SPI_MADE_AT_ONCE ? g->missing_count - done : SPI_MADE_AT_ONCE;
		status = make_batch(g, g->missing + done, n);
		if (status == SP_OK && progress)
			progress(arg, done + n, g->missing_count);
	}
	return status;
}

/* The table with its starts; rows are still to be read. All records are there. */
static bool begin_table(const getting *g, size_t count, sp_token_table *ret)
{
	const spi_made *made = &g->store->made;
	ret->count = count;
	ret->starts = calloc(count + 1, sizeof *ret->starts);
	for (size_t i = 0; ret->starts && i < count; i++)
		ret->starts[i + 1] = ret->starts[i] + made->entries[spi_made_find(made, &g->keys[i])].tokens;
	ret->rows = ret->starts ? malloc(ret->starts[count] * made->kind.token_bytes + 1) : NULL;
	return ret->rows != NULL;
}

/* From the file, those made just now too: so they are the same each time. */
static sp_status read_all(getting *g, size_t count, float *ret_vectors, sp_token_table *ret_tokens)
{
	spi_made *made = &g->store->made;
	sp_status status = SP_OK;
	if (ret_tokens && !begin_table(g, count, ret_tokens))
		return no_memory(g->store, g->err);
	for (size_t i = 0; status == SP_OK && i < count; i++) {
		size_t record = spi_made_find(made, &g->keys[i]);
		signed char *rows = ret_tokens ? ret_tokens->rows + ret_tokens->starts[i] * made->kind.token_bytes : NULL;
		spi_made_use(made, record);
		status = spi_made_read(made, record, ret_vectors + i * made->kind.dimensions, rows, g->err);
	}
	return status;
}

static bool take_room(getting *g, size_t count)
{
	const spi_made_kind *kind = &g->store->made.kind;
	size_t text_bytes = SP_ENCODE_TOKENS_MAX * kind->token_bytes;
	bool has_tokens = text_bytes > 0 && g->role == SP_ENCODE_PASSAGE;
	g->keys = calloc(count + 1, sizeof *g->keys);
	g->missing = calloc(count + 1, sizeof *g->missing);
	g->vectors = calloc(SPI_MADE_AT_ONCE, kind->dimensions * sizeof *g->vectors);
	g->tokens = has_tokens ? calloc(SPI_MADE_AT_ONCE, sizeof *g->tokens) : NULL;
	g->token_room = has_tokens ? malloc(SPI_MADE_AT_ONCE * text_bytes) : NULL;
	if (!g->keys || !g->missing || !g->vectors || (has_tokens && (!g->tokens || !g->token_room)))
		return false;
	for (size_t i = 0; has_tokens && i < SPI_MADE_AT_ONCE; i++)
		g->tokens[i].rows = g->token_room + i * text_bytes;
	return true;
}

static void free_room(getting *g)
{
	free(g->keys);
	free(g->missing);
	free(g->vectors);
	free(g->tokens);
	free(g->token_room);
}

sp_status sp_vector_store_get(sp_vector_store *store, sp_encode_role role, const char *const *texts, const size_t *lens,
	size_t count, float *ret_vectors, sp_token_table *ret_tokens, sp_vectors_progress *progress, void *arg, sp_error *err)
{
	getting g = {.store = store, .role = role, .texts = texts, .err = err};
	sp_token_table table = {0};
	sp_status status;
	if (take_room(&g, count)) {
		find_missing(&g, lens, count);
		status = make_missing(&g, progress, arg);
		if (status == SP_OK)
			status = read_all(&g, count, ret_vectors, ret_tokens ? &table : NULL);
	} else {
		status = no_memory(store, err);
	}
	free_room(&g);
	if (status != SP_OK)
		sp_token_table_release(&table);
	if (ret_tokens)
		*ret_tokens = table;
	return status;
}

void sp_token_table_release(sp_token_table *table)
{
	if (!table)
		return;
	free(table->starts);
	free(table->rows);
	*table = (sp_token_table){0};
}

size_t sp_vector_store_missing(
	const sp_vector_store *store, sp_encode_role role, const char *const *texts, const size_t *lens, size_t count)
{
	size_t n = 0;
	for (size_t i = 0; i < count; i++) {
		spi_made_key key = key_of(role, texts[i], lens[i]);
		n += spi_made_find(&store->made, &key) == SPI_MADE_NONE;
	}
	return n;
}

sp_status sp_vector_store_sweep(sp_vector_store *store, sp_error *err)
{
	size_t unused = store->made.count - store->made.used_count;
	return unused > store->made.used_count ? spi_made_shrink(&store->made, err) : SP_OK;
}
