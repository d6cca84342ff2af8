/* Cross-validation of labelled questions: those of the other folds are phrasings, those of this one are asked. Each fold has an index
   of its own below the data folder; what is found by its content (sentence vectors, versions) is shared with the data folder. */
#include "cmd/eval.h"
#include "cmd/lines.h"

#include "base/file.h"
#include "base/hash.h"
#include "sportello/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* One fold's folder and the file of its labelled questions. */
typedef struct fold {
	spi_eval *e;
	const char *folder, *labelled;
	FILE *file;
} fold;

unsigned spi_fold_of(const char *id, unsigned count)
{
	return (unsigned)(spi_hash64(id, strlen(id)) % count);
}

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

/* What a killed run left is removed; two runs at once would take it from each other. */
static sp_status begin(spi_eval *e, sp_error *err)
{
	spi_folds *folds = &e->folds;
	folds->folder = sp_arena_printf(e->session.arena, "%s/eval-folds", e->session.data);
	const char *lock = sp_arena_printf(e->session.arena, "%s/eval-folds.lock", e->session.data);
	if (!folds->folder || !lock)
		return no_memory(err);
	folds->lock_fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (folds->lock_fd < 0)
		return sp_error_errno(err, errno, lock, "open");
	if (flock(folds->lock_fd, LOCK_EX | LOCK_NB) != 0) {
		close(folds->lock_fd);
		folds->lock_fd = -1; /* the folder is the other one's */
		return sp_error_set(err, SP_ERR_BUSY, lock, 0,
			"another evaluation with folds runs on this data folder; wait for it, or give another --data");
	}
	return spi_remove_tree(folds->folder, err);
}

static sp_status share(const fold *f, const char *name, sp_error *err)
{
	const char *there = sp_arena_printf(f->e->session.arena, "%s/%s", f->e->session.data, name);
	const char *here = sp_arena_printf(f->e->session.arena, "%s/%s", f->folder, name);
	const char *target = sp_arena_printf(f->e->session.arena, "../../%s", name);
	if (!there || !here || !target)
		return no_memory(err);
	sp_status status = spi_mkdirs(there, err);
	if (status == SP_OK && symlink(target, here) != 0)
		status = sp_error_errno(err, errno, here, "link");
	return status;
}

/* ---- the labelled questions of the other folds ---- */

/* What cannot be asked is not written: asking it tells so, with the place. */
static bool can_be_asked(const spi_eval_line *l)
{
	return l->question[strspn(l->question, " \t\r\n")] &&
		   sp_text_count_chars(l->question, strlen(l->question)) <= SP_MESSAGE_MAX_CHARS;
}

static sp_status write_line(const fold *f, const spi_eval_line *l, sp_error *err)
{
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	sp_json_init(&out, &buf);
	sp_json_object(&out, NULL);
	sp_json_string(&out, "question", l->question);
	if (l->lang && sp_lang_of(l->lang, strlen(l->lang)) != SP_LANG_NONE)
		sp_json_string(&out, "lang", l->lang);
	bool is_answered = strcmp(l->expect, "answer") == 0;
	sp_json_string(&out, "expect", l->expect);
	sp_json_array(&out, "articles");
	for (size_t i = 0; is_answered && i < l->articles.count; i++)
		sp_json_string(&out, NULL, l->articles.items[i]);
	sp_json_array_end(&out);
	sp_json_object_end(&out);
	return spi_eval_print_line(f->file, &buf, f->labelled, err);
}

static sp_status sort_line(json_t *object, int line, void *arg, sp_error *err)
{
	fold *f = arg;
	spi_eval_line l = {0};
	sp_arena_reset(f->e->arena);
	sp_status status = spi_eval_read_line(f->e, object, line, &l, err);
	if (status != SP_OK)
		return status;
	if (spi_fold_of(l.id, f->e->folds.count) == f->e->folds.now) {
		f->e->to_ask++;
		return SP_OK;
	}
	return can_be_asked(&l) ? write_line(f, &l, err) : SP_OK;
}

static sp_status write_labelled(fold *f, sp_error *err)
{
	spi_eval *e = f->e;
	sp_status status = SP_OK;
	f->file = fopen(f->labelled, "we");
	if (!f->file)
		return sp_error_errno(err, errno, f->labelled, "write");
	e->to_ask = 0;
	for (size_t i = 0; status == SP_OK && i < e->paths_count; i++) {
		e->path = e->paths[i];
		status = spi_json_lines_read(e->path, sort_line, f, err);
	}
	if (fclose(f->file) != 0 && status == SP_OK)
		status = sp_error_errno(err, errno, f->labelled, "write");
	return status;
}

/* ---- the folds ---- */

static sp_status run_fold(spi_eval *e, sp_error *err)
{
	fold f = {.e = e, .folder = sp_arena_printf(e->session.arena, "%s/%u", e->folds.folder, e->folds.now)};
	f.labelled = f.folder ? sp_arena_printf(e->session.arena, "%s/labelled.jsonl", f.folder) : NULL;
	if (!f.labelled)
		return no_memory(err);
	sp_status status = spi_mkdirs(f.folder, err);
	if (status == SP_OK)
		status = share(&f, "versions", err);
	if (status == SP_OK && e->session.queue)
		status = share(&f, "vectors", err);
	if (status == SP_OK)
		status = write_labelled(&f, err);
	spi_session_options options = e->options;
	options.data = f.folder;
	options.labelled = f.labelled;
	if (status == SP_OK && (e->to_ask > 0 || e->folds.now == 0))
		status = spi_session_move(&e->session, &options, err);
	return status == SP_OK && (e->to_ask > 0 || e->folds.now == 0) ? spi_eval_ask_all(e, err) : status;
}

sp_status spi_folds_run(spi_eval *e, sp_error *err)
{
	sp_status status = begin(e, err);
	for (e->folds.now = 0; status == SP_OK && e->folds.now < e->folds.count; e->folds.now++)
		status = run_fold(e, err);
	return status;
}

void spi_folds_end(spi_folds *folds)
{
	if (folds->lock_fd < 0)
		return;
	spi_remove_tree(folds->folder, NULL);
	close(folds->lock_fd);
	folds->lock_fd = -1;
}
