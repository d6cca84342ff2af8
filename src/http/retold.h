/* What was replied to messages of the chat that came with an Idempotency-Key: whose connection was lost on the way back sends the same again,
   and is told the same; the conversation does not get it twice ("back" would lead back twice, a question asked again would be one that the
   answer did not help). Only in memory, for some minutes. Replies hold nothing that people wrote but with personal data masked. Any thread. */
#ifndef HTTP_RETOLD_H
#define HTTP_RETOLD_H

#include "http/request.h"

typedef struct spi_retold spi_retold;

#define SPI_RETOLD_S 600

/* NULL when memory is out. */
spi_retold *spi_retold_new(void);
void spi_retold_free(spi_retold *retold); /* NULL is accepted, here and below: nothing is kept then */

/* Put what was replied to the same caller's same body under the same key into request->out; false: nothing was. */
bool spi_retold_find(spi_retold *retold, spi_request *request, const char *key);
/* Keep what stands in request->out. */
void spi_retold_keep(spi_retold *retold, const spi_request *request, const char *key);

#endif
