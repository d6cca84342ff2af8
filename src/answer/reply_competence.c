/* Where another body decides: its contact (of a list only that of the one that was named), and what to write to it. */
#include "answer/compose.h"
#include "answer/said.h"
#include "sportello/text.h"

#include <string.h>

#define NAME_MAX 80

/* ---- which of a list ---- */

/* Both in normal form: whether the words stand in the text. */
static bool has_words(const char *text, const char *words)
{
	size_t len = strlen(words);
	for (const char *at = len > 0 ? strstr(text, words) : NULL; at; at = strstr(at + 1, words))
		if ((at == text || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
			return true;
	return false;
}

/* A name, or what the editors say means the same. */
static bool names(const spi_composing *c, const char *said, const char *name)
{
	const char *normal = sp_text_normal_form(name, strlen(name), c->arena, NULL);
	if (normal && has_words(said, normal))
		return true;
	for (size_t i = 0; normal && i < c->config->synonyms_count; i++) {
		const sp_synonyms *same = &c->config->synonyms[i];
		bool has = false, said_one = false;
		for (size_t k = 0; k < same->count; k++)
			has |= strcmp(same->normal[k], normal) == 0;
		for (size_t k = 0; has && k < same->count; k++)
			said_one |= has_words(said, same->normal[k]);
		if (said_one)
			return true;
	}
	return false;
}

/* "- **Register (SpidItalia)**: …": either of the two names. */
static bool is_named(const spi_composing *c, const char *said, const char *line, size_t len)
{
	char name[NAME_MAX];
	const char *end = len > 4 && memcmp(line, "- **", 4) == 0 ? memchr(line + 4, '*', len - 4) : NULL;
	if (!end || end - line - 4 >= NAME_MAX)
		return false;
	memcpy(name, line + 4, (size_t)(end - line - 4));
	name[end - line - 4] = '\0';
	char *other = strchr(name, '(');
	if (other) {
		*other++ = '\0';
		other[strcspn(other, ")")] = '\0';
	}
	for (size_t i = strlen(name); i > 0 && name[i - 1] == ' '; i--)
		name[i - 1] = '\0';
	return names(c, said, name) || (other && names(c, said, other));
}

static size_t line_length(const char *at)
{
	size_t len = strcspn(at, "\n");
	return at[len] == '\n' ? len + 1 : len;
}

/* A list's items that were named, where there are some; all else as it is. */
static const char *choose(const spi_composing *c, const char *contact, const char *said)
{
	sp_buffer out = SP_BUFFER_INIT;
	const char *normal = sp_text_normal_form(said, strlen(said), c->arena, NULL);
	bool any = false;
	for (const char *at = contact; normal && *at; at += line_length(at))
		any |= is_named(c, normal, at, line_length(at));
	for (const char *at = contact; any && *at; at += line_length(at))
		if (strncmp(at, "- **", 4) != 0 || is_named(c, normal, at, line_length(at)))
			sp_buffer_add(&out, at, line_length(at));
	const char *chosen = any && sp_buffer_ok(&out) ? sp_arena_strndup(c->arena, sp_buffer_text(&out), out.len) : contact;
	sp_buffer_release(&out);
	return chosen;
}

/* ---- the letter ---- */

static sp_status write_letter(spi_composing *c, const sp_body *body, const char *said)
{
	static const char place[] = "{said}";
	const char *text = sp_texts_get(&body->letter, c->decision->lang), *at = strstr(text, place);
	sp_letter *letter = *text ? sp_arena_alloc(c->arena, sizeof *letter) : NULL;
	if (!*text)
		return SP_OK;
	if (!letter)
		return SP_ERR_NOMEM;
	letter->to = sp_texts_get(&body->name, c->decision->lang);
	letter->text = at ? sp_arena_printf(c->arena, "%.*s%s%s", (int)(at - text), text, said, at + sizeof place - 1) : text;
	c->reply->letter = letter;
	return letter->text ? SP_OK : SP_ERR_NOMEM;
}

sp_status spi_compose_competence(spi_composing *c, const sp_record *article)
{
	int number = *article->competence ? sp_kb_body(c->config, article->competence) : -1;
	if (number < 0)
		return SP_OK;
	const sp_body *body = &c->config->bodies[number];
	sp_said said;
	sp_status status = spi_said_so_far(c, &said);
	const char *contact = status == SP_OK ? choose(c, sp_texts_get(&body->contact, c->decision->lang), said.text) : NULL;
	if (!contact)
		return SP_ERR_NOMEM;
	status = *contact ? spi_compose_markdown(c, contact) : SP_OK;
	return status == SP_OK ? write_letter(c, body, said.text) : status;
}
