/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_STRING_HELPERS_H__
#define __SHIM_LINUX_STRING_HELPERS_H__

#include <assert.h>
#include <stdio.h>

#define ESCAPE_HEX	0x20
#define ESCAPE_NAP	0x80

/*
 * Only with both of these flags: what is not printable ASCII as \xHH. Returns how
 * long all of it would be, and like the kernel's writes no NUL.
 */
static inline int string_escape_mem(const char *src, size_t len, char *dst, size_t size,
				    unsigned int flags, const char *only)
{
	size_t total = 0;

	assert(flags == (ESCAPE_HEX | ESCAPE_NAP) && !only);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = src[i];
		char out[5];
		int n = snprintf(out, sizeof(out), c >= ' ' && c <= '~' ? "%c" : "\\x%02x", c);

		for (int j = 0; j < n; j++, total++)
			if (total < size)
				dst[total] = out[j];
	}
	return total;
}

#endif /* __SHIM_LINUX_STRING_HELPERS_H__ */
