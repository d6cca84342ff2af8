/* Copying files with their sums, and the list of them (SHA256SUMS). */
#ifndef BACKUP_TREE_H
#define BACKUP_TREE_H

#include "sportello/backup.h"
#include "sportello/buffer.h"

#include <sys/types.h>

#define SPI_SUMS_FILE "SHA256SUMS"
#define SPI_BACKUP_FILE "backup.json"
#define SPI_BACKUP_FORMAT 1

/* What is copied from where to where, and what was. */
typedef struct spi_tree {
	const char *from, *to;
	sp_buffer sums;        /* lines of SHA256SUMS */
	uint64_t files, bytes;
	uid_t owner;           /* (uid_t)-1 = whoever copies */
	gid_t group;
} spi_tree;

/* One file; name is relative to both. */
sp_status spi_tree_file(spi_tree *tree, const char *name, sp_error *err);
/* A folder and all in it, but what somebody is just writing (.tmp); fine when it is not there. */
sp_status spi_tree_folder(spi_tree *tree, const char *name, sp_error *err);
/* Note a file that is there already. */
sp_status spi_tree_note(spi_tree *tree, const char *name, sp_error *err);
/* Make the folders above a file. */
sp_status spi_tree_make_above(const spi_tree *tree, const char *name, sp_error *err);
/* All of it to the disk. */
sp_status spi_tree_sync(const char *folder, sp_error *err);
/* Whether a signal that ends a program waits: who holds them back wants what is half done to be taken away first. */
bool spi_tree_is_interrupted(void);
/* SHA-256 of a file in hex, and its length. */
sp_status spi_tree_sum(const char *path, char ret[65], uint64_t *ret_bytes, sp_error *err);
/* Hold a backup that is being made, for as long as the descriptor is open: it is no leftover. -1: it cannot be held. */
int spi_backup_hold(const char *part);
/* Remove what backups into the same folder as `to` left there half made, when they were killed. What cannot be removed stays. */
void spi_backup_sweep(const char *to);
/* Call visit for each line of SHA256SUMS, until it fails. SP_ERR_NOT_FOUND: no backup; SP_ERR_CORRUPT: a line that is none. */
sp_status spi_sums_read(const char *folder, sp_status (*visit)(const char *sum, const char *name, void *arg, sp_error *err), void *arg,
	sp_error *err);

#endif
