/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_STRING_H__
#define __SHIM_LINUX_STRING_H__

#include <string.h>

/* The first byte that is not @c, NULL if there is none. */
static inline void *memchr_inv(const void *start, int c, size_t bytes)
{
	for (const unsigned char *p = start; bytes--; p++)
		if (*p != (unsigned char)c)
			return (void *)p;
	return NULL;
}

#endif /* __SHIM_LINUX_STRING_H__ */
