/* A static site while it is written. */
#ifndef HTTP_SITE_H
#define HTTP_SITE_H

#include "http/pages.h"
#include "kb/map.h"
#include "sportello/site.h"

#define SPI_SITE_MARK ".sportello-site" /* in the folder: it is ours to replace */

typedef struct spi_site {
	const sp_site_options *options;
	sp_server server;      /* never listens: the pages' own surroundings */
	spi_worker worker;
	spi_request request;   /* one page after the other */
	const sp_kb_config *config;
	sp_index *index;
	sp_arena *arena;       /* lives as long as the site */
	unsigned langs;
	spi_map pages;         /* ids of articles that have a page */
	spi_map redirects;     /* ids of those that lead to another */
	const char **ids; size_t ids_count;
	const char *beside;    /* folder that is written */
	size_t files;
	sp_buffer sitemap;
} spi_site;

/* Path of an article's file below its language's folder; in the arena. */
const char *spi_site_article_path(const char *id, sp_arena *arena);
/* The file of an address of the service ("/a/x?lang=en#y") as a link from a page so deep in the site ("../../"); "" as root: below the site.
   What has no page leads home. In the request's arena. */
const char *spi_site_link(const spi_site *site, const char *address, size_t len, const char *root);
/* A rendered page with the site's own links, and its icons inside. */
sp_status spi_site_relink(const spi_site *site, const char *page, size_t len, const char *root, sp_buffer *out);

/* The words of all articles for the search in one language (site_search.c). */
sp_status spi_site_search_data(spi_site *site, sp_lang lang, sp_buffer *out, sp_error *err);
/* Write a file below the new folder. */
sp_status spi_site_file(spi_site *site, const char *path, const char *data, size_t len, sp_error *err);
/* An article as the pages of this language show it: of this language, else of the first that has it. */
sp_status spi_site_get(spi_site *site, const char *id, sp_lang lang, sp_record *ret, sp_error *err);

#endif
