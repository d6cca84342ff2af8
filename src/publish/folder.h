/* What others than the publisher may know of the data folder's index/: for a copy of it. */
#ifndef PUBLISH_FOLDER_H
#define PUBLISH_FOLDER_H

#include "sportello/status.h"

/* Keep everybody from publishing until spi_lock_release(); *ret_fd is -1 where nothing was ever published. SP_ERR_BUSY after so long. */
sp_status spi_lock_if_there(const char *data_dir, int wait_ms, int *ret_fd, sp_error *err);
void spi_lock_release(int fd);
/* Number of the generation in use (its folder is index/g-<number>); 0 = none. */
unsigned spi_current_of(const char *data_dir);

#endif
