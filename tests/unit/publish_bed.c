#include "publish_bed.h"

#include "base/clock.h"
#include "base/file.h"
#include "publish/publisher.h"

#include <dirent.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

const char *const publish_yaml =
	"service:\n  name: {it: Prova}\n"
	"languages: [it, en]\n"
	"timezone: Europe/Rome\n"
	"audiences:\n"
	"  citizen: {name: {it: Cittadini}}\n"
	"  partner: {name: {it: Partner}, reads: [citizen]}\n"
	"  agent-l1: {name: {it: Operatori}, reads: [citizen, partner]}\n"
	"services:\n  app: {name: {it: App}}\n"
	"groups:\n  l1: {name: {it: Primo livello}, level: 1}\n"
	"categories:\n"
	"  accesso:\n    name: {it: Accesso}\n    service: app\n    group: l1\n    order: 1\n"
	"  pagamenti:\n    name: {it: Pagamenti}\n    service: app\n    group: l1\n    order: 2\n";

static int publish_beds;

static void take_notice(const char *line, void *arg)
{
	publish_bed *f = arg;
	pthread_mutex_lock(&f->lock);
	size_t len = strlen(f->notices);
	snprintf(f->notices + len, sizeof f->notices - len, "%s\n", line);
	pthread_mutex_unlock(&f->lock);
}

void write_file(const char *dir, const char *path, const char *text)
{
	char whole[600];
	snprintf(whole, sizeof whole, "%s/%s", dir, path);
	char *slash = strrchr(whole, '/');
	*slash = '\0';
	spi_mkdirs(whole, NULL);
	*slash = '/';
	FILE *file = fopen(whole, "w");
	CHECK(file != NULL);
	if (file) {
		fputs(text, file);
		fclose(file);
	}
}

void write_article(publish_bed *f, const char *path, const char *title, const char *more, const char *body)
{
	char text[4096], id[128];
	const char *slug = strrchr(path, '/') + 1;
	snprintf(id, sizeof id, "%.*s", (int)(strlen(slug) - 3), slug);
	snprintf(text, sizeof text, "---\nid: %s\ntype: qa\ntitle: %s\ncategory: %s\n%s%supdated: 2026-01-02\n%s---\n%s\n",
		id, title, strstr(path, "pagamenti") ? "pagamenti" : "accesso",
		strstr(more, "audience:") ? "" : "audience: [citizen]\n", strstr(more, "status:") ? "" : "status: published\n",
		more, body);
	write_file(f->kb, path, text);
}

void open_publish_bed(publish_bed *f)
{
	memset(f, 0, sizeof *f);
	pthread_mutex_init(&f->lock, NULL);
	snprintf(f->kb, sizeof f->kb, "%s/kb-%d", harness_folder(), ++publish_beds);
	snprintf(f->data, sizeof f->data, "%s/data-%d", harness_folder(), publish_beds);
	f->analyser = sp_analyser_new();
	f->arena = sp_arena_new(0);
	write_file(f->kb, "kb.yaml", publish_yaml);
	write_article(f, "it/accesso/otp.md", "Non arriva il codice",
		"questions: [il codice otp non arriva]\nrelated: [interno, doppio]\n",
		"Aspetta.\n\n> [!agent-l1]\n> Guarda il registro zanzibar.\n");
	write_article(f, "it/pagamenti/doppio.md", "Pagato due volte", "", "Chiedi il rimborso.");
	write_article(
		f, "it/accesso/interno.md", "Procedura riservata quokka", "audience: [agent-l1]\n", "Solo per operatori.");
	write_article(f, "it/accesso/bozza.md", "Bozza", "status: draft\n", "Non ancora.");
}

sp_status open_publisher(publish_bed *f)
{
	sp_publish_options options = {.kb_dir = f->kb, .data_dir = f->data, .as_of = f->as_of, .notice = take_notice, .arg = f};
	sp_error_clear(&f->err);
	sp_status status = sp_publisher_open(&options, &f->publisher, &f->err);
	return status == SP_OK ? sp_reader_open(f->publisher, &f->reader, &f->err) : status;
}

void close_publisher(publish_bed *f)
{
	sp_reader_close(f->reader);
	sp_publisher_close(f->publisher);
	f->reader = NULL;
	f->publisher = NULL;
}

void close_publish_bed(publish_bed *f)
{
	close_publisher(f);
	sp_analyser_free(f->analyser);
	sp_arena_free(f->arena);
	pthread_mutex_destroy(&f->lock);
}

