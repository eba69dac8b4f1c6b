/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_BITMAP_H__
#define __SHIM_LINUX_BITMAP_H__

#include <limits.h>
#include <string.h>
#include <linux/slab.h>

#define BITS_PER_LONG_SHIM	(sizeof(unsigned long) * CHAR_BIT)
#define BITMAP_LONGS(nbits)	(((nbits) + BITS_PER_LONG_SHIM - 1) / BITS_PER_LONG_SHIM)

static inline unsigned long *bitmap_zalloc(unsigned int nbits, unsigned int flags)
{
	return kcalloc(BITMAP_LONGS(nbits), sizeof(unsigned long), flags);
}

static inline void bitmap_free(const unsigned long *bitmap)
{
	kfree((void *)bitmap);
}

static inline void bitmap_zero(unsigned long *bitmap, unsigned int nbits)
{
	memset(bitmap, 0, BITMAP_LONGS(nbits) * sizeof(unsigned long));
}

static inline bool __test_and_set_bit(unsigned long nr, unsigned long *bitmap)
{
	unsigned long mask = 1UL << nr % BITS_PER_LONG_SHIM;
	unsigned long *word = &bitmap[nr / BITS_PER_LONG_SHIM];
	bool was = *word & mask;

	*word |= mask;
	return was;
}

static inline void __set_bit(unsigned long nr, unsigned long *bitmap)
{
	__test_and_set_bit(nr, bitmap);
}

static inline unsigned long find_first_zero_bit(const unsigned long *bitmap,
						unsigned long nbits)
{
	unsigned long nr = 0;

	while (nr < nbits && bitmap[nr / BITS_PER_LONG_SHIM] & 1UL << nr % BITS_PER_LONG_SHIM)
		nr++;
	return nr;
}

#endif /* __SHIM_LINUX_BITMAP_H__ */
