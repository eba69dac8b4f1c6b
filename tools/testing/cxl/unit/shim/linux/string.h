/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_STRING_H__
#define __SHIM_LINUX_STRING_H__

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The first byte that is not @c, NULL if there is none. */
static inline void *memchr_inv(const void *start, int c, size_t bytes)
{
	for (const unsigned char *p = start; bytes--; p++)
		if (*p != (unsigned char)c)
			return (void *)p;
	return NULL;
}

static inline int match_string(const char * const *array, size_t nr, const char *text)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(array[i], text))
			return i;
	return -EINVAL;
}

/* A number and a suffix in either case; like the kernel's it wraps. */
static inline unsigned long long memparse(const char *text, char **end)
{
	static const char units[] = "KMGTPEkmgtpe";
	unsigned long long value = strtoull(text, end, 0);
	const char *unit = **end ? strchr(units, **end) : NULL;

	if (unit) {
		value <<= 10 * ((unit - units) % 6 + 1);
		++*end;
	}
	return value;
}

#endif /* __SHIM_LINUX_STRING_H__ */
