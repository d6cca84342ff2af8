/* The pages for people: help centre, chat, ticket form. What they all have in common is here; each handler is in
   h_page_<name>.c. No citizen gets a cookie: a conversation or a ticket is known by a secret in its address alone, so
   there is nothing that another site's form could use in somebody's name (CSRF); who signs in has one (session.h). Forms work without JavaScript: each
   POST is answered with a redirect to what it made, and carries a key where sending it twice would make two things. */
#ifndef HTTP_PAGES_H
#define HTTP_PAGES_H

#include "http/request.h"
#include "http/static.h"
#include "http/template.h"
#include "sportello/answer.h"
#include "sportello/server.h"

/* What all threads share. */
typedef struct spi_pages {
	sp_arena *arena;
	spi_templates *templates;
	spi_assets assets;
} spi_pages;

/* Load templates and static files: from options->web_dir, else the built-in ones. */
sp_status spi_pages_open(const sp_server_options *options, spi_pages **ret, sp_error *err);
void spi_pages_close(spi_pages *pages); /* NULL is accepted */

#define SPI_PAGE_CATEGORIES_MAX 64 /* bits of a mask; categories behind these are on no list */

/* What one thread keeps between requests (page_cache.h). */
typedef struct spi_page_cache spi_page_cache;
void spi_page_cache_free(spi_page_cache *cache); /* NULL is accepted */

/* ---- a page ---- */

/* Fills a page from the index. SP_OK: render it (unless a reply is there already); SP_ERR_NOT_FOUND: the page "not
   found"; SP_ERR_CHANGED: is called again with the new index. */
typedef sp_status spi_page_compose(spi_request *request, sp_index *index, spi_value *page, sp_error *err);

/* The pages that a static site has too (site.c). */
spi_page_compose spi_page_compose_home, spi_page_compose_category, spi_page_compose_article;

/* Values that every page needs: languages, service, address suffixes. */
spi_value *spi_page_new(spi_request *request);
/* Of a page that is got at another address than the one that was asked, which was posted to: in other languages it is there.
   NULL: the home page's, where memory is out. */
spi_value *spi_page_new_at(spi_request *request, const char *path, const spi_pair *query, size_t query_count);
/* Compose, render, reply with an ETag. */
void spi_page_serve(spi_request *request, const char *name, spi_page_compose *compose);
/* The same for a page that is alike for all readers of an audience for a few seconds: kept, and given again. */
void spi_page_serve_kept(spi_request *request, const char *name, spi_page_compose *compose);
/* The same in two steps. False, with an error in place, or a reply that compose left. */
bool spi_page_make(spi_request *request, spi_page_compose *compose, spi_value **ret);
/* Render into request->out and leave the reply. */
void spi_page_send(spi_request *request, const char *name, spi_value *page, int status);
/* The search form's label, where the page has none of its own. */
void spi_page_put_search_label(const spi_request *request, spi_value *page);
/* Render into request->out only. */
bool spi_page_render(spi_request *request, const char *name, const spi_value *page);

/* ---- pieces ---- */

/* A catalogue text in the page's language. Static. */
const char *spi_page_text(const spi_request *request, const char *key);
/* "2 marzo 2021"; "" for none. In the arena. */
const char *spi_page_date(const spi_request *request, sp_date date);
/* "2021-03-02"; "" for none. In the arena. */
const char *spi_page_iso_date(const spi_request *request, sp_date date);
/* "2 marzo 2021, ore 9:05", in the service's time zone. In the arena. */
const char *spi_page_time(const spi_request *request, int64_t utc_s);
/* A form's page goes on in its own language (field `lang`), also where the browser would ask for another. */
void spi_page_form_lang(spi_request *request);
/* A path with a query: pairs end with a NULL name, empty values are left out; lang goes along when it was asked for. In
 * the arena. */
const char *spi_page_url(const spi_request *request, const char *path, const spi_pair *pairs);
/* {title, url, other_lang?} of an article, into a list or as a member. */
void spi_page_put_article(const spi_request *request, spi_value *into, const sp_record *record);
/* Links to these ids, at most limit, those that readers may see; true when there is one. */
bool spi_page_put_links(spi_request *request, sp_index *index, spi_value *list, const sp_strings *ids, size_t limit);
/* Notices in force; with an article or a category only those that cover it. */
sp_status spi_page_put_notices(spi_request *request, sp_index *index, spi_value *page, const sp_record *article,
	const char *category, sp_error *err);
