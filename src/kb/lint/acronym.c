/* Words of capitals that the article never explains. */
#include "kb/lint/lint.h"

#include "kb/lint/words.h"
#include "text/words.h"

#include <stdio.h>
#include <string.h>

enum { ACRONYMS_MAX = 64, LETTERS_MIN = 2, LETTERS_MAX = 6 };

typedef struct acronym {
	char letters[LETTERS_MAX + 1];
	size_t count; /* of letters */
	spi_place place;
	bool explained;
} acronym;

typedef struct acronyms {
	const sp_article *article;
	const sp_kb_config *config;
	acronym items[ACRONYMS_MAX];
	size_t count;
	sp_buffer initials; /* of all words, lower case; a '.' between texts */
	sp_buffer content;  /* the same without function words */
} acronyms;

static bool is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* Letters and digits, and what joins them to a code or a name: PPT_X, it.X, X-1. */
static bool is_joined(char c)
{
	return is_capital(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0xc3 || c == '_';
}

static bool is_roman(const char *letters)
{
	return letters[strspn(letters, "IVXL")] == '\0';
}

/* NON, MAI: words said loudly. */
static bool is_function_word(const acronyms *a, const char *letters, size_t count)
{
	char small[LETTERS_MAX + 1];
	for (size_t i = 0; i < count; i++)
		small[i] = (char)(letters[i] | 0x20);
	return spi_is_function_word(small, count, a->article->lang);
}

static bool is_known(const acronyms *a, const char *letters, size_t count)
{
	for (size_t i = 0; i < a->config->acronyms.count; i++) {
		if (strcmp(a->config->acronyms.items[i], letters) == 0)
			return true;
	}
	return is_roman(letters) || is_function_word(a, letters, count);
}

static acronym *note(acronyms *a, const char *letters, size_t count, spi_place place)
{
	for (size_t i = 0; i < a->count; i++) {
		if (strcmp(a->items[i].letters, letters) == 0)
			return &a->items[i];
	}
	if (a->count == ACRONYMS_MAX || is_known(a, letters, count))
		return NULL;
	acronym *item = &a->items[a->count++];
	*item = (acronym){.count = count, .place = place};
	memcpy(item->letters, letters, count + 1);
	return item;
}

static bool is_word_character(char c)
{
	return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

/* "IUV (identificativo univoco…" or "identificativo univoco (IUV": the word stands beside a bracket, and words in or
   before it. */
static bool is_beside_bracket(const char *text, size_t len, size_t start, size_t end)
{
	size_t at = end + (end < len && text[end] == ' ');
	if (at < len && text[at] == '(' && at + 1 < len) {
		size_t close = at + 1;
		while (close < len && text[close] != ')')
			close++;
		for (size_t i = at + 1; i + 1 < close; i++) {
			if (is_word_character(text[i]) && is_word_character(text[i + 1]))
				return true;
		}
	}
	size_t open = start;
	while (open > 0 && start - open < 2 && strchr("*\"' ", text[open - 1]))
		open--;
	if (!open || text[open - 1] != '(')
		return false;
	open--;
	while (open > 0 && strchr(" *\n", text[open - 1]))
		open--;
	return open > 1 && is_word_character(text[open - 1]);
}

/* The word of capitals at pos: its letters without a plural's s and digits behind it. */
static size_t read_capitals(const char *text, size_t len, size_t *pos, char letters[LETTERS_MAX + 1])
{
	size_t at = *pos, count = 0;
	for (; at < len && is_capital(text[at]); at++) {
		if (count < LETTERS_MAX + 1u)
			count++;
	}
	if (count >= LETTERS_MIN && count <= LETTERS_MAX) {
		memcpy(letters, text + *pos, count);
		letters[count] = '\0';
	}
	at += at < len && text[at] == 's' && (at + 1 == len || !is_joined(text[at + 1]));
	size_t digits = 0;
	for (; at < len && text[at] >= '0' && text[at] <= '9'; at++)
		digits++;
	bool goes_on = at < len && is_joined(text[at]);
	bool is_code = at + 1 < len && strchr("-/.", text[at]) && text[at] && is_joined(text[at + 1]) && text[at] != '/' &&
		(digits || (text[at + 1] >= '0' && text[at + 1] <= '9'));
	*pos = at;
	return goes_on || is_code || count < LETTERS_MIN || count > LETTERS_MAX || digits > 2 ? 0 : count;
}

static void skip_word(const char *text, size_t len, size_t *pos)
{
	while (*pos < len && (is_joined(text[*pos]) || (unsigned char)text[*pos] >= 0x80))
		++*pos;
}

static void scan(acronyms *a, const spi_piece *piece)
{
	const char *text = piece->text;
	for (size_t pos = 0; pos < piece->len;) {
		size_t start = pos;
		char letters[LETTERS_MAX + 1];
		if (text[pos] == SPI_MARK_CODE || text[pos] == SPI_MARK_TARGET) {
			pos = spi_piece_skip(text, piece->len, pos);
		} else if (!is_joined(text[pos])) {
			pos++;
		} else if (!is_capital(text[pos])) {
			skip_word(text, piece->len, &pos);
		} else {
			size_t count = read_capitals(text, piece->len, &pos, letters), end = pos;
			acronym *item = count ? note(a, letters, count, spi_piece_place(piece, start)) : NULL;
			if (item)
				item->explained |= is_beside_bracket(text, piece->len, start, end);
			skip_word(text, piece->len, &pos);
		}
	}
}

static void add_initials(acronyms *a, const char *text, size_t len)
{
	size_t pos = 0;
	spi_word word;
	while (spi_word_next(text, len, &pos, &word)) {
		char small = (char)(text[word.start] | 0x20);
		sp_buffer_add_char(&a->initials, small);
		if (word.letters > 3 || !spi_is_function_word(text + word.start, word.end - word.start, a->article->lang))
			sp_buffer_add_char(&a->content, small);
	}
	sp_buffer_add_char(&a->initials, '.');
	sp_buffer_add_char(&a->content, '.');
}

/* Whether words somewhere begin with the letters, one after the other. */
static bool is_spelled_out(const acronyms *a, const acronym *item)
{
	char small[LETTERS_MAX + 1];
	for (size_t i = 0; i <= item->count; i++)
		small[i] = item->letters[i] ? (char)(item->letters[i] | 0x20) : '\0';
	return strstr(sp_buffer_text(&a->initials), small) || strstr(sp_buffer_text(&a->content), small);
}

/* Two letters are found somewhere in any longer text, so those must be spelled out in the title or a keyword. */
static void look_for_words(acronyms *a, const spi_prose *prose)
{
	for (size_t round = 0; round < 2; round++) {
		if (round == 0) {
			add_initials(a, a->article->title, strlen(a->article->title));
			for (size_t i = 0; i < a->article->keywords.count; i++)
				add_initials(a, a->article->keywords.items[i], strlen(a->article->keywords.items[i]));
		}
		for (size_t i = 0; round == 1 && i < prose->count; i++)
			add_initials(a, prose->items[i].text, prose->items[i].len);
		for (size_t i = 0; i < a->count; i++) {
			if (!a->items[i].explained && (round == 0 || a->items[i].count > 2))
				a->items[i].explained = is_spelled_out(a, &a->items[i]);
		}
	}
}

static void report_all(const acronyms *a, spi_report *report)
{
	size_t unexplained = 0;
	for (size_t i = 0; i < a->count; i++)
		unexplained += !a->items[i].explained;
	for (size_t i = 0; i < a->count; i++) {
		if (!a->items[i].explained)
			SPI_REPORT_MEASURED(report, SPI_RULE_UNEXPLAINED_ACRONYM, a->items[i].place, NULL, (double)unexplained,
				{"value", a->items[i].letters});
	}
}

void spi_lint_acronyms(
	const sp_article *article, const spi_facts *facts, const sp_kb_config *config, spi_report *report)
{
	acronyms a = {.article = article, .config = config};
	if (article->status == SP_STATUS_RETIRED)
		return;
	const spi_piece title = {.text = article->title, .len = strlen(article->title), .place = facts->title};
	scan(&a, &title);
	for (size_t i = 0; i < facts->prose.count; i++) {
		if (facts->prose.items[i].kind != SPI_PIECE_CODE)
			scan(&a, &facts->prose.items[i]);
	}
	if (a.count)
		look_for_words(&a, &facts->prose);
	report_all(&a, report);
	sp_buffer_release(&a.initials);
	sp_buffer_release(&a.content);
}
