/* The editors' rules: one list gives name, default severity and whether an editor may change it. */
#ifndef KB_LINT_RULES_H
#define KB_LINT_RULES_H

#include "sportello/kb.h"

/* What an error of a rule means for the article. */
typedef enum spi_rule_weight {
	SPI_RULE_SERVED, /* it can be served all the same: what is wrong is dropped, or is between articles */
	SPI_RULE_BLOCKS, /* it must not be served */
	SPI_RULE_FIXED,  /* nor may kb.yaml make it less than an error: nothing works without it */
} spi_rule_weight;

/* X(enum, name in findings and in kb.yaml, default severity, weight, the article of kb/it/sportello/ that explains it) */
#define SPI_RULE_LIST(X) \
	/* the file */ \
	X(SPI_RULE_NOT_UTF8, "not-utf8", ERROR, FIXED, "regola-file") \
	X(SPI_RULE_TOO_LARGE, "too-large", ERROR, FIXED, "regola-file") \
	X(SPI_RULE_MERGE_CONFLICT, "merge-conflict", ERROR, FIXED, "regola-file") \
	X(SPI_RULE_UNREADABLE, "unreadable", ERROR, FIXED, "regola-file") \
	X(SPI_RULE_FILE_NAME, "file-name", ERROR, SERVED, "regola-file") \
	X(SPI_RULE_MISPLACED_FILE, "misplaced-file", WARNING, SERVED, "regola-file") \
	X(SPI_RULE_UNKNOWN_LANGUAGE, "unknown-language", ERROR, BLOCKS, "regola-file") \
	/* front matter and kb.yaml, as YAML */ \
	X(SPI_RULE_FRONT_MATTER, "front-matter", ERROR, FIXED, "regola-yaml") \
	X(SPI_RULE_YAML_SYNTAX, "yaml-syntax", ERROR, FIXED, "regola-yaml") \
	X(SPI_RULE_YAML_ALIAS, "yaml-alias", ERROR, FIXED, "regola-yaml") \
	X(SPI_RULE_YAML_LIMIT, "yaml-limit", ERROR, FIXED, "regola-yaml") \
	X(SPI_RULE_DUPLICATE_KEY, "duplicate-key", ERROR, BLOCKS, "regola-yaml") \
	X(SPI_RULE_UNKNOWN_KEY, "unknown-key", ERROR, BLOCKS, "regola-campi") \
	X(SPI_RULE_MISSING_FIELD, "missing-field", ERROR, FIXED, "regola-campi") \
	X(SPI_RULE_WRONG_TYPE, "wrong-type", ERROR, BLOCKS, "regola-campi") \
	X(SPI_RULE_BAD_VALUE, "bad-value", ERROR, BLOCKS, "regola-campi") \
	X(SPI_RULE_BAD_DATE, "bad-date", ERROR, BLOCKS, "regola-date") \
	X(SPI_RULE_DATE_ORDER, "date-order", ERROR, BLOCKS, "regola-date") \
	/* names that kb.yaml must know */ \
	X(SPI_RULE_UNKNOWN_TYPE, "unknown-type", ERROR, FIXED, "regola-nomi") \
	X(SPI_RULE_UNKNOWN_STATUS, "unknown-status", ERROR, FIXED, "regola-nomi") \
	X(SPI_RULE_UNKNOWN_CATEGORY, "unknown-category", ERROR, FIXED, "regola-nomi") \
	X(SPI_RULE_UNKNOWN_AUDIENCE, "unknown-audience", ERROR, BLOCKS, "regola-nomi") \
	X(SPI_RULE_UNKNOWN_GROUP, "unknown-group", ERROR, BLOCKS, "regola-nomi") \
	X(SPI_RULE_UNKNOWN_FIELD, "unknown-field", ERROR, BLOCKS, "regola-nomi") \
	X(SPI_RULE_UNKNOWN_BODY, "unknown-body", ERROR, BLOCKS, "regola-nomi") \
	X(SPI_RULE_UNKNOWN_SERVICE, "unknown-service", ERROR, BLOCKS, "regola-kb-yaml") \
	X(SPI_RULE_UNKNOWN_HOURS, "unknown-hours", ERROR, BLOCKS, "regola-kb-yaml") \
	X(SPI_RULE_UNKNOWN_RULE, "unknown-rule", ERROR, BLOCKS, "regola-kb-yaml") \
	/* an article by itself */ \
	X(SPI_RULE_BAD_ID, "bad-id", ERROR, FIXED, "regola-id") \
	X(SPI_RULE_ID_FILE_NAME, "id-file-name", WARNING, SERVED, "regola-id") \
	X(SPI_RULE_CATEGORY_FOLDER, "category-folder", ERROR, BLOCKS, "regola-id") \
	X(SPI_RULE_NO_AUDIENCE, "no-audience", ERROR, BLOCKS, "regola-pubblico") \
	X(SPI_RULE_FEW_QUESTIONS, "few-questions", ADVICE, SERVED, "regola-domande") \
	X(SPI_RULE_NO_SOURCE, "no-source", ADVICE, SERVED, "regola-fonte") \
	X(SPI_RULE_UNREVIEWED, "unreviewed", OFF, SERVED, "regola-revisione") \
	X(SPI_RULE_NOTICE_TIMES, "notice-times", ERROR, BLOCKS, "regola-avvisi") \
	X(SPI_RULE_NOTICE_ONLY, "notice-only", WARNING, SERVED, "regola-avvisi") \
	X(SPI_RULE_REVIEW_OVERDUE, "review-overdue", WARNING, SERVED, "regola-revisione") \
	X(SPI_RULE_ENDED_WITHOUT_SUCCESSOR, "ended-without-successor", WARNING, SERVED, "regola-fine-validita") \
	X(SPI_RULE_UPDATED_NOT_MOVED, "updated-not-moved", WARNING, SERVED, "regola-date") \
	X(SPI_RULE_WAITING_EDIT, "waiting-edit", ERROR, SERVED, "regola-modifica-in-attesa") \
	X(SPI_RULE_PERSONAL_DATA, "personal-data", WARNING, SERVED, "regola-dati-personali") \
	X(SPI_RULE_PERSONAL_CONTACT, "personal-contact", OFF, SERVED, "regola-dati-personali") \
	/* its body */ \
	X(SPI_RULE_PLACEHOLDER, "placeholder", ERROR, BLOCKS, "regola-segnaposto") /* a warning in a draft */ \
	X(SPI_RULE_EMPTY_BODY, "empty-body", ERROR, BLOCKS, "regola-testo") \
	X(SPI_RULE_HEADING_1, "heading-1", WARNING, SERVED, "regola-testo") \
	X(SPI_RULE_RAW_HTML, "raw-html", WARNING, SERVED, "regola-testo") \
	X(SPI_RULE_IMAGE, "image", WARNING, SERVED, "regola-immagini") \
	X(SPI_RULE_UNSAFE_LINK, "unsafe-link", WARNING, SERVED, "regola-link") \
	X(SPI_RULE_AUDIENCE_MARKER, "audience-marker", ERROR, BLOCKS, "regola-pubblico") \
	X(SPI_RULE_BROKEN_ANCHOR, "broken-anchor", ERROR, SERVED, "regola-ancore") \
	X(SPI_RULE_READABILITY, "readability", ADVICE, SERVED, "regola-leggibilita") \
	X(SPI_RULE_UNEXPLAINED_ACRONYM, "unexplained-acronym", ADVICE, SERVED, "regola-sigle") \
	X(SPI_RULE_PROCEDURE_STEPS, "procedure-steps", WARNING, SERVED, "regola-procedure") \
	X(SPI_RULE_PROCEDURE_MISSING_STEP, "procedure-missing-step", ERROR, SERVED, "regola-procedure") \
	X(SPI_RULE_PROCEDURE_UNREACHABLE, "procedure-unreachable", ERROR, SERVED, "regola-procedure") \
	X(SPI_RULE_PROCEDURE_NO_END, "procedure-no-end", ERROR, SERVED, "regola-procedure") \
	X(SPI_RULE_TRAINING_ONLY, "training-only", WARNING, SERVED, "regola-formazione") \
	X(SPI_RULE_QUIZ_OPEN, "quiz-open", ERROR, BLOCKS, "regola-formazione") \
	X(SPI_RULE_QUIZ_FORM, "quiz-form", ERROR, SERVED, "regola-formazione") \
	/* all articles together */ \
	X(SPI_RULE_DUPLICATE_ID, "duplicate-id", ERROR, SERVED, "regola-id") \
	X(SPI_RULE_DUPLICATE_QUESTION, "duplicate-question", WARNING, SERVED, "regola-domande") \
	X(SPI_RULE_BETTER_ELSEWHERE, "better-elsewhere", WARNING, SERVED, "regola-domanda-contesa") \
	X(SPI_RULE_BROKEN_LINK, "broken-link", ERROR, SERVED, "regola-link") \
	X(SPI_RULE_BROKEN_RELATED, "broken-related", ERROR, SERVED, "regola-correlati") \
	X(SPI_RULE_BROKEN_SUCCESSOR, "broken-successor", ERROR, SERVED, "regola-fine-validita") \
	X(SPI_RULE_HIDDEN_SUCCESSOR, "hidden-successor", WARNING, SERVED, "regola-fine-validita") \
	X(SPI_RULE_BROKEN_COVERS, "broken-covers", ERROR, SERVED, "regola-correlati") \
	X(SPI_RULE_HIDDEN_LINK, "hidden-link", WARNING, SERVED, "regola-pubblico") \
	X(SPI_RULE_NO_ORIGINAL, "no-original", WARNING, SERVED, "regola-traduzioni") \
	X(SPI_RULE_MISSING_TRANSLATION, "missing-translation", WARNING, SERVED, "regola-traduzioni") \
	X(SPI_RULE_OUTDATED_TRANSLATION, "outdated-translation", WARNING, SERVED, "regola-traduzioni") \
	X(SPI_RULE_NEAR_DUPLICATE, "near-duplicate", WARNING, SERVED, "regola-quasi-uguali") \
	X(SPI_RULE_CONTRADICTION, "contradiction", WARNING, SERVED, "regola-contraddizioni") \
	X(SPI_RULE_MODULE_ARTICLES, "module-articles", ERROR, SERVED, "regola-formazione") \
	X(SPI_RULE_MODULE_HIDDEN, "module-hidden", ERROR, SERVED, "regola-formazione") \
	X(SPI_RULE_MODULE_DROPPED, "module-dropped", WARNING, SERVED, "regola-formazione") \
	X(SPI_RULE_QUIZ_ARTICLE, "quiz-article", ERROR, SERVED, "regola-formazione") \
	X(SPI_RULE_QUIZ_MISSING, "quiz-missing", WARNING, SERVED, "regola-formazione") \
	X(SPI_RULE_UNUSED_NAME, "unused-name", ADVICE, SERVED, "regola-kb-yaml")

typedef enum spi_rule {
#define SPI_RULE_ENUM(name, text, severity, weight, article) name,
	SPI_RULE_LIST(SPI_RULE_ENUM)
#undef SPI_RULE_ENUM
	SPI_RULE_COUNT
} spi_rule;

const char *spi_rule_name(spi_rule rule);
/* SPI_RULE_COUNT when there is no such rule. */
spi_rule spi_rule_of(const char *name);
spi_rule_weight spi_rule_weight_of(spi_rule rule);
/* As kb.yaml wants it, else the default. config may be NULL. */
sp_severity spi_rule_severity(spi_rule rule, const sp_kb_config *config);

#endif