/* Which categories have something that this reader may read; the others do not exist for them. A bit per category, from
 * 0. */
sp_status spi_page_categories(spi_request *request, sp_index *index, uint64_t *ret, sp_error *err);
/* Category by its key, NULL when there is none. Says nothing about who may see it. */
const sp_category *spi_page_category(const spi_request *request, const char *key);
/* "App IO": the service that a category belongs to; "" for none. */
const char *spi_page_service(const spi_request *request, const sp_category *category);
void spi_page_put_crumb(const spi_request *request, spi_value *page, const sp_category *category);
/* Results of a search, {title, url, type_name, category_name, snippet}, and the number of them. */
void spi_page_put_results(const spi_request *request, spi_value *page, const sp_result *result, bool with_category);
void spi_page_put_pager(const spi_request *request, spi_value *page, const char *path, const spi_pair *pairs,
	uint32_t number, uint32_t total, uint32_t per_page);
/* Number of the page asked for (?page=); 1 when there is none or it makes no sense. */
uint32_t spi_page_number(const spi_request *request);
/* Articles that helped most in the last weeks, filled up with the freshest; at most limit (page_lists.c). */
sp_status spi_page_put_useful(
	spi_request *request, sp_index *index, spi_value *page, const char *name, size_t limit, sp_error *err);

/* An article's own part of its page: what it says, notices, related articles, languages (h_page_article.c). */
sp_status spi_page_put_record(
	spi_request *request, sp_index *index, spi_value *page, const sp_record *record, sp_error *err);

/* ---- forms (page_fields.c) ---- */

typedef struct spi_page_field {
	const char *value; /* what was written, NULL = nothing */
	const char *error; /* NULL = none */
	bool is_needed;    /* it is not taken without */
} spi_page_field;

/* Fields of a ticket as a form shows them. values and errors may be NULL; prefix keeps ids apart on one page. */
void spi_page_put_field(const spi_request *request, spi_value *list, const sp_field *field,
	const spi_page_field *written, const char *prefix);
/* Categories to choose from: those of the bits. */
void spi_page_put_categories(const spi_request *request, spi_value *into, uint64_t seen);
/* Whether one of the fields takes a longer text: then nothing else needs to ask what happened. */
bool spi_page_has_story(const sp_kb_config *config, const int *fields, size_t count);

/* ---- handlers ---- */

spi_handler spi_h_page_home, spi_h_page_category;								/* h_page_home.c */
spi_handler spi_h_page_search;													/* h_page_search.c */
spi_handler spi_h_page_article, spi_h_page_article_feedback;					/* h_page_article.c */
spi_handler spi_h_page_chat, spi_h_page_chat_say, spi_h_page_chat_feedback;		/* h_page_chat.c */
spi_handler spi_h_page_ticket, spi_h_page_ticket_open;							/* h_page_ticket.c */
spi_handler spi_h_page_ticket_state, spi_h_page_file_add, spi_h_page_file_remove; /* h_page_ticket_state.c */
spi_handler spi_h_page_editor, spi_h_editor_changes;							/* h_page_editor.c */
spi_handler spi_h_page_sign_in, spi_h_page_sign_in_token, spi_h_page_sign_out; /* h_page_sign_in.c */
spi_handler spi_h_page_ticket_say;												/* h_page_ticket_talk.c */
spi_handler spi_h_page_agent_tickets;											/* h_page_agent_tickets.c */
spi_handler spi_h_page_agent_outbox, spi_h_page_agent_outbox_resend;				/* h_page_agent_outbox.c */
spi_handler spi_h_page_agent_ticket, spi_h_page_agent_suggestions, spi_h_page_agent_ticket_do; /* h_page_agent_ticket.c */
spi_handler spi_h_page_sign_in_provider, spi_h_page_sign_in_callback;			/* h_page_sign_in_provider.c */
spi_handler spi_h_page_trainings, spi_h_page_training, spi_h_page_training_answers; /* h_page_agent_training.c */
spi_handler spi_h_page_training_report;										/* h_training_report.c */
spi_handler spi_h_page_agent, spi_h_page_agent_receipts;						/* h_page_agent.c, h_page_agent_receipts.c */
spi_handler spi_h_page_gaps;													/* h_gaps.c */
spi_handler spi_h_static, spi_h_widget;											/* static.c */

#endif
