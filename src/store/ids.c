#include "store/ids.h"

#include "base/clock.h"
#include "sportello/store.h"

#include <sys/random.h>
#include <sys/types.h>

#define TIME_CHARS 8 /* 40 bits */

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz"; /* in ASCII's order, so that ids sort by their time */

/* A few bytes from the kernel. It does not fail once it was seeded; until then, and when a signal comes, it is asked
   again. */
static void random_bytes(unsigned char *ret, size_t len)
{
	while (len > 0) {
		ssize_t got = getrandom(ret, len, 0);
		if (got > 0) {
			ret += got;
			len -= (size_t)got;
		}
	}
}

void spi_random_text(char *ret, size_t count)
{
	unsigned char bytes[64];
	while (count > 0) {
		size_t part = count < sizeof bytes ? count : sizeof bytes;
		random_bytes(bytes, part);
		for (size_t i = 0; i < part; i++)
			*ret++ = alphabet[bytes[i] & 31];
		count -= part;
	}
	*ret = '\0';
}

void sp_store_new_id(char ret[SP_CONVERSATION_ID_LEN + 1])
{
	/* Goes round every 35 years, as nothing but where a row lies follows from it. */
	uint64_t now_ms = (uint64_t)spi_now_utc_ms();
	for (int i = TIME_CHARS - 1; i >= 0; i--, now_ms >>= 5)
		ret[i] = alphabet[now_ms & 31];
	spi_random_text(ret + TIME_CHARS, SP_CONVERSATION_ID_LEN - TIME_CHARS);
}

/* Whether a code has letters and digits: else it could be a word, or a number. */
static bool is_mixed(const char *code)
{
	size_t digits = 0;
	for (const char *at = code; *at; at++)
		digits += *at >= '0' && *at <= '9';
	return digits > 0 && digits < SP_WALK_CODE_LEN;
}

/* Each letter as likely as any other: bytes past the last whole round of the alphabet are thrown away. */
void sp_store_new_code(char ret[SP_WALK_CODE_LEN + 1])
{
	static const char code_alphabet[] = SP_WALK_CODE_ALPHABET;
	const unsigned letters = sizeof code_alphabet - 1, whole = 256 / letters * letters;
	do {
		for (size_t i = 0; i < SP_WALK_CODE_LEN;) {
			unsigned char byte;
			random_bytes(&byte, 1);
			if (byte < whole)
				ret[i++] = code_alphabet[byte % letters];
		}
		ret[SP_WALK_CODE_LEN] = '\0';
	} while (!is_mixed(ret));
}
