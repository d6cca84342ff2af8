/**
 * @file site.h
 * The help centre as a folder of files that needs no program: the same pages as the service's, from the index of one audience.
 *
 *   index.html             leads to the first language
 *   <lang>/index.html, <lang>/c/<category>.html, <lang>/a/<id>.html, <lang>/search.html, <lang>/search-data.js
 *   static/                styles, fonts, script
 *   sitemap.xml            with a base address
 * Links are relative, so the folder works from a disk too. What cannot work without the program (chat, tickets, feedback) is left out.
 */
#ifndef SPORTELLO_SITE_H
#define SPORTELLO_SITE_H

#include "sportello/publish.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sp_site_options {
	sp_publisher *publisher; /**< borrowed */
	const char *kb_dir;      /**< for what was retired or replaced */
	const char *out;         /**< folder; made, or replaced when it is an earlier site */
	const char *audience;    /**< key: nothing that others may read is in the files */
	unsigned langs;          /**< bit per sp_lang; 0 = all of kb.yaml */
	sp_date as_of;           /**< 0 = today */
	const char *base_url;    /**< address where it will be, without final slash; NULL = unknown: no sitemap, no structured data */
	const char *contact;     /**< id of the article that every page offers instead of chat and ticket; NULL = none */
	void (*progress)(size_t done, size_t total, void *arg); /**< may be NULL */
	void *arg;
} sp_site_options;

/**
 * Write the site beside @ref sp_site_options.out, then put it in its place in one step. The same content gives the same bytes.
 * @return SP_OK; SP_ERR_CONFLICT (the folder holds something else); SP_ERR_USAGE (unknown audience, language or contact);
 *         SP_ERR_FULL and others of the file system
 */
sp_status sp_site_write(const sp_site_options *options, size_t *ret_files, sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
