/* Whether the store's file is where it is to be. Somebody may put another one in its place, or take it away, while it is open or before. */
#include "store/sqlite.h"

#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

sp_status spi_sqlite_check_was_there(const spi_sqlite *db, const char *data_dir, sp_error *err)
{
	char *key = NULL;
	if (spi_exists(db->path))
		return SP_OK;
	if (asprintf(&key, "%s/" SPI_PERSON_KEY_FILE, data_dir) < 0)
		return spi_out_of_memory(err);
	/* The store is made before the key, and comes last when a backup is restored. */
	bool was_there = spi_exists(key);
	free(key);
	return !was_there ? SP_OK : sp_error_set(err, SP_ERR_CORRUPT, db->path, 0, "is missing, and was there, as " SPI_PERSON_KEY_FILE " is: move the "
		"folder away and restore the last backup; to begin an empty store on purpose, remove " SPI_PERSON_KEY_FILE " too");
}

void spi_sqlite_note_place(spi_sqlite *db)
{
	struct stat st;
	if (stat(db->path, &st) == 0) {
		db->device = st.st_dev;
		db->inode = st.st_ino;
	}
}

/* What is written into a file that has no name any more is gone when the service ends: it is not acknowledged. */
sp_status spi_sqlite_check_place(const spi_sqlite *db, sp_error *err)
{
	struct stat st;
	if (!db->inode || (stat(db->path, &st) == 0 && st.st_dev == db->device && st.st_ino == db->inode))
		return SP_OK;
	return sp_error_set(err, SP_ERR_IO, db->path, 0, "was taken away or replaced while it was open, so nothing is written: put the data folder back, or "
		"restore a backup, and start the service again");
}
