/* Who is behind several tickets: keyed hashes, so that who reads the store alone cannot try out addresses. */
#include "store/reader.h"
#include "store/sqlite.h"

#include "base/file.h"
#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define SAME_MOST 20
#define BLOCK 64 /* of SHA-256 */

/* Written whole, or not at all: two processes that begin at once agree on one. */
static sp_status make_key(const char *data_dir, const char *path, sp_error *err)
{
	unsigned char key[SPI_PERSON_KEY_LEN];
	char beside[4096];
	if ((size_t)snprintf(beside, sizeof beside, "%s.%ld", path, (long)getpid()) >= sizeof beside)
		return sp_error_set(err, SP_ERR_INVALID, path, 0, "the path is too long");
	if (getrandom(key, sizeof key, 0) != (ssize_t)sizeof key)
		return sp_error_errno(err, errno, path, "make");
	int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return sp_error_errno(err, errno, path, "make");
	int problem = write(fd, key, sizeof key) != (ssize_t)sizeof key || fsync(fd) != 0 ? errno ? errno : EIO : 0;
	close(fd);
	if (!problem && link(beside, path) != 0 && errno != EEXIST)
		problem = errno;
	unlink(beside);
	explicit_bzero(key, sizeof key);
	return problem ? sp_error_errno(err, problem, path, "make") : spi_sync_folder(data_dir, err);
}

static sp_status read_key(const char *path, unsigned char ret[SPI_PERSON_KEY_LEN], sp_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT ? SP_ERR_NOT_FOUND : sp_error_errno(err, errno, path, "open");
	ssize_t got = read(fd, ret, SPI_PERSON_KEY_LEN);
	close(fd);
	if (got == SPI_PERSON_KEY_LEN)
		return SP_OK;
	return sp_error_set(err, SP_ERR_CORRUPT, path, 0, "the key is cut short; restore it from a backup, or remove it (who is behind "
		"several tickets is then known of new ones only)");
}

sp_status spi_person_key(const char *data_dir, unsigned char ret[SPI_PERSON_KEY_LEN], sp_error *err)
{
	char *path = NULL;
	if (asprintf(&path, "%s/" SPI_PERSON_KEY_FILE, data_dir) < 0)
		return spi_out_of_memory(err);
	sp_status status = read_key(path, ret, err);
	if (status == SP_ERR_NOT_FOUND) {
		status = make_key(data_dir, path, err);
		if (status == SP_OK)
			status = read_key(path, ret, err);
	}
	free(path);
	return status;
}

static void digest(const unsigned char pad[BLOCK], const void *data, size_t len, unsigned char ret[32])
{
	spi_sha256 sha;
	spi_sha256_init(&sha);
	spi_sha256_add(&sha, pad, BLOCK);
	spi_sha256_add(&sha, data, len);
	spi_sha256_end(&sha, ret);
}

void spi_person_hash(const unsigned char key[SPI_PERSON_KEY_LEN], const char *person, char ret[SPI_PERSON_HASH_LEN + 1])
{
	unsigned char inner[BLOCK], outer[BLOCK], hash[32];
	for (size_t i = 0; i < BLOCK; i++) {
		unsigned char byte = i < SPI_PERSON_KEY_LEN ? key[i] : 0;
		inner[i] = byte ^ 0x36;
		outer[i] = byte ^ 0x5c;
	}
	digest(inner, person, strlen(person), hash);
	digest(outer, hash, sizeof hash, hash);
	spi_hex(hash, SPI_PERSON_HASH_LEN / 2, ret);
}

sp_status spi_sqlite_add_persons(spi_sqlite *db, const sp_write_ticket *write, int64_t conversation, sp_error *err)
{
	static const char sql_add[] = "INSERT OR REPLACE INTO ticket_persons (ticket, field, hash) VALUES (?1, ?2, ?3)";
	static const char sql_known[] = "UPDATE conversations SET person = ?2 WHERE number = ?1 AND person IS NULL";
	char hash[SPI_PERSON_HASH_LEN + 1];
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < write->persons_count; i++) {
		spi_person_hash(db->person_key, write->persons[i].person, hash);
		status = spi_sqlite_run(db, sql_add, err, "iss", write->ticket.number, write->persons[i].field, hash);
		if (status == SP_OK && conversation)
			status = spi_sqlite_run(db, sql_known, err, "is", conversation, hash);
	}
	return status;
}

sp_status spi_sqlite_same_person(void *handle, int64_t ticket, sp_arena *arena, bool same_category, int64_t **ret, size_t *ret_count,
	sp_error *err)
{
	static const char sql[] =
		"SELECT DISTINCT o.number FROM ticket_persons p JOIN ticket_persons q ON q.hash = p.hash AND q.ticket <> p.ticket "
		"JOIN tickets o ON o.number = q.ticket WHERE p.ticket = ?1 AND o.state NOT IN ('solved', 'closed') AND o.forgotten_utc_s IS NULL "
		"AND (o.category IS (SELECT category FROM tickets WHERE number = ?1)) = ?2 ORDER BY o.number DESC LIMIT ?3";
	spi_sqlite *db = handle;
	sqlite3_stmt *statement;
	int64_t *numbers = sp_arena_calloc(arena, SAME_MOST, sizeof *numbers);
	size_t count = 0;
	bool row = true;
	if (!numbers)
		return spi_out_of_memory(err);
	sp_status status = spi_sqlite_query(db, sql, &statement, err, "inn", ticket, (int)same_category, SAME_MOST);
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row)
		numbers[count++] = sqlite3_column_int64(statement, 0);
	*ret = numbers;
	*ret_count = count;
	return status;
}

sp_status spi_sqlite_open_before(void *handle, int64_t ticket, int64_t *ret, sp_error *err)
{
	/* By the conversation, which has few tickets; a category has many (the + keeps its index out). */
	static const char sql[] =
		"SELECT max(o.number) FROM tickets t JOIN tickets o ON o.conversation = t.conversation AND +o.category IS t.category "
		"AND +o.number < t.number AND o.state NOT IN ('solved', 'closed') AND o.forgotten_utc_s IS NULL WHERE t.number = ?1";
	spi_sqlite *db = handle;
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "i", ticket);
	if (status == SP_OK && row) {
		*ret = sqlite3_column_int64(statement, 0);
		sqlite3_reset(statement);
	}
	return status;
}

sp_status sp_store_same_person(sp_store_reader *reader, int64_t ticket, sp_arena *arena, int64_t **ret_duplicates, size_t *ret_duplicates_count,
	int64_t **ret_others, size_t *ret_others_count, sp_error *err)
{
	sp_status status = reader->engine->same_person(reader->db, ticket, arena, true, ret_duplicates, ret_duplicates_count, err);
	return status == SP_OK ? reader->engine->same_person(reader->db, ticket, arena, false, ret_others, ret_others_count, err) : status;
}

sp_status sp_store_open_before(sp_store_reader *reader, int64_t ticket, int64_t *ret, sp_error *err)
{
	*ret = 0;
	return reader->engine->open_before(reader->db, ticket, ret, err);
}
