/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_PREFETCH_H__
#define __SHIM_LINUX_PREFETCH_H__

#include <stddef.h>

#define prefetch(at) __builtin_prefetch(at)

static inline void prefetch_range(void *at, size_t len)
{
	char *from = at;

	for (size_t i = 0; i < len; i += 64)
		prefetch(from + i);
}

#endif /* __SHIM_LINUX_PREFETCH_H__ */
