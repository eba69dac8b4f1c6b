/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_LOG2_H__
#define __SHIM_LINUX_LOG2_H__

#include <linux/types.h>

static inline int ilog2(u64 n)
{
	return 63 - __builtin_clzll(n);
}

static inline bool is_power_of_2(unsigned long n)
{
	return n && !(n & (n - 1));
}

#endif /* __SHIM_LINUX_LOG2_H__ */
