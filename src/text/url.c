/* Web addresses and domain names. A name without scheme must have a known end: "grazie.ciao" lacks a space. */
#include "text/url.h"

#include <stdbool.h>
#include <string.h>

#define LABEL_MAX 63
#define NAME_MAX_LEN 253
#define PATH_MAX_LEN 2048

/* Last labels that make a name of two labels. Those that are words need a path, www. or a third label. */
static const char *const plain_ends[] = {"it", "com", "org", "net", "eu", "gov", "edu", "de", "ch", "fr", "uk", "es",
	"biz", "europa"};
static const char *const wordy_ends[] = {"io", "me", "app", "info", "at", "tv", "dev", "cloud", "online", "site", "be",
	"pt", "us"};

static bool is_label_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

static bool same_text(const char *text, size_t len, const char *word)
{
	for (size_t i = 0; i < len; i++) {
		if (word[i] == '\0' || (text[i] | 0x20) != word[i])
			return false;
	}
	return word[len] == '\0';
}

static bool is_one_of(const char *text, size_t len, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (same_text(text, len, list[i]))
			return true;
	}
	return false;
}

static bool starts_with(const char *text, size_t limit, size_t pos, const char *word)
{
	size_t len = strlen(word);
	return limit - pos >= len && same_text(text + pos, len, word);
}

typedef struct name_end {
	size_t end, last_label;
	int labels;
} name_end;

static bool is_continued(const char *text, size_t limit, size_t pos)
{
	return pos < limit && (is_label_char(text[pos]) || text[pos] == '_' || (unsigned char)text[pos] >= 128);
}

/* Labels joined by single points from pos on. */
static bool read_name(const char *text, size_t limit, size_t pos, name_end *ret)
{
	size_t start = pos;
	*ret = (name_end){.last_label = pos};
	if (limit - pos > NAME_MAX_LEN)
		limit = pos + NAME_MAX_LEN;
	for (;;) {
		size_t label = pos;
		while (pos < limit && pos - label <= LABEL_MAX && is_label_char(text[pos]))
			pos++;
		if (pos == label || pos - label > LABEL_MAX || text[label] == '-' || text[pos - 1] == '-')
			break;
		*ret = (name_end){.end = pos, .last_label = label, .labels = ret->labels + 1};
		if (pos >= limit || text[pos] != '.')
			break;
		pos++;
	}
	return ret->end > start;
}

static bool is_printable(char c)
{
	return (unsigned char)c > ' ' && (unsigned char)c < 0x7F;
}

/* The path, query and fragment that follow a name, without the punctuation of the sentence around. */
static size_t path_end(const char *text, size_t limit, size_t pos)
{
	size_t start = pos;
	if (pos >= limit || (text[pos] != '/' && text[pos] != '?' && text[pos] != '#' && text[pos] != ':'))
		return pos;
	while (pos < limit && pos - start < PATH_MAX_LEN && is_printable(text[pos]) &&
		!strchr("\"'<>|\\^`{}()[]", text[pos]))
		pos++;
	while (pos > start && strchr(".,;:!?/#", text[pos - 1]))
		pos--;
	return pos;
}

/* Most words are followed by no point and no "://": decided by the first label. */
static bool may_start(const char *text, size_t limit, size_t pos)
{
	size_t end = pos;
	while (end < limit && end - pos <= LABEL_MAX && is_label_char(text[end]))
		end++;
	if (end + 1 >= limit)
		return false;
	return (text[end] == '.' && is_label_char(text[end + 1])) || (text[end] == ':' && text[end + 1] == '/');
}

size_t spi_url_end(const char *text, size_t limit, size_t start, size_t *ret_name)
{
	size_t pos = start;
	name_end name;
	if (!may_start(text, limit, start))
		return 0;
	bool certain = starts_with(text, limit, pos, "http://") || starts_with(text, limit, pos, "https://");
	if (certain)
		pos += text[pos + 4] == ':' ? 7 : 8;
	if (starts_with(text, limit, pos, "www.")) {
		certain = true;
		pos += 4;
	}
	if (!read_name(text, limit, pos, &name) || is_continued(text, limit, name.end))
		return 0;
	const char *last = text + name.last_label;
	size_t last_len = name.end - name.last_label;
	bool has_path = name.end + 1 < limit && text[name.end] == '/' && is_label_char(text[name.end + 1]);
	bool plain = is_one_of(last, last_len, plain_ends, sizeof(plain_ends) / sizeof(plain_ends[0]));
	bool wordy = is_one_of(last, last_len, wordy_ends, sizeof(wordy_ends) / sizeof(wordy_ends[0]));
	if (!certain && (name.labels < 2 || !(plain || (wordy && (has_path || name.labels > 2)))))
		return 0;
	*ret_name = pos;
	return certain || has_path || plain || wordy ? path_end(text, limit, name.end) : name.end;
}
