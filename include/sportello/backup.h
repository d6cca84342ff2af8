/**
 * @file backup.h
 * Backups of the data folder: made beside a running service, checked, restored.
 *
 * A backup is a folder, closed to other users:
 *   store.sqlite   the store at one moment, as one file
 *   attachments/   the files of that moment's tickets
 *   person.key     what tells that two tickets are of one person
 *   versions/      every text that was published (receipts)
 *   index/         the generation in use, and vectors/: both can be made anew, so they may be left out
 *   backup.json    when, by which version, what is in it
 *   SHA256SUMS     of every other file; `sha256sum -c` reads it too
 * Vectors of questions that were asked are not in it.
 */
#ifndef SPORTELLO_BACKUP_H
#define SPORTELLO_BACKUP_H

#include "sportello/audit.h"
#include "sportello/status.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a store's file holds, read without the rest of the program. */
typedef struct sp_store_facts {
	int64_t schema;                  /**< version; SP_STORE_SCHEMA is the one of this program */
	int64_t conversations, tickets, attachments; /**< not counted where a later version wrote it */
	bool is_sound;                   /**< SQLite's own check of pages, indexes and references found nothing */
	char fault[256];                 /**< what it found first */
	char missing_attachment[64];     /**< id of the first whose file is not there or has another length; "" = none */
	bool has_key, key_is_short;      /**< person.key: whether it is there; whether it is cut short, and no service starts with it */
} sp_store_facts;

/** Copy the store of @p data_dir as it is at this moment into the new file @p to (SQLite's backup interface: nobody who writes has to
 *  wait). SP_ERR_NOT_FOUND (no store); SP_ERR_CONFLICT (@p to is there); SP_ERR_NEWER; as sp_store_open() */
sp_status sp_store_copy(const char *data_dir, const char *to, sp_error *err);
/** Read all of FOLDER/store.sqlite and look for what is wrong with it; beside a running service too. SP_ERR_NOT_FOUND: no store, or one that
 *  nothing was ever written to. */
sp_status sp_store_examine(const char *folder, sp_store_facts *ret, sp_error *err);
/** Call @p visit for each attachment that the store of @p folder names, until it fails. */
sp_status sp_store_attachment_ids(const char *folder, sp_status (*visit)(const char *id, int64_t bytes, void *arg, sp_error *err), void *arg,
	sp_error *err);

typedef struct sp_backup_info {
	uint64_t files, bytes;
	sp_store_facts store;
} sp_backup_info;

/**
 * Make a backup.
 * @param to            folder that is made; it must not be there
 * @param without_index leave out what can be made anew
 * @return SP_ERR_CONFLICT (it is there); SP_ERR_NOT_FOUND (no store in @p data_dir); SP_ERR_CORRUPT (the store is damaged: nothing is left at
 *         @p to); SP_ERR_FULL; SP_ERR_DENIED; SP_ERR_IO
 * Threads: any, processes too. While it runs the knowledge base is not published anew; everything else goes on.
 */
sp_status sp_backup_make(const char *data_dir, const char *to, bool without_index, sp_backup_info *ret, sp_error *err);
/** Read all of a backup. SP_ERR_CORRUPT with the file that is not as it was made; SP_ERR_NOT_FOUND (no backup there); SP_ERR_NEWER (a later
 *  version made it). */
sp_status sp_backup_verify(const char *folder, sp_backup_info *ret, sp_error *err);
/**
 * Verify it, then fill @p data_dir from it: made when missing, else it must be empty (SP_ERR_CONFLICT). Files get the owner of that folder.
 * After a failure the folder is empty again.
 */
sp_status sp_backup_restore(const char *folder, const char *data_dir, sp_backup_info *ret, sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
