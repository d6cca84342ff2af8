/* The seal of an index folder: a text file that says what must be there.

	sportello-index 1
	encoder none
	file words/postlist.glass 65536

   Xapian's files only grow between builds, so a file that is smaller than the seal says was cut short. A bigger one is
   a commit whose seal is not yet written. words/iamglass is a few hundred bytes whose length varies: it must be there.
 */
#ifndef INDEX_SEAL_H
#define INDEX_SEAL_H

#include "sportello/status.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SPI_ENCODER_NAME_MAX 128

sp_status spi_seal_write(const char *folder, const char *encoder_name, sp_error *err);
/* SP_OK; SP_ERR_NOT_FOUND (no such folder); SP_ERR_CORRUPT; SP_ERR_NEWER; SP_ERR_INVALID (older). */
sp_status spi_seal_check(const char *folder, char ret_encoder_name[SPI_ENCODER_NAME_MAX], sp_error *err);
/* Whether the folder holds a seal at all. */
bool spi_seal_exists(const char *folder);

#ifdef __cplusplus
}
#endif
#endif
