#include "http/retold.h"

#include "base/hash.h"
#include "base/memo.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define HALF_MAX ((size_t)2 * 1024 * 1024) /* some six hundred replies */

struct spi_retold {
	pthread_mutex_t lock; /* while a reply is copied */
	spi_memo *memo;
};

typedef struct told {
	int64_t at_utc_s;
	size_t len;
	char text[];
} told;

spi_retold *spi_retold_new(void)
{
	spi_retold *r = calloc(1, sizeof *r);
	spi_memo *memo = spi_memo_new(HALF_MAX, free);
	if (!r || !memo || pthread_mutex_init(&r->lock, NULL) != 0) {
		spi_memo_free(memo);
		free(r);
		return NULL;
	}
	r->memo = memo;
	return r;
}

void spi_retold_free(spi_retold *retold)
{
	if (!retold)
		return;
	spi_memo_free(retold->memo);
	pthread_mutex_destroy(&retold->lock);
	free(retold);
}

/* Who asks is in it: a key that somebody else knows tells them nothing. */
static spi_memo_key key_of(const spi_request *request, const char *key)
{
	const spi_caller *caller = &request->caller;
	const char *subject = caller->subject ? caller->subject : "";
	const uint64_t numbers[] = {(uint64_t)caller->audience, caller->roles, caller->subject != NULL, strlen(subject), (uint64_t)request->lang, strlen(key)};
	spi_memo_key ret = {{0}};
	spi_sha256 sha;
	spi_sha256_init(&sha);
	spi_sha256_add(&sha, numbers, sizeof numbers);
	spi_sha256_add(&sha, subject, strlen(subject));
	spi_sha256_add(&sha, key, strlen(key));
	spi_sha256_add(&sha, sp_buffer_text(&request->body), request->body.len);
	spi_sha256_end(&sha, ret.bytes);
	return ret;
}

bool spi_retold_find(spi_retold *retold, spi_request *request, const char *key)
{
	if (!retold || !key)
		return false;
	spi_memo_key memo_key = key_of(request, key);
	pthread_mutex_lock(&retold->lock);
	const told *t = spi_memo_recall(retold->memo, &memo_key);
	bool is_known = t && request->clock_utc_s >= t->at_utc_s && request->clock_utc_s - t->at_utc_s < SPI_RETOLD_S;
	if (is_known)
		sp_buffer_add(&request->out, t->text, t->len);
	pthread_mutex_unlock(&retold->lock);
	return is_known;
}

void spi_retold_keep(spi_retold *retold, const spi_request *request, const char *key)
{
	size_t len = request->out.len;
	told *t = retold && key && sp_buffer_ok(&request->out) ? malloc(sizeof *t + len) : NULL;
	if (!t)
		return;
	*t = (told){.at_utc_s = request->clock_utc_s, .len = len};
	memcpy(t->text, request->out.data, len);
	spi_memo_key memo_key = key_of(request, key);
	pthread_mutex_lock(&retold->lock);
	spi_memo_keep_take(retold->memo, &memo_key, t, sizeof *t + len);
	pthread_mutex_unlock(&retold->lock);
}
