/* For tests of the editors' linter: small knowledge bases, written file by file, and what the linter says of the last one begun. */
#ifndef LINT_BED_H
#define LINT_BED_H

#include "harness.h"

/* Two languages, three audiences, two categories. */
extern const char *const kb_yaml;

/* Begin another folder with this kb.yaml; all that follows is about it. */
void fresh_folder(const char *config);
/* Where it is. The text lives until the next is begun. */
const char *lint_folder(void);
void put_file(const char *path, const char *text);
/* An article kb/<lang>/c/<id>.md; extra: more front matter lines, starting on line 9. */
void article(const char *lang, const char *id, const char *extra, const char *body);
/* An article of another day than all others here. */
void article_of(const char *lang, const char *id, const char *updated, const char *body);

#define QUESTIONS(a) "questions: [" a " uno, " a " due, " a " tre, " a " quattro, " a " cinque]\n"

/* Findings as "file:line:column severity rule\n", files without folder. The text lives until the next call. */
char *check(void);
/* The measure of the only finding. */
double measure_of(void);

#endif
