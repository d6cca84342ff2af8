/* What the files of training share. */
#ifndef TRAINING_MODULE_H
#define TRAINING_MODULE_H

#include "sportello/training.h"

/* Whether an article is valid on a day. */
bool spi_training_is_current(const sp_record *record, sp_date day);
/* An article as it was published in some version. Free it with sp_article_free(); the arena is for the file. */
sp_status spi_training_text(const sp_training_view *view, const char *version, sp_article **ret, sp_arena *arena, sp_error *err);

#endif
