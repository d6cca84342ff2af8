/* One hash over all of a knowledge base. */
#include "sportello/kb.h"

#include "base/file.h"
#include "base/hash.h"

#include <string.h>

#define FILE_MAX_BYTES (64u << 20)

static sp_status add_file(spi_sha256 *sha, const char *dir, const char *name, sp_arena *arena, sp_error *err)
{
	const char *path = sp_arena_printf(arena, "%s/%s", dir, name), *text;
	size_t len;
	if (!path)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	sp_status status = spi_file_read(path, FILE_MAX_BYTES, arena, &text, &len, err);
	if (status != SP_OK)
		return status;
	uint64_t size = len; /* so that no end of a file can be the next one's beginning */
	spi_sha256_add(sha, name, strlen(name) + 1);
	spi_sha256_add(sha, &size, sizeof size);
	spi_sha256_add(sha, text, len);
	return SP_OK;
}

static sp_status add_all(spi_sha256 *sha, const char *dir, sp_arena *arena, sp_error *err)
{
	static const char *const beside[] = {"kb.yaml", "labelled.jsonl"};
	sp_kb_files files;
	sp_status status = sp_kb_scan(dir, arena, &files, err);
	for (size_t i = 0; status == SP_OK && i < files.count; i++)
		status = add_file(sha, dir, files.items[i].path, arena, err);
	for (size_t i = 0; status == SP_OK && i < sizeof beside / sizeof *beside; i++) {
		const char *path = sp_arena_printf(arena, "%s/%s", dir, beside[i]);
		if (path && spi_exists(path))
			status = add_file(sha, dir, beside[i], arena, err);
	}
	return status;
}

sp_status sp_kb_fingerprint(const char *dir, char ret[SP_KB_FINGERPRINT + 1], sp_error *err)
{
	spi_sha256 sha;
	unsigned char digest[32];
	sp_arena *arena = sp_arena_new(0);
	if (!arena)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	spi_sha256_init(&sha);
	sp_status status = add_all(&sha, dir, arena, err);
	spi_sha256_end(&sha, digest);
	if (status == SP_OK)
		spi_hex(digest, sizeof digest, ret);
	sp_arena_free(arena);
	return status;
}