sp_publish_state state_of(publish_bed *f)
{
	sp_publish_state state = {0};
	CHECK_INT(sp_publisher_state(f->publisher, f->arena, &state), SP_OK);
	return state;
}

long found_as(publish_bed *f, int audience, const char *text, sp_date day)
{
	sp_index *index;
	sp_result result;
	sp_query query = {
		.text = text, .text_len = strlen(text), .lang = SP_LANG_IT, .day = day, .audience = -1, .limit = 10};
	if (sp_reader_refresh(f->reader, &f->err) != SP_OK ||
		sp_reader_index(f->reader, audience, &index, &f->err) != SP_OK ||
		sp_index_search(index, f->analyser, &query, f->arena, &result, &f->err) != SP_OK)
		return -1;
	return result.total;
}

long found(publish_bed *f, const char *text)
{
	return found_as(f, CITIZEN, text, TODAY);
}

bool get_record(publish_bed *f, int audience, const char *id, sp_record *ret)
{
	sp_index *index;
	sp_error err = {0};
	return sp_reader_refresh(f->reader, &err) == SP_OK && sp_reader_index(f->reader, audience, &index, &err) == SP_OK &&
		   sp_index_get(index, id, SP_LANG_NONE, f->arena, ret, &err) == SP_OK;
}

void sleep_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

long wait_for(publish_bed *f, const char *text, long wanted)
{
	int64_t start = spi_now_us();
	while (spi_now_us() - start < 5000000) {
		if (found(f, text) == wanted)
			return (long)((spi_now_us() - start) / 1000);
		sleep_ms(2);
	}
	return -1;
}

void current_folder(publish_bed *f, char *ret, size_t size)
{
	char path[400], name[64] = "";
	snprintf(path, sizeof path, "%s/index/CURRENT", f->data);
	FILE *file = fopen(path, "r");
	if (file) {
		CHECK(fgets(name, sizeof name, file) != NULL);
		fclose(file);
	}
	name[strcspn(name, "\n")] = '\0';
	snprintf(ret, size, "%s/index/%s", f->data, name);
}

static bool file_has(const char *path, const char *word)
{
	char *bytes = NULL;
	size_t size = 0;
	FILE *file = fopen(path, "r");
	FILE *copy = open_memstream(&bytes, &size);
	for (int c; file && (c = fgetc(file)) != EOF;)
		fputc(c, copy);
	fclose(copy);
	bool has = memmem(bytes, size, word, strlen(word)) != NULL;
	free(bytes);
	if (file)
		fclose(file);
	return has;
}

bool folder_has(const char *folder, const char *word)
{
	char path[800];
	bool has = false;
	DIR *dir = opendir(folder);
	CHECK(dir != NULL);
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		if (entry->d_name[0] != '.')
			has |= entry->d_type == DT_DIR ? folder_has(path, word) : file_has(path, word);
	}
	if (dir)
		closedir(dir);
	return has;
}

bool has_learned(publish_bed *f, const char *audience, int revision)
{
	char folder[400], path[500];
	current_folder(f, folder, sizeof folder);
	snprintf(path, sizeof path, "%s/%s/wording/classes-%d", folder, audience, revision);
	return spi_exists(path);
}

void write_asked(publish_bed *f)
{
	char path[64], title[128], more[400];
	for (int i = 0; i < 130; i++) {
		snprintf(path, sizeof path, "it/accesso/%s%03d.md", i < 120 ? "a" : "z", i);
		snprintf(title, sizeof title, "Domanda numero%d", i);
		snprintf(more, sizeof more, "%squestions: [dove chiedo la pratica%d, quanto costa la pratica%d, rinnovo pratica%d, annullare la pratica%d, la pratica%d non va]\n",
			i < 120 ? "" : "audience: [agent-l1]\n", i, i, i, i, i);
		write_article(f, path, title, more, "Per tutti.\n");
	}
}

void save_and_postpone(publish_bed *f, const char *path, const char *title, const char *body)
{
	atomic_store(&f->publisher->learns_later, true);
	write_article(f, path, title, "", body);
	CHECK_INT(sp_publisher_refresh(f->publisher, false, &f->err), SP_OK);
	CHECK(atomic_load(&f->publisher->is_learning_due));
	atomic_store(&f->publisher->learns_later, false);
}
