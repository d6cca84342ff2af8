/* Individual cases: "l'avviso 3010… di 54,20 euro del 3 marzo risulta ancora da pagare, potete controllare?" A general answer,
   however near, is not what such a message needs: a person must look into it. */
#include "answer/decide.h"
#include "sportello/personal.h"

#include <string.h>

static double personal_score(const char *text, size_t len)
{
	sp_personal_span spans[8];
	size_t count = sp_personal_find(text, len, spans, 8);
	double score = 0;
	for (size_t i = 0; i < count && i < 8; i++)
		score += spans[i].kind == SP_PERSONAL_EMAIL || spans[i].kind == SP_PERSONAL_PHONE ? 1.5 : 2;
	return score;
}

static bool is_one_of(const sp_token *token, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(token->plain, *words) == 0)
			return true;
	return false;
}

static bool is_number(const sp_token *token)
{
	return token->kind == SP_TOKEN_NUMBER && token->plain[0] >= '0' && token->plain[0] <= '9';
}

static bool stands_after_euro_sign(const char *text, size_t start)
{
	static const char sign[] = "\xE2\x82\xAC";
	while (start > 0 && text[start - 1] == ' ')
		start--;
	return start >= sizeof sign - 1 && memcmp(text + start - (sizeof sign - 1), sign, sizeof sign - 1) == 0;
}

/* "87 euro", "54,20", "€ 12": a sum; cents make it somebody's own. */
static double sum_score(const sp_tokens *tokens, size_t i, const char *text)
{
	static const char *const money[] = {"euro", "eur", "euros", NULL};
	const sp_token *token = &tokens->items[i];
	if (!is_number(token))
		return 0;
	const char *comma = strpbrk(token->plain, ",.");
	bool cents = comma && strlen(comma + 1) == 2;
	bool named = (i + 1 < tokens->count && is_one_of(&tokens->items[i + 1], money)) ||
	             stands_after_euro_sign(text, token->start);
	return cents ? 1 : named ? 0.75 : 0;
}

/* "3 marzo", "28/01", "16.02": a day. */
static double day_score(const sp_tokens *tokens, size_t i, const char *text, size_t len)
{
	static const char *const months[] = {"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto",
		"settembre", "ottobre", "novembre", "dicembre", "january", "february", "march", "april", "june", "july", "august",
		"september", "october", "november", "december", "januar", "februar", "marz", "maerz", "mai", "juni", "juli",
		"oktober", "dezember", NULL};
	const sp_token *token = &tokens->items[i];
	if (is_one_of(token, months))
		return 1;
	if (!is_number(token) || token->end + 1 >= len || text[token->end] != '/' || token->plain_len > 2)
		return 0;
	return text[token->end + 1] >= '0' && text[token->end + 1] <= '9' ? 1 : 0;
}

static double reference_score(const sp_token *token)
{
	static const char *const references[] = {"pratica", "verbale", "iun", "targa", "segnalazione", "protocollo", "ordine",
		"sentenza", "decreto", NULL};
	return is_one_of(token, references) ? 0.75 : 0;
}

double spi_case_score(const char *text, size_t len, const sp_tokens *tokens, const spi_cues *cues)
{
	double sums = 0, days = 0, references = 0;
	for (size_t i = 0; i < tokens->count; i++) {
		double sum = sum_score(tokens, i, text), day = day_score(tokens, i, text, len);
		sums = sum > sums ? sum : sums;
		days = day > days ? day : days;
		double reference = reference_score(&tokens->items[i]);
		references = reference > references ? reference : references;
	}
	return personal_score(text, len) + sums + days + references + (spi_has_cue(cues, SPI_CUE_CASE_ACT) ? 1.25 : 0);
}
