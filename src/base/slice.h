/* How long a thread's turns on a processor are. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdint.h>

/* Short turns from now on, for this thread and those that it starts: among threads that have work it has its turn the sooner, so that who waits
   for it waits less; over time it gets no more. Linux 6.12 and later (EEVDF's slice, sched_setattr(2)); elsewhere nothing changes. Any thread. */
void spi_slice_short(void);
/* As the kernel's own again. */
void spi_slice_usual(void);
/* What the kernel says of this thread's, in nanoseconds; 0: nothing. */
uint64_t spi_slice_now_ns(void);

#endif
