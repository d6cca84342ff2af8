/* Room on the disk for what a commit will write, before it begins: Xapian 1.4 writes the values of documents in a destructor, where a full
   disk is an exception that nobody can catch, and the process would end. */
#ifndef INDEX_ROOM_H
#define INDEX_ROOM_H

#include "sportello/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Set aside so many bytes, and as many as are there, behind the end of a table of the database at folder, which keeps its size. *ret: to be
   given back; -1 where a file system knows no such thing. SP_ERR_FULL. */
sp_status spi_room_take(const char *folder, uint64_t bytes, int *ret, sp_error *err);
/* What was not needed. */
void spi_room_give_back(int room);

#ifdef __cplusplus
}
#endif
#endif
