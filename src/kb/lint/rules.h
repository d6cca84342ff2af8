/* The editors' rules: one list gives name, default severity and whether an editor may change it. */
#ifndef KB_LINT_RULES_H
#define KB_LINT_RULES_H

#include "sportello/kb.h"

/* X(enum, name in findings and in kb.yaml, default severity, fixed: nothing works without it, so it stays an error) */
#define SPI_RULE_LIST(X) \
	/* the file */ \
	X(SPI_RULE_NOT_UTF8, "not-utf8", ERROR, true) \
	X(SPI_RULE_TOO_LARGE, "too-large", ERROR, true) \
	X(SPI_RULE_UNREADABLE, "unreadable", ERROR, true) \
	X(SPI_RULE_FILE_NAME, "file-name", ERROR, false) \
	X(SPI_RULE_MISPLACED_FILE, "misplaced-file", WARNING, false) \
	X(SPI_RULE_UNKNOWN_LANGUAGE, "unknown-language", ERROR, false) \
	/* front matter and kb.yaml, as YAML */ \
	X(SPI_RULE_FRONT_MATTER, "front-matter", ERROR, true) \
	X(SPI_RULE_YAML_SYNTAX, "yaml-syntax", ERROR, true) \
	X(SPI_RULE_YAML_ALIAS, "yaml-alias", ERROR, true) \
	X(SPI_RULE_YAML_LIMIT, "yaml-limit", ERROR, true) \
	X(SPI_RULE_DUPLICATE_KEY, "duplicate-key", ERROR, false) \
	X(SPI_RULE_UNKNOWN_KEY, "unknown-key", ERROR, false) \
	X(SPI_RULE_MISSING_FIELD, "missing-field", ERROR, true) \
	X(SPI_RULE_WRONG_TYPE, "wrong-type", ERROR, false) \
	X(SPI_RULE_BAD_VALUE, "bad-value", ERROR, false) \
	X(SPI_RULE_BAD_DATE, "bad-date", ERROR, false) \
	X(SPI_RULE_DATE_ORDER, "date-order", ERROR, false) \
	/* names that kb.yaml must know */ \
	X(SPI_RULE_UNKNOWN_TYPE, "unknown-type", ERROR, true) \
	X(SPI_RULE_UNKNOWN_STATUS, "unknown-status", ERROR, true) \
	X(SPI_RULE_UNKNOWN_CATEGORY, "unknown-category", ERROR, true) \
	X(SPI_RULE_UNKNOWN_AUDIENCE, "unknown-audience", ERROR, false) \
	X(SPI_RULE_UNKNOWN_GROUP, "unknown-group", ERROR, false) \
	X(SPI_RULE_UNKNOWN_FIELD, "unknown-field", ERROR, false) \
	X(SPI_RULE_UNKNOWN_BODY, "unknown-body", ERROR, false) \
	X(SPI_RULE_UNKNOWN_SERVICE, "unknown-service", ERROR, false) \
	X(SPI_RULE_UNKNOWN_HOURS, "unknown-hours", ERROR, false) \
	X(SPI_RULE_UNKNOWN_RULE, "unknown-rule", ERROR, false) \
	/* an article by itself */ \
	X(SPI_RULE_BAD_ID, "bad-id", ERROR, true) \
	X(SPI_RULE_ID_FILE_NAME, "id-file-name", ERROR, false) \
	X(SPI_RULE_CATEGORY_FOLDER, "category-folder", ERROR, false) \
	X(SPI_RULE_NO_AUDIENCE, "no-audience", ERROR, false) \
	X(SPI_RULE_FEW_QUESTIONS, "few-questions", ADVICE, false) \
	X(SPI_RULE_NOTICE_TIMES, "notice-times", ERROR, false) \
	X(SPI_RULE_NOTICE_ONLY, "notice-only", WARNING, false) \
	X(SPI_RULE_REVIEW_OVERDUE, "review-overdue", WARNING, false) \
	X(SPI_RULE_ENDED_WITHOUT_SUCCESSOR, "ended-without-successor", WARNING, false) \
	X(SPI_RULE_PERSONAL_DATA, "personal-data", WARNING, false) \
	X(SPI_RULE_PERSONAL_CONTACT, "personal-contact", OFF, false) \
	/* its body */ \
	X(SPI_RULE_EMPTY_BODY, "empty-body", ERROR, false) \
	X(SPI_RULE_HEADING_1, "heading-1", WARNING, false) \
	X(SPI_RULE_RAW_HTML, "raw-html", WARNING, false) \
	X(SPI_RULE_IMAGE, "image", WARNING, false) \
	X(SPI_RULE_UNSAFE_LINK, "unsafe-link", ERROR, false) \
	X(SPI_RULE_AUDIENCE_MARKER, "audience-marker", ERROR, false) \
	X(SPI_RULE_BROKEN_ANCHOR, "broken-anchor", ERROR, false) \
	X(SPI_RULE_PROCEDURE_STEPS, "procedure-steps", WARNING, false) \
	X(SPI_RULE_PROCEDURE_MISSING_STEP, "procedure-missing-step", ERROR, false) \
	X(SPI_RULE_PROCEDURE_UNREACHABLE, "procedure-unreachable", ERROR, false) \
	X(SPI_RULE_PROCEDURE_NO_END, "procedure-no-end", ERROR, false) \
	/* all articles together */ \
	X(SPI_RULE_DUPLICATE_ID, "duplicate-id", ERROR, false) \
	X(SPI_RULE_DUPLICATE_QUESTION, "duplicate-question", WARNING, false) \
	X(SPI_RULE_BROKEN_LINK, "broken-link", ERROR, false) \
	X(SPI_RULE_BROKEN_RELATED, "broken-related", ERROR, false) \
	X(SPI_RULE_BROKEN_SUCCESSOR, "broken-successor", ERROR, false) \
	X(SPI_RULE_BROKEN_COVERS, "broken-covers", ERROR, false) \
	X(SPI_RULE_HIDDEN_LINK, "hidden-link", WARNING, false) \
	X(SPI_RULE_NO_ORIGINAL, "no-original", WARNING, false)

typedef enum spi_rule {
#define SPI_RULE_ENUM(name, text, severity, fixed) name,
	SPI_RULE_LIST(SPI_RULE_ENUM)
#undef SPI_RULE_ENUM
	SPI_RULE_COUNT
} spi_rule;

const char *spi_rule_name(spi_rule rule);
/* SPI_RULE_COUNT when there is no such rule. */
spi_rule spi_rule_of(const char *name);
bool spi_rule_is_fixed(spi_rule rule);
/* As kb.yaml wants it, else the default. config may be NULL. */
sp_severity spi_rule_severity(spi_rule rule, const sp_kb_config *config);
/* "off", "advice", "warning", "error". */
const char *spi_severity_name(sp_severity severity);

#endif
