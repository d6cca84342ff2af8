/* Forms of tickets, and answers on their pages, that were sent with mistakes, while they are mended: the page that tells the mistakes is then one that can be got again,
   and "back" or "reload" asks nobody whether to send the form once more. Personal data may be in them: only in memory, for a few minutes, gone
   when the ticket is open. Each is kept under a name that is made here: who sends a form under a key that somebody else gave them (in a link to a
   form) shows them nothing by it. Any thread. */
#ifndef HTTP_UNSENT_H
#define HTTP_UNSENT_H

#include "sportello/buffer.h"
#include "sportello/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct spi_unsent spi_unsent;

#define SPI_UNSENT_S 600
#define SPI_UNSENT_MAX 256                  /* forms */
#define SPI_UNSENT_OF_ONE 4                 /* times that one form was sent with mistakes: "back" leads to those before */
#define SPI_UNSENT_BYTES (4 * 1024 * 1024)  /* of all of them */

/* NULL when memory is out. */
spi_unsent *spi_unsent_new(void);
void spi_unsent_free(spi_unsent *unsent); /* NULL is accepted, here and below: nothing is kept then */

/* Keep the bytes of the form that has this key (sp_store_new_id(), in the form itself); ret_name: what they are got by. False: there is no room;
   nobody else's go for it. */
bool spi_unsent_keep(spi_unsent *unsent, const char *key, const char *form, size_t len, int64_t now_utc_s,
	char ret_name[SP_CONVERSATION_ID_LEN + 1]);
/* Add them to a buffer; ret_key: the form's. False: there are none of that name, or not any more. */
bool spi_unsent_read(spi_unsent *unsent, const char *name, int64_t now_utc_s, sp_buffer *ret, char ret_key[SP_CONVERSATION_ID_LEN + 1]);
/* Forget all that was kept of a form. */
void spi_unsent_drop(spi_unsent *unsent, const char *key);
/* Forget those whose time is over. Cheap when there are none. */
void spi_unsent_tidy(spi_unsent *unsent, int64_t now_utc_s);
/* How many are kept. */
size_t spi_unsent_count(spi_unsent *unsent);

#endif
