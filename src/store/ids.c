#include "store/ids.h"

#include "sportello/store.h"

#include <sys/random.h>
#include <sys/types.h>

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
	static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
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
	spi_random_text(ret, SP_CONVERSATION_ID_LEN);
}
