/* The schema's versions: numbered files (schema/NNNN-name.sql), which the build puts into the library. Each brings the
   store from the version before to its own and says so (PRAGMA user_version), all in one transaction. */
#include "store/sqlite.h"

#include "base/embed.h"

#include <stdlib.h>

#define APPLICATION_ID 1399877490 /* "Spor", as the schema says it */

/* One number that a statement gives. */
static sp_status read_number(spi_sqlite *db, const char *sql, int64_t *ret, sp_error *err)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	sp_status status = SP_OK;
	if (code == SQLITE_ROW)
		*ret = sqlite3_column_int64(statement, 0);
	else
		status = spi_sqlite_error(db, code, "open the store", err);
	sqlite3_finalize(statement);
	return status;
}

static sp_status read_version(spi_sqlite *db, int64_t *ret, sp_error *err)
{
	return read_number(db, "PRAGMA user_version", ret, err);
}

sp_status spi_sqlite_check_schema(spi_sqlite *db, spi_open_mode mode, sp_error *err)
{
	int64_t version = 0, application = 0, things = 0;
	sp_status status = read_version(db, &version, err);
	if (status == SP_OK)
		status = read_number(db, "PRAGMA application_id", &application, err);
	if (status == SP_OK)
		status = read_number(db, "SELECT count(*) FROM sqlite_schema", &things, err);
	if (status != SP_OK)
		return status;
	if (application != APPLICATION_ID && (application != 0 || things > 0))
		return sp_error_set(err, SP_ERR_CORRUPT, db->path, 0, "this is a database of another program; move it away, or "
			"choose another folder with --data");
	if (version > SP_STORE_SCHEMA)
		return sp_error_set(err, SP_ERR_NEWER, db->path, 0, "a newer version of sportello wrote this data (schema "
			"%lld, this one knows up to %d); run that version, or restore the data from before it", (long long)version,
			SP_STORE_SCHEMA);
	if (mode == SPI_OPEN_READER && version < SP_STORE_SCHEMA)
		return sp_error_set(err, SP_ERR_UNSUPPORTED, db->path, 0, "an older version of sportello wrote this data "
			"(schema %lld, this one reads %d); `sportello serve` brings it up to date", (long long)version,
			SP_STORE_SCHEMA);
	return SP_OK;
}

static sp_status run_files(spi_sqlite *db, int64_t version, sp_error *err)
{
	for (const spi_embedded *file = spi_embedded_schema; file->name; file++) {
		if (strtol(file->name, NULL, 10) <= version)
			continue;
		sp_status status = spi_sqlite_exec(db, file->data, file->name, err);
		if (status != SP_OK)
			return status;
	}
	return SP_OK;
}

sp_status spi_sqlite_migrate(spi_sqlite *db, sp_error *err)
{
	int64_t version = 0;
	sp_status status = read_version(db, &version, err);
	if (status != SP_OK || version == SP_STORE_SCHEMA)
		return status;
	status = spi_sqlite_exec(db, "BEGIN IMMEDIATE", "bring the store up to date", err);
	if (status != SP_OK)
		return status;
	/* Another process may have done it while this one waited. */
	status = read_version(db, &version, err);
	if (status == SP_OK && version != SP_STORE_SCHEMA)
		status = run_files(db, version, err);
	if (status == SP_OK)
		status = read_version(db, &version, err);
	if (status == SP_OK && version != SP_STORE_SCHEMA)
		status = sp_error_set(err, SP_ERR_INTERNAL, db->path, 0, "the schema files lead to version %lld, not to %d",
			(long long)version, SP_STORE_SCHEMA);
	if (status == SP_OK)
		status = spi_sqlite_exec(db, "COMMIT", "bring the store up to date", err);
	if (status != SP_OK)
		spi_sqlite_snapshot_end(db);
	return status;
}
