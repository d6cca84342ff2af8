/* What is known of each file of the kb folder: enough to see what changed and whom it concerns without parsing the
 * others. */
#ifndef PUBLISH_TABLE_H
#define PUBLISH_TABLE_H

#include "sportello/kb.h"

/* One file. Its texts are owned by its own arena. While the folder is looked at, the old table and the new one share
   what did not change. */
typedef struct spi_file {
	sp_arena *arena;				  /* owns itself too */
	unsigned refs;					  /* tables that it is in */
	const char *path;				  /* relative to the kb folder */
	bool is_waiting;				  /* an edit that waits beside the text that it will replace (sp_kb_is_waiting) */
	int64_t size, mtime_ns;			  /* as it was looked at; mtime 0 = look at it again */
	char version[SP_VERSION_HEX + 1]; /* of the last good text; "" = there is none */
	/* what that text says: */
	const char *id;
	sp_lang lang;
	sp_article_status status;
	sp_audiences audience;
	sp_date valid_until;
	const char *replaced_by; /* "" = none */
	bool has_blocks;		 /* some audiences may see more of it than others; not in the manifest */
	uint64_t hidden;		 /* sp_article_hidden(); 0 = it was not read since the start */
	sp_strings related;		 /* and what a notice covers: ids whose readers matter */
	/* what the indexes have of it: */
	uint64_t put; /* spi_file.wanted when it was put there; 0 = nothing */
	sp_audiences put_audience;
	uint64_t put_hidden; /* not in the manifest; 0 = not known */
	/* what is wrong with the text as it is now: */
	const char *broken; /* NULL = nothing */
	int broken_line;
	/* found out by spi_plan(): */
	uint64_t wanted;   /* stands for all that its documents are made of; 0 = it is not to be served */
	const char *rival; /* path of the file that has its id already; NULL = none */
	bool is_lost;	   /* its text could not be read when it was put into a part */
	bool is_gone;	   /* no longer in the folder: kept until the indexes have forgotten it */
} spi_file;

/* Sorted by path; files that are gone may stand beside one of the same path. */
typedef struct spi_table {
	spi_file **items;
	size_t count, cap;
} spi_table;

/* A new file with nothing known; NULL when memory is out. */
spi_file *spi_file_new(const char *path);
spi_file *spi_file_ref(spi_file *file);
void spi_file_unref(spi_file *file); /* NULL is accepted */
/* Take over what a good text says; false when memory is out. */
bool spi_file_describe(spi_file *file, const sp_article *article);
/* Note what is wrong with it; false when memory is out. */
bool spi_file_break(spi_file *file, int line, const char *text);
/* Stands for a document of an id that this file had before, so that it is taken out. NULL when memory is out. */
spi_file *spi_file_ghost(const spi_file *file);

/* Takes the file over, also when it fails (memory out). */
bool spi_table_add(spi_table *table, spi_file *file);
void spi_table_sort(spi_table *table);
/* The file of that path which is there, or NULL; the table must be sorted. */
spi_file *spi_table_find(const spi_table *table, const char *path);
/* Drop the files that are gone and in no index. */
void spi_table_sweep(spi_table *table);
void spi_table_release(spi_table *table);

/* The manifest: the table as a text file. */
sp_status spi_manifest_write(const char *path, const spi_table *table, const char *encoder, sp_error *err);
/* SP_ERR_NOT_FOUND; SP_ERR_CORRUPT; SP_ERR_NEWER; SP_ERR_INVALID (older, or another encoder): look at everything again.
 */
sp_status spi_manifest_read(const char *path, const char *encoder, spi_table *ret, sp_error *err);

/* The encoder of a manifest's indexes into ret, "" when that cannot be read. */
void spi_manifest_encoder(const char *path, char *ret, size_t size);

#endif
