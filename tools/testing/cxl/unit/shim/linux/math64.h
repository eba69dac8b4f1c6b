/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __SHIM_LINUX_MATH64_H__
#define __SHIM_LINUX_MATH64_H__

#include <linux/types.h>

static inline u64 div64_u64(u64 dividend, u64 divisor)
{
	return dividend / divisor;
}

#endif /* __SHIM_LINUX_MATH64_H__ */
