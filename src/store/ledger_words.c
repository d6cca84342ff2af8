/* Words of the ledger by their numbers. They only grow, so what is known of them is good for longer than a batch. */
#include "store/ledger_memory.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

typedef struct word { char *text; uint64_t hash; int id; } word;

struct spi_ledger_words {
	word *items; /* open addressing */
	size_t count, size;
};

static size_t word_place(const word *words, size_t size, uint64_t hash, const char *text)
{
	size_t at = hash & (size - 1);
	while (words[at].text && (words[at].hash != hash || strcmp(words[at].text, text) != 0))
		at = (at + 1) & (size - 1);
	return at;
}

static bool grow_words(spi_ledger_words *m)
{
	size_t size = m->size ? 2 * m->size : 256;
	word *words = calloc(size, sizeof *words);
	if (!words)
		return false;
	for (size_t i = 0; i < m->size; i++)
		if (m->items[i].text)
			words[word_place(words, size, m->items[i].hash, m->items[i].text)] = m->items[i];
	free(m->items);
	m->items = words;
	m->size = size;
	return true;
}

void spi_ledger_words_forget(spi_sqlite *db)
{
	spi_ledger_words *m = db->words;
	for (size_t i = 0; m && i < m->size; i++) {
		free(m->items[i].text);
		m->items[i] = (word){0};
	}
	if (m)
		m->count = 0;
}

void spi_ledger_words_free(spi_sqlite *db)
{
	spi_ledger_words_forget(db);
	if (db->words)
		free(db->words->items);
	free(db->words);
	db->words = NULL;
}

static sp_status read_word(spi_sqlite *db, const char *text, int *ret, sp_error *err)
{
	static const char sql_find[] = "SELECT id FROM ledger_words WHERE word = ?1";
	static const char sql_add[] = "INSERT INTO ledger_words (word) VALUES (?1)";
	sqlite3_stmt *s;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql_find, &s, &row, err, "s", text);
	if (status == SP_OK && row) {
		*ret = sqlite3_column_int(s, 0);
		sqlite3_reset(s);
	} else if (status == SP_OK) {
		spi_ledger_touch(db); /* its number is remembered */
		status = spi_sqlite_run(db, sql_add, err, "s", text);
		*ret = (int)sqlite3_last_insert_rowid(db->handle);
	}
	return status;
}

sp_status spi_ledger_word(spi_sqlite *db, const char *text, int *ret, sp_error *err)
{
	if (!db->words)
		db->words = calloc(1, sizeof *db->words);
	spi_ledger_words *m = db->words;
	*ret = 0;
	if (!text || !*text)
		return SP_OK;
	if (!m || (2 * m->count >= m->size && !grow_words(m)))
		return spi_out_of_memory(err);
	uint64_t hash = spi_hash64(text, strlen(text));
	word *known = &m->items[word_place(m->items, m->size, hash, text)];
	if (known->text) {
		*ret = known->id;
		return SP_OK;
	}
	int id;
	sp_status status = read_word(db, text, &id, err);
	char *copy = status == SP_OK ? strdup(text) : NULL;
	if (status != SP_OK)
		return status;
	if (!copy)
		return spi_out_of_memory(err);
	*known = (word){copy, hash, id};
	m->count++;
	*ret = id;
	return SP_OK;
}
