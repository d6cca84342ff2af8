/* For tests of publishing: a folder of articles, and a publisher on it. */
#ifndef PUBLISH_BED_H
#define PUBLISH_BED_H

#include "harness.h"

#include "sportello/publish.h"

#include <pthread.h>

#define TODAY 20261123
enum { CITIZEN, PARTNER, AGENT };

/* kb.yaml as it is at first. */
extern const char *const publish_yaml;

typedef struct publish_bed {
	char kb[300], data[300];
	char notices[4096];
	pthread_mutex_t lock; /* guards notices */
	sp_date as_of; /* of the publisher; 0 = today */
	sp_publisher *publisher;
	sp_reader *reader;
	sp_analyser *analyser;
	sp_arena *arena;
	sp_error err;
} publish_bed;

/* Writes the folder; nothing is published yet. */
void open_publish_bed(publish_bed *f);
void close_publish_bed(publish_bed *f);
sp_status open_publisher(publish_bed *f);
void close_publisher(publish_bed *f);

void write_file(const char *dir, const char *path, const char *text);
/* Front matter lines over the usual ones, then the body. */
void write_article(publish_bed *f, const char *path, const char *title, const char *more, const char *body);

sp_publish_state state_of(publish_bed *f);
/* How many articles an audience finds; -1 when it cannot search. */
long found_as(publish_bed *f, int audience, const char *text, sp_date day);
/* By citizens, today. */
long found(publish_bed *f, const char *text);
bool get_record(publish_bed *f, int audience, const char *id, sp_record *ret);
/* How long until a search finds so many, ms; -1 after 5 s. */
long wait_for(publish_bed *f, const char *text, long wanted);
void sleep_ms(long ms);
/* The folder of the indexes that are live. */
void current_folder(publish_bed *f, char *ret, size_t size);
/* Whether any file of an audience's index has these bytes. */
bool folder_has(const char *folder, const char *word);

/* Articles with phrasings enough to learn from. */
void write_asked(publish_bed *f);
/* What was learned for an audience is of that revision of its index. */
bool has_learned(publish_bed *f, const char *audience, int revision);
/* An article is saved where more may come: words are shown, what is learned waits. */
void save_and_postpone(publish_bed *f, const char *path, const char *title, const char *body);

#endif
