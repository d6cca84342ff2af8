/* The handlers of the API, one for each row of spi_api_routes (routes.c); each in h_<name>.c. */
#ifndef HTTP_HANDLERS_H
#define HTTP_HANDLERS_H

#include "http/route.h"

spi_handler spi_h_gaps, spi_h_gaps_patch; /* h_gaps.c */
spi_handler spi_h_chat, spi_h_feedback;                              /* h_chat.c */
spi_handler spi_h_walk;                                              /* h_walks.c */
spi_handler spi_h_receipt;                                           /* h_receipts.c */
spi_handler spi_h_search, spi_h_suggest;                             /* h_search.c */
spi_handler spi_h_articles, spi_h_article;                           /* h_articles.c */
spi_handler spi_h_ticket_open;                                       /* h_ticket_open.c */
spi_handler spi_h_tickets, spi_h_ticket, spi_h_ticket_change;        /* h_tickets.c, h_ticket_change.c */
spi_handler spi_h_attachment_add, spi_h_attachment, spi_h_attachment_remove; /* h_attachments.c */
spi_handler spi_h_ticket_forget, spi_h_forget;                       /* h_forget.c */
spi_handler spi_h_trainings, spi_h_training, spi_h_training_answers; /* h_training.c */
spi_handler spi_h_training_report;                                   /* h_training_report.c */
spi_handler spi_h_queue;                                             /* h_queue.c */
spi_handler spi_h_ticket_take, spi_h_ticket_reply, spi_h_ticket_escalate, spi_h_ticket_return; /* h_ticket_tasks.c */
spi_handler spi_h_ticket_history, spi_h_ticket_dossier;              /* h_ticket_history.c */
spi_handler spi_h_ticket_suggestions;                                /* h_ticket_suggestions.c */
spi_handler spi_h_ticket_draft;                                      /* h_ticket_draft.c */
spi_handler spi_h_ticket_reveal;                                     /* h_ticket_reveal.c */
spi_handler spi_h_flag, spi_h_flags, spi_h_flag_done;                /* h_flags.c */
spi_handler spi_h_deflection, spi_h_deflection_definitions;            /* h_deflection.c */
spi_handler spi_h_figures_csv, spi_h_figures_catalogue;               /* h_page_figures.c */
spi_handler spi_h_replay;                                            /* h_replay.c */
spi_handler spi_h_audit;                                             /* h_audit.c */
spi_handler spi_h_healthz, spi_h_readyz, spi_h_metrics, spi_h_openapi; /* h_operations.c */

#endif
