/* Private to the life of an article: its files, as its steps need them. */
#ifndef EDITOR_LIFE_H
#define EDITOR_LIFE_H

#include "sportello/life.h"

/* One file, read. */
typedef struct spi_life_text {
	const char *path, *full; /* relative to the folder; as the user would open it. path NULL: there is none */
	const char *bytes;
	size_t len;
	sp_article *article;     /* NULL: it cannot be read */
	sp_error problem;        /* then why */
} spi_life_text;

/* An article in one language: what is there of it. */
typedef struct spi_life_article {
	sp_lang lang;
	spi_life_text live, waiting; /* <id>.md, <id>.draft.md */
} spi_life_article;

typedef struct spi_living {
	const sp_life *life;
	sp_kb_config *config;
	sp_date today;
	spi_life_article found[SP_LANG_COUNT]; /* by language */
} spi_living;

/* Read what there is; SP_ERR_NOT_FOUND when there is nothing. Close it also then. */
sp_status spi_living_open(spi_living *living, const sp_life *life, sp_error *err);
void spi_living_close(spi_living *living);
/* Whether the article is there in a language, and that one is wanted. */
bool spi_living_has(const spi_living *living, int lang);
/* The problem of a text that cannot be read, as this call's. */
sp_status spi_life_unreadable(const spi_life_text *text, sp_error *err);
/* The text with other lines in its front matter; it must be an article, and the same one. */
struct spi_front_edit;
sp_status spi_life_rewrite(const spi_living *living, const spi_life_text *text, const struct spi_front_edit *edits, size_t count,
	const char **ret, size_t *ret_len, sp_error *err);
/* "2026-03-15" */
const char *spi_life_today(const spi_living *living);

#endif
