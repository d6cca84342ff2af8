#include "editor/memory.h"

#include "base/file.h"
#include "base/hash.h"
#include "sportello/version.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX ((size_t)64 << 20)
#define NAME_HEX 32

/* A line: name of the question, kind, reason, confidence (hexadecimal, so that no bit is lost), best article, ids offered, further
   ids; tabs between. */
#define FIELDS 7

static void name_of(const sp_replay_question *question, char ret[NAME_HEX + 1])
{
	char hex[65];
	spi_sha256 sha;
	unsigned char digest[32];
	unsigned char lang = (unsigned char)question->lang;
	spi_sha256_init(&sha);
	spi_sha256_add(&sha, &lang, 1);
	spi_sha256_add(&sha, question->text, strlen(question->text));
	spi_sha256_end(&sha, digest);
	for (size_t i = 0; i < NAME_HEX / 2; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	memcpy(ret, hex, NAME_HEX + 1);
}

/* ---- which file ---- */

/* All that decides besides the question: a program that was built anew may decide otherwise. */
static const char *path_of(const sp_replay *replay, sp_arena *arena)
{
	struct stat st = {0};
	char hex[65];
	if (stat("/proc/self/exe", &st) != 0)
		return NULL;
	const char *encoder = replay->queue ? sp_encoder_name(sp_encode_queue_encoder(replay->queue)) : "none";
	const char *all = sp_arena_printf(arena, "%s\n%lld %lld.%09ld\n%s\n%s\n%d\n%s", sp_version(), (long long)st.st_size,
		(long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec, encoder, replay->audience, (int)replay->day, replay->state);
	if (!all)
		return NULL;
	spi_sha256_hex(all, strlen(all), hex);
	return sp_arena_printf(arena, "%s/%.32s", replay->memory, hex);
}

/* ---- reading ---- */

static bool take_ids(char *text, sp_arena *arena, sp_strings *ret)
{
	size_t most = 1;
	for (const char *c = text; *c; c++)
		most += *c == ' ';
	*ret = (sp_strings){.items = sp_arena_calloc(arena, most, sizeof(char *))};
	char *rest = NULL;
	for (char *id = ret->items ? strtok_r(text, " ", &rest) : NULL; id; id = strtok_r(NULL, " ", &rest))
		ret->items[ret->count++] = id;
	return ret->items;
}

static bool take_line(spi_memory *memory, char *line)
{
	char *fields[FIELDS], *end;
	for (int i = 0; i < FIELDS; i++) {
		fields[i] = line;
		line = i + 1 < FIELDS ? strchr(line, '\t') : NULL;
		if (!line && i + 1 < FIELDS)
			return true; /* half written */
		if (line)
			*line++ = '\0';
	}
	unsigned long kind = strtoul(fields[1], NULL, 10), reason = strtoul(fields[2], NULL, 10);
	sp_outcome *outcome = sp_arena_calloc(memory->arena, 1, sizeof *outcome);
	if (!outcome)
		return false;
	outcome->confidence = strtod(fields[3], &end);
	if (strlen(fields[0]) != NAME_HEX || kind >= SP_DECIDE_COUNT || reason >= SP_REASON_COUNT || *end)
		return true;
	outcome->kind = (sp_decision_kind)kind;
	outcome->reason = (sp_reason)reason;
	outcome->article = fields[4][0] ? fields[4] : NULL;
	if (!take_ids(fields[5], memory->arena, &outcome->offered) || !take_ids(fields[6], memory->arena, &outcome->also))
		return false;
	void **slot = spi_map_put(&memory->known, fields[0], NAME_HEX);
	if (slot)
		*slot = outcome;
	return slot;
}

bool spi_memory_open(spi_memory *memory, const sp_replay *replay, sp_arena *arena)
{
	const char *text;
	size_t len;
	*memory = (spi_memory){.arena = arena, .known.arena = arena, .fresh = SP_BUFFER_INIT};
	if (!replay->memory || !replay->state || spi_mkdirs(replay->memory, NULL) != SP_OK || !(memory->path = path_of(replay, arena)))
		return true;
	if (spi_file_read(memory->path, FILE_MAX, arena, &text, &len, NULL) != SP_OK)
		return true;
	char *lines = sp_arena_strndup(arena, text, len), *rest = NULL;
	bool ok = lines;
	for (char *line = ok ? strtok_r(lines, "\n", &rest) : NULL; ok && line; line = strtok_r(NULL, "\n", &rest))
		ok = take_line(memory, line);
	return ok;
}

const sp_outcome *spi_memory_find(const spi_memory *memory, const sp_replay_question *question)
{
	char name[NAME_HEX + 1];
	if (memory->known.count == 0)
		return NULL;
	name_of(question, name);
	return spi_map_get(&memory->known, name, NAME_HEX);
}

/* ---- writing ---- */

static void add_ids(sp_buffer *out, const sp_strings *ids)
{
	sp_buffer_add_char(out, '\t');
	for (size_t i = 0; i < ids->count; i++)
		sp_buffer_printf(out, "%s%s", i ? " " : "", ids->items[i]);
}

void spi_memory_add(spi_memory *memory, const sp_replay_question *question, const sp_outcome *outcome)
{
	char name[NAME_HEX + 1];
	if (!memory->path)
		return;
	name_of(question, name);
	sp_buffer_printf(&memory->fresh, "%s\t%d\t%d\t%a\t%s", name, (int)outcome->kind, (int)outcome->reason, outcome->confidence,
		outcome->article ? outcome->article : "");
	add_ids(&memory->fresh, &outcome->offered);
	add_ids(&memory->fresh, &outcome->also);
	sp_buffer_add_char(&memory->fresh, '\n');
}

static void append(const spi_memory *memory)
{
	FILE *file = fopen(memory->path, "ae");
	if (!file)
		return;
	fwrite(sp_buffer_text(&memory->fresh), 1, memory->fresh.len, file);
	fclose(file);
}

/* The oldest file of the folder when there are more than may be. False when there is nothing to remove. */
static bool forget_one(const char *folder, sp_arena *arena)
{
	DIR *dir = opendir(folder);
	const char *oldest = NULL;
	struct timespec when = {0};
	size_t count = 0;
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		struct stat st;
		const char *path = entry->d_name[0] == '.' ? NULL : sp_arena_printf(arena, "%s/%s", folder, entry->d_name);
		if (!path || stat(path, &st) != 0)
			continue;
		count++;
		bool older = st.st_mtim.tv_sec < when.tv_sec || (st.st_mtim.tv_sec == when.tv_sec && st.st_mtim.tv_nsec < when.tv_nsec);
		if (!oldest || older) {
			oldest = path;
			when = st.st_mtim;
		}
	}
	if (dir)
		closedir(dir);
	return count > SPI_MEMORY_STATES && unlink(oldest) == 0;
}

void spi_memory_close(spi_memory *memory)
{
	if (memory->path && memory->fresh.len > 0 && sp_buffer_ok(&memory->fresh)) {
		append(memory);
		const char *folder = sp_arena_strndup(memory->arena, memory->path, (size_t)(strrchr(memory->path, '/') - memory->path));
		while (folder && forget_one(folder, memory->arena))
			;
	} else if (memory->path) {
		utimensat(AT_FDCWD, memory->path, NULL, 0);
	}
	sp_buffer_release(&memory->fresh);
}
