/* The editors' pages (sportello preview, and of a service for its editors): one page, /editor/, whose address says all: the article (id), as whom (as) and on which
   day (on) it is read, in which language (lang), what the list is searched for (q) and what the draft is asked (ask). It works
   without scripts; web/scripts/editor.js asks for the same address again when /editor/changes tells of a change. */
#ifndef HTTP_EDITOR_H
#define HTTP_EDITOR_H

#include "http/pages.h"
#include "http/turn.h"
#include "sportello/workbench.h"

typedef struct spi_editor {
	const char *id;  /* "" = no article is looked at */
	const char *own; /* the editor's audience */
	const char *as;  /* key of an audience */
	const char *on;  /* "2021-03-15"; "" = today */
	const char *find; /* "" = the whole list */
	spi_turn turn;   /* message "" = nothing was asked */
	const char *reply_html; /* what the chat would say, with links that stay here */
	sp_audiences reads; /* what the reader of the page may read */
	sp_audiences sees;  /* what the editor may, and so whatever is told */
	bool sees_all;      /* what is between articles, and files as they are written, too */
	bool waited;        /* for the bench */
	/* until the page is composed: */
	sp_workbench *workbench;
	const sp_bench *whole;
	const sp_bench *bench; /* what of it this editor may be told of */
	const sp_bench_article *row; /* NULL: there is no such file */
	const char *source; size_t source_len; /* the file as it is now; NULL = cannot be read */
	sp_strings questions; /* of the article shown */
	sp_lang source_lang;
} spi_editor;

/* Whether the request may go on: in a preview only the editors' pages are there, and only for who names this machine (a name that
   somebody made point here could otherwise read drafts); in a service they are there for editors (the route's `who`) where it knows its
   folder. False with a reply in place; takes the route out of the match where it does not exist. */
bool spi_editor_gate(spi_request *request, spi_match *match);

/* The preview's workbench, or the service's, which is opened for its first editor; NULL, with an error reply in place, when it cannot be. */
sp_workbench *spi_editor_workbench(spi_request *request);
/* The service stops: who waits for a change is told. Nobody begins to wait afterwards. */
void spi_editor_hurry(sp_server *server);
/* What of the bench this editor may be told of, in the arena. NULL when memory is out. */
const sp_bench *spi_editor_narrow(const spi_request *request, const sp_bench *bench);

/* Address of the page with another article, as the same reader on the same day. ask: a question, NULL = none. In the arena. */
const char *spi_editor_url(const spi_request *request, const char *id, sp_lang lang, const char *ask);
/* The same HTML with links to articles that stay on the editors' page. In the arena. */
const char *spi_editor_links(const spi_request *request, const char *html, size_t len, size_t *ret_len);

/* The pieces of the page. */
void spi_editor_put_list(const spi_request *request, spi_value *page);                             /* h_editor_list.c */
sp_status spi_editor_put_article(spi_request *request, sp_index *index, spi_value *page, sp_error *err); /* h_editor_article.c */
/* Of an edit that waits. */
void spi_editor_put_difference(const spi_request *request, spi_value *page);                       /* h_editor_difference.c */
void spi_editor_put_findings(const spi_request *request, spi_value *page);                         /* h_editor_findings.c */
/* Where the file is wrong, with the lines around it. */
void spi_editor_put_places(const spi_request *request, spi_value *page);
sp_status spi_editor_put_answer(spi_request *request, sp_index *index, spi_value *page, sp_error *err); /* h_editor_answer.c */

#endif
