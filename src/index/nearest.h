/* The few nearest of many, by insertion. */
#ifndef INDEX_NEAREST_H
#define INDEX_NEAREST_H

#include <stddef.h>
#include <stdint.h>

/* numbers and nearness: of count that are known, the nearest first, with room for most. Returns how many they are with this one. */
static inline size_t spi_note_nearest(uint32_t *numbers, float *nearness, size_t count, size_t most, uint32_t number, float near)
{
	if (count == most && near <= nearness[most - 1])
		return count;
	size_t at = count < most ? count++ : most - 1;
	for (; at > 0 && nearness[at - 1] < near; at--) {
		numbers[at] = numbers[at - 1];
		nearness[at] = nearness[at - 1];
	}
	numbers[at] = number;
	nearness[at] = near;
	return count;
}

#endif
